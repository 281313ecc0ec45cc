"""awards.xlsx and its csv files: opened again, added up, and the same bytes for the same allocation."""

from __future__ import annotations

import io
import time
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.awards_data import FORMULA, allocation, awarded, nothing, scenario

from majung.messages import LANGUAGES, Lang, text
from majung.money import parse_unit
from majung.report.awards import write_awards
from majung.report.awards.sheets import spent_whole
from majung.report.awards.words import whole_amounts

MILLION = parse_unit("million KRW")
NAMES = ("awards", "near_misses", "ineligible", "rules", "practices", "about")


def opened(folder: Path, lang: Lang = "en", **changes: Any) -> Any:
    files = write_awards(allocation(**changes), folder, lang, scenario())
    return openpyxl.load_workbook(files["xlsx"])


def column(sheet: Any, key: str, lang: Lang, currency: str) -> list[Any]:
    head = [cell.value for cell in sheet[1]]
    place = head.index(text(f"report.awards.sheet.column.{key}", lang, currency=currency))
    return [row[place] for row in sheet.iter_rows(min_row=2, values_only=True)]


@pytest.mark.parametrize(("lang", "currency"), [("en", "KRW"), ("ko", "원")])
def test_money_sums_to_the_won(tmp_path: Path, lang: Lang, currency: str) -> None:
    book = opened(tmp_path, lang)
    assert book.sheetnames == [text(f"report.awards.sheet.name.{name}", lang) for name in NAMES]
    amounts = column(book.worksheets[0], "amount", lang, currency)
    *each, total = amounts
    assert all(isinstance(amount, int) for amount in each)
    assert sum(each) == round(allocation().spent * 1_000_000)
    assert total == f"=SUM(G2:G{len(each) + 1})"
    about = [cell for row in book.worksheets[-1].iter_rows(values_only=True) for cell in row]
    assert sum(each) in about


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_sheet_has_one_frozen_header_a_filter_and_formats(tmp_path: Path, lang: Lang) -> None:
    for sheet in opened(tmp_path, lang).worksheets[:-1]:
        assert sheet.freeze_panes == "A2"
        rows = sheet.max_row - (sheet.title == text("report.awards.sheet.name.awards", lang))
        assert sheet.auto_filter.ref == f"A1:{openpyxl.utils.get_column_letter(sheet.max_column)}{rows}"
        assert all(cell.font.bold for cell in sheet[1])
        head = [str(cell.value) for cell in sheet[1]]
        assert len(head) == len(set(head))
        for letter, title in zip(sheet.column_dimensions, head, strict=True):
            assert 9 <= sheet.column_dimensions[letter].width <= 62, title
    money = {cell.number_format for cell in opened(tmp_path, lang).worksheets[0]["G"][1:]}
    assert money == {"#,##0"}


def test_no_text_is_a_formula(tmp_path: Path) -> None:
    book = opened(tmp_path)
    names = [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.value == FORMULA.en]
    assert names
    assert all(cell.data_type == "s" for cell in names)
    formulas = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert len(formulas) == 1
    assert f"'{FORMULA.en}" in (tmp_path / "tables" / "awards.csv").read_text(encoding="utf-8-sig")


def test_csv_files_are_tidy_and_the_same(tmp_path: Path) -> None:
    files = write_awards(allocation(), tmp_path, "ko")
    assert set(files) == {*NAMES[:-1], "xlsx"}
    awards = pd.read_csv(files["awards"])
    assert len(awards) == 27
    assert awards["amount"].dtype.kind == "i"
    assert awards["amount"].sum() == round(allocation().spent * 1_000_000)
    sheet = pd.read_excel(files["xlsx"])
    assert sheet["금액(원)"].sum() == awards["amount"].sum()
    assert len(pd.read_csv(files["near_misses"])) == 40
    assert pd.read_csv(files["near_misses"])["extra"].isna().sum() == 10
    assert len(pd.read_csv(files["rules"])) == 20
    assert list(pd.read_csv(files["practices"])["practice"].fillna("")) == [
        "", "score", "pro-rata", "lottery", "small-first",
    ]  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_awarded_is_a_workbook_too(tmp_path: Path, lang: Lang) -> None:
    files = write_awards(nothing(), tmp_path, lang)
    awards = openpyxl.load_workbook(files["xlsx"]).worksheets[0]
    assert [row[6] for row in awards.iter_rows(min_row=2, values_only=True)] == [0]
    assert len(pd.read_csv(files["awards"])) == 0


def test_the_same_allocation_is_the_same_bytes(tmp_path: Path) -> None:
    first = write_awards(allocation(), tmp_path / "a", "ko", scenario())
    # Times in a workbook are of two seconds.
    time.sleep(2.1)
    second = write_awards(allocation(seconds={}), tmp_path / "b", "ko", scenario())
    assert {name: path.read_bytes() for name, path in first.items()} == {
        name: path.read_bytes() for name, path in second.items()
    }
    with zipfile.ZipFile(io.BytesIO(first["xlsx"].read_bytes())) as book:
        assert {entry.date_time for entry in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_sum_that_is_not_what_was_spent_is_never_written(tmp_path: Path) -> None:
    wrong = allocation(awards=3, spent=1.0)
    with pytest.raises(ValueError, match="add up"):
        write_awards(wrong, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_thirds_of_a_million_still_add_up() -> None:
    amounts = [100 / 3, 100 / 3, 100 / 3]
    assert whole_amounts(amounts, MILLION) == (33_333_334, 33_333_333, 33_333_333)
    chosen = tuple(awarded(place, amount=amount) for place, amount in enumerate(amounts))
    assert spent_whole(replace(allocation(awards=0), awards=chosen, spent=sum(amounts))) == 100_000_000


@given(st.lists(st.floats(0, 1e7, allow_nan=False), max_size=60), st.sampled_from(["KRW", "천원", "백만원", "억원"]))
def test_whole_amounts_are_near_and_add_up(amounts: list[float], unit: str) -> None:
    kind = parse_unit(unit)
    whole = whole_amounts(amounts, kind)
    precise = [Decimal(repr(amount)).scaleb(kind.exponent) for amount in amounts]
    assert all(abs(given - exactly) <= 1 for given, exactly in zip(whole, precise, strict=True))
    assert abs(sum(whole) - sum(precise, Decimal(0))) <= Decimal("0.5") + len(amounts) * Decimal("0.005")


@given(st.lists(st.integers(0, 10**13), max_size=40))
def test_whole_won_stay_as_they_are(won: list[int]) -> None:
    assert whole_amounts([amount / 1_000_000 for amount in won], MILLION) == tuple(won)
