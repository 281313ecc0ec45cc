"""Published series and their Bass parameters agree with an independent refit, so that they can be relied on."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import curve_fit

DATA = Path(__file__).resolve().parents[1] / "data" / "published_diffusion"
Sales = NDArray[np.float64]


@cache
def table(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sales(series: str) -> Sales:
    return np.array([float(row["value"]) for row in table("series.csv") if row["id"] == series])


def cumulative(t: Sales, m: float, p: float, q: float) -> Sales:
    decay = np.exp(-(p + q) * t)
    return m * (1 - decay) / (1 + q / p * decay)


def interval(t: Sales, m: float, p: float, q: float) -> Sales:
    return cumulative(t, m, p, q) - cumulative(t - 1, m, p, q)


def density(t: Sales, m: float, p: float, q: float) -> Sales:
    decay = np.exp(-(p + q) * t)
    return m * (p + q) ** 2 / p * decay / (1 + q / p * decay) ** 2


def regression(values: Sales) -> dict[str, float]:
    before = np.concatenate([[0], np.cumsum(values)[:-1]])
    columns = np.stack([np.ones_like(before), before, before**2], axis=1)
    a, b, c = np.linalg.lstsq(columns, values, rcond=None)[0]
    m = (-b - np.sqrt(b * b - 4 * a * c)) / (2 * c)
    return {"m": m, "p": a / m, "q": -c * m}


def refit(series: str, estimator: str) -> dict[str, float]:
    """Fit by a library that knows nothing of this package."""
    values = sales(series)
    if estimator == "ols":
        return regression(values)
    curve = density if estimator == "nls" else interval
    t = np.arange(1.0, len(values) + 1)
    start = [1.1 * values.sum(), 0.01, 0.4]
    best, spread = curve_fit(curve, t, values, start, x_scale=start, method="trf", xtol=1e-14, ftol=1e-14, gtol=1e-14)
    found = dict(zip(("m", "p", "q"), best.tolist(), strict=True))
    found |= dict(zip(("se_m", "se_p", "se_q"), np.sqrt(np.diag(spread)).tolist(), strict=True))
    left = values - curve(t, *best)
    return found | {"residual_se": float(np.sqrt(left @ left / (len(t) - 3)))}


@pytest.mark.parametrize(("series", "estimator"), sorted({(r["id"], r["estimator"]) for r in table("estimates.csv")}))
def test_a_refit_gives_the_printed_digits(series: str, estimator: str) -> None:
    found = refit(series, estimator)
    printed = [row for row in table("estimates.csv") if (row["id"], row["estimator"]) == (series, estimator)]
    assert len(printed) >= 3
    for row in printed:
        assert found[row["parameter"]] == pytest.approx(float(row["value"]), abs=1.02 * float(row["half_unit"])), row


def test_every_series_is_whole() -> None:
    for series in dict.fromkeys(row["id"] for row in table("series.csv")):
        periods = [int(row["period"]) for row in table("series.csv") if row["id"] == series]
        assert periods == list(range(periods[0], periods[0] + len(periods)))
        assert len({row["unit"] for row in table("series.csv") if row["id"] == series}) == 1
