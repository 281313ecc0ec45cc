"""Many worlds: design (strategy x replication blocks), run (threads), collect (xarray), store (Zarr)."""

from majung.ensemble.collect import collect, result_hash, strategy_title
from majung.ensemble.design import BASELINE, BLOCK, BlockKey, Design, Task, design
from majung.ensemble.market import Market, lowered
from majung.ensemble.run import Ensemble, Progress, Status, run, thread_count
from majung.ensemble.store import Staging, read, storing, write

__all__ = [
    "BASELINE",
    "BLOCK",
    "BlockKey",
    "Design",
    "Ensemble",
    "Market",
    "Progress",
    "Staging",
    "Status",
    "Task",
    "collect",
    "design",
    "lowered",
    "read",
    "result_hash",
    "run",
    "storing",
    "strategy_title",
    "thread_count",
    "write",
]
