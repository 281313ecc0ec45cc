"""A scenario's folder becomes frozen columns."""

from __future__ import annotations

import errno
import os
import pickle
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from majung.dims import CLASSES
from majung.errors import InputError
from majung.money import Quarter
from majung.scenario import TABLES, Scenario, load, skeleton


def edited(tmp_path: Path, **changes: str | bytes) -> Scenario:
    folder = tmp_path / "scenario"
    if not folder.exists():
        skeleton.write(folder)
    for name, content in changes.items():
        path = folder / name.replace("__", ".")
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return load(folder)


@pytest.fixture
def small(tmp_path: Path) -> Scenario:
    return edited(tmp_path)


def test_skeleton_is_a_scenario_without_warnings(small: Scenario) -> None:
    assert small.warnings == ()
    assert (small.id, small.as_of, small.start, small.quarters) == ("scenario", date(2024, 4, 29), Quarter(2024, 2), 24)
    assert (small.currency, small.unit, small.seed, small.replications) == ("KRW", "million KRW", 20240429, 100)
    assert [len(table) for table in (small.technologies, small.inputs, small.segments, small.firms, small.lines)] == [
        3,
        3,
        7,
        12,
        14,
    ]
    assert small.quarter_labels[:4] == ("2024Q2", "2024Q3", "2024Q4", "2025Q1")


def test_references_are_positions(small: Scenario) -> None:
    lines = small.lines
    assert small.firms.id[lines.firm][:2].tolist() == ["v1", "v2"]
    assert small.technologies.id[lines.technology][-1] == "chip"
    assert lines.id[0] == "v1/service"
    assert [CLASSES[code] for code in small.firms.size_class[:1]] == ["venture"]
    assert small.segments.public.tolist() == [False, True, False, False, False, False, False]
    assert small.segments.region.tolist() == [0, 0, 1, 0, 1, 0, 1]


def test_empty_cells_take_their_default(small: Scenario) -> None:
    assert small.technologies.frontier_growth.tolist() == [small.parameters.value("frontier_growth")] * 3
    assert small.lines.price.tolist() == [1.0] * 14
    assert small.lines.effort[8:11] == pytest.approx([0.5, 0.3, 0.2])
    assert small.lines.reach[:2].tolist() == [14, 30]
    assert small.firms.name_ko[0] == small.firms.name_en[0] == "v1"
    assert small.technologies.name_ko[0] == "AI 서비스"
    assert small.firms.cash[0] == 1200


def test_effort_is_shared_equally_where_it_is_left_out(tmp_path: Path) -> None:
    lines = "firm,technology,quality,home_sales\nl1,service,0.5,1\nl1,model,0.5,1\nl1,chip,0.5,1\nv1,service,0.5,1\n"
    scenario = edited(tmp_path, lines__csv=lines)
    assert scenario.lines.effort == pytest.approx([1 / 3, 1 / 3, 1 / 3, 1])
    assert scenario.lines.reach == pytest.approx([500, 500, 500, 14])


def test_arrays_cannot_be_written_to(small: Scenario) -> None:
    for table in (small.technologies, small.inputs, small.segments, small.firms, small.lines):
        for column, array in table.arrays():
            assert not array.flags.writeable, column.name
            assert len(array) == len(table)
        for mask in table.filled.values():
            assert not mask.flags.writeable


def test_no_array_has_a_missing_value(small: Scenario) -> None:
    for table in (small.technologies, small.inputs, small.segments, small.firms, small.lines):
        for column, array in table.arrays():
            if array.dtype == np.float64:
                assert np.isfinite(array).all(), column.name


def test_hands_off_comes_first_and_late_is_a_shifted_copy(small: Scenario) -> None:
    assert [strategy.id for strategy in small.strategies] == [
        "hands-off",
        "blanket",
        "first-buyer",
        "selective-mix",
        "selective-mix-late",
    ]
    early, late = small.strategy("selective-mix"), small.strategy("selective-mix-late")
    assert (early.start, late.start, late.budget, late.gate) == (0, 8, 1000.0, True)
    assert early.hash == early.delayed(0, id="other").hash
    assert late.hash == early.delayed(8, id="other").hash != early.hash


def test_parameters_reach_the_cells_that_were_left_empty(tmp_path: Path) -> None:
    technologies = (
        skeleton.FILES["technologies.csv"]
        .replace("name_en", "name_en,learning_rate")
        .replace("AI chips", "AI chips,0.2")
    )
    technologies = technologies.replace("AI services", "AI services,").replace("AI models", "AI models,")
    scenario = edited(tmp_path, technologies__csv=technologies)
    other = scenario.with_parameters({"learning_rate": 0.15, "adoption_threshold": 2})
    assert scenario.technologies.learning_rate.tolist() == [0.18, 0.18, 0.2]
    assert other.technologies.learning_rate.tolist() == [0.15, 0.15, 0.2]
    assert set(other.segments.threshold) == {2.0}
    assert other.hash != scenario.hash
    assert other.with_parameters({"learning_rate": 0.18, "adoption_threshold": 1}).hash == scenario.hash


def test_overrides_of_the_folder_are_applied_and_flagged(tmp_path: Path) -> None:
    settings = skeleton.FILES["scenario.toml"].replace("[parameters]", "[parameters]\nlearning_rate = 0.3")
    scenario = edited(tmp_path, scenario__toml=settings)
    assert scenario.technologies.learning_rate.tolist() == [0.3] * 3
    assert [str(warning) for warning in scenario.warnings] == [
        "scenario.toml, parameters.learning_rate: 0.3 is outside the plausible range, 0.14 to 0.24."
    ]


def test_hash_counts_what_decides_results(tmp_path: Path, small: Scenario) -> None:
    titled = skeleton.FILES["scenario.toml"].replace("A small example", "Another title").replace("20240429", "7")
    assert edited(tmp_path, scenario__toml=titled).hash == small.hash
    shorter = skeleton.FILES["scenario.toml"].replace("quarters = 24", "quarters = 23")
    assert edited(tmp_path, scenario__toml=shorter).hash != small.hash
    other = edited(tmp_path, scenario__toml=titled, firms__csv=skeleton.FILES["firms.csv"].replace("12억", "13억"))
    assert other.world_hash != small.world_hash


def test_strategies_do_not_change_the_world(small: Scenario) -> None:
    fewer = small.with_strategies([small.strategy("blanket")])
    assert [strategy.id for strategy in fewer.strategies] == ["hands-off", "blanket"]
    assert fewer.world_hash == small.world_hash
    assert fewer.hash != small.hash


def test_another_seed_is_the_same_scenario(small: Scenario) -> None:
    other = small.with_run(seed=5, replications=10)
    assert (other.seed, other.replications, other.hash) == (5, 10, small.hash)
    assert other != small
    assert small.with_run() == small


def test_scenario_goes_to_another_process_and_back(small: Scenario) -> None:
    again = pickle.loads(pickle.dumps(small))
    assert again == small
    assert again.strategies == small.strategies


def test_scenario_says_what_it_is(small: Scenario) -> None:
    assert repr(small) == (
        "<Scenario scenario: 3 technologies, 7 segments, 12 firms, 14 lines, 5 strategies, 24 quarters from 2024Q2>"
    )


def test_inputs_and_strategies_may_be_left_out(tmp_path: Path) -> None:
    skeleton.write(tmp_path / "scenario")
    (tmp_path / "scenario" / "inputs.csv").unlink()
    (tmp_path / "scenario" / "strategies.toml").unlink()
    scenario = load(tmp_path / "scenario")
    assert len(scenario.inputs) == 0
    assert [strategy.id for strategy in scenario.strategies] == ["hands-off"]


def test_circle_is_found_through_a_diamond(tmp_path: Path) -> None:
    inputs = "technology,input,share\nservice,model,0.1\nservice,chip,0.1\nmodel,chip,0.1\n"
    assert len(edited(tmp_path, inputs__csv=inputs).inputs) == 3


def test_derived_demand_above_sales_is_a_warning_with_a_remedy(tmp_path: Path) -> None:
    lines = skeleton.FILES["lines.csv"].replace('f2,model,1.00,"6,000","50,000"', 'f2,model,1.00,"6,000","5,000"')
    scenario = edited(tmp_path, lines__csv=lines)
    assert [str(warning) for warning in scenario.warnings] == [
        # 0.10 of the foreign service firm's sales of 120,000, at home and abroad.
        "inputs.csv, model: makers of other technologies need 12,000 of 'model' a year abroad, more than its sales"
        " there, 5,500; lower the input shares or add the missing sales. The model reports the difference as"
        " calibration error."
    ]


def test_sales_without_a_segment_are_a_warning(tmp_path: Path) -> None:
    segments = "".join(
        line for line in skeleton.FILES["segments.csv"].splitlines(keepends=True) if "chip-abroad" not in line
    )
    warning = str(edited(tmp_path, segments__csv=segments).warnings[0])
    assert warning.startswith("segments.csv, chip: 'chip' has final sales abroad of")


def test_idle_firms_and_unmade_technologies_are_warnings(tmp_path: Path) -> None:
    firms = skeleton.FILES["firms.csv"] + "idle,,,venture,3,,,1,2,\n"
    technologies = skeleton.FILES["technologies.csv"] + "quantum,,,1,1,1,,,,,,\n"
    scenario = edited(tmp_path, firms__csv=firms, technologies__csv=technologies)
    assert [str(warning) for warning in scenario.warnings] == [
        "lines.csv: nobody makes 'quantum'.",
        "firms.csv: 1 firm(s) have no line and sell nothing; the first is 'idle'.",
    ]


def test_files_that_are_no_tables_are_passed_over(tmp_path: Path) -> None:
    scenario = edited(tmp_path, notes__txt="x", series__csv="a,b\n", _hidden="x", **{"~$firms__xlsx": "x"})
    assert [str(warning) for warning in scenario.warnings] == ["series.csv: this file is not read."]


def test_ids_are_composed_so_that_hangul_typed_on_a_mac_is_found(tmp_path: Path) -> None:
    import unicodedata

    firms = skeleton.FILES["firms.csv"].replace("v1,", unicodedata.normalize("NFD", "가나") + ",")
    lines = skeleton.FILES["lines.csv"].replace("v1,", "가나 ,")
    assert edited(tmp_path, firms__csv=firms, lines__csv=lines).firms.id[0] == "가나"


def test_made_up_line_ids_may_not_collide(tmp_path: Path) -> None:
    lines = "id,firm,technology,quality,home_sales\nv2/service,v1,service,0.5,1\n,v2,service,0.5,1\n"
    with pytest.raises(InputError, match=r"lines\.csv row 3, column id: the id 'v2/service' is already in row 2\."):
        edited(tmp_path, lines__csv=lines)


def test_columns_are_declared_once_and_documented() -> None:
    for table in TABLES:
        names = [column.name for column in table.columns()]
        assert len(set(names)) == len(names)
        spellings = [alias for column in table.columns() for alias in (column.name, *column.aliases)]
        assert len(set(spellings)) == len(spellings), table.stem
        for column in table.columns():
            assert column.en
            assert column.ko
            assert f"| `{column.name}` |" in skeleton.columns_table(table.stem, "ko")


@pytest.mark.parametrize("name", ["scenario.toml", "firms.csv"])
def test_skeleton_does_not_write_over_anything(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(InputError, match="the folder is not empty; nothing was written"):
        skeleton.write(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    with pytest.raises(InputError, match="this is a file"):
        skeleton.write(tmp_path / name)


def test_skeleton_that_cannot_be_finished_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace = Path.replace

    def full(path: Path, target: Path) -> Path:
        if target.name == "lines.csv":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(InputError, match="No space left"):
        skeleton.write(tmp_path / "new")
    assert list((tmp_path / "new").iterdir()) == []
    monkeypatch.undo()
    assert len(skeleton.write(tmp_path / "new")) == 8


def test_skeleton_leaves_nothing_beside_its_files(tmp_path: Path) -> None:
    written = skeleton.write(tmp_path / "a" / "b")
    assert sorted(path.name for path in (tmp_path / "a" / "b").iterdir()) == sorted(path.name for path in written)
    assert (tmp_path / "a" / "b" / "firms.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_readme_of_a_new_scenario_is_korean_in_its_korean_tables(tmp_path: Path) -> None:
    skeleton.write(tmp_path / "new")
    readme = (tmp_path / "new" / "README.md").read_text(encoding="utf-8")
    assert "이(가)" not in readme
    assert "금액/분기" in skeleton.columns_table("technologies", "ko")
    for table in TABLES:
        for column in table.columns():
            row = next(
                line for line in skeleton.columns_table(table.stem, "ko").splitlines() if f"| `{column.name}` |" in line
            )
            assert not any(letter.isascii() and letter.isalpha() for letter in row.split("|")[3]), row
