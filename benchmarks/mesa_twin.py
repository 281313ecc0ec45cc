"""The kernel beside the same model in Mesa 3, written as a user of Mesa would."""

from __future__ import annotations

import statistics
from typing import Any

import numpy as np

from common.check import TOLERANCE, differences
from common.timing import interleaved, main, paired_ratio, progress, table
from common.worlds import Case, example, line_steps, small
from majung.dims import ACCOUNT_ARRAYS, PATH_ARRAYS
from majung.market import kernel
from majung.market.kernel import LANES


def compare(case: Case, strategy: str, quarters: int, rounds: int) -> dict[str, Any]:
    """Check a replication of the Mesa model against the kernel, then time one beside a block of the kernel."""
    from mesa_market.model import MarketModel

    world, policy = case.world._replace(quarters=quarters), case.policies[strategy]

    def run() -> MarketModel:
        model = MarketModel(world, policy, 1, 0)
        for _ in range(quarters):
            model.step()
        return model

    block = kernel.simulate(world, policy, 1, 0, LANES)
    kept = run().datacollector.get_model_vars_dataframe()
    paths, accounts = (
        np.array([kept[array.name].tolist() for array in arrays], float)[..., np.newaxis]
        for arrays in (PATH_ARRAYS, ACCOUNT_ARRAYS)
    )
    gap = float(differences((block.paths[..., :1], block.accounts[..., :1]), (paths, accounts)).max())
    seconds = interleaved({"kernel": lambda: kernel.simulate(world, policy, 1, 0, LANES), "mesa": run}, rounds)
    ratio = paired_ratio([LANES * took for took in seconds["mesa"]], seconds["kernel"])
    steps = line_steps(world, 1)
    return {
        "world": case.name,
        "strategy": strategy,
        "quarters": quarters,
        "same results": "yes" if gap < TOLERANCE else "no",
        "difference": f"{gap:.0e}",
        "kernel M/s": LANES * steps / statistics.median(seconds["kernel"]) / 1e6,
        "Mesa k/s": steps / statistics.median(seconds["mesa"]) / 1e3,
        "kernel / Mesa": ratio["median"],
        "quartiles": f"{ratio['low']:.0f}-{ratio['high']:.0f}",
    }


def measure(quick: bool) -> dict[str, Any]:
    """Print and return the ratios."""
    try:
        import mesa
    except ImportError:
        print("  Mesa is not installed (uv sync --group bench): skipped")
        return {"skipped": "no Mesa"}
    rounds = 3 if quick else 15
    hundred, korea = small(), example()
    rows = [compare(hundred, strategy, hundred.world.quarters, rounds) for strategy in ("hands-off", "mix")]
    progress("the Korean example")
    quarters = 8 if quick else korea.world.quarters
    rows += [compare(korea, strategy, quarters, 2 if quick else 5) for strategy in ("hands-off", "selective-mix")]
    table(f"Kernel beside Mesa {mesa.__version__}, one core (a replication of Mesa, a sixteenth of a block)", rows)
    return {"rows": rows, "mesa": mesa.__version__}


if __name__ == "__main__":
    main("mesa_twin", measure)
