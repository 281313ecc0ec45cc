"""Scenarios made otherwise: changes of parameters and columns, and what uncertainty.toml may say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.unit.fake_market import small_scenario

from majung.errors import InputError
from majung.parameters.model import FrozenMap
from majung.scenario import load, skeleton
from majung.scenario.varying import Change, changed


def test_a_parameter_is_set_and_multiplied() -> None:
    scenario = small_scenario()
    before = scenario.parameters.value("quality_weight")
    after = changed(scenario, [(Change(how="times", parameter="quality_weight"), 1.1)])
    assert after.parameters.value("quality_weight") == pytest.approx(1.1 * before)
    assert after.world_hash != scenario.world_hash
    assert scenario.parameters.value("quality_weight") == before


def test_a_parameter_of_all_classes_and_of_one() -> None:
    scenario = small_scenario()
    after = changed(
        scenario,
        [(Change(how="set", parameter="crowding_out"), 0.2), (Change(how="set", parameter="crowding_out.large"), 0.9)],
    )
    assert after.parameters.by_class("crowding_out").tolist() == [0.2, 0.2, 0.2, 0.9, 0.2]


def test_a_bound_stops_it() -> None:
    scenario = small_scenario()
    after = changed(scenario, [(Change(how="times", parameter="legacy_research_share"), 100)])
    assert after.parameters.value("legacy_research_share") == 1
    better = changed(scenario, [(Change(how="times", table="lines", column="quality"), 100)])
    assert better.lines.quality.max() == 1
    none = changed(scenario, [(Change(how="times", table="lines", column="quality"), 0)])
    assert np.array_equal(none.lines.quality, scenario.lines.quality), "nothing is no quality"


def test_rows_are_named_by_what_stands_in_them() -> None:
    scenario = small_scenario()
    where = FrozenMap({"firm.class": ("venture", "sme")})
    change = Change(how="times", table="lines", column="home_sales", where=where)
    after = changed(scenario, [(change, 2)])
    small = scenario.firms.size_class[scenario.lines.firm] <= 1
    assert 0 < small.sum() < small.size
    assert np.array_equal(after.lines.home_sales[small], 2 * scenario.lines.home_sales[small])
    assert np.array_equal(after.lines.home_sales[~small], scenario.lines.home_sales[~small])
    assert not after.lines.home_sales.flags.writeable


def test_an_empty_cell_takes_the_new_parameter_before_its_column_is_changed() -> None:
    scenario = small_scenario()
    filled = np.ones_like(scenario.technologies.learning_rate, dtype=bool)
    empty = replace(
        scenario,
        technologies=replace(scenario.technologies, filled={**scenario.technologies.filled, "learning_rate": filled}),
    )
    after = changed(
        empty,
        [
            (Change(how="times", table="technologies", column="learning_rate"), 0.5),
            (Change(how="set", parameter="learning_rate"), 0.2),
        ],
    )
    assert after.technologies.learning_rate == pytest.approx(np.full(len(after.technologies), 0.1))


def test_what_leaves_all_as_it_is() -> None:
    scenario = small_scenario()
    for how, value in (("times", 1.0), ("plus", 0.0)):
        change = Change(how=how, table="firms", column="cash")  # type: ignore[arg-type]
        assert change.nothing == value
        assert changed(scenario, [(change, value)]).world_hash == scenario.world_hash


GOOD = """
[[uncertain]]
id = "cash"
label = { en = "cash", ko = "현금" }
table = "firms"
column = "cash"
where = { class = ["venture", "sme"] }
times = [0.5, 2]
free = true
"""


def folder(path: Path, text: str) -> Path:
    skeleton.write(path / "s")
    (path / "s" / "uncertainty.toml").write_text(text, encoding="utf-8")
    return path / "s"


def test_uncertainty_is_read_and_is_no_part_of_the_hash(tmp_path: Path) -> None:
    skeleton.write(tmp_path / "plain")
    scenario = load(folder(tmp_path, GOOD))
    (one,) = scenario.uncertain
    assert (one.id, one.low, one.high, one.free, one.label.ko) == ("cash", 0.5, 2, True, "현금")
    assert scenario.hash == load(tmp_path / "plain").hash


BAD = {
    "times = [2, 0.5]": "inverted",
    "times = [0, 2]": "above zero",
    "times = [1, 1]": "inverted",
    "times = 2": "two numbers",
    "plus = [0, 1]\ntimes = [1, 2]": "exactly one",
    "set = [1, 2]": "set",
}


@pytest.mark.parametrize(("written", "said"), BAD.items())
def test_a_range_that_is_none(tmp_path: Path, written: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        load(folder(tmp_path, GOOD.replace("times = [0.5, 2]", written)))


WHAT = 'table = "firms"\ncolumn = "cash"\nwhere = { class = ["venture", "sme"] }'


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('column = "cash"', 'column = "cahs"', "Did you mean 'cash'"),
        ('table = "firms"', 'table = "firm"', "Did you mean 'firms'"),
        ("class =", "clas =", "Did you mean 'class'"),
        ('"venture", "sme"', '"ventur"', "Did you mean 'venture'"),
        ('"venture", "sme"', '"foreign"', "no row|nothing changes"),
        ("free = true", "", "free = true"),
        ("free = true", 'source = "nowhere"', "nowhere"),
        ("free = true", "fre = true", "Did you mean 'free'"),
        ('id = "cash"', 'id = "markup"', "already"),
        ('id = "cash"', "", "id"),
        ("label", "lable", "Did you mean 'label'"),
        (WHAT, 'parameter = "markup"', "parameter files"),
        ('table = "firms"\ncolumn = "cash"', "", "either a parameter, or a table"),
        ("[[uncertain]]", "[[uncertian]]", "Did you mean 'uncertain'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    with pytest.raises(InputError, match=said):
        load(folder(tmp_path, GOOD.replace(old, new)))


def test_everything_is_said_at_once(tmp_path: Path) -> None:
    second = GOOD.replace('"cash"', '"chas"', 1).replace('column = "cash"', 'column = "hcas"')
    with pytest.raises(InputError) as caught:
        load(folder(tmp_path, GOOD.replace("[0.5, 2]", "[3, 2]") + second))
    assert len(caught.value.problems) == 2
    assert all(problem.file == "uncertainty.toml" for problem in caught.value.problems)
    assert "uncertainty.toml" in caught.value.text("ko")


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [("scenario.toml", "quarters = ", "quartres = "), ("firms.csv", "venture", "ventur"), ("lines.csv", "v1", "v99")],
)
def test_what_is_wrong_here_is_said_though_other_files_are_wrong_too(
    tmp_path: Path, file: str, old: str, new: str
) -> None:
    place = folder(tmp_path, GOOD.replace("[0.5, 2]", "[3, 2]").replace("free = true", "") + GOOD)
    text = (place / file).read_text(encoding="utf-8")
    assert old in text
    (place / file).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load(place)
    found = [problem.file for problem in caught.value.problems]
    assert found.count("uncertainty.toml") == 2
    assert file in found
    # What can only be known with the tables is not guessed at.
    assert all("no_rows" not in problem.key for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("change", "value", "said"),
    [
        (Change(how="times", table="segments", column="potential"), 0.0001, "adopters"),
        (Change(how="set", table="inputs", column="share"), 1.0, "inputs"),
    ],
)
def test_what_the_tables_rules_refuse_is_refused_of_changes_too(change: Change, value: float, said: str) -> None:
    scenario = small_scenario()
    with pytest.raises(InputError, match=said):
        changed(scenario, [(change, value)])
    assert changed(scenario, [(change, change.nothing if change.how == "times" else 0.01)]).id == scenario.id
