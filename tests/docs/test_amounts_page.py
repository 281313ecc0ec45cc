from __future__ import annotations

import re
from pathlib import Path

import pytest

from majung.errors import InputError
from majung.money import Unit, parse_amount, parse_date, parse_quarter

PAGE = (Path(__file__).parents[2] / "docs" / "guide" / "amounts.md").read_text(encoding="utf-8")
MILLION = Unit("KRW", 6)


def rows(header: str, section: str) -> list[tuple[str, str]]:
    table = section.split(f"| {header} |", 1)[1].split("\n\n", 1)[0]
    return re.findall(r"^\| `([^`]+)` \| (.+) \|$", table, re.MULTILINE)


AMOUNTS, DATES = (PAGE.split(f"## {title}\n", 1)[1] for title in ("Amounts", "Dates and quarters"))


@pytest.mark.parametrize(("written", "amount"), rows("written", AMOUNTS))
def test_amounts_on_the_page_are_read_as_it_says(written: str, amount: str) -> None:
    assert str(parse_amount(written, MILLION)) == amount


@pytest.mark.parametrize("written", [written for written, _ in rows("refused", AMOUNTS)])
def test_amounts_that_the_page_says_are_refused(written: str) -> None:
    with pytest.raises(InputError):
        parse_amount(written, MILLION)


@pytest.mark.parametrize(("written", "meant"), rows("written", DATES))
def test_dates_on_the_page_are_read_as_it_says(written: str, meant: str) -> None:
    parse = parse_quarter if "Q" in meant else parse_date
    assert str(parse(written)) == meant
