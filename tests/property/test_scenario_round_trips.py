"""Whatever the figures, csv, xlsx and parquet hold the same scenario, and junk is refused, never crashes."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from majung.dims import CLASSES
from majung.errors import InputError
from majung.scenario import Scenario, load, skeleton

amounts = st.one_of(
    st.integers(0, 10**12).map(float),
    st.floats(0, 1e12, allow_nan=False, allow_subnormal=False),
    st.decimals(0, 10**6, places=2).map(float),
)
names = st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=12)


@st.composite
def rosters(draw: st.DrawFn) -> pd.DataFrame:
    count = draw(st.integers(1, 8))
    return pd.DataFrame(
        {
            "id": [
                f"f{place}{name}" for place, name in enumerate(draw(st.lists(names, min_size=count, max_size=count)))
            ],
            "class": draw(st.lists(st.sampled_from(CLASSES), min_size=count, max_size=count)),
            "cash": draw(st.lists(amounts, min_size=count, max_size=count)),
            "overhead": draw(st.lists(amounts, min_size=count, max_size=count)),
            "staff": draw(st.lists(st.integers(1, 10**6), min_size=count, max_size=count)),
            "captive": draw(st.lists(st.one_of(st.none(), st.floats(0, 1)), min_size=count, max_size=count)),
        }
    )


def loaded(parent: str, name: str, roster: pd.DataFrame, suffix: str) -> Scenario:
    folder = Path(parent) / name
    skeleton.write(folder)
    (folder / "firms.csv").unlink()
    path = folder / f"firms{suffix}"
    if suffix == ".csv":
        roster.to_csv(path, index=False)
    elif suffix == ".xlsx":
        roster.to_excel(path, index=False)
    else:
        roster.to_parquet(path, index=False)
    (folder / "lines.csv").write_text(
        "firm,technology,quality,home_sales\n" + "".join(f"{firm},service,0.5,10\n" for firm in roster["id"]),
        encoding="utf-8",
    )
    return load(folder)


def refused(folder: Path) -> InputError | None:
    try:
        load(folder)
    except InputError as error:
        return error
    return None


@given(rosters())
@settings(max_examples=25)
def test_csv_xlsx_and_parquet_hold_the_same(roster: pd.DataFrame) -> None:
    with tempfile.TemporaryDirectory() as parent:
        csv, xlsx, parquet = (loaded(parent, suffix[1:], roster, suffix) for suffix in (".csv", ".xlsx", ".parquet"))
    assert csv.hash == parquet.hash
    # Excel keeps fifteen digits of a number.
    np.testing.assert_allclose(xlsx.firms.cash, csv.firms.cash, rtol=1e-14)
    assert xlsx.firms.id.tolist() == csv.firms.id.tolist()
    assert csv.firms.cash.tolist() == roster["cash"].tolist()
    assert csv.firms.captive.tolist() == roster["captive"].astype(float).fillna(0).tolist()


@given(rosters(), st.sampled_from([3, 4, 6, 8]))
@settings(max_examples=25)
def test_the_unit_of_a_header_makes_no_difference(roster: pd.DataFrame, exponent: int) -> None:
    header = {3: "cash [천원]", 4: "cash [만원]", 6: "cash [백만원]", 8: "현금(억원)"}[exponent]
    # Moving the point of the shortest decimal text is exact; multiplying the float would not be.
    written = roster.assign(cash=[f"{value!r}" for value in roster["cash"]])
    moved = written.assign(cash=[f"{value}e{6 - exponent}" if "e" not in value else value for value in written["cash"]])
    if any("e" in value for value in written["cash"]):
        return
    with tempfile.TemporaryDirectory() as parent:
        plain = loaded(parent, "plain", written, ".csv")
        other = loaded(parent, "other", moved.rename(columns={"cash": header}), ".csv")
    assert other.hash == plain.hash


@given(rosters())
@settings(max_examples=25)
def test_thousands_separators_and_order_of_columns_make_no_difference(roster: pd.DataFrame) -> None:
    grouped = roster.assign(staff=[f"{count:,}" for count in roster["staff"]])[list(roster.columns)[::-1]]
    with tempfile.TemporaryDirectory() as parent:
        assert loaded(parent, "a", roster, ".csv").hash == loaded(parent, "b", grouped, ".csv").hash


@given(
    st.one_of(st.binary(max_size=300), st.text(max_size=200).map(str.encode)),
    st.sampled_from(["firms", "lines", "inputs"]),
)
@settings(max_examples=60)
def test_junk_is_refused(junk: bytes, stem: str) -> None:
    for suffix in (".csv", ".xlsx", ".parquet"):
        with tempfile.TemporaryDirectory() as parent:
            folder = Path(parent) / "scenario"
            skeleton.write(folder)
            (folder / f"{stem}.csv").unlink()
            (folder / f"{stem}{suffix}").write_bytes(junk)
            refusal = refused(folder)
            assert refusal is not None
            assert refusal.text("en")
            assert refusal.text("ko")


@given(st.data())
@settings(max_examples=60)
def test_a_damaged_table_never_crashes(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(skeleton.FILES)))
    content = bytearray(skeleton.FILES[name].encode())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "scenario"
        skeleton.write(folder)
        (folder / name).write_bytes(bytes(content))
        refusal = refused(folder)
        assert refusal is None or (refusal.text("en") and refusal.text("ko"))
