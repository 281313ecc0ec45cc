"""Many worlds: a design cut into blocks, run by a session on threads or a cluster, folded into statistics, stored."""

from majung.ensemble.design import BASELINE, BLOCK, LARGEST_BLOCK, BlockKey, Design, Task, block_size, design
from majung.ensemble.reduce.block import BlockResult, Reducer, Status
from majung.ensemble.reduce.statistics import SAMPLE, Accumulator
from majung.ensemble.results.collect import as_statistics, collect, collect_worlds, is_statistics, result_hash
from majung.ensemble.results.labels import strategy_title
from majung.ensemble.results.on_disk import WorldsOnDisk
from majung.ensemble.results.worlds import Worlds
from majung.ensemble.session import Session
from majung.ensemble.store import Blocks, RunInfo, RunRecord, Staging, Store, default_root, read, storing, write
from majung.ensemble.work.blocks import Progress, Threads, thread_count
from majung.ensemble.work.cluster import Cluster
from majung.ensemble.work.market import Kernel, Market, lowered, market_of

__all__ = [
    "BASELINE",
    "BLOCK",
    "LARGEST_BLOCK",
    "SAMPLE",
    "Accumulator",
    "BlockKey",
    "BlockResult",
    "Blocks",
    "Cluster",
    "Design",
    "Kernel",
    "Market",
    "Progress",
    "Reducer",
    "RunInfo",
    "RunRecord",
    "Session",
    "Staging",
    "Status",
    "Store",
    "Task",
    "Threads",
    "Worlds",
    "WorldsOnDisk",
    "as_statistics",
    "block_size",
    "collect",
    "collect_worlds",
    "default_root",
    "design",
    "is_statistics",
    "lowered",
    "market_of",
    "read",
    "result_hash",
    "storing",
    "strategy_title",
    "thread_count",
    "write",
]
