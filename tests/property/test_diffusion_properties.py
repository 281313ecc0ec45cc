"""What holds of every fit, whatever the data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from majung.evidence.diffusion import MODELS, Fit, Observations, bootstrap, fit, fit_many
from majung.evidence.diffusion.kernel.batch import evaluate

Complex = NDArray[np.complex128]


def bass(t: Any, p: Any, q: Any) -> Any:
    e = np.exp(-(p + q) * t)
    return (1 - e) / (1 + q / p * e)


def independent_curve(name: str, t: Any, z: Any, x: Any) -> Any:
    """Write every curve down again, from the papers and for complex numbers."""
    if name == "bass":
        return bass(t, x[0], x[1])
    if name == "bass-launch":
        return bass(t - x[2] + np.log(x[1] / x[0]) / (x[0] + x[1]), x[0], x[1])
    if name == "gbm":
        return bass(t + x[2] * z, x[0], x[1])
    if name == "gompertz":
        return np.exp(-np.exp(-x[0] * (t - x[1])))
    if name == "logistic":
        return 1 / (1 + np.exp(-x[0] * (t - x[1])))
    if name == "gamma-gompertz":
        return (1 - np.exp(-x[0] * t)) * (1 + x[1] * np.exp(-x[0] * t)) ** -x[2]
    if name == "weibull":
        return 1 - np.exp(-((t / x[0]) ** x[1]))
    if name == "ggm":
        return np.sqrt(bass(t, x[2], x[3])) * bass(t, x[0], x[1])
    if name == "gbm-exponential":
        after = t > x[2].real
        return bass(t + after * x[4] / x[3] * (1 - np.exp(-x[3] * (t - x[2]))), x[0], x[1])
    inside = np.where(t < x[2].real, 0.0, np.where(t > (x[2] + x[3]).real, x[3], t - x[2]))
    return bass(t + x[4] * inside, x[0], x[1])


PLACES = {
    "bass": (0.02, 0.4),
    "bass-launch": (0.02, 0.4, 4.0),
    "gbm": (0.02, 0.4, -1.3),
    "gompertz": (0.3, 6.0),
    "logistic": (0.5, 6.0),
    "gamma-gompertz": (0.4, 12.0, 1.7),
    "weibull": (8.0, 2.2),
    "ggm": (0.02, 0.3, 0.05, 0.5),
    "gbm-exponential": (0.01, 0.4, 4.3, 0.35, 0.8),
    "gbm-rectangular": (0.01, 0.4, 4.3, 3.1, 0.8),
}


@pytest.mark.parametrize("name", MODELS)
@given(nudge=st.lists(st.floats(0.8, 1.25), min_size=5, max_size=5))
@settings(max_examples=20, deadline=None)
def test_values_and_gradients_are_those_of_the_formulas(name: str, nudge: list[float]) -> None:
    """Complex steps give derivatives without cancellation: Im f(x + ih) / h."""
    model = MODELS[name]
    x = np.array(PLACES[name]) * nudge[: len(PLACES[name])]
    ends = np.array([1.0, 2.5, 4.0, 6.7, 11.0, 15.2])
    starts = np.array([0.5, 1.0, -np.inf, 4.0, 6.7, 14.0])
    z0, z1 = np.linspace(0, -0.5, 6), np.linspace(-0.1, -0.6, 6)
    out, slopes = np.empty((1, 6)), np.empty((1, 6, 1 + x.size))
    evaluate(model.kind, False, starts, ends, z0, z1, np.array([[3.0, *x]]), out, slopes)

    def share(at: Any) -> Any:
        begun = np.where(np.isinf(starts), 1.0, starts)
        before = np.where(np.isinf(starts), 0.0, independent_curve(name, begun, z0, at))
        return independent_curve(name, ends, z1, at) - before

    np.testing.assert_allclose(out[0], 3.0 * share(x + 0j).real, rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(slopes[0, :, 0], share(x + 0j).real, rtol=1e-10, atol=1e-13)
    for place in range(x.size):
        step = x.astype(complex)
        step[place] += 1e-30j
        np.testing.assert_allclose(slopes[0, :, place + 1], 3.0 * share(step).imag / 1e-30, rtol=1e-8, atol=1e-11)


@given(
    values=st.lists(st.one_of(st.floats(0, 1e9), st.just(0.0), st.just(float("nan"))), max_size=25),
    model=st.sampled_from([name for name in MODELS if name != "gbm"]),
    level=st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_anything_gives_a_fit_or_a_reason(values: list[float], model: str, level: bool) -> None:
    found = fit(Observations.of(values, level=level), model=model)
    assert found.usable or found.warnings
    assert found.converged or found.warnings
    for warning in found.warnings:
        assert warning.label("en")
        assert warning.label("ko")


@given(values=st.lists(st.floats(0, 1e9), max_size=20))
@settings(max_examples=60, deadline=None)
def test_the_regression_gives_a_fit_or_a_reason(values: list[float]) -> None:
    found = fit(values, estimator="ols")
    assert found.usable or found.warnings
    assert found.converged or found.warnings


def noisy(seed: int, size: int = 14) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    p, q = rng.uniform(0.005, 0.03), rng.uniform(0.35, 0.6)
    return np.asarray(np.diff(bass(np.arange(size + 1.0), p, q)) * (1 + 0.08 * rng.standard_normal(size)))


@given(seed=st.integers(0, 10_000), scale=st.sampled_from([1e-6, 1e-3, 7.0, 1e9]))
@settings(max_examples=25, deadline=None)
def test_a_fit_has_no_scale(seed: int, scale: float) -> None:
    one, other = (fit(noisy(seed) * by, estimator="nls-interval") for by in (1.0, scale))
    assert other.parameters["m"] / scale == pytest.approx(one.parameters["m"], rel=1e-6)
    assert [other.parameters[name] for name in "pq"] == pytest.approx([one.parameters[name] for name in "pq"], rel=1e-6)


@given(seed=st.integers(0, 10_000), months=st.sampled_from([0.25, 12.0]))
@settings(max_examples=25, deadline=None)
def test_time_may_be_counted_in_any_unit(seed: int, months: float) -> None:
    sold = noisy(seed)
    one = fit(sold, estimator="nls-interval")
    other = fit(sold, estimator="nls-interval", ends=months * np.arange(1, sold.size + 1))
    assert other.parameters["m"] == pytest.approx(one.parameters["m"], rel=1e-6)
    assert other.parameters["p"] * months == pytest.approx(one.parameters["p"], rel=1e-6)
    assert other.peak[0] == pytest.approx(one.peak[0] * months, rel=1e-6)


def test_the_same_bytes_on_any_number_of_threads() -> None:
    series = np.array([noisy(seed) for seed in range(40)])
    one, four = (bootstrap(fit_many(series, threads=threads), 30, threads=threads) for threads in (1, 4))
    assert one.parameters.tobytes() == four.parameters.tobytes()
    assert one.draws.tobytes() == four.draws.tobytes()


def test_a_series_gets_the_same_fit_alone_and_among_others() -> None:
    series = [noisy(seed, 8 + seed) for seed in range(12)]
    together = bootstrap(fit_many([Observations.of(sold) for sold in series]), 25, seed=5)
    alone: Fit = fit(series[0], estimator="nls-interval", bootstrap=25, seed=5)
    assert together.one(0).parameters == alone.parameters
    assert together.one(0).draws.tobytes() == alone.draws.tobytes()
    for k, sold in enumerate(series):
        assert together.one(k).parameters == fit(sold, estimator="nls-interval").parameters


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_no_start_of_a_finer_grid_finds_a_better_fit(seed: int) -> None:
    few, many = (fit_many([noisy(seed)], tries=tries).rss[0] for tries in (4, 30))
    assert few <= many * (1 + 1e-6)
