"""Steps over firms, sixteen replications side by side.

Arrays of state are (lines or firms, LANES); everything else is (lines,), (firms,) or a number. ``live`` says whether a
firm is alive in any lane: rows that are dead in all lanes are skipped.
"""

from __future__ import annotations

from majung.market import draws
from majung.market.engine import rows
from majung.market.engine.compile import LANES, step
from majung.market.equations import (
    certification,
    funding_probability,
    hesitation,
    small_firm_research,
    symmetric_growth,
)
from majung.market.world import FOREIGN, LARGE, MID, SME


@step
def mark_live(alive, live):
    """Write whether a firm is alive in any lane."""
    for i in range(live.shape[0]):
        total = 0.0
        for v in range(LANES):
            total += alive[i, v]
        live[i] = total > 0.0


@step
def legacy_money(
    line_firm, line_technology, effort, size_class, legacy_profit, share, threshold, width, market, legacy
):  # fmt: skip
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
    size_class, live, captive, research_share, horizon, alive, cash, displaced, sales, legacy,
    own, spending, granted, filled, firm_sales, reputation, hype,
):  # fmt: skip
    """Write own research money of firms and clear what lines will add to."""
    for i in range(own.shape[0]):
        if not live[i]:
            continue
        small, foreign, held = size_class[i] <= SME, size_class[i] == FOREIGN, captive[i]
        for v in range(LANES):
            money = small_firm_research(sales[i, v], cash[i, v] - displaced[i, v], held, research_share, horizon)
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
def spend_grants(line_firm, size_class, crowding_out, grant, spending, granted, displaced):
    """Add grants to their firm: what is spent on research, what is received, and what own money it displaces."""
    for l in range(grant.shape[0]):
        i = line_firm[l]
        crowded = crowding_out[size_class[i]]
        added = 1.0 - crowded
        for v in range(LANES):
            spending[i, v] += added * grant[l, v]
            granted[i, v] += grant[l, v]
            displaced[i, v] += crowded * grant[l, v]


@step
def settle(
    t, key, size_class, live, overhead, margin_rate, runway, round_length,
    base, by_growth, by_certification, by_reputation, by_hype,
    luck, alive, cash, displaced, sales, market_sales, awards, spending, granted, filled, legacy, firm_sales,
    firm_reputation, firm_hype, entitled, promise, coverage, raised, account, by_class, received,
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
                symmetric_growth(sold, market_sales[i, v]),
                certification(
                    won + promise * coverage[v] * entitled[i, v] * round_length * burn, spending[i, v] + cost
                ),
                firm_reputation[i, v], firm_hype[i, v], base, by_growth, by_certification, by_reputation, by_hype,
            )  # fmt: skip
            seeks = small and here > 0.0 and burn > 0.0 and after < runway * burn
            funded = seeks and draws.uniform(luck[v], event) < chance
            money = round_length * burn if funded else 0.0
            cash[i, v] = after + money
            raised[i, v] = money
            kept = displaced[i, v] - money
            displaced[i, v] = kept if kept > 0.0 else 0.0
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
def match(pot, match_rate, size_class, entitled, raised, cash, awards, matched, by_class, received, coverage, total):
    """Pay matching money, scaled to the pot, and note the part it covers; ``entitled`` firms hold a weight."""
    for v in range(LANES):
        total[v] = 0.0
    for i in range(cash.shape[0]):
        for v in range(LANES):
            total[v] += match_rate * raised[i, v] * entitled[i, v]
    for v in range(LANES):
        coverage[v] = pot / total[v] if total[v] > pot else (1.0 if total[v] > 0.0 else coverage[v])
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
