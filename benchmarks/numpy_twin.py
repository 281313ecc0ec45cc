"""The kernel beside vectorised NumPy: majung's own reference, which was written from the model page independently."""

from __future__ import annotations

import statistics
from typing import Any

import numpy as np

from common.check import differences
from common.timing import interleaved, main, paired_ratio, table
from common.worlds import Case, example, line_steps, small
from majung.market import kernel, reference
from majung.market.kernel import LANES


def compare(case: Case, strategy: str, rounds: int) -> dict[str, Any]:
    """Check a replication of the reference against the kernel, then time one of it beside a block of the kernel."""
    policy = case.policies[strategy]
    block = kernel.simulate(case.world, policy, 1, 0, LANES)
    paths, accounts, _ = reference.simulate(case.world, policy, 1, 0)
    gap = differences(
        (block.paths[..., :1], block.accounts[..., :1]), (paths[..., np.newaxis], accounts[..., np.newaxis])
    )
    seconds = interleaved(
        {
            "kernel": lambda: kernel.simulate(case.world, policy, 1, 0, LANES),
            "numpy": lambda: reference.simulate(case.world, policy, 1, 0),
        },
        rounds,
    )
    ratio = paired_ratio([LANES * took for took in seconds["numpy"]], seconds["kernel"])
    steps = line_steps(case.world, 1) / 1e6
    return {
        "world": case.name,
        "strategy": strategy,
        "difference": f"{gap.max():.0e}",
        "kernel M/s": LANES * steps / statistics.median(seconds["kernel"]),
        "NumPy M/s": steps / statistics.median(seconds["numpy"]),
        "kernel / NumPy": ratio["median"],
        "quartiles": f"{ratio['low']:.1f}-{ratio['high']:.1f}",
    }


def measure(quick: bool) -> dict[str, Any]:
    """Print and return the ratios."""
    rounds = 3 if quick else 15
    cases = ((small(), ("hands-off", "mix"), rounds * 3), (example(), ("hands-off", "selective-mix"), rounds))
    rows = [compare(case, strategy, turns) for case, strategies, turns in cases for strategy in strategies]
    table("Kernel beside vectorised NumPy, one core (a replication of NumPy, a sixteenth of a block)", rows)
    return {"rows": rows}


if __name__ == "__main__":
    main("numpy_twin", measure)
