from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from tests.unit.report_data import TITLES, case

from majung.decision import summarise
from majung.messages import LANGUAGES, Lang, catalogue
from majung.parameters import LocalText
from majung.report import TABLES, write_tables
from majung.report.tables import column_notes

MADE = case(replications=12)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return write_tables(MADE.dataset, MADE.scenario, MADE.summaries, tmp_path_factory.mktemp("tables"), lang="ko")


def test_every_table_is_a_file_that_a_spreadsheet_opens_in_korean(files: dict[str, Path]) -> None:
    assert set(files) == {*TABLES, "columns", "xlsx"}
    for name in (*TABLES, "columns"):
        content = files[name].read_bytes()
        assert content.startswith(b"\xef\xbb\xbf")
        assert len(pd.read_csv(files[name])) > 0
    assert "중소·벤처 우선 선별 혼합" in set(pd.read_csv(files["strategies"])["title_ko"])


def test_every_column_is_explained_in_both_languages(files: dict[str, Path]) -> None:
    notes = pd.read_csv(files["columns"], keep_default_na=False)
    for name in (*TABLES, "columns"):
        columns = pd.read_csv(files[name], nrows=1).columns
        assert list(notes.loc[notes["table"] == name, "column"]) == list(columns)
    assert (notes["meaning_en"] != "").all()
    assert (notes["meaning_ko"] != "").all()
    names = [note.name for note in column_notes()]
    assert len(names) == len(set(names))


def test_numbers_are_those_of_the_summaries(files: dict[str, Path]) -> None:
    ranking = pd.read_csv(files["strategies"]).set_index("strategy")
    assert list(ranking["rank"]) == sorted(ranking["rank"])
    for found in MADE.summaries:
        assert ranking.loc[found.id, "net_gain_mean"] == pytest.approx(found.net_gain.mean, abs=1e-3)
        assert ranking.loc[found.id, "private_domestic_sales_high"] == pytest.approx(found.private_domestic_sales.high)
    worlds = pd.read_csv(files["worlds"]).groupby("strategy")["difference"].mean()
    assert worlds.to_dict() == pytest.approx({found.id: found.difference.mean for found in MADE.summaries})
    assert pd.isna(ranking.loc["hands-off", "additionality_mean"])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_workbook_says_what_it_is(tmp_path: Path, lang: Lang) -> None:
    files = write_tables(MADE.dataset, MADE.scenario, MADE.summaries, tmp_path, lang=lang)
    book = openpyxl.load_workbook(files["xlsx"])
    names = [catalogue(lang)[f"report.sheet.name.{name}"] for name in (*TABLES, "columns")]
    assert book.sheetnames == [catalogue(lang)["report.sheet.readme"], *names]
    readme = [cell for row in book.worksheets[0].iter_rows(values_only=True) for cell in row if cell]
    for words in (MADE.scenario.title, MADE.scenario.real, MADE.scenario.reconstructed):
        assert words.text(lang) in readme
    for key in ("run_id", "result_hash", "seed"):
        assert str(MADE.dataset.attrs[key]) in readme
    sheet = book[names[0]]
    assert sheet.freeze_panes == "A2"
    assert isinstance(sheet["F2"].value, int | float)


def test_a_korean_workbook_is_korean_and_has_units_and_formats(files: dict[str, Path]) -> None:
    book = openpyxl.load_workbook(files["xlsx"])
    assert not [name for name in book.sheetnames if re.search("[a-z]", name)]
    # The last sheet is of the csv files' own names.
    for sheet in book.worksheets[1:-1]:
        titles = [str(cell.value) for cell in sheet[1]]
        assert not [title for title in titles if "_" in title]
        assert len(set(titles)) == len(titles)
    ranking = {str(cell.value): cell.column for cell in book["전략 순위"][1]}
    spent = book["전략 순위"].cell(3, ranking["지급한 공공자금 (백만원)"])
    assert isinstance(spent.value, int | float)
    assert spent.number_format == "#,##0"
    assert book["전략 순위"].cell(3, ranking["순이득이 가장 큰 세계의 비율"]).number_format == "0%"
    quarters = [cell.value for cell in book["분기별"]["B"][1:]]
    assert all(re.fullmatch(r"\d{4}년 [1-4]분기", str(value)) for value in quarters)
    assert {cell.value for cell in book["분기별"]["A"][1:]} == {title.ko for title in TITLES.values()}


def test_the_csv_files_are_alike_in_both_languages(files: dict[str, Path], tmp_path: Path) -> None:
    english = write_tables(MADE.dataset, MADE.scenario, MADE.summaries, tmp_path, lang="en")
    assert all(english[name].read_bytes() == files[name].read_bytes() for name in (*TABLES, "columns"))


def test_a_text_is_never_a_formula(tmp_path: Path) -> None:
    nasty = "=cmd|' /C calc'!A0"
    titles = dict(TITLES) | {"blanket": LocalText(ko=nasty, en=nasty)}
    made = case(replications=3, titles=titles)
    scenario = replace(made.scenario, title=LocalText(ko=nasty, en=nasty))
    files = write_tables(made.dataset, scenario, made.summaries, tmp_path)
    assert f"'{nasty}" in set(pd.read_csv(files["strategies"])["title_en"])
    book = openpyxl.load_workbook(files["xlsx"])
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value == nasty]
    assert cells
    assert all(cell.data_type == "s" for cell in cells)


def test_a_table_too_long_for_a_workbook_is_named_in_its_readme(tmp_path: Path) -> None:
    made = case(replications=2, firms=1300)
    files = write_tables(made.dataset, made.scenario, made.summaries, tmp_path)
    book = openpyxl.load_workbook(files["xlsx"], read_only=True)
    assert "firms" not in book.sheetnames
    words = [str(cell) for row in book.worksheets[0].iter_rows(values_only=True) for cell in row if cell]
    assert any("10,400 rows: in the csv file only" in word for word in words)
    book.close()
    assert len(pd.read_csv(files["firms"])) == 10_400


def test_the_table_of_worlds_is_of_those_kept_whole(tmp_path: Path) -> None:
    made = case(strategies=("hands-off", "blanket"), technologies=("cloud",), quarters=6, replications=1030)
    made.dataset["budget"][1, 7] = np.nan
    files = write_tables(made.dataset, made.scenario, summarise(made.dataset), tmp_path)
    worlds = pd.read_csv(files["worlds"])
    assert (
        worlds.groupby("strategy")["replication"].agg(["min", "max", "size"]).values.tolist() == [[0, 1023, 1024]] * 2
    )
    failed = worlds[worlds["private_domestic_sales"].isna()]
    assert failed[["strategy", "replication"]].values.tolist() == [["blanket", 7]]
    sales = made.dataset["private_final_sales"] + made.dataset["private_derived_sales"]
    expected = sales.sel(strategy="blanket", replication=5).sum()
    of_blanket = worlds[worlds["strategy"] == "blanket"].set_index("replication")
    assert of_blanket.loc[5, "private_domestic_sales"] == pytest.approx(float(expected))
    assert of_blanket.loc[5, "public_spent"] == pytest.approx(float(made.dataset["subsidy"][1, 5].sum()))
