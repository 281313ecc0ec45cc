"""What changes during a run, for LANES replications side by side, and the work space of the kernel."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from majung.dims import CLASSES
from majung.market.engine import rows
from majung.market.engine.compile import LANES
from majung.market.engine.layout import TILE, Layout
from majung.market.world import FOREIGN, Floats, Policy, World

Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]


class LineState(NamedTuple):
    """Per line: (L, LANES) arrays unless said; the last row of (L + 1, LANES) is of lines without support: zero."""

    quality: Floats
    reviewed: Floats
    """Quality at the last review."""
    log_cost: Floats
    """ln c⁰ (entrants bring their own)."""
    output: Floats
    """Q, units since the start."""
    base_home: Floats
    base_world: Floats
    reputation: Floats
    private: Floats
    """Private sales of the last quarter."""
    derived: Floats
    """Of these, derived."""
    weight: Floats
    """W, share of each pot."""
    grant: Floats
    """(L + 1, LANES) u, subsidy of the quarter; of lines that are held."""
    order: Floats
    """(L + 1, LANES) o, programme orders of the quarter, money; of lines that are held."""
    price: Floats
    home: Floats
    """e^V at home."""
    world: Floats
    """e^V abroad."""
    score: Floats
    masked: Floats
    kept: Flags
    """(L,) holds a weight in any lane."""
    held: Flags
    """(L,) has a grant or an order this quarter in any lane."""


class FirmState(NamedTuple):
    """Per firm: (I + 1, LANES) arrays unless said; the last row is of firms that never had support, and stays zero."""

    alive: Floats
    """1 or 0."""
    cash: Floats
    sales: Floats
    market_sales: Floats
    raised: Floats
    awards: Floats
    """D, memory of awards."""
    displaced: Floats
    """Z, own money that grants have crowded out of research."""
    entitled: Floats
    """1 if a line holds a weight."""
    pledged: Floats
    """Y, what awards of matching have left."""
    matched: Floats
    live: Flags
    """(I,) alive in any lane."""
    idle: Flags
    """(I,) dead in all lanes, and its rows are done with."""
    aided: Flags
    """(I,) had support in any lane, some time."""


class Desk(NamedTuple):
    """What firms work on in a quarter: (TILE + joint firms, LANES) arrays; see `majung.market.engine.layout`."""

    legacy: Floats
    own: Floats
    """R_own."""
    spending: Floats
    """R."""
    granted: Floats
    filled: Floats
    """Programme orders paid."""
    sold: Floats
    """Market sales."""
    reputation: Floats
    hype: Floats
    died: Floats


class MarketState(NamedTuple):
    """Per technology and segment."""

    frontier: Floats
    """(K,)"""
    value: Floats
    """X, (K, LANES)"""
    hype: Floats
    """h, (K, LANES)"""
    adopters: Floats
    """A, (S, LANES)"""
    totals: Floats
    """(K, rows) sums over the offers of the quarter."""
    sums: Floats
    """(K, rows) sums over the lines as the quarter begins."""
    pulled: Floats
    """(K, rows) derived demand in units."""
    coverage: Floats
    """Γ, (LANES,) part of the matching last asked for that the pot paid."""


class Work(NamedTuple):
    """Scratch: rows of LANES (see `majung.market.engine.rows`), except constants by firm and class, derived once."""

    part: Floats
    flow: Floats
    bought: Floats
    units: Floats
    by_class: Floats
    """(5, LANES) public money of the quarter by size class."""
    eligible: Floats
    wanted: Floats
    left: Floats
    low: Floats
    high: Floats
    total: Floats
    gated: np.ndarray[tuple[int], np.dtype[np.int64]]
    attention: Floats
    """(I,) n^-χ"""
    candidates: np.ndarray[tuple[int], np.dtype[np.int64]]
    """(L,) lines whose score is near the threshold."""
    admitted: Flags
    """(I,) the policy admits the firm's class."""
    log_markup: Floats
    """(5,)"""
    margin_rate: Floats
    """(5,) margin per unit of sales."""


class State(NamedTuple):
    """All that the kernel changes."""

    lines: LineState
    firms: FirmState
    desk: Desk
    market: MarketState
    layout: Layout
    work: Work


def _spread(values: Floats) -> Floats:
    return np.repeat(np.asarray(values, dtype=np.float64)[:, np.newaxis], LANES, axis=1)


def initial_state(world: World, policy: Policy, layout: Layout) -> State:
    """Build the state before the first quarter, of a world that is laid out."""
    lines, firms, technologies = world.lines, world.firms, world.technologies
    count, firm_count = lines.firm.size, firms.key.size
    segment_count, technology_count = world.segments.key.size, technologies.order.size
    line_zeros = {name: np.zeros((count, LANES)) for name in ("output", "weight", "home", "world", "score", "masked")}
    firm_zeros = {
        name: np.zeros((firm_count + 1, LANES))
        for name in ("raised", "awards", "displaced", "entitled", "pledged", "matched")
    }
    desk_shape = (TILE + firm_count - layout.solos, LANES)
    return State(
        LineState(
            quality=_spread(lines.quality),
            reviewed=_spread(lines.quality),
            log_cost=_spread(lines.log_cost),
            base_home=_spread(lines.base[:, 0]),
            base_world=_spread(lines.base[:, 1]),
            reputation=_spread(lines.reputation),
            private=_spread(lines.private_sales),
            derived=_spread(lines.derived_sales),
            price=np.ones((count, LANES)),
            grant=np.zeros((count + 1, LANES)),
            order=np.zeros((count + 1, LANES)),
            kept=np.zeros(count, dtype=np.bool_),
            held=np.zeros(count, dtype=np.bool_),
            **line_zeros,
        ),
        FirmState(
            alive=_spread(firms.alive.astype(np.float64)),
            cash=_spread(np.where(firms.alive, firms.cash, 0.0)),
            sales=_spread(firms.sales),
            market_sales=_spread(firms.sales),
            live=firms.alive.copy(),
            idle=np.zeros(firm_count, dtype=np.bool_),
            aided=np.zeros(firm_count, dtype=np.bool_),
            **firm_zeros,
        ),
        Desk(**{name: np.zeros(desk_shape) for name in Desk._fields}),
        MarketState(
            frontier=technologies.frontier.copy(),
            value=_spread(technologies.market_value),
            hype=_spread(technologies.hype),
            adopters=_spread(world.segments.adopters),
            totals=np.zeros((technology_count, rows.TOTALS * LANES)),
            sums=np.zeros((technology_count, rows.SUMS * LANES)),
            pulled=np.zeros((technology_count, rows.PULLED * LANES)),
            coverage=np.ones(LANES),
        ),
        layout,
        Work(
            part=np.zeros((segment_count, LANES)),
            flow=np.zeros(rows.FLOWS * LANES),
            bought=np.zeros((4, LANES)),
            units=np.zeros(rows.UNITS * LANES),
            by_class=np.zeros((len(CLASSES), LANES)),
            eligible=np.zeros(LANES),
            wanted=np.zeros(LANES),
            left=np.zeros(LANES),
            low=np.zeros(LANES),
            high=np.zeros(LANES),
            total=np.zeros(LANES),
            gated=np.zeros(segment_count, dtype=np.int64),
            candidates=np.zeros(count, dtype=np.int64),
            attention=np.maximum(firms.lines, 1).astype(np.float64) ** -world.rates.breadth_cost,
            admitted=(firms.size_class != FOREIGN) & policy.admits_class[firms.size_class],
            log_markup=np.log1p(world.rates.markup),
            margin_rate=world.rates.markup / (1.0 + world.rates.markup),
        ),
    )
