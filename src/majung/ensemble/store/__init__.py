"""Results on disk: blocks that prove themselves, an index of runs, and what was written for each."""

from majung.ensemble.store.blocks import Blocks, Damaged, Kept
from majung.ensemble.store.dataset import append, read, write
from majung.ensemble.store.opening import is_store
from majung.ensemble.store.records import RunInfo, RunRecord, Verification
from majung.ensemble.store.sealing.archive import export, import_
from majung.ensemble.store.staging import Staging, storing
from majung.ensemble.store.store import Store, default_root

__all__ = [
    "Blocks",
    "Damaged",
    "Kept",
    "RunInfo",
    "RunRecord",
    "Staging",
    "Store",
    "Verification",
    "append",
    "default_root",
    "export",
    "import_",
    "is_store",
    "read",
    "storing",
    "write",
]
