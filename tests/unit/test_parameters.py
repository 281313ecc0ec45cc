"""The parameter files hold what they promise, and the loader refuses what they must not hold."""

from __future__ import annotations

import pickle
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from majung import parameters
from majung.dims import CLASSES
from majung.errors import InputError
from majung.parameters.load import ALL
from majung.parameters.model import FrozenMap

GOOD = """\
weight:
  symbol: w
  label: {en: a weight, ko: 비중}
  value: 2
  unit: "1"
  range: [1, 3]
  bounds: [0, 10]
  source: smith-2020
"""
SOURCES = """\
smith-2020:
  author: Smith, A.
  title: On weights
  year: 2020
  venue: Journal of Weights
  status: READ
"""


def folder_with(tmp_path: Path, demand: str, sources: str = SOURCES) -> Path:
    for name in ALL:
        (tmp_path / f"{name}.yaml").write_text(demand if name == "demand" else "{}", encoding="utf-8")
    (tmp_path / "sources.yaml").write_text(sources, encoding="utf-8")
    return tmp_path


def test_every_value_lies_within_its_range_and_its_range_within_its_bounds() -> None:
    for parameter in parameters.load().values():
        lowest, highest = parameter.bounds
        for name, (value, (lo, hi)) in parameter.cells().items():
            assert lowest <= lo <= value <= hi <= highest, name


def test_every_parameter_is_labelled_in_both_languages_and_has_a_source_or_is_free() -> None:
    whole = parameters.load()
    for parameter in whole.values():
        assert parameter.label.ko != parameter.label.en
        assert parameter.free == (parameter.source is None)
        assert all(key in whole.sources for key in (parameter.source, *parameter.compare) if key is not None)


def test_a_log_odds_is_told_as_the_probability_that_it_is() -> None:
    base = parameters.load()["funding_base"]
    assert base.value == pytest.approx(-1.5)
    assert f"A probability of {1 / (1 + np.exp(-base.value)):.2f} a quarter" in str(base.note)


def test_every_source_is_cited() -> None:
    whole = parameters.load(groups=parameters.ALL)
    cited = {key for parameter in whole.values() for key in (parameter.source, *parameter.compare)}
    assert set(whole.sources) <= cited


def test_history_is_what_the_survey_gives() -> None:
    growth = np.log(5.2 / 1.9) / 3
    assert parameters.load().value("history_years") == pytest.approx(1 / growth, rel=0.01)


def test_values_by_class_are_in_the_order_of_the_classes() -> None:
    whole = parameters.load()
    assert whole.by_class("crowding_out").tolist() == [0.1, 0.1, 0.35, 0.6, 0.0]
    assert [whole.value(f"crowding_out.{name}") for name in CLASSES] == whole.by_class("crowding_out").tolist()


def test_names_are_not_guessed() -> None:
    whole = parameters.load()
    with pytest.raises(KeyError, match="did you mean 'quality_weight'"):
        whole["quality_wieght"]
    with pytest.raises(TypeError, match="by_class"):
        whole.value("markup")
    with pytest.raises(TypeError, match="one value"):
        whole.by_class("quality_weight")
    with pytest.raises(TypeError, match="one value"):
        whole.value("quality_weight.large")


def test_override_reads_nested_and_dotted_names_alike() -> None:
    whole = parameters.load()
    dotted = whole.override({"quality_weight": 2.2, "markup.large": 0.4})
    nested = whole.override({"quality_weight": 2.2, "markup": {"large": 0.4}})
    assert dotted.hash == nested.hash != whole.hash
    assert dotted.by_class("markup").tolist() == [0.35, 0.35, 0.35, 0.4, 0.35]
    assert whole.override({"markup": 0.2}).by_class("markup").tolist() == [0.2] * 5
    assert whole.value("quality_weight") == 2.5


def test_override_outside_the_plausible_range_is_kept_and_flagged() -> None:
    whole = parameters.load().override({"quality_weight": 5, "markup.large": 0.9, "price_weight": 1.2})
    assert whole.outside_range == ("quality_weight", "markup.large")
    assert whole["markup"].outside_range
    assert not whole["price_weight"].outside_range


def test_override_lists_everything_that_is_wrong() -> None:
    with pytest.raises(InputError) as caught:
        parameters.load().override(
            {"quality_wieght": 2, "search_share": 2, "markup.larg": 1, "price_weight.sme": 1, "demand_noise": "low"}
        )
    assert str(caught.value).splitlines()[1:] == [
        "  parameters.quality_wieght: there is no parameter named 'quality_wieght'. Did you mean 'quality_weight'?",
        "  parameters.search_share: 2 is outside 0 to 1, where the model makes sense.",
        "  parameters.markup.larg: 'larg' is not a size class (venture, sme, mid, large, foreign)."
        " Did you mean 'large'?",
        "  parameters.price_weight.sme: 'price_weight' has one value for all size classes.",
        "  parameters.demand_noise: 'low' is not a number.",
    ]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), True, None])
def test_override_takes_numbers_only(value: object) -> None:
    with pytest.raises(InputError, match="is not a number"):
        parameters.load().override({"quality_weight": value})


def test_hash_is_of_values_only(tmp_path: Path) -> None:
    one = parameters.load(folder_with(tmp_path, GOOD))
    other = parameters.load(
        folder_with(tmp_path, GOOD.replace("a weight", "a heavy weight").replace("[1, 3]", "[2, 4]"))
    )
    assert one.hash == other.hash
    assert one.hash != parameters.load(folder_with(tmp_path, GOOD.replace("value: 2", "value: 2.5"))).hash


def test_set_goes_to_another_process_and_back() -> None:
    whole = parameters.load()
    again = pickle.loads(pickle.dumps(whole))
    assert again.hash == whole.hash
    assert again.sources == whole.sources


def test_a_frozen_map_cannot_be_changed() -> None:
    frozen = FrozenMap({"a": 1.0})
    with pytest.raises(TypeError):
        frozen["a"] = 2.0  # type: ignore[index]
    with pytest.raises(AttributeError):
        frozen.a = 2.0  # type: ignore[attr-defined]
    assert frozen == {"a": 1.0}
    assert hash(frozen) == hash(FrozenMap({"a": 1.0}))


def test_law_has_the_value_of_the_day(tmp_path: Path) -> None:
    text = GOOD.replace("value: 2", "value: {2015-01-01: 1, 2025-09-01: 3}")
    folder = folder_with(tmp_path, text)
    assert parameters.load(folder).value("weight") == 3
    assert parameters.load(folder, as_of=date(2024, 4, 29)).value("weight") == 1
    assert parameters.load(folder, as_of=date(2025, 9, 1)).value("weight") == 3
    with pytest.raises(InputError, match="no value is known for 2014-12-31; the first is of 2015-01-01"):
        parameters.load(folder, as_of=date(2014, 12, 31))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("unit:", "unti:", "demand.yaml, weight: there is no key 'unti' here"),
        ('  unit: "1"\n', "", "demand.yaml, weight: the key 'unit' is missing."),
        ("{en: a weight, ko: 비중}", "a weight", "demand.yaml, weight.label: expected a text in both languages"),
        ("ko: 비중", "ko: ''", "demand.yaml, weight.label: expected a text in both languages"),
        ("value: 2", "value: two", "demand.yaml, weight.value: 'two' is not a number."),
        ("value: 2", "value: .nan", "demand.yaml, weight.value: 'nan' is not a number."),
        ("value: 2", "value: 12", "demand.yaml, weight.value: 12 is outside 0 to 10, where the model makes sense."),
        ("value: 2", "value: 4", "demand.yaml, weight.value: the value 4 is outside its own plausible range, 1 to 3."),
        ("value: 2", "value: {large: 2}", "demand.yaml, weight.value: expected one entry for each size class"),
        ("[1, 3]", "[3, 1]", "demand.yaml, weight.range: '[3, 1]' is not a pair of numbers, the smaller first."),
        ("[1, 3]", "{large: [1, 3]}", "demand.yaml, weight.range: expected one entry for each size class"),
        ("[0, 10]", "[0]", "demand.yaml, weight.bounds: '[0]' is not a pair of numbers, the smaller first."),
        ("source: smith-2020", "free: false", "demand.yaml, weight.source: expected either a source or 'free: true'"),
        (
            "source: smith-2020",
            "free: true\n  source: smith-2020",
            "demand.yaml, weight.source: expected either a source or 'free: true'",
        ),
        (
            "smith-2020",
            "smith-202",
            "demand.yaml, weight.source: sources.yaml has no 'smith-202'. Did you mean 'smith-2020'?",
        ),
        (
            "source: smith-2020",
            "source: smith-2020\n  status: RED",
            "demand.yaml, weight.status: 'RED' is not a status of a source (READ, READ-2nd, DERIVED, MEMORY)",
        ),
        ("source: smith-2020", "source: smith-2020\n  compare: x", "demand.yaml, weight.compare: expected a list"),
        (
            "  value: 2\n",
            "  value: 2\n  value: 3\n",
            "demand.yaml row 5: cannot be read as YAML: 'value' is written twice.",
        ),
        ("weight:\n", "weight: 3\nother:\n", "demand.yaml, weight: holds no entries; expected keys with values."),
        ("weight:\n", "weight: [\n", "cannot be read as YAML"),
    ],
)
def test_loader_refuses(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(InputError) as caught:
        parameters.load(folder_with(tmp_path, GOOD.replace(old, new, 1)))
    assert message in str(caught.value)
    assert any("가" <= sign <= "힣" for sign in caught.value.text("ko"))


def test_loader_lists_all_problems_of_all_files(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, GOOD.replace("unit:", "unti:"), SOURCES.replace("READ", "SEEN"))
    (folder / "entry.yaml").unlink()
    (folder / "finance.yaml").write_text(GOOD.replace("[1, 3]", "[5, 9]"), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        parameters.load(folder)
    assert {problem.file for problem in caught.value.problems} == {
        "sources.yaml",
        "demand.yaml",
        "entry.yaml",
        "finance.yaml",
    }


def test_parameter_of_one_name_in_two_files_is_refused(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, GOOD)
    (folder / "entry.yaml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(InputError, match=r"entry\.yaml, weight: the parameter is in another file already\."):
        parameters.load(folder)


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_table_names_every_parameter_and_source(lang: str) -> None:
    table = parameters.table("ko" if lang == "ko" else "en")
    whole = parameters.load(groups=parameters.ALL)
    for parameter in whole.values():
        assert f"`{parameter.name}`" in table
        assert (parameter.label.ko if lang == "ko" else parameter.label.en) in table
    for source in whole.sources.values():
        assert source.title in table
    rows = [line for line in table.splitlines() if line.startswith("|")]
    assert {row.count("|") for row in rows} == {7}
