"""Put a series together from the rows that are known on a day, and say what that left to be said.

Everything that a series is — its values, its frequency, even its kind where that is guessed — follows from the rows
alone. So a series as of a day is put together from the rows known on that day, and nothing later can leak in.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from majung.evidence.series.kinds import KINDS, UNIT_MARKETS, Kind, guessed_kind, scale_of
from majung.evidence.series.periods import EPOCH, Days, Grain, Period
from majung.evidence.series.spacing import regular_ends
from majung.messages import Phrase

__all__ = ["Defaults", "Rows", "assemble"]

LATE_START: Final = 0.1
"""Share of the greatest value from which the first one of a per-period series says that data begin late."""
LATE_LEVEL: Final = 0.01
"""The same for what is counted up: of the market where it is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What holds for a series where its rows do not say, or in spite of them.

    Parameters
    ----------
    kind, unit, market
        Given by the caller: they go before what rows say. None where nothing is given.
    header_unit : str
        Unit in the header of the values.
    clues : tuple of str
        Names from which the kind may be guessed.
    file_clue : str
        The file's name, which has to be plainer to be taken as a hint.
    """

    kind: Kind | None = None
    unit: str | None = None
    market: float | None = None
    header_unit: str = ""
    clues: tuple[str, ...] = ()
    file_clue: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Every figure of one series with the day on which it became known, by end of period, then by that day.

    Parameters
    ----------
    ends, published : array of int, shape (n,)
        Days since 1970-01-01.
    values, driver, market : array of float, shape (n,)
        NaN where empty.
    kind : array of int, shape (n,)
        Place in `KINDS`; -1 where empty.
    unit, name, name_ko, source : array of str, shape (n,)
        Empty text where empty.
    """

    ends: Days
    published: Days
    values: NDArray[np.float64]
    driver: NDArray[np.float64]
    market: NDArray[np.float64]
    kind: NDArray[np.int8]
    unit: NDArray[Any]
    name: NDArray[Any]
    name_ko: NDArray[Any]
    source: NDArray[Any]

    def __len__(self) -> int:
        return len(self.ends)

    def take(self, places: NDArray[Any]) -> Rows:
        """Return some rows, by their places or by flags."""
        return Rows(**{field.name: getattr(self, field.name)[places] for field in fields(self)})

    def known(self, day: int) -> Rows:
        """Return the rows that were known on a day."""
        return self.take(self.published <= day)

    def latest(self) -> Rows:
        """Return the row of each period that became known last."""
        return self.take(np.append(self.ends[1:] != self.ends[:-1], np.ones(min(len(self), 1), bool)))


def assemble(rows: Rows, name: str, grain: Grain, defaults: Defaults) -> dict[str, Any]:
    """Put a series together.

    Parameters
    ----------
    rows : Rows
        What is known of it.
    name : str
        Its id, and its name where no row gives one.
    grain : str
        How its periods are written.
    defaults : Defaults

    Returns
    -------
    dict
        The fields of `Series` from ``ends`` on.
    """
    latest = rows.latest()
    there = np.flatnonzero(~np.isnan(latest.values))
    latest = latest.take(slice(there[0], there[-1] + 1) if len(there) else slice(0, 0))  # type: ignore[arg-type]
    frequency, ends, places = regular_ends(latest.ends, grain)
    values = _spread(latest.values, places, len(ends))
    unit = defaults.unit if defaults.unit is not None else (_last(rows.unit) or defaults.header_unit)
    kind, market, notes = _meaning(rows, values, unit, defaults)
    notes += _what_is_missing(values, ends, kind, market, "day" if frequency == "irregular" else grain)
    notes += _what_came_later(rows, latest, grain)
    driver = None if np.isnan(latest.driver).all() else _spread(latest.driver, places, len(ends))
    sources = dict.fromkeys(source for source in rows.source.tolist() if source)
    return {
        "ends": _frozen(ends.astype("datetime64[D]")),
        "values": _frozen(values),
        "kind": kind,
        "unit": unit,
        "frequency": frequency,
        "name": _last(rows.name) or name,
        "name_ko": _last(rows.name_ko),
        "market": market,
        "driver": None if driver is None else _frozen(driver),
        "source": "; ".join(sources),
        "notes": tuple(notes),
    }


def _meaning(
    rows: Rows, values: NDArray[np.float64], unit: str, defaults: Defaults
) -> tuple[Kind, float | None, list[Phrase]]:
    """Return the kind and the market potential, with what is to be said of how they were found."""
    notes: list[Phrase] = []
    scale = scale_of(unit)
    declared = rows.kind[rows.kind >= 0]
    kind: Kind
    if defaults.kind is not None:
        kind = defaults.kind
    elif len(declared):
        kind = KINDS[declared[0]]
    else:
        kind, note = guessed_kind(unit, defaults.clues, defaults.file_clue)
        notes.append(note)
    filled = values[~np.isnan(values)]
    if kind == "cumulative" and scale is not None and np.any(np.diff(filled) < 0):
        kind = "level"
        notes.append(Phrase("evidence.series.share_falls", unit=unit))
    given = rows.market[~np.isnan(rows.market)]
    market = defaults.market
    if market is None and len(given):
        market = float(given[-1])
        if np.any(given != market):
            notes.append(Phrase("evidence.series.market_changes", market=market))
    elif market is None and scale is not None:
        market = UNIT_MARKETS[scale]
        if market is None:
            notes.append(Phrase("evidence.series.market_unknown", unit=unit))
    greatest = float(filled.max(initial=0.0))
    if market is not None and kind != "per_period" and greatest > market:
        notes.append(Phrase("evidence.series.above_market", found=greatest, market=market))
    return kind, market, notes


def _what_is_missing(
    values: NDArray[np.float64], ends: Days, kind: Kind, market: float | None, grain: Grain
) -> list[Phrase]:
    """Say which periods are empty, which come before the launch, and whether the data begin after it."""
    notes: list[Phrase] = []
    empty = np.flatnonzero(np.isnan(values))
    if len(empty):
        notes.append(Phrase("evidence.series.gaps", count=len(empty), first=_period(ends[empty[0]], grain)))
    some = np.flatnonzero(values > 0)
    if not len(some):
        return notes
    first = int(some[0])
    if np.any(values[:first] == 0):
        notes.append(Phrase("evidence.series.before_launch", first=_period(ends[first], grain)))
        return notes
    start, greatest = float(values[first]), float(np.nanmax(values))
    if kind in ("per_period", "rate"):
        late = len(values) > 1 and start > LATE_START * greatest
    else:
        late = start > LATE_LEVEL * (market or greatest)
    if late:
        key = "evidence.series.begins_late" if kind in ("per_period", "rate") else "evidence.series.begins_above_zero"
        notes.append(Phrase(key, first=_period(ends[first], grain), found=start, share=start / greatest))
    return notes


def _what_came_later(rows: Rows, latest: Rows, grain: Grain) -> list[Phrase]:
    """Say which figures were revised, were estimates, or may be dated by the first day of their period."""
    notes: list[Phrase] = []
    same = rows.ends[1:] == rows.ends[:-1]
    before, after = rows.values[:-1], rows.values[1:]
    changed = same & (before != after) & ~(np.isnan(before) & np.isnan(after))
    if changed.any():
        notes.append(Phrase("evidence.series.revised", count=len(np.unique(rows.ends[1:][changed]))))
    early = (latest.published < latest.ends) & ~np.isnan(latest.values)
    if early.any():
        first = _period(latest.ends[np.argmax(early)], grain)
        notes.append(Phrase("evidence.series.estimates", count=int(early.sum()), first=first))
    if grain == "day" and len(latest) > 1:
        days = latest.ends.astype("datetime64[D]")
        if np.array_equal(days, days.astype("datetime64[M]").astype("datetime64[D]")):
            notes.append(Phrase("evidence.series.first_days"))
    return notes


def _spread(values: NDArray[np.float64], places: NDArray[np.intp], count: int) -> NDArray[np.float64]:
    spread = np.full(count, np.nan)
    spread[places] = values
    return spread


def _last(texts: NDArray[Any]) -> str:
    return next((str(text) for text in texts[::-1] if text), "")


def _period(end: np.int64, grain: Grain) -> Period:
    return Period(date.fromordinal(int(end) + EPOCH), grain)


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    array.flags.writeable = False
    return array
