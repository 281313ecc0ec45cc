"""What is said of series whose story is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd
import pytest

import majung as mj
from majung.errors import InputError, Interrupted
from majung.evidence.series import Series
from majung.evidence.takeoff import RULES, STAGES, Takeoff, hindsight, replay, takeoff, takeoffs

VCR = (840, 1470, 2110, 4000, 7590, 10950, 10530, 9470, 7790, 5890)


def yearly(values: Sequence[float], start: int = 1979, **options: object) -> Series:
    return Series.of(list(values), start=str(start), frequency="year", kind="per_period", **options)


@pytest.fixture(scope="module")
def vcr() -> Takeoff:
    return takeoff(yearly(VCR, name="VCR"))


def test_a_market_past_its_peak_has_slowed_down(vcr: Takeoff) -> None:
    assert vcr.stage == "slowdown"
    assert sum(vcr.stage_probabilities.values()) == pytest.approx(1)
    assert tuple(vcr.stage_probabilities) == STAGES
    assert vcr.takeoff.probability is not None
    assert vcr.takeoff.probability > 0.9
    assert vcr.takeoff.date is not None
    assert vcr.takeoff.date < date(1985, 1, 1)


def test_the_published_fit_is_among_the_fits(vcr: Takeoff) -> None:
    (density,) = [fit for fit in vcr.fits if (fit.model, fit.estimator) == ("bass", "nls")]
    assert density.parameters["m"] == pytest.approx(67_980.9, abs=0.05)
    assert density.parameters["p"] == pytest.approx(0.00659397, abs=5e-8)
    assert density.parameters["q"] == pytest.approx(0.638091, abs=5e-7)
    assert vcr.best_model is not None
    assert vcr.peak is not None
    assert vcr.peak.date is not None
    assert vcr.peak.date.year in (1984, 1985)
    assert vcr.potential is not None
    assert vcr.potential[1] < 68_000 < vcr.potential[2]
    assert vcr.forecast is not None
    assert (np.diff(vcr.forecast.values, axis=1) >= 0).all()


def test_sales_that_creep_and_then_jump_took_off_at_the_jump() -> None:
    found = takeoff(yearly([10, 11, 11, 12, 13, 14, 60, 150, 300], start=2001))
    assert found.takeoff.rule == "change_point"
    assert found.takeoff.date == date(2007, 12, 31)
    assert found.takeoff.low == date(2006, 12, 31)
    assert found.stage == "growth"


def test_the_year_after_the_jump_is_the_take_off() -> None:
    found = takeoff(yearly([10, 11, 11, 12, 13, 14, 60], start=2001))
    assert found.stage_probabilities["takeoff"] > found.stage_probabilities["growth"]


def test_sales_that_creep_have_not_taken_off() -> None:
    found = takeoff(yearly([10, 10.4, 10.9, 11.2, 11.9, 12.1], market=1e6))
    assert found.stage == "introduction"
    assert found.takeoff.probability is not None
    assert found.takeoff.probability < 0.1
    assert found.takeoff.date is None


def test_zeros_are_before_the_launch() -> None:
    found = takeoff(yearly([0, 0, 0, 0, 0]))
    assert found.stage == "before_launch"
    assert found.takeoff.probability == 0


def test_a_market_in_use_by_nearly_all_is_mature() -> None:
    share = 100 / (1 + np.exp(-0.5 * (np.arange(30) - 10.0)))
    found = takeoff(Series.of(share, start="1980", frequency="year", kind="level", unit="%"))
    assert found.stage == "maturity"
    assert found.takeoff.probability is not None
    assert found.takeoff.probability > 0.97
    assert found.rules["penetration"].date == date(1983, 12, 31)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ([5.0], "values known: 1;"),
        ([5.0, 6.0, 7.0], "values known: 3;"),
        ([4.0, 4.0, 4.0, 4.0, 4.0], "every value is 4"),
        ([0.0, 0.0, 0.0, 0.0, 3.0], "1 period(s) have any sales"),
    ],
)
def test_a_series_that_says_nothing_has_a_reason(values: list[float], why: str) -> None:
    silent, vcr = takeoffs([yearly(values, name="short"), yearly(VCR)], bootstrap=0)
    assert silent.stage is None
    assert why in str(silent.reason)
    assert vcr.reason is None
    with pytest.raises(InputError, match="short"):
        takeoff(yearly(values, name="short"))


def test_everything_wrong_with_the_request_is_said_at_once() -> None:
    with pytest.raises(InputError) as caught:
        takeoffs([yearly(VCR)], rule="treshold", models=("bas",), bootstrap=-1)  # type: ignore[arg-type]
    assert len(caught.value.problems) == 3
    assert "Did you mean 'threshold'?" in str(caught.value)


def test_a_rule_can_be_chosen() -> None:
    found = takeoff(yearly(VCR, market=100_000), rule="penetration")
    assert found.takeoff.rule == "penetration"
    assert found.takeoff.date == date(1980, 12, 31)
    assert tuple(found.rules) == RULES


def test_rules_bring_their_record() -> None:
    for reading in takeoff(yearly(VCR, market=100_000), bootstrap=0).rules.values():
        assert reading.false_alarm_rate is not None
        assert 0 <= reading.false_alarm_rate <= 1
        assert reading.hit_rate is not None
        assert 0 <= reading.hit_rate <= 1
        assert reading.median_delay is not None


def test_python_doors_agree(vcr: Takeoff) -> None:
    years = pd.period_range("1979", periods=10, freq="Y")
    by_pandas = mj.takeoff(pd.Series(VCR, index=years, name="VCR", dtype=float), kind="per_period")
    table = pd.DataFrame({"id": "VCR", "year": range(1979, 1989), "value": VCR, "kind": "per_period"})
    (by_table,) = mj.takeoff(table)
    for found in (by_pandas, by_table):
        assert found.takeoff == vcr.takeoff
        assert found.stage_probabilities == vcr.stage_probabilities
        assert found.potential == vcr.potential


def test_threads_change_nothing(vcr: Takeoff) -> None:
    alone = takeoff(yearly(VCR, name="VCR"), threads=1)
    assert alone.potential == vcr.potential
    assert alone.takeoff == vcr.takeoff


def test_work_can_be_cancelled() -> None:
    with pytest.raises(Interrupted):
        takeoffs([yearly(VCR)], cancelled=lambda: True)


def test_replay_says_only_what_was_known() -> None:
    series = yearly([10, 11, 11, 12, 13, 14, 60, 150, 300], start=2001)
    steps = replay(series)
    assert [step.day.year for step in steps] == list(range(2004, 2010))
    for step in steps:
        assert step.rules["change_point"] == takeoff(series, step.day, bootstrap=0).rules["change_point"]
    found = hindsight(series, steps)
    assert found["change_point"].first_said == date(2007, 12, 31)
    assert found["change_point"].years_after == pytest.approx(0)
    assert found["change_point"].wrong == 0
    assert found["penetration"].spoke == 0


def test_growth_that_began_before_years_without_a_figure_is_not_dated_to_a_single_year() -> None:
    """What is first known of sales is what was added over several years; the take-off lies in or before them."""
    washer = Series.of([39, 55, 73, 75, 84, 85], ends=[1920, 1930, 1960, 1984, 1992, 2003], kind="level", unit="%")
    found = mj.takeoff(washer, bootstrap=0).rules["change_point"]
    assert found.before_data
    assert (str(found.date), found.low) == ("1930-12-31", None)
    gap = Series.of(
        [0.1, 0.11, 0.12, 0.13, 15, 30, 50, 68, 80],
        ends=[1950, 1951, 1952, 1953, 1958, 1959, 1960, 1961, 1962],
        kind="level",
        unit="%",
    )
    found = mj.takeoff(gap, bootstrap=0).rules["change_point"]
    assert not found.before_data
    assert (str(found.date), str(found.low)) == ("1958-12-31", "1953-12-31")
