"""The C++ twin: compile it, hand it the arrays of a world, get a block back."""

from __future__ import annotations

import ctypes
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.machine import compiler
from majung.dims import ACCOUNT_ARRAYS, FIRM_ARRAYS, PATH_ARRAYS
from majung.market.kernel import LANES, Block
from majung.market.world import MATCHING, Firms, Lines, Policy, Rates, Segments, Technologies, World

__all__ = ["FLAGS", "PHASES", "Twin", "aligned_zeros", "build"]

SOURCE = Path(__file__).parents[1] / "cpp"
FLAGS = ("-std=c++17", "-O3", "-march=native", "-ffast-math", "--param=max-completely-peel-times=1")
"""The last keeps g++ from unrolling loops over lanes before it has vectorised them: worth 15 % to it."""
PHASES = (
    "frontier",
    "support",
    "research money",
    "research and offer",
    "demand",
    "deliveries",
    "accounts",
    "entry and count",
)
"""What the twin's cycles are counted by."""

Floats = NDArray[np.float64]


class Twin:
    """The compiled library."""

    def __init__(self, library: Path) -> None:
        self._library = ctypes.CDLL(str(library))
        self._library.layout.restype = ctypes.c_char_p
        self._library.compiler.restype = ctypes.c_char_p
        self._library.simulate.argtypes = [*(ctypes.c_void_p,) * 9, *(ctypes.c_uint64,) * 2, *(ctypes.c_void_p,) * 4]
        self._library.simulate.restype = None
        theirs = self._library.layout().decode().replace(",", " ").replace("public_ ", "public ").split()
        if theirs != (ours := _layout()):
            raise ValueError(f"the twin's arrays are not the kernel's: {sorted(set(theirs) ^ set(ours))}")

    @property
    def compiler(self) -> str:
        """Version of the compiler."""
        return str(self._library.compiler().decode())

    def prepare(self, world: World, policy: Policy) -> Callable[..., Block]:
        """Return a stand-in for `majung.market.kernel.simulate` for one world and policy.

        The function takes (seed, first replication) and, if wanted, an array of cycles by phase to add to.
        """
        if (policy.award_instrument == MATCHING).any():
            raise ValueError("the C++ twin has no pledges: awards of matching are left out of it")
        counted = (world.technologies.order, world.segments.key, world.firms.key, world.lines.firm, policy.award_line)
        sizes = np.array([world.quarters, *(column.size for column in counted)])
        tables = [_pointers(table) for table in world[1:5]]
        rates, by_class = _numbers(world.rates), _pointers(_arrays(world.rates))
        numbers, arrays = _numbers(policy), _pointers(_arrays(policy))
        given = [
            sizes.ctypes.data,
            *(table[0] for table in tables),
            rates.ctypes.data,
            by_class[0],
            numbers.ctypes.data,
            arrays[0],
        ]
        shape = (world.quarters, world.technologies.order.size)

        kept = (sizes, tables, rates, by_class, numbers, arrays)

        def simulate(seed: int, first: int, cycles: Floats | None = None, *, given_by: Any = kept) -> Block:
            spent = np.zeros(len(PHASES)) if cycles is None else cycles
            paths = aligned_zeros((*shape, len(PATH_ARRAYS) * LANES))
            accounts = aligned_zeros((world.quarters, len(ACCOUNT_ARRAYS) * LANES))
            firms = aligned_zeros((len(FIRM_ARRAYS), world.firms.key.size, LANES))
            self._library.simulate(
                *given, seed, first, *(array.ctypes.data for array in (paths, accounts, firms, spent))
            )
            return Block(
                np.ascontiguousarray(paths.reshape(*shape, len(PATH_ARRAYS), LANES).transpose(2, 0, 1, 3)),
                np.ascontiguousarray(accounts.reshape(-1, len(ACCOUNT_ARRAYS), LANES).transpose(1, 0, 2)),
                firms.sum(axis=2),
            )

        return simulate


def build(folder: str, flags: tuple[str, ...] = FLAGS) -> Twin | None:
    """Compile the twin into a folder; None where there is no g++.

    Linked apart: to link with -ffast-math would set flush-to-zero for the whole process, NumPy and kernel included.
    """
    found = compiler()
    if found is None:
        return None
    # a folder of its own: the same library is not loaded twice from one path
    target = Path(tempfile.mkdtemp(dir=folder))
    subprocess.run(
        [found, *flags, "-fPIC", "-c", str(SOURCE / "market.cpp"), "-o", str(target / "market.o")], check=True
    )
    subprocess.run([found, "-shared", str(target / "market.o"), "-o", str(target / "market.so")], check=True)
    return Twin(target / "market.so")


def aligned_zeros(shape: tuple[int, ...]) -> Floats:
    """Return zeros that begin at a cache line."""
    count = int(np.prod(shape))
    memory = np.zeros(count + 8)
    skipped = (-memory.ctypes.data % 64) // 8
    return memory[skipped : skipped + count].reshape(shape)


def _numbers(table: Any) -> Floats:
    return np.array([float(value) for value in table if np.ndim(value) == 0])


def _arrays(table: Any) -> list[Any]:
    return [value for value in table if np.ndim(value) > 0]


def _pointers(table: Any) -> tuple[Any, Any]:
    """Return the addresses of a table's arrays as a C array, and what keeps them alive."""
    arrays = [np.ascontiguousarray(array) for array in table]
    return (ctypes.c_void_p * len(arrays))(*(array.ctypes.data for array in arrays)), arrays


def _layout() -> list[str]:
    """Names in the order that the twin must have them in: of arrays, numbers before arrays, and of result rows."""
    names = [name for table in (Technologies, Segments, Firms, Lines) for name in table._fields]
    by_class = [name for name, kind in Rates.__annotations__.items() if "Floats" in str(kind)]
    names += [name for name in Rates._fields if name not in by_class] + by_class
    arrays = [name for name, kind in Policy.__annotations__.items() if _is_array(str(kind))]
    names += [name for name in Policy._fields if name not in arrays] + arrays
    return [*names, *(array.name for rows in (PATH_ARRAYS, ACCOUNT_ARRAYS, FIRM_ARRAYS) for array in rows)]


def _is_array(kind: str) -> bool:
    return any(word in kind for word in ("Floats", "Ints", "NDArray"))
