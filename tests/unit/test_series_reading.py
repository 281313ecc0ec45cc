"""A table of series reads the same however it is kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from majung.evidence.series import KINDS, Series, read_series
from majung.evidence.series.periods import Period, read_period
from majung.evidence.series.reading.columns import COLUMNS, find_layout

TIDY = (
    "id,date,value,unit,kind,published,market,driver,name,source\n"
    'ev,2020,2.4,%,level,2021-04-01,,,"EV share, Korea",IEA\n'
    'ev,2021,5.8,%,level,2022-04-01,,,"EV share, Korea",IEA\n'
    'tv,2020Q1,"1,200",thousand units,,,90000,9.5,,\n'
    'tv,2020Q2,"2,400",thousand units,,,90000,9,,\n'
)


def saved(tmp_path: Path, text: str, name: str = "series.csv", encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def read(tmp_path: Path, text: str, **options: object) -> list[Series]:
    return read_series(saved(tmp_path, text), **options)  # type: ignore[arg-type]


def shown(series: Series) -> tuple[object, ...]:
    ends = [str(end) for end in series.ends]
    return series.id, ends, series.values.tolist(), series.kind, series.unit, series.frequency, series.market


def test_tidy_table_with_everything(tmp_path: Path) -> None:
    ev, tv = read(tmp_path, TIDY)
    assert shown(ev) == ("ev", ["2020-12-31", "2021-12-31"], [2.4, 5.8], "level", "%", "year", 100.0)
    assert (ev.name, ev.source, ev.driver) == ("EV share, Korea", "IEA", None)
    assert shown(ev.as_of("2022-03-31"))[2] == [2.4]
    assert shown(tv)[1:] == (["2020-03-31", "2020-06-30"], [1200, 2400], "per_period", "thousand units", "quarter", 9e4)
    assert tv.driver is not None
    assert tv.driver.tolist() == [9.5, 9]


@pytest.mark.parametrize("suffix", [".xlsx", ".parquet"])
def test_workbook_and_parquet_read_as_text_does(tmp_path: Path, suffix: str) -> None:
    path = saved(tmp_path, TIDY)
    frame = pd.read_csv(path, thousands=",")
    save: Callable[..., None] = frame.to_excel if suffix == ".xlsx" else frame.to_parquet
    save(tmp_path / f"table{suffix}", index=False)
    assert [shown(s) for s in read_series(tmp_path / f"table{suffix}")] == [shown(s) for s in read_series(path)]
    assert [shown(s) for s in read_series(frame)] == [shown(s) for s in read_series(path)]


def test_korean_table_in_cp949(tmp_path: Path) -> None:
    rows = '인공지능,2020년,"19,000",기간별,2021-04-13', '인공지능,2021년,"25,000",기간별,2022-04-13'
    text = "\n".join(["기술,연도,매출(억원),종류,발표일", *rows])
    (series,) = read_series(saved(tmp_path, text, "표.csv", "cp949"))
    assert shown(series)[:5] == ("인공지능", ["2020-12-31", "2021-12-31"], [19000, 25000], "per_period", "억원")
    assert len(series.as_of("2022-04-12")) == 1


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("Entity,Code,Year,Share\nA,X,2019,1\nA,X,2020,2\nB,Y,2019,3\nB,Y,2020,4\n", {}),
        ("Year,A,B\n2019,1,3\n2020,2,4\n", {}),
        (",A,B\n2019,1,3\n2020,2,4\n", {}),
        ("whenever,A,B\n2019,1,3\n2020,2,4\n", {}),
        ("Year,A [%],B [%]\n2019,1,3\n2020,2,4\n", {}),
        ("technology,2019,2020\nA,1,2\nB,3,4\n", {}),
        (",2019,2020\nA,1,2\nB,3,4\n", {}),
        ("Country Name,Country Code,Indicator Name,2019,2020\nA,X,f,1,2\nB,Y,f,3,4\n", {}),
        ("technology,unit,2019년,2020년\nA,%,1%,2%\nB,%,3%,4%\n", {}),
    ],
)
def test_layouts_that_say_the_same(tmp_path: Path, text: str, options: dict[str, object]) -> None:
    first, second = read(tmp_path, text, unit="%", **options)
    ends = ["2019-12-31", "2020-12-31"]
    assert shown(first) == ("A", ends, [1, 2], "level", "%", "year", 100.0)
    assert shown(second) == ("B", ends, [3, 4], "level", "%", "year", 100.0)


def test_frames_that_say_the_same() -> None:
    wide = pd.DataFrame({"A": [1.0, 2], "B": [3.0, 4]}, index=pd.Index([2019, 2020]))
    periods = pd.DataFrame({"A": [1.0, 2], "B": [3.0, 4]}, index=pd.PeriodIndex(["2019", "2020"], freq="Y"))
    tidy = wide.rename_axis("year").reset_index().melt("year", var_name="id")
    filtered = pd.concat([tidy, tidy.assign(id="C")]).query("id != 'C'")
    expected = [shown(series) for series in read_series(wide)]
    assert expected[0][2] == [1, 2]
    for frame in (periods, tidy, filtered, wide.T, wide.rename_axis("year").reset_index()):
        assert [shown(series) for series in read_series(frame)] == expected


def test_without_ids_the_file_names_the_series(tmp_path: Path) -> None:
    (series,) = read_series(saved(tmp_path, "year,sales [thousand units]\n1979,840\n1980,1470\n", "vcr.csv"))
    assert (series.id, series.name, series.unit, series.values.tolist()) == (
        "vcr",
        "vcr",
        "thousand units",
        [840, 1470],
    )
    (priced,) = read_series(saved(tmp_path, "year,sales,price\n1979,840,9\n1980,1470,8\n", "vcr.csv"))
    assert priced.driver is not None
    assert priced.driver.tolist() == [9, 8]


def test_brackets_that_are_no_unit_stay_in_the_name(tmp_path: Path) -> None:
    first, second, third = read(tmp_path, "year,Micronesia (country),Korea (%),Sales (백만원)\n2019,1,2,3\n")
    assert [(s.id, s.unit) for s in (first, second, third)] == [
        ("Micronesia (country)", ""),
        ("Korea", "%"),
        ("Sales", "백만원"),
    ]


def test_marks_for_no_figure_are_gaps(tmp_path: Path) -> None:
    (series,) = read(tmp_path, "year,value\n2018,1\n2019,..\n2020,n/a\n2021,-\n2022,5\n")
    np.testing.assert_array_equal(series.values, [1, np.nan, np.nan, np.nan, 5])


def test_what_the_caller_says_goes_before_the_table(tmp_path: Path) -> None:
    (series,) = read(
        tmp_path,
        "year,value,unit,kind,market\n2019,1,units,flow,5\n2020,2,units,flow,5\n",
        kind="level",
        unit="share",
        market=3,
    )
    assert (series.kind, series.unit, series.market) == ("level", "share", 3)


def test_day_of_publication_of_a_whole_table(tmp_path: Path) -> None:
    (series,) = read(tmp_path, "year,value\n2019,1\n2020,2\n", published="2024-04-23")
    assert len(series.as_of("2024-04-22")) == 0
    assert len(series.as_of("2024-04-23")) == 2


def test_vintages_are_kept_by_period_or_by_day_of_publication(tmp_path: Path) -> None:
    by_period = "year,value,published\n2019,1,2020-02-01\n2019,1.5,2021-02-01\n2020,2,2021-02-01\n"
    by_day = f"{by_period}2019,1.6,2022-02-01\n2020,2.1,2022-02-01\n"
    (first,), (second,) = read(tmp_path, by_period), read(tmp_path, by_day)
    assert shown(first) == shown(second.as_of("2021-12-31"))
    assert second.values.tolist() == [1.6, 2.1]
    assert shown(second.as_of("2020-12-31"))[2] == [1]


def test_wide_vintages(tmp_path: Path) -> None:
    text = "published,year,A,B\n2020-02-01,2019,1,3\n2021-02-01,2019,1.5,3\n2021-02-01,2020,2,4\n"
    first, second = read(tmp_path, text)
    assert (first.values.tolist(), second.values.tolist()) == ([1.5, 2], [3, 4])
    assert first.as_of("2020-12-31").values.tolist() == [1]
    rows = "id,published,2019,2020\nA,2021-02-01,1,2\nA,2022-02-01,1.5,2.5\n"
    (third,) = read(tmp_path, rows)
    assert (third.values.tolist(), third.as_of("2021-06-01").values.tolist()) == ([1.5, 2.5], [1, 2])


def test_file_name_tells_of_a_share(tmp_path: Path) -> None:
    (series,) = read_series(saved(tmp_path, "Entity,Year,Individuals\nA,2019,3\n", "share-of-individuals.csv"))
    assert series.kind == "level"
    (series,) = read_series(saved(tmp_path, "Entity,Year,Individuals\nA,2019,3\n", "adoption.csv"))
    assert series.kind == "per_period"


@pytest.mark.parametrize(
    ("written", "end", "grain"),
    [
        ("2019", "2019-12-31", "year"),
        ("2019년", "2019-12-31", "year"),
        ("1988.0", "1988-12-31", "year"),
        ("2019Q3", "2019-09-30", "quarter"),
        ("3Q 2019", "2019-09-30", "quarter"),
        ("2019년 3분기", "2019-09-30", "quarter"),
        ("2019 3/4", "2019-09-30", "quarter"),
        ("2020-02", "2020-02-29", "month"),
        ("2020.02", "2020-02-29", "month"),
        ("2020년 2월", "2020-02-29", "month"),
        ("202002", "2020-02-29", "month"),
        ("2020M02", "2020-02-29", "month"),
        ("Feb 2020", "2020-02-29", "month"),
        ("2020 february", "2020-02-29", "month"),
        ("2024-04-29", "2024-04-29", "day"),
        ("2024. 4. 29.", "2024-04-29", "day"),
        ("20240429", "2024-04-29", "day"),
        ("2024-04-29T00:00:00", "2024-04-29", "day"),
        ("2024-04-29 00:00:00.000000", "2024-04-29", "day"),
    ],
)
def test_period_stands_for_its_last_day(written: str, end: str, grain: str) -> None:
    found = read_period(written)
    assert found is not None
    assert (found.end.isoformat(), found.grain) == (end, grain)


@pytest.mark.parametrize(
    "written",
    [
        *("", "0", "12", "19", "0999", "3000", "-2019", "2019.5", "2019.1", "2019-13", "201913", "2019-20", "2019Q5"),
        *("2019H1", "FY24Q4", "04/29/2024", "2019-02-30", "0999-01-01", "3000-01-01", "Sol 2020", "soon"),
    ],
)
def test_what_is_no_period(written: str) -> None:
    assert read_period(written) is None


def test_periods_are_named_in_both_languages() -> None:
    found = [read_period(written) for written in ("2019", "2019Q3", "2019-03", "2019-03-05")]
    assert [period and period.label() for period in found] == ["2019", "2019Q3", "March 2019", "5 March 2019"]
    labels = [period and period.label("ko") for period in found]
    assert labels == ["2019년", "2019년 3분기", "2019년 3월", "2019년 3월 5일"]
    assert isinstance(found[0], Period)


def test_page_lists_every_column_with_spellings_that_are_read() -> None:
    page = (Path(__file__).parents[2] / "docs" / "guide" / "series.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]*) \|", page, re.MULTILINE))
    assert [name for name in (*COLUMNS, *KINDS) if name not in rows] == []
    spelled = [(column, word) for column in COLUMNS for word in re.findall(r"also (.*)", rows[column])]
    assert len(spelled) == 4
    for column, words in spelled:
        for word in re.findall(r"`([^`]+)`", words):
            others = {role: role for role in ("id", "date", "value", "market")} | {column: word}
            layout, problems = find_layout(list(others.values()), "")
            assert layout is not None, problems
            assert layout.roles[column] == list(others).index(column)


@pytest.mark.slow
def test_many_rows_are_read_in_seconds(tmp_path: Path) -> None:
    rows, count = 60, 5000
    frame = pd.DataFrame(
        {
            "id": np.repeat([f"s{i}" for i in range(count)], rows),
            "date": np.tile([f"{2005 + i // 4}Q{i % 4 + 1}" for i in range(rows)], count),
            "value": np.tile(np.arange(rows), count),
        }
    )
    frame.to_csv(tmp_path / "many.csv", index=False)
    found = read_series(tmp_path / "many.csv")
    assert len(found) == count
    assert all(len(series) == rows for series in found)


def test_a_korean_name_is_for_readers_of_korean() -> None:
    frame = pd.DataFrame({"id": ["ev", "ev", "tv"], "year": [2022, 2023, 2023], "value": [1, 2, 3]})
    cars, sets = read_series(frame.assign(name="Cars", name_ko=["전기차", "", ""]))
    assert (cars.label(), cars.label("ko")) == ("Cars", "전기차")
    assert (sets.label("en"), sets.label("ko")) == ("Cars", "Cars")
    assert cars.as_of("2022-12-31").label("ko") == "전기차"
    (nameless,) = read_series(frame.iloc[:2])
    assert nameless.label("ko") == "ev"
