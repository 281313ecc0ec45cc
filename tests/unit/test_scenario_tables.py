"""A table is the same whatever it was saved as and however its numbers are written."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from majung.errors import InputError
from majung.scenario import Scenario, load, skeleton

FIRMS = "id,class,cash,overhead,staff\nv1,venture,1200,500,14\nl1,large,900000,30000,1500\nf1,foreign,0,0,5000\n"
LINES = (
    "firm,technology,quality,home_sales,world_sales\n"
    "v1,service,0.45,800,\nl1,model,0.6,7800,500\nf1,chip,1,30000,400000\n"
)


def scenario_with(
    tmp_path: Path, firms: str | bytes | Callable[[Path], object] = FIRMS, suffix: str = ".csv"
) -> Scenario:
    folder = tmp_path / "scenario"
    skeleton.write(folder)
    (folder / "lines.csv").write_text(LINES)
    (folder / "firms.csv").unlink()
    path = folder / f"firms{suffix}"
    if callable(firms):
        firms(path)
    else:
        path.write_bytes(firms.encode() if isinstance(firms, str) else firms)
    return load(folder)


def test_a_header_alone_may_lack_the_end_of_its_line(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        scenario_with(tmp_path, FIRMS.splitlines()[0])
    assert {problem.key for problem in caught.value.problems if problem.file == "firms.csv"} == {"table.no_rows"}
    (tmp_path / "scenario" / "firms.csv").write_text(FIRMS)
    (tmp_path / "scenario" / "inputs.csv").write_text("technology,input,share")
    assert len(load(tmp_path / "scenario").inputs) == 0


@pytest.fixture
def plain(tmp_path: Path) -> Scenario:
    return scenario_with(tmp_path / "plain")


SPELLINGS: dict[str, str | bytes] = {
    "mark": codecs.BOM_UTF8 + FIRMS.encode(),
    "UTF-16": FIRMS.encode("utf-16"),
    "semicolons": FIRMS.replace(",", ";"),
    "tabs": FIRMS.replace(",", "\t"),
    "bars": FIRMS.replace(",", "|"),
    "Windows line ends": FIRMS.replace("\n", "\r\n"),
    "no line end": FIRMS.rstrip(),
    "blank lines": "\n" + FIRMS.replace("\n", "\n\n") + "\n\n",
    "empty rows as Excel leaves them": FIRMS + ",,,,\n,,,,\n",
    "empty columns": FIRMS.replace("\n", ",,\n"),
    "quotes": '"' + FIRMS.rstrip().replace(",", '","').replace("\n", '"\n"') + '"\n',
    "spaces": FIRMS.replace(",", " , "),
    "capitals": FIRMS.replace("id,class,cash", "ID,Class,CASH").replace("venture", "Venture"),
    "thousands": FIRMS.replace("900000", '"900,000"'),
    "unit in cells": FIRMS.replace("900000", "9천억").replace("1200", "12억").replace("30000", "KRW 30bn"),
    "unit in the header": FIRMS.replace("cash", "cash [억원]").replace("1200", "12").replace("900000", "9000"),
    "Korean unit in the header": FIRMS.replace("cash", "현금(백만원)"),
    "smaller unit in the header": FIRMS.replace("cash", "현금 (단위: 천원)")
    .replace("1200", '"1,200,000"')
    .replace("900000", "900000000"),
    "unit of the scenario": FIRMS.replace("overhead", "overhead (million KRW)"),
    "Korean headers": FIRMS.replace("id,class,cash,overhead,staff", "기업,규모,현금,고정비,직원 수").replace(
        "large", "대기업"
    ),
    "CP949": FIRMS.replace("id,class,cash,overhead,staff", "기업,규모,현금,고정비,직원 수")
    .replace("large", "대기업")
    .encode("cp949"),
    "another unit in brackets": FIRMS.replace("staff", "staff (명)"),
    "a remark": "note," + FIRMS.removesuffix("\n").replace("\n", '\n"a, b\nc",') + "\n",
    "signs": FIRMS.replace("1200", "+1200").replace("900000", "9.0e5"),
}


@pytest.mark.parametrize("content", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_spelling_makes_no_difference(tmp_path: Path, plain: Scenario, content: str | bytes) -> None:
    scenario = scenario_with(tmp_path, content)
    assert scenario.hash == plain.hash
    assert scenario.firms.cash.tolist() == [1200, 900000, 0]


def workbook(path: Path, *, title: str = "firms", before: bool = False) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    if before:
        sheet.append(["About this table"])
        sheet = book.create_sheet(title)
    for place, row in enumerate(FIRMS.splitlines()):
        cells = row.split(",")
        sheet.append(cells if place == 0 else [*cells[:2], *map(int, cells[2:])])
    book.save(path)


def frame() -> pd.DataFrame:
    rows = [row.split(",") for row in FIRMS.splitlines()]
    return pd.DataFrame(rows[1:], columns=rows[0]).astype({"cash": int, "overhead": float, "staff": int})


WRITERS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "workbook": (".xlsx", workbook),
    "sheet of the table's name": (".xlsx", lambda path: workbook(path, before=True)),
    "parquet": (".parquet", lambda path: frame().to_parquet(path)),
    "parquet with an index": (".parquet", lambda path: frame().iloc[::-1].iloc[::-1].to_parquet(path, index=True)),
    "parquet of text": (".parquet", lambda path: frame().astype(str).to_parquet(path)),
    "parquet of categories": (".parquet", lambda path: frame().astype({"class": "category"}).to_parquet(path)),
    "parquet of large text": (
        ".parquet",
        lambda path: pa.parquet.write_table(
            pa.Table.from_pandas(frame()).set_column(0, "id", pa.array(["v1", "l1", "f1"], pa.large_string())), path
        ),
    ),
}


@pytest.mark.parametrize(("suffix", "write"), WRITERS.values(), ids=WRITERS.keys())
def test_format_makes_no_difference(
    tmp_path: Path, plain: Scenario, suffix: str, write: Callable[[Path], object]
) -> None:
    assert scenario_with(tmp_path, write, suffix).hash == plain.hash


def test_moving_the_point_is_exact(tmp_path: Path) -> None:
    cash = [0.07, 0.29, 1.1, 4.35, 8.2]
    rows = "".join(f"x{i},venture,{value},1,1\n" for i, value in enumerate(cash))
    csv = scenario_with(tmp_path / "csv", FIRMS.replace("cash", "cash [억원]") + rows)
    table = pd.concat(
        [
            frame(),
            pd.DataFrame(
                {"id": [f"x{i}" for i in range(5)], "class": "venture", "cash": cash, "overhead": 1.0, "staff": 1}
            ),
        ]
    )
    parquet = scenario_with(
        tmp_path / "parquet", lambda path: table.rename(columns={"cash": "cash [억원]"}).to_parquet(path), ".parquet"
    )
    assert csv.firms.cash[3:].tolist() == [7.0, 29.0, 110.0, 435.0, 820.0]
    assert parquet.firms.cash.tolist() == csv.firms.cash.tolist()


def test_percent_in_cells_and_headers(tmp_path: Path) -> None:
    cells = scenario_with(
        tmp_path / "cells",
        FIRMS.replace("staff", "staff,captive")
        .replace(",1500", ",1500,7%")
        .replace(",14", ",14,")
        .replace(",5000", ",5000,"),
    )
    header = scenario_with(
        tmp_path / "header",
        FIRMS.replace("staff", "staff,captive [%]")
        .replace(",1500", ",1500,7")
        .replace(",14", ",14,")
        .replace(",5000", ",5000,"),
    )
    assert cells.firms.captive.tolist() == header.firms.captive.tolist() == [0, 0.07, 0]


def test_rows_are_counted_as_a_spreadsheet_counts_them(tmp_path: Path) -> None:
    content = "\n\nnote," + FIRMS.removesuffix("\n").replace("\n", '\n"two\nlines",') + "\n\n,,,,,\n,x,venture,no,1,1\n"
    with pytest.raises(InputError) as caught:
        scenario_with(tmp_path, content)
    # Two blank rows, the header in row 3, three firms, two more without content.
    assert str(caught.value).startswith("firms.csv row 9, column cash: 'no'")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_rows_stay_right_across_blocks_and_after_rows_left_out(tmp_path: Path, newline: str) -> None:
    count = 400_000
    rows = [f"x{i:07d},venture,1,1,1" for i in range(count)]
    rows[10] = "too,few"
    rows[count // 2] = ""
    rows[-2] = "x,venture,bad,1,1"
    with pytest.raises(InputError) as caught:
        scenario_with(
            tmp_path,
            newline.join(
                ["id,class,cash,overhead,staff", *rows, "v1,venture,1,1,1", "l1,large,1,1,1", "f1,foreign,0,0,5"]
            ),
        )
    assert [problem.row for problem in caught.value.problems] == [12, count]


def test_unclosed_quote_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"firms\.csv"):
        scenario_with(tmp_path, FIRMS.replace("v1,", '"v1,'))


def test_formula_without_a_value_is_an_empty_cell(tmp_path: Path) -> None:
    def write(path: Path) -> None:
        workbook(path)
        book = openpyxl.load_workbook(path)
        book["Sheet"]["C2"] = "=1+1"
        book.save(path)

    with pytest.raises(InputError, match=r"firms\.xlsx row 2, column cash: empty"):
        scenario_with(tmp_path, write, ".xlsx")


def test_workbook_cells_beyond_the_header_are_an_error(tmp_path: Path) -> None:
    def write(path: Path) -> None:
        workbook(path)
        book = openpyxl.load_workbook(path)
        book["Sheet"]["G3"] = "over here"
        book.save(path)

    with pytest.raises(InputError, match=r"firms\.xlsx row 3: the row has 7 cells and the header has 5"):
        scenario_with(tmp_path, write, ".xlsx")


def test_infinite_and_missing_numbers_of_parquet_are_errors(tmp_path: Path) -> None:
    table = frame().astype({"cash": float})
    table.loc[0, "cash"], table.loc[1, "cash"] = np.inf, np.nan
    with pytest.raises(InputError) as caught:
        scenario_with(tmp_path, lambda path: table.to_parquet(path), ".parquet")
    assert [str(problem).split(";")[0] for problem in caught.value.problems] == [
        "firms.parquet row 2, column cash: 'inf' is not a number, such as 1,200 or 0.35.",
        "firms.parquet row 3, column cash: empty",
    ]


def test_unit_of_the_scenario_may_be_another(tmp_path: Path) -> None:
    folder = tmp_path / "scenario"
    skeleton.write(folder)
    settings = (folder / "scenario.toml").read_text(encoding="utf-8")
    (folder / "scenario.toml").write_text(settings.replace('"million KRW"', '"억원"'), encoding="utf-8")
    scenario = load(folder)
    assert scenario.unit == "100 million KRW"
    assert scenario.firms.cash[:2].tolist() == [12, 3000]
    assert scenario.strategy("blanket").budget == 10
    assert {strategy.unit for strategy in scenario.strategies} == {"100 million KRW"}


def test_settings_may_be_cp949(tmp_path: Path) -> None:
    folder = tmp_path / "scenario"
    skeleton.write(folder)
    settings = (folder / "scenario.toml").read_text(encoding="utf-8").replace("·", "").replace("…", "")
    (folder / "scenario.toml").write_bytes(settings.encode("cp949"))
    assert load(folder).title.ko == "작은 보기"
