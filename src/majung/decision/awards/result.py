"""What an allocation says: who gets what, why, who just missed, how every rule was met, and what else could be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from majung.decision.statistics import Interval
from majung.messages import Phrase
from majung.parameters import LocalText

__all__ = [
    "Allocation",
    "Awarded",
    "Drivers",
    "Gap",
    "NearMiss",
    "Noise",
    "Place",
    "Practice",
    "Refusal",
    "RuleUse",
]


class Place(NamedTuple):
    """Where a figure stands: a table of the scenario's folder, counted as a spreadsheet counts."""

    table: str
    row: int


class Gap(NamedTuple):
    """How far the chosen portfolio may be from the best one, in money of the objective: a mean and an upper limit."""

    mean: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Drivers:
    """What makes an award worth what it is.

    Figures without a unit lie in [0, 1] and are of the scenario's first quarter, as an evaluation would see them (the
    criteria of docs/model.md, Support).

    Parameters
    ----------
    takeoff : str or None
        Quarter by which the technology has taken off in half of the worlds without a programme; None where it has not.
    growth : float
        Growth of the technology's market in the year before the start: 0.3 is 30 %.
    quality, reputation, need, focus, traction, opening : float
    crowding_out : float
        Part of a grant that replaces the firm's own money.
    own, others : Interval
        Private sales that the award adds to the firm itself and to all other domestic firms; the latter is below zero
        where it takes sales from them. Money, undiscounted.
    paid : Interval
        Public money that is paid out of the amount.
    survival : Interval
        What the award adds to the firm's chance to be alive at the end.
    """

    takeoff: str | None
    growth: float
    quality: float
    reputation: float
    need: float
    focus: float
    traction: float
    opening: float
    crowding_out: float
    own: Interval
    others: Interval
    paid: Interval
    survival: Interval


@dataclass(frozen=True, kw_only=True)
class _Considered:
    """An application with the option of it that was looked at.

    Parameters
    ----------
    application, firm, line, technology : str
        Ids.
    firm_name, technology_name : LocalText
    instrument : {"subsidy", "purchase", "matching"}
    amount : float
        Money, in the scenario's unit.
    quarter : str
        Such as ``2024Q3``.
    size_class : str
        By the law of the call's day.
    region, purpose : str
    score : float
        Mean of the evaluators' scores; NaN where there is none.
    rank : int
        By that score among the eligible; 1 is the highest.
    value : Interval
        What the award alone adds to the objective, in worlds that had no part in choosing it.
    worlds : int
        How many worlds the value is from.
    drivers : Drivers
    places : tuple of Place
        Rows of the tables that it was judged and simulated from.
    """

    application: str
    firm: str
    firm_name: LocalText
    line: str
    technology: str
    technology_name: LocalText
    instrument: str
    amount: float
    quarter: str
    size_class: str
    region: str
    purpose: str
    score: float
    rank: int
    value: Interval
    worlds: int
    drivers: Drivers
    places: tuple[Place, ...]


@dataclass(frozen=True, kw_only=True)
class Awarded(_Considered):
    """An award.

    Parameters
    ----------
    reason : Phrase
        Why, in a sentence.
    rules : tuple of str
        Ids of the rules that bound it: that forced it, capped its amount, or were at their limit because of it.
    asked : float
        The amount asked for.
    """

    reason: Phrase
    rules: tuple[str, ...]
    asked: float


@dataclass(frozen=True, kw_only=True)
class NearMiss(_Considered):
    """An eligible application without an award that came close.

    Parameters
    ----------
    short : float
        By how much its value would have had to be higher, in money of the objective.
    extra : float
        How much more budget would have put it in beside all that were chosen; infinite where no budget would.
    change : Phrase
        The smallest change that would have put it in, in a sentence.
    rules : tuple of str
        Ids of the rules that stood in its way.
    """

    short: float
    extra: float
    change: Phrase
    rules: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """An application that is not eligible, or not yet.

    Parameters
    ----------
    application, firm : str
    firm_name : LocalText
    document : bool
        Whether it only needs a document.
    rule, clause, source : str
    found, required : Phrase or str
    places : tuple of Place
    """

    application: str
    firm: str
    firm_name: LocalText
    document: bool
    rule: str
    clause: str
    source: str
    found: Phrase | str
    required: Phrase | str
    places: tuple[Place, ...]


@dataclass(frozen=True, kw_only=True)
class RuleUse:
    """A rule and how it was met.

    Parameters
    ----------
    id, kind, clause, source, status : str
    title : LocalText
    effective : date or None
    in_force : bool
    measure : {"money", "count", "share", "applications"}
        What `limit` and `used` are counted in; applications: how many it refused.
    limit, used : float
        NaN where the rule has none.
    binding : bool
        Whether a better portfolio was to be had without it, by the linear relaxation.
    price : float
        What one more unit of its limit was worth, in money of the objective, by the linear relaxation; 0 where its
        limit did not bind.
    refused : int
        Applications that it made ineligible.
    """

    id: str
    kind: str
    title: LocalText
    clause: str
    source: str
    status: str
    effective: date | None
    in_force: bool
    measure: str
    limit: float
    used: float
    binding: bool
    price: float
    refused: int


@dataclass(frozen=True, kw_only=True)
class Practice:
    """Another way to choose, simulated in the same worlds.

    Parameters
    ----------
    id : {"score", "pro-rata", "lottery", "small-first"}
    title : Phrase
    awards : float
        How many, on average over the draws of a lottery.
    spent : float
    value : Interval
    difference : Interval
        The chosen portfolio's value less this one's, world by world.
    unmet : tuple of str
        Rules that the practice does not keep.
    """

    id: str
    title: Phrase
    awards: float
    spent: float
    value: Interval
    difference: Interval
    unmet: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Noise:
    """How much evaluators' disagreement matters to choosing by score.

    Parameters
    ----------
    evaluators : float
        Scores per application, on average.
    deviation : float
        Standard deviation of one evaluator's score of an application around the others', in points.
    reliability : float
        Part of the variance of mean scores that is of applications and not of evaluators (intraclass correlation of
        the mean, Shrout and Fleiss 1979, one-way); NaN where nobody has two scores.
    overlap : float
        Part of the awards by score that another panel, drawn from the same evaluators, would have made too.
    value : Interval
        Value of choosing by score under other panels: mean and interval over panels.
    """

    evaluators: float
    deviation: float
    reliability: float
    overlap: float
    value: Interval


@dataclass(frozen=True, kw_only=True)
class Allocation:
    """A call's decision.

    Parameters
    ----------
    run_id, result_hash : str
    scenario, call : str
        Ids.
    scenario_title, title : LocalText
        Of the scenario and of the call.
    day : date
        Whose law holds.
    unit : str
        Of all money.
    objective : str
    discount : float
        Per year.
    seed : int
    horizon : int
        Quarters simulated.
    applications, eligible, documents : int
        How many there were, could be chosen, and need a document.
    options : int
        What there was to choose from.
    budget, spent : float
        `spent` is what the awards add up to.
    awards, near_misses, ineligible, rules, practices : tuple
    portfolio_value : Interval
        Of all awards together, in fresh worlds.
    single_values : float
        Sum of the awards' values one by one: the difference to `portfolio_value` is what they do to each other.
    gap : Gap
    cvar : float
        Mean value of the portfolio in the worst tenth of the fresh worlds.
    loss : float
        Part of the fresh worlds in which the awards created less than they cost.
    noise : Noise
    swaps, tried : int
        Exchanges that improved the portfolio, and those that were simulated.
    worlds : mapping
        Worlds (one set of awards in one replication) simulated, by stage.
    seconds : mapping
        Time by stage; ``simulating`` is the part of all stages that went into worlds.
    """

    run_id: str
    result_hash: str
    scenario: str
    scenario_title: LocalText
    call: str
    title: LocalText
    day: date
    unit: str
    objective: str
    discount: float
    seed: int
    horizon: int
    applications: int
    eligible: int
    documents: int
    options: int
    budget: float
    spent: float
    awards: tuple[Awarded, ...]
    near_misses: tuple[NearMiss, ...]
    ineligible: tuple[Refusal, ...]
    rules: tuple[RuleUse, ...]
    practices: tuple[Practice, ...]
    portfolio_value: Interval
    single_values: float
    gap: Gap
    cvar: float
    loss: float
    noise: Noise
    swaps: int
    tried: int
    worlds: Mapping[str, int]
    seconds: Mapping[str, float]
