"""Everything that is wrong with a table of series is said at once, with its place."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from majung.errors import InputError, Problem
from majung.evidence.series import read_series

HEADER = "id,date,value,unit,kind,published\n"


def problems_of(tmp_path: Path, text: str, name: str = "series.csv") -> tuple[Problem, ...]:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_series(path)
    said = caught.value.text("en"), caught.value.text("ko")
    assert said[0] != said[1]
    assert all(problem.file == name for problem in caught.value.problems)
    return caught.value.problems


@pytest.mark.parametrize(
    ("rows", "row", "column", "said"),
    [
        ("a,2020,1\na,2019,2\n", 3, "date", "2019 comes after 2020 in the series 'a'"),
        ("a,2019,1\na,2019,2\n", 3, "date", "the series 'a' already has 2019 in row 2"),
        ("a,2019,1,,,2020-01-01\na,2019,2,,,2020-01-01\n", 3, "date", "already has 2019 in row 2"),
        ("a,2019,1\na,2019,2,,,2019-12-31\n", 3, "date", "already has 2019 in row 2"),
        ("a,2019,1\na,2020Q1,2\n", 3, "date", "periods of unlike length"),
        ("a,2019,1\na,2020-12-31,2\n", 3, "date", "periods of unlike length"),
        ("a,FY24Q4,1\n", 2, "date", "'FY24Q4' is not a year, quarter, month or day"),
        ("a,04/29/2024,1\n", 2, "date", "'04/29/2024' is not a year"),
        ("a,,1\n", 2, "date", "empty; expected a year"),
        (",2019,1\n", 2, "id", "empty; expected an id"),
        ("a,2019,many\n", 2, "value", "'many' is not a number"),
        ("a,2019,inf\n", 2, "value", "'inf' is not a number"),
        ("a,2019,1e400\n", 2, "value", "'1e400' is not a number"),
        ('a,2019,"1,20"\n', 2, "value", "comma where no thousands separator belongs"),
        ("a,2019,-1\n", 2, "value", "'-1' is negative"),
        ("a,2019,-1,%,level\n", 2, "value", "'-1' is negative"),
        ("a,2019,5%,thousand units\n", 2, "value", "'5%' is not a number"),
        ("a,2019,5,units,cumulative\na,2020,4,units,cumulative\n", 3, "value", "cumulative values cannot fall"),
        ("a,2019,5,units,누적\na,2020,,\na,2021,4\n", 4, "value", "falls from 5 to 4"),
        ("a,2019,5,units,cumulatve\n", 2, "kind", "Did you mean 'cumulative'?"),
        ("a,2019,5,units,stok\n", 2, "kind", "Did you mean 'level'?"),
        ("a,2019,5,units,level\na,2020,6,units,per_period\n", 3, "kind", "'per_period' here and 'level' in row 2"),
        ("a,2019,5,units\na,2020,6,USD bn\n", 3, "unit", "in 'USD bn' here and in 'units' in row 2"),
        ("a,2019,5%\na,2020,6,units\n", 3, "unit", "in 'units' here and in '%' in row 2"),
        ("a,2019,5,,,later\n", 2, "published", "'later' is not a date"),
    ],
)
def test_one_wrong_cell(tmp_path: Path, rows: str, row: int, column: str, said: str) -> None:
    padded = "".join(f"{line}{',' * (5 - _commas(line))}\n" for line in rows.splitlines())
    (problem,) = problems_of(tmp_path, HEADER + padded)
    assert (problem.row, problem.column) == (row, column)
    assert said in problem.text("en")


def _commas(line: str) -> int:
    return ("".join(line.split('"')[::2])).count(",")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        ("id,date,value\n", "there is a header but not one row"),
        ("id,date\na,2019\n", "no column holds the values"),
        ("id,value\na,3\n", "no column holds the dates"),
        ("id,dat,value\na,2019,3\n", "Did you mean 'date'?"),
        ("id,date,value,publishd\na,2019,3,2020-01-01\n", "Did you mean 'published'?"),
        ("id,date,value,unti\na,2019,3,kg\n", "Did you mean 'unit'?"),
        ("id,date,sales,profit\na,2019,3,4\n", "could hold the values: sales, profit"),
        ("date,year,value\n2019,2019,3\n", "both mean 'date'"),
        ("year,A,A\n2019,1,2\n", "both mean 'A'"),
        ("year,A,B\n2020,1,2\n2019,1,2\n", "2019 comes after 2020"),
        ("year,A,B\n2019,1,2\n2019,1,2\n", "already has 2019 in row 2"),
        ("id,2020,2019\na,1,2\n", "2019 comes after 2020"),
        ("id,2019,2020Q1\na,1,2\n", "unlike length"),
        ("id,2019,total\na,1,2\n", "'total' is not a year"),
        ("id,2019,2020\na,1,2\na,1,2\n", "the id 'a' is already in row 2"),
        ("id,date,value\na,2019,3,4\n", "the row has 4 cells and the header has 3"),
        ("id,date,value,\na,2019,3,4\n", "there are values under column 4, which has no header"),
        ("id,date,value,market\na,2019,3,0\n", "'0' is not a market potential"),
    ],
)
def test_one_wrong_table(tmp_path: Path, text: str, said: str) -> None:
    (problem,) = problems_of(tmp_path, text)
    assert said in problem.text("en")


def test_everything_at_once(tmp_path: Path) -> None:
    text = HEADER + (
        "a,2019,1,units,level,\n"
        "a,2018,x,units,level,\n"
        "b,2019,-3,units,stok,\n"
        "b,nineteen,4,units,,\n"
        "c,2019,9,units,cumulative,\n"
        "c,2020,8,kg,cumulative,\n"
    )
    found = {(problem.row, problem.column) for problem in problems_of(tmp_path, text)}
    assert found == {(3, "date"), (3, "value"), (4, "value"), (4, "kind"), (5, "date"), (7, "value"), (7, "unit")}


def test_wide_sheet_says_what_is_wrong_once(tmp_path: Path) -> None:
    text = "year,A [units],B\n2019,1,x\n2019,-2,3\n"
    found = [(problem.row, problem.column) for problem in problems_of(tmp_path, text)]
    assert found == [(2, "B"), (3, "year")]
    found = [(problem.row, problem.column) for problem in problems_of(tmp_path, text.replace("\n2019,-", "\n2020,-"))]
    assert found == [(2, "B"), (3, "A [units]")]


def test_many_wrong_cells_are_counted(tmp_path: Path) -> None:
    text = "date,value\n" + "".join(f"{1000 + i},x\n" for i in range(300))
    path = tmp_path / "series.csv"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_series(path)
    assert len(caught.value.problems) == 51
    assert "300 problems" in caught.value.text("en")
    assert "250 more" in caught.value.text("en")


@pytest.mark.parametrize("name", ["series.txt", "series", "series.xls"])
def test_file_that_is_no_table(tmp_path: Path, name: str) -> None:
    (problem,) = problems_of(tmp_path, "date,value\n2019,1\n", name)
    assert "is not a table that can be read (.csv, .xlsx, .parquet)" in problem.text("en")


def test_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.csv: cannot be read: No such file"):
        read_series(tmp_path / "none.csv")


def test_frame_without_rows_or_dates() -> None:
    with pytest.raises(InputError, match="not one row"):
        read_series(pd.DataFrame({"date": [], "value": []}))
    with pytest.raises(InputError, match="row 1, column value: the values are of type list"):
        read_series(pd.DataFrame({"date": [2019], "value": [[1]]}))
    with pytest.raises(InputError, match="no column holds the dates"):
        read_series(pd.DataFrame({"value": [1, 2]}))


def test_wrong_options(tmp_path: Path) -> None:
    path = tmp_path / "series.csv"
    path.write_text("date,value\n2019,1\n")
    for options in ({"kind": "flows"}, {"market": -1}, {"market": float("nan")}, {"published": "soon"}):
        with pytest.raises(InputError):
            read_series(path, **options)  # type: ignore[arg-type]
