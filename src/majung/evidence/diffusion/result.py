"""What a fit says: estimates with intervals, the peak, the potential, and everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from majung.evidence.diffusion.kernel.batch import evaluate
from majung.evidence.diffusion.models import MODELS, Estimator
from majung.evidence.diffusion.observations import Observations
from majung.messages import Phrase

__all__ = ["Fit", "Interval", "aicc"]

Floats = NDArray[np.float64]
Interval = tuple[float, float, float]
"""Estimate, low, high; NaN where there is none."""


@dataclass(frozen=True, eq=False)
class Fit:
    """A model fitted to a series.

    Parameters
    ----------
    model : str
        A key of `MODELS`.
    estimator : {"nls", "nls-interval", "ols"}
    parameters : mapping
        Estimates by name. ``m`` is in the series' unit, rates are per unit of time, times are counted from ``origin``.
        All are NaN where nothing could be fitted; the warnings say why.
    se, low, high : mapping
        Standard errors, and the ends of the intervals; NaN where there are none.
    interval : {"bootstrap", "asymptotic"}
        Where the intervals are from.
    rss : float
        Sum of squared residuals.
    n, k : int
        Observations, and estimated parameters; a parameter that was given or is at a bound is not counted.
    aicc : float
        Akaike's criterion, corrected for small samples, of residuals that are independent, normal and of one variance;
        infinite where n is too small for it. Comparable among models fitted to the same values.
    rolling_error : float
        Median relative error out of sample; NaN where it has not been computed.
    converged : bool
    at_bound : tuple of str
        Parameters that are at a bound of the search.
    warnings : tuple of Phrase
    peak : (estimate, low, high)
        When adoption per period is highest, on the axis of the observations.
    potential : (estimate, low, high)
        The market potential with its interval.
    launch : (estimate, low, high)
        When adoption began, where the model estimates it (``bass-launch``); NaN otherwise.
    origin : float
        The moment of the launch, from which times are counted; 0 for models with a place of their own on the axis.
    observed : Observations
    confidence : float
        Of the intervals.
    draws : (B, 1 + P) array
        Parameters of the bootstrap, in the order of ``parameters``; empty without it.
    """

    model: str
    estimator: Estimator
    parameters: Mapping[str, float]
    se: Mapping[str, float]
    low: Mapping[str, float]
    high: Mapping[str, float]
    interval: str
    rss: float
    n: int
    k: int
    aicc: float
    converged: bool
    at_bound: tuple[str, ...]
    warnings: tuple[Phrase, ...]
    peak: Interval
    potential: Interval
    origin: float
    observed: Observations = field(repr=False)
    rolling_error: float = float("nan")
    launch: Interval = (float("nan"), float("nan"), float("nan"))
    confidence: float = 0.95
    draws: Floats = field(repr=False, default_factory=lambda: np.empty((0, 0)))

    @property
    def usable(self) -> bool:
        """Whether there are estimates at all."""
        return bool(np.isfinite(list(self.parameters.values())).all())

    @property
    def residual_se(self) -> float:
        """Standard error of the residuals; NaN without degrees of freedom."""
        return float(np.sqrt(self.rss / (self.n - self.k))) if self.n > self.k else float("nan")

    @property
    def vector(self) -> Floats:
        """Estimates as an array, the potential first."""
        return np.array(list(self.parameters.values()))

    def fitted(self) -> Floats:
        """Return the fitted values (n,) of the observations."""
        seen = self.observed
        return np.asarray(self.means(seen.starts, seen.ends, seen.driver0, seen.driver1)[0])

    def predict(self, times: ArrayLike, *, driver: ArrayLike | None = None) -> Floats:
        """Return the cumulative number (or level) that the curve has reached by given times.

        Parameters
        ----------
        times : (T,) array
            On the axis of the observations.
        driver : (T,) array, optional
            ln of the driver at these times over its first value; by default it stays at its last.

        Returns
        -------
        (T,) array
        """
        at = np.atleast_1d(np.asarray(times, dtype=np.float64))
        return np.asarray(
            self.means(np.full(at.size, -np.inf), at, self._driver(at, driver), self._driver(at, driver))[0]
        )

    def predict_intervals(self, starts: ArrayLike, ends: ArrayLike) -> Floats:
        """Return what the curve adopts in given intervals (T,); of a start of -inf, what it has reached by the end."""
        a = np.atleast_1d(np.asarray(starts, dtype=np.float64))
        b = np.atleast_1d(np.asarray(ends, dtype=np.float64))
        return np.asarray(self.means(a, b, self._driver(a, None), self._driver(b, None))[0])

    def means(
        self, starts: Floats, ends: Floats, driver0: Floats, driver1: Floats, parameters: Floats | None = None
    ) -> Floats:
        """Return the means (D, T) of intervals for rows of parameters (D, 1 + P); by default for the estimates."""
        model = MODELS[self.model]
        x = np.ascontiguousarray(np.atleast_2d(self.vector if parameters is None else parameters), dtype=np.float64)
        out = np.empty((x.shape[0], ends.size))
        # levels to come are of the curve itself, whatever was fitted
        dense = self.estimator == "nls" and bool(np.isfinite(starts).all())
        evaluate(
            model.kind, dense, np.ascontiguousarray(starts - self.origin),
            np.ascontiguousarray(ends - self.origin), np.ascontiguousarray(driver0), np.ascontiguousarray(driver1), x,
            out, np.empty((0, 0, 0)),
        )  # fmt: skip
        return out

    def _driver(self, times: Floats, given: ArrayLike | None) -> Floats:
        if given is not None:
            return np.asarray(given, dtype=np.float64)
        seen = self.observed
        if not seen.driven or not seen.size:
            return np.zeros(times.size)
        return np.asarray(np.interp(times, [seen.starts[0], *seen.ends], [seen.driver0[0], *seen.driver1]))


def aicc(rss: float, n: int, k: int) -> float:
    """Return Akaike's criterion corrected for small samples (Hurvich and Tsai 1989).

    n ln(rss/n) + 2K + 2K(K+1)/(n-K-1) with K = k + 1, for the variance is estimated too; infinite for n ≤ K + 1.
    """
    total = k + 1
    if n - total - 1 <= 0:
        return float("inf")
    if rss <= 0:
        return float("-inf")
    return float(n * np.log(rss / n) + 2 * total + 2 * total * (total + 1) / (n - total - 1))
