"""What a choice is worth in worlds that had no part in it, beside today's practice and the best there could be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from majung.decision.awards.practices import (
    LOTTERIES,
    Sharing,
    by_lot,
    by_score,
    in_equal_parts,
    small_first,
)
from majung.decision.awards.result import Gap, Noise, Practice
from majung.decision.portfolio import solve
from majung.decision.statistics import mean_interval
from majung.messages import Phrase

if TYPE_CHECKING:
    from majung.decision.awards.case import Case
    from majung.decision.awards.sets import Sets

__all__ = ["Judged", "evaluator_noise", "judged", "optimality_gap", "worst"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_TITLES: Final = {
    "score": Phrase("decision.awards.practice.score"),
    "pro-rata": Phrase("decision.awards.practice.pro_rata"),
    "lottery": Phrase("decision.awards.practice.lottery"),
    "small-first": Phrase("decision.awards.practice.small_first"),
}
PANELS: Final = 8
"""Other panels that the noise of evaluation is measured with."""
LISTS: Final = 4 + LOTTERIES + PANELS
"""Sets of awards that are judged in the same worlds: the portfolio, three practices, lots and panels."""
_BATCHES: Final = 4
_TAIL: Final = 0.1
_CLOSE: Final = 0.001
"""Part of its value to which a batch's best portfolio is found; beyond, it is bounded from above."""


class Judged(NamedTuple):
    """A portfolio and the practices in the same fresh worlds."""

    values: Floats
    """(worlds,) of the portfolio."""
    practices: tuple[Practice, ...]
    noise: Noise


def judged(
    case: Case, sets: Sets, chosen: Flags, budget: float, worlds: int, first: int, confidence: float, seed: int
) -> Judged:
    """Simulate the portfolio and every practice in the same worlds.

    Parameters
    ----------
    case, sets
    chosen : (n,) array of bool
    budget : float
        That is shared in equal parts.
    worlds, first : int
        Which worlds.
    confidence : float
        Of the intervals.
    seed : int
        Of lots and panels.
    """
    shared: dict[str, tuple[Sharing, ...]] = {
        "score": (by_score(case),),
        "pro-rata": (in_equal_parts(case, budget),),
        "lottery": tuple(by_lot(case, seed, draw) for draw in range(LOTTERIES)),
        "small-first": (small_first(case),),
    }
    panels = tuple(by_score(case, scores) for scores in _other_panels(case, seed))
    lists = [sharing.grants for group in shared.values() for sharing in group]
    lists += [panel.grants for panel in panels]
    mine, *found = sets.values([case.grants(chosen), *lists], first, worlds)
    values = iter(found)
    practices = tuple(
        _practice(name, group, mine, [next(values) for _ in group], confidence) for name, group in shared.items()
    )
    return Judged(mine, practices, _noise(case, shared["score"][0], panels, list(values), confidence))


def _practice(name: str, group: tuple[Sharing, ...], mine: Floats, found: list[Floats], confidence: float) -> Practice:
    value = np.mean(found, axis=0)
    return Practice(
        id=name,
        title=_TITLES[name],
        awards=float(np.mean([len(sharing.grants) for sharing in group])),
        spent=float(np.mean([sharing.spent for sharing in group])),
        value=mean_interval(value, confidence),
        difference=mean_interval(mine - value, confidence),
        unmet=tuple(dict.fromkeys(rule for sharing in group for rule in sharing.unmet)),
    )


def _other_panels(case: Case, seed: int) -> list[Floats]:
    """Return the mean scores of panels drawn from each application's own evaluators, with replacement."""
    scores = case.call.applications.scores
    random = np.random.default_rng([seed, len(scores)])
    panels = []
    for _ in range(PANELS):
        drawn = np.full(len(scores), np.nan)
        for row, given in enumerate(scores):
            there = given[~np.isnan(given)]
            if there.size:
                drawn[row] = random.choice(there, there.size).mean()
        panels.append(drawn)
    return panels


def _noise(case: Case, score: Sharing, panels: tuple[Sharing, ...], found: list[Floats], confidence: float) -> Noise:
    count, deviation, reliability = evaluator_noise(case.call.applications.scores)
    winners = set(score.grants)
    overlap = [len(winners & set(panel.grants)) / len(winners) for panel in panels] if winners else [np.nan]
    means = np.array([np.nanmean(values) for values in found])
    return Noise(
        evaluators=count,
        deviation=deviation,
        reliability=reliability,
        overlap=float(np.mean(overlap)),
        value=mean_interval(means, confidence),
    )


def evaluator_noise(scores: Floats) -> tuple[float, float, float]:
    """Return how many scores an application has, their spread around its mean, and the reliability of the mean.

    One-way random effects (Shrout and Fleiss 1979, ICC(1, k)), with the mean number of scores for k where applications
    differ in it.

    Parameters
    ----------
    scores : (A, E) array
        NaN where an evaluator gave none.
    """
    counts = (~np.isnan(scores)).sum(axis=1)
    there = counts > 0
    mean_count = float(counts[there].mean()) if there.any() else 0.0
    several = counts > 1
    if several.sum() < 2:
        return mean_count, np.nan, np.nan
    kept, k = scores[several], counts[several]
    means = np.nanmean(kept, axis=1)
    within = float(np.nansum((kept - means[:, None]) ** 2) / (k - 1).sum())
    overall = float((means * k).sum() / k.sum())
    between = float((k * (means - overall) ** 2).sum() / (several.sum() - 1))
    reliability = 1.0 - within / between if between > 0 else 0.0
    return mean_count, float(np.sqrt(within)), max(0.0, reliability)


def optimality_gap(case: Case, values: Floats, chosen: Flags, confidence: float) -> Gap:
    """Return by how much the best portfolio may beat a choice: a mean, and an upper limit at the confidence.

    Multiple replications (Mak, Morton and Wood 1999): in each of several batches of fresh worlds the best portfolio for
    just those worlds is found, which is better than the best for all worlds, and the choice is taken off it. What
    awards do to each other is not in it.

    Parameters
    ----------
    case : Case
    values : (worlds, n) array
        Of each option by world; worlds that had no part in the choice.
    chosen : (n,) array of bool
    confidence : float
        Of the upper limit, one-sided.
    """
    batches = [batch for batch in np.array_split(values, _BATCHES) if len(batch)]
    gaps = []
    for batch in batches:
        mean = batch.mean(axis=0)
        best = solve(mean, case.options.application, case.rows, gap=_CLOSE)
        gaps.append(max(0.0, best.bound - float(mean[chosen].sum())))
    found = np.array(gaps)
    if found.size < 2:
        return Gap(float(found.mean()) if found.size else np.nan, np.nan)
    error = float(found.std(ddof=1)) / np.sqrt(found.size)
    return Gap(float(found.mean()), float(found.mean() + stdtrit(found.size - 1, confidence) * error))


def worst(values: Floats, spent: float) -> Mapping[str, float]:
    """Return the mean of the worst tenth of worlds, and the part of worlds in which less was created than spent."""
    kept = np.sort(values[~np.isnan(values)])
    if not kept.size:
        return {"cvar": np.nan, "loss": np.nan}
    tail = max(1, int(np.ceil(_TAIL * kept.size)))
    return {"cvar": float(kept[:tail].mean()), "loss": float((kept < spent).mean())}
