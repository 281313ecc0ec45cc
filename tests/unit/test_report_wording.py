from __future__ import annotations

import math

import pytest

from majung.decision import Interval
from majung.messages import Lang
from majung.money import Unit
from majung.report.figures.style import money_scale, wrap
from majung.report.wording import NOTHING, agreeing_decimals, amount, interval, number, percent


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (1.3249, "1.32"),
        (12_345.6, "12,300"),
        (-0.04512, "−0.0451"),
        (0.0, "0"),
        (0.99996, "1.00"),
        (999.7, "1,000"),
        (1.4e-9, "0"),
        (-1.4e-9, "0"),
        (math.nan, NOTHING),
        (math.inf, NOTHING),
        (None, NOTHING),
    ],
)
def test_numbers_have_three_significant_digits(value: float | None, written: str) -> None:
    assert number(value) == written


@pytest.mark.parametrize(
    ("share", "written"), [(0.344, "34 %"), (0.0466, "4.7 %"), (0.0, "0 %"), (1.0, "100 %"), (math.nan, NOTHING)]
)
def test_a_share_is_a_percentage_on_one_line(share: float, written: str) -> None:
    assert percent(share) == written.replace(" ", "\N{NO-BREAK SPACE}")


@pytest.mark.parametrize(
    ("found", "lang", "written"),
    [
        (Interval(10.71, 9.1, 12.3), "en", "10.7 (9.1 to 12.3)"),
        (Interval(-2.0, -3.456, -0.5), "ko", "−2.00 (−3.46 ~ −0.50)"),
        (Interval(5.0, math.nan, math.nan), "en", "5.00"),
        (Interval(33_648.0, 32_682.0, 34_614.0), "en", "33,600 (32,700 to 34,600)"),
        (Interval(0.0, 0.0, 0.0), "en", "0"),
        (None, "en", NOTHING),
    ],
)
def test_an_interval_has_the_digits_of_its_widest_number(found: Interval | None, lang: Lang, written: str) -> None:
    assert interval(found, lang) == written


@pytest.mark.parametrize(
    ("values", "widths", "decimals"),
    [
        ((657.2, 922.1, 264.9), (199.0, 200.0), 0),
        ((-83.3, 16.8, 100.1), (10.1, 9.9), 1),
        ((36.2, 136.2, 100.0), (449.0, 450.0), 0),
        ((6572.0, 9221.0, 2649.0), (1990.0, 2000.0), -1),
        ((0.0, 0.0, math.nan), (), 0),
    ],
)
def test_numbers_that_are_added_up_have_the_same_digits(
    values: tuple[float, ...], widths: tuple[float, ...], decimals: int
) -> None:
    assert agreeing_decimals(values, widths) == decimals


def test_an_amount_is_in_words_and_does_not_break() -> None:
    assert amount(265_000, Unit("KRW", 6), "ko") == "2,650억\N{NO-BREAK SPACE}원"
    assert amount(-265_000, Unit("KRW", 6), "en") == "−KRW\N{NO-BREAK SPACE}265\N{NO-BREAK SPACE}billion"


@pytest.mark.parametrize(
    ("largest", "lang", "label"),
    [
        (250_000, "ko", "억원"),
        (250_000, "en", "billion KRW"),
        (40_000_000, "ko", "조원"),
        (40_000_000, "en", "trillion KRW"),
        (0.0, "en", "million KRW"),
        (math.nan, "ko", "백만원"),
    ],
)
def test_the_unit_of_a_chart_suits_its_largest_amount(largest: float, lang: Lang, label: str) -> None:
    scale = money_scale(
        [1.0 if largest else 0.0, largest] if math.isfinite(largest) else [largest], Unit("KRW", 6), lang
    )
    assert scale.label == label


def test_titles_are_wrapped_and_keep_every_letter() -> None:
    title = "아주긴한국어전략이름이띄어쓰기없이이어지는경우 and English words"
    lines = wrap(title, 12)
    assert len(lines) > 3
    assert "".join(lines).replace(" ", "") == title.replace(" ", "")
    assert wrap("half of 50 % here", 10) == ["half of", "50\N{NO-BREAK SPACE}% here"]
