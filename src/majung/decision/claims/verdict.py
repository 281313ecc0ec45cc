"""From what arms came to in each world to a verdict that does not say more than the worlds do.

In each world the effect is a formula of means over the replications, with a standard error by the jackknife (Quenouille
1956; Tukey 1958). The claim holds in a world whose effect reaches the smallest that matters and is above zero. Its
share is that of the worlds in which it holds, with an exact binomial interval (Clopper and Pearson 1934) that holds for
all claims of a run at once (Bonferroni). A claim

- **holds** where the whole interval lies above the share that counts as most worlds,
- **fails** where it lies below one less that share,
- and is **mixed** otherwise.

Luck within a world moves effects to both sides alike, so it draws the share towards a half and the verdict towards
mixed: two strategies that are the same cannot be told to differ, whatever the number of worlds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr
from scipy.stats import false_discovery_control

from majung.decision.claims.formula import Formula, Term
from majung.decision.claims.result import ClaimTest, Effect, Verdict, WorldCounts
from majung.decision.statistics import mean_interval, share_interval
from majung.decision.worlds.measures import MEASURES
from majung.decision.worlds.panel import COLUMNS, Panel

if TYPE_CHECKING:
    from majung.decision.claims.model import Claim

__all__ = ["WorldEffects", "judged", "undecided", "verdict_of", "world_effects"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_FEWEST: Final = 2
"""Replications of a world that must have finished: one has no luck to be told from."""
_COLUMN: Final = {name: column for column, name in enumerate(COLUMNS)}


class WorldEffects(NamedTuple):
    """A claim's effect in W worlds.

    Parameters
    ----------
    effects, errors : (W,) array
        NaN where a world does not answer.
    replications : (W,) array
        That all arms finished.
    outside, undefined, failed : (W,) array
        Why it does not.
    arms : mapping of str to (W,) array
        The claim's outcome of each arm, where the world did not fail.
    """

    effects: Floats
    errors: Floats
    replications: NDArray[np.int64]
    outside: Flags
    undefined: Flags
    failed: Flags
    arms: Mapping[str, Floats]


def world_effects(claim: Claim, panel: Panel, nothing: Mapping[str, int]) -> WorldEffects:
    """Return a claim's effect in each world.

    Parameters
    ----------
    claim : Claim
    panel : Panel
        That has all its arms.
    nothing : mapping of str to int
        Place in the panel of doing nothing, by setting.
    """
    places = {name: panel.place(arm) for name, arm in claim.arms.items()}
    bases = {name: nothing.get(arm.setting.id, -1) for name, arm in claim.arms.items()}
    used = sorted({*places.values(), *(place for place in bases.values() if place >= 0)})
    row = {place: number for number, place in enumerate(used)}
    paired = panel.paired(used)
    count = paired.replications
    failed = count < _FEWEST

    def evaluated(formula: Formula, means: Floats) -> Floats:
        """Evaluate a formula of (..., arm, column) means."""

        def value(term: Term) -> Floats:
            arm = means[..., row[places[term.arm]], :]
            base = means[..., row.get(bases[term.arm], row[places[term.arm]]), :]
            measure = MEASURES[term.measure or claim.outcome]
            return measure.of(lambda name: arm[..., _COLUMN[name]], lambda name: base[..., _COLUMN[name]])

        found = formula.evaluate(value)
        return np.broadcast_to(np.asarray(found, dtype=np.float64), means.shape[:-2])

    with np.errstate(divide="ignore", invalid="ignore"):
        means = paired.means()
        effects = np.array(evaluated(claim.effect, means))
        errors = _jackknife(evaluated(claim.effect, paired.means(without_one=True)), paired.finished, count)
        met = np.ones(len(means), dtype=np.bool_) if claim.where is None else evaluated(claim.where, means) > 0
        arms = {name: np.where(failed, np.nan, evaluated(Formula(name), means)) for name in claim.arms}
    outside = ~failed & ~met
    undefined = ~failed & met & ~np.isfinite(effects)
    answers = ~(failed | outside | undefined)
    if not (effects[answers].any() or errors[answers].any()):
        # What is contrasted did the same in every world, as "fifty winners" does where fewer apply: nothing was asked.
        undefined |= answers
    silent = failed | outside | undefined
    effects[silent] = np.nan
    errors[silent] = np.nan
    return WorldEffects(effects, errors, count, outside, undefined, failed, arms)


def judged(
    claim: Claim,
    worlds: WorldEffects,
    central: float,
    *,
    at_first: WorldEffects | None = None,
    verdicts: int,
    confidence: float,
    most: float,
) -> ClaimTest:
    """Return a claim's test, without where it flips and what drives it.

    Parameters
    ----------
    claim : Claim
    worlds : WorldEffects
    central : float
        The effect in the scenario as it stands.
    at_first : WorldEffects, optional
        The effects before some worlds were given more replications for what they had shown; the mean is formed of
        them, as one that stops when it is large is too large.
    verdicts : int
        Of the run: intervals of shares hold for all of them at once.
    confidence, most : float
    """
    answers = np.isfinite(worlds.effects)
    speaking = claim.sign * worlds.effects
    holds = np.asarray(answers & (speaking >= claim.smallest) & (speaking > 0))
    number, answered = int(holds.sum()), int(answers.sum())
    low, high = share_interval(number, answered, 1 - (1 - confidence) / verdicts)
    sure_for, sure_against = _told_apart(claim, worlds, 1 - confidence)
    interval = mean_interval((at_first or worlds).effects, confidence)
    median, p05, p95 = (
        (float(found) for found in np.quantile(worlds.effects[answers], (0.5, 0.05, 0.95)))
        if answered
        else (np.nan,) * 3
    )
    return ClaimTest(
        claim=claim,
        verdict=verdict_of(low, high, most),
        share=number / answered if answered else np.nan,
        share_low=low,
        share_high=high,
        effect=Effect(interval.mean, interval.low, interval.high, median, p05, p95, central),
        counts=WorldCounts(
            answered=answered,
            outside=int(worlds.outside.sum()),
            undefined=int(worlds.undefined.sum()),
            failed=int(worlds.failed.sum()),
            sure_for=sure_for,
            sure_against=sure_against,
        ),
        effects=worlds.effects,
        errors=worlds.errors,
        replications=worlds.replications,
        holds=holds,
        noise=_noise(worlds),
        arms=worlds.arms,
    )


def verdict_of(low: float, high: float, most: float) -> Verdict:
    """Return the verdict on a share that lies between `low` and `high`."""
    if low > most:
        return Verdict.HOLDS
    return Verdict.FAILS if high < 1 - most else Verdict.MIXED


def _jackknife(left_out: Floats, finished: Flags, count: NDArray[np.int64]) -> Floats:
    """Return standard errors from the estimates with each of n replications left out; (W, n) -> (W,)."""
    kept = np.where(finished, left_out, 0.0)
    mean = kept.sum(axis=1) / count
    squares = np.where(finished, (kept - mean[:, np.newaxis]) ** 2, 0.0).sum(axis=1)
    return np.asarray(np.sqrt(squares * (count - 1) / count))


def undecided(claim: Claim, worlds: WorldEffects, level: float) -> Flags:
    """Return in which worlds the effect can be told neither to reach nor to miss the smallest that matters, (W,).

    Parameters
    ----------
    claim : Claim
    worlds : WorldEffects
    level : float
        Of the test in each world, such as 0.05.
    """
    t, degrees = _statistics(claim, worlds)
    found = np.isfinite(worlds.effects)
    found[found] = stdtr(degrees, -np.abs(t)) > level / 2
    # Where there is no luck, more of it tells nothing.
    return np.asarray(found & (worlds.errors > 0))


def _told_apart(claim: Claim, worlds: WorldEffects, rate: float) -> tuple[int, int]:
    """Return in how many worlds the effect is surely at least, and surely below, the smallest that matters."""
    t, degrees = _statistics(claim, worlds)
    if not t.size:
        return 0, 0
    reached, missed = (false_discovery_control(stdtr(degrees, side)) for side in (-t, t))
    return int((reached <= rate).sum()), int((missed <= rate).sum())


def _statistics(claim: Claim, worlds: WorldEffects) -> tuple[Floats, NDArray[np.int64]]:
    """Return Student's t of the distance from the smallest effect that matters, with its degrees of freedom.

    Of the worlds that answer, in their order.
    """
    answers = np.isfinite(worlds.effects)
    distance = (claim.sign * worlds.effects - claim.smallest)[answers]
    error = np.where(np.isfinite(worlds.errors), worlds.errors, np.inf)[answers]
    # No luck at all: strategies that do the same have a distance that is known.
    t = np.divide(distance, error, out=np.where(distance == 0, 0.0, np.copysign(np.inf, distance)), where=error > 0)
    return t, worlds.replications[answers] - 1


def _noise(worlds: WorldEffects) -> float:
    """Return the part of the variance between worlds that is luck within them; NaN where all are alike."""
    answers = np.isfinite(worlds.effects) & np.isfinite(worlds.errors)
    if answers.sum() < _FEWEST:
        return np.nan
    between = float(np.var(worlds.effects[answers], ddof=1))
    within = float(np.mean(worlds.errors[answers] ** 2))
    return min(within / between, 1.0) if between > 0 else np.nan
