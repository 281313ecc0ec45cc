"""The steps of a quarter over lines and firms, sixteen replications side by side.

Arrays of state are (lines or firms, LANES); everything else is (lines,), (firms,) or a number. ``live`` says whether a firm is
alive in any lane: rows that are dead in all lanes are skipped.
"""

from __future__ import annotations

from majung.market import draws, rows
from majung.market._compile import LANES, step
from majung.market.equations import (
    attraction,
    certification,
    effective_effort,
    entry_probability,
    funding_probability,
    hesitation,
    imitate,
    innovate,
    log_unit_cost,
    presence,
    small_firm_research,
    success_probability,
    symmetric_growth,
    updated_reputation,
)
from majung.market.vectormath import exp, log
from majung.market.world import FOREIGN, LARGE, MID, SME

_TINY = 1e-300


@step
def mark_live(alive, live):
    """Write whether a firm is alive in any lane."""
    for i in range(live.shape[0]):
        total = 0.0
        for v in range(LANES):
            total += alive[i, v]
        live[i] = total > 0.0


@step
def legacy_money(line_firm, line_technology, effort, size_class, legacy_profit, share, threshold, width, market, legacy):
    """Write the legacy profit that incumbents put into the research of their lines (page: Research)."""
    for i in range(legacy.shape[0]):
        if size_class[i] == MID or size_class[i] == LARGE:
            for v in range(LANES):
                legacy[i, v] = 0.0
    for l in range(effort.shape[0]):
        i, k = line_firm[l], line_technology[l]
        if size_class[i] == MID or size_class[i] == LARGE:
            profit = legacy_profit[i]
            scale = effort[l] * share * profit
            for v in range(LANES):
                legacy[i, v] += scale * hesitation(market[k, v], profit, threshold, width)


@step
def own_research(
    size_class, live, captive, research_share, horizon, alive, cash, sales, legacy,
    own, spending, granted, filled, firm_sales, reputation, hype,
):  # fmt: skip
    """Write own research money of firms and clear what lines will add to."""
    for i in range(own.shape[0]):
        if not live[i]:
            continue
        small, foreign, held = size_class[i] <= SME, size_class[i] == FOREIGN, captive[i]
        for v in range(LANES):
            money = small_firm_research(sales[i, v], cash[i, v], held, research_share, horizon)
            money = money if small else research_share * sales[i, v] + legacy[i, v]
            money = 0.0 if foreign else money * alive[i, v]
            own[i, v] = money
            spending[i, v] = money
            granted[i, v] = 0.0
            filled[i, v] = 0.0
            firm_sales[i, v] = 0.0
            reputation[i, v] = 0.0
            hype[i, v] = 0.0


@step
def spend_grants(line_firm, size_class, crowding_out, grant, spending, granted):
    """Add grants to their firm: what is spent on research and what is received."""
    for l in range(grant.shape[0]):
        i = line_firm[l]
        added = 1.0 - crowding_out[size_class[i]]
        for v in range(LANES):
            spending[i, v] += added * grant[l, v]
            granted[i, v] += grant[l, v]


@step
def market_sums(first, last, line_firm, size_class, live, reach, alive, quality, base_home, base_world, sums):
    """Sums over the live lines of a technology: reach, bases and the best domestic quality."""
    sums[:] = 0.0
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
    t, first, last, line_firm, line_key, size_class, live, effort, attention, crowding_out,
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
        for v in range(LANES):
            e = effective_effort(share * own[i, v], grant[l, v], crowding, thin, learning, reputation[l, v], cost)
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

    Rows of ``sums`` and ``totals`` are in `majung.market.rows`.
    """
    totals[:] = 0.0
    for l in range(first, last):
        i = line_firm[l]
        if not live[i]:
            for v in range(LANES):
                home[l, v] = 0.0
                world[l, v] = 0.0
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
def eligible_sum(first, last, min_quality, quality, offers, total):
    """Σ e^V over the lines of at least a minimum quality."""
    for v in range(LANES):
        total[v] = 0.0
    for l in range(first, last):
        for v in range(LANES):
            total[v] += offers[l, v] if quality[l, v] >= min_quality else 0.0


@step
def fill_orders(first, last, line_firm, need, min_quality, quality, order, filled, total):
    """Cut orders to the public need; write what is paid by technology and add it to firms."""
    for v in range(LANES):
        total[v] = 0.0
    for l in range(first, last):
        for v in range(LANES):
            o = order[l, v] if quality[l, v] >= min_quality else 0.0
            order[l, v] = o
            total[v] += o
    for l in range(first, last):
        i = line_firm[l]
        for v in range(LANES):
            o = order[l, v] * (need / total[v]) if total[v] > need else order[l, v]
            order[l, v] = o
            filled[i, v] += o
    for v in range(LANES):
        total[v] = need if total[v] > need else total[v]


@step
def deliver(
    first, last, line_firm, size_class, live, effort, region, public, min_quality, gated, part,
    public_rate, private_rate, decay, contract, replacement,
    quality, price, home, world, order, flow, hype, bought, lead, private_units,
    output, base_home, base_world, reputation, private, derived, firm_sales, firm_reputation, firm_hype, record, units,
):  # fmt: skip
    """Share demand among the lines of a technology, deliver, and record.

    Rows of ``flow`` and ``units`` are in `majung.market.rows`; ``bought`` (units that a line sells: private home, private
    world, ordinary public home and world), ``lead`` and ``private_units`` are work space.
    """
    units[:] = 0.0
    for v in range(LANES):
        record[rows.LEADER + v] = -1.0
        lead[v] = 0.0
        private_units[v] = 0.0
    for l in range(first, last):
        i = line_firm[l]
        if not live[i]:
            continue
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
            ordered = order[l, v] / p
            at_home = bought[0, v] + bought[2, v] + derived_home
            abroad = bought[1, v] + bought[3, v] + derived_world
            sold = at_home + abroad
            final_sales = p * (bought[0, v] + bought[1, v])
            derived_sales = p * (derived_home + derived_world - induced)
            private_sales = final_sales + derived_sales
            output[l, v] += sold + ordered
            base_home[l, v] = (1.0 - replacement) * base_home[l, v] + at_home + ordered
            base_world[l, v] = (1.0 - replacement) * base_world[l, v] + abroad
            rep = updated_reputation(
                reputation[l, v], ordered / contract, sold / contract, public_rate, private_rate, decay
            )
            reputation[l, v] = rep
            private[l, v] = private_sales
            derived[l, v] = derived_sales
            firm_sales[i, v] += p * sold
            firm_reputation[i, v] += share * rep
            firm_hype[i, v] += share * hype[v]
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
                private_units[v] += bought[0, v] + bought[1, v] + derived_home + derived_world - induced
                record[rows.LEADER + v] = l if private_sales > lead[v] else record[rows.LEADER + v]
                lead[v] = private_sales if private_sales > lead[v] else lead[v]
                units[rows.DOMESTIC + v] += sold - induced
                units[rows.PROGRAMME + v] += ordered + induced
            else:
                record[rows.IMPORTS + v] += p * at_home
                units[rows.FOREIGN_MADE + v] += sold - induced
                units[rows.FOREIGN_PROGRAMME + v] += induced
    for v in range(LANES):
        value = record[rows.MARKET_VALUE + v]
        record[rows.HHI + v] = record[rows.HHI + v] / (value * value) if value > 0.0 else 0.0
        mine = record[rows.PRIVATE_FINAL + v] + record[rows.PRIVATE_DERIVED + v]
        record[rows.PRICE + v] = mine / private_units[v] if private_units[v] > 0.0 else 0.0


@step
def settle(
    t, key, size_class, live, overhead, margin_rate, runway, round_length,
    base, by_growth, by_certification, by_reputation, by_hype,
    luck, alive, cash, sales, market_sales, awards, spending, granted, filled, legacy, firm_sales,
    firm_reputation, firm_hype, raised, account, by_class, received,
):  # fmt: skip
    """Accounts of domestic firms, then private funding of small firms (page: Accounts, Private funding)."""
    for i in range(cash.shape[0]):
        if not live[i]:
            for v in range(LANES):
                raised[i, v] = 0.0
                sales[i, v] = 0.0
            continue
        if size_class[i] == FOREIGN:
            for v in range(LANES):
                sales[i, v] = firm_sales[i, v]
            continue
        small, cost, rate = size_class[i] <= SME, overhead[i], margin_rate[size_class[i]]
        event = draws.event(key[i], t, draws.FUNDING)
        for v in range(LANES):
            here = alive[i, v]
            ordered = filled[i, v]
            sold = firm_sales[i, v]
            total = sold + ordered
            margin = rate * total
            paid = here * cost
            before = cash[i, v]
            after = before + (margin - spending[i, v] - paid + granted[i, v] + legacy[i, v] * here)
            won = 0.75 * awards[i, v] + granted[i, v] + ordered
            burn = before - after
            chance = funding_probability(
                symmetric_growth(sold, market_sales[i, v]), certification(won, spending[i, v] + cost),
                firm_reputation[i, v], firm_hype[i, v], base, by_growth, by_certification, by_reputation, by_hype,
            )  # fmt: skip
            seeks = small and here > 0.0 and burn > 0.0 and after < runway * burn
            funded = seeks and draws.uniform(luck[v], event) < chance
            money = round_length * burn if funded else 0.0
            cash[i, v] = after + money
            raised[i, v] = money
            awards[i, v] = won
            sales[i, v] = total
            market_sales[i, v] = sold
            account[rows.MARGIN + v] += margin
            account[rows.RESEARCH + v] += spending[i, v]
            account[rows.OVERHEAD + v] += paid
            account[rows.LEGACY + v] += legacy[i, v] * here
            by_class[size_class[i], v] += granted[i, v] + ordered
            received[i, v] += granted[i, v] + ordered


@step
def match(pot, match_rate, size_class, entitled, raised, cash, awards, matched, by_class, received, total):
    """Pay matching money, scaled to the pot; ``entitled`` firms have a line with a weight."""
    for v in range(LANES):
        total[v] = 0.0
    for i in range(cash.shape[0]):
        for v in range(LANES):
            total[v] += match_rate * raised[i, v] * entitled[i, v]
    for i in range(cash.shape[0]):
        if size_class[i] > SME:
            continue
        for v in range(LANES):
            asked = match_rate * raised[i, v] * entitled[i, v]
            paid = asked * (pot / total[v]) if total[v] > pot else asked
            matched[i, v] = paid
            cash[i, v] += paid
            awards[i, v] += paid
            by_class[size_class[i], v] += paid
            received[i, v] += paid


@step
def leave(size_class, alive, cash, died, account):
    """Small firms without cash die; their debt is written off."""
    for i in range(cash.shape[0]):
        if size_class[i] > SME:
            continue
        for v in range(LANES):
            dies = alive[i, v] > 0.0 and cash[i, v] < 0.0
            account[rows.WRITTEN_OFF + v] += -cash[i, v] if dies else 0.0
            died[i, v] = 1.0 if dies else 0.0
            alive[i, v] = 0.0 if dies else alive[i, v]
            cash[i, v] = 0.0 if dies else cash[i, v]


@step
def enter(
    t, first, last, line_firm, line_key, rate, response, start_cash, spread, frontier, default_log_cost,
    luck, hype, totals, alive, cash, sales, market_sales, awards, quality, output, base_home, base_world, reputation,
    reviewed, weight, log_cost, private, derived, vacant, record, account,
):  # fmt: skip
    """Fill free entry slots of a technology."""
    for v in range(LANES):
        vacant[v] = 0.0
    for l in range(first, last):
        i = line_firm[l]
        for v in range(LANES):
            vacant[v] += 1.0 - alive[i, v]
    for l in range(first, last):
        i = line_firm[l]
        arrives = draws.event(line_key[l], t, draws.ENTRY)
        brings = draws.event(line_key[l], t, draws.ENTRY_QUALITY)
        for v in range(LANES):
            chance = entry_probability(rate, vacant[v] if vacant[v] > 1.0 else 1.0, response, hype[v])
            enters = alive[i, v] == 0.0 and draws.uniform(luck[v], arrives) < chance
            number = totals[rows.NUMBER + v]
            divisor = number if number > 0.0 else 1.0
            typical = exp(totals[rows.LOG_QUALITY + v] / divisor + spread * (2.0 * draws.uniform(luck[v], brings) - 1.0))
            q = typical if number > 0.0 else frontier * exp(-spread)
            q = q if q < frontier else frontier
            alive[i, v] = 1.0 if enters else alive[i, v]
            cash[i, v] = start_cash if enters else cash[i, v]
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
            record[rows.ENTRIES + v] += 1.0 if enters else 0.0
            account[rows.ENTRY_CAPITAL + v] += start_cash if enters else 0.0


@step
def census(first, last, line_firm, size_class, effort, alive, weight, grant, raised, matched, died, record):
    """Count the live lines of a technology and book firms' money to it by effort shares."""
    for l in range(first, last):
        i = line_firm[l]
        if size_class[i] == FOREIGN:
            continue
        small, share = 1.0 if size_class[i] <= SME else 0.0, effort[l]
        for v in range(LANES):
            record[rows.LIVE_VENTURES + v] += small * alive[i, v]
            record[rows.SUPPORTED + v] += alive[i, v] if weight[l, v] > 0.0 else 0.0
            record[rows.EXITS + v] += died[i, v]
            record[rows.SUBSIDY + v] += grant[l, v]
            record[rows.PRIVATE_RAISED + v] += share * raised[i, v]
            record[rows.MATCHING + v] += share * matched[i, v]


@step
def close_accounts(size_class, alive, cash, account):
    """Cash of live domestic firms."""
    for i in range(cash.shape[0]):
        if size_class[i] != FOREIGN:
            for v in range(LANES):
                account[rows.CASH + v] += cash[i, v] * alive[i, v]


@step
def close_sales(line_firm, live, private, private_sales):
    """Private sales by firm."""
    for l in range(private.shape[0]):
        i = line_firm[l]
        if live[i]:
            for v in range(LANES):
                private_sales[i, v] += private[l, v]
