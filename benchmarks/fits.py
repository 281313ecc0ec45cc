"""Curves of diffusion with bootstrap intervals beside SciPy's curve_fit, and how often intervals hold the truth."""

from __future__ import annotations

import statistics
import time
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import curve_fit

from common.machine import cores
from common.timing import interleaved, main, paired_ratio, progress, table
from majung.evidence.diffusion import Fits, bootstrap, fit_many, forecast

Floats = NDArray[np.float64]
DRAWS = 200
PERIODS = 20


def share(t: Floats, p: float, q: float) -> Floats:
    """Bass's curve, as a user of SciPy would write it."""
    e = np.exp(-(p + q) * t)
    return np.asarray((1 - e) / (1 + q / p * e))


def adopted(t: Floats, m: float, p: float, q: float) -> Floats:
    """Adoptions between t - 1 and t."""
    return m * (share(t, p, q) - share(t - 1, p, q))


def slopes(t: Floats, m: float, p: float, q: float) -> Floats:
    """Their derivatives, for a peer that has these too."""

    def of_share(at: Floats) -> tuple[Floats, Floats, Floats]:
        e = np.exp(-(p + q) * at)
        below = 1 + q / p * e
        along = (1 + q / p) * at * e / below**2
        across = (1 - e) * e / below**2
        return (1 - e) / below, along + across * q / p**2, along - across / p

    now, before = of_share(t), of_share(t - 1)
    return np.column_stack([now[0] - before[0], m * (now[1] - before[1]), m * (now[2] - before[2])])


def made(count: int, periods: int, seed: int = 1, noise: str = "multiplied") -> tuple[Floats, Floats]:
    """Return true values (count, 3) and noisy series (count, periods)."""
    rng = np.random.default_rng(seed)
    truth = np.column_stack([np.full(count, 1e5), rng.uniform(0.003, 0.03, count), rng.uniform(0.3, 0.6, count)])
    errors = rng.standard_normal((count, periods))
    if noise == "following":
        for n in range(1, periods):
            errors[:, n] = 0.6 * errors[:, n - 1] + 0.8 * errors[:, n]
    t = np.arange(1.0, periods + 1)
    means = np.array([adopted(t, *row) for row in truth])
    if noise == "multiplied":
        return truth, means * np.exp(0.15 * errors - 0.15**2 / 2)
    return truth, means + 0.06 * means.max(axis=1, keepdims=True) * errors


def one_by_one(series: Floats, starts: Floats, jacobian: bool) -> Floats:
    """Fit rows by curve_fit, each from a start of its own."""
    t = np.arange(1.0, series.shape[1] + 1)
    jac = slopes if jacobian else None
    return np.array(
        [
            curve_fit(adopted, t, row, p0=start, jac=jac, maxfev=2000)[0]
            for row, start in zip(series, starts, strict=True)
        ]
    )


def redrawn(fits: Fits, rows: int, draws: int) -> tuple[Floats, Floats]:
    """Return some redrawn series (rows * draws, n) and where their fits start: the estimates."""
    problems, solved = fits.problems, fits.solved
    n = PERIODS
    fitted = solved.fitted.reshape(-1, n)[:rows] * problems.scale[:rows, None]
    rest = fits.problems.values.reshape(-1, n)[:rows] * problems.scale[:rows, None] - fitted
    weights = np.random.default_rng(5).standard_normal((rows, draws, n))
    return (fitted[:, None] + rest[:, None] * weights).reshape(-1, n), np.repeat(fits.parameters[:rows], draws, axis=0)


def same_answers(series: Floats) -> dict[str, Any]:
    """Fit the same series from the same places by both; compare what both reach."""
    ours = fit_many(series)
    theirs = one_by_one(series, ours.parameters, jacobian=True)
    t = np.arange(1.0, series.shape[1] + 1)
    rss = np.array([((row - adopted(t, *fit)) ** 2).sum() for row, fit in zip(series, theirs, strict=True)])
    inside = ~ours.at_bound.any(axis=1)
    gaps = np.abs(theirs / ours.parameters - 1).max(axis=1)[inside]
    cold = one_by_one(series, np.tile([series.sum(axis=1).mean(), 0.01, 0.4], (len(series), 1)), jacobian=False)
    cold_rss = np.array([((row - adopted(t, *fit)) ** 2).sum() for row, fit in zip(series, cold, strict=True)])
    return {
        "series": len(series),
        "largest relative difference": float(gaps.max()),
        "our sum of squares is greater in": int((ours.rss > rss * (1 + 1e-6)).sum()),
        "and than from a fixed start": int((ours.rss > cold_rss * (1 + 1e-6)).sum()),
    }


def coverage(count: int) -> list[dict[str, Any]]:
    """Count how often 95 % intervals hold the truth, by errors and by how much of the curve is seen."""
    rows = []
    for noise in ("added", "multiplied", "following"):
        for periods in (8, 12, 20):
            truth, series = made(count, periods, seed=11, noise=noise)
            plain = fit_many(series)
            drawn = bootstrap(plain, DRAWS, seed=2)
            row: dict[str, Any] = {"errors": noise, "periods": periods}
            for name, fits in (("asymptotic", plain), ("bootstrap", drawn)):
                held = ((fits.low <= truth) & (truth <= fits.high))[fits.usable].mean(axis=0)
                row |= {f"{name} {parameter}": round(float(x), 2) for parameter, x in zip("mpq", held, strict=True)}
            rows.append(row)
    return rows


def fans(count: int) -> list[dict[str, Any]]:
    """Count how often the next three values lie within 5 and 95 %, per period and of what they add up to."""
    rows = []
    for level in (False, True):
        for noise in ("added", "multiplied", "following"):
            for known in (8, 12, 16):
                _, sold = made(count, PERIODS, seed=11, noise=noise)
                # what cannot be sold is nothing
                series = np.cumsum(sold, axis=1) if level else np.maximum(sold, 0.0)
                drawn = bootstrap(fit_many(series[:, :known], level=level), DRAWS, seed=1)
                held = []
                for k in range(count):
                    fan = forecast(drawn.one(k), periods=3, seed=k)
                    if fan is not None:
                        came = series[k, known : known + 3]
                        held.append((fan.values[:, 0] <= came) & (came <= fan.values[:, -1]))
                shares = np.mean(held, axis=0)
                ahead = {f"{n + 1} ahead": round(float(share), 2) for n, share in enumerate(shares)}
                rows.append({"values": "levels" if level else "per period", "errors": noise, "known": known, **ahead})
    return rows


def measure(quick: bool) -> dict[str, Any]:
    """Time the whole work once on one thread and on all; time a sample of it in turn with curve_fit."""
    count = 200 if quick else 1000
    _, series = made(count, PERIODS)
    fit_many(series[:2])
    rows = []
    for threads in (1, cores()):
        started = time.perf_counter()
        fits = fit_many(series, threads=threads)
        fitted = time.perf_counter() - started
        bootstrap(fits, DRAWS, threads=threads)
        whole = time.perf_counter() - started
        row = {"threads": threads, "series": count, "draws": DRAWS, "fits s": fitted, "with bootstrap s": whole}
        rows.append({**row, "fits a second": count * (DRAWS + 1) / whole})
    table(f"{count:,} series of {PERIODS} values, Bass by intervals, {DRAWS} draws each", rows)

    sample = 4 if quick else 10
    some, starts = redrawn(fits, sample, DRAWS)
    progress(f"curve_fit on {len(some):,} of {count * (DRAWS + 1):,} fits, from the same starts")
    seconds = interleaved(
        {
            "ours, one thread": partial(bootstrap, fit_many(series[:sample], threads=1), DRAWS, threads=1),
            "curve_fit": partial(one_by_one, some, starts, False),
            "curve_fit with derivatives": partial(one_by_one, some, starts, True),
        },
        3 if quick else 7,
    )
    peers = []
    for name in ("curve_fit", "curve_fit with derivatives"):
        ratio = paired_ratio(seconds[name], seconds["ours, one thread"])
        each = statistics.median(seconds[name]) / len(some)
        whole = each * count * (DRAWS + 1)
        row = {"peer": name, "us a fit": 1e6 * each, "whole work s (extrapolated)": whole}
        row |= {"ratio to one thread": ratio["median"], "ratio to all cores": whole / rows[-1]["with bootstrap s"]}
        peers.append(row)
    table("The same work one by one (redrawn series of a sample, started at the estimates, extrapolated)", peers)
    answers = same_answers(series[: 50 if quick else 300])
    table("Same answers", [answers])
    progress("coverage of intervals")
    held = coverage(100 if quick else 1000)
    table("Share of 95 % intervals that hold the truth", held)
    ahead = fans(50 if quick else 500)
    table("Share of values to come within a fan of 90 %", ahead)
    return {"rows": rows, "peers": peers, "answers": answers, "coverage": held, "fans": ahead}


if __name__ == "__main__":
    main("fits", measure)
