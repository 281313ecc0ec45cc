"""The phases of a quarter: they hand the arrays of world and state to steps, tile by tile.

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
from majung.market.world import FOREIGN, HOME


@phase
def open_market(world, state):
    """Sum what research and offers of the first quarter need."""
    for k in range(world.technologies.order.size):
        first, last = world.technologies.first_line[k], world.technologies.first_line[k + 1]
        _sum_market(k, first, last, world, state)


@phase
def _sum_market(k, first, last, world, state):
    lines, firms, now = world.lines, state.firms, state.lines
    line_steps.market_sums(
        first, last, lines.firm, world.firms.size_class, firms.live, lines.reach,
        firms.alive, now.quality, now.base_home, now.base_world, state.market.sums[k],
    )  # fmt: skip


@phase
def advance_frontier(world, state):
    """Move the frontier, and foreign lines with it."""
    technologies, quality = world.technologies, state.lines.quality
    for k in range(technologies.order.size):
        state.market.frontier[k] *= np.exp(technologies.frontier_growth[k])
    for l in state.layout.foreign_lines:
        growth = np.exp(technologies.frontier_growth[world.lines.technology[l]])
        for v in range(LANES):
            quality[l, v] *= growth


@phase
def give_support(t, supported, world, policy, state, luck):
    """Review, grant and order; return the budget of the quarter, its matching pot, and whether there is any support.

    ``supported`` says whether there was any in the quarter before, which has to be taken back.
    """
    lines, firms, technologies = state.lines, state.firms, world.technologies
    since = t - policy.start
    budget, pot, supports = 0.0, 0.0, False
    if policy.budget > 0.0 and 0 <= since < policy.length:
        work = state.work
        budget, pot, supports = policy.budget, policy.budget * policy.mix[2], True
        if since % policy.review == 0:
            support.score_lines(
                t, work.admitted, policy.admits_technology, policy.criteria, policy.class_weight, policy.noise,
                policy.gate, world.rates.research_share, world.lines.firm, world.lines.technology, world.lines.key,
                world.firms.size_class, world.firms.overhead, world.firms.legacy_profit, world.firms.lines,
                technologies.research_cost,
                technologies.reference_contract, technologies.frontier_growth, state.market.frontier,
                float(t if since == 0 else policy.review), luck,
                firms.alive, firms.cash, firms.sales, lines.quality, lines.reviewed, lines.weight, lines.private,
                lines.derived, lines.score,
            )  # fmt: skip
            support.review(
                policy.winners, policy.small_firm_floor, policy.spread, world.lines.firm, world.firms.size_class,
                world.lines.reach, lines.quality, lines.score, lines.masked, lines.reviewed, lines.weight, lines.kept,
                work.candidates, work.wanted, work.left, work.low, work.high, work.total, work.eligible,
            )  # fmt: skip
            clear_rows(firms.entitled)
        support.hand_out(
            budget * policy.mix[0], budget * policy.mix[1], policy.max_award, world.lines.firm, firms.alive,
            lines.weight, lines.kept, lines.held, firms.aided, lines.grant, lines.order,
        )  # fmt: skip
        support.entitle(world.lines.firm, lines.kept, lines.weight, firms.entitled)
    elif supported:
        support.end(lines.kept, lines.held)
    for n in range(policy.award_quarter.size):
        if policy.award_quarter[n] == t:
            l = policy.award_line[n]
            given, other = lines.grant, lines.order
            if policy.award_instrument[n] != 0:
                given, other = lines.order, lines.grant
            budget += policy.award_amount[n]
            supports = True
            support.award(
                policy.award_amount[n], l, world.lines.firm[l], firms.alive, lines.held, firms.aided, given, other
            )
    return budget, pot, supports


@phase
def _own_research(first, last, world, state):
    firms, desk, rates = state.firms, state.desk, world.rates
    firm_steps.own_research(
        first, last, state.layout.desk, world.firms.size_class, firms.live, firms.aided, world.firms.captive,
        rates.research_share, rates.cash_horizon, firms.alive, firms.cash, firms.displaced, firms.sales, desk.legacy,
        desk.own, desk.spending, desk.granted, desk.filled, desk.sold, desk.reputation, desk.hype,
    )  # fmt: skip


@phase
def _spend_grants(first, last, from_firm, to_firm, world, state):
    firms, desk = state.firms, state.desk
    firm_steps.spend_grants(
        first, last, from_firm, to_firm, world.lines.firm, state.lines.held, state.layout.desk, world.firms.size_class,
        world.rates.crowding_out, state.lines.grant, desk.spending, desk.granted, firms.displaced,
    )  # fmt: skip


@phase
def fund_joint_firms(supports, world, state):
    """Research money of the firms whose lines are done at different times."""
    lines, rates, layout = world.lines, world.rates, state.layout
    firm_steps.legacy_money(
        layout.joint_lines, layout.solos, lines.firm, lines.technology, lines.effort, layout.desk,
        world.firms.size_class, world.firms.legacy_profit, rates.legacy_research_share, rates.hesitation_threshold,
        rates.hesitation_width, state.market.value, state.desk.legacy,
    )  # fmt: skip
    _own_research(layout.solos, layout.desk.size, world, state)
    if supports:
        _spend_grants(0, lines.firm.size, layout.solos, layout.desk.size, world, state)


@phase
def research_and_offer(t, k, world, state, luck):
    """Research of a technology's firms, and the offers of its lines."""
    technologies, rates, lines, firms = world.technologies, world.rates, world.lines, state.firms
    now, market, work, layout = state.lines, state.market, state.work, state.layout
    sums, totals, end = market.sums[k], market.totals[k], technologies.first_line[k + 1]
    clear(totals)
    for first in range(technologies.first_line[k], end, TILE):
        last = min(first + TILE, end)
        _own_research(layout.solos_before[first], layout.solos_before[last], world, state)
        line_steps.research(
            t, first, last, lines.firm, lines.key, world.firms.size_class, firms.live, layout.desk, now.held,
            lines.effort, work.attention, rates.crowding_out, rates.customer_learning, technologies.research_cost[k],
            technologies.success_rate[k], rates.research_returns, rates.quality_step, rates.imitation_rate,
            market.frontier[k], luck, firms.alive, state.desk.own, now.grant, now.reputation,
            sums[rows.BEST : rows.BEST + LANES], now.quality,
        )  # fmt: skip
        line_steps.offer(
            first, last, lines.firm, world.firms.size_class, firms.live, lines.reach, lines.appeal, lines.experience,
            technologies.learning_exponent[k], work.log_markup, rates.quality_weight, rates.price_weight,
            rates.reputation_weight, rates.search_share,
            firms.alive, now.quality, now.output, now.base_home, now.base_world, now.reputation, now.log_cost,
            sums, now.price, now.home, now.world, totals,
        )  # fmt: skip


@phase
def demand(t, k, world, state, luck, record):
    """Adoption in the segments of a technology, and derived demand; return how many segments have a minimum quality.

    Writes ``flow``: units demanded per e^V.
    """
    technologies, segments = world.technologies, world.segments
    market, work = state.market, state.work
    first, last = technologies.first_line[k], technologies.first_line[k + 1]
    clear(work.flow)
    gates = 0
    for s in range(technologies.first_segment[k], technologies.first_segment[k + 1]):
        region, gated = segments.region[s], segments.min_quality[s] > 0.0
        if gated:
            offers = state.lines.home if region == HOME else state.lines.world
            line_steps.eligible_sum(
                first, last, world.lines.firm, state.firms.live, segments.min_quality[s], state.lines.quality, offers,
                work.eligible,
            )  # fmt: skip
            work.gated[gates] = s
            gates += 1
            total = work.eligible
        else:
            total = market.totals[k, region * LANES : (region + 1) * LANES]
        segment_steps.adopt(
            segments.potential[s], segments.innovation[s], segments.imitation[s], segments.threshold[s],
            segments.tolerance[s], segments.units_each[s], technologies.replacement[k], world.rates.demand_noise,
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
def deliver(t, k, gates, supports, promise, world, policy, state, luck, record, account, firm_record):
    """Deliver a technology's goods, and do the accounts of the firms that have no other."""
    technologies, segments, rates, lines = world.technologies, world.segments, world.rates, world.lines
    now, firms, market, work = state.lines, state.firms, state.market, state.work
    layout, desk = state.layout, state.desk
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
        _own_research(first_solo, last_solo, world, state)
        if supports:
            _spend_grants(first, last, 0, layout.solos, world, state)
            line_steps.fill_orders(
                first, last, lines.firm, now.held, layout.desk, technologies.public_need[k], ordered, now.order,
                desk.filled,
            )  # fmt: skip
        line_steps.deliver(
            first, last, lines.firm, world.firms.size_class, firms.live, layout.desk, now.held, lines.effort,
            segments.region, segments.public, segments.min_quality, work.gated[:gates], work.part,
            rates.public_reference, rates.private_reference, rates.reputation_decay,
            technologies.reference_contract[k], technologies.replacement[k],
            now.quality, now.price, now.home, now.world, now.order, work.flow, market.hype[k],
            work.bought, lead, private_units,
            now.output, now.base_home, now.base_world, now.reputation, now.private, now.derived,
            firm_record[rows.TOTAL_PRIVATE_SALES], desk.sold, desk.reputation, desk.hype, record, work.units,
        )  # fmt: skip
        _settle(t, first_solo, last_solo, promise, world, state, luck, account, firm_record)
    line_steps.close_deliveries(
        market.totals[k, rows.BEST_OFFERED : rows.BEST_OFFERED + LANES], market.frontier[k], record, private_units
    )
    for j in range(technologies.order.size):
        if technologies.inputs[k, j] > 0.0:
            segment_steps.pull(technologies.inputs[k, j], work.units, market.pulled[j])


@phase
def _settle(t, first, last, promise, world, state, luck, account, firm_record):
    rates, firms, given, work, desk = world.rates, state.firms, world.firms, state.work, state.desk
    firm_steps.settle(
        t, first, last, state.layout.desk, given.key, given.size_class, firms.live, firms.idle, firms.aided,
        given.overhead, work.margin_rate, rates.runway_sought, rates.round_length, rates.funding_base,
        rates.funding_growth, rates.funding_certification, rates.funding_reputation, rates.funding_hype,
        luck, firms.alive, firms.cash, firms.displaced, firms.sales, firms.market_sales, firms.awards, desk.spending,
        desk.granted, desk.filled, desk.legacy, desk.sold, desk.reputation, desk.hype,
        firms.entitled, promise, state.market.coverage, firms.raised, account, work.by_class,
        firm_record[rows.PUBLIC_RECEIVED],
    )  # fmt: skip


@phase
def close_joint_firms(t, pot, promise, world, policy, state, luck, account, firm_record):
    """Accounts and exit of the firms whose lines are done at different times; matching of all."""
    firms, given, work, layout = state.firms, world.firms, state.work, state.layout
    joint, last = layout.solos, layout.desk.size
    _settle(t, joint, last, promise, world, state, luck, account, firm_record)
    if pot > 0.0:
        firm_steps.match(
            pot, policy.match_rate, given.size_class, firms.aided, firms.entitled, firms.raised, firms.cash,
            firms.awards, firms.matched, work.by_class, firm_record[rows.PUBLIC_RECEIVED], state.market.coverage,
            work.total,
        )  # fmt: skip
    for size_class in range(FOREIGN):
        for v in range(LANES):
            account[rows.PUBLIC_TO_CLASS + size_class * LANES + v] = work.by_class[size_class, v]
    _leave(joint, last, world, state, account)


@phase
def _leave(first, last, world, state, account):
    firms = state.firms
    firm_steps.leave(
        first, last, state.layout.desk, world.firms.size_class, firms.live, firms.alive, firms.cash, state.desk.died,
        account,
    )  # fmt: skip


@phase
def close_technology(t, k, matching, world, state, luck, record, account):
    """Exit and entry, the count of firms, hype; and the sums that the next quarter begins with."""
    technologies, rates, lines, firms = world.technologies, world.rates, world.lines, state.firms
    now, market, work, layout, desk = state.lines, state.market, state.work, state.layout, state.desk
    end = technologies.first_line[k + 1]
    clear(market.sums[k])
    for first in range(technologies.first_line[k], end, TILE):
        last = min(first + TILE, end)
        _leave(layout.solos_before[first], layout.solos_before[last], world, state, account)
        line_steps.census(
            first, last, lines.firm, world.firms.size_class, layout.desk, firms.idle, firms.aided, now.held, now.kept,
            matching, lines.effort, firms.alive, now.weight, now.grant, firms.raised, firms.matched, desk.died, record,
        )  # fmt: skip
        _sum_market(k, first, last, world, state)
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
def close_quarter(budget, world, records, account):
    """Write the budget, and what was not paid out."""
    for v in range(LANES):
        account[rows.BUDGET + v] = budget
        spent = 0.0
        for k in range(world.technologies.order.size):
            spent += records[k, rows.SUBSIDY + v] + records[k, rows.PURCHASE + v] + records[k, rows.MATCHING + v]
        left = budget - spent
        # what rounding leaves of a budget that was spent to the last won is nothing
        account[rows.RETURNED + v] = left if left > 1e-12 * budget else 0.0


@phase
def close_run(state, firm_record):
    """Write what firms are at the end."""
    for i in range(state.layout.desk.size):
        for v in range(LANES):
            firm_record[rows.SURVIVED, i, v] = state.firms.alive[i, v]
            firm_record[rows.FINAL_SALES, i, v] = state.firms.sales[i, v]
