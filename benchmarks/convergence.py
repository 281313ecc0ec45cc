"""Doubling replications halves the squared standard error of additionality: as reported, and as it really is."""

from __future__ import annotations

from typing import Any

import numpy as np

from common.ensembles import Outcome, outcomes
from common.timing import main, table
from common.worlds import example
from majung.decision.statistics import ratio_interval

STRATEGY, BASELINE = "first-buyer", "hands-off"
_Z = 1.959963984540054


def groups(base: Outcome, other: Outcome, size: int) -> tuple[float, float, int]:
    """Cut replications into groups; return reported and observed squared standard errors, and the number of groups."""
    count = base.sales.size // size
    differences = (other.sales - base.sales)[: count * size].reshape(count, size)
    spent = other.spent[: count * size].reshape(count, size)
    intervals = [ratio_interval(d, s, 0.95) for d, s in zip(differences, spent, strict=True)]
    means = np.array([interval.mean for interval in intervals if interval is not None])
    reported = np.mean([(interval.half_width / _Z) ** 2 for interval in intervals if interval is not None])
    return float(reported), float(means.var(ddof=1)) if count >= 4 else float("nan"), count


def measure(quick: bool) -> dict[str, Any]:
    """Print and return squared standard errors by number of replications, with the fitted exponent (-1 is exact)."""
    case, total = example(), 1024 if quick else 8192
    found = outcomes(case, total, [BASELINE, STRATEGY], case.scenario.seed)
    sizes = [size for size in (16, 32, 64, 128, 256, 512, 1024, 2048) if size <= total // (8 if quick else 4)]
    rows, before = [], float("nan")
    for size in sizes:
        reported, observed, count = groups(found[BASELINE], found[STRATEGY], size)
        rows.append({"replications": size, "groups": count, "reported SE²": reported, "x before": reported / before,
                     "observed SE²": observed, "reported / observed": reported / observed})  # fmt: skip
        before = reported
    fits = {name: _exponent(sizes, [row[name] for row in rows]) for name in ("reported SE²", "observed SE²")}
    table(f"Squared standard error of additionality of {STRATEGY} ({total:,} worlds cut into groups)", rows)
    print("\n  fitted exponents (-1: doubling halves): " + ", ".join(f"{name} {fit:.3f}" for name, fit in fits.items()))
    return {"strategy": STRATEGY, "rows": rows, "exponents": fits}


def _exponent(sizes: list[int], values: list[float]) -> float:
    kept = np.isfinite(values)
    return float(np.polyfit(np.log(np.array(sizes)[kept]), np.log(np.array(values)[kept]), 1)[0])


if __name__ == "__main__":
    main("convergence", measure)
