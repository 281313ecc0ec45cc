"""The kernel's own loop with a clock between its phases, to see which of them the C++ twin does faster."""

from __future__ import annotations

import ast
import inspect
import textwrap
from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic
from numpy.typing import NDArray

from common.twin import PHASES
from majung.market import draws, kernel
from majung.market.engine.layout import arrange
from majung.market.kernel import LANES
from majung.market.world import Policy, World

__all__ = ["GROUPS", "ClockedKernel", "grouped"]

GROUPS = {
    "frontier": ("frontier",),
    "support": ("support",),
    "research and offer": ("research money", "research and offer"),
    "demand": ("demand",),
    "deliveries and accounts": ("deliveries", "accounts"),
    "entry and count": ("entry and count",),
}
"""The twin's phases that the kernel, which goes tile by tile, does together."""

_ENDS = {
    "advance_frontier": "frontier",
    "give_support": "support",
    "research_and_offer": "research and offer",
    "demand": "demand",
    "deliver": "deliveries and accounts",
    "close_joint_firms": "deliveries and accounts",
    "close_quarter": "entry and count",
}
"""The call of the kernel's loop that ends each phase."""


@intrinsic
def _cycles(typing: Any) -> Any:
    """Read the processor's time-stamp counter."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kind = ir.FunctionType(ir.IntType(64), [])
        return builder.call(builder.module.declare_intrinsic("llvm.readcyclecounter", fnty=kind), [])

    return types.int64(), codegen


def grouped(cycles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum the twin's cycles by group."""
    return np.array([sum(cycles[PHASES.index(name)] for name in names) for names in GROUPS.values()])


class _Clock(ast.NodeTransformer):
    """Puts a reading of the clock after the calls that end a phase."""

    def _after(self, node: ast.stmt) -> Any:
        called = getattr(node, "value", None)
        if not isinstance(called, ast.Call):
            return node
        name = called.func.attr if isinstance(called.func, ast.Attribute) else getattr(called.func, "id", "")
        if name not in _ENDS:
            return node
        lap = f"tick = _cycles()\nlaps[{list(GROUPS).index(_ENDS[name])}] += tick - clock[0]\nclock[0] = tick"
        return [node, *ast.parse(lap).body]

    visit_Expr = visit_Assign = _after  # noqa: N815


class ClockedKernel:
    """The kernel, compiled once more with the clock in it."""

    def __init__(self) -> None:
        tree = ast.parse(textwrap.dedent(inspect.getsource(kernel._run.py_func)))
        function = tree.body[0]
        assert isinstance(function, ast.FunctionDef)
        function.decorator_list = []
        function.args.args += [ast.arg("laps"), ast.arg("clock")]
        tree = _Clock().visit(tree)
        function.body.insert(1, ast.parse("clock[0] = _cycles()").body[0])
        ast.fix_missing_locations(tree)
        names = {**vars(kernel), "_cycles": _cycles}
        exec(compile(tree, "clocked kernel", "exec"), names)
        self._run = njit(error_model="numpy", nogil=True)(names[function.name])

    def cycles(self, world: World, policy: Policy, seed: int) -> NDArray[np.float64]:
        """Run a block, and return the cycles of each of `GROUPS`."""
        luck = np.array([draws.luck(np.uint64(seed), np.uint64(lane)) for lane in range(LANES)], dtype=np.uint64)
        rows = kernel.rows
        paths = np.zeros((world.quarters, world.technologies.order.size, rows.PATHS * LANES))
        accounts = np.zeros((world.quarters, rows.ACCOUNTS * LANES))
        firms = np.zeros((rows.FIRM_ROWS, world.firms.key.size, LANES))
        laid_out, layout, _ = arrange(world)
        state, spent = kernel.initial_state(laid_out, policy, layout), np.zeros(len(GROUPS))
        self._run(*laid_out, policy, *state, luck, paths, accounts, firms, spent, np.zeros(1, np.int64))
        return spent
