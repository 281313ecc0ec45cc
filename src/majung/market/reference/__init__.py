"""The market in plain NumPy: the slow twin that the compiled kernel is held against.

Written from ``docs/model.md`` alone, without a look at the kernel: :mod:`.luck` draws, :mod:`.steps` has the state and
the steps of a quarter, :mod:`.quantities` what the steps hand to one another, :mod:`.record` the result arrays.
"""

from majung.market.reference.record import simulate

__all__ = ["simulate"]
