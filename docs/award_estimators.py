"""How well rules find the awards that are worth most, from few worlds: the figures in docs/guide/award-values.md.

    python docs/award_estimators.py

Sixty lines of small firms of the Korean example, each with a grant and an order, 128 worlds of 24 quarters: some
minutes on two cores. The rules see the first worlds, and are judged by the others.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

import majung as mj
from majung import dims
from majung.market import kernel
from majung.market.kernel import LANES
from majung.market.lower import lower, policy

LINES, WORLDS, SEEN, CHOSEN = 60, 128, 16, 12


def values() -> np.ndarray:
    """Return what each award adds by world, (2 x LINES, WORLDS)."""
    scenario = replace(mj.load("examples/korea-ai-2024"), quarters=24)
    low = lower(scenario)
    nothing = policy(scenario, scenario.strategies[0])
    names = [array.name for array in dims.PATH_ARRAYS]
    rows = [names.index("private_final_sales"), names.index("private_derived_sales")]
    rate = float(scenario.parameters.value("discount_rate"))
    weights = (1 + rate) ** (-np.arange(24) / 4)

    def sales(given):
        blocks = (kernel.simulate(low.world, given, 1, first, LANES) for first in range(0, WORLDS, LANES))
        return np.concatenate([np.einsum("tkn,t->n", block.paths[rows].sum(axis=0), weights) for block in blocks])

    random = np.random.default_rng(0)
    small = np.flatnonzero(np.asarray(scenario.firms.size_class)[scenario.lines.firm] <= 1)
    before, found = sales(nothing), []
    for line in random.choice(small, LINES, replace=False):
        row = low.line_ids.index(str(scenario.lines.id[line]))
        for instrument in (0, 1):
            amount = float(random.choice([100, 200, 300, 500]))
            given = nothing._replace(
                award_line=np.array([row]),
                award_instrument=np.array([instrument]),
                award_amount=np.array([amount]),
                award_quarter=np.array([0]),
            )
            found.append(sales(given) - before)
        print(f"\r{len(found)} of {2 * LINES}", end="", flush=True)
    print()
    return np.array(found)


def main() -> None:
    """Print what each rule's choice is worth in the worlds left aside, as a part of the best."""
    found = values()
    seen, aside = found[:, :SEEN], found[:, WORLDS // 2 :].mean(axis=1)
    mean, noise = seen.mean(axis=1), seen.var(axis=1, ddof=1) / SEEN
    spread = max(0.0, float(mean.var() - noise.mean()))
    shrunk = mean.mean() + (mean - mean.mean()) * spread / (spread + noise)
    best = np.sort(aside)[-CHOSEN:].sum()
    for name, score in {"mean": mean, "shrunk": shrunk, "t": mean / np.sqrt(noise + 1e-9)}.items():
        print(f"{name:8} {aside[np.argsort(-score)[:CHOSEN]].sum() / best:.0%}")
    print(f"{'lot':8} {CHOSEN * aside.mean() / best:.0%}")


if __name__ == "__main__":
    main()
