"""A verdict as of a day is the verdict of somebody who had only what was known on that day."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from majung.errors import InputError
from majung.evidence.series import read_series
from majung.evidence.takeoff import Takeoff, takeoffs

KINDS = st.sampled_from(["per_period", "cumulative", "level", "rate"])


@st.composite
def tables(draw: st.DrawFn) -> tuple[pd.DataFrame, date]:
    """Return yearly figures that become known some days after their year, some of them revised, and a day."""
    count = draw(st.integers(6, 14))
    kind = draw(KINDS)
    steps = np.array(draw(st.lists(st.floats(0.1, 50), min_size=count, max_size=count)))
    values = np.cumsum(steps) if kind in ("cumulative", "level") else steps
    rows = []
    for place, value in enumerate(values):
        end = date(2001 + place, 12, 31)
        rows.append((end, value, end + timedelta(days=draw(st.integers(0, 200)))))
    late = draw(st.integers(0, count - 1))
    end, value, published = rows[late]
    if kind != "cumulative":
        rows.append((end, value * draw(st.floats(0.5, 2)), published + timedelta(days=400)))
    rows.sort(key=lambda row: (row[0], row[2]))
    table = pd.DataFrame(rows, columns=["date", "value", "published"]).assign(id="x", kind=kind, unit="units")
    return table, date(2001 + draw(st.integers(4, count + 1)), draw(st.integers(1, 12)), 15)


def told(table: pd.DataFrame, day: date) -> Takeoff | str:
    try:
        return takeoffs(read_series(table), day, bootstrap=0, models=("bass", "logistic"))[0]
    except InputError as error:
        return str(error)


@given(tables())
@settings(max_examples=60, deadline=None)
def test_what_comes_later_changes_nothing(case: tuple[pd.DataFrame, date]) -> None:
    table, day = case
    known = table[table["published"] <= day]
    whole = told(table, day)
    alone = told(known, day) if len(known) else whole
    if isinstance(whole, str) or isinstance(alone, str):
        assert whole == alone
        return
    assert whole.takeoff == alone.takeoff
    assert dict(whole.rules) == dict(alone.rules)
    assert dict(whole.stage_probabilities) == dict(alone.stage_probabilities)
    assert whole.best_model == alone.best_model
    assert whole.potential == alone.potential
    assert whole.warnings == alone.warnings
