"""Steps over a range of firms, sixteen replications side by side.

Arrays of state are (lines or firms, LANES); everything else is (lines,), (firms,) or a number. ``live`` says whether a
firm is alive in any lane: rows that are dead in all lanes are skipped. ``desk`` is the row where a firm does its sums,
and ``aided`` says whether it ever had support: other firms share the last row, which stays zero.
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
from majung.market.world import FOREIGN, LARGE, MATCHING, MID, SME


@step
def legacy_money(
    joint_lines, first, line_firm, line_technology, effort, desk, size_class, legacy_profit, share, threshold, width,
    market, legacy,
):  # fmt: skip
    """Write the legacy profit that incumbents put into the research of their lines (page: Research)."""
    for i in range(first, desk.size):
        for v in range(LANES):
            legacy[desk[i], v] = 0.0
    for l in joint_lines:
        i, k = line_firm[l], line_technology[l]
        if size_class[i] == MID or size_class[i] == LARGE:
            profit, j = legacy_profit[i], desk[i]
            scale = effort[l] * share * profit
            for v in range(LANES):
                legacy[j, v] += scale * hesitation(market[k, v], profit, threshold, width)


@step
def own_research(
    first, last, desk, size_class, live, aided, captive, research_share, horizon, alive, cash, displaced, sales, legacy,
    own, spending, granted, filled, firm_sales, reputation, hype,
):  # fmt: skip
    """Write own research money of firms and clear what lines will add to."""
    for i in range(first, last):
        if not live[i]:
            continue
        small, foreign, held = size_class[i] <= SME, size_class[i] == FOREIGN, captive[i]
        j, d = desk[i], i if aided[i] else displaced.shape[0] - 1
        for v in range(LANES):
            money = small_firm_research(sales[i, v], cash[i, v] - displaced[d, v], held, research_share, horizon)
            money = money if small else research_share * sales[i, v] + legacy[j, v]
            money = 0.0 if foreign else money * alive[i, v]
            own[j, v] = money
            spending[j, v] = money
            granted[j, v] = 0.0
            filled[j, v] = 0.0
            firm_sales[j, v] = 0.0
            reputation[j, v] = 0.0
            hype[j, v] = 0.0


@step
def spend_grants(
    first, last, from_firm, to_firm, line_firm, held, desk, size_class, crowding_out, grant, spending, granted,
    displaced,
):  # fmt: skip
    """Add grants to their firm: what is spent on research, what is received, and what own money it displaces."""
    for l in range(first, last):
        i = line_firm[l]
        if not held[l] or i < from_firm or i >= to_firm:
            continue
        crowded, j = crowding_out[size_class[i]], desk[i]
        added = 1.0 - crowded
        for v in range(LANES):
            spending[j, v] += added * grant[l, v]
            granted[j, v] += grant[l, v]
            displaced[i, v] += crowded * grant[l, v]


@step
def settle(
    t, first, last, desk, key, size_class, live, idle, aided, overhead, margin_rate, runway, round_length,
    base, by_growth, by_certification, by_reputation, by_hype,
    luck, alive, cash, displaced, sales, market_sales, awards, spending, granted, filled, legacy, firm_sales,
    firm_reputation, firm_hype, entitled, promise, coverage, pledged, pledge_rate, raised, account, by_class, received,
):  # fmt: skip
    """Accounts of domestic firms, then private funding of small firms (page: Accounts, Private funding)."""
    for i in range(first, last):
        if not live[i]:
            if not idle[i]:
                idle[i] = True
                for v in range(LANES):
                    raised[i, v] = 0.0
                    sales[i, v] = 0.0
            continue
        j, d = desk[i], i if aided[i] else awards.shape[0] - 1
        y = d if pledge_rate > 0.0 else awards.shape[0] - 1
        if size_class[i] == FOREIGN:
            for v in range(LANES):
                sales[i, v] = firm_sales[j, v]
            continue
        small, cost, rate = size_class[i] <= SME, overhead[i], margin_rate[size_class[i]]
        event = draws.event(key[i], t, draws.FUNDING)
        for v in range(LANES):
            here = alive[i, v]
            ordered = filled[j, v]
            sold = firm_sales[j, v]
            total = sold + ordered
            margin = rate * total
            paid = here * cost
            before = cash[i, v]
            after = before + (margin - spending[j, v] - paid + granted[j, v] + legacy[j, v] * here)
            won = 0.75 * awards[d, v] + granted[j, v] + ordered
            burn = before - after
            match = pledge_rate * round_length * burn
            chance = funding_probability(
                symmetric_growth(sold, market_sales[i, v]),
                certification(
                    won
                    + promise * coverage[v] * entitled[d, v] * round_length * burn
                    + (match if match < pledged[y, v] else pledged[y, v]),
                    spending[j, v] + cost,
                ),
                firm_reputation[j, v], firm_hype[j, v], base, by_growth, by_certification, by_reputation, by_hype,
            )  # fmt: skip
            seeks = small and here > 0.0 and burn > 0.0 and after < runway * burn
            funded = seeks and draws.uniform(luck[v], event) < chance
            money = round_length * burn if funded else 0.0
            cash[i, v] = after + money
            raised[i, v] = money
            kept = displaced[d, v] - money
            displaced[d, v] = kept if kept > 0.0 else 0.0
            awards[d, v] = won
            sales[i, v] = total
            market_sales[i, v] = sold
            account[rows.MARGIN + v] += margin
            account[rows.RESEARCH + v] += spending[j, v]
            account[rows.OVERHEAD + v] += paid
            account[rows.LEGACY + v] += legacy[j, v] * here
        if aided[i]:
            for v in range(LANES):
                gift = granted[j, v] + filled[j, v]
                by_class[size_class[i], v] += gift
                received[i, v] += gift


@step
def match(
    pot, match_rate, size_class, aided, entitled, raised, cash, awards, matched, by_class, received, coverage, total
):  # fmt: skip
    """Pay matching money, scaled to the pot, and note the part it covers; ``entitled`` firms hold a weight."""
    for v in range(LANES):
        total[v] = 0.0
    for i in range(aided.size):
        if aided[i]:
            for v in range(LANES):
                total[v] += match_rate * raised[i, v] * entitled[i, v]
    for v in range(LANES):
        coverage[v] = pot / total[v] if total[v] > pot else (1.0 if total[v] > 0.0 else coverage[v])
    for i in range(aided.size):
        if not aided[i] or size_class[i] > SME:
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
def redeem(
    t, final, match_rate, window, award_line, award_instrument, award_amount, award_quarter, line_firm,
    size_class, aided, raised, matching, pledged, cash, awards, matched, by_class, received, account,
):  # fmt: skip
    """Pay what pledges match, and take off them what is returned: of firms that will die, of awards that end."""
    for i in range(aided.size):
        if not aided[i] or size_class[i] > SME:
            continue
        for v in range(LANES):
            asked = match_rate * raised[i, v]
            paid = asked if asked < pledged[i, v] else pledged[i, v]
            after = cash[i, v] + paid
            left = pledged[i, v] - paid if after >= 0.0 else 0.0
            account[rows.BUDGET + v] += pledged[i, v] - left
            pledged[i, v] = left
            cash[i, v] = after
            awards[i, v] += paid
            matched[i, v] = (matched[i, v] if matching else 0.0) + paid
            by_class[size_class[i], v] += paid
            received[i, v] += paid
    for n in range(award_quarter.size):
        ends = t == award_quarter[n] + window - 1 or (final and award_quarter[n] + window > t)
        if award_instrument[n] == MATCHING and ends:
            i = line_firm[award_line[n]]
            for v in range(LANES):
                back = award_amount[n] if award_amount[n] < pledged[i, v] else pledged[i, v]
                pledged[i, v] -= back
                account[rows.BUDGET + v] += back


@step
def leave(first, last, desk, size_class, live, alive, cash, died, account):
    """Small firms without cash die; their debt is written off. Count the cash of the others that are domestic."""
    for i in range(first, last):
        small, j, deaths = size_class[i] <= SME, desk[i], 0
        if not live[i] or size_class[i] == FOREIGN:
            for v in range(LANES):
                died[j, v] = 0.0
            continue
        for v in range(LANES):
            dies = small and alive[i, v] > 0.0 and cash[i, v] < 0.0
            account[rows.CASH + v] += 0.0 if dies else cash[i, v] * alive[i, v]
            died[j, v] = 1.0 if dies else 0.0
            deaths += 1 if dies else 0
        if deaths > 0:
            left = 0
            for v in range(LANES):
                dies = died[j, v] > 0.0
                account[rows.WRITTEN_OFF + v] += -cash[i, v] if dies else 0.0
                alive[i, v] = 0.0 if dies else alive[i, v]
                cash[i, v] = 0.0 if dies else cash[i, v]
                left += 1 if alive[i, v] > 0.0 else 0
            live[i] = left > 0
