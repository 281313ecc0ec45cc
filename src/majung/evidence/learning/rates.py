"""Put estimated learning rates into a scenario's table of technologies."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from majung.errors import InputError, Problem
from majung.evidence.learning.curve import LearningCurve
from majung.tables.headers import folded, split_brackets

__all__ = ["scenario_rates", "write_rates"]

_IDS: Final = ("id", "식별자")
_RATES: Final = ("learningrate", "학습률")
_NAME: Final = "learning_rate"
_ENCODINGS: Final = ("utf-8-sig", "cp949")


def scenario_rates(curves: Iterable[LearningCurve]) -> dict[str, float]:
    """Return the learning rates that a scenario can take, by technology: estimates from 0 up, to three digits."""
    return {
        curve.technology: round(curve.rate.estimate, 3)
        for curve in curves
        if curve.rate is not None and curve.rate.estimate >= 0
    }


def write_rates(curves: Iterable[LearningCurve], table: str | Path) -> dict[str, float]:
    """Write learning rates into the column ``learning_rate`` of a scenario's technologies.csv.

    Rows whose id is not among the curves, and all other cells, stay as they are.

    Parameters
    ----------
    curves : iterable of LearningCurve
    table : path
        A csv file.

    Returns
    -------
    dict
        What was written, by technology.

    Raises
    ------
    InputError
        When the table cannot be read, or has none of the technologies.
    """
    path = Path(table)
    rates = scenario_rates(curves)
    rows, encoding, newline = _read(path)
    heads = [folded(split_brackets(head)[0]) for head in rows[0]] if rows else []
    id_place = next((place for place, head in enumerate(heads) if head in _IDS), None)
    if id_place is None:
        raise InputError([Problem(key="table.missing_column", file=path.name, row=1, values={"name": "id"})])
    rate_place = next((place for place, head in enumerate(heads) if head in _RATES), None)
    ids = [row[id_place].strip() if len(row) > id_place else "" for row in rows]
    written = {name: rates[name] for name in ids[1:] if name in rates}
    if not written:
        values = {"found": ", ".join(rates) or "-", "choices": [name for name in ids[1:] if name]}
        raise InputError([Problem(key="evidence.learning.none_there", file=path.name, values=values)])
    if rate_place is None:
        rate_place = len(rows[0])
        rows = [[*row, _NAME if place == 0 else ""] if row else row for place, row in enumerate(rows)]
    percent = "%" in (split_brackets(rows[0][rate_place])[1] or "")
    for name, row in zip(ids, rows, strict=True):
        if name in written and row is not rows[0]:
            row[rate_place] = f"{written[name] * (100 if percent else 1):.6g}"
    _write(path, rows, encoding, newline)
    return written


def _read(path: Path) -> tuple[list[list[str]], str, str]:
    try:
        content = path.read_bytes()
    except OSError:
        raise InputError([Problem(key="evidence.learning.no_table", file=str(path))]) from None
    for encoding in _ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        newline = "\r\n" if "\r\n" in text else "\n"
        kept = "utf-8" if encoding == "utf-8-sig" and not content.startswith(b"\xef\xbb\xbf") else encoding
        return list(csv.reader(io.StringIO(text, newline=""))), kept, newline
    raise InputError([Problem(key="evidence.learning.no_table", file=str(path))])


def _write(path: Path, rows: Iterable[list[str]], encoding: str, newline: str) -> None:
    """Write the table whole or not at all."""
    held = io.StringIO(newline="")
    csv.writer(held, lineterminator=newline).writerows(rows)
    beside = path.with_name(f"{path.name}.part")
    beside.write_bytes(held.getvalue().encode(encoding))
    beside.replace(path)
