"""Lower a scenario to arrays: the world as the kernel sees it, calibrated to the observed sales (page: Initialisation)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from majung.dims import CLASSES, CRITERIA, INSTRUMENTS
from majung.market import draws
from majung.market.world import (
    BY_SCORE,
    BY_SIZE,
    EQUAL,
    FOREIGN,
    HOME,
    VENTURE,
    WORLD,
    Firms,
    Floats,
    Ints,
    Lines,
    Policy,
    Rates,
    Segments,
    Technologies,
    World,
)

if TYPE_CHECKING:
    from majung.scenario import Scenario, Strategy

__all__ = ["Calibration", "Lowered", "lower", "policy"]

_QUARTERS = 4.0
_SPREADS = {"equal": EQUAL, "score": BY_SCORE, "size": BY_SIZE}
_BY_CLASS = ("markup", "crowding_out")


class Calibration(NamedTuple):
    """Observed against modelled sales of the first quarter, (K, 2) by technology and region, money per quarter."""

    observed: Floats
    modelled: Floats


class Lowered(NamedTuple):
    """A world, the names of its rows, and how well its first quarter meets the observed sales."""

    world: World
    line_ids: tuple[str, ...]
    """Ids of the world's lines; entry slots included."""
    calibration: Calibration


class _Roster(NamedTuple):
    """Firms and lines with the entry slots in place, in the order of the world."""

    size_class: Ints
    alive: NDArray[np.bool_]
    line_firm: Ints
    line_technology: Ints
    row: Ints
    """Row of the line in lines.csv; -1 for a slot."""
    first_line: Ints
    first_slot: Ints
    firm_ids: NDArray[np.object_]
    line_ids: NDArray[np.object_]


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
    roster = _roster(scenario)
    rates = _rates(scenario)
    history = scenario.parameters.value("history_years")
    sales, price, quality = _observed(scenario, roster)
    per_quarter = sales / _QUARTERS
    domestic = roster.size_class[roster.line_firm] != FOREIGN
    inputs = _inputs(scenario)
    order = _users_first(inputs)
    derived, mean_price = _derived_demand(roster, domestic, per_quarter, price, inputs)
    observed = _by_technology(roster, per_quarter, inputs.shape[0])
    derived_share = np.clip(
        np.divide(derived * mean_price, observed, out=np.zeros_like(observed), where=observed > 0), 0, 1
    )

    lines = _lines(scenario, roster, rates, sales, price, quality, history)
    technologies = _technologies(scenario, roster, rates, inputs, order)
    segments, modelled, public = _segments(scenario, roster, lines, rates, observed, derived, mean_price, technologies)
    private_share = 1.0 - np.divide(public, observed, out=np.zeros_like(observed), where=observed > 0)
    private = per_quarter * private_share[roster.line_technology]
    lines = lines._replace(
        private_sales=private.sum(axis=1),
        derived_sales=(per_quarter * derived_share[roster.line_technology]).sum(axis=1),
    )
    technologies = technologies._replace(market_value=(observed * private_share).sum(axis=1))
    firms = _firms(scenario, roster, per_quarter.sum(axis=1))
    world = World(scenario.quarters, technologies, segments, firms, lines, rates)
    return Lowered(world, tuple(str(name) for name in roster.line_ids), Calibration(observed, modelled))


def policy(scenario: Scenario, strategy: Strategy) -> Policy:
    """Turn a strategy into arrays for the scenario's lowered world."""
    roster = _roster(scenario)
    at = {int(row): line for line, row in enumerate(roster.row) if row >= 0}
    awards = sorted(scenario.award_rows(strategy), key=lambda award: (award.quarter, award.row))
    technologies = [str(name) for name in scenario.technologies.id]
    admitted = technologies if strategy.technologies is None else strategy.technologies
    return Policy(
        start=strategy.start,
        length=strategy.quarters,
        budget=float(strategy.budget),
        mix=np.array([strategy.mix.get(name, 0.0) for name in INSTRUMENTS]),
        admits_class=np.array([name in strategy.classes for name in CLASSES]),
        admits_technology=np.array([name in admitted for name in technologies]),
        class_weight=np.array([strategy.class_weights.get(name, 0.0) for name in CLASSES]),
        criteria=np.array([strategy.criteria.get(name, 0.0) for name in CRITERIA]),
        noise=float(strategy.noise),
        winners=int(strategy.winners),
        spread=_SPREADS[strategy.spread],
        review=int(strategy.review),
        gate=bool(strategy.gate),
        small_firm_floor=float(strategy.small_firm_floor),
        min_quality=float(strategy.min_quality),
        max_award=float(strategy.max_award),
        match_rate=float(strategy.match_rate),
        award_line=np.array([at[award.row] for award in awards], dtype=np.int64),
        award_instrument=np.array([INSTRUMENTS.index(award.instrument) for award in awards], dtype=np.int64),
        award_amount=np.array([award.amount for award in awards], dtype=np.float64),
        award_quarter=np.array([award.quarter for award in awards], dtype=np.int64),
    )


def _roster(scenario: Scenario) -> _Roster:
    technology = np.asarray(scenario.lines.technology, dtype=np.int64)
    count = len(scenario.technologies.id)
    slots = np.asarray(scenario.technologies.entry_slots, dtype=np.int64)
    firm_count = len(scenario.firms.id)
    rows, line_firm, line_technology, line_ids, firm_ids = [], [], [], [], [np.asarray(scenario.firms.id, dtype=object)]
    first_line, first_slot = [0], []
    next_firm = firm_count
    for k in range(count):
        here = np.flatnonzero(technology == k)
        number = int(slots[k])
        names = np.array([f"entrant:{scenario.technologies.id[k]}:{n}" for n in range(number)], dtype=object)
        rows += [here, np.full(number, -1)]
        line_firm += [np.asarray(scenario.lines.firm, dtype=np.int64)[here], np.arange(next_firm, next_firm + number)]
        line_technology.append(np.full(here.size + number, k))
        line_ids += [np.asarray(scenario.lines.id, dtype=object)[here], names]
        firm_ids.append(names)
        first_slot.append(first_line[-1] + here.size)
        first_line.append(first_slot[-1] + number)
        next_firm += number
    return _Roster(
        size_class=np.concatenate(
            [np.asarray(scenario.firms.size_class, dtype=np.int64), np.full(next_firm - firm_count, VENTURE)]
        ),
        alive=np.arange(next_firm) < firm_count,
        line_firm=np.concatenate(line_firm).astype(np.int64),
        line_technology=np.concatenate(line_technology).astype(np.int64),
        row=np.concatenate(rows).astype(np.int64),
        first_line=np.array(first_line, dtype=np.int64),
        first_slot=np.array(first_slot, dtype=np.int64),
        firm_ids=np.concatenate(firm_ids),
        line_ids=np.concatenate(line_ids),
    )


def _rates(scenario: Scenario) -> Rates:
    parameters = scenario.parameters
    return Rates(
        **{
            name: np.array(parameters.by_class(name), dtype=np.float64)
            if name in _BY_CLASS
            else float(parameters.value(name))
            for name in Rates._fields
        }
    )


def _at_rows(values: NDArray[np.generic], roster: _Roster, otherwise: float) -> Floats:
    """Values of lines.csv in the order of the world, with ``otherwise`` for slots."""
    return np.where(roster.row >= 0, np.asarray(values, dtype=np.float64)[roster.row], otherwise)


def _observed(scenario: Scenario, roster: _Roster) -> tuple[Floats, Floats, Floats]:
    """Yearly sales (L, 2), price and quality (L,) of the world's lines."""
    lines = scenario.lines
    sales = np.stack([_at_rows(lines.home_sales, roster, 0.0), _at_rows(lines.world_sales, roster, 0.0)], axis=1)
    return sales, _at_rows(lines.price, roster, 1.0), _at_rows(lines.quality, roster, 1.0)


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


def _by_technology(roster: _Roster, values: Floats, count: int) -> Floats:
    """Sums over lines (L, 2) by technology, (K, 2)."""
    total = np.zeros((count, values.shape[1]))
    np.add.at(total, roster.line_technology, values)
    return total


def _derived_demand(
    roster: _Roster, domestic: NDArray[np.bool_], sales: Floats, price: Floats, inputs: Floats
) -> tuple[Floats, Floats]:
    """Units of derived demand (K, 2) at the observed sales per quarter, and mean prices (K, 2), 1 where nothing is sold."""
    count = inputs.shape[0]
    units = sales / price[:, np.newaxis]
    makers = np.stack([np.where(domestic, units.sum(axis=1), 0.0), np.where(domestic, 0.0, units.sum(axis=1))], axis=1)
    derived = inputs.T @ _by_technology(roster, makers, count)
    money, sold = _by_technology(roster, sales, count), _by_technology(roster, units, count)
    return derived, np.divide(money, sold, out=np.ones_like(money), where=sold > 0)


def _technologies(
    scenario: Scenario, roster: _Roster, rates: Rates, inputs: Floats, order: Ints
) -> Technologies:
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


def _firms(scenario: Scenario, roster: _Roster, line_sales: Floats) -> Firms:
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
        sales=np.bincount(roster.line_firm, weights=line_sales, minlength=count),
        legacy_profit=padded(given.legacy_profit, 1 / _QUARTERS),
        captive=padded(given.captive),
        overhead=overhead,
        lines=np.maximum(np.bincount(roster.line_firm, minlength=count), 1).astype(np.int64),
        key=draws.entity_keys("firm", roster.firm_ids),
    )


def _lines(
    scenario: Scenario,
    roster: _Roster,
    rates: Rates,
    sales: Floats,
    price: Floats,
    quality: Floats,
    history: float,
) -> Lines:
    technology = roster.line_technology
    size_class = roster.size_class[roster.line_firm]
    reach = _at_rows(scenario.lines.reach, roster, 0.0)
    units = sales / price[:, np.newaxis]
    experience = np.maximum(np.asarray(scenario.technologies.experience)[technology], history * units.sum(axis=1))
    reputation = _at_rows(scenario.lines.reputation, roster, 0.0)
    slot = roster.row < 0
    for k in range(roster.first_slot.size):
        here = technology == k
        ventures = here & ~slot & (size_class == VENTURE)
        domestic = here & ~slot & (size_class != FOREIGN)
        peers = reach[ventures] if ventures.any() else reach[domestic]
        reach[here & slot] = np.median(peers) if peers.size else 1.0
    base = history * units
    appeal = _appeal(scenario, roster, rates, units, base, price, quality, reputation, reach)
    return Lines(
        firm=roster.line_firm,
        technology=technology,
        quality=quality,
        log_cost=np.log(price) - np.log1p(rates.markup)[size_class],
        experience=experience,
        base=base,
        appeal=appeal,
        reputation=reputation,
        effort=_at_rows(scenario.lines.effort, roster, 1.0),
        reach=reach,
        private_sales=np.zeros(technology.size),
        derived_sales=np.zeros(technology.size),
        key=draws.entity_keys("line", roster.line_ids),
    )


def _presence(reach: Floats, base: Floats, search_share: float) -> Floats:
    """Presence of live lines of one technology, (n,) and (n, 2) to (n, 2)."""
    reach_share = (reach / reach.sum())[:, np.newaxis]
    total = base.sum(axis=0)
    base_share = np.where(total > 0, base / np.where(total > 0, total, 1.0), reach_share)
    return search_share * reach_share + (1.0 - search_share) * base_share


def _appeal(
    scenario: Scenario,
    roster: _Roster,
    rates: Rates,
    units: Floats,
    base: Floats,
    price: Floats,
    quality: Floats,
    reputation: Floats,
    reach: Floats,
) -> Floats:
    """e^ξ by inversion (Berry 1994): shares of the first quarter are the observed ones, and Σ e^V = 1."""
    shifts = (scenario.parameters.value("no_sales_shift"), scenario.parameters.value("no_export_shift"))
    domestic = roster.size_class[roster.line_firm] != FOREIGN
    attraction = np.exp(
        rates.quality_weight * np.log(quality) - rates.price_weight * np.log(price) + rates.reputation_weight * reputation
    )
    appeal = np.zeros_like(units)
    for k in range(roster.first_slot.size):
        lines = np.arange(roster.first_line[k], roster.first_line[k + 1])
        alive = lines[roster.row[lines] >= 0]
        if not alive.size:
            continue
        seen = _presence(reach[alive], base[alive], rates.search_share)
        for region in (HOME, WORLD):
            sold = units[alive, region]
            sells = sold > 0
            if not sells.any():
                continue
            found = sold[sells] / sold.sum() / (attraction[alive][sells] * seen[sells, region])
            appeal[alive[sells], region] = found
            peers = found[domestic[alive][sells]]
            if peers.size:
                silent = lines[(units[lines, region] == 0) & domestic[lines]]
                appeal[silent, region] = np.exp(np.median(np.log(peers)) + shifts[region])
    return appeal


def _segments(
    scenario: Scenario,
    roster: _Roster,
    lines: Lines,
    rates: Rates,
    observed: Floats,
    derived: Floats,
    mean_price: Floats,
    technologies: Technologies,
) -> tuple[Segments, Floats, Floats]:
    """Segments with units scaled to the observed final demand; modelled sales of the first quarter and the part that
    ordinary public buyers have of them, (K, 2).
    """
    given = scenario.segments
    sort = np.argsort(np.asarray(given.technology), kind="stable")
    technology = np.asarray(given.technology, dtype=np.int64)[sort]
    region = np.asarray(given.region, dtype=np.int64)[sort]

    def floats(name: str) -> Floats:
        return np.array(getattr(given, name), dtype=np.float64)[sort]

    potential, adopters, min_quality = floats("potential"), floats("adopters"), floats("min_quality")
    threshold, tolerance = floats("threshold"), floats("tolerance")
    offers = _offers(roster, lines, rates)
    wanted = np.zeros(technology.size)
    for s in range(technology.size):
        here = (roster.line_technology == technology[s]) & (lines.quality >= min_quality[s])
        total = offers[here, region[s]].sum()
        if total > 0:
            acceptable = 1.0 / (1.0 + np.exp(-(np.log(total) - threshold[s]) / tolerance[s]))
            share = adopters[s] / potential[s]
            hazard = min((floats("innovation")[s] + floats("imitation")[s] * share) * acceptable, 1.0)
            wanted[s] = (potential[s] - adopters[s]) * hazard + technologies.replacement[technology[s]] * adopters[s]
    wanted *= floats("weight")
    expected = np.zeros_like(observed)
    np.add.at(expected, (technology, region), wanted)
    final = np.maximum(observed / mean_price - derived, 0.0)
    scale = np.divide(final, expected, out=np.zeros_like(final), where=expected > 0)
    modelled = (scale * expected + derived) * mean_price
    public = np.array(given.public, dtype=np.bool_)[sort]
    bought = np.zeros_like(observed)
    np.add.at(bought, (technology[public], region[public]), wanted[public])
    return (
        Segments(
            region=region,
            public=public,
            potential=potential,
            adopters=adopters,
            innovation=floats("innovation"),
            imitation=floats("imitation"),
            threshold=threshold,
            tolerance=tolerance,
            min_quality=min_quality,
            units_each=floats("weight") * scale[technology, region],
            key=draws.entity_keys("segment", np.asarray(given.id, dtype=object)[sort]),
        ),
        modelled,
        bought * scale * mean_price,
    )


def _offers(roster: _Roster, lines: Lines, rates: Rates) -> Floats:
    """e^V (L, 2) of the live lines before the first quarter."""
    price = np.exp(lines.log_cost) * (1.0 + rates.markup)[roster.size_class[roster.line_firm]]
    attraction = np.exp(
        rates.quality_weight * np.log(lines.quality)
        - rates.price_weight * np.log(price)
        + rates.reputation_weight * lines.reputation
    )
    offers = np.zeros_like(lines.appeal)
    for k in range(roster.first_slot.size):
        alive = np.arange(roster.first_line[k], roster.first_slot[k])
        if alive.size:
            seen = _presence(lines.reach[alive], lines.base[alive], rates.search_share)
            offers[alive] = attraction[alive, np.newaxis] * lines.appeal[alive] * seen
    return offers
