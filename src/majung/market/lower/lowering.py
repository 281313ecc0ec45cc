"""Lower a scenario to arrays: the world as the kernel sees it, calibrated to the observed sales."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from majung.dims import CLASSES, INSTRUMENTS
from majung.market import draws
from majung.market.lower.calibrate import appeal_by_inversion, derived_demand, scaled_segments
from majung.market.lower.roster import Roster, at_rows, by_technology, make_roster
from majung.market.world import (
    BY_SCORE,
    BY_SIZE,
    EQUAL,
    FOREIGN,
    VENTURE,
    Firms,
    Floats,
    Ints,
    Lines,
    Policy,
    Rates,
    Technologies,
    World,
)

if TYPE_CHECKING:
    from majung.scenario import Award, Scenario, Strategy

__all__ = ["Calibration", "Lowered", "lower", "policy"]

_QUARTERS = 4.0
_SPREADS = {"equal": EQUAL, "score": BY_SCORE, "size": BY_SIZE}
_BY_CLASS = ("markup", "crowding_out")


class Calibration(NamedTuple):
    """Observed and modelled sales of domestic lines in the first quarter, (K, 2) by technology and region, money."""

    observed: Floats
    modelled: Floats


class Lowered(NamedTuple):
    """A world, the names of its rows, and how well its first quarter meets the observed sales."""

    world: World
    line_ids: tuple[str, ...]
    """Ids of the world's lines; entry slots included."""
    calibration: Calibration


def lower(scenario: Scenario) -> Lowered:
    """Turn a scenario into arrays.

    Parameters
    ----------
    scenario
        A checked scenario.

    Returns
    -------
    Lowered
        The world; firms are in the scenario's order with entry slots last, lines by technology with its slots last.
    """
    roster = make_roster(scenario)
    rates = _rates(scenario)
    history = scenario.parameters.value("history_years")
    sales, price, quality = _observed(scenario, roster)
    per_quarter = sales / _QUARTERS
    domestic = roster.size_class[roster.line_firm] != FOREIGN
    inputs = _inputs(scenario)
    order = _users_first(inputs)
    derived = derived_demand(roster, domestic, per_quarter, price, inputs)
    observed = by_technology(roster, per_quarter, inputs.shape[0])
    lines = _lines(scenario, roster, rates, sales, price, quality, history)
    technologies = _technologies(scenario, roster, rates, inputs, order)
    segments, first_quarter = scaled_segments(
        scenario, roster, lines, rates, observed, derived, technologies.replacement
    )
    private_share = 1.0 - first_quarter.public_share
    lines = lines._replace(
        private_sales=(per_quarter * private_share[roster.line_technology]).sum(axis=1),
        derived_sales=(per_quarter * first_quarter.derived_share[roster.line_technology]).sum(axis=1),
    )
    observed_domestic = by_technology(roster, per_quarter * domestic[:, np.newaxis], inputs.shape[0])
    technologies = technologies._replace(market_value=(observed * private_share).sum(axis=1))
    firms = _firms(scenario, roster, per_quarter.sum(axis=1))
    world = World(scenario.quarters, technologies, segments, firms, lines, rates)
    return Lowered(
        world, tuple(str(name) for name in roster.line_ids), Calibration(observed_domestic, first_quarter.domestic)
    )


def policy(scenario: Scenario, strategy: Strategy) -> Policy:
    """Turn a strategy into arrays for the scenario's lowered world."""
    roster = make_roster(scenario)
    technologies = [str(name) for name in scenario.technologies.id]
    admitted = technologies if strategy.technologies is None else strategy.technologies
    awards = sorted(strategy.awards, key=lambda award: award.quarter)
    return Policy(
        start=strategy.start,
        length=strategy.quarters,
        budget=float(strategy.budget),
        mix=strategy.mix.array(),
        admits_class=np.array([name in strategy.classes for name in CLASSES]),
        admits_technology=np.array([name in admitted for name in technologies]),
        class_weight=strategy.class_weights.array(),
        criteria=strategy.criteria.array(),
        noise=float(strategy.noise),
        winners=int(strategy.winners),
        spread=_SPREADS[strategy.spread],
        review=int(strategy.review),
        gate=bool(strategy.gate),
        small_firm_floor=float(strategy.small_firm_floor),
        min_quality=float(strategy.min_quality),
        max_award=float(strategy.max_award),
        match_rate=float(strategy.match_rate),
        matching_window=int(strategy.matching_window),
        award_line=_award_lines(scenario, roster, awards),
        award_instrument=np.array([INSTRUMENTS.index(award.instrument) for award in awards], dtype=np.int64),
        award_amount=np.array([award.amount for award in awards], dtype=np.float64),
        award_quarter=np.array([award.quarter for award in awards], dtype=np.int64),
    )


def _award_lines(scenario: Scenario, roster: Roster, awards: Sequence[Award]) -> Ints:
    """Rows of the world's lines that awards name, by id or by firm and technology."""
    if not awards:
        return np.zeros(0, dtype=np.int64)
    by_id = {str(name): line for line, name in enumerate(roster.line_ids)}
    by_place = {
        (str(roster.firm_ids[firm]), str(scenario.technologies.id[technology])): line
        for line, (firm, technology) in enumerate(zip(roster.line_firm, roster.line_technology, strict=True))
    }
    return np.array(
        [
            by_id[award.line] if award.line is not None else by_place[str(award.firm), str(award.technology)]
            for award in awards
        ],
        dtype=np.int64,
    )


def _rates(scenario: Scenario) -> Rates:
    parameters = scenario.parameters
    values: dict[str, Any] = {
        name: np.array(parameters.by_class(name)) if name in _BY_CLASS else float(parameters.value(name))
        for name in Rates._fields
    }
    return Rates(**values)


def _observed(scenario: Scenario, roster: Roster) -> tuple[Floats, Floats, Floats]:
    """Yearly sales (L, 2), price and quality (L,) of the world's lines."""
    lines = scenario.lines
    sales = np.stack([at_rows(lines.home_sales, roster, 0.0), at_rows(lines.world_sales, roster, 0.0)], axis=1)
    return sales, at_rows(lines.price, roster, 1.0), at_rows(lines.quality, roster, 1.0)


def _inputs(scenario: Scenario) -> Floats:
    needs = np.zeros((len(scenario.technologies.id),) * 2)
    for maker, used, share in zip(
        scenario.inputs.technology, scenario.inputs.input, scenario.inputs.share, strict=True
    ):
        needs[maker, used] += share
    return needs


def _users_first(inputs: Floats) -> Ints:
    """Technologies so that every user of an input comes before its maker."""
    order: list[int] = []
    waiting = list(range(inputs.shape[0]))
    while waiting:
        ready = [j for j in waiting if not any(inputs[k, j] > 0 for k in waiting)]
        if not ready:
            raise ValueError("circular inputs")
        order += ready
        waiting = [k for k in waiting if k not in ready]
    return np.array(order, dtype=np.int64)


def _technologies(scenario: Scenario, roster: Roster, rates: Rates, inputs: Floats, order: Ints) -> Technologies:
    given = scenario.technologies
    count = order.size
    starts = np.searchsorted(np.sort(np.asarray(scenario.segments.technology)), np.arange(count + 1))

    def floats(values: NDArray[np.generic]) -> Floats:
        return np.array(values, dtype=np.float64)

    return Technologies(
        order=order,
        first_line=roster.first_line,
        first_slot=roster.first_slot,
        first_segment=starts.astype(np.int64),
        frontier=np.ones(count),
        frontier_growth=floats(given.frontier_growth),
        learning_exponent=-np.log2(1.0 - floats(given.learning_rate)),
        success_rate=floats(given.success_rate),
        research_cost=floats(given.research_cost),
        replacement=floats(given.replacement),
        reference_contract=floats(given.reference_contract),
        public_need=floats(given.public_need) / _QUARTERS,
        market_value=np.zeros(count),
        hype=np.log1p(floats(given.growth)) / _QUARTERS,
        entry_rate=floats(given.entry) / _QUARTERS,
        entrant_cash=floats(given.entrant_cash),
        default_log_cost=np.full(count, -np.log1p(rates.markup[VENTURE])),
        inputs=inputs,
    )


def _firms(scenario: Scenario, roster: Roster, line_sales: Floats) -> Firms:
    given, count = scenario.firms, roster.size_class.size

    def padded(values: NDArray[np.generic], scale: float = 1.0) -> Floats:
        filled = np.zeros(count)
        filled[: len(values)] = np.asarray(values, dtype=np.float64) * scale
        return filled

    overhead = padded(given.overhead, 1 / _QUARTERS)
    ventures = overhead[: len(given.id)][roster.size_class[: len(given.id)] == VENTURE]
    overhead[len(given.id) :] = np.median(ventures) if ventures.size else 0.0
    return Firms(
        size_class=roster.size_class,
        alive=roster.alive,
        cash=padded(given.cash),
        sales=np.bincount(roster.line_firm, weights=line_sales, minlength=count).astype(np.float64),
        legacy_profit=padded(given.legacy_profit, 1 / _QUARTERS),
        captive=padded(given.captive),
        overhead=overhead,
        lines=np.maximum(np.bincount(roster.line_firm, minlength=count), 1).astype(np.int64),
        key=draws.entity_keys("firm", roster.firm_ids),
    )


def _lines(
    scenario: Scenario,
    roster: Roster,
    rates: Rates,
    sales: Floats,
    price: Floats,
    quality: Floats,
    history: float,
) -> Lines:
    technology = roster.line_technology
    size_class = roster.size_class[roster.line_firm]
    reach = at_rows(scenario.lines.reach, roster, 0.0)
    units = sales / price[:, np.newaxis]
    experience = np.maximum(np.asarray(scenario.technologies.experience)[technology], history * units.sum(axis=1))
    reputation = at_rows(scenario.lines.reputation, roster, 0.0)
    slot = roster.row < 0
    for k in range(roster.first_slot.size):
        here = technology == k
        ventures = here & ~slot & (size_class == VENTURE)
        domestic = here & ~slot & (size_class != FOREIGN)
        peers = reach[ventures] if ventures.any() else reach[domestic]
        reach[here & slot] = np.median(peers) if peers.size else 1.0
    base = history * units
    appeal = appeal_by_inversion(scenario, roster, rates, units, base, price, quality, reputation, reach)
    return Lines(
        firm=roster.line_firm,
        technology=technology,
        quality=quality,
        log_cost=np.log(price) - np.log1p(rates.markup)[size_class],
        experience=experience,
        base=base,
        appeal=appeal,
        reputation=reputation,
        effort=at_rows(scenario.lines.effort, roster, 1.0),
        reach=reach,
        private_sales=np.zeros(technology.size),
        derived_sales=np.zeros(technology.size),
        key=draws.entity_keys("line", roster.line_ids),
    )
