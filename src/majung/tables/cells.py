"""Turn the cells of a column into an array, all at once, and say which cells are wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from majung.errors import InputError, Problem
from majung.messages import Phrase
from majung.money import Unit, parse_amount, parse_number

__all__ = [
    "LONGEST_ID",
    "Cells",
    "Flags",
    "Flaws",
    "codes",
    "empties",
    "everywhere",
    "has_unseen",
    "ids",
    "numbers",
    "out_of",
    "texts",
    "unseen",
    "words",
]

Cells: TypeAlias = Any
"""A pyarrow array; its stubs are not published."""
Flags: TypeAlias = NDArray[np.bool_]

LONGEST_ID: Final = 100
_LONGEST_TEXT: Final = 500
_MOST_PARSED: Final = 1000
_PLAIN: Final = r"^[-+]?[0-9]+(\.[0-9]+)?$"
_GROUPED: Final = r"^-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$"
_UNSEEN: Final = r"[\x00-\x1f\x7f-\x{9f}\x{ad}\x{200b}-\x{200f}\x{2028}-\x{202e}\x{2060}-\x{2069}\x{feff}]"
_UNSEEN_PYTHON: Final = re.compile("[\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Flaws:
    """Cells of a batch that are wrong for one reason, and the problem of a cell."""

    places: NDArray[np.intp]
    problem: Callable[[int], Problem]


def texts(cells: Cells) -> Cells:
    """Return cells as trimmed, composed text; an empty cell is an empty text."""
    if pa.types.is_dictionary(cells.type):
        cells = cells.dictionary_decode()
    if not pa.types.is_string(cells.type):
        try:
            cells = cells.cast(pa.string())
        except pa.ArrowException:
            raise InputError([Problem(key="table.not_cells", found=str(cells.type))]) from None
    # Hangul typed on a Mac comes decomposed and would not be equal to what looks the same.
    return pc.utf8_normalize(pc.utf8_trim_whitespace(pc.fill_null(cells, "")), form="NFC")


def empties(text: Cells) -> Flags:
    """Return which cells are empty."""
    return np.asarray(pc.equal(pc.binary_length(text), 0))


def ids(cells: Cells) -> tuple[Cells, list[Flaws]]:
    """Read ids: short, without signs that cannot be seen."""
    text = texts(cells)
    return text, [
        *unseen(text),
        _flaws(
            pc.greater(pc.utf8_length(text), LONGEST_ID),
            lambda i: Problem(key="table.long_id", found=text[i].as_py(), values={"longest": LONGEST_ID}),
        ),
        _flaws(pc.starts_with(text, "entrant:"), lambda i: Problem(key="table.reserved_id", found=text[i].as_py())),
    ]


def words(cells: Cells) -> tuple[Cells, list[Flaws]]:
    """Read free text."""
    text = texts(cells)
    long = _flaws(
        pc.greater(pc.utf8_length(text), _LONGEST_TEXT),
        lambda i: Problem(key="table.long_text", found=text[i].as_py(), values={"longest": _LONGEST_TEXT}),
    )
    return text, [*unseen(text), long]


def codes(
    cells: Cells, choices: Mapping[str, int], problem: Callable[[str], Problem]
) -> tuple[NDArray[np.int8], Flags, list[Flaws]]:
    """Read words of a closed list as positions in it.

    Returns
    -------
    positions : array of int8
        -1 where empty or wrong.
    empty : array of bool
    flaws : list of Flaws
    """
    text = texts(cells)
    encoded = pc.dictionary_encode(text)
    words = encoded.dictionary.to_pylist()
    known = np.array([choices.get(word.casefold(), -1) for word in words] or [-1], dtype=np.int8)
    positions = known[encoded.indices.to_numpy(zero_copy_only=False)] if len(text) else np.zeros(0, np.int8)
    empty = empties(text)
    return positions, empty, [_flaws((positions < 0) & ~empty, lambda i: problem(text[i].as_py()))]


def numbers(
    cells: Cells, *, written_in: Unit | None, unit: Unit | None, percent: int | None
) -> tuple[NDArray[np.float64], Flags, list[Flaws]]:
    """Read numbers or amounts of money.

    Parameters
    ----------
    cells : pyarrow array
        Numbers, or text such as ``1,200`` or ``12억``.
    written_in : Unit or None
        The unit of money in the column's header.
    unit : Unit or None
        The unit of the result; None for a plain number.
    percent : int or None
        Power of ten of the header's unit for a plain number (-2 for ``[%]``); None where ``5%`` means nothing.

    Returns
    -------
    values : array of float
        NaN where empty or wrong.
    empty : array of bool
    flaws : list of Flaws
    """
    exponent = percent or 0
    if unit is not None and written_in is not None:
        exponent = written_in.exponent - unit.exponent
    if (pa.types.is_floating(cells.type) or pa.types.is_integer(cells.type)) and not exponent:
        return _machine_numbers(cells)
    text = texts(cells)
    empty = empties(text)
    if not exponent and (quick := _quick(text, empty)) is not None:
        return quick, empty, []
    plain = pc.match_substring_regex(text, _PLAIN)
    grouped = pc.match_substring_regex(text, _GROUPED)
    digits = pc.if_else(grouped, pc.replace_substring(text, ",", ""), pc.utf8_ltrim(text, "+"))
    if exponent:
        # Moving the point in the text, not multiplying, so that 0.07 hundreds are exactly 7.
        digits = pc.binary_join_element_wise(digits, f"e{exponent}", "")
    easy = pc.or_(plain, grouped)
    values = _floats(pc.if_else(easy, digits, pa.scalar(None, pa.string())))
    hard = np.flatnonzero(~np.asarray(easy) & ~empty)
    flaws = _read_hard(text, hard, values, _cell_parser(written_in, unit, percent)) if len(hard) else []
    return values, empty, flaws


def out_of(values: NDArray[Any], wrong: Flags, cells: Cells, expected: Phrase, *, ranged: bool = True) -> Flaws:
    """Return the flaws of values outside of their bounds, quoting the cells as they were written."""
    text: list[Cells] = []
    key = "problem.out_of_range" if ranged else "problem.unexpected"

    def problem(i: int) -> Problem:
        if not text:
            text.append(texts(cells))
        return Problem(key=key, found=text[0][i].as_py() or f"{values[i]:g}", expected=expected)

    return _flaws(wrong, problem)


def everywhere(wrong: Flags, problem: Problem) -> Flaws:
    """Return the flaw of cells that all have the same problem."""
    return _flaws(wrong, lambda _: problem)


def has_unseen(text: str) -> bool:
    """Return whether a text has a sign that cannot be seen."""
    return _UNSEEN_PYTHON.search(text) is not None


def unseen(text: Cells) -> list[Flaws]:
    """Return the flaws of texts with signs that cannot be seen."""
    wrong = pc.match_substring_regex(text, _UNSEEN)
    return [_flaws(wrong, lambda i: Problem(key="table.unseen", found=_shown(text[i].as_py())))]


def _shown(text: str) -> str:
    return _UNSEEN_PYTHON.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _flaws(wrong: Cells, problem: Callable[[int], Problem]) -> Flaws:
    return Flaws(np.flatnonzero(np.asarray(wrong)), problem)


def _machine_numbers(cells: Cells) -> tuple[NDArray[np.float64], Flags, list[Flaws]]:
    values = _floats(cells)
    empty = np.isnan(values)
    infinite = np.isinf(values)
    values[infinite] = np.nan
    expected = Phrase("expected.number")
    return (
        values,
        empty,
        [_flaws(infinite, lambda i: Problem(key="problem.unexpected", found=str(cells[i].as_py()), expected=expected))],
    )


def _floats(cells: Cells) -> NDArray[np.float64]:
    values = pc.cast(cells, pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    return np.array(values, dtype=np.float64)


def _quick(text: Cells, empty: Flags) -> NDArray[np.float64] | None:
    """Return the values if every cell is a plain number or empty: the common case, at a fifth of the time."""
    try:
        values = _floats(pc.if_else(pa.array(empty), pa.scalar(None, pa.string()), text) if empty.any() else text)
    except pa.ArrowInvalid:
        return None
    return values if np.isfinite(values).sum() == len(values) - empty.sum() else None


def _cell_parser(written_in: Unit | None, unit: Unit | None, percent: int | None) -> Callable[[str], Decimal]:
    if unit is not None:
        return lambda cell: parse_amount(cell, unit, written_in=written_in, allow_negative=True)

    def parse(cell: str) -> Decimal:
        if percent is not None and cell.endswith("%"):
            return parse_number(cell[:-1]).scaleb(-2)
        return parse_number(cell).scaleb(percent or 0)

    return parse


def _read_hard(
    text: Cells, hard: NDArray[np.intp], values: NDArray[np.float64], parse: Callable[[str], Decimal]
) -> list[Flaws]:
    """Read the cells that are not plain numbers, each spelling once; give up on a column of nothing else."""
    encoded = pc.dictionary_encode(text.take(pa.array(hard)))
    read = np.full(len(encoded.dictionary), np.nan)
    refused: dict[int, Problem] = {}
    for place, cell in enumerate(encoded.dictionary.to_pylist()):
        try:
            read[place] = float(parse(cell))
        except InputError as error:
            refused[place] = error.problems[0]
            if len(refused) >= _MOST_PARSED and not np.isfinite(read).any():
                break
    spellings = encoded.indices.to_numpy(zero_copy_only=False)
    values[hard] = read[spellings]
    by_cell = dict(zip(hard.tolist(), spellings.tolist(), strict=True)) if refused else {}
    wrong = hard[np.isnan(read[spellings])]

    def problem(i: int) -> Problem:
        known = refused.get(by_cell[i])
        return known or Problem(key="problem.unexpected", found=text[i].as_py(), expected=Phrase("expected.number"))

    return [Flaws(wrong, problem)]
