"""Firms of a laid-out world stand in the order of their lines, and nothing else about it is changed."""

from __future__ import annotations

import numpy as np
from tests.oracle import builder

from majung.market.engine.layout import TILE, arrange
from majung.market.world import FOREIGN, SME, World


def world() -> World:
    return builder.make_world(np.random.default_rng(3), technologies=3, firms=2 * TILE, slots=TILE)


def test_every_line_keeps_its_firm() -> None:
    given = world()
    laid_out, _, order = arrange(given)
    assert sorted(order) == list(range(given.firms.key.size))
    for name in given.firms._fields:
        before, after = getattr(given.firms, name), getattr(laid_out.firms, name)
        np.testing.assert_array_equal(after[laid_out.lines.firm], before[given.lines.firm], err_msg=name)
        np.testing.assert_array_equal(after, before[order], err_msg=name)


def test_solo_firms_come_first_in_the_order_of_their_lines() -> None:
    laid_out, layout, _ = arrange(world())
    line_firm, size_class = laid_out.lines.firm, laid_out.firms.size_class
    solo = np.flatnonzero(line_firm < layout.solos)
    np.testing.assert_array_equal(line_firm[solo], np.arange(layout.solos))
    np.testing.assert_array_equal(np.flatnonzero(line_firm >= layout.solos), layout.joint_lines)
    assert 0 < layout.solos < size_class.size
    assert all(size <= SME or size == FOREIGN for size in size_class[: layout.solos])
    several = np.bincount(line_firm, minlength=size_class.size) > 1
    assert not several[: layout.solos].any()
    assert several[layout.solos :].any()


def test_firms_of_a_tile_share_no_row_of_the_desk() -> None:
    laid_out, layout, _ = arrange(world())
    joint = layout.desk[layout.solos :]
    for first in range(laid_out.lines.firm.size - TILE + 1):
        rows = layout.desk[layout.solos_before[first] : layout.solos_before[first + TILE]]
        assert len({*rows, *joint}) == len(rows) + len(joint)
