"""A series from arrays and from pandas, its periods, and what was known of it on a day."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from majung.errors import InputError
from majung.evidence.series import Series

VCR = [840, 1470, 2110, 4000, 7590, 10950, 10530, 9470, 7790, 5890]
NVIDIA_ENDS = ["2023-01-29", "2023-04-30", "2023-07-30", "2023-10-29", "2024-01-28", "2024-04-28"]
NVIDIA = [3.62, 4.28, 10.32, 14.51, 18.40, 22.6]
PUBLISHED = ["2023-02-22", "2023-05-24", "2023-08-23", "2023-11-21", "2024-02-21", "2024-05-22"]


def keys(series: Series) -> list[str]:
    return [note.key.removeprefix("evidence.series.") for note in series.notes]


def days(*written: str) -> np.ndarray:
    return np.array(written, dtype="datetime64[D]")


def test_years_from_the_first_one_on() -> None:
    series = Series.of(VCR, start=1979, kind="per_period", unit="thousand units", id="vcr", name="Video recorders")
    assert (series.frequency, series.kind, series.unit, series.name) == (
        "year",
        "per_period",
        "thousand units",
        "Video recorders",
    )
    assert series.values.tolist() == VCR
    np.testing.assert_array_equal(series.ends[[0, -1]], days("1979-12-31", "1988-12-31"))
    np.testing.assert_array_equal(series.starts, np.append(days("1978-12-31"), series.ends[:-1]))
    assert series.years.tolist() == list(range(1980, 1990))
    assert series.driver is None
    assert series.market is None
    assert len(series) == 10


def test_financial_quarters_are_quarters_and_a_missing_one_is_a_gap() -> None:
    series = Series.of(NVIDIA, ends=NVIDIA_ENDS, kind="per_period")
    assert series.frequency == "quarter"
    assert series.starts[0] == np.datetime64("2022-10-30")
    gap = Series.of(np.delete(NVIDIA, 2), ends=np.delete(NVIDIA_ENDS, 2), kind="per_period")
    assert gap.frequency == "quarter"
    np.testing.assert_array_equal(np.isnan(gap.values), [False, False, True, False, False, False])
    assert abs((gap.ends[2] - np.datetime64("2023-07-30")).astype(int)) <= 3
    assert "gaps" in keys(gap)


@pytest.mark.parametrize(
    ("ends", "frequency", "length"),
    [
        (["2019-12-31", "2020-12-31", "2022-12-31"], "year", 4),
        (["2019-03-31", "2019-06-30", "2019-12-31"], "quarter", 4),
        (["2019-01-31", "2019-02-28", "2019-03-31"], "month", 3),
        (["2019-06-30", "2019-12-31", "2020-06-30"], "irregular", 3),
        (["2019-01-05", "2019-03-01", "2019-11-30", "2020-01-02"], "irregular", 4),
        (["2019-01-07", "2019-01-14", "2019-01-21"], "irregular", 3),
        (["2019-01-07"], "irregular", 1),
        ([2019, 2021], "year", 3),
        (["2019Q4", "2020Q1"], "quarter", 2),
        (["2019-11", "2020-02"], "month", 4),
        # A financial year of 52 or 53 weeks.
        (["2021-01-31", "2022-01-30", "2023-01-29", "2024-01-28"], "year", 4),
    ],
)
def test_frequency_follows_from_the_periods(ends: list[str | int], frequency: str, length: int) -> None:
    series = Series.of(np.arange(len(ends)), ends=ends)
    assert (series.frequency, len(series)) == (frequency, length)
    assert np.count_nonzero(~np.isnan(series.values)) == len(ends)


def test_start_of_irregular_days() -> None:
    series = Series.of([1, 2, 3], ends=["2019-01-05", "2019-03-01", "2019-11-30"])
    np.testing.assert_array_equal(series.starts, days("2018-07-24", "2019-01-05", "2019-03-01"))
    assert np.isnat(Series.of([1], ends=["2019-01-05"]).starts).tolist() == [True]


def test_decimal_years_are_the_close_of_the_day() -> None:
    series = Series.of([1, 2], ends=["2019-03-31", "2020-06-30"])
    assert series.years.tolist() == [2019 + 90 / 365, 2020 + 182 / 366]


@pytest.mark.parametrize(
    ("index", "end", "frequency"),
    [
        (pd.period_range("2019Q1", periods=3, freq="Q"), "2019-03-31", "quarter"),
        (pd.period_range("2019", periods=3, freq="Y"), "2019-12-31", "year"),
        (pd.period_range("2019Q1", periods=3, freq="Q-JAN"), "2018-04-30", "quarter"),
        (pd.date_range("2019-01-01", periods=3, freq="MS"), "2019-01-31", "month"),
        (pd.date_range("2019-01-01", periods=3, freq="QS"), "2019-03-31", "quarter"),
        (pd.date_range("2019-02-01", periods=3, freq="QS-FEB"), "2019-04-30", "quarter"),
        (pd.date_range("2019-01-01", periods=3, freq="YS"), "2019-12-31", "year"),
        (pd.date_range("2019-01-01", periods=3, freq="QE"), "2019-03-31", "quarter"),
        (pd.Index([2019, 2020, 2021]), "2019-12-31", "year"),
        (pd.Index(["2019년 1분기", "2019년 2분기", "2019년 3분기"]), "2019-03-31", "quarter"),
    ],
)
def test_pandas_index_gives_the_periods(index: pd.Index, end: str, frequency: str) -> None:
    series = Series.of(pd.Series([1.0, 2.0, np.nan], index=index), kind="level")
    assert (series.ends[0], series.frequency) == (np.datetime64(end), frequency)
    # What is not known yet at the end is not a gap.
    assert series.values.tolist() == [1.0, 2.0]


@pytest.mark.parametrize(("unit", "end"), [("Y", "2019-12-31"), ("M", "2019-01-31"), ("D", "2019-01-01")])
def test_numpy_dates_stand_for_what_their_unit_says(unit: str, end: str) -> None:
    series = Series.of([1.0], ends=np.array(["2019-01-01"], dtype=f"datetime64[{unit}]"))
    assert series.ends[0] == np.datetime64(end)


def test_result_that_is_not_published_is_not_known() -> None:
    series = Series.of(NVIDIA, ends=NVIDIA_ENDS, published=PUBLISHED, kind="per_period")
    then = series.as_of("2024-04-29")
    assert then.values.tolist() == NVIDIA[:-1]
    assert series.as_of(date(2024, 5, 22)).values.tolist() == NVIDIA
    assert series.as_of("2024-05-21").as_of("2025-01-01").values.tolist() == NVIDIA[:-1]
    assert len(series.as_of("2020-01-01")) == 0
    np.testing.assert_array_equal(series.known, days(*PUBLISHED))
    assert Series.of(NVIDIA, ends=NVIDIA_ENDS).as_of("2024-04-28").values.tolist() == NVIDIA


def test_latest_revision_that_was_published_wins() -> None:
    series = Series.of(
        [1.9, 3.9, 4.3, 5.2],
        ends=[2020, 2022, 2022, 2023],
        published=["2021-03-01", "2023-04-13", "2024-04-01", "2024-04-01"],
        kind="per_period",
    )
    np.testing.assert_array_equal(series.values, [1.9, np.nan, 4.3, 5.2])
    assert "revised" in keys(series)
    before = series.as_of("2023-12-31")
    np.testing.assert_array_equal(before.values, [1.9, np.nan, 3.9])
    assert "revised" not in keys(before)


def test_revision_can_take_a_figure_back() -> None:
    series = Series.of(
        [1, 2, np.nan, 3],
        ends=[2019, 2020, 2020, 2021],
        published=["2020-02-01", "2021-02-01", "2021-06-01", "2022-02-01"],
        kind="per_period",
    )
    np.testing.assert_array_equal(series.values, [1, np.nan, 3])
    np.testing.assert_array_equal(series.as_of("2021-03-01").values, [1, 2])


def test_figure_published_before_its_period_ended_is_an_estimate() -> None:
    series = Series.of([1, 2], ends=[2023, 2024], published=["2024-01-10", "2024-09-01"], kind="level")
    assert "estimates" in keys(series)
    assert "estimates" not in keys(series.as_of("2024-08-31"))
    assert len(series.as_of("2024-09-02")) == 2


def test_driver_is_known_when_its_value_is() -> None:
    series = Series.of([1, 2, 3], start="2019Q1", driver=[9, 8, 7], kind="per_period")
    assert series.driver is not None
    assert series.driver.tolist() == [9, 8, 7]
    then = series.as_of("2019-07-01")
    assert then.driver is not None
    assert then.driver.tolist() == [9, 8]


@pytest.mark.parametrize(
    ("unit", "kind", "market"),
    [
        ("%", "level", 100.0),
        ("% of households", "level", 100.0),
        ("share", "level", 1.0),
        ("subscriptions per 100 people", "level", None),
        ("100명당 가입", "level", None),
        ("보급률 %", "level", 100.0),
        ("thousand units", "per_period", None),
        ("per 100,000", "per_period", None),
        ("USD per 100 kWh", "per_period", None),
        ("cumulative units", "cumulative", None),
        ("", "per_period", None),
    ],
)
def test_kind_and_market_are_guessed_from_the_unit_and_noted(unit: str, kind: str, market: float | None) -> None:
    series = Series.of([0, 1, 2], start=2019, unit=unit)
    assert (series.kind, series.market) == (kind, market)
    assert any(key.startswith("kind") for key in keys(series))
    given = Series.of([0, 1, 2], start=2019, unit=unit, kind="level", market=7)
    assert (given.kind, given.market) == ("level", 7)
    assert not any(key.startswith("kind") for key in keys(given))


def test_share_that_is_called_cumulative_and_falls_is_a_level() -> None:
    series = Series.of([0, 40, 38], start=2019, unit="%", kind="cumulative")
    assert series.kind == "level"
    assert "share_falls" in keys(series)
    # Before it fell, nobody could know.
    assert series.as_of("2021-01-01").kind == "cumulative"


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ([0, 0, 5, 10], "per_period", "before_launch"),
        ([900, 1000], "per_period", "begins_late"),
        ([1, 1000], "per_period", None),
        ([7.6, 60], "level", "begins_above_zero"),
        ([0.1, 60], "level", None),
        ([500, 600], "cumulative", "begins_above_zero"),
    ],
)
def test_what_lies_before_the_data_is_said(values: list[float], kind: str, expected: str | None) -> None:
    found = set(keys(Series.of(values, start=2019, kind=kind))) & {"before_launch", "begins_late", "begins_above_zero"}
    assert found == ({expected} if expected else set())


def test_value_above_the_whole_is_said() -> None:
    assert "above_market" in keys(Series.of([0, 45], start=2019, unit="share"))


@pytest.mark.parametrize("values", [[], [5], [5, 5, 5, 5], [0, 0, 0], [np.nan, np.nan]])
def test_series_that_say_nothing_are_read_all_the_same(values: list[float]) -> None:
    series = Series.of(values, start=2019, kind="per_period")
    assert len(series) == np.count_nonzero(~np.isnan(values))
    assert len(series.starts) == len(series.years) == len(series)


def test_arrays_cannot_be_written_to() -> None:
    series = Series.of([1, 2], start=2019, driver=[3, 4])
    for array in (series.values, series.ends, series.driver):
        assert array is not None
        assert not array.flags.writeable


def test_notes_are_said_in_both_languages() -> None:
    series = Series.of(
        [3, 5, np.nan, 4, 8],
        ends=["2019-01-01", "2019-02-01", "2019-03-01", "2019-04-01", "2019-05-01"],
        published=["2019-01-02", "2019-01-05", "2019-03-02", "2019-04-02", "2019-05-02"],
        unit="per 100 people",
    )
    assert {"kind_by_unit", "market_unknown", "gaps", "estimates", "first_days", "begins_above_zero"} == set(
        keys(series)
    )
    for note in series.notes:
        assert note.label("en") != note.label("ko")


def test_everything_wrong_with_arrays_at_once() -> None:
    with pytest.raises(InputError) as caught:
        Series.of(
            [1, "x", float("inf"), -3], ends=[2019, 2020, "soon", 2021], published=[None, "31/12/2020", None, None]
        )
    found = {(problem.row, problem.column) for problem in caught.value.problems}
    assert found == {(2, "values"), (3, "values"), (3, "ends"), (2, "published")}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"values": [1, -3], "start": 2019}, "negative"),
        ({"values": [3, 2], "start": 2019, "kind": "cumulative"}, "cannot fall"),
        ({"values": [3, 2], "start": 2019, "kind": "levle"}, "Did you mean 'level'"),
        ({"values": [3, 2]}, "either 'ends' or 'start'"),
        ({"values": range(9000), "start": 2019}, "'2019' is not a year"),
        ({"values": pd.Series(["a", 2], index=[2019, 2020])}, "'a' is not a number"),
        ({"values": pd.Series([1, 2])}, "'1' is not a year"),
        ({"values": 5, "start": 2019}, "one row of numbers"),
        ({"values": [3, 2], "ends": [2019]}, "as many as there are values, 2"),
        ({"values": [3, 2], "start": date(2019, 1, 27)}, "whether a year"),
        ({"values": [3, 2], "start": date(2019, 1, 27), "frequency": "week"}, "'week' is not a frequency"),
        ({"values": [3, 2], "start": "soon"}, "'soon' is not a year"),
        ({"values": [3, 2], "ends": [2020, 2019]}, "2019 comes after 2020"),
        ({"values": [3, 2], "ends": [2019, 2019]}, "already has 2019 in row 1"),
        ({"values": [3, 2], "ends": [2019, "2019Q4"]}, "unlike length"),
        ({"values": [3, 2], "start": 2019, "driver": [1]}, "as many as there are values"),
        ({"values": [[3, 2]], "start": 2019}, "one row of numbers"),
        ({"values": [3, True], "start": 2019}, "'True' is not a number"),
        ({"values": [3, 2], "start": 2019, "market": 0}, "a market potential"),
    ],
)
def test_wrong_arrays_are_refused(arguments: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        Series.of(**arguments)  # type: ignore[arg-type]


def test_quarters_that_follow_a_day() -> None:
    series = Series.of([3, 2, 4], start=date(2023, 1, 29), frequency="quarter", kind="per_period")
    np.testing.assert_array_equal(series.ends, days("2023-01-29", "2023-04-30", "2023-07-31"))
    assert series.frequency == "quarter"
