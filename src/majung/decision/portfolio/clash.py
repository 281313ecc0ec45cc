"""Which rules cannot be met at once.

References
----------
Chinneck, J. W. (2008). Feasibility and Infeasibility in Optimization. Springer: deletion filter, elastic programmes.
Ignatiev, A., Previti, A., Liffiton, M. and Marques-Silva, J. (2015). Smallest MUS extraction with minimal hitting set
dualization. CP 2015: smallest sets of clashing rules by hitting sets.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import Bounds, LinearConstraint, milp

from majung.decision.portfolio.exact import broken
from majung.decision.portfolio.failures import Infeasible, Unproven
from majung.decision.portfolio.form import canonical
from majung.decision.portfolio.highs import maximise
from majung.decision.portfolio.programme import IN, Flags, Programme, RowLike, programme, width
from majung.decision.portfolio.risk import Risk
from majung.decision.portfolio.search import MANY, searched

__all__ = ["check", "clash", "clash_of"]

_SECONDS: Final = 20.0
"""How long the smallest set is looked for, before one that cannot be made smaller does."""
_ONE_QUESTION: Final = 30.0
"""Seconds for a single question whether some rules can be met."""


def check(groups: ArrayLike | None, rows: Sequence[RowLike], *, fixed: ArrayLike | None = None) -> None:
    """Refuse rules that cannot be met at once, before anything is spent on values.

    Parameters
    ----------
    groups, rows, fixed
        As of `clash`.

    Raises
    ------
    Infeasible
        With the smallest set of rules that clash.
    InputError
        When an array makes no sense.
    """
    if found := clash(groups, rows, fixed=fixed):
        raise Infeasible(found)


def clash(groups: ArrayLike | None, rows: Sequence[RowLike], *, fixed: ArrayLike | None = None) -> tuple[str, ...]:
    """Return the smallest set of rules that cannot be met at once; all rows of one rule stand or fall together.

    It is smallest in number: rules are gathered that hit every set whose removal was seen to mend the whole, until they
    clash themselves (Ignatiev et al. 2015). If that takes longer than some 20 seconds, rules are dropped one after the
    other as long as the others clash (the deletion filter of Chinneck 2008): then no rule can be taken out of the set,
    but another, smaller set may exist.

    Parameters
    ----------
    groups : (n,) array of int or None
        At most one option of a group is chosen.
    rows : sequence of RowLike
    fixed : (n,) array of int, optional
        1 for what must be chosen, 0 for what must not be, -1 for the others; no rule, so never in the set.

    Returns
    -------
    tuple of str
        Rules in the order in which the rows first name them; empty where all can be met. Of several smallest sets the
        one whose rules come first by name.

    Raises
    ------
    InputError
        When an array makes no sense.
    """
    n = width(rows[0]) if len(rows) else 0
    form, _ = canonical(programme(np.zeros(n), groups, rows, fixed=fixed))
    found = clash_of(form)
    return tuple(rule for rule in dict.fromkeys(row.rule for row in rows) if rule in found)


def clash_of(form: Programme) -> tuple[str, ...]:
    """Return the same for a programme in canonical form, by name."""
    rules = sorted(set(form.rules))
    deadline = time.perf_counter() + _SECONDS
    chosen = _met(form, rules)
    if chosen is not None:
        return ()
    mends: list[frozenset[str]] = []
    while time.perf_counter() < deadline:
        core = _hitting(rules, mends)
        chosen = _met(form, core)
        if chosen is None:
            return tuple(core)
        mends.append(frozenset(rules) - _grown(form, rules, core, chosen))
    return _deleted(form, rules)


def _met(form: Programme, rules: Iterable[str]) -> Flags | None:
    """Return a choice that meets all rows of some rules; None where there is none.

    What cannot be told in time counts as met, so that no rule is accused without proof.
    """
    part = form.of_rules(rules)
    try:
        deadline = time.perf_counter() + _ONE_QUESTION
        if part.size > MANY:
            return searched(part, 0.0, deadline).chosen
        return maximise(part, Risk(), deadline).chosen
    except Unproven:
        return np.asarray(form.fixed == IN)


def _grown(form: Programme, rules: Sequence[str], core: Sequence[str], chosen: Flags) -> frozenset[str]:
    """Return a set of rules that can be met at once, around some that can, that no other rule can be added to."""
    kept = _obeyed(form, chosen) | frozenset(core)
    for rule in rules:
        if rule not in kept:
            better = _met(form, kept | {rule})
            if better is not None:
                kept |= _obeyed(form, better) | {rule}
    return kept


def _obeyed(form: Programme, chosen: Flags) -> frozenset[str]:
    return frozenset(form.rules) - {form.rules[row] for row, _ in broken(form, chosen)}


def _hitting(rules: Sequence[str], mends: Sequence[frozenset[str]]) -> list[str]:
    """Return the fewest rules of which every set holds one; of several, those that come first."""
    if not mends:
        return []
    matrix = np.array([[rule in mend for rule in rules] for mend in mends], dtype=np.float64)
    # Less than one in all, so that the number decides first.
    cost = 1.0 + np.arange(1, len(rules) + 1) ** 2 / (2.0 * len(rules) ** 3)
    found = milp(
        cost,
        integrality=np.ones(len(rules), dtype=np.int64),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(matrix, 1.0, np.inf),
        options={"mip_rel_gap": 0.0},
    )
    taken = np.zeros(0) if found.x is None else found.x
    return [rule for rule, flag in zip(rules, taken, strict=True) if flag > 0.5]


def _deleted(form: Programme, rules: Sequence[str]) -> tuple[str, ...]:
    """Return rules that clash, of which none can be left out [Chinneck 2008, deletion filter]."""
    kept = list(rules)
    for rule in reversed(rules):
        rest = [other for other in kept if other != rule]
        if _met(form, rest) is None:
            kept = rest
    return tuple(kept)
