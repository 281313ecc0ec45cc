"""The phases of a quarter: they hand the arrays of world and state to steps, tile by tile.

Of the world they take the tables ``technologies``, ``segments``, ``given`` (firms), ``lines`` and ``rates``; of the
state ``now`` (lines), ``firms``, ``desk``, ``market``, ``layout`` and ``work``.

Within a technology the steps that need no sum over all of its lines are taken together, `TILE` lines at a time, so that
a large world's rows are fetched from memory once for all of them (see `majung.market.engine.layout`).
"""

from __future__ import annotations

import numpy as np

from majung.market import draws
from majung.market.engine import firms as firm_steps
from majung.market.engine import lines as line_steps
from majung.market.engine import rows, support
from majung.market.engine import segments as segment_steps
from majung.market.engine.clear import clear, clear_rows
from majung.market.engine.compile import LANES, phase
from majung.market.engine.layout import TILE
from majung.market.equations import smoothed_growth
from majung.market.world import FOREIGN, HOME, MATCHING, SUBSIDY


@phase
def open_market(technologies, given, lines, now, firms, market):
    """Sum what research and offers of the first quarter need."""
    for k in range(technologies.order.size):
        first, last = technologies.first_line[k], technologies.first_line[k + 1]
        _sum_market(k, first, last, given, lines, now, firms, market)


@phase
def _sum_market(k, first, last, given, lines, now, firms, market):
    line_steps.market_sums(
        first, last, lines.firm, given.size_class, firms.live, lines.reach,
        firms.alive, now.quality, now.base_home, now.base_world, market.sums[k],
    )  # fmt: skip


@phase
def advance_frontier(technologies, lines, now, market, layout):
    """Move the frontier, and foreign lines with it."""
    quality = now.quality
    for k in range(technologies.order.size):
        market.frontier[k] *= np.exp(technologies.frontier_growth[k])
    for l in layout.foreign_lines:
        growth = np.exp(technologies.frontier_growth[lines.technology[l]])
        for v in range(LANES):
            quality[l, v] *= growth


@phase
def give_support(t, supported, technologies, given, lines, rates, now, firms, market, work, policy, luck, account):
    """Review, grant, order and pledge.

    Return the budget of the quarter, its matching pot, whether there is any support, and whether any pledge is open.

    ``supported`` says whether there was any in the quarter before, which has to be taken back.
    """
    since = t - policy.start
    budget, pot, supports, pledging = 0.0, 0.0, False, False
    if policy.budget > 0.0 and 0 <= since < policy.length:
        budget, pot, supports = policy.budget, policy.budget * policy.mix[2], True
        if since % policy.review == 0:
            support.score_lines(
                t, work.admitted, policy.admits_technology, policy.criteria, policy.class_weight, policy.noise,
                policy.gate, rates.research_share, lines.firm, lines.technology, lines.key,
                given.size_class, given.overhead, given.legacy_profit, given.lines,
                technologies.research_cost,
                technologies.reference_contract, technologies.frontier_growth, market.frontier,
                float(t if since == 0 else policy.review), luck,
                firms.alive, firms.cash, firms.sales, now.quality, now.reviewed, now.weight, now.private,
                now.derived, now.score,
            )  # fmt: skip
            support.review(
                policy.winners, policy.small_firm_floor, policy.spread, lines.firm, given.size_class,
                lines.reach, now.quality, now.score, now.masked, now.reviewed, now.weight, now.kept,
                work.candidates, work.wanted, work.left, work.low, work.high, work.total, work.eligible,
            )  # fmt: skip
            clear_rows(firms.entitled)
        support.hand_out(
            budget * policy.mix[0], budget * policy.mix[1], policy.max_award, lines.firm, firms.alive,
            now.weight, now.kept, now.held, firms.aided, now.grant, now.order,
        )  # fmt: skip
        support.entitle(lines.firm, now.kept, now.weight, firms.entitled)
    elif supported:
        support.end(now.kept, now.held)
    for n in range(policy.award_quarter.size):
        age, l = t - policy.award_quarter[n], policy.award_line[n]
        if policy.award_instrument[n] == MATCHING:
            pledging = pledging or 0 <= age < policy.matching_window
            if age == 0:
                support.pledge(policy.award_amount[n], lines.firm[l], firms.alive, firms.aided, firms.pledged, account)
        elif age == 0:
            given, other = now.grant, now.order
            if policy.award_instrument[n] != SUBSIDY:
                given, other = now.order, now.grant
            budget += policy.award_amount[n]
            supports = True
            support.award(policy.award_amount[n], l, lines.firm[l], firms.alive, now.held, firms.aided, given, other)
    return budget, pot, supports, pledging


@phase
def _own_research(first, last, given, rates, firms, desk, layout):
    firm_steps.own_research(
        first, last, layout.desk, given.size_class, firms.live, firms.aided, given.captive,
        rates.research_share, rates.cash_horizon, firms.alive, firms.cash, firms.displaced, firms.sales, desk.legacy,
        desk.own, desk.spending, desk.granted, desk.filled, desk.sold, desk.reputation, desk.hype,
    )  # fmt: skip


@phase
def _spend_grants(first, last, from_firm, to_firm, given, lines, rates, now, firms, desk, layout):
    firm_steps.spend_grants(
        first, last, from_firm, to_firm, lines.firm, now.held, layout.desk, given.size_class,
        rates.crowding_out, now.grant, desk.spending, desk.granted, firms.displaced,
    )  # fmt: skip


@phase
def fund_joint_firms(supports, given, lines, rates, now, firms, desk, market, layout):
    """Research money of the firms whose lines are done at different times."""
    firm_steps.legacy_money(
        layout.joint_lines, layout.solos, lines.firm, lines.technology, lines.effort, layout.desk,
        given.size_class, given.legacy_profit, rates.legacy_research_share, rates.hesitation_threshold,
        rates.hesitation_width, market.value, desk.legacy,
    )  # fmt: skip
    _own_research(layout.solos, layout.desk.size, given, rates, firms, desk, layout)
    if supports:
        _spend_grants(0, lines.firm.size, layout.solos, layout.desk.size, given, lines, rates, now, firms, desk, layout)


@phase
def research_and_offer(t, k, technologies, given, lines, rates, now, firms, desk, market, layout, work, luck):
    """Research of a technology's firms, and the offers of its lines."""
    sums, totals, end = market.sums[k], market.totals[k], technologies.first_line[k + 1]
    clear(totals)
    for first in range(technologies.first_line[k], end, TILE):
        last = min(first + TILE, end)
        _own_research(layout.solos_before[first], layout.solos_before[last], given, rates, firms, desk, layout)
        line_steps.research(
            t, first, last, lines.firm, lines.key, given.size_class, firms.live, layout.desk, now.held,
            lines.effort, work.attention, rates.crowding_out, rates.customer_learning, technologies.research_cost[k],
            technologies.success_rate[k], rates.research_returns, rates.quality_step, rates.imitation_rate,
            market.frontier[k], luck, firms.alive, desk.own, now.grant, now.reputation,
            sums[rows.BEST : rows.BEST + LANES], now.quality,
        )  # fmt: skip
        line_steps.offer(
            first, last, lines.firm, given.size_class, firms.live, lines.reach, lines.appeal, lines.experience,
            technologies.learning_exponent[k], work.log_markup, rates.quality_weight, rates.price_weight,
            rates.reputation_weight, rates.search_share,
            firms.alive, now.quality, now.output, now.base_home, now.base_world, now.reputation, now.log_cost,
            sums, now.price, now.home, now.world, totals,
        )  # fmt: skip


@phase
def demand(t, k, technologies, segments, lines, rates, now, firms, market, work, luck, record):
    """Adoption in the segments of a technology, and derived demand; return how many segments have a minimum quality.

    Writes ``flow``: units demanded per e^V.
    """
    first, last = technologies.first_line[k], technologies.first_line[k + 1]
    clear(work.flow)
    gates = 0
    for s in range(technologies.first_segment[k], technologies.first_segment[k + 1]):
        region, gated = segments.region[s], segments.min_quality[s] > 0.0
        if gated:
            offers = now.home if region == HOME else now.world
            line_steps.eligible_sum(
                first, last, lines.firm, firms.live, segments.min_quality[s], now.quality, offers,
                work.eligible,
            )  # fmt: skip
            work.gated[gates] = s
            gates += 1
            total = work.eligible
        else:
            total = market.totals[k, region * LANES : (region + 1) * LANES]
        segment_steps.adopt(
            segments.potential[s], segments.innovation[s], segments.imitation[s], segments.threshold[s],
            segments.tolerance[s], segments.units_each[s], technologies.replacement[k], rates.demand_noise,
            draws.event(segments.key[s], t, draws.DEMAND), luck, total, market.adopters[s], work.part[s],
        )  # fmt: skip
        if region == HOME:
            segment_steps.add(market.adopters[s], record[rows.ADOPTERS : rows.ADOPTERS + LANES])
        if not gated:
            row = LANES * (region + 2 * segments.public[s])
            segment_steps.add(work.part[s], work.flow[row : row + LANES])
    segment_steps.derive(market.totals[k], market.pulled[k], work.flow)
    return gates


@phase
def deliver(
    t, k, gates, supports, promise, pledge_rate, technologies, segments, given, lines, rates, now, firms, desk, market,
    layout, work, policy, luck, record, account, firm_record,
):  # fmt: skip
    """Deliver a technology's goods, and do the accounts of the firms that have no other."""
    end = technologies.first_line[k + 1]
    lead, private_units, ordered = work.low, work.high, work.total
    line_steps.open_deliveries(record, lead, private_units, work.units)
    if supports:
        line_steps.count_orders(
            technologies.first_line[k], end, now.held, policy.min_quality * market.frontier[k], now.quality, now.order,
            ordered,
        )  # fmt: skip
        for v in range(LANES):
            record[rows.PURCHASE + v] = min(ordered[v], technologies.public_need[k])
    for first in range(technologies.first_line[k], end, TILE):
        last = min(first + TILE, end)
        first_solo, last_solo = layout.solos_before[first], layout.solos_before[last]
        _own_research(first_solo, last_solo, given, rates, firms, desk, layout)
        if supports:
            _spend_grants(first, last, 0, layout.solos, given, lines, rates, now, firms, desk, layout)
            line_steps.fill_orders(
                first, last, lines.firm, now.held, layout.desk, technologies.public_need[k], ordered, now.order,
                desk.filled,
            )  # fmt: skip
        line_steps.deliver(
            first, last, lines.firm, given.size_class, firms.live, layout.desk, now.held, lines.effort,
            segments.region, segments.public, segments.min_quality, work.gated[:gates], work.part,
            rates.public_reference, rates.private_reference, rates.reputation_decay, rates.public_presence,
            technologies.reference_contract[k], technologies.replacement[k],
            now.quality, now.price, now.home, now.world, now.order, work.flow, market.hype[k],
            work.bought, lead, private_units,
            now.output, now.base_home, now.base_world, now.reputation, now.private, now.derived,
            firm_record[rows.TOTAL_PRIVATE_SALES], desk.sold, desk.reputation, desk.hype, record, work.units,
        )  # fmt: skip
        _settle(
            t, first_solo, last_solo, promise, pledge_rate, given, rates, firms, desk, market, layout, work, luck,
            account, firm_record,
        )  # fmt: skip
    line_steps.close_deliveries(
        market.totals[k, rows.BEST_OFFERED : rows.BEST_OFFERED + LANES], market.frontier[k], record, private_units
    )
    for j in range(technologies.order.size):
        if technologies.inputs[k, j] > 0.0:
            segment_steps.pull(technologies.inputs[k, j], work.units, market.pulled[j])


@phase
def _settle(
    t, first, last, promise, pledge_rate, given, rates, firms, desk, market, layout, work, luck, account, firm_record
):
    firm_steps.settle(
        t, first, last, layout.desk, given.key, given.size_class, firms.live, firms.idle, firms.aided,
        given.overhead, work.margin_rate, rates.runway_sought, rates.round_length, rates.funding_base,
        rates.funding_growth, rates.funding_certification, rates.funding_reputation, rates.funding_hype,
        luck, firms.alive, firms.cash, firms.displaced, firms.sales, firms.market_sales, firms.awards, desk.spending,
        desk.granted, desk.filled, desk.legacy, desk.sold, desk.reputation, desk.hype,
        firms.entitled, promise, market.coverage, firms.pledged, pledge_rate, firms.raised, account, work.by_class,
        firm_record[rows.PUBLIC_RECEIVED],
    )  # fmt: skip


@phase
def close_joint_firms(
    t, final, pot, pledging, promise, pledge_rate, given, lines, rates, firms, desk, market, layout, work, policy, luck,
    account, firm_record,
):  # fmt: skip
    """Accounts and exit of the firms whose lines are done at different times; matching of all."""
    joint, last = layout.solos, layout.desk.size
    _settle(
        t, joint, last, promise, pledge_rate, given, rates, firms, desk, market, layout, work, luck, account,
        firm_record,
    )  # fmt: skip
    if pot > 0.0:
        firm_steps.match(
            pot, policy.match_rate, given.size_class, firms.aided, firms.entitled, firms.raised, firms.cash,
            firms.awards, firms.matched, work.by_class, firm_record[rows.PUBLIC_RECEIVED], market.coverage,
            work.total,
        )  # fmt: skip
    if pledging:
        firm_steps.redeem(
            t, final, policy.match_rate, policy.matching_window, policy.award_line, policy.award_instrument,
            policy.award_amount, policy.award_quarter, lines.firm, given.size_class, firms.aided, firms.raised,
            pot > 0.0, firms.pledged, firms.cash, firms.awards, firms.matched, work.by_class,
            firm_record[rows.PUBLIC_RECEIVED], account,
        )  # fmt: skip
    for size_class in range(FOREIGN):
        for v in range(LANES):
            account[rows.PUBLIC_TO_CLASS + size_class * LANES + v] = work.by_class[size_class, v]
    _leave(joint, last, given, firms, desk, layout, account)


@phase
def _leave(first, last, given, firms, desk, layout, account):
    firm_steps.leave(
        first, last, layout.desk, given.size_class, firms.live, firms.alive, firms.cash, desk.died,
        account,
    )  # fmt: skip


@phase
def close_technology(
    t, k, matching, technologies, given, lines, rates, now, firms, desk, market, layout, work, luck, record, account
):
    """Exit and entry, the count of firms, hype; and the sums that the next quarter begins with."""
    end = technologies.first_line[k + 1]
    clear(market.sums[k])
    for first in range(technologies.first_line[k], end, TILE):
        last = min(first + TILE, end)
        _leave(layout.solos_before[first], layout.solos_before[last], given, firms, desk, layout, account)
        line_steps.census(
            first, last, technologies.first_slot[k], lines.firm, given.size_class, layout.desk, firms.idle, firms.aided,
            now.held, now.kept, matching, lines.effort, firms.alive, now.weight, now.grant, firms.raised, firms.matched,
            desk.died, record,
        )  # fmt: skip
        _sum_market(k, first, last, given, lines, now, firms, market)
    line_steps.enter(
        t, technologies.first_slot[k], end, lines.firm, lines.key, technologies.entry_rate[k],
        rates.entry_hype_response, technologies.entrant_cash[k], rates.entrant_spread, market.frontier[k],
        technologies.default_log_cost[k], luck, market.hype[k], market.totals[k], lines.reach, firms.live, firms.idle,
        firms.alive, firms.cash, firms.displaced, firms.sales, firms.market_sales, firms.awards, now.quality,
        now.output, now.base_home, now.base_world, now.reputation, now.reviewed, now.weight, now.log_cost,
        now.private, now.derived, work.total, work.eligible, market.sums[k], record, account,
    )  # fmt: skip
    for v in range(LANES):
        value = record[rows.MARKET_VALUE + v]
        market.hype[k, v] = smoothed_growth(market.hype[k, v], value, market.value[k, v], rates.hype_smoothing)
        market.value[k, v] = value
        record[rows.HYPE + v] = market.hype[k, v]


@phase
def close_quarter(budget, technologies, records, account):
    """Write the budget, to which pledges have added theirs, and what was not paid out."""
    for v in range(LANES):
        account[rows.BUDGET + v] += budget
        spent = 0.0
        for k in range(technologies.order.size):
            spent += records[k, rows.SUBSIDY + v] + records[k, rows.PURCHASE + v] + records[k, rows.MATCHING + v]
        left = account[rows.BUDGET + v] - spent
        # what rounding leaves of a budget that was spent to the last won is nothing
        account[rows.RETURNED + v] = left if left > 1e-12 * account[rows.BUDGET + v] else 0.0


@phase
def close_run(firms, layout, firm_record):
    """Write what firms are at the end."""
    for i in range(layout.desk.size):
        for v in range(LANES):
            firm_record[rows.SURVIVED, i, v] = firms.alive[i, v]
            firm_record[rows.FINAL_SALES, i, v] = firms.sales[i, v]
