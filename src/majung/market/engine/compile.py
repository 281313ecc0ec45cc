"""How the market is compiled: one decorator for equations, one for steps over lanes.

Reassociation is left off everywhere, so that sums keep their order and results are the same bytes on any number of
threads.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from llvmlite import binding as llvm
from numba import njit
from numba.core import compiler
from numba.core.caching import FunctionCache, IndexDataCacheFile

F = TypeVar("F", bound=Callable[..., Any])

LANES: Final = 16
"""Replications that run side by side in the innermost dimension, so that every inner loop is SIMD."""

_FLAGS: Final = {"contract", "nsz", "arcp", "nnan", "ninf"}
_INNER: Final[dict[str, Any]] = {
    "error_model": "numpy", "fastmath": _FLAGS, "nogil": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True,
}  # fmt: skip
"""Options of what is only called by compiled code: no wrappers, so that it compiles faster."""


@cache
def _keep_lane_loops() -> None:
    """Keep LLVM from unrolling short loops before it has vectorised them (lanes are a known, small number)."""
    llvm.set_option("majung", "-unroll-full-max-count=8")


class _InnerCompiler(compiler.CompilerBase):
    """Tell LLVM that array arguments do not overlap; without it loops over lanes are not vectorised.

    References to arrays are not counted: the caller of the block function holds them, and counting hundreds of them at
    every call took a quarter of the time to compile. Numba has both flags but no public switch; a pipeline class is the
    documented place to set flags.
    """

    def define_pipelines(self) -> list[Any]:
        _keep_lane_loops()
        self.state.flags.noalias = True
        self.state.targetctx = self.state.targetctx.subtarget(enable_nrt=False)
        return [compiler.DefaultPassBuilder.define_nopython_pipeline(self.state)]


def equation(function: F) -> F:
    """Compile a pure scalar function; LLVM inlines it into the loops."""
    return cast(F, njit(error_model="numpy", fastmath=_FLAGS, forceinline=True)(function))


def step(function: F) -> F:
    """Compile a step: a function that fills arrays given to it, none of which overlap."""
    return cast(F, njit(**_INNER, pipeline_class=_InnerCompiler)(function))


def phase(function: F) -> F:
    """Compile a phase: a function that hands arrays to steps.

    It is put where it is called: handing hundreds of arrays over takes longer than a small world's quarter.
    """
    return cast(F, njit(**_INNER, forceinline=True, pipeline_class=_InnerCompiler)(function))


class _SourceCache(FunctionCache):
    """Numba's cache on disk, with a file for each version of the package's source.

    Numba itself looks only at the file of the function, and so would run a stale kernel.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        self._cache_file = IndexDataCacheFile(
            cache_path=self._cache_path,
            filename_base=f"{self._impl.filename_base}-{_source_digest()[:16]}",
            source_stamp=self._impl.locator.get_source_stamp(),
        )

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep what was compiled, where there is room for it; a run does not depend on it."""
        with suppress(OSError):
            super().save_overload(sig, data)

    def holds_something(self) -> bool:
        """Whether the kernel of this source has been compiled on this machine."""
        try:
            return bool(self._cache_file._load_index())
        except OSError:
            return False


@cache
def _source_digest() -> str:
    digest = hashlib.sha256()
    package = Path(__file__).parents[1]
    for path in [package.parent / "dims.py", *sorted(package.glob("*.py")), *sorted(package.glob("engine/*.py"))]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def block(function: F) -> F:
    """Compile the block function and keep it on disk: the only thing that is called from Python in a run."""
    dispatcher: Any = njit(**_INNER | {"no_cpython_wrapper": False})(function)
    # Where nothing can be written (a read-only installation and home), it is compiled anew by each process.
    with suppress(RuntimeError, OSError):
        dispatcher._cache = _SourceCache(function)
    return cast(F, dispatcher)


def is_compiled(function: Any) -> bool:
    """Whether a block function is compiled, in memory or on disk."""
    kept = function._cache
    return bool(function.signatures) or (isinstance(kept, _SourceCache) and kept.holds_something())
