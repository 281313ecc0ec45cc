"""The kernel: sixteen replications of one strategy in one world, side by side.

It only loops; the economics is in the equations. A block is a pure function of (world, policy, seed, first
replication): no global state, no threads of its own. It releases the GIL, so that a thread pool can run many at once.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from majung.market import draws
from majung.market.engine import compile, rows, support
from majung.market.engine import firms as firm_steps
from majung.market.engine import lines as line_steps
from majung.market.engine import segments as segment_steps
from majung.market.engine.clear import clear, clear_rows
from majung.market.engine.compile import LANES, block, phase
from majung.market.engine.state import initial_state
from majung.market.equations import smoothed_growth
from majung.market.world import FOREIGN, HOME, Firms, Lines, Policy, Rates, Segments, Technologies, World

__all__ = ["LANES", "Block", "compile_kernel", "is_compiled", "simulate"]


Table = TypeVar("Table", Technologies, Segments, Firms, Lines)


class Block(NamedTuple):
    """Results of up to LANES replications.

    ``paths`` is (len(PATH_ARRAYS), T, K, n), ``accounts`` (len(ACCOUNT_ARRAYS), T, n), ``firms`` (len(FIRM_ARRAYS), I)
    summed over the n replications, entry slots included.
    """

    paths: NDArray[np.float64]
    accounts: NDArray[np.float64]
    firms: NDArray[np.float64]


@phase
def _advance_frontier(world, state):
    technologies, quality = world.technologies, state.lines.quality
    for k in range(technologies.order.size):
        growth = np.exp(technologies.frontier_growth[k])
        state.market.frontier[k] *= growth
        for l in range(technologies.first_line[k], technologies.first_line[k + 1]):
            if world.firms.size_class[world.lines.firm[l]] == FOREIGN:
                for v in range(LANES):
                    quality[l, v] *= growth


@phase
def _give_support(t, supported, world, policy, state, luck):
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
                world.lines.reach, lines.quality, lines.score, lines.masked, lines.reviewed, lines.weight,
                work.wanted, work.left, work.low, work.high, work.total,
            )  # fmt: skip
        support.hand_out(
            budget * policy.mix[0], budget * policy.mix[1], policy.max_award, world.lines.firm, firms.alive,
            lines.weight, lines.grant, lines.order,
        )  # fmt: skip
        support.entitle(world.lines.firm, lines.weight, firms.entitled)
    elif supported:
        clear_rows(lines.weight)
        clear_rows(lines.grant)
        clear_rows(lines.order)
    for n in range(policy.award_quarter.size):
        if policy.award_quarter[n] == t:
            given = lines.grant if policy.award_instrument[n] == 0 else lines.order
            budget += policy.award_amount[n]
            supports = True
            for v in range(LANES):
                given[policy.award_line[n], v] += (
                    policy.award_amount[n] * firms.alive[world.lines.firm[policy.award_line[n]], v]
                )
    return budget, pot, supports


@phase
def _fund_research(supports, world, state):
    lines, firms, rates = world.lines, state.firms, world.rates
    firm_steps.legacy_money(
        lines.firm, lines.technology, lines.effort, world.firms.size_class, world.firms.legacy_profit,
        rates.legacy_research_share, rates.hesitation_threshold, rates.hesitation_width, state.market.value,
        firms.legacy,
    )  # fmt: skip
    firm_steps.own_research(
        world.firms.size_class, firms.live, world.firms.captive, rates.research_share, rates.cash_horizon,
        firms.alive, firms.cash, firms.displaced, firms.sales, firms.legacy,
        firms.own, firms.spending, firms.granted, firms.filled, firms.sold, firms.reputation, firms.hype,
    )  # fmt: skip
    if supports:
        firm_steps.spend_grants(
            lines.firm,
            world.firms.size_class,
            rates.crowding_out,
            state.lines.grant,
            firms.spending,
            firms.granted,
            firms.displaced,
        )


@phase
def _research_and_offer(t, k, world, state, luck):
    technologies, rates, lines, firms = world.technologies, world.rates, world.lines, state.firms
    now, market, work = state.lines, state.market, state.work
    first, last = technologies.first_line[k], technologies.first_line[k + 1]
    line_steps.market_sums(
        first, last, lines.firm, world.firms.size_class, firms.live, lines.reach,
        firms.alive, now.quality, now.base_home, now.base_world, work.sums,
    )  # fmt: skip
    line_steps.research(
        t, first, last, lines.firm, lines.key, world.firms.size_class, firms.live, lines.effort, work.attention,
        rates.crowding_out, rates.customer_learning, technologies.research_cost[k], technologies.success_rate[k],
        rates.research_returns, rates.quality_step, rates.imitation_rate, market.frontier[k],
        luck, firms.alive, firms.own, now.grant, now.reputation, work.sums[rows.BEST : rows.BEST + LANES], now.quality,
    )  # fmt: skip
    line_steps.offer(
        first, last, lines.firm, world.firms.size_class, firms.live, lines.reach, lines.appeal, lines.experience,
        technologies.learning_exponent[k], work.log_markup, rates.quality_weight, rates.price_weight,
        rates.reputation_weight, rates.search_share,
        firms.alive, now.quality, now.output, now.base_home, now.base_world, now.reputation, now.log_cost,
        work.sums, now.price, now.home, now.world, market.totals[k],
    )  # fmt: skip


@phase
def _demand(t, k, world, state, luck, record):
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
            line_steps.eligible_sum(first, last, segments.min_quality[s], state.lines.quality, offers, work.eligible)
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
def _deliver(k, gates, supports, world, policy, state, record):
    technologies, segments, rates, lines = world.technologies, world.segments, world.rates, world.lines
    now, firms, market, work = state.lines, state.firms, state.market, state.work
    first, last = technologies.first_line[k], technologies.first_line[k + 1]
    if supports:
        line_steps.fill_orders(
            first, last, lines.firm, technologies.public_need[k], policy.min_quality * market.frontier[k],
            now.quality, now.order, firms.filled, record[rows.PURCHASE : rows.PURCHASE + LANES],
        )  # fmt: skip
    line_steps.deliver(
        first, last, lines.firm, world.firms.size_class, firms.live, lines.effort,
        segments.region, segments.public, segments.min_quality, work.gated[:gates], work.part,
        rates.public_reference, rates.private_reference, rates.reputation_decay,
        technologies.reference_contract[k], technologies.replacement[k],
        now.quality, now.price, now.home, now.world, now.order, work.flow, market.hype[k],
        work.bought, work.low, work.high,
        now.output, now.base_home, now.base_world, now.reputation, now.private, now.derived,
        firms.sold, firms.reputation, firms.hype, record, work.units,
    )  # fmt: skip
    for j in range(technologies.order.size):
        if technologies.inputs[k, j] > 0.0:
            segment_steps.pull(technologies.inputs[k, j], work.units, market.pulled[j])
    for v in range(LANES):
        record[rows.BEST_QUALITY + v] = market.totals[k, rows.BEST_OFFERED + v] / market.frontier[k]
        record[rows.FRONTIER + v] = market.frontier[k]


@phase
def _close_firms(t, pot, world, policy, state, luck, account, firm_record):
    """Accounts, private funding with matching, and exit."""
    rates, firms, given, work = world.rates, state.firms, world.firms, state.work
    clear_rows(work.by_class)
    promise = policy.match_rate if pot > 0.0 else 0.0
    firm_steps.settle(
        t, given.key, given.size_class, firms.live, given.overhead, work.margin_rate, rates.runway_sought,
        rates.round_length, rates.funding_base, rates.funding_growth, rates.funding_certification,
        rates.funding_reputation, rates.funding_hype,
        luck, firms.alive, firms.cash, firms.displaced, firms.sales, firms.market_sales, firms.awards, firms.spending,
        firms.granted, firms.filled, firms.legacy, firms.sold, firms.reputation, firms.hype,
        firms.entitled, promise, state.market.coverage, firms.raised, account, work.by_class,
        firm_record[rows.PUBLIC_RECEIVED],
    )  # fmt: skip
    if pot > 0.0:
        firm_steps.match(
            pot, policy.match_rate, given.size_class, firms.entitled, firms.raised, firms.cash, firms.awards,
            firms.matched, work.by_class, firm_record[rows.PUBLIC_RECEIVED], state.market.coverage, work.total,
        )  # fmt: skip
    else:
        clear_rows(firms.matched)
    firm_steps.leave(given.size_class, firms.alive, firms.cash, firms.died, account)
    for size_class in range(FOREIGN):
        for v in range(LANES):
            account[rows.PUBLIC_TO_CLASS + size_class * LANES + v] = work.by_class[size_class, v]


@phase
def _enter_and_count(t, k, world, state, luck, record, account):
    technologies, rates, lines, firms = world.technologies, world.rates, world.lines, state.firms
    now, market = state.lines, state.market
    first, last = technologies.first_line[k], technologies.first_line[k + 1]
    line_steps.enter(
        t, technologies.first_slot[k], last, lines.firm, lines.key, technologies.entry_rate[k],
        rates.entry_hype_response, technologies.entrant_cash[k], rates.entrant_spread, market.frontier[k],
        technologies.default_log_cost[k], luck, market.hype[k], market.totals[k],
        firms.alive, firms.cash, firms.displaced, firms.sales, firms.market_sales, firms.awards, now.quality,
        now.output,
        now.base_home, now.base_world, now.reputation, now.reviewed, now.weight, now.log_cost, now.private, now.derived,
        state.work.total, record, account,
    )  # fmt: skip
    line_steps.census(
        first, last, lines.firm, world.firms.size_class, lines.effort, firms.alive, now.weight, now.grant,
        firms.raised, firms.matched, firms.died, record,
    )  # fmt: skip
    for v in range(LANES):
        value = record[rows.MARKET_VALUE + v]
        market.hype[k, v] = smoothed_growth(market.hype[k, v], value, market.value[k, v], rates.hype_smoothing)
        market.value[k, v] = value
        record[rows.HYPE + v] = market.hype[k, v]


@block
def _run(world, policy, state, luck, paths, accounts, firm_record):
    """Fill ``paths`` (T, K, P x LANES), ``accounts`` (T, A x LANES) and ``firm_record`` (F, I, LANES)."""
    order = world.technologies.order
    # false, but not a literal, for which the compiler would compile support a second time
    supported = world.quarters < 0
    for t in range(world.quarters):
        account = accounts[t]
        _advance_frontier(world, state)
        firm_steps.mark_live(state.firms.alive, state.firms.live)
        budget, pot, supports = _give_support(t, supported, world, policy, state, luck)
        supported = supports
        _fund_research(supports, world, state)
        clear_rows(state.market.pulled)
        for k in order:
            _research_and_offer(t, k, world, state, luck)
            gates = _demand(t, k, world, state, luck, paths[t, k])
            _deliver(k, gates, supports, world, policy, state, paths[t, k])
        _close_firms(t, pot, world, policy, state, luck, account, firm_record)
        private_sales = firm_record[rows.TOTAL_PRIVATE_SALES]
        firm_steps.close_sales(world.lines.firm, state.firms.live, state.lines.private, private_sales)
        for k in range(order.size):
            _enter_and_count(t, k, world, state, luck, paths[t, k], account)
        firm_steps.close_accounts(world.firms.size_class, state.firms.alive, state.firms.cash, account)
        for v in range(LANES):
            account[rows.BUDGET + v] = budget
            spent = 0.0
            for k in range(order.size):
                record = paths[t, k]
                spent += record[rows.SUBSIDY + v] + record[rows.PURCHASE + v] + record[rows.MATCHING + v]
            left = budget - spent
            # what rounding leaves of a budget that was spent to the last won is nothing
            account[rows.RETURNED + v] = left if left > 1e-12 * budget else 0.0
    for i in range(world.firms.key.size):
        for v in range(LANES):
            firm_record[rows.SURVIVED, i, v] = state.firms.alive[i, v]
            firm_record[rows.FINAL_SALES, i, v] = state.firms.sales[i, v]


def simulate(world: World, policy: Policy, seed: int, first_replication: int, count: int) -> Block:
    """Simulate ``count`` ≤ LANES replications from ``first_replication`` on.

    Parameters
    ----------
    world, policy
        Inputs; not changed.
    seed
        Any integer from 0 to 2**64 - 1.
    first_replication, count
        Which replications.

    Returns
    -------
    Block
        The results; bytes depend on the arguments only.
    """
    if not 1 <= count <= LANES:
        raise ValueError(f"count must be 1 to {LANES}, not {count}")
    shape = (world.quarters, world.technologies.order.size)
    luck = np.array(
        [draws.luck(np.uint64(seed), np.uint64(first_replication + lane)) for lane in range(LANES)], dtype=np.uint64
    )
    paths = np.zeros((*shape, rows.PATHS * LANES))
    accounts = np.zeros((world.quarters, rows.ACCOUNTS * LANES))
    firm_record = np.zeros((rows.FIRM_ROWS, world.firms.key.size, LANES))
    _run(world, policy, initial_state(world, policy), luck, paths, accounts, firm_record)
    return Block(
        np.ascontiguousarray(paths.reshape(*shape, rows.PATHS, LANES).transpose(2, 0, 1, 3)[..., :count]),
        np.ascontiguousarray(accounts.reshape(-1, rows.ACCOUNTS, LANES).transpose(1, 0, 2)[..., :count]),
        firm_record[..., :count].sum(axis=2),
    )


def is_compiled() -> bool:
    """Whether the kernel is compiled, in this process or on disk."""
    return compile.is_compiled(_run)


def compile_kernel() -> None:
    """Compile the kernel, or load it from disk, by running no quarter of an empty world."""
    ints, floats, flags, keys = np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.bool_), np.zeros(0, np.uint64)

    def filled(table: type[Table], **others: Any) -> Table:
        return table(**{name: others.get(name, floats) for name in table._fields})

    by_class = np.zeros(5)
    rates: dict[str, Any] = {name: 0.0 for name in Rates._fields} | {"markup": by_class, "crowding_out": by_class}
    world = World(
        quarters=0,
        technologies=filled(
            Technologies, order=ints, first_line=ints, first_slot=ints, first_segment=ints, inputs=np.zeros((0, 0))
        ),
        segments=filled(Segments, region=ints, public=flags, key=keys),
        firms=filled(Firms, size_class=ints, alive=flags, lines=ints, key=keys),
        lines=filled(Lines, firm=ints, technology=ints, base=np.zeros((0, 2)), appeal=np.zeros((0, 2)), key=keys),
        rates=Rates(**rates),
    )
    nothing = Policy(
        start=0, length=0, budget=0.0, mix=np.zeros(3), admits_class=np.zeros(5, np.bool_), admits_technology=flags,
        class_weight=by_class, criteria=np.zeros(6), noise=0.0, winners=0, spread=0, review=1, gate=False,
        small_firm_floor=0.0, min_quality=0.0, max_award=0.0, match_rate=0.0,
        award_line=ints, award_instrument=ints, award_amount=floats, award_quarter=ints,
    )  # fmt: skip
    simulate(world, nothing, 0, 0, 1)
