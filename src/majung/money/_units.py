"""Units of money and their names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from majung.errors import InputError
from majung.messages import Lang, Phrase, text
from majung.money._reading import folded, refuse, refuse_unread

_CURRENCY_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {"krw": "KRW", "원": "KRW", "₩": "KRW", "won": "KRW"}
    | {"usd": "USD", "us$": "USD", "$": "USD", "달러": "USD", "dollars": "USD"}
    | {"eur": "EUR", "€": "EUR", "유로": "EUR", "euros": "EUR"}
    | {"jpy": "JPY", "엔": "JPY", "yen": "JPY"}
    | {"cny": "CNY", "위안": "CNY", "yuan": "CNY"}
    | {"gbp": "GBP", "£": "GBP", "파운드": "GBP", "pounds": "GBP"}
)
ENGLISH_SCALES: Final[Mapping[str, int]] = MappingProxyType(
    {"k": 3, "thousand": 3}
    | {"m": 6, "mn": 6, "mm": 6, "mio": 6, "million": 6}
    | {"b": 9, "bn": 9, "billion": 9}
    | {"tn": 12, "trn": 12, "trillion": 12}
)
MYRIADS: Final[Mapping[str, int]] = MappingProxyType({"": 0, "만": 4, "억": 8, "조": 12, "경": 16})
SMALL: Final[Mapping[str, int]] = MappingProxyType({"": 0, "십": 1, "백": 2, "천": 3})
_MYRIAD_NAMES: Final = tuple(MYRIADS)
_SMALL_NAMES: Final = tuple(SMALL)
ENGLISH_NAMES: Final = ("", "thousand", "million", "billion", "trillion")
_LARGEST_EXPONENT: Final = 15


def any_of(words: Mapping[str, object]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True) if word)


_LEADING_CURRENCY: Final = re.compile(rf"({any_of(_CURRENCY_WORDS)})\s*(?=[-0-9.])")
_TRAILING_CURRENCY: Final = re.compile(rf"(?<=[0-9\s십백천만억조경a-z])({any_of(_CURRENCY_WORDS)})$")
_UNIT_SCALE: Final = re.compile(rf"(10{{0,3}})?\s*(?:({any_of(ENGLISH_SCALES)})|([십백천]?)\s*([만억조경]?))")
_HEADER: Final = re.compile(r"(.*\S)\s*(?:\[([^\[\]]+)\]|\(([^()]+)\))")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of money: ten to a power, of a currency.

    Parameters
    ----------
    currency : str
        Three letters, such as ``KRW``.
    exponent : int
        The power of ten: 6 for a million.
    """

    currency: str
    exponent: int

    def __post_init__(self) -> None:
        if self.currency not in _CURRENCY_WORDS.values() or not 0 <= self.exponent <= _LARGEST_EXPONENT:
            raise ValueError(f"not a unit of money: {self.currency!r} times ten to {self.exponent!r}")

    def factor(self, to: Unit) -> Decimal:
        """Return what an amount in this unit is multiplied by to be in another.

        Raises
        ------
        InputError
            When the currencies differ: majung knows no exchange rates.
        """
        if self.currency != to.currency:
            refuse("problem.amount_currency", self, to, currency=Phrase(f"money.currency.{self.currency}"))
        return Decimal(1).scaleb(self.exponent - to.exponent)

    def label(self, lang: Lang = "en") -> str:
        """Return the unit's name: ``million KRW`` or ``백만원``."""
        if lang == "ko":
            myriad, small = divmod(self.exponent, 4)
            scale = f"{_SMALL_NAMES[small]}{_MYRIAD_NAMES[myriad]}"
            currency = text(f"money.currency.{self.currency}", lang)
            return scale + currency if self.currency == "KRW" else f"{scale} {currency}".lstrip()
        thousands = min(self.exponent // 3, len(ENGLISH_NAMES) - 1)
        count = 10 ** (self.exponent - 3 * thousands)
        return " ".join(
            part for part in (str(count) if count > 1 else "", ENGLISH_NAMES[thousands], self.currency) if part
        )

    def __str__(self) -> str:
        return self.label("en")


def parse_unit(words: str) -> Unit:
    """Read a unit of money.

    Parameters
    ----------
    words : str
        Such as ``million KRW``, ``KRW bn``, ``백만원``, ``억 원``, ``단위: 천원``, ``US$ m``.

    Raises
    ------
    InputError
        When it is not one, or names no currency.
    """
    plain = re.sub(r"^(단위|unit|in)\b\s*[:=]?\s*", "", folded(words).lower())
    currency, rest = take_currency(plain, at_start=re.compile(rf"({any_of(_CURRENCY_WORDS)})"))
    scale = _UNIT_SCALE.fullmatch(rest)
    if currency is None or scale is None:
        refuse_unread(words, Phrase("expected.unit"))
    count, english, small, myriad = scale.groups()
    exponent = len(count) - 1 if count else 0
    exponent += ENGLISH_SCALES[english] if english else SMALL[small] + MYRIADS[myriad]
    if exponent > _LARGEST_EXPONENT:
        refuse_unread(words, Phrase("expected.unit"))
    return Unit(currency, exponent)


def split_header(header: str) -> tuple[str, Unit | None]:
    """Split a column's header into its name and the unit of money after it.

    Parameters
    ----------
    header : str
        Such as ``cash [억원]``, ``매출(백만원)``, ``sales (KRW bn)``.

    Returns
    -------
    name : str
        The header without the unit.
    unit : Unit or None
        None where brackets are missing or hold something else; the name is then the whole header.
    """
    plain = folded(header)
    if (match := _HEADER.fullmatch(plain)) is None:
        return plain, None
    try:
        return match[1], parse_unit(match[2] or match[3])
    except InputError:
        return plain, None


def take_currency(body: str, at_start: re.Pattern[str] = _LEADING_CURRENCY) -> tuple[str | None, str]:
    if match := at_start.match(body):
        rest = body[match.end() :].strip()
        again = _TRAILING_CURRENCY.search(rest)
        currency = _CURRENCY_WORDS[match[1]]
        if again and _CURRENCY_WORDS[again[1]] == currency:
            rest = rest[: again.start()].rstrip()
        return currency, rest
    if match := _TRAILING_CURRENCY.search(body):
        return _CURRENCY_WORDS[match[1]], body[: match.start()].rstrip()
    return None, body
