"""Sensitivity by designs of their own, through SALib: elementary effects, and shares of the variance.

References
----------
Morris, M. D. (1991). Factorial sampling plans for preliminary computational experiments. Technometrics 33(2).
Campolongo, F., Cariboni, J. and Saltelli, A. (2007). An effective screening design for sensitivity analysis of large
models. Environmental Modelling & Software 22(10): the mean of absolute effects.
Saltelli, A. et al. (2010). Variance based sensitivity analysis of model output. Computer Physics Communications 181(2):
the design and the estimators.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from majung.decision.explore.cube import in_own_units

if TYPE_CHECKING:
    from majung.decision.worlds.factors import Factor

__all__ = ["Decomposition", "Effect", "Estimate", "Evaluate", "Screening", "Shares", "decompose", "screen"]

Floats = NDArray[np.float64]

Evaluate = Callable[[Floats], Floats]
"""Points (n, d) in the factors' own units to values (n,), NaN where the run failed."""

_LEVELS: Final = 4
"""Of the Morris grid; Morris's own choice."""
_LEAST_TRAJECTORIES: Final = 4
"""For an interval; free."""
_LEAST_GROUPS: Final = 16
"""For an interval; free."""
_RESAMPLES: Final = 200
"""Of the bootstraps; free."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Effect:
    """What a step of a factor does to the outcome, elsewhere as it may be.

    Parameters
    ----------
    parameter : str
        The factor's name.
    mu_star : Estimate
        Mean absolute elementary effect, in units of the outcome for the whole of the factor's range.
    mu : float
        Mean elementary effect, with its sign.
    sigma : float
        Standard deviation of elementary effects: large where the effect is not linear or hangs on other factors.
    """

    parameter: str
    mu_star: Estimate
    mu: float
    sigma: float


@dataclass(frozen=True, slots=True)
class Screening:
    """What Morris's method found.

    Parameters
    ----------
    effects : tuple of Effect
        The largest `mu_star` first.
    used, dropped : int
        Trajectories that count, and those in which a run failed.
    failed : int
        Runs that failed.
    """

    effects: tuple[Effect, ...]
    used: int
    dropped: int
    failed: int


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of the outcome's variance that are due to a factor: Sobol's indices.

    Estimates, and their intervals more so, may lie a little outside 0 to 1.

    Parameters
    ----------
    parameter : str
        The factor's name.
    first : Estimate
        Alone.
    total : Estimate
        Alone and together with others.
    """

    parameter: str
    first: Estimate
    total: Estimate


@dataclass(frozen=True, slots=True)
class Decomposition:
    """What Sobol's method found.

    Parameters
    ----------
    shares : tuple of Shares
        The largest `total` first.
    used, dropped : int
        Groups of d + 2 runs with the same base point that count, and those in which a run failed.
    failed : int
        Runs that failed.
    """

    shares: tuple[Shares, ...]
    used: int
    dropped: int
    failed: int


def screen(
    factors: Sequence[Factor], evaluate: Evaluate, *, trajectories: int, seed: int, level: float = 0.95
) -> Screening:
    """Return elementary effects (Morris 1991; Campolongo et al. 2007), which take few runs.

    A step goes over two thirds of a factor's range, in its logarithm where it is drawn so. A trajectory in which a run
    failed is left out. With many factors few failures leave nothing: a trajectory is d + 1 runs.

    Parameters
    ----------
    factors : sequence of d Factor
    evaluate : Evaluate
        Called once, with trajectories x (d + 1) points.
    trajectories : int
    seed : int
    level : float
        Of the intervals, by bootstrap over trajectories.

    Raises
    ------
    ValueError
        When fewer than four trajectories are whole.
    """
    from SALib.analyze import morris as analysis
    from SALib.sample import morris as design

    for_design, for_intervals = _seeds(seed)
    problem = _problem(factors)
    places = np.asarray(design.sample(problem, trajectories, num_levels=_LEVELS, seed=for_design))
    values = _evaluated(evaluate, in_own_units(places, factors))
    whole = _whole(values, len(factors) + 1, _LEAST_TRAJECTORIES)
    found = analysis.analyze(
        problem,
        places[np.repeat(whole, len(factors) + 1)],
        values[np.repeat(whole, len(factors) + 1)],
        num_resamples=_RESAMPLES,
        conf_level=level,
        num_levels=_LEVELS,
        seed=for_intervals,
    )
    effects = (
        Effect(factor.name, _estimate(mu_star, half, least=0.0), float(mu), float(sigma))
        for factor, mu_star, half, mu, sigma in zip(
            factors, found["mu_star"], found["mu_star_conf"], found["mu"], found["sigma"], strict=True
        )
    )
    return Screening(tuple(sorted(effects, key=lambda effect: -effect.mu_star.value)), *_counts(whole, values))


def decompose(
    factors: Sequence[Factor], evaluate: Evaluate, *, samples: int, seed: int, level: float = 0.95
) -> Decomposition:
    """Return shares of the variance by factor, first and total order (Saltelli et al. 2010).

    A group of runs with the same base point in which a run failed is left out. With many factors few failures leave
    nothing: a group is d + 2 runs.

    Parameters
    ----------
    factors : sequence of d Factor
    evaluate : Evaluate
        Called once, with samples x (d + 2) points.
    samples : int
        Base points of the scrambled Sobol sequence, a power of two.
    seed : int
    level : float
        Of the intervals, by bootstrap over base points.

    Raises
    ------
    ValueError
        When `samples` is not a power of two, fewer than 16 groups are whole, or the outcome is the same everywhere.
    """
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as design

    if samples < 1 or samples & (samples - 1):
        raise ValueError(f"samples must be a power of two, not {samples}")
    for_design, for_intervals = _seeds(seed)
    problem = _problem(factors)
    places = np.asarray(design.sample(problem, samples, calc_second_order=False, seed=for_design))
    values = _evaluated(evaluate, in_own_units(places, factors))
    whole = _whole(values, len(factors) + 2, _LEAST_GROUPS)
    kept = values[np.repeat(whole, len(factors) + 2)]
    if np.ptp(kept) <= 1e-12 * np.abs(kept).max():
        raise ValueError("the outcome is the same everywhere: there is no variance to share")
    found = analysis.analyze(
        problem, kept, calc_second_order=False, num_resamples=_RESAMPLES, conf_level=level, seed=for_intervals
    )
    shares = (
        Shares(factor.name, _estimate(first, first_half), _estimate(total, total_half))
        for factor, first, first_half, total, total_half in zip(
            factors, found["S1"], found["S1_conf"], found["ST"], found["ST_conf"], strict=True
        )
    )
    return Decomposition(tuple(sorted(shares, key=lambda share: -share.total.value)), *_counts(whole, values))


def _problem(factors: Sequence[Factor]) -> dict[str, Any]:
    """Return the unit cube as SALib takes it."""
    if not factors:
        raise ValueError("there are no factors")
    return {
        "num_vars": len(factors),
        "names": [factor.name for factor in factors],
        "bounds": [[0.0, 1.0]] * len(factors),
    }


def _seeds(seed: int) -> tuple[int, int]:
    """Return two seeds; never 0, which SALib takes for the global random state."""
    first, second = np.random.SeedSequence(seed).generate_state(2)
    return int(first) | 1, int(second) | 1


def _evaluated(evaluate: Evaluate, points: Floats) -> Floats:
    values = np.asarray(evaluate(points), dtype=np.float64)
    if values.shape != points.shape[:1]:
        raise ValueError(f"{len(points)} points were given values of shape {values.shape}")
    return values


def _whole(values: Floats, size: int, least: int) -> NDArray[np.bool_]:
    """Return in which groups of `size` runs none failed."""
    whole = np.asarray(np.isfinite(values).reshape(-1, size).all(axis=1))
    if whole.sum() < least:
        raise ValueError(f"only {whole.sum()} of {len(whole)} groups of {size} runs are whole: {least} are needed")
    return whole


def _counts(whole: NDArray[np.bool_], values: Floats) -> tuple[int, int, int]:
    """Return groups used and dropped, and runs that failed."""
    return int(whole.sum()), int((~whole).sum()), int((~np.isfinite(values)).sum())


def _estimate(value: float, half: float, least: float = -math.inf) -> Estimate:
    return Estimate(float(value), max(least, float(value - half)), float(value + half))
