"""Set arrays to zero: loops compile much faster than assignments to slices."""

from __future__ import annotations

from majung.market.engine.compile import step


@step
def clear(values):
    """Set (n,) values to zero."""
    for n in range(values.size):
        values[n] = 0.0


@step
def clear_rows(values):
    """Set (n, LANES) values to zero."""
    for n in range(values.shape[0]):
        for v in range(values.shape[1]):
            values[n, v] = 0.0
