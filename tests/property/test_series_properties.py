"""A series as of a day is what reading only the rows known by then gives; and junk is refused, never crashes."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from majung.errors import InputError
from majung.evidence.series import KINDS, Series, read_series

FIRST = date(2015, 1, 1)


def written(grain: str, place: int) -> tuple[str, date]:
    """Return a period as it is written, and its last day."""
    if grain == "year":
        return str(2015 + place), date(2015 + place, 12, 31)
    if grain == "quarter":
        quarter = pd.Period("2015Q1", freq="Q") + place
        return str(quarter), quarter.end_time.date()
    if grain == "month":
        month = pd.Period("2015-01", freq="M") + place
        return str(month), month.end_time.date()
    day = FIRST + timedelta(days=(91 * place if grain == "weeks" else 7 * place * (place + 3) // 2))
    return day.isoformat(), day


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    """Return rows of a few series with vintages, as a table keeps them."""
    rows = []
    for name in draw(st.lists(st.sampled_from(["phone", "가전", "tv"]), min_size=1, max_size=3, unique=True)):
        grain = draw(st.sampled_from(["year", "quarter", "month", "weeks", "days"]))
        unit = draw(st.sampled_from(["", "%", "thousand units", "per 100 people", "cumulative tons"]))
        kinds = st.sampled_from(["", *(kind for kind in KINDS if kind != "cumulative" or unit == "%")])
        kind = draw(kinds)
        market = draw(st.sampled_from([None, 50.0, 100.0]))
        for place in sorted(draw(st.sets(st.integers(0, 12), min_size=1, max_size=8))):
            period, end = written(grain, place)
            delays = draw(st.lists(st.integers(-60, 500), max_size=3, unique=True))
            days = sorted(end + timedelta(days=delay) for delay in delays)
            for published in days or [None]:
                rows.append(
                    {
                        "id": name,
                        "date": period,
                        "value": draw(st.one_of(st.none(), st.just(0.0), st.integers(1, 120).map(float))),
                        "unit": unit,
                        "kind": kind,
                        "published": None if published is None else published.isoformat(),
                        "market": market if market is None else market + place,
                        "price": draw(st.one_of(st.none(), st.integers(1, 9).map(float))),
                        "name": draw(st.sampled_from(["", name, name.upper()])),
                        "source": draw(st.sampled_from(["", "office", "yearbook"])),
                        "end": end,
                    }
                )
    return pd.DataFrame(rows)


def same(one: Series, other: Series) -> bool:
    pairs = [(one.ends, other.ends), (one.values, other.values), (one.starts, other.starts), (one.years, other.years)]
    if (one.driver is None) != (other.driver is None):
        return False
    if one.driver is not None and other.driver is not None:
        pairs.append((one.driver, other.driver))
    fields = ("id", "kind", "unit", "frequency", "name", "market", "source", "notes")
    return all(np.array_equal(a, b, equal_nan=True) for a, b in pairs) and all(
        getattr(one, field) == getattr(other, field) for field in fields
    )


@given(tables(), st.integers(-30, 13 * 366), st.integers(-30, 13 * 366))
def test_nothing_that_was_not_known_leaks_in(table: pd.DataFrame, after: int, later: int) -> None:
    day = FIRST + timedelta(days=after)
    known = [
        date.fromisoformat(seen) if isinstance(seen, str) else end
        for seen, end in zip(table["published"], table["end"], strict=True)
    ]
    rows = table.drop(columns="end")
    whole = read_series(rows)
    then = {series.id: series.as_of(day) for series in whole}
    if not any(seen <= day for seen in known):
        assert all(len(series) == 0 for series in then.values())
        return
    part = rows[[seen <= day for seen in known]]
    read_then = {series.id: series.as_of(day) for series in read_series(part)}
    assert all(len(series) == 0 for name, series in then.items() if name not in read_then)
    assert all(same(then[name], series) for name, series in read_then.items())
    both = min(day, FIRST + timedelta(days=later))
    for series in whole:
        assert same(series.as_of(day).as_of(FIRST + timedelta(days=later)), series.as_of(both))


@given(tables())
def test_series_keep_their_shape(table: pd.DataFrame) -> None:
    for series in read_series(table.drop(columns="end")):
        assert np.all(np.diff(series.ends.astype(int)) > 0)
        assert len(series.values) == len(series.starts) == len(series.years) == len(series)
        assert np.all((series.starts < series.ends) | np.isnat(series.starts))
        if len(series):
            assert not np.isnan(series.values[[0, -1]]).any()
        assert same(series.as_of(date(2100, 1, 1)), series)
        for note in series.notes:
            assert note.label("en")
            assert note.label("ko")


@given(tables())
def test_wide_and_tidy_say_the_same(table: pd.DataFrame) -> None:
    table = table.assign(grain=table["date"].str.len(), date=table["date"].astype(str))
    table = table[table["grain"] == table["grain"].iloc[0]].dropna(subset="value").drop_duplicates(["id", "date"])
    if table.empty:
        return
    wide = table.pivot(index="date", columns="id", values="value").sort_index()
    tidy = wide.reset_index().melt("date", var_name="id")
    found = {series.id: series for series in read_series(wide)}
    assert all(same(found[series.id], series) for series in read_series(tidy))
    rows = wide.T
    assert all(same(found[series.id], series) for series in read_series(rows))


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: f"date,value\n{text}".encode())))
def test_junk_is_refused_and_never_crashes(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "series.csv"
        path.write_bytes(content)
        refusal = refused(path)
    if refusal is not None:
        assert refusal.problems
        assert refusal.text("en")
        assert refusal.text("ko")


def refused(path: Path) -> InputError | None:
    try:
        read_series(path)
    except InputError as error:
        return error
    return None
