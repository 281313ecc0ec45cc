"""The mixed-integer programme as the solver HiGHS gets it, by way of `scipy.optimize.milp`.

References
----------
Huangfu, Q. and Hall, J. A. J. (2018). Parallelizing the dual revised simplex method. Mathematical Programming
Computation 10.
"""

from __future__ import annotations

import ctypes
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import block_array, coo_array, csr_array, diags_array, vstack

from majung.decision.portfolio.deviations import proven_best
from majung.decision.portfolio.exact import Cut, broken, cover, no_good, total
from majung.decision.portfolio.failures import Unproven
from majung.decision.portfolio.form import Scaled, row_unit, scaled, unit
from majung.decision.portfolio.programme import IN, OUT, Flags, Floats, Ints, Programme
from majung.decision.portfolio.risk import Risk, failures_allowed, worlds_met

__all__ = ["Answer", "branched", "maximise"]

_OPTIMAL, _STOPPED, _INFEASIBLE = 0, 1, 2
_OPTIONS: Final = {"mip_abs_gap": 0.0, "mip_feasibility_tolerance": 1e-9}
_CLOSE: Final = 1e-5
"""How far the solver's bound may lie above its optimum, in the unit of the scaled objective, a thousandth and less of
the largest value's last six digits: the tolerance of its linear programmes."""
_FEW_NODES: Final = 10
"""After which it is looked whether what is left can be listed."""
_SHORTEST: Final = 1.0
"""Seconds that the solver gets, whatever is left, to mend an answer that breaks a limit by a hair."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Answer:
    """What the solver found.

    Parameters
    ----------
    chosen : (n,) array or None
        The best choice that meets every row exactly; None where no choice does.
    bound : float
        No choice is worth more, in the unit of the values.
    proven : bool
        Whether no better choice exists.
    """

    chosen: Flags | None
    bound: float
    proven: bool


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Model:
    """Maximise `gain` @ columns; the first n columns are the options, the others whatever risk needs."""

    gain: Floats
    rows: Scaled
    lower: Floats
    upper: Floats
    whole: Ints
    unit: float


def maximise(given: Programme, risk: Risk, deadline: float | None) -> Answer:
    """Return the best choice.

    Parameters
    ----------
    given : Programme
    risk : Risk
    deadline : float or None
        When to stop, by `time.perf_counter`; then the best choice so far is returned as not proven.

    Raises
    ------
    Unproven
        When the solver stopped before it found any choice that meets all rows, or failed.
    """
    if (given.low > given.high).any():
        return Answer(chosen=None, bound=-np.inf, proven=True)
    if not (given.fixed < 0).any():
        return _without_choice(given, risk)
    model = _model(given, risk)
    soon = _soon(given, model, deadline) if risk.measure == "none" else None
    if soon is not None and (soon.proven or (deadline is not None and time.perf_counter() > deadline)):
        return soon
    try:
        answer = _branched(given, model, risk, deadline, 0.0, None)
    except Unproven:
        if soon is None:
            raise
        return soon
    if soon is not None and soon.chosen is not None and answer.chosen is not None and not answer.proven:
        chosen = max(answer.chosen, soon.chosen, key=lambda one: float(given.values @ one))
        return replace(answer, chosen=chosen)
    return answer


def branched(given: Programme, risk: Risk, deadline: float | None, *, gap: float, nodes: int | None = None) -> Answer:
    """Return a choice that none betters by more than a part `gap` of its value, by branching alone.

    Parameters
    ----------
    given, risk, deadline
        As of `maximise`.
    gap : float
    nodes : int, optional
        After which the best choice so far is returned as not proven.

    Raises
    ------
    Unproven
        As of `maximise`.
    """
    if (given.low > given.high).any():
        return Answer(chosen=None, bound=-np.inf, proven=True)
    if not (given.fixed < 0).any():
        return _without_choice(given, risk)
    return _branched(given, _model(given, risk), risk, deadline, gap, nodes)


def _branched(
    given: Programme, model: _Model, risk: Risk, deadline: float | None, gap: float, nodes: int | None
) -> Answer:
    cuts = list[Cut]()
    while True:
        left = None if deadline is None else max(deadline - time.perf_counter(), _SHORTEST if cuts else 1e-3)
        status, columns, bound = _run(model, cuts, left, nodes, gap)
        if status == _INFEASIBLE:
            return Answer(chosen=None, bound=-np.inf, proven=True)
        if columns is None:
            raise Unproven("decision.portfolio.no_answer" if status == _STOPPED else "decision.portfolio.failed")
        chosen = columns[: given.size] > 0.5
        new = _cuts(given, risk, chosen)
        if not new:
            reached = float(model.gain @ np.concatenate([chosen, columns[given.size :]]))
            proven = status == _OPTIMAL and bound - reached <= _close(reached) + gap * abs(reached)
            return Answer(chosen=chosen, bound=bound * model.unit, proven=proven)
        if deadline is not None and time.perf_counter() > deadline + 3 * _SHORTEST:
            raise Unproven("decision.portfolio.no_answer")
        cuts += new


def _soon(given: Programme, model: _Model, deadline: float | None) -> Answer | None:
    """Return the best choice if a few nodes prove it, or a listing of all that could be better, in half of the time.

    Otherwise the best of a few nodes, or None where they found no choice that meets all rows.
    """
    left = None if deadline is None else max(deadline - time.perf_counter(), 1e-3)
    status, chosen, bound = _run(model, [], left, nodes=_FEW_NODES)
    if status == _INFEASIBLE:
        return Answer(chosen=None, bound=-np.inf, proven=True)
    if chosen is None or _cuts(given, Risk(), chosen > 0.5):
        return None
    best: Flags | None = chosen > 0.5
    worth = float(model.gain @ chosen.round())
    if status != _OPTIMAL or bound - worth > _close(worth):
        now = time.perf_counter()
        rows, until = model.rows, np.inf if deadline is None else (now + deadline) / 2
        best = proven_best(
            model.gain, rows.matrix, rows.low, rows.high, (model.lower, model.upper), chosen > 0.5, until
        )
    if best is None or _cuts(given, Risk(), best):
        return Answer(chosen=chosen > 0.5, bound=bound * model.unit, proven=False)
    return Answer(chosen=best, bound=float(model.gain @ best) * model.unit, proven=True)


def _close(worth: float) -> float:
    return _CLOSE * max(1.0, abs(worth) * 1e-3)


def _without_choice(given: Programme, risk: Risk) -> Answer:
    chosen = given.fixed == IN
    if _cuts(given, risk, chosen):
        return Answer(chosen=None, bound=-np.inf, proven=True)
    return Answer(chosen=chosen, bound=total(given.values, chosen), proven=True)


def _cuts(given: Programme, risk: Risk, chosen: Flags) -> list[Cut]:
    """Return what cuts a choice off that breaks a row, or misses the target in too many worlds."""
    found = [cover(given, chosen, row, side) for row, side in broken(given, chosen)]
    if not found and risk.measure == "chance":
        missed = int((~worlds_met(given.scenarios, chosen, risk.target)).sum())
        if missed > failures_allowed(len(given.scenarios), risk.level):
            found.append(no_good(chosen))
    return found


def _run(
    model: _Model, cuts: Sequence[Cut], seconds: float | None, nodes: int | None = None, gap: float = 0.0
) -> tuple[int, Floats | None, float]:
    """Return the solver's status, the columns it found, if any, and the bound of the scaled objective."""
    constraints = [LinearConstraint(model.rows.matrix, model.rows.low, model.rows.high)] if len(model.rows.low) else []
    if cuts:
        matrix, high = _cut_rows(cuts, len(model.gain))
        constraints.append(LinearConstraint(matrix, -np.inf, high))
    limit = {"mip_rel_gap": gap} | ({} if seconds is None else {"time_limit": seconds})
    if nodes is not None:
        limit["node_limit"] = nodes
    for presolve in (True, False):
        with _quiet():
            found = milp(
                -model.gain,
                integrality=model.whole,
                bounds=Bounds(model.lower, model.upper),
                constraints=constraints,
                options={**_OPTIONS, **limit, "presolve": presolve},  # type: ignore[arg-type]
            )
        if found.status in (_OPTIMAL, _STOPPED, _INFEASIBLE):
            break
    bound = found.mip_dual_bound
    return found.status, found.x, np.inf if bound is None else -float(bound)


def _cut_rows(cuts: Sequence[Cut], columns: int) -> tuple[csr_array, Floats]:
    matrix = np.zeros((len(cuts), columns))
    for row, cut in enumerate(cuts):
        matrix[row, cut.inside] = 1.0
        matrix[row, cut.outside] = -1.0
    return csr_array(matrix), np.array([len(cut.inside) - 1.0 for cut in cuts])


def _model(given: Programme, risk: Risk) -> _Model:
    rows, n = scaled(given), given.size
    members = given.members()
    groups = members.shape[0]
    rows = Scaled(
        matrix=csr_array(vstack([rows.matrix, members])),
        low=np.concatenate([rows.low, np.full(groups, -np.inf)]),
        high=np.concatenate([rows.high, np.ones(groups)]),
    )
    value_unit = unit(given.values)[0]
    lower = np.where(given.fixed == IN, 1.0, 0.0)
    upper = np.where(given.fixed == OUT, 0.0, 1.0)
    model = _Model(
        gain=given.values / value_unit,
        rows=rows,
        lower=lower,
        upper=upper,
        whole=np.ones(n, dtype=np.int64),
        unit=value_unit,
    )
    if risk.measure == "cvar":
        return _with_tail(model, given, risk)
    return _with_target(model, given, risk) if risk.measure == "chance" else model


def _with_tail(model: _Model, given: Programme, risk: Risk) -> _Model:
    """Add value-at-risk and each world's shortfall below it [Rockafellar and Uryasev 2000, eq. 17]."""
    worlds = len(given.scenarios)
    value_unit = row_unit(np.concatenate([given.values, given.scenarios.ravel()]))
    shortfalls = np.full(worlds, -risk.weight / (risk.level * worlds))
    total_less_var = [
        csr_array(given.scenarios / value_unit),
        csr_array(-np.ones((worlds, 1))),
        csr_array(np.eye(worlds)),
    ]
    return _Model(
        gain=np.concatenate([(1 - risk.weight) * given.values / value_unit, [risk.weight], shortfalls]),
        rows=_widened(model.rows, total_less_var, np.zeros(worlds), np.full(worlds, np.inf)),
        lower=np.concatenate([model.lower, [-np.inf], np.zeros(worlds)]),
        upper=np.concatenate([model.upper, np.full(worlds + 1, np.inf)]),
        whole=np.concatenate([model.whole, np.zeros(worlds + 1, dtype=np.int64)]),
        unit=value_unit,
    )


def _with_target(model: _Model, given: Programme, risk: Risk) -> _Model:
    """Add a flag for each world that may miss the target: at most so many do; the least total of each is its big M."""
    lowest = np.zeros((len(given.scenarios), int(given.groups.max(initial=-1)) + 1))
    np.minimum.at(lowest.T, given.groups, given.scenarios.T)
    short = risk.target - lowest.sum(axis=1)
    may = np.flatnonzero(short > 0)
    count = len(may)
    wide = np.column_stack([given.scenarios[may], short[may]])
    units = np.array([row_unit(row) for row in wide])
    blocks = [csr_array(given.scenarios[may] / units[:, None]), csr_array(diags_array(short[may] / units))]
    rows = _widened(model.rows, blocks, risk.target / units, np.full(count, np.inf))
    allowed = csr_array(np.concatenate([np.zeros(len(model.gain)), np.ones(count)])[None, :])
    limit = failures_allowed(len(given.scenarios), risk.level)
    return _Model(
        gain=np.concatenate([model.gain, np.zeros(count)]),
        rows=Scaled(
            matrix=csr_array(vstack([rows.matrix, allowed])),
            low=np.append(rows.low, -np.inf),
            high=np.append(rows.high, limit),
        ),
        lower=np.concatenate([model.lower, np.zeros(count)]),
        upper=np.concatenate([model.upper, np.ones(count)]),
        whole=np.concatenate([model.whole, np.ones(count, dtype=np.int64)]),
        unit=model.unit,
    )


def _widened(rows: Scaled, blocks: list[csr_array], low: Floats, high: Floats) -> Scaled:
    """Return the rows with those of the worlds below them, which have columns of their own."""
    others = sum(block.shape[1] for block in blocks[1:])
    empty = coo_array((rows.matrix.shape[0], others))
    own: csr_array = block_array([blocks[1:]], format="csr")
    matrix: csr_array = block_array([[rows.matrix, empty], [blocks[0], own]], format="csr")
    return Scaled(matrix=matrix, low=np.concatenate([rows.low, low]), high=np.concatenate([rows.high, high]))


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what HiGHS writes to the standard output out of it, and SciPy's remark that options are HiGHS's own.

    HiGHS 1.12 writes a line there however quiet it is told to be, which would break output that a program reads, and
    says nothing to who reads it. What others wrote meanwhile is passed on.
    """
    with warnings.catch_warnings(), tempfile.TemporaryFile() as heard:
        warnings.filterwarnings("ignore", "Unrecognized options", RuntimeWarning)
        try:
            sys.stdout.flush()
            kept = os.dup(1)
        except (AttributeError, OSError, ValueError):
            yield
            return
        try:
            os.dup2(heard.fileno(), 1)
            yield
        finally:
            _flush()
            os.dup2(kept, 1)
            os.close(kept)
            heard.seek(0)
            for line in heard:
                if not line.startswith(b"Highs"):
                    os.write(1, line)


def _flush() -> None:
    """Have the C library write what it holds back for the standard output."""
    if sys.platform != "win32":
        ctypes.CDLL(None).fflush(None)
