"""How many times fewer replications common draws need for the same interval of the headline difference."""

from __future__ import annotations

from typing import Any

import numpy as np

from common.ensembles import outcomes
from common.timing import main, table
from common.worlds import example

BASELINE = "hands-off"


def measure(quick: bool) -> dict[str, Any]:
    """Print and return the ratio of variances for each strategy, with a bootstrap interval.

    Unpaired, the variance of a difference of means over n replications each is (var S + var H) / n; paired it is
    var(S - H) / n. The ratio of the two is how many times more replications of each the unpaired comparison needs.
    """
    case, replications = example(), 160 if quick else 1024
    found = outcomes(case, replications, list(case.policies), case.scenario.seed)
    rng = np.random.default_rng(1)
    resamples = rng.integers(0, replications, (500 if quick else 2000, replications))
    base, rows = found[BASELINE].sales, []
    for name, outcome in found.items():
        if name == BASELINE:
            continue
        sales = outcome.sales
        gain = (sales.var(ddof=1) + base.var(ddof=1)) / (sales - base).var(ddof=1)
        s, b = sales[resamples], base[resamples]
        low, high = np.percentile((s.var(axis=1) + b.var(axis=1)) / (s - b).var(axis=1), [2.5, 97.5])
        rows.append(
            {
                "strategy": name,
                "times fewer": float(gain),
                "95 %": f"{low:,.0f}-{high:,.0f}" if low >= 10 else f"{low:.1f}-{high:.1f}",
                "correlation": float(np.corrcoef(sales, base)[0, 1]),
                "± paired": _half_width((sales - base) / outcome.spent.mean(), 200),
                "± unpaired": _half_width(np.concatenate([sales, base]) / outcome.spent.mean(), 200) * 2**0.5,
            }
        )
    table(
        f"Replications that pairing saves (from {replications:,} worlds; ±: additionality over 200 replications)", rows
    )
    return {"replications": replications, "rows": rows}


def _half_width(values: Any, replications: int) -> float:
    """Half of the 95 % interval of a mean over so many replications."""
    return float(1.96 * np.std(values, ddof=1) / replications**0.5)


if __name__ == "__main__":
    main("pairing", measure)
