from __future__ import annotations

import numpy as np
import pytest

from majung.evidence.series import Series
from majung.evidence.takeoff.flow import Flow


def test_sales_per_period_are_taken_as_they_are() -> None:
    flow = Flow.of(Series.of([0, 0, 3, 6, 12], start="2001", frequency="year", kind="per_period", market=100))
    assert flow.years.tolist() == [2004, 2005, 2006]
    assert flow.sold.tolist() == [3, 6, 12]
    assert flow.reached is not None
    np.testing.assert_allclose(flow.reached, [0.03, 0.09, 0.21])
    assert flow.from_launch


def test_totals_give_what_was_added() -> None:
    flow = Flow.of(Series.of([10, 13, 19], start="2001", frequency="year", kind="cumulative"))
    assert flow.sold.tolist() == [3, 6]
    assert flow.reached is None
    assert not flow.from_launch


def test_a_gap_between_totals_is_bridged_and_not_measured() -> None:
    flow = Flow.of(Series.of([10, np.nan, 16, 20], start="2001", frequency="year", kind="cumulative"))
    assert flow.sold.tolist() == [3, 3, 4]
    assert flow.measured.tolist() == [False, True, True]


def test_missing_sales_stay_missing() -> None:
    flow = Flow.of(Series.of([1, np.nan, 4, 8], start="2001", frequency="year", kind="per_period"))
    assert np.isnan(flow.sold[1])
    assert flow.measured.tolist() == [True, False, True, True]
    # Between 1 and 4 lies 2, as growth is even.
    np.testing.assert_allclose(flow.bridged, [1, 2, 4, 8])


def test_a_level_that_falls_adds_hardly_anything() -> None:
    flow = Flow.of(Series.of([0, 10, 50, 45, 46], start="2001", frequency="year", kind="level", unit="%"))
    assert flow.sold.tolist() == [10, 40, 0.4, 1]
    assert flow.reached is not None
    np.testing.assert_allclose(flow.reached, [0.1, 0.5, 0.45, 0.46])


def test_irregular_days_are_read_a_year_apart() -> None:
    days = np.array(["2001-12-31", "2002-06-30", "2004-12-31", "2006-12-31"], dtype="datetime64[D]")
    flow = Flow.of(Series.of([0, 1, 11, 31], ends=days, kind="cumulative"))
    assert flow.per_year == 1
    assert flow.years[-1] == pytest.approx(2007)
    assert flow.sold[-2:] == pytest.approx([10, 10])
    # Nothing is known of the ends of 2003 and 2005.
    assert flow.measured.tolist() == [True, False, True, False, True]


def test_a_part_is_what_was_known_by_then() -> None:
    whole = Flow.of(Series.of([1, 2, 4, 8], start="2001", frequency="year", kind="per_period", market=50))
    part = Flow.of(Series.of([1, 2, 4], start="2001", frequency="year", kind="per_period", market=50))
    for name in ("years", "sold", "measured", "reached"):
        np.testing.assert_array_equal(getattr(whole.until(3), name), getattr(part, name))


def test_a_period_without_sales_has_a_logarithm() -> None:
    flow = Flow.of(Series.of([4, 0, 8], start="2001Q1", frequency="quarter", kind="per_period"))
    np.testing.assert_allclose(np.exp(flow.log_sales), [16, 8, 32])
