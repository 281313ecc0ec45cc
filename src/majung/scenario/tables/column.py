"""What a column and a table are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["LARGEST", "Codes", "Column", "Days", "Flags", "Floats", "Ints", "Kind", "Table", "Texts", "column"]

Kind = Literal["id", "text", "choice", "choices", "words", "date", "reference", "money", "share", "number", "count"]
Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Codes: TypeAlias = NDArray[np.int8]
Flags: TypeAlias = NDArray[np.bool_]
Texts: TypeAlias = NDArray[np.object_]
Days: TypeAlias = NDArray[np.datetime64]

LARGEST: Final = 1e15
"""Amounts and numbers above are slips, and would make sums inexact."""

_INFINITE: Final = float("inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table.

    Parameters
    ----------
    name : str
        The header.
    attribute : str
        The array's name on the table.
    kind : str
        What the cells are.
    unit : str
        ``money``, ``money/year``, ``1/quarter`` …; empty for words.
    required : bool
        Whether the column must be there and have no empty cell.
    default : float or str or None
        What an empty cell stands for; None where `parameter` or `meaning` says.
    parameter : str or None
        The parameter that an empty cell stands for. Bounds are the parameter's.
    lowest, highest : float
        Bounds, inclusive unless `above`.
    above : bool
        Whether `lowest` itself is refused.
    choices : tuple of str
        The closed list of a choice; its position is stored, or a flag for each where a cell may hold several.
    references : str or None
        The table whose ids a reference names; the position in it is stored.
    aliases : tuple of str
        Other headers that are understood.
    spellings : mapping
        Other words for a choice, in lower case.
    numbered : bool
        Whether there may be several, with a number after the name: ``score 1``, ``score 2``.
    """

    name: str
    attribute: str
    kind: Kind
    en: str
    ko: str
    unit: str = ""
    required: bool = False
    default: float | str | None = None
    parameter: str | None = None
    lowest: float = -_INFINITE
    highest: float = _INFINITE
    above: bool = False
    choices: tuple[str, ...] = ()
    references: str | None = None
    aliases: tuple[str, ...] = ()
    spellings: Mapping[str, str] = field(default_factory=dict, hash=False)
    numbered: bool = False


NOTE: Final = Column(
    name="note",
    attribute="",
    kind="text",
    en="a remark, not read by the model",
    ko="비고(모형은 읽지 않음)",
    aliases=("비고", "메모"),
)


def column(kind: Kind, en: str, ko: str, *aliases: str, header: str = "", unit: str = "", **options: Any) -> Any:
    """Declare a column; `options` are the fields of `Column`."""
    optional = {"default", "parameter", "derived"} & options.keys()
    options.pop("derived", None)
    if kind in ("money", "number") and "parameter" not in options:
        options.setdefault("highest", LARGEST)
    declared = {"kind": kind, "en": en, "ko": ko, "aliases": aliases, "unit": unit, "required": not optional, **options}
    return field(metadata={"column": declared, "header": header})


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Table:
    """Columns as read-only arrays of one length."""

    stem: ClassVar[str] = ""
    may_be_empty: ClassVar[bool] = False
    filled: Mapping[str, Flags] = field(default_factory=dict)
    """For columns with a parameter as default: which cells were empty."""

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[1].name))

    @classmethod
    def columns(cls) -> tuple[Column, ...]:
        """Return the declared columns, then the note."""
        declared = (
            Column(name=f.metadata["header"] or f.name, attribute=f.name, **f.metadata["column"])
            for f in fields(cls)
            if "column" in f.metadata
        )
        return (*declared, NOTE)

    def arrays(self) -> Iterator[tuple[Column, NDArray[Any]]]:
        """Return each declared column with its array."""
        for column in self.columns():
            if column.attribute:
                yield column, getattr(self, column.attribute)
