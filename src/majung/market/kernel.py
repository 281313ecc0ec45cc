"""The kernel: sixteen replications of one strategy in one world, side by side.

It only loops; the economics is in the equations. A block is a pure function of (world, policy, seed, first
replication): no global state, no threads of its own. It releases the GIL, so that a thread pool can run many at once.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from majung.market import draws
from majung.market.engine import compile, phases, rows
from majung.market.engine.clear import clear_rows
from majung.market.engine.compile import LANES, block
from majung.market.engine.layout import arrange
from majung.market.engine.state import initial_state
from majung.market.world import Firms, Lines, Policy, Rates, Segments, Technologies, World

__all__ = ["LANES", "Block", "compile_kernel", "is_compiled", "simulate"]


Table = TypeVar("Table", Technologies, Segments, Firms, Lines)


class Block(NamedTuple):
    """Results of up to LANES replications.

    ``paths`` is (len(PATH_ARRAYS), T, K, n), ``accounts`` (len(ACCOUNT_ARRAYS), T, n), ``firms`` (len(FIRM_ARRAYS), I)
    summed over the n replications, entry slots included. ``named`` (len(FIRM_ARRAYS), m, n) are the same by
    replication, of the firms that the policy's table of awards names, ascending, and of all where it names none.
    """

    paths: NDArray[np.float64]
    accounts: NDArray[np.float64]
    firms: NDArray[np.float64]
    named: NDArray[np.float64] | None = None


@block
def _run(
    quarters, technologies, segments, given, lines, rates, policy, now, firms, desk, market, layout, work,
    luck, paths, accounts, firm_record,
):  # fmt: skip
    """Fill ``paths`` (T, K, P x LANES), ``accounts`` (T, A x LANES) and ``firm_record`` (F, I, LANES).

    World and state come table by table, and phases take only the tables they need: it is quicker to compile.
    """
    order = technologies.order
    # false, but not a literal, for which the compiler would compile support a second time
    supported = quarters < 0
    phases.open_market(technologies, given, lines, now, firms, market)
    for t in range(quarters):
        account = accounts[t]
        phases.advance_frontier(technologies, lines, now, market, layout)
        budget, pot, supports, pledging = phases.give_support(
            t, supported, technologies, given, lines, rates, now, firms, market, work, policy, luck, account
        )
        supported = supports
        promise = policy.match_rate if pot > 0.0 else 0.0
        pledge_rate = policy.match_rate if pledging else 0.0
        clear_rows(work.by_class)
        clear_rows(market.pulled)
        phases.fund_joint_firms(supports, given, lines, rates, now, firms, desk, market, layout)
        for k in order:
            record = paths[t, k]
            phases.research_and_offer(
                t, k, technologies, given, lines, rates, now, firms, desk, market, layout, work, luck
            )
            gates = phases.demand(t, k, technologies, segments, lines, rates, now, firms, market, work, luck, record)
            phases.deliver(
                t, k, gates, supports, promise, pledge_rate, technologies, segments, given, lines, rates, now, firms,
                desk, market, layout, work, policy, luck, record, account, firm_record,
            )  # fmt: skip
        phases.close_joint_firms(
            t, t == quarters - 1, pot, pledging, promise, pledge_rate, given, lines, rates, firms, desk, market, layout,
            work, policy, luck, account, firm_record,
        )  # fmt: skip
        for k in range(order.size):
            phases.close_technology(
                t, k, pot > 0.0 or pledging, technologies, given, lines, rates, now, firms, desk, market, layout, work,
                luck, paths[t, k], account,
            )  # fmt: skip
        phases.close_quarter(budget, technologies, paths[t], account)
    phases.close_run(firms, layout, firm_record)


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
    laid_out, layout, order = arrange(world)
    state = initial_state(laid_out, policy, layout)
    _run(*laid_out, policy, *state, luck, paths, accounts, firm_record)
    firms = np.empty(firm_record.shape[:2])
    firms[:, order] = firm_record[..., :count].sum(axis=2)
    named = np.unique(world.lines.firm[policy.award_line]) if policy.award_line.size else np.arange(order.size)
    laid_out_at = np.argsort(order)
    return Block(
        np.ascontiguousarray(paths.reshape(*shape, rows.PATHS, LANES).transpose(2, 0, 1, 3)[..., :count]),
        np.ascontiguousarray(accounts.reshape(-1, rows.ACCOUNTS, LANES).transpose(1, 0, 2)[..., :count]),
        firms,
        firm_record[:, laid_out_at[named], :count],
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
        small_firm_floor=0.0, min_quality=0.0, max_award=0.0, match_rate=0.0, matching_window=4,
        award_line=ints, award_instrument=ints, award_amount=floats, award_quarter=ints,
    )  # fmt: skip
    simulate(world, nothing, 0, 0, 1)
