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
from majung.market.kernel import LANES
from majung.market.world import Policy, World

__all__ = ["ClockedKernel"]

_ENDS = {
    "mark_live": "frontier",
    "_give_support": "support",
    "_fund_research": "research money",
    "_research_and_offer": "research and offer",
    "_demand": "demand",
    "_deliver": "deliveries",
    "close_sales": "accounts",
    "close_accounts": "entry and count",
}
"""The call of the kernel's loop that ends each phase."""


@intrinsic
def _cycles(typing: Any) -> Any:
    """Read the processor's time-stamp counter."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kind = ir.FunctionType(ir.IntType(64), [])
        return builder.call(builder.module.declare_intrinsic("llvm.readcyclecounter", fnty=kind), [])

    return types.int64(), codegen


class _Clock(ast.NodeTransformer):
    """Puts a reading of the clock after the calls that end a phase."""

    def _after(self, node: ast.stmt) -> Any:
        called = getattr(node, "value", None)
        if not isinstance(called, ast.Call):
            return node
        name = called.func.attr if isinstance(called.func, ast.Attribute) else getattr(called.func, "id", "")
        if name not in _ENDS:
            return node
        lap = f"now = _cycles()\nlaps[{PHASES.index(_ENDS[name])}] += now - clock[0]\nclock[0] = now"
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
        """Run a block, and return the cycles of each of `common.twin.PHASES`."""
        luck = np.array([draws.luck(np.uint64(seed), np.uint64(lane)) for lane in range(LANES)], dtype=np.uint64)
        rows = kernel.rows
        paths = np.zeros((world.quarters, world.technologies.order.size, rows.PATHS * LANES))
        accounts = np.zeros((world.quarters, rows.ACCOUNTS * LANES))
        firms = np.zeros((rows.FIRM_ROWS, world.firms.key.size, LANES))
        state, spent = kernel.initial_state(world, policy), np.zeros(len(PHASES))
        self._run(world, policy, state, luck, paths, accounts, firms, spent, np.zeros(1, np.int64))
        return spent
