"""Steps over the lines of a technology, sixteen replications side by side.

Arrays of state are (lines or firms, LANES); everything else is (lines,), (firms,) or a number. ``live`` says whether a
firm is alive in any lane: rows that are dead in all lanes are skipped. ``desk`` is the row where a firm does its sums,
and ``held`` says whether a line has a grant or an order: other lines share the last row of those, which is zero. Steps
over part of a technology's lines add to sums that were cleared before the first part.
"""

from __future__ import annotations

from majung.market import draws
from majung.market.engine import rows
from majung.market.engine.clear import clear
from majung.market.engine.compile import LANES, step
from majung.market.engine.vectormath import exp, log
from majung.market.equations import (
    attraction,
    effective_effort,
    entry_probability,
    imitate,
    innovate,
    log_unit_cost,
    presence,
    success_probability,
    updated_reputation,
)
from majung.market.world import FOREIGN, SME

_TINY = 1e-300


@step
def market_sums(first, last, line_firm, size_class, live, reach, alive, quality, base_home, base_world, sums):
    """Sum over live lines of a technology: reach, bases and the best domestic quality."""
    for l in range(first, last):
        i = line_firm[l]
        if not live[i]:
            continue
        own, domestic = reach[l], 1.0 if size_class[i] != FOREIGN else 0.0
        for v in range(LANES):
            here = alive[i, v]
            sums[rows.REACH_SUM + v] += here * own
            sums[rows.BASE_HOME_SUM + v] += here * base_home[l, v]
            sums[rows.BASE_WORLD_SUM + v] += here * base_world[l, v]
            q = quality[l, v] * here * domestic
            sums[rows.BEST + v] = q if q > sums[rows.BEST + v] else sums[rows.BEST + v]


@step
def research(
    t, first, last, line_firm, line_key, size_class, live, desk, held, effort, attention, crowding_out,
    learning, cost, rate, returns, quality_step, imitation_rate, frontier,
    luck, alive, own, grant, reputation, best, quality,
):  # fmt: skip
    """Innovation and imitation of the domestic lines of a technology."""
    for l in range(first, last):
        i = line_firm[l]
        if size_class[i] == FOREIGN or not live[i]:
            continue
        event = draws.event(line_key[l], t, draws.INNOVATION)
        share, thin, crowding = effort[l], attention[i], crowding_out[size_class[i]]
        j, g = desk[i], l if held[l] else grant.shape[0] - 1
        for v in range(LANES):
            e = effective_effort(share * own[j, v], grant[g, v], crowding, thin, learning, reputation[l, v], cost)
            chance = success_probability(e, rate, returns)
            q = innovate(quality[l, v], frontier, quality_step, chance, draws.uniform(luck[v], event))
            q = imitate(q, best[v], e, imitation_rate)
            quality[l, v] = q if alive[i, v] > 0.0 else quality[l, v]


@step
def offer(
    first, last, line_firm, size_class, live, reach, appeal, experience, exponent, log_markup,
    quality_weight, price_weight, reputation_weight, search_share,
    alive, quality, output, base_home, base_world, reputation, log_cost, sums, price, home, world, totals,
):  # fmt: skip
    """Price and e^V by region of every line of a technology, and the sums that demand and entry need.

    Rows of ``sums`` and ``totals`` are in `majung.market.engine.rows`.
    """
    for l in range(first, last):
        i = line_firm[l]
        if not live[i]:
            continue
        domestic = 1.0 if size_class[i] != FOREIGN else 0.0
        own, markup, scale = reach[l], log_markup[size_class[i]], experience[l]
        appeal_home, appeal_world = appeal[l, 0], appeal[l, 1]
        for v in range(LANES):
            here = alive[i, v]
            q = quality[l, v]
            cost = log_unit_cost(log_cost[l, v], output[l, v], scale, exponent)
            log_price = cost + markup
            attracted = here * attraction(
                q if q > _TINY else _TINY, log_price, reputation[l, v], quality_weight, price_weight, reputation_weight
            )
            seen = own / (sums[rows.REACH_SUM + v] if sums[rows.REACH_SUM + v] > 0.0 else 1.0)
            at_home = base_home[l, v] / sums[rows.BASE_HOME_SUM + v] if sums[rows.BASE_HOME_SUM + v] > 0.0 else seen
            abroad = base_world[l, v] / sums[rows.BASE_WORLD_SUM + v] if sums[rows.BASE_WORLD_SUM + v] > 0.0 else seen
            price[l, v] = exp(log_price)
            e_home = attracted * appeal_home * presence(seen, at_home, search_share)
            e_world = attracted * appeal_world * presence(seen, abroad, search_share)
            home[l, v] = e_home
            world[l, v] = e_world
            counted = here * domestic
            totals[rows.OFFERS_HOME + v] += e_home
            totals[rows.OFFERS_WORLD + v] += e_world
            totals[rows.LOG_QUALITY + v] += counted * log(q if q > _TINY else _TINY)
            totals[rows.LOG_COST + v] += counted * cost
            totals[rows.NUMBER + v] += counted
            q = q * counted
            totals[rows.BEST_OFFERED + v] = q if q > totals[rows.BEST_OFFERED + v] else totals[rows.BEST_OFFERED + v]


@step
def eligible_sum(first, last, line_firm, live, min_quality, quality, offers, total):
    """Σ e^V over the lines of at least a minimum quality."""
    for v in range(LANES):
        total[v] = 0.0
    for l in range(first, last):
        if not live[line_firm[l]]:
            continue
        for v in range(LANES):
            total[v] += offers[l, v] if quality[l, v] >= min_quality else 0.0


@step
def count_orders(first, last, held, min_quality, quality, order, total):
    """Cancel orders for what is not good enough; sum the others."""
    for v in range(LANES):
        total[v] = 0.0
    for l in range(first, last):
        if held[l]:
            for v in range(LANES):
                o = order[l, v] if quality[l, v] >= min_quality else 0.0
                order[l, v] = o
                total[v] += o


@step
def fill_orders(first, last, line_firm, held, desk, need, total, order, filled):
    """Cut orders, which sum to ``total``, to the public need and add them to firms."""
    for l in range(first, last):
        if held[l]:
            j = desk[line_firm[l]]
            for v in range(LANES):
                o = order[l, v] * (need / total[v]) if total[v] > need else order[l, v]
                order[l, v] = o
                filled[j, v] += o


@step
def open_deliveries(record, lead, private_units, units):
    """Clear what deliveries add to."""
    clear(units)
    for v in range(LANES):
        record[rows.LEADER + v] = -1.0
        lead[v] = 0.0
        private_units[v] = 0.0


@step
def deliver(
    first, last, line_firm, size_class, live, desk, held, effort, region, public, min_quality, gated, part,
    public_rate, private_rate, decay, presence, contract, replacement,
    quality, price, home, world, order, flow, hype, bought, lead, private_units,
    output, base_home, base_world, reputation, private, derived, firm_private, firm_sales, firm_reputation, firm_hype,
    record, units,
):  # fmt: skip
    """Share demand among the lines of a technology, deliver, and record.

    Rows of ``flow`` and ``units`` are in `majung.market.engine.rows`; ``bought`` (units that a line sells: private home
    and world, ordinary public home and world), ``lead`` and ``private_units`` are work space.
    """
    for l in range(first, last):
        i = line_firm[l]
        if not live[i]:
            continue
        j, g = desk[i], l if held[l] else order.shape[0] - 1
        domestic = size_class[i] != FOREIGN
        small = 1.0 if size_class[i] <= SME else 0.0
        share = effort[l]
        for v in range(LANES):
            bought[0, v] = home[l, v] * flow[rows.PRIVATE_HOME + v]
            bought[1, v] = world[l, v] * flow[rows.PRIVATE_WORLD + v]
            bought[2, v] = home[l, v] * flow[rows.PUBLIC_HOME + v]
            bought[3, v] = world[l, v] * flow[rows.PUBLIC_WORLD + v]
        for s in gated:
            row = region[s] + 2 * public[s]
            for v in range(LANES):
                e = home[l, v] if region[s] == 0 else world[l, v]
                bought[row, v] += e * part[s, v] if quality[l, v] >= min_quality[s] else 0.0
        for v in range(LANES):
            p = price[l, v]
            derived_home = home[l, v] * flow[rows.DERIVED_HOME + v]
            derived_world = world[l, v] * flow[rows.DERIVED_WORLD + v]
            induced_world = world[l, v] * flow[rows.INDUCED_WORLD + v]
            induced = home[l, v] * flow[rows.INDUCED_HOME + v] + induced_world
            ordered = order[g, v] / p
            at_home = bought[0, v] + bought[2, v] + derived_home
            abroad = bought[1, v] + bought[3, v] + derived_world
            sold = at_home + abroad
            final_sales = p * (bought[0, v] + bought[1, v])
            derived_sales = p * (derived_home + derived_world - induced)
            private_sales = final_sales + derived_sales
            output[l, v] += sold + ordered
            base_home[l, v] = (1.0 - replacement) * base_home[l, v] + at_home + presence * ordered
            base_world[l, v] = (1.0 - replacement) * base_world[l, v] + abroad
            rep = updated_reputation(
                reputation[l, v], ordered / contract, sold / contract, public_rate, private_rate, decay
            )
            reputation[l, v] = rep
            private[l, v] = private_sales
            derived[l, v] = derived_sales
            firm_private[i, v] += private_sales
            firm_sales[j, v] += p * sold
            firm_reputation[j, v] += share * rep
            firm_hype[j, v] += share * hype[v]
            record[rows.HOME_SALES + v] += p * at_home
            record[rows.MARKET_VALUE + v] += private_sales
            record[rows.HHI + v] += private_sales * private_sales
            if domestic:
                record[rows.PRIVATE_FINAL + v] += final_sales
                record[rows.PRIVATE_DERIVED + v] += derived_sales
                record[rows.INDUCED + v] += p * induced
                record[rows.ORDINARY_PUBLIC + v] += p * (bought[2, v] + bought[3, v])
                record[rows.EXPORTS + v] += p * (bought[1, v] + derived_world - induced_world)
                record[rows.SME_SALES + v] += small * private_sales
                record[rows.SME_DERIVED + v] += small * derived_sales
                private_units[v] += bought[0, v] + bought[1, v] + derived_home + derived_world - induced
                record[rows.LEADER + v] = l if private_sales > lead[v] else record[rows.LEADER + v]
                lead[v] = private_sales if private_sales > lead[v] else lead[v]
                units[rows.DOMESTIC + v] += sold - induced
                units[rows.PROGRAMME + v] += ordered + induced
            else:
                record[rows.IMPORTS + v] += p * at_home
                units[rows.FOREIGN_MADE + v] += sold - induced
                units[rows.FOREIGN_PROGRAMME + v] += induced


@step
def close_deliveries(best_offered, frontier, record, private_units):
    """Write what follows from a technology's deliveries in all."""
    for v in range(LANES):
        value = record[rows.MARKET_VALUE + v]
        record[rows.HHI + v] = record[rows.HHI + v] / (value * value) if value > 0.0 else 0.0
        mine = record[rows.PRIVATE_FINAL + v] + record[rows.PRIVATE_DERIVED + v]
        record[rows.PRICE + v] = mine / private_units[v] if private_units[v] > 0.0 else 0.0
        record[rows.BEST_QUALITY + v] = best_offered[v] / frontier
        record[rows.FRONTIER + v] = frontier


@step
def enter(
    t, first, last, line_firm, line_key, rate, response, start_cash, spread, frontier, default_log_cost,
    luck, hype, totals, reach, live, idle, alive, cash, displaced, sales, market_sales, awards, quality, output,
    base_home, base_world, reputation, reviewed, weight, log_cost, private, derived, chance, entering, sums, record,
    account,
):  # fmt: skip
    """Fill free entry slots of a technology."""
    for v in range(LANES):
        chance[v] = 0.0
    for l in range(first, last):
        i = line_firm[l]
        for v in range(LANES):
            chance[v] += 1.0 - alive[i, v]
    for v in range(LANES):
        chance[v] = entry_probability(rate, chance[v] if chance[v] > 1.0 else 1.0, response, hype[v])
    for l in range(first, last):
        i = line_firm[l]
        vacant = 0
        for v in range(LANES):
            vacant += 1 if alive[i, v] == 0.0 else 0
        if vacant == 0:
            continue
        arrives, entrants = draws.event(line_key[l], t, draws.ENTRY), 0
        for v in range(LANES):
            enters = alive[i, v] == 0.0 and draws.uniform(luck[v], arrives) < chance[v]
            entering[v] = 1.0 if enters else 0.0
            entrants += 1 if enters else 0
        if entrants == 0:
            continue
        live[i] = True
        idle[i] = False
        own, brings = reach[l], draws.event(line_key[l], t, draws.ENTRY_QUALITY)
        for v in range(LANES):
            enters = entering[v] > 0.0
            number = totals[rows.NUMBER + v]
            divisor = number if number > 0.0 else 1.0
            shift = spread * (2.0 * draws.uniform(luck[v], brings) - 1.0)
            typical = exp(totals[rows.LOG_QUALITY + v] / divisor + shift)
            q = typical if number > 0.0 else frontier * exp(-spread)
            q = q if q < frontier else frontier
            alive[i, v] = 1.0 if enters else alive[i, v]
            cash[i, v] = start_cash if enters else cash[i, v]
            displaced[i, v] = 0.0 if enters else displaced[i, v]
            sales[i, v] = 0.0 if enters else sales[i, v]
            market_sales[i, v] = 0.0 if enters else market_sales[i, v]
            awards[i, v] = 0.0 if enters else awards[i, v]
            quality[l, v] = q if enters else quality[l, v]
            reviewed[l, v] = q if enters else reviewed[l, v]
            cost = totals[rows.LOG_COST + v] / divisor if number > 0.0 else default_log_cost
            log_cost[l, v] = cost if enters else log_cost[l, v]
            output[l, v] = 0.0 if enters else output[l, v]
            base_home[l, v] = 0.0 if enters else base_home[l, v]
            base_world[l, v] = 0.0 if enters else base_world[l, v]
            reputation[l, v] = 0.0 if enters else reputation[l, v]
            weight[l, v] = 0.0 if enters else weight[l, v]
            private[l, v] = 0.0 if enters else private[l, v]
            derived[l, v] = 0.0 if enters else derived[l, v]
            record[rows.ENTRIES + v] += entering[v]
            record[rows.LIVE_VENTURES + v] += entering[v]
            account[rows.ENTRY_CAPITAL + v] += start_cash if enters else 0.0
            account[rows.CASH + v] += start_cash if enters else 0.0
            sums[rows.REACH_SUM + v] += own if enters else 0.0
            q = q if enters else 0.0
            sums[rows.BEST + v] = q if q > sums[rows.BEST + v] else sums[rows.BEST + v]


@step
def census(
    first, last, first_slot, line_firm, size_class, desk, idle, aided, held, kept, matching, effort, alive, weight,
    grant, raised, matched, died, record,
):  # fmt: skip
    """Count live lines of a technology and book firms' money to it by effort shares."""
    for l in range(first, last):
        i = line_firm[l]
        if size_class[i] == FOREIGN or idle[i]:
            continue
        small, share = 1.0 if size_class[i] <= SME else 0.0, effort[l]
        founding = small if l < first_slot else 0.0
        j, m = desk[i], i if matching and aided[i] else matched.shape[0] - 1
        for v in range(LANES):
            record[rows.LIVE_VENTURES + v] += small * alive[i, v]
            record[rows.FOUNDING + v] += founding * alive[i, v]
            record[rows.EXITS + v] += died[j, v]
            record[rows.PRIVATE_RAISED + v] += share * raised[i, v]
            record[rows.MATCHING + v] += share * matched[m, v]
        if held[l]:
            for v in range(LANES):
                record[rows.SUBSIDY + v] += grant[l, v]
        if kept[l]:
            for v in range(LANES):
                record[rows.SUPPORTED + v] += alive[i, v] if weight[l, v] > 0.0 else 0.0
