"""Fits of published series against what was published for them, and against SciPy where nothing was."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import curve_fit

from majung.evidence.diffusion import fit

FOLDER = Path(__file__).parents[1] / "data" / "published_diffusion"


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def series() -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for row in rows("series.csv"):
        found.setdefault(row["id"], []).append(float(row["value"]))
    return found


@pytest.mark.parametrize("row", rows("estimates.csv"), ids=lambda row: f"{row['id']}-{row['parameter']}")
def test_estimates_are_as_published(row: dict[str, str]) -> None:
    found = fit(series()[row["id"]], estimator=row["estimator"])  # type: ignore[arg-type]
    known = {
        **found.parameters,
        **{f"se_{name}": value for name, value in found.se.items()},
        "residual_se": found.residual_se,
    }
    assert known[row["parameter"]] == pytest.approx(float(row["value"]), abs=1.001 * float(row["half_unit"]))


def between(t: NDArray[np.float64], m: float, p: float, q: float) -> NDArray[np.float64]:
    def share(at: NDArray[np.float64]) -> NDArray[np.float64]:
        e = np.exp(-(p + q) * at)
        return np.asarray((1 - e) / (1 + q / p * e))

    return m * (share(t) - share(t - 1))


@pytest.mark.parametrize("name", sorted(series()))
def test_every_series_has_the_fit_that_scipy_finds(name: str) -> None:
    sold = np.array(series()[name])
    found = fit(sold, estimator="nls-interval")
    t = np.arange(1.0, sold.size + 1)
    starts = [(sold.sum() * by, p, q) for by in (1.05, 2.0) for p in (0.0005, 0.02) for q in (0.3, 0.8)]
    fits = [curve_fit(between, t, sold, p0=start, bounds=(1e-9, np.inf), xtol=1e-14, ftol=1e-14, gtol=1e-14,
                      x_scale=start, max_nfev=5000)[0] for start in starts]  # fmt: skip
    best = min(fits, key=lambda values: float(((sold - between(t, *values)) ** 2).sum()))
    assert list(found.parameters.values()) == pytest.approx(best, rel=1e-4)
    assert found.converged
