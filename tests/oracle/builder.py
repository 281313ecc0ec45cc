"""Small worlds made by hand or at random, without a scenario.

``world`` takes columns and fills in dull defaults; ``make_world`` and ``make_policy`` draw whole ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import numpy as np

from majung.market.world import (
    EQUAL,
    FOREIGN,
    LARGE,
    MATCHING,
    MID,
    SME,
    VENTURE,
    Firms,
    Lines,
    Policy,
    Rates,
    Segments,
    Technologies,
    World,
)

Columns = Mapping[str, Any]

RATES: dict[str, Any] = {
    "quality_weight": 2.5,
    "price_weight": 1.5,
    "reputation_weight": 1.0,
    "search_share": 0.2,
    "demand_noise": 0.0,
    "research_share": 0.15,
    "cash_horizon": 10.0,
    "research_returns": 1.2,
    "quality_step": 0.25,
    "imitation_rate": 0.01,
    "breadth_cost": 0.4,
    "customer_learning": 0.5,
    "legacy_research_share": 0.15,
    "hesitation_threshold": 0.3,
    "hesitation_width": 0.5,
    "public_reference": 0.03,
    "public_presence": 0.7,
    "private_reference": 0.01,
    "reputation_decay": 0.02,
    "funding_base": -1.5,
    "funding_growth": 1.5,
    "funding_certification": 0.7,
    "funding_reputation": 1.0,
    "funding_hype": 3.0,
    "round_length": 8.0,
    "runway_sought": 4.0,
    "hype_smoothing": 0.25,
    "entry_hype_response": 2.0,
    "entrant_spread": 0.2,
    "markup": np.full(5, 0.35),
    "crowding_out": np.array([0.1, 0.1, 0.35, 0.6, 0.0]),
}


def key(kind: str, name: str) -> int:
    return int.from_bytes(blake2b(f"{kind}:{name}".encode()).digest()[:8], "little")


def keys(kind: str, count: int) -> np.ndarray:
    return np.array([key(kind, str(number)) for number in range(count)], np.uint64)


def columns(count: int, defaults: Columns, given: Columns) -> dict[str, np.ndarray]:
    """Defaults overridden by what is given, every column of one length; misspelt names are refused.

    Columns are contiguous, as lowering makes them: the kernel is compiled for one layout.
    """
    unknown = set(given) - set(defaults)
    assert not unknown, f"no such columns: {unknown}"
    filled = {}
    for name, default in defaults.items():
        value = np.asarray(given.get(name, default))
        wanted = np.asarray(default).dtype
        filled[name] = np.array(np.broadcast_to(value, (count, *value.shape[1:])), wanted, order="C")
    return filled


def world(
    technologies: Columns | None = None,
    segments: Columns | None = None,
    firms: Columns | None = None,
    lines: Columns | None = None,
    rates: Columns | None = None,
    *,
    quarters: int = 1,
) -> World:
    """One technology, one private home segment, one venture with one line; columns given replace that.

    ``segments["technology"]`` and ``lines["technology"]`` must be sorted; ``technologies["slots"]`` counts the last
    lines of each technology that are entry slots, whose firms must not be alive.
    """
    technologies, segments, firms, lines = (dict(part or {}) for part in (technologies, segments, firms, lines))
    line_technology = np.array(lines.pop("technology", [0]), np.int64, order="C")
    segment_technology = np.asarray(segments.pop("technology", [0]), np.int64)
    line_firm = np.array(lines.pop("firm", np.arange(len(line_technology))), np.int64, order="C")
    number = int(max([*line_technology, *segment_technology, *np.asarray(technologies.get("order", [0]))])) + 1
    edges = np.arange(number + 1)
    first_line = np.searchsorted(line_technology, edges)
    n_lines, n_firms = len(line_technology), int(line_firm.max()) + 1
    slots = np.asarray(technologies.pop("slots", 0))
    of_technology = columns(
        number,
        {
            "order": np.arange(number),
            "frontier": 1.0,
            "frontier_growth": 0.0,
            "learning_exponent": 0.0,
            "success_rate": 0.0,
            "research_cost": 100.0,
            "replacement": 0.0,
            "reference_contract": 100.0,
            "public_need": 1e9,
            "market_value": 100.0,
            "hype": 0.0,
            "entry_rate": 0.0,
            "entrant_cash": 0.0,
            "default_log_cost": 0.0,
        },
        {name: value for name, value in technologies.items() if name != "inputs"},
    )
    of_segment = columns(
        len(segment_technology),
        {
            "region": 0,
            "public": False,
            "potential": 100.0,
            "adopters": 0.0,
            "innovation": 0.02,
            "imitation": 0.4,
            "threshold": 0.0,
            "tolerance": 0.35,
            "min_quality": 0.0,
            "units_each": 1.0,
        },
        segments,
    )
    of_firm = columns(
        n_firms,
        {
            "size_class": VENTURE,
            "alive": True,
            "cash": 0.0,
            "sales": 0.0,
            "legacy_profit": 0.0,
            "captive": 0.0,
            "overhead": 0.0,
        },
        firms,
    )
    of_line = columns(
        n_lines,
        {
            "quality": 1.0,
            "log_cost": float(-np.log(1.35)),
            "experience": 100.0,
            "base": np.zeros((n_lines, 2)),
            "appeal": np.ones((n_lines, 2)),
            "reputation": 0.0,
            "effort": 1.0 / np.bincount(line_firm)[line_firm],
            "reach": 1.0,
            "private_sales": 0.0,
            "derived_sales": 0.0,
        },
        lines,
    )
    return World(
        quarters,
        Technologies(
            first_line=first_line,
            first_slot=first_line[1:] - slots,
            first_segment=np.searchsorted(segment_technology, edges),
            inputs=np.array(technologies.get("inputs", np.zeros((number, number))), float),
            **of_technology,
        ),
        Segments(**of_segment, key=keys("segment", len(segment_technology))),
        Firms(**of_firm, lines=np.bincount(line_firm), key=keys("firm", n_firms)),
        Lines(firm=line_firm, technology=line_technology, **of_line, key=keys("line", n_lines)),
        Rates(**RATES | dict(rates or {})),
    )


def policy(world: World, **given: Any) -> Policy:
    """Hands off, but for what is given; ``awards`` is a list of (line, instrument, amount, quarter)."""
    awards = sorted(given.pop("awards", []), key=lambda row: row[3])
    line, instrument, amount, quarter = zip(*awards, strict=True) if awards else ((), (), (), ())
    active = "budget" in given
    defaults = {
        "start": 0,
        "length": world.quarters if active else 0,
        "budget": 0.0,
        "mix": np.array([1.0, 0.0, 0.0]),
        "admits_class": np.array([True, True, True, True, False]),
        "admits_technology": np.ones(len(world.technologies.frontier), bool),
        "class_weight": np.zeros(5),
        "criteria": np.zeros(6),
        "noise": 0.0,
        "winners": 0,
        "spread": EQUAL,
        "review": 4,
        "gate": False,
        "small_firm_floor": 0.0,
        "min_quality": 0.0,
        "max_award": 0.0,
        "match_rate": 0.0,
        "matching_window": 4,
        "award_line": np.array(line, np.int64),
        "award_instrument": np.array(instrument, np.int64),
        "award_amount": np.array(amount, np.float64),
        "award_quarter": np.array(quarter, np.int64),
    }
    unknown = set(given) - set(defaults)
    assert not unknown, f"no such fields: {unknown}"
    return Policy(**defaults | given)


def without_awards(policy: Policy) -> Policy:
    """The policy with an empty award table."""
    names = ("award_line", "award_instrument", "award_amount", "award_quarter")
    return policy._replace(**{name: getattr(policy, name)[:0] for name in names})


def make_world(
    rng: np.random.Generator,
    *,
    technologies: int = 3,
    firms: int = 8,
    slots: int = 2,
    quarters: int = 12,
    connected: bool = True,
) -> World:
    """Draw a busy small world: a chain of inputs, every size class, multi-line firms, entry slots, all segments.

    Technologies that are not ``connected`` have neither inputs nor firms in common.
    """
    size_class = np.concatenate([[SME, FOREIGN, LARGE, MID], rng.integers(0, 5, max(0, firms - 4))])[:firms]
    roster = [
        (k, f)
        for k in range(technologies)
        for f in range(firms)
        if f % technologies == k or rng.random() < 0.4 * connected
    ]
    roster += [(k, firms + k * slots + j) for k in range(technologies) for j in range(slots)]
    technology, firm = np.array(sorted(roster)).T
    n_firms, n_lines = firms + technologies * slots, len(technology)
    slot = firm >= firms
    effort = rng.uniform(0.2, 1, n_lines)
    effort /= np.bincount(firm, effort)[firm]
    sales = np.where(slot, 0, rng.uniform(1, 60, n_lines)) * (rng.random(n_lines) < 0.8)
    kinds = [(k, region, public) for k in range(technologies) for region in (0, 1) for public in (False, True)]
    of_segment = np.array(kinds)
    potential = rng.uniform(50, 500, len(kinds)) * (rng.random(len(kinds)) < 0.9)
    order, inputs = rng.permutation(technologies), np.zeros((technologies, technologies))
    inputs[np.ix_(order, order)] = np.triu(rng.uniform(0, 0.4 * connected, (technologies, technologies)), 1)
    padded = np.concatenate([size_class, np.full(technologies * slots, VENTURE)])
    small, alive = padded <= SME, np.arange(n_firms) < firms
    return world(
        {
            "slots": slots,
            "frontier_growth": rng.uniform(0.01, 0.04, technologies),
            "learning_exponent": rng.uniform(0.2, 0.4, technologies),
            "success_rate": rng.uniform(0.2, 1, technologies),
            "research_cost": rng.uniform(3, 30, technologies),
            "replacement": rng.uniform(0.02, 0.2, technologies),
            "reference_contract": rng.uniform(10, 100, technologies),
            "public_need": rng.uniform(5, 50, technologies),
            "market_value": np.bincount(technology, sales, technologies) + 1,
            "hype": rng.uniform(0, 0.2, technologies),
            "entry_rate": rng.uniform(0.1, 1, technologies),
            "entrant_cash": rng.uniform(5, 50, technologies),
            "default_log_cost": -0.3,
            "inputs": inputs,
            "order": order,
        },
        {
            "technology": of_segment[:, 0],
            "region": of_segment[:, 1],
            "public": of_segment[:, 2] > 0,
            "potential": potential,
            "adopters": potential * rng.uniform(0, 0.5, len(kinds)),
            "innovation": rng.uniform(0.002, 0.01, len(kinds)),
            "imitation": rng.uniform(0.05, 0.15, len(kinds)),
            "threshold": rng.uniform(0, 1, len(kinds)),
            "tolerance": rng.uniform(0.2, 0.8, len(kinds)),
            "min_quality": rng.choice([0, 0.4, 0.7], len(kinds)),
            "units_each": rng.uniform(0.5, 5, len(kinds)),
        },
        {
            "size_class": padded,
            "alive": alive,
            "cash": np.where(alive, rng.uniform(0, 100, n_firms), 0),
            "sales": np.bincount(firm, sales),
            "legacy_profit": np.where(small | ~alive, 0, rng.uniform(0, 400, n_firms)),
            "captive": rng.choice([0, 0.5], n_firms),
            "overhead": rng.uniform(1, 20, n_firms),
        },
        {
            "technology": technology,
            "firm": firm,
            "quality": rng.uniform(0.3, 1, n_lines),
            "log_cost": rng.normal(-0.3, 0.1, n_lines),
            "experience": rng.uniform(50, 500, n_lines),
            "base": np.where(slot, 0, rng.uniform(0, 300, (2, n_lines))).T,
            "appeal": rng.lognormal(0, 0.5, (n_lines, 2)) * (rng.random((n_lines, 2)) < 0.9),
            "reputation": np.where(slot, 0, rng.uniform(0, 0.5, n_lines)),
            "effort": effort,
            "reach": rng.uniform(1, 50, n_lines),
            "private_sales": sales,
            "derived_sales": sales * rng.uniform(0, 1, n_lines),
        },
        {"demand_noise": 0.1, "markup": rng.uniform(0.1, 0.6, 5)},
        quarters=quarters,
    )


def make_policy(rng: np.random.Generator, world: World) -> Policy:
    """Draw a strategy with every instrument and rule in play, an award table, or both."""
    drawn = _make_programme(rng, world) if rng.random() >= 0.2 else {}
    awards = [] if drawn and rng.random() < 0.5 else _make_awards(rng, world)
    window = int(rng.integers(1, 7))
    return policy(world, **{"match_rate": float(rng.uniform(0, 2)), "matching_window": window} | drawn, awards=awards)


def _make_awards(rng: np.random.Generator, world: World) -> list[tuple[int, int, float, int]]:
    """Draw an award table with some of every instrument."""
    domestic = np.flatnonzero(world.firms.size_class[world.lines.firm] != FOREIGN)
    rows = zip(rng.choice(domestic, 12), rng.integers(0, 4, 12), rng.uniform(1, 30, 12), strict=True)
    return [
        (line, min(instrument, MATCHING), amount, rng.integers(world.quarters)) for line, instrument, amount in rows
    ]


def _make_programme(rng: np.random.Generator, world: World) -> dict[str, Any]:
    return {
        "start": int(rng.integers(0, 4)),
        "length": int(rng.integers(1, world.quarters)),
        "budget": float(rng.uniform(5, 100)),
        "mix": rng.dirichlet(np.ones(3)),
        "admits_class": np.append(rng.random(4) < 0.8, False),
        "admits_technology": rng.random(len(world.technologies.frontier)) < 0.8,
        "class_weight": rng.uniform(0, 0.5, 5),
        "criteria": rng.uniform(0, 1, 6),
        "noise": float(rng.uniform(0, 0.3)),
        "winners": int(rng.integers(0, 8)),
        "spread": int(rng.integers(0, 3)),
        "review": int(rng.integers(1, 5)),
        "gate": bool(rng.integers(0, 2)),
        "small_firm_floor": float(rng.choice([0, 0.3, 1])),
        "min_quality": float(rng.choice([0, 0.5, 0.8])),
        "max_award": float(rng.choice([0, 2])),
        "match_rate": float(rng.uniform(0, 2)),
    }
