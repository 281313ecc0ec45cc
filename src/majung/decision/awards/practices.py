"""What agencies do today: by score, in equal parts, by lot, small firms first; under the same rules where possible."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from majung.decision.awards.sets import Grant

if TYPE_CHECKING:
    from majung.decision.awards.case import Case
    from majung.scenario.call import Row

__all__ = ["LOTTERIES", "Sharing", "by_lot", "by_order", "by_score", "in_equal_parts", "mean_scores", "small_first"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

LOTTERIES: Final = 8
"""Draws of the lottery, whose mean stands for it."""
_TOLERANCE: Final = 1e-9
_LARGE: Final = ("mid", "large")


class Sharing(NamedTuple):
    """What a practice gives.

    Parameters
    ----------
    grants : tuple of Grant
    spent : float
    chosen : (n,) array of bool
        The options that it is made of; all false where it gives amounts that are no options.
    unmet : tuple of str
        Ids of rules that it does not keep.
    """

    grants: tuple[Grant, ...]
    spent: float
    chosen: Flags
    unmet: tuple[str, ...]


def mean_scores(case: Case) -> Floats:
    """Return each application's mean score, (A,); NaN where no evaluator gave one."""
    scores = case.call.applications.scores
    counts = (~np.isnan(scores)).sum(axis=1)
    means: Floats = np.divide(np.nansum(scores, axis=1), counts, out=np.full(len(counts), np.nan), where=counts > 0)
    return means


def by_order(case: Case, order: Iterable[int]) -> Sharing:
    """Go down a list of applications and give each what it asks for, if that keeps the rules, until the money is gone.

    What must be in goes first. Each gets the first of the instruments that it asks for which the rules still allow, in
    full, in the first quarter that has room. Where a rule is about shares, the list is gone down twice: what may be the
    part of whom is reckoned from what the first time came to. A least number or sum that a rule asks for cannot be kept
    by going down a list: it is said to be unmet where it is.

    Parameters
    ----------
    case : Case
    order : iterable of int
        Applications, the first first; those without an option are passed over.
    """
    listed = _forced_first(case, order)
    limits = [_Limit.of(row) for row in case.rows if not row.is_share]
    chosen = _gone_down(case, listed, limits)
    shares = [_Limit.of_share(case, row, chosen) for row in case.rows if row.is_share]
    if shares:
        chosen = _gone_down(case, listed, [*limits, *shares])
    return Sharing(case.grants(chosen), case.spent(chosen), chosen, case.broken(chosen))


class _Limit(NamedTuple):
    """A sum over some options that must not become too large, nor fall further below what is asked."""

    places: Ints
    use: Floats
    low: float
    high: float

    @classmethod
    def of(cls, row: Row) -> _Limit:
        """Return a row's own limits."""
        return cls(row.places, row.weights, row.low, row.high)

    @classmethod
    def of_share(cls, case: Case, row: Row, chosen: Flags) -> _Limit:
        """Return how much of those whose part is limited there may be beside a whole as large as a choice's.

        Of a part of at most s the inside is limited, of at least s the outside.
        """
        size, share, whole = case.whole_of(row, chosen)
        inside, outside = row.weights > 0, row.weights < 0
        if np.isfinite(row.high):
            return cls(row.places[inside], size[inside], -np.inf, share * whole)
        return cls(row.places[outside], size[outside], -np.inf, (1.0 - share) * whole)


def _gone_down(case: Case, listed: Sequence[int], limits: Sequence[_Limit]) -> Flags:
    o = case.options
    whole = o.amount >= o.amount[case.leading]
    asked: dict[int, list[int]] = {}
    in_turn = np.lexsort((o.quarter, o.instrument, o.application))
    for place in in_turn[whole[in_turn]].tolist():
        asked.setdefault(int(o.application[place]), []).append(place)
    # By option, which limits it touches and what it takes of each.
    rows = np.repeat(np.arange(len(limits)), [len(limit.places) for limit in limits])
    places = np.concatenate([limit.places for limit in limits]) if limits else np.zeros(0, dtype=np.int64)
    order = np.argsort(places, kind="stable")
    rows, ends = rows[order], np.searchsorted(places[order], np.arange(len(case) + 1))
    uses = np.concatenate([limit.use for limit in limits])[order] if limits else np.zeros(0)
    low, high = np.array([limit.low for limit in limits]), np.array([limit.high for limit in limits])
    used, chosen = np.zeros(len(limits)), np.zeros(len(case), dtype=np.bool_)
    for application in listed:
        for place in asked.get(application, ()):
            own, use = rows[ends[place] : ends[place + 1]], uses[ends[place] : ends[place + 1]]
            after, slack = used[own] + use, _TOLERANCE * np.maximum(1.0, np.abs(used[own]) + np.abs(use))
            if ((after <= high[own] + slack) & ((use >= 0) | (after >= low[own] - slack))).all():
                chosen[place], used[own] = True, after
                break
    return chosen


def by_score(case: Case, scores: Floats | None = None) -> Sharing:
    """Rank by the evaluators' mean score and cut where the money ends; ties go to the earlier id."""
    scores = mean_scores(case) if scores is None else scores
    return by_order(case, _ranked(case, scores))


def small_first(case: Case) -> Sharing:
    """Rank small firms by score, then all others."""
    scores = mean_scores(case)
    large = np.array([judgement.size_class in _LARGE for judgement in case.judgements])
    order = _ranked(case, scores)
    return by_order(case, order[np.argsort(large[order], kind="stable")])


def by_lot(case: Case, seed: int, draw: int) -> Sharing:
    """Draw lots among the eligible."""
    order = np.random.default_rng([seed, draw]).permutation(_ranked(case, mean_scores(case)))
    return by_order(case, order)


def in_equal_parts(case: Case, budget: float) -> Sharing:
    """Give every eligible application the same part of what it asks for, even below the least that makes sense."""
    o = case.options
    leading = np.unique(case.leading)
    _, first = np.unique(o.application[leading], return_index=True)
    places = leading[first]
    total = float(o.amount[places].sum())
    part = min(1.0, budget / total) if total > 0 else 0.0
    grants = tuple(
        grant._replace(amount=part * grant.amount) for grant in case.grants(places) if part * grant.amount > 0
    )
    nothing = np.zeros(len(case), dtype=np.bool_)
    return Sharing(grants, float(sum(grant.amount for grant in grants)), nothing, _unmet(case, places, part))


def _unmet(case: Case, places: Ints, part: float) -> tuple[str, ...]:
    found = []
    given = np.zeros(len(case), dtype=np.bool_)
    given[places] = True
    for row in case.rows:
        # A count does not shrink with the amounts.
        counted = row.counted(given)
        used = float(counted.sum()) * (part if row.measure == "money" else 1.0)
        slack = _TOLERANCE * max(1.0, float(np.abs(counted).sum()))
        if used > row.high + slack or used < row.low - slack:
            found.append(row.rule)
    return tuple(dict.fromkeys(found))


def _ranked(case: Case, scores: Floats) -> Ints:
    """Return all applications by score, those without one last; ties by id, so that the order of rows is nothing."""
    ids = np.argsort(np.argsort(case.call.applications.id.astype(str), kind="stable"), kind="stable")
    return np.asarray(np.lexsort((ids, -np.nan_to_num(scores, nan=-np.inf))), dtype=np.int64)


def _forced_first(case: Case, order: Iterable[int]) -> list[int]:
    """Return the list with the applications that must have an award at its head."""
    forced = set()
    for row in case.rows:
        applications = np.unique(case.options.application[row.places])
        if row.low >= 1.0 and row.measure == "count" and applications.size == 1:
            forced.add(int(applications[0]))
    listed = [int(application) for application in order]
    return [a for a in listed if a in forced] + [a for a in listed if a not in forced]
