"""From awards that are best one by one to awards that are best together: two rivals share one market."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from majung.decision.awards.refine import GAP
from majung.decision.portfolio import reduced, solve

if TYPE_CHECKING:
    from majung.decision.awards.case import Case
    from majung.decision.awards.estimates import Estimates
    from majung.decision.awards.sets import Sets

__all__ = ["Improved", "improved"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

_SURE: Final = 1.0
"""Standard errors by which an exchange must improve the portfolio in the same worlds: chance must not be chased."""


class Improved(NamedTuple):
    """A portfolio after exchanges.

    Parameters
    ----------
    chosen : (n,) array of bool
    swaps, tried : int
        Exchanges that were kept, and those that were simulated.
    """

    chosen: Flags
    swaps: int
    tried: int


def improved(
    case: Case, sets: Sets, estimates: Estimates, chosen: Flags, worlds: int, tries: int, first: int = 0
) -> Improved:
    """Exchange awards while that raises the value of all of them together, simulated under the same luck.

    What each award adds *to the portfolio* is simulated by leaving it out, and what each close option would add by
    putting it in. A choice anew with these values is tried first, then exchanges of one for one or for nothing, the
    most promising first. Every choice that is tried keeps all rules.

    Parameters
    ----------
    case, sets, estimates
    chosen : (n,) array of bool
        From `refined`.
    worlds : int
        In which portfolios are compared, from `first` on.
    tries : int
        Portfolios to simulate at most, and close options to look at.
    """
    if not chosen.any():
        return Improved(chosen, 0, 0)
    inside, outside = np.flatnonzero(chosen), _close(case, estimates, chosen, tries)

    def worth(choices: Sequence[Flags]) -> list[Floats]:
        effects = sets.effects([case.grants(choice) for choice in choices], first, worlds)
        return [estimates.of_set(choice, effect) for choice, effect in zip(choices, effects, strict=True)]

    less = [_changed(chosen, out=i) for i in inside.tolist()]
    more = [_changed(chosen, into=j) for j in outside.tolist()]
    best, *others = worth([chosen, *less, *more])
    gives = np.array([_mean(best - one) for one in others[: inside.size]])
    would_give = np.array([_mean(one - best) for one in others[inside.size :]])

    values = estimates.mean()
    values[inside], values[outside] = gives, would_give
    anew = solve(values, case.options.application, case.rows, gap=GAP).chosen
    tried = swaps = 0
    seen = {chosen.tobytes()}
    for candidate in (lambda _: anew, *_exchanges(inside, gives, outside, would_give)):
        changed = candidate(chosen)
        if tried == tries:
            break
        if changed.tobytes() in seen or not case.allows(changed):
            continue
        seen.add(changed.tobytes())
        tried += 1
        (found,) = worth([changed])
        if _is_better(found - best):
            chosen, best, swaps = changed, found, swaps + 1
    return Improved(chosen, swaps, tried)


def _close(case: Case, estimates: Estimates, chosen: Flags, count: int) -> Ints:
    """Return the simulated options of applications without an award that come closest to the margin."""
    o = case.options
    has = np.isin(o.application, o.application[chosen])
    distance = reduced(estimates.mean(), o.application, case.rows)
    places = np.flatnonzero(estimates.simulated & ~has)
    return places[np.argsort(-distance[places], kind="stable")][:count]


def _exchanges(inside: Ints, gives: Floats, outside: Ints, would_give: Floats) -> list[Callable[[Flags], Flags]]:
    """Return exchanges that promise a gain, the greatest first: one for one, one for nothing, nothing for one."""
    promised = [(-gain, int(i), -1) for i, gain in zip(inside, gives, strict=True)]
    promised += [(gain, -1, int(j)) for j, gain in zip(outside, would_give, strict=True)]
    promised += [
        (much - little, int(i), int(j))
        for i, little in zip(inside, gives, strict=True)
        for j, much in zip(outside, would_give, strict=True)
    ]
    return [
        partial(_changed, out=i, into=j)
        for gain, i, j in sorted(promised, key=lambda exchange: (-exchange[0], *exchange[1:]))
        if gain > 0
    ]


def _changed(chosen: Flags, out: int = -1, into: int = -1) -> Flags:
    changed = chosen.copy()
    if out >= 0:
        changed[out] = False
    if into >= 0:
        changed[into] = True
    return changed


def _is_better(difference: Floats) -> bool:
    kept = difference[~np.isnan(difference)]
    if kept.size < 2:
        return False
    return bool(kept.mean() > _SURE * kept.std(ddof=1) / np.sqrt(kept.size))


def _mean(values: Floats) -> float:
    kept = values[~np.isnan(values)]
    return float(kept.mean()) if kept.size else 0.0
