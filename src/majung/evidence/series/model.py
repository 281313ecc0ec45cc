"""A series: figures of one technology over time, and what was known of them on any day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from majung.evidence.series.arrays import figures_of, given_kind, given_market
from majung.evidence.series.assembly import Defaults, Rows, assemble
from majung.evidence.series.kinds import Kind, scale_of
from majung.evidence.series.periods import Grain, as_day, day_number
from majung.evidence.series.spacing import Frequency, decimal_years, first_start
from majung.messages import Lang, Phrase

__all__ = ["Series"]


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Series:
    """Figures of one technology over time.

    Made by `read_series` from a table and by `Series.of` from arrays. The values are the latest that are known; earlier
    ones, before revisions, come back with `as_of`.

    Parameters
    ----------
    id : str
    ends : array of datetime64[D], shape (n,)
        Last day of each period, strictly rising.
    values : array of float, shape (n,)
        In `unit`; NaN where a period is there but empty.
    kind : str
        ``per_period`` (sold or adopted in the period), ``cumulative`` (so far, never falls), ``level`` (in use now) or
        ``rate`` (so much a year at that day, or a share of what is sold: sales as a speed).
    unit : str
        As written, such as ``thousand units``, ``%`` or ``USD bn``; may be empty.
    frequency : str
        ``year``, ``quarter``, ``month`` or ``irregular``.
    name, name_ko : str
        What a reader sees, and what a reader of Korean sees where that is not empty.
    market : float or None
        Market potential in `unit`, where it is known.
    driver : array of float, shape (n,), or None
        Price or another driver.
    source : str
    notes : tuple of Phrase
        What reading has to say: gaps, revisions, a kind that is guessed, data that begin after the launch.
    """

    id: str
    ends: NDArray[np.datetime64]
    values: NDArray[np.float64]
    kind: Kind
    unit: str
    frequency: Frequency
    name: str
    name_ko: str
    market: float | None
    driver: NDArray[np.float64] | None
    source: str
    notes: tuple[Phrase, ...]
    _rows: Rows = field(repr=False)
    _grain: Grain = field(repr=False)
    _defaults: Defaults = field(repr=False)

    @classmethod
    def of(
        cls,
        values: ArrayLike | pd.Series[Any],
        *,
        ends: Iterable[Any] | None = None,
        start: Any = None,
        frequency: str | None = None,
        kind: str | None = None,
        unit: str = "",
        id: str = "series",
        name: str = "",
        market: float | None = None,
        driver: ArrayLike | None = None,
        published: Iterable[Any] | None = None,
        source: str = "",
    ) -> Series:
        """Make a series from arrays or from a pandas Series.

        Parameters
        ----------
        values : array of float, shape (n,), or pandas Series
            NaN where empty. The index of a pandas Series (days, periods, years) gives the periods.
        ends : array, shape (n,), optional
            Periods: years, days, or texts such as ``2019Q3``. A day is the last of its period, except in a pandas index
            that says otherwise by its frequency (``MS``, ``QS``, ``YS``). The same period again, with a later
            `published`, is a revision.
        start : int, date or str, optional
            Instead of `ends`: the first period of periods without a gap.
        frequency : str, optional
            With `start`, where a day does not tell it: ``year``, ``quarter`` or ``month``.
        kind : str, optional
            ``per_period``, ``cumulative`` or ``level``; guessed from the unit where not given, and noted.
        unit, id, name, source : str
        market : float, optional
            Market potential in `unit`.
        driver : array of float, shape (n,), optional
        published : array of days, shape (n,), optional
            When each value became known.

        Raises
        ------
        InputError
            With all that is wrong; rows are counted from 1.
        """
        defaults = Defaults(kind=given_kind(kind), market=given_market(market), header_unit=unit, clues=(name, id))
        figures = figures_of(
            values, name=id, label=name, ends=ends, start=start, frequency=frequency, published=published,
            driver=driver, source=source, defaults=defaults,
        )  # fmt: skip
        return next(cls.from_rows(*parts) for parts in figures.by_series())

    @classmethod
    def from_rows(cls, name: str, rows: Rows, grain: Grain, defaults: Defaults) -> Series:
        """Put a series together from its rows, which are in order of period and day of publication."""
        return cls(
            id=name,
            _rows=rows,
            _grain=grain,
            _defaults=defaults,
            **assemble(rows, name, grain, defaults),
        )

    def __len__(self) -> int:
        return len(self.ends)

    def as_of(self, day: date | str) -> Series:
        """Return the series as it was known on a day.

        A value without a day of publication is known from the end of its period. The latest vintage that was published
        by the day wins; later ones are gone from what is returned.

        Parameters
        ----------
        day : date or str
            Such as ``2024-04-29``.

        Raises
        ------
        InputError
            When it is not a day.
        """
        rows = self._rows.known(day_number(as_day(day)))
        return Series.from_rows(self.id, rows, self._grain, self._defaults)

    def label(self, lang: Lang = "en") -> str:
        """Return the name for readers of a language."""
        return (self.name_ko if lang == "ko" else "") or self.name or self.id

    @property
    def known(self) -> NDArray[np.datetime64]:
        """Days on which something became known, rising."""
        return np.unique(self._rows.published).astype("datetime64[D]")

    @property
    def starts(self) -> NDArray[np.datetime64]:
        """Last day before each period, shape (n,).

        The end of the period before, or of the observation before where days are irregular. There the first period is
        taken to be as long as the others (their median); it is not-a-time where there is but one.
        """
        if not len(self):
            return self.ends.copy()
        ends = self.ends.astype(np.int64)
        first = first_start(ends, self.frequency)
        start = np.datetime64("NaT", "D") if first is None else np.datetime64(first, "D")
        return np.concatenate([np.array([start]), self.ends[:-1]])

    @property
    def is_rate(self) -> bool:
        """Whether values are sales as a speed: a rate, or a share of what is sold in each period."""
        return self.kind == "rate" or (self.kind == "per_period" and scale_of(self.unit) is not None)

    @property
    def years(self) -> NDArray[np.float64]:
        """Ends of the periods as decimal years, shape (n,): the close of 2019 is 2020.0."""
        return decimal_years(self.ends.astype(np.int64))
