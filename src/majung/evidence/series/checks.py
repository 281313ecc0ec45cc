"""What can be wrong between the figures of a series, though each can be read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from majung.errors import Problem
from majung.evidence.series.figures import Figures
from majung.evidence.series.kinds import KINDS, scale_of
from majung.evidence.series.periods import EPOCH, GRAINS, Days, Period
from majung.messages import Phrase
from majung.tables.headers import folded
from majung.tables.problems import Problems

__all__ = ["check_figures", "check_periods"]


def check_figures(figures: Figures, problems: Problems) -> None:
    """Note what is wrong between the figures of a series.

    Parameters
    ----------
    figures : Figures
    problems : Problems
        Where to note it.
    """
    place = figures.place
    check_periods(
        figures.series,
        figures.ends,
        figures.published,
        figures.grain,
        place.row,
        figures.names,
        lambda i, problem: problems.add(place.put(problem, i, "date")),
    )
    negative = Phrase("evidence.series.the_value")
    for i in np.flatnonzero(figures.values < 0).tolist():
        found = f"{figures.values[i]:,.10g}"
        problems.add(place.put(Problem(key="problem.negative", found=found, expected=negative), i))
    market = Phrase("evidence.series.a_market")
    for i in np.flatnonzero(figures.market <= 0).tolist():
        found = f"{figures.market[i]:,.10g}"
        problems.add(place.put(Problem(key="problem.unexpected", found=found, expected=market), i, "market"))
    declared = [KINDS[code] if code >= 0 else "" for code in figures.kind.tolist()]
    for texts, holds, key in (
        (declared, "kind", "evidence.series.two_kinds"),
        (figures.unit.tolist(), "unit", "evidence.series.two_units"),
    ):
        _check_one(figures, texts, lambda i, p, h=holds: problems.add(place.put(p, i, h)), key)  # type: ignore[misc]
    for code in range(len(figures.names)):
        _check_rises(figures, code, problems)


def check_periods(
    series: NDArray[np.int64],
    ends: Days,
    published: Days,
    grain: NDArray[np.int8],
    row: NDArray[np.int64],
    names: Sequence[str],
    note: Callable[[int, Problem], None],
) -> None:
    """Note periods of unlike length in one series, that come twice, or that are out of order.

    Rows may be by period, or by day of publication and then by period: a table of vintages is kept in either way.

    Parameters
    ----------
    series, ends, published, grain : array of int, shape (n,)
        As in `Figures`.
    row : array of int, shape (n,)
        As a spreadsheet counts.
    names : sequence of str
        Ids of the series.
    note : callable
        Told the place and the problem.
    """
    if not len(series):
        return
    file_order = np.argsort(series, kind="stable")
    firsts = file_order[np.searchsorted(series[file_order], np.arange(series.max() + 1))]
    mixed = grain != grain[firsts[series]]
    for i in np.flatnonzero(mixed).tolist():
        first = firsts[series[i]]
        shown: dict[str, object] = {"series": names[series[i]], "first": _period(ends[first], grain[first])}
        note(i, Problem(key="evidence.series.mixed", values=shown | {"period": _period(ends[i], grain[i])}))
    order = np.lexsort((np.arange(len(series)), published, ends, series))
    before, after = order[:-1], order[1:]
    same = (series[before] == series[after]) & (ends[before] == ends[after]) & (published[before] == published[after])
    same &= ~mixed[before] & ~mixed[after]
    twice = np.zeros(len(series), bool)
    twice[after[same]] = True
    for i, j in zip(before[same].tolist(), after[same].tolist(), strict=True):
        shown = {"series": names[series[j]], "first": int(row[i])}
        note(j, Problem(key="evidence.series.twice", values=shown | {"period": _period(ends[j], grain[j])}))
    before, after = file_order[:-1], file_order[1:]
    together = series[before] == series[after]
    falls = together & (ends[after] < ends[before])
    by_vintage = (published[after] < published[before]) | (published[after] == published[before]) & falls
    kept_by_vintage = np.ones(len(names), bool)
    kept_by_vintage[series[after[together & by_vintage]]] = False
    falls &= ~kept_by_vintage[series[after]] & ~mixed[before] & ~mixed[after] & ~twice[after]
    for i, j in zip(before[falls].tolist(), after[falls].tolist(), strict=True):
        shown = {"series": names[series[j]], "before": _period(ends[i], grain[i])}
        note(j, Problem(key="evidence.series.unsorted", values=shown | {"period": _period(ends[j], grain[j])}))


def _check_one(figures: Figures, texts: list[str], note: Callable[[int, Problem], None], key: str) -> None:
    """Note where a series has a second text; spelling that headers may differ in does not count."""
    if not any(texts):
        return
    first: dict[int, int] = {}
    for i, (code, text) in enumerate(zip(figures.series.tolist(), texts, strict=True)):
        if not text:
            continue
        earlier = first.setdefault(code, i)
        if text != texts[earlier] and folded(text) != folded(texts[earlier]):
            shown = {"series": figures.names[code], "first": texts[earlier], "at": int(figures.place.row[earlier])}
            note(i, Problem(key=key, found=text, values=shown))


def _check_rises(figures: Figures, code: int, problems: Problems) -> None:
    """Note where what is said to be cumulative falls, in any of its vintages; a falling share is read as a level."""
    here = figures.places(code)
    defaults = figures.defaults[code]
    kind = figures.kind[here]
    declared = KINDS[kind[kind >= 0][0]] if np.any(kind >= 0) else None
    if (defaults.kind or declared) != "cumulative":
        return
    unit = defaults.unit if defaults.unit is not None else next(filter(None, figures.unit[here]), defaults.header_unit)
    if scale_of(unit) is not None:
        return
    published, ends = figures.published[here], figures.ends[here]
    revised = np.any(ends[1:] == ends[:-1])
    noted: set[int] = set()
    for day in np.unique(published).tolist() if revised else [int(published.max(initial=0))]:
        known = here[published <= day]
        known = known[np.append(figures.ends[known[1:]] != figures.ends[known[:-1]], True)]
        known = known[figures.values[known] >= 0]
        values = figures.values[known]
        for at in np.flatnonzero(np.diff(values) < 0).tolist():
            place = int(known[at + 1])
            if place not in noted:
                noted.add(place)
                shown = {"series": figures.names[code], "before": float(values[at])}
                found = f"{values[at + 1]:,.10g}"
                problem = Problem(key="evidence.series.falls", found=found, values=shown)
                problems.add(figures.place.put(problem, place))


def _period(end: Any, grain: Any) -> Period:
    return Period(date.fromordinal(int(end) + EPOCH), GRAINS[grain])
