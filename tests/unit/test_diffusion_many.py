"""Many series at once, and models held against one another."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from majung.errors import Interrupted
from majung.evidence.diffusion import Observations, best, bootstrap, compare_many, fit, fit_many, rolling_errors


def made(n: int, seed: int, spread: float = 0.06) -> NDArray[np.float64]:
    t = np.arange(n + 1.0)
    e = np.exp(-0.46 * t)
    share = (1 - e) / (1 + 45 * e)
    return np.asarray(1000 * np.diff(share) * (1 + spread * np.random.default_rng(seed).standard_normal(n)))


def test_rows_are_fitted_as_alone() -> None:
    rows = np.array([made(15, seed) for seed in range(5)])
    found = fit_many(rows)
    assert found.parameters.shape == (5, 3)
    for k in range(5):
        assert found.one(k).parameters == fit(rows[k], estimator="nls-interval").parameters


def test_rows_without_data_are_blank_and_have_a_reason() -> None:
    found = fit_many(np.array([made(12, 1), np.zeros(12), np.full(12, np.nan)]))
    assert found.usable.tolist() == [True, False, False]
    assert np.isnan(found.parameters[1:]).all()
    drawn = bootstrap(found, 20)
    assert np.isnan(drawn.draws[1:]).all()
    assert [warning.key for warning in drawn.one(1).warnings] == ["evidence.fit.nothing"]


def test_nothing_to_fit_is_no_error() -> None:
    assert fit_many([]).parameters.shape == (0, 3)
    assert bootstrap(fit_many([]), 5).draws.shape == (0, 5, 3)


def test_each_series_may_have_a_potential_of_its_own() -> None:
    found = fit_many([Observations.of(made(15, seed)) for seed in (1, 2)], market=[900.0, None])
    assert found.parameters[0, 0] == 900.0
    assert found.parameters[1, 0] == pytest.approx(1000, rel=0.1)
    assert found.k.tolist() == [2, 3]


def test_progress_counts_up_to_all() -> None:
    seen: list[tuple[int, int]] = []
    fits = fit_many(np.array([made(12, seed) for seed in range(50)]), threads=2, progress=lambda *at: seen.append(at))
    assert seen[-1] == (50, 50)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    seen.clear()
    bootstrap(fits, 10, threads=2, progress=lambda *at: seen.append(at))
    assert seen[-1] == (500, 500)


@pytest.mark.parametrize("threads", [1, 3])
def test_it_can_be_stopped(threads: int) -> None:
    rows = np.array([made(12, seed) for seed in range(40)])
    with pytest.raises(Interrupted):
        fit_many(rows, threads=threads, cancelled=lambda: True)
    fits = fit_many(rows)
    with pytest.raises(Interrupted):
        bootstrap(fits, 50, threads=threads, cancelled=lambda: True)


def test_unknown_models_and_estimators_are_refused() -> None:
    with pytest.raises(ValueError, match="no model 'bas'"):
        fit_many([], "bas")
    with pytest.raises(ValueError, match="no estimator 'ols'"):
        fit_many([], estimator="ols")


def test_errors_out_of_sample_are_those_of_refits_by_hand() -> None:
    sold = made(11, 3)
    errors = []
    for size in range(6, 11):
        known = fit(sold[:size], estimator="nls-interval")
        ahead = np.arange(size, min(size + 3, 11))
        errors += (np.abs(known.predict_intervals(ahead, ahead + 1.0) - sold[ahead]) / sold[ahead]).tolist()
    assert rolling_errors([Observations.of(sold)], "bass") == pytest.approx([np.median(errors)], rel=1e-3)


def test_short_series_have_no_error_out_of_sample() -> None:
    assert np.isnan(rolling_errors([Observations.of(made(5, 1))], "bass")).all()


def test_the_model_that_made_the_series_is_mostly_preferred() -> None:
    t = np.arange(25.0)
    gompertz = 1000 * np.diff(np.exp(-np.exp(-0.35 * (t - 8))))
    rng = np.random.default_rng(4)
    rows = [Observations.of(gompertz * (1 + 0.03 * rng.standard_normal(24))) for _ in range(12)]
    found = compare_many(rows, ["bass", "logistic", "gompertz", "gbm"], rolling=False)
    assert [fit.model for fit in found[0].fits] == ["bass", "logistic", "gompertz"]
    assert sum(one.best is not None and one.best.model == "gompertz" for one in found) >= 10


def test_best_passes_over_what_is_unsound() -> None:
    growing = Observations.of(1.4 ** np.arange(12.0))
    compared = compare_many([growing], ["bass", "logistic"], draws=30)[0]
    assert compared.best is None
    assert best(()) is None


def test_comparison_counts_models_and_is_the_same_on_any_number_of_threads() -> None:
    seen: list[tuple[int, int]] = []
    rows = [Observations.of(made(14, seed)) for seed in range(6)]
    models = ["bass", "gompertz", "weibull"]
    one = compare_many(rows, models, draws=25, threads=1, progress=lambda *at: seen.append(at))
    four = compare_many(rows, models, draws=25, threads=4)
    assert seen == [(1, 3), (2, 3), (3, 3)]
    for left, right in zip(one, four, strict=True):
        assert [fit.rolling_error for fit in left.fits] == [fit.rolling_error for fit in right.fits]
        assert [fit.draws.tobytes() for fit in left.fits] == [fit.draws.tobytes() for fit in right.fits]
