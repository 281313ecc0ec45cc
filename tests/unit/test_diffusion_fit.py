"""Fits of one series: what they say, and what they say is wrong."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from majung.errors import InputError
from majung.evidence.diffusion import MODELS, Fit, Observations, fit, forecast

VCR = np.array([840, 1470, 2110, 4000, 7590, 10950, 10530, 9470, 7790, 5890], dtype=float)


def bass(n: int, p: float = 0.01, q: float = 0.45, m: float = 1000.0) -> NDArray[np.float64]:
    t = np.arange(n + 1.0)
    e = np.exp(-(p + q) * t)
    return np.asarray(m * np.diff((1 - e) / (1 + q / p * e)))


def noisy(n: int, seed: int = 1, spread: float = 0.05, **truth: float) -> NDArray[np.float64]:
    return np.asarray(bass(n, **truth) * (1 + spread * np.random.default_rng(seed).standard_normal(n)))


def keys(found: Fit) -> list[str]:
    return [warning.key.removeprefix("evidence.fit.") for warning in found.warnings]


def test_each_value_is_the_share_of_an_interval_times_the_potential() -> None:
    found = fit(VCR, estimator="nls-interval")
    assert found.fitted() == pytest.approx(np.diff(found.predict(np.arange(11.0))))
    assert found.predict([1e6]) == pytest.approx(found.parameters["m"])
    assert found.predict([-3.0, 0.0]) == pytest.approx([0.0, 0.0])
    assert found.predict_intervals([2.0], [4.0])[0] == pytest.approx(found.fitted()[2:4].sum())
    assert found.rss == pytest.approx(float(((VCR - found.fitted()) ** 2).sum()))


def test_density_and_interval_differ_and_say_which_they_are() -> None:
    dense, interval = (fit(VCR, estimator=name) for name in ("nls", "nls-interval"))
    assert (dense.estimator, interval.estimator) == ("nls", "nls-interval")
    assert dense.parameters["p"] != pytest.approx(interval.parameters["p"], rel=0.1)
    assert dense.rss == pytest.approx(float(((VCR - dense.fitted()) ** 2).sum()))
    assert fit(VCR, model="gompertz").estimator == "nls-interval"
    assert fit(np.cumsum(VCR), level=True).estimator == "nls-interval"


def test_criterion_counts_parameters_and_variance() -> None:
    found = fit(VCR)
    assert (found.n, found.k) == (10, 3)
    assert found.aicc == pytest.approx(10 * np.log(found.rss / 10) + 8 + 2 * 4 * 5 / 5)


def test_gaps_are_left_out() -> None:
    gappy = bass(16)
    gappy[[3, 9]] = np.nan
    found = fit(gappy, estimator="nls-interval")
    assert found.n == 14
    assert list(found.parameters.values()) == pytest.approx([1000, 0.01, 0.45], rel=1e-6)
    assert keys(fit(gappy, estimator="ols")) == ["ols_gaps"]


def test_uneven_intervals_are_fitted_as_they_are() -> None:
    ends = np.array([1.0, 1.5, 3.0, 4.0, 6.5, 7.0, 8.0, 9.5, 12.0, 14.0])
    starts = np.concatenate([[0.0], ends[:-1]])
    whole = fit(bass(16), estimator="nls-interval")
    found = fit(whole.predict(ends) - whole.predict(starts), ends=ends, starts=starts, estimator="nls-interval")
    assert list(found.parameters.values()) == pytest.approx([1000, 0.01, 0.45], rel=1e-6)


def test_levels_are_fitted_as_levels() -> None:
    found = fit(np.cumsum(bass(15)), level=True)
    assert list(found.parameters.values()) == pytest.approx([1000, 0.01, 0.45], rel=1e-6)
    assert found.predict([15.0]) == pytest.approx([bass(15).sum()], rel=1e-6)


def test_launch_of_a_level_is_found_on_the_axis_of_the_data() -> None:
    years = 1985.0 + np.arange(20)
    level = fit(bass(30), estimator="nls-interval").predict(years - 1979.5)
    found = fit(level, ends=years, level=True, model="bass-launch")
    assert found.launch[0] == pytest.approx(1979.5, abs=0.01)
    assert found.parameters["p"] == pytest.approx(0.01, rel=1e-3)


def test_origin_is_the_launch() -> None:
    years = 1980.0 + np.arange(1, 17)
    found = fit(bass(16), ends=years, origin=1980.0, estimator="nls-interval")
    assert found.parameters["p"] == pytest.approx(0.01, rel=1e-6)
    assert found.peak[0] == pytest.approx(1980 + np.log(45) / 0.46, rel=1e-6)


def test_a_given_potential_is_kept_and_not_counted() -> None:
    found = fit(VCR, market=60_000.0)
    assert found.parameters["m"] == 60_000.0
    assert found.k == 2
    assert found.at_bound == ()
    assert found.potential[0] == 60_000.0


def test_a_bound_that_binds_is_said() -> None:
    found = fit(VCR, market=(None, 60_000.0))
    assert found.parameters["m"] == pytest.approx(60_000.0)
    assert found.at_bound == ("m",)
    assert "at_bound" in keys(found)
    assert fit(VCR, market=(50_000.0, 90_000.0)).parameters["m"] == pytest.approx(67980.9, abs=0.1)


@pytest.mark.parametrize("market", [0.0, -5.0, (10.0, 5.0)])
def test_a_potential_that_cannot_be_is_refused(market: float | tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="market potential must be positive"):
        fit(VCR, market=market)


def test_a_potential_far_below_the_data_is_kept_and_said() -> None:
    assert {"at_bound", "below"} & set(keys(fit(VCR, market=(None, 1.0))))


def test_growth_without_an_end_leaves_the_potential_at_its_bound() -> None:
    found = fit(1.4 ** np.arange(12.0))
    assert "m" in found.at_bound
    assert {"at_bound", "before_peak_early"} <= set(keys(found))


def test_nothing_and_too_little_have_reasons() -> None:
    for values, reason in (
        ([], "nothing"),
        ([0.0] * 8, "nothing"),
        ([5.0], "few"),
        ([1.0, 2.0, 3.0], "few"),
        ([0.0, 0.0, 0.0, 1.0, 2.0], "few"),
    ):
        for estimator in ("nls", "ols"):
            found = fit(values, estimator=estimator)  # type: ignore[arg-type]
            if estimator == "nls" or len(values) < 4:
                assert not found.usable
                assert not found.converged
                assert keys(found) == [reason]
    assert keys(fit([1.0, 3.0, 4.0, 2.0]))[0] == "tight"


def test_data_that_end_before_the_peak_are_said_with_published_figures() -> None:
    late = fit(bass(7), estimator="nls-interval")
    assert keys(late) == ["before_peak_by"]
    reached, at_peak = late.predict([7.0, late.peak[0]]) / 1000
    steps = np.log(at_peak / reached) / np.log(1.1)
    assert late.warnings[0].values["m"] == pytest.approx(1.05**steps - 1, rel=1e-3)
    early = fit(bass(4), estimator="nls-interval")
    assert "before_peak_early" in keys(early)
    assert fit(bass(12), estimator="nls-interval").warnings == ()


def test_residuals_that_follow_one_another_are_said() -> None:
    wave = bass(24) + 8 * np.sin(np.arange(24) / 2)
    assert "autocorrelated" in keys(fit(wave, estimator="nls-interval"))
    alternating = bass(24) + 8 * (-1.0) ** np.arange(24)
    assert "autocorrelated" not in keys(fit(alternating, estimator="nls-interval"))


def test_a_potential_below_what_is_there_is_said() -> None:
    level = np.concatenate([np.cumsum(bass(30)), [1300.0]])
    assert "below" in keys(fit(level, level=True))


def test_traps_of_the_regression_are_said() -> None:
    assert "ols_not_concave" in keys(fit(1.1 ** np.arange(10.0) ** 1.7, estimator="ols"))
    # The runway alone: a market a thousand times what is there could be anything.
    grown = np.exp(-0.40001 * np.arange(11.0))
    runway = np.diff(1e6 * (1 - grown) / (1 + 4e4 * grown))
    assert "far" in keys(fit(runway, estimator="ols"))
    sold = [4.0]
    for _ in range(9):
        sold.append(-2 + 0.8 * sum(sold) - 0.0008 * sum(sold) ** 2)
    negative = fit(sold, estimator="ols")
    assert negative.parameters["p"] < 0
    assert "ols_negative_p" in keys(negative)
    assert not negative.converged


def test_wrong_names_are_named_with_the_nearest() -> None:
    with pytest.raises(InputError) as caught:
        fit(VCR, model="gomperts", estimator="nlss")  # type: ignore[arg-type]
    assert [problem.suggestion for problem in caught.value.problems] == ["gompertz", "nls"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"ends": [1.0, 2.0]},
        {"ends": [1.0, 3.0, 2.0]},
        {"starts": [0.0, 1.0, 4.0], "ends": [1.0, 2.0, 3.0]},
        {"driver": [1.0, 0.0, 2.0]},
    ],
)
def test_arrays_that_do_not_belong_together_are_refused(wrong: dict[str, list[float]]) -> None:
    with pytest.raises(ValueError, match=r"ends|driver"):
        Observations.of([1.0, 2.0, 3.0], **wrong)


def test_infinite_values_and_a_missing_driver_are_refused() -> None:
    with pytest.raises(ValueError, match="infinite"):
        fit([1.0, np.inf, 2.0])
    with pytest.raises(ValueError, match="needs a driver"):
        fit(VCR, model="gbm")


def test_a_driver_that_turns_time_back_is_said() -> None:
    price = np.array([10, 8, 12, 7, 13, 6, 14, 5, 15, 4, 12, 3], dtype=float)
    own_time = np.arange(1.0, 13.0) - 2.5 * np.log(price / price[0])
    e = np.exp(-0.41 * np.maximum(own_time, 0))
    reached = 1000 * (1 - e) / (1 + 40 * e)
    found = fit(np.diff(np.concatenate([[0.0], reached])), model="gbm", driver=price)
    assert "backwards" in keys(found)


def test_bootstrap_gives_the_same_draws_for_the_same_seed() -> None:
    one, same, other = (fit(VCR, bootstrap=50, seed=seed) for seed in (1, 1, 2))
    assert one.draws.shape == (50, 3)
    assert one.draws.tobytes() == same.draws.tobytes() != other.draws.tobytes()
    assert one.interval == "bootstrap"
    assert fit(VCR).interval == "asymptotic"
    for name in "mpq":
        assert one.low[name] < one.parameters[name] < one.high[name]
    assert one.peak[1] < one.peak[0] < one.peak[2]
    assert one.potential == (one.parameters["m"], one.low["m"], one.high["m"])


def test_a_wider_confidence_widens_the_interval() -> None:
    for draws in (0, 200):
        narrow, wide = (fit(VCR, bootstrap=draws, confidence=level) for level in (0.5, 0.95))
        assert wide.low["m"] < narrow.low["m"] < narrow.high["m"] < wide.high["m"]


def test_a_potential_that_draws_do_not_bound_is_said() -> None:
    found = fit(noisy(6, seed=4), bootstrap=100, estimator="nls-interval")
    assert {"unbounded", "at_bound"} & set(keys(found))


def test_fan_opens_and_stays_above_zero() -> None:
    found = fit(noisy(10), bootstrap=200, estimator="nls-interval")
    fan = forecast(found, periods=6)
    assert fan is not None
    assert fan.times.tolist() == [11.0, 12.0, 13.0, 14.0, 15.0, 16.0]
    assert (np.diff(fan.values, axis=1) >= 0).all()
    assert (fan.values >= 0).all()
    assert fan.values[:, 2] == pytest.approx(found.predict_intervals(np.arange(10, 16), np.arange(11, 17)), rel=0.25)
    assert forecast(fit(VCR)) is None


def test_fan_of_a_level_goes_on_from_the_last_value() -> None:
    level = np.cumsum(noisy(14))
    fan = forecast(fit(level, level=True, bootstrap=200), periods=3)
    assert fan is not None
    assert fan.values[0, 0] < level[-1] + bass(15)[-1] < fan.values[0, 4]


@pytest.mark.parametrize("model", [name for name in MODELS if name != "gbm"])
def test_every_model_recovers_itself(model: str) -> None:
    """Each model's own curve, fitted by that model, comes back as a curve."""
    base = fit(noisy(22, seed=8), model=model, estimator="nls-interval")
    curve = base.predict_intervals(np.arange(22.0), np.arange(1.0, 23.0))
    again = fit(curve, model=model, estimator="nls-interval")
    assert again.fitted() == pytest.approx(curve, abs=1e-3 * curve.max())
