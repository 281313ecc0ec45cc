"""The market's inputs as arrays: a world (what is given) and a policy (what the state does).

Axes: K technologies, S segments, I firms, L lines. Firms and lines of entry slots come last within the firms, and last
within the lines of their technology; lines and segments are sorted by technology. Money is in the scenario's unit.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Keys = NDArray[np.uint64]

HOME, WORLD = 0, 1
VENTURE, SME, MID, LARGE, FOREIGN = range(5)


class Technologies(NamedTuple):
    """Per technology: (K,) arrays unless said."""

    order: Ints
    """Technologies from the users of inputs to their makers."""
    first_line: Ints
    """(K + 1,) Lines of technology k are first_line[k] to first_line[k + 1] - 1."""
    first_slot: Ints
    """First line of an entry slot of k; slots run to first_line[k + 1] - 1."""
    first_segment: Ints
    """(K + 1,) Segments of technology k."""
    frontier: Floats
    """World frontier at the start (index)."""
    frontier_growth: Floats
    """g, log per quarter."""
    learning_exponent: Floats
    """b."""
    success_rate: Floats
    """ζ."""
    research_cost: Floats
    """E, money per quarter."""
    replacement: Floats
    """ϱ, per quarter."""
    reference_contract: Floats
    """U, money."""
    public_need: Floats
    """N, money per quarter."""
    market_value: Floats
    """X at the start, money per quarter."""
    hype: Floats
    """h at the start, log growth per quarter."""
    entry_rate: Floats
    """Entrants per quarter without hype."""
    entrant_cash: Floats
    """Money."""
    default_log_cost: Floats
    """Log unit cost of an entrant where no domestic line is alive."""
    inputs: Floats
    """(K, K) a[k, j]: units of j for a unit of k."""


class Segments(NamedTuple):
    """Per segment: (S,) arrays."""

    region: Ints
    """HOME or WORLD."""
    public: NDArray[np.bool_]
    """Ordinary public buyers."""
    potential: Floats
    adopters: Floats
    innovation: Floats
    """p, per quarter."""
    imitation: Floats
    """q, per quarter."""
    threshold: Floats
    """θ, log utility."""
    tolerance: Floats
    """τ, log utility."""
    min_quality: Floats
    units_each: Floats
    """υ, units for an adopter."""
    key: Keys


class Firms(NamedTuple):
    """Per firm: (I,) arrays."""

    size_class: Ints
    """VENTURE, SME, MID, LARGE or FOREIGN."""
    alive: NDArray[np.bool_]
    """False for entry slots."""
    cash: Floats
    sales: Floats
    """Sales of the quarter before the start."""
    legacy_profit: Floats
    """Π, money per quarter."""
    captive: Floats
    """κ."""
    overhead: Floats
    """Money per quarter."""
    lines: Ints
    """n, number of lines."""
    key: Keys


class Lines(NamedTuple):
    """Per line: (L,) arrays unless said."""

    firm: Ints
    technology: Ints
    quality: Floats
    log_cost: Floats
    """ln c⁰."""
    experience: Floats
    """Q⁰, units."""
    base: Floats
    """(L, 2) installed base by region, units."""
    appeal: Floats
    """(L, 2) e^ξ by region; 0: not offered."""
    reputation: Floats
    effort: Floats
    """w."""
    reach: Floats
    """π."""
    private_sales: Floats
    """Private sales of the quarter before the start."""
    derived_sales: Floats
    """Of these, derived."""
    key: Keys


class Rates(NamedTuple):
    """The model's parameters: floats, or (5,) arrays by size class."""

    quality_weight: float
    price_weight: float
    reputation_weight: float
    search_share: float
    demand_noise: float
    research_share: float
    cash_horizon: float
    research_returns: float
    quality_step: float
    imitation_rate: float
    breadth_cost: float
    customer_learning: float
    legacy_research_share: float
    hesitation_threshold: float
    hesitation_width: float
    public_reference: float
    public_presence: float
    private_reference: float
    reputation_decay: float
    funding_base: float
    funding_growth: float
    funding_certification: float
    funding_reputation: float
    funding_hype: float
    round_length: float
    runway_sought: float
    hype_smoothing: float
    entry_hype_response: float
    entrant_spread: float
    markup: Floats
    crowding_out: Floats


class World(NamedTuple):
    """All that is given about a market before the first quarter."""

    quarters: int
    technologies: Technologies
    segments: Segments
    firms: Firms
    lines: Lines
    rates: Rates


EQUAL, BY_SCORE, BY_SIZE = range(3)
SUBSIDY, PURCHASE, MATCHING = range(3)


class Policy(NamedTuple):
    """A strategy as arrays. Awards are (N,) arrays sorted by quarter."""

    start: int
    length: int
    budget: float
    """Money per active quarter (award tables: 0, the rows are the budget)."""
    mix: Floats
    """(3,) subsidy, purchase, matching; sums to one."""
    admits_class: NDArray[np.bool_]
    """(5,)"""
    admits_technology: NDArray[np.bool_]
    """(K,)"""
    class_weight: Floats
    """(5,) added to the score."""
    criteria: Floats
    """(6,) in the order of dims.CRITERIA."""
    noise: float
    winners: int
    spread: int
    """EQUAL, BY_SCORE or BY_SIZE."""
    review: int
    gate: bool
    small_firm_floor: float
    min_quality: float
    max_award: float
    match_rate: float
    matching_window: int
    """w, quarters in which an award of matching pays."""
    award_line: Ints
    award_instrument: Ints
    """SUBSIDY, PURCHASE or MATCHING."""
    award_amount: Floats
    award_quarter: Ints
