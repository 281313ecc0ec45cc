from __future__ import annotations

from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from majung.errors import InputError
from majung.messages import LANGUAGES, Lang
from majung.money import Quarter, Unit, format_amount, format_date, parse_amount, parse_date, parse_quarter, parse_unit

CURRENCIES = ("KRW", "USD", "EUR", "JPY", "CNY", "GBP")
units = st.builds(Unit, st.sampled_from(CURRENCIES), st.integers(0, 15))
langs = st.sampled_from(get_args(Lang))
amounts = st.decimals(min_value=-(10**20), max_value=10**20, places=6)
quarters = st.builds(Quarter, st.integers(1900, 2200), st.integers(1, 4))


@given(units)
def test_unit_is_read_back_from_its_name(unit: Unit) -> None:
    assert all(parse_unit(unit.label(lang)) == unit for lang in LANGUAGES)


@given(amounts, units, langs)
def test_amount_is_read_back_from_its_full_writing(amount: Decimal, unit: Unit, lang: Lang) -> None:
    written = format_amount(amount, unit, lang, digits="all")
    assert parse_amount(written, unit, allow_negative=True) == amount


@given(amounts, units, langs, st.integers(1, 8))
def test_shortened_amount_is_off_by_half_a_digit_at_most(amount: Decimal, unit: Unit, lang: Lang, digits: int) -> None:
    read = parse_amount(format_amount(amount, unit, lang, digits=digits), unit, allow_negative=True)
    assert abs(read - amount) * 2 <= Decimal(1).scaleb(amount.adjusted() - digits + 1)


@given(st.floats(min_value=0, max_value=1e15, allow_subnormal=False).filter(lambda x: x == 0 or x > 1e-15), units)
def test_float_is_read_as_it_is_shown(number: float, unit: Unit) -> None:
    assert float(parse_amount(number, unit)) == number
    assert parse_amount(number, unit) == parse_amount(repr(number), unit)


@given(st.integers(0, 10**12), units, units)
def test_amount_in_another_unit_is_the_same_money(number: int, here: Unit, there: Unit) -> None:
    there = Unit(here.currency, there.exponent)
    converted = parse_amount(number, there, written_in=here)
    assert converted == number * here.factor(there)
    assert parse_amount(converted, here, written_in=there) == number


@given(st.text(alphabet="0123456789.,-+()eE 만억조천백십원₩$kmbn%", max_size=24))
def test_any_text_is_an_amount_or_an_input_error(written: str) -> None:
    with suppress(InputError):
        assert parse_amount(written, Unit("KRW", 6), allow_negative=True).is_finite()


@given(st.text(max_size=24))
def test_any_text_is_a_date_and_a_quarter_or_an_input_error(written: str) -> None:
    for parse in (parse_date, parse_quarter):
        with suppress(InputError):
            parse(written)


@given(st.dates(), langs)
def test_date_is_read_back(day: date, lang: Lang) -> None:
    assert parse_date(day.isoformat()) == day
    assert parse_quarter(day) == Quarter.of(day)
    if lang == "ko" and day.year >= 1000:
        assert parse_date(format_date(day, lang)) == day


@given(quarters, langs)
def test_quarter_is_read_back(quarter: Quarter, lang: Lang) -> None:
    assert parse_quarter(quarter.label(lang)) == quarter


@given(quarters, st.integers(-400, 400))
def test_quarters_count_as_whole_numbers_do(quarter: Quarter, distance: int) -> None:
    assert (quarter + distance) - quarter == distance
    assert (quarter + distance) + -distance == quarter
    assert (quarter + 1).first_day.toordinal() == quarter.last_day.toordinal() + 1


def test_quarters_and_numbers_do_not_mix() -> None:
    with pytest.raises(TypeError):
        Quarter(2024, 2) - 1  # type: ignore[operator]
