from __future__ import annotations

from datetime import date, datetime

import pandas as pd
import pytest

from majung.errors import InputError
from majung.money import Quarter, format_date, parse_date, parse_quarter

DAY = date(2024, 4, 29)


@pytest.mark.parametrize(
    "written",
    [
        *("2024-04-29", "2024-4-29", "2024.4.29", "2024. 4. 29.", "2024/04/29", "2024년 4월 29일", "2024년4월29일"),
        *("20240429", 20240429, DAY, datetime(2024, 4, 29, 13), pd.Timestamp("2024-04-29")),
    ],
)
def test_dates(written: str | int | date) -> None:
    parsed = parse_date(written)
    assert parsed == DAY
    assert type(parsed) is date


@pytest.mark.parametrize("written", ["", None, pd.NaT, float("nan"), "29/04/2024", "2024-02-30", "24-04-29", "2024-04"])
def test_what_is_not_a_date(written: object) -> None:
    with pytest.raises(InputError, match="a date, such as 2024-04-29"):
        parse_date(written)  # type: ignore[arg-type]


def test_dates_are_written_out() -> None:
    assert format_date(DAY) == "29 April 2024"
    assert format_date(DAY, "ko") == "2024년 4월 29일"


@pytest.mark.parametrize(
    "written",
    [
        *("2024Q2", "2024q2", "2024-Q2", "2024 Q2", "Q2 2024", "2Q 2024", "2024년 2분기", "2024년2분기", "2024 2분기"),
        *("2024-04-01", DAY, pd.Timestamp("2024-06-30"), Quarter(2024, 2)),
    ],
)
def test_quarters(written: str | date | Quarter) -> None:
    assert parse_quarter(written) == Quarter(2024, 2)


@pytest.mark.parametrize("written", ["", None, pd.NaT, "2024Q5", "0000Q1", "24Q2", "2024", "spring 2024"])
def test_what_is_not_a_quarter(written: object) -> None:
    with pytest.raises(InputError, match="a quarter, such as 2024Q2"):
        parse_quarter(written)  # type: ignore[arg-type]


def test_quarter_arithmetic_and_days() -> None:
    quarter = Quarter(2024, 2)
    assert quarter + 3 == Quarter(2025, 1)
    assert quarter + -2 == Quarter(2023, 4)
    assert Quarter(2025, 1) - quarter == 3
    assert (quarter.first_day, quarter.last_day) == (date(2024, 4, 1), date(2024, 6, 30))
    assert quarter < Quarter(2024, 3) < Quarter(2025, 1)
    assert (str(quarter), quarter.label("ko")) == ("2024Q2", "2024년 2분기")


@pytest.mark.parametrize(("year", "number"), [(2024, 0), (2024, 5), (0, 1), (10_000, 1)])
def test_quarters_are_checked_when_made(year: int, number: int) -> None:
    with pytest.raises(ValueError, match="not a quarter"):
        Quarter(year, number)
