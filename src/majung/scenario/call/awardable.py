"""What could be awarded: eligible applications by instrument, amount and quarter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from majung.scenario.call.judging.findings import Judgement, Status
from majung.scenario.call.options import Options

if TYPE_CHECKING:
    from majung.scenario.call.model import Call

__all__ = ["options_of"]

_SLIP: Final = 1e-6


def options_of(call: Call, judgements: Sequence[Judgement]) -> Options:
    """Return every option of the eligible applications.

    Amounts are the call's steps between the minimum and the amount asked, cut to the ceiling of the instrument, in
    whole units of the currency.

    Parameters
    ----------
    call : Call
    judgements : sequence of Judgement
        One for each application.

    Returns
    -------
    Options
        By application id, then instrument, amount and quarter: the order of rows in the file does not matter.
    """
    table = call.applications
    found: list[tuple[int, int, float, int]] = []
    for place in sorted(range(len(table)), key=lambda place: str(table.id[place])):
        judgement = judgements[place]
        if judgement.status is not Status.ELIGIBLE:
            continue
        low, high = float(table.minimum[place]), float(table.amount[place])
        for instrument in np.flatnonzero(table.instruments[place] & (judgement.ceiling > 0)).tolist():
            most = float(judgement.ceiling[instrument])
            for amount in _amounts(low, high, most, call.steps, call.money.exponent):
                found += [(place, instrument, amount, quarter) for quarter in call.quarters]
    applications, instruments, amounts, quarters = list(zip(*found, strict=True)) or [()] * 4
    options = Options(
        application=np.array(applications, dtype=np.int64),
        instrument=np.array(instruments, dtype=np.int64),
        amount=np.array(amounts, dtype=np.float64),
        quarter=np.array(quarters, dtype=np.int64),
    )
    for array in (options.application, options.instrument, options.amount, options.quarter):
        array.setflags(write=False)
    return options


def _amounts(low: float, high: float, most: float, steps: Sequence[float], exponent: int) -> list[float]:
    """Return the amounts between two, none above `most`, in whole units of the currency, ascending."""
    scale = 10.0**exponent
    whole = (np.floor(min(low + step * (high - low), most) * scale + _SLIP) / scale for step in steps)
    return sorted({float(amount) for amount in whole if amount > 0})
