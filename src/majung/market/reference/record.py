"""Run a market and write down what happened, in the arrays of :mod:`majung.dims`."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from majung.dims import ACCOUNT_ARRAYS, CLASSES, FIRM_ARRAYS, PATH_ARRAYS
from majung.market.reference.quantities import Books, Funding, Mask, Offers, Support, Trade
from majung.market.reference.steps import Market, ratio
from majung.market.world import FOREIGN, HOME, WORLD, Floats, Ints, Policy, World


def simulate(world: World, policy: Policy, seed: int, replication: int) -> tuple[Floats, Floats, Floats]:
    """Simulate one replication of one strategy.

    Returns
    -------
    paths
        (path arrays, T, K), in the order of ``dims.PATH_ARRAYS``.
    accounts
        (account arrays, T), in the order of ``dims.ACCOUNT_ARRAYS``.
    firms
        (firm arrays, I), in the order of ``dims.FIRM_ARRAYS``; entry slots included, last.
    """
    market = Market(world, policy, seed, replication)
    firms, technologies = len(world.firms.cash), len(world.technologies.frontier)
    paths = np.zeros((len(PATH_ARRAYS), world.quarters, technologies))
    accounts = np.zeros((len(ACCOUNT_ARRAYS), world.quarters))
    private_sales, public_received = np.zeros(firms), np.zeros(firms)
    for t in range(world.quarters):
        market.advance_frontier()
        support = market.support(t)
        research = market.research(t, support.grants)
        offers = market.offers()
        units = market.trade(t, offers, support.orders)
        market.deliver(units)
        value, sales_before = units.at(offers.price), market.market_sales
        books = market.settle(offers, value, support, research)
        awards = books.grants + market.by_firm(value.programme.sum(1))
        funding = market.fund(t, books, awards, sales_before, support.matching_pot)
        exits, written_off, forfeited = market.leave()
        entrants = market.enter(t, offers)
        market.move_hype(value)

        received = awards + funding.matching
        budget = support.budget + funding.drawn + funding.lapsed + forfeited
        private_sales += market.by_firm(value.private.sum(1))
        public_received += received
        path = path_row(market, offers, units, value, support, funding, exits, entrants)
        account = account_row(market, budget, books, received, written_off, entrants)
        paths[:, t] = [path[array.name] for array in PATH_ARRAYS]
        accounts[:, t] = [account[array.name] for array in ACCOUNT_ARRAYS]
    final = {
        "survived": market.alive.astype(float),
        "final_sales": market.sales,
        "total_private_sales": private_sales,
        "public_received": public_received,
    }
    return paths, accounts, np.array([final[array.name] for array in FIRM_ARRAYS])


def leaders(market: Market, sales: Floats) -> Floats:
    """Return the row of the domestic line that sells most by technology, -1 if none sells."""
    first = market.world.technologies.first_line
    own = np.where(market.domestic, sales, 0)
    rows = [np.arange(a, b) for a, b in pairwise(first)]
    return np.array([mine[own[mine].argmax()] if own[mine].any() else -1 for mine in rows], float)


def path_row(
    market: Market,
    offers: Offers,
    units: Trade,
    value: Trade,
    support: Support,
    funding: Funding,
    exits: Mask,
    entrants: Ints,
) -> dict[str, Floats]:
    """Return the quarter by technology, (K,) each."""
    firm, effort = market.world.lines.firm, market.world.lines.effort
    first_segment, domestic = market.world.technologies.first_segment, market.domestic
    small, live = market.small_firm[firm], market.live
    slot = np.arange(len(firm)) >= market.world.technologies.first_slot[market.world.lines.technology]
    home = value.market[:, HOME]
    sold, all_sold = value.private.sum(1), market.market_value[market.world.lines.technology]

    def total(amounts: Floats, of: Mask = domestic) -> Floats:
        return market.by_technology(np.where(of, amounts, 0))

    def count(lines: Mask) -> Floats:
        return market.by_technology(lines.astype(float))

    at_home = np.where(market.world.segments.region == HOME, market.adopters, 0)
    adopters = np.concatenate([[0], at_home.cumsum()])[first_segment]
    return {
        "private_final_sales": total(value.final.sum(1)),
        "private_derived_sales": total(value.derived.sum(1)),
        "induced_sales": total(value.induced.sum(1)),
        "ordinary_public_sales": total(value.public.sum(1)),
        "exports": total(value.private[:, WORLD]),
        "imports": total(home, of=~domestic),
        "home_sales": market.by_technology(home),
        "market_value": market.market_value,
        "sme_sales": total(sold, of=small),
        "sme_derived_sales": total(value.derived.sum(1), of=small),
        "adopters": np.diff(adopters),
        "best_quality": offers.best_quality / market.frontier,
        "frontier": market.frontier,
        "price": ratio(total(sold), total(units.private.sum(1))),
        "live_ventures": count(live & small),
        "founding_lines": count(live & small & ~slot),
        "entries": count(np.isin(np.arange(len(firm)), entrants)),
        "exits": count(exits[firm]),
        "hhi": market.by_technology(ratio(sold, all_sold) ** 2),
        "leader": leaders(market, sold),
        "hype": market.hype,
        "subsidy": total(support.grants),
        "purchase": total(value.programme.sum(1)),
        "matching": total(effort * funding.matching[firm]),
        "private_raised": total(effort * funding.raised[firm]),
        "supported": count(live & (market.weight > 0)),
    }


def account_row(
    market: Market, budget: float, books: Books, received: Floats, written_off: float, entrants: Ints
) -> dict[str, float]:
    """Return the quarter's money in all."""
    classes = np.bincount(market.world.firms.size_class, received, len(CLASSES))
    entrant_cash = market.world.technologies.entrant_cash[market.world.lines.technology[entrants]]
    return {
        "budget": budget,
        "returned": budget - received.sum(),
        "cash": market.cash[market.alive & market.domestic_firm].sum(),
        "margin": books.margin.sum(),
        "research": books.research.sum(),
        "overhead": books.overhead.sum(),
        "legacy": books.legacy.sum(),
        "entry_capital": entrant_cash.sum(),
        "written_off": written_off,
        **{f"public_to_{name}": classes[c] for c, name in enumerate(CLASSES) if c != FOREIGN},
    }
