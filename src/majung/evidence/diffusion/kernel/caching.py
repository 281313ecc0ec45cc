"""How the fits are compiled: functions that compiled code calls, and those that Python calls, which are kept on disk.

No reassociation of sums: results are the same bytes on any number of threads.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from numba import njit
from numba.core import compiler
from numba.core.caching import FunctionCache, IndexDataCacheFile

__all__ = ["inner", "kept", "working"]

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS: Final[dict[str, Any]] = {"error_model": "numpy", "nogil": True}
_INNER: Final[dict[str, Any]] = {**_OPTIONS, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}


class _Uncounted(compiler.CompilerBase):
    """Leave out the counting of references to arrays: callers hold them, and counting them takes long to compile.

    Numba has the flag but no public switch; a pipeline class is the documented place to set flags.
    """

    def define_pipelines(self) -> list[Any]:
        self.state.targetctx = self.state.targetctx.subtarget(enable_nrt=False)
        return [compiler.DefaultPassBuilder.define_nopython_pipeline(self.state)]  # type: ignore[no-untyped-call]


def inner(function: F) -> F:
    """Compile what only compiled code calls, and what makes no arrays of its own."""
    return cast(F, njit(**_INNER, pipeline_class=_Uncounted)(function))


def working(function: F) -> F:
    """Compile what only compiled code calls, and what makes arrays to work in."""
    return cast(F, njit(**_INNER)(function))


def kept(function: F) -> F:
    """Compile what Python calls, without its lock, and keep it on disk."""
    dispatcher: Any = njit(**_OPTIONS)(function)
    # Where nothing can be written (a read-only installation and home), it is compiled anew by each process.
    with suppress(RuntimeError, OSError):
        dispatcher._cache = _SourceCache(function)
    return cast(F, dispatcher)


class _SourceCache(FunctionCache):
    """Numba's cache on disk, with a file for each version of this folder's source.

    Numba itself looks only at the file of the function, and so would run stale code of the files that it calls.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)  # type: ignore[no-untyped-call]
        self._cache_file = IndexDataCacheFile(  # type: ignore[no-untyped-call]
            cache_path=self._cache_path,
            filename_base=f"{self._impl.filename_base}-{_source_digest()[:16]}",
            source_stamp=self._impl.locator.get_source_stamp(),
        )

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep what was compiled, where there is room for it; a fit does not depend on it."""
        with suppress(OSError):
            super().save_overload(sig, data)  # type: ignore[no-untyped-call]


@cache
def _source_digest() -> str:
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
