"""Amounts of money, read exactly and written as a newspaper would."""

from __future__ import annotations

import operator
import re
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Final, Literal, SupportsFloat, SupportsIndex, TypeAlias

from majung.messages import Lang, Phrase, text
from majung.money._reading import folded, refuse, refuse_unread
from majung.money._units import ENGLISH_NAMES, ENGLISH_SCALES, MYRIADS, SMALL, Unit, any_of, take_currency

Number: TypeAlias = str | SupportsFloat | SupportsIndex | Decimal | None

# Wide enough for every amount that parses, so that no sum or shift of it is rounded.
_EXACT: Final = Context(prec=160)
_LONGEST_TEXT: Final = 60
_LARGEST_EXPONENT: Final = 40

_DIGITS = r"(?:[0-9]+(?:,[0-9]+)*(?:\.[0-9]+)?|\.[0-9]+)"
_GROUPED: Final = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_PLAIN_NUMBER: Final = re.compile(rf"({_DIGITS})(?:[eE]([+-]?[0-9]{{1,2}}))?")
_ENGLISH_AMOUNT: Final = re.compile(rf"({_DIGITS})\s*({any_of(ENGLISH_SCALES)})")
_KOREAN_PART: Final = re.compile(rf"\s*({_DIGITS})\s*([십백천]?)\s*([만억조경]?)")
_SIGNS: Final = str.maketrans({"\N{MINUS SIGN}": "-", "△": "-", "▲": "-"})


def parse_number(value: Number) -> Decimal:
    """Read a number as people write it: ``1,200``, ``0.35``, ``△5``, ``(5)``, ``1.2e9``.

    Raises
    ------
    InputError
        When it is not one: empty, not finite, a misplaced thousands separator, a unit after it.
    """
    expected = Phrase("expected.number")
    if not isinstance(value, str):
        return _tidy(_from_machine_number(value, expected))
    negative, body = _take_sign(_checked_text(value, expected))
    if (match := _PLAIN_NUMBER.fullmatch(body)) is None:
        refuse_unread(value, expected)
    return _tidy(_signed(_plain_number(match, 0, value), negative))


def parse_amount(value: Number, unit: Unit, *, written_in: Unit | None = None, allow_negative: bool = False) -> Decimal:
    """Read an amount of money.

    Parameters
    ----------
    value : str, int, float or Decimal
        Such as 1200, ``1,200``, ``12억``, ``1조 2,000억``, ``3.5조원``, ``500백만원``, ``₩1,000``, ``1.2bn KRW``.
    unit : Unit
        The unit of the result.
    written_in : Unit, optional
        The unit of a number that names none, as the column's header has it; `unit` where left out. A scale in the
        amount itself goes before it.
    allow_negative : bool
        Whether less than zero is an amount: ``-5``, ``△5``, ``(5)``.

    Returns
    -------
    Decimal
        The amount in `unit`, exact.

    Raises
    ------
    InputError
        With one problem that has no place yet; see `majung.errors.Problem.at`.
    """
    column = unit if written_in is None else written_in
    column.factor(unit)
    if isinstance(value, str):
        basic = _written_amount(value, column, has_header=written_in is not None)
    else:
        basic = _from_machine_number(value, Phrase("expected.amount")).scaleb(column.exponent, _EXACT)
    if basic < 0 and not allow_negative:
        refuse("problem.negative", value, Phrase("expected.an_amount"))
    return _tidy(basic.scaleb(-unit.exponent, _EXACT))


def format_amount(
    amount: SupportsFloat | Decimal, unit: Unit, lang: Lang = "en", *, digits: int | Literal["all"] | None = None
) -> str:
    """Write an amount as a newspaper would.

    Parameters
    ----------
    amount : float or Decimal
        In `unit`.
    unit : Unit
        The unit of `amount`.
    lang : {"en", "ko"}
        ``KRW 1.23 trillion`` or ``1조 2,346억 원``.
    digits : int, "all" or None
        Significant digits; None is the language's habit: 3 in English, 5 in Korean, where units come in steps of four.

    Returns
    -------
    str
        `parse_amount` reads it back. A value that is not finite is an en dash.
    """
    exact = amount if isinstance(amount, Decimal) else Decimal(repr(float(amount)))
    if not exact.is_finite():
        return "\N{EN DASH}"
    if digits is None:
        digits = 5 if lang == "ko" else 3
    with localcontext(_EXACT):
        basic = exact.copy_abs().scaleb(unit.exponent)
        if digits != "all" and basic:
            basic = basic.quantize(Decimal(1).scaleb(basic.adjusted() - digits + 1), rounding=ROUND_HALF_UP)
        written = _korean_amount(basic, unit.currency) if lang == "ko" else _english_amount(basic, unit.currency)
    return f"-{written}" if exact < 0 else written


def _checked_text(value: str, expected: Phrase) -> str:
    plain = folded(value).translate(_SIGNS).lower()
    if not plain:
        refuse_unread(value, expected)
    if len(plain) > _LONGEST_TEXT:
        refuse("problem.number_too_long", value, expected)
    return plain


def _from_machine_number(value: SupportsFloat | SupportsIndex | Decimal | None, expected: Phrase) -> Decimal:
    if not isinstance(value, SupportsFloat | SupportsIndex) or isinstance(value, bool):
        refuse_unread(value, expected)
    if isinstance(value, Decimal):
        number = value
    elif isinstance(value, SupportsIndex):
        number = Decimal(operator.index(value))
    else:
        # The shortest text of a float is what the spreadsheet showed: 0.1, not 0.1000000000000000055.
        number = Decimal(repr(float(value)))
    if not number.is_finite():
        refuse_unread(value, expected)
    return _bounded(number, value, expected)


def _bounded(number: Decimal, value: object, expected: Phrase) -> Decimal:
    digits, exponent = number.as_tuple()[1:]
    if number and (len(digits) > _LONGEST_TEXT or abs(int(exponent)) > _LARGEST_EXPONENT):
        refuse("problem.number_too_long", value, expected)
    return number


def _take_sign(body: str) -> tuple[bool, str]:
    if body.startswith("(") and body.endswith(")"):
        return True, body[1:-1].strip()
    return body.startswith("-"), body[1:].lstrip() if body[:1] in ("+", "-") else body


def _signed(number: Decimal, negative: bool) -> Decimal:
    return number.copy_negate() if negative and number else number


def _written_amount(value: str, column: Unit, *, has_header: bool) -> Decimal:
    """Return the amount in the currency's own unit: won, not million won."""
    expected = Phrase("expected.amount")
    negative, body = _take_sign(_checked_text(value, expected))
    currency, body = take_currency(body)
    if not negative:
        negative, body = _take_sign(body)
    if currency is not None and currency != column.currency:
        refuse("problem.amount_currency", value, column, currency=Phrase(f"money.currency.{currency}"))
    if match := _PLAIN_NUMBER.fullmatch(body):
        if currency is not None and has_header and column.exponent:
            refuse("problem.amount_scale", value, column)
        basic = _plain_number(match, 0 if currency else column.exponent, value)
    elif match := _ENGLISH_AMOUNT.fullmatch(body):
        basic = _number(match[1], value).scaleb(ENGLISH_SCALES[match[2]], _EXACT)
    else:
        basic = _korean_sum(_korean_parts(body, value), value, ends_in_currency=currency is not None)
    return _signed(basic, negative)


def _plain_number(match: re.Match[str], exponent: int, value: str) -> Decimal:
    number = _number(match[1], value).scaleb(int(match[2] or 0), _EXACT)
    return _bounded(number, value, Phrase("expected.number")).scaleb(exponent, _EXACT)


def _number(digits: str, value: str) -> Decimal:
    if "," in digits and _GROUPED.fullmatch(digits) is None:
        refuse("problem.thousands", value, Phrase("expected.number"))
    return Decimal(digits.replace(",", ""))


def _korean_parts(body: str, value: str) -> list[tuple[Decimal, str, str]]:
    """Split ``2천5백만`` into (2, 천, ), (5, 백, 만)."""
    parts = []
    position = 0
    while position < len(body):
        if (match := _KOREAN_PART.match(body, position)) is None:
            refuse_unread(value, Phrase("expected.amount"))
        parts.append((_number(match[1], value), match[2], match[3]))
        position = match.end()
    if not parts:
        refuse_unread(value, Phrase("expected.amount"))
    return parts


def _korean_sum(parts: list[tuple[Decimal, str, str]], value: str, *, ends_in_currency: bool) -> Decimal:
    total = Decimal(0)
    ceiling: Decimal | None = None
    for number, unit in zip((part[0] for part in parts), _units_of(parts), strict=True):
        amount = _EXACT.multiply(number, unit)
        if ceiling is not None and (amount >= ceiling or total % ceiling):
            refuse("problem.amount_order", value, Phrase("expected.amount"))
        total = _EXACT.add(total, amount)
        ceiling = unit
    reaches_beyond_man = any(myriad not in ("", "만") for _, _, myriad in parts)
    if reaches_beyond_man and not parts[-1][2] and not ends_in_currency:
        # '1억 5천' is said for 150 million and reads as 100,005,000.
        refuse("problem.amount_tail", value, Phrase("expected.amount"))
    return total


def _units_of(parts: list[tuple[Decimal, str, str]]) -> list[Decimal]:
    """Return what one of each part is worth; in ``2천5백만`` the 만 belongs to both parts."""
    units = []
    exponent, below = 0, -1
    for _, small, myriad in reversed(parts):
        if myriad or SMALL[small] <= below:
            exponent = MYRIADS[myriad]
        units.append(Decimal(1).scaleb(exponent + SMALL[small]))
        below = SMALL[small]
    return units[::-1]


def _tidy(number: Decimal) -> Decimal:
    """Drop trailing zeros after the point, and the exponent form before it."""
    return number.quantize(Decimal(1), context=_EXACT) if number % 1 == 0 else number.normalize(_EXACT)


def _english_amount(basic: Decimal, currency: str) -> str:
    thousands = min(basic.adjusted() // 3, len(ENGLISH_NAMES) - 1) if basic >= 1_000_000 else 0
    number = basic.scaleb(-3 * thousands).normalize()
    return f"{currency} {number:,f} {ENGLISH_NAMES[thousands]}".rstrip()


def _korean_amount(basic: Decimal, currency: str) -> str:
    whole = int(basic)
    fraction = basic - whole
    parts = []
    for name, exponent in reversed(tuple(MYRIADS.items())):
        count, whole = divmod(whole, 10**exponent)
        if exponent and count:
            parts.append(f"{count:,}{name}")
        elif not exponent and (count or fraction or not parts):
            parts.append(f"{(count + fraction).normalize():,f}")
    space = "" if currency == "KRW" and parts[-1][-1].isdigit() else " "
    return f"{' '.join(parts)}{space}{text(f'money.currency.{currency}', 'ko')}"
