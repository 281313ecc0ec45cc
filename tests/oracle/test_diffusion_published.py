"""Fits held against published estimates, closed forms and other programs."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import curve_fit

from majung.evidence.diffusion import Observations, fit, fit_many
from majung.evidence.diffusion.estimate.ols import regression

VCR = (840, 1470, 2110, 4000, 7590, 10950, 10530, 9470, 7790, 5890)
"""US sales of video recorders, thousands, 1979 to 1988."""

BASS_1969 = {
    "refrigerator": (0.002617, 0.21566, 40.0),
    "home freezer": (0.018119, 0.17110, 21.97),
    "black and white television": (0.027877, 0.25105, 96.72),
    "water softener": (0.017703, 0.29695, 5.79),
    "room air conditioner": (0.010399, 0.41861, 16.90),
    "dryer": (0.017206, 0.35688, 15.09),
    "lawnmower": (0.009184, 0.33790, 44.75),
    "electric blanket": (0.005876, 0.24387, 76.59),
    "coffee maker": (0.017135, 0.30145, 58.84),
    "steam iron": (0.028632, 0.32791, 55.70),
    "record player": (0.024796, 0.65410, 21.94),
}
"""p, q and m of Bass (1969), table 1; here only as true values of series made from them."""


def bass_share(t: NDArray[np.float64], p: float, q: float) -> NDArray[np.float64]:
    e = np.exp(-(p + q) * t)
    return np.asarray((1 - e) / (1 + q / p * e))


def test_video_recorders_as_in_the_published_print_out() -> None:
    found = fit(VCR, estimator="nls")
    assert found.parameters["m"] == pytest.approx(67980.9, abs=0.05)
    assert found.parameters["p"] == pytest.approx(0.006594, abs=5e-7)
    assert found.parameters["q"] == pytest.approx(0.638091, abs=5e-7)
    assert found.se["m"] == pytest.approx(3.13e3, rel=2e-3)
    assert found.se["p"] == pytest.approx(1.43e-3, rel=2e-3)
    assert found.se["q"] == pytest.approx(0.0414, rel=2e-3)
    assert round(found.residual_se) == 727
    assert found.converged
    assert found.warnings == ()
    assert found.peak[0] == pytest.approx(7.09, abs=0.005)


@pytest.mark.parametrize("product", BASS_1969)
def test_regression_finds_what_the_regression_made(product: str) -> None:
    p, q, m = BASS_1969[product]
    sold: list[float] = []
    for _ in range(12):
        before = sum(sold)
        sold.append((p + q * before / m) * (m - before))
    found = fit(sold, estimator="ols")
    assert list(found.parameters.values()) == pytest.approx([m, p, q], rel=1e-7)


@pytest.mark.parametrize("product", BASS_1969)
@pytest.mark.parametrize("scale", [1e-6, 1e9])
def test_interval_fit_finds_the_curve_that_made_the_series(product: str, scale: float) -> None:
    p, q, m = BASS_1969[product]
    sold = m * scale * np.diff(bass_share(np.arange(16.0), p, q))
    found = fit(sold, estimator="nls-interval")
    assert list(found.parameters.values()) == pytest.approx([m * scale, p, q], rel=1e-6)


def test_regression_as_numpy_does_it() -> None:
    before = np.concatenate([[0.0], np.cumsum(VCR)[:-1]])
    design = np.column_stack([np.ones(10), before, before**2])
    (a, b, c), rss, *_ = np.linalg.lstsq(design, np.array(VCR, dtype=float), rcond=None)
    m = (-b - np.sqrt(b * b - 4 * a * c)) / (2 * c)
    found = fit(VCR, estimator="ols")
    assert list(found.parameters.values()) == pytest.approx([m, a / m, -c * m], rel=1e-8)
    assert found.rss == pytest.approx(float(rss[0]), rel=1e-8)


def test_standard_errors_of_the_regression_are_those_of_small_changes() -> None:
    """The delta method against draws from the regression's own distribution."""
    tight = np.array(VCR, dtype=float)
    coefficients, covariance, _ = regression(tight)
    drawn = np.random.default_rng(0).multivariate_normal(coefficients, covariance * 1e-6, size=20_000)
    a, b, c = drawn.T
    m = (-b - np.sqrt(b * b - 4 * a * c)) / (2 * c)
    spread = np.array([m.std(), (a / m).std(), (c * m).std()]) * 1e3
    found = fit(VCR, estimator="ols")
    assert list(found.se.values()) == pytest.approx(spread, rel=0.03)


def test_same_answers_as_scipy_on_many_series() -> None:
    rng = np.random.default_rng(3)
    t = np.arange(0.0, 19.0)
    truth = np.column_stack([np.full(40, 1000.0), rng.uniform(0.003, 0.03, 40), rng.uniform(0.3, 0.6, 40)])
    series = [m * np.diff(bass_share(t, p, q)) * (1 + 0.1 * rng.standard_normal(18)) for m, p, q in truth]
    ours = fit_many(np.array(series))
    for k, sold in enumerate(series):

        def curve(x: NDArray[np.float64], m: float, p: float, q: float) -> NDArray[np.float64]:
            return m * (bass_share(x, p, q) - bass_share(x - 1, p, q))

        theirs, covariance = curve_fit(curve, t[1:], sold, p0=truth[k], xtol=1e-13, ftol=1e-13, gtol=1e-13)
        assert ours.parameters[k] == pytest.approx(theirs, rel=1e-6)
        assert ours.se[k] == pytest.approx(np.sqrt(np.diag(covariance)), rel=1e-4)


def test_bemmaor_with_alpha_one_is_bass() -> None:
    p, q, m = 0.01, 0.45, 500.0
    sold = m * np.diff(bass_share(np.arange(21.0), p, q))
    found = fit(sold, model="gamma-gompertz")
    assert found.parameters["alpha"] == pytest.approx(1.0, abs=1e-4)
    assert found.parameters["b"] == pytest.approx(p + q, rel=1e-4)
    assert found.parameters["beta"] == pytest.approx(q / p, rel=1e-3)
    assert found.peak[0] == pytest.approx(np.log(q / p) / (p + q), rel=1e-4)


@pytest.mark.parametrize(("p", "q", "years"), [(0.0279, 0.251, 7.88), (0.0104, 0.4186, 8.61), (0.03, 0.38, 6.19)])
def test_peak_of_bass(p: float, q: float, years: float) -> None:
    sold = 100 * np.diff(bass_share(np.arange(25.0), p, q))
    assert fit(sold, estimator="nls-interval").peak[0] == pytest.approx(years, abs=0.005)


@pytest.mark.parametrize("model", ["logistic", "gompertz", "weibull", "gamma-gompertz", "ggm", "bass-launch"])
def test_peak_is_where_the_curve_is_steepest(model: str) -> None:
    rng = np.random.default_rng(2)
    sold = 1000 * np.diff(bass_share(np.arange(25.0), 0.008, 0.5)) * (1 + 0.05 * rng.standard_normal(24))
    found = fit(Observations.of(np.cumsum(sold), level=True), model=model)
    fine = np.linspace(0.001, 30.0, 60_001)
    steepest = fine[np.gradient(found.predict(fine)).argmax()]
    assert found.peak[0] == pytest.approx(steepest, abs=0.03)


def test_what_is_left_of_a_curve_is_carried_back_to_its_launch() -> None:
    """Jiang, Bass and Bass (2006): with what was sold before the data, p, q, m and the launch come back."""
    p, q, m, missed = 0.01, 0.5, 1000.0, 4
    sold = m * np.diff(bass_share(np.arange(21.0), p, q))
    ends = 1990.0 + np.arange(missed + 1, 21)
    found = fit(Observations.of(sold[missed:], ends=ends, before=float(sold[:missed].sum())), model="bass-launch")
    assert [found.parameters[name] for name in "mpq"] == pytest.approx([m, p, q], rel=1e-5)
    assert found.launch[0] == pytest.approx(1990.0, abs=1e-3)
    assert found.peak[0] == pytest.approx(1990.0 + np.log(q / p) / (p + q), abs=1e-3)


def test_without_it_the_range_of_p_holds_the_truth() -> None:
    p, q, m, missed = 0.01, 0.5, 1000.0, 4
    sold = m * np.diff(bass_share(np.arange(21.0), p, q))
    found = fit(sold[missed:], model="bass-launch", estimator="nls-interval")
    for name, value in {"m": m, "p": p, "q": q}.items():
        assert found.low[name] < value < found.high[name]
    assert found.launch[1] < -missed < found.launch[2]
    assert [warning.key for warning in found.warnings] == ["evidence.fit.launch_range"]


def test_price_speeds_adoption_as_in_the_generalised_model() -> None:
    p, q, beta, m = 0.01, 0.4, -1.5, 1000.0
    price = 100 * np.exp(-0.08 * np.arange(20)) * (1 + 0.1 * np.sin(np.arange(20)))
    own_time = np.arange(1.0, 21.0) + beta * np.log(price / price[0])
    sold = np.diff(np.concatenate([[0.0], m * bass_share(own_time, p, q)]))
    found = fit(sold, model="gbm", driver=price)
    assert list(found.parameters.values()) == pytest.approx([m, p, q, beta], rel=1e-4)
