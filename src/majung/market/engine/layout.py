"""How a world is laid out for the kernel, so that what is used together lies together and stays in the cache.

A large world's state does not fit into a core's cache. So the kernel takes a technology tile by tile, a tile through
all steps that follow one another, and firms stand in the order of their lines.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from majung.market.world import FOREIGN, SME, Ints, World

TILE: Final = 64
"""Lines that go through the steps together: their rows, 128 bytes in some twenty arrays, fit a second-level cache."""


class Layout(NamedTuple):
    """Where firms and lines stand.

    A *solo* firm has one line and no old business to weigh: its accounts can be done as soon as its line is. The others
    are *joint* firms. Solo firms come first, in the order of their lines.
    """

    solos: int
    """Firms 0 to solos - 1 are solo firms."""
    solos_before: Ints
    """(L + 1,) Solo firms among the lines before each line: those of lines a to b are solos_before[a] to [b] - 1."""
    desk: Ints
    """(I,) Row of a firm on the `Desk`: solo firms of a tile share the rows with those of all other tiles."""
    foreign_lines: Ints
    joint_lines: Ints
    """Lines of joint firms."""


def arrange(world: World) -> tuple[World, Layout, NDArray[np.intp]]:
    """Put the firms of a world in the order of their lines.

    Returns
    -------
    world : World
        The same world, with firms in another order.
    layout : Layout
    order : (I,) ints
        Which of the given firms stands in each row.
    """
    line_firm, size_class = world.lines.firm, world.firms.size_class
    count = np.bincount(line_firm, minlength=size_class.size)
    solo = (count == 1) & ((size_class <= SME) | (size_class == FOREIGN))
    of_solo = solo[line_firm]
    order = np.concatenate([line_firm[of_solo], np.flatnonzero(~solo)])
    row = np.empty(order.size, dtype=np.int64)
    row[order] = np.arange(order.size)
    solos = int(of_solo.sum())
    desk = np.arange(order.size, dtype=np.int64)
    desk[:solos] %= TILE
    desk[solos:] += TILE - solos
    layout = Layout(
        solos=solos,
        solos_before=np.concatenate([np.zeros(1, np.int64), np.cumsum(of_solo, dtype=np.int64)]),
        desk=desk,
        foreign_lines=np.flatnonzero(size_class[line_firm] == FOREIGN),
        joint_lines=np.flatnonzero(~of_solo),
    )
    firms = type(world.firms)(*(column[order] for column in world.firms))
    return world._replace(firms=firms, lines=world.lines._replace(firm=row[line_firm])), layout, order
