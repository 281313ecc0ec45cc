from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from majung.errors import InputError
from majung.money import Unit, format_amount, parse_amount, parse_number, parse_unit, split_header

WON = Unit("KRW", 0)
MILLION = Unit("KRW", 6)
EOK = Unit("KRW", 8)


@pytest.mark.parametrize(
    ("written", "million_won"),
    [
        (1200, "1200"),
        (0.1, "0.1"),
        (np.float64(0.1), "0.1"),
        (np.int64(7), "7"),
        (Decimal("1.50"), "1.5"),
        ("1,200", "1200"),
        ("1,234,567.5", "1234567.5"),
        ("1.2e3", "1200"),
        ("0.1억", "10"),
        ("12억", "1200"),
        ("1조 2,000억", "1200000"),
        ("1조2000억", "1200000"),
        ("3.5조원", "3500000"),
        ("500백만원", "500"),
        ("2천5백만원", "25"),
        ("3천억", "300000"),
        ("10만원", "0.1"),
        ("3만 5천", "0.035"),
        ("30억 원", "3000"),
        ("1억 2,345만 6,789원", "123.456789"),
        ("₩1,000", "0.001"),
        ("￦１，２００", "0.0012"),
        ("1.2bn KRW", "1200"),
        ("KRW 1.23 trillion", "1230000"),
        ("5m", "5"),
        ("5 M", "5"),
        ("100 thousand won", "0.1"),
        ("  30\u00a0억  ", "3000"),
    ],
)
def test_amounts_as_people_write_them(written: str | float, million_won: str) -> None:
    parsed = parse_amount(written, MILLION)
    assert str(parsed) == million_won


@pytest.mark.parametrize("written", ["-5", "\N{MINUS SIGN}5", "△5", "▲5", "(5)", "KRW -5m", "-KRW 5m", -5])
def test_negative_only_where_allowed(written: str | int) -> None:
    assert parse_amount(written, MILLION, allow_negative=True) == -5
    with pytest.raises(InputError, match="is negative; the amount must not be"):
        parse_amount(written, MILLION)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("", "empty; expected an amount of money"),
        (" ", "empty; expected an amount of money"),
        (None, "empty; expected an amount of money"),
        (float("nan"), "empty; expected an amount of money"),
        (float("inf"), "'inf' is not an amount of money"),
        (True, "'True' is not an amount of money"),
        ("약 30억", "'약 30억' is not an amount of money"),
        ("억", "'억' is not an amount of money"),
        ("12억억", "'12억억' is not an amount of money"),
        ("12kg", "'12kg' is not an amount of money"),
        ("-", "'-' is not an amount of money"),
        ("()", "'()' is not an amount of money"),
        ("--5", "'--5' is not an amount of money"),
        ("1_200", "'1_200' is not an amount of money"),
        ("1 200", "'1 200' does not run from large units to small ones"),
        ("1,20", "'1,20' has a comma where no thousands separator belongs"),
        ("12,00억", "'12,00억' has a comma where no thousands separator belongs"),
        ("2,000억 1조", "does not run from large units to small ones"),
        ("1조 20,000억", "does not run from large units to small ones"),
        ("1.5조 200억", "does not run from large units to small ones"),
        ("1억5천", "'1억5천' has no unit, so it can be read in two ways"),
        ("$5m", "is in USD, and the amounts here are in million KRW"),
        ("9" * 61, "has more digits than an amount can need"),
        ("1e99", "has more digits than an amount can need"),
        (1e300, "has more digits than an amount can need"),
    ],
)
def test_what_cannot_be_read_is_said(written: str | float | None, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_amount(written, MILLION)
    assert message in str(caught.value)
    assert caught.value.text("ko")


def test_column_header_gives_the_unit_of_plain_numbers_only() -> None:
    assert parse_amount("1,200", MILLION, written_in=EOK) == 120_000
    assert parse_amount(0.5, MILLION, written_in=EOK) == 50
    assert parse_amount("12억", MILLION, written_in=EOK) == 1200
    assert parse_amount("1,200원", MILLION, written_in=WON) == Decimal("0.0012")


def test_currency_without_scale_against_a_scaled_header_is_refused() -> None:
    with pytest.raises(InputError, match="names a currency but no scale, and the column is in 100 million KRW"):
        parse_amount("1,200원", MILLION, written_in=EOK)


@pytest.mark.parametrize(
    ("header", "name", "unit"),
    [
        ("cash [억원]", "cash", EOK),
        ("매출(백만원)", "매출", MILLION),
        ("매출 (단위: 천 원)", "매출", Unit("KRW", 3)),
        ("sales (KRW bn)", "sales", Unit("KRW", 9)),
        ("sales (in million KRW)", "sales", MILLION),
        ("sales [US$ m]", "sales", Unit("USD", 6)),
        ("price ［원］", "price", WON),
        ("cash", "cash", None),
        ("share [%]", "share [%]", None),
        ("units (k)", "units (k)", None),
        ("[억원]", "[억원]", None),
    ],
)
def test_header_units(header: str, name: str, unit: Unit | None) -> None:
    assert split_header(header) == (name, unit)


def test_factor_between_units() -> None:
    assert EOK.factor(MILLION) == 100
    assert WON.factor(MILLION) == Decimal("0.000001")
    with pytest.raises(InputError, match="'million USD' is in USD, and the amounts here are in million KRW"):
        Unit("USD", 6).factor(MILLION)


@pytest.mark.parametrize("written", ["", "million", "억", "kg", "KRW KRW", "10000 trillion KRW"])
def test_what_is_not_a_unit(written: str) -> None:
    with pytest.raises(InputError, match="a unit of money"):
        parse_unit(written)


@pytest.mark.parametrize(("currency", "exponent"), [("XXX", 6), ("KRW", -1), ("KRW", 16)])
def test_units_are_checked_when_made(currency: str, exponent: int) -> None:
    with pytest.raises(ValueError, match="not a unit of money"):
        Unit(currency, exponent)


@pytest.mark.parametrize(
    ("won", "en", "ko"),
    [
        (1_234_567_890_000, "KRW 1.23 trillion", "1조 2,346억 원"),
        (1_230_000_000, "KRW 1.23 billion", "12억 3,000만 원"),
        (999_950_000, "KRW 1 billion", "9억 9,995만 원"),
        (12_345, "KRW 12,300", "1만 2,345원"),
        (3_000_000, "KRW 3 million", "300만 원"),
        (0, "KRW 0", "0원"),
        (0.5, "KRW 0.5", "0.5원"),
        (-5_000_000, "-KRW 5 million", "-500만 원"),
        (1.5e17, "KRW 150,000 trillion", "15경 원"),
        (float("nan"), "–", "–"),
        (float("inf"), "–", "–"),
    ],
)
def test_amounts_as_a_newspaper_writes_them(won: float, en: str, ko: str) -> None:
    assert format_amount(won, WON) == en
    assert format_amount(won, WON, "ko") == ko


def test_format_takes_every_numeric_type_and_digits() -> None:
    assert format_amount(np.float64(1234.5), MILLION, digits="all") == "KRW 1.2345 billion"
    assert format_amount(Decimal(1234), MILLION, digits=1) == "KRW 1 billion"
    assert format_amount(1e300, MILLION, "ko").endswith("경 원")
    assert format_amount(2_000_000, Unit("USD", 0), "ko") == "200만 달러"


@pytest.mark.parametrize(
    ("written", "number"), [("1,200", "1200"), ("0.350", "0.35"), ("(5)", "-5"), (".5", "0.5"), (3, "3")]
)
def test_numbers(written: str | int, number: str) -> None:
    assert str(parse_number(written)) == number


@pytest.mark.parametrize("written", ["", "abc", "5%", "12억", pd.NA, pd.NaT])
def test_what_is_not_a_number(written: object) -> None:
    with pytest.raises(InputError, match="a number"):
        parse_number(written)  # type: ignore[arg-type]
