"""Open a table, whatever it was saved as, and hand out its cells batch by batch with their spreadsheet rows."""

from __future__ import annotations

import codecs
import csv
import errno
import io
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from numpy.typing import NDArray

from majung.errors import InputError, Problem
from majung.messages import Phrase

__all__ = ["SUFFIXES", "Batch", "Sheet", "decode", "open_table", "reason_of"]

SUFFIXES: Final = (".csv", ".xlsx", ".parquet")

Cells: TypeAlias = Any

_BLOCK: Final = 8 << 20
_BATCH_ROWS: Final = 100_000
_MAGIC: Final = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
    (b"PAR1", "parquet"),
    (b"\x1f\x8b", "gzip"),
    (b"%PDF", "pdf"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
)
_REASONS: Final = {
    errno.ENOENT: "file.reason.missing",
    errno.EACCES: "file.reason.forbidden",
    errno.EPERM: "file.reason.forbidden",
    errno.EISDIR: "file.reason.is_folder",
    errno.ENOTDIR: "file.reason.not_folder",
}


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a sheet: one array for each header, and the spreadsheet row of each."""

    cells: list[Cells]
    rows: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table's headers, and its rows to be read once."""

    headers: list[str]
    batches: Iterator[Batch]


def open_table(path: Path, note: Callable[[Problem], None]) -> Sheet:
    """Open a table.

    Parameters
    ----------
    path : Path
        A file with one of `SUFFIXES`.
    note : callable
        Told of every row, while they are read, that has more or fewer cells than there are headers.

    Raises
    ------
    InputError
        When the file is not what its name says, has no header, or cannot be read; problems carry no file name.
    """
    try:
        if path.exists() and not path.is_file():
            raise InputError([Problem(key="file.special")])
        with path.open("rb") as stream:
            start = stream.read(4096)
    except OSError as error:
        raise InputError([Problem(key="file.unreadable", values={"detail": reason_of(error)})]) from None
    if not start.strip():
        raise InputError([Problem(key="file.empty")])
    kind = next((kind for magic, kind in _MAGIC if start.startswith(magic)), "text")
    expected = {".csv": "text", ".xlsx": "zip", ".parquet": "parquet"}[path.suffix.lower()]
    if kind != expected:
        raise InputError([Problem(key=f"file.is_{kind}", found=path.suffix.lower(), values={"stem": path.stem})])
    if kind == "zip":
        return _open_workbook(path, note)
    return _open_parquet(path) if kind == "parquet" else _open_csv(path, note)


def reason_of(error: OSError) -> Phrase | str:
    """Return why the file system refuses: in words of ours where it often does so, else in the system's."""
    if error.errno in _REASONS:
        return Phrase(_REASONS[error.errno])
    return error.strerror or str(error)


def decode(content: bytes) -> str:
    """Return text that is UTF-8 (with or without mark), UTF-16 with a mark, or CP949.

    Raises
    ------
    InputError
        When it is none of them.
    """
    return content.decode(_encoding(io.BytesIO(content))).removeprefix("\ufeff")


def _encoding(stream: Any) -> str:
    """Return the encoding of a whole stream, read in blocks."""
    start = stream.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    failed_at = 0
    for encoding in ("utf-8", "cp949"):
        stream.seek(0)
        decoder = codecs.getincrementaldecoder(encoding)()
        done = line = 0
        try:
            while block := stream.read(1 << 20):
                if b"\0" in block:
                    raise InputError([Problem(key="file.is_binary")])
                decoder.decode(block)
                done += len(block)
                line += block.count(b"\n")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            if encoding == "utf-8":
                failed_at = line + 1 + error.object[: error.start].count(b"\n")
            continue
        return "utf-8-sig" if start.startswith(codecs.BOM_UTF8) else encoding
    raise InputError([Problem(key="file.encoding", row=failed_at)])


def _open_csv(path: Path, note: Callable[[Problem], None]) -> Sheet:
    with path.open("rb") as stream:
        encoding = _encoding(stream)
    with path.open(encoding=encoding, newline="") as stream:
        head = "".join(islice(stream, 50))
    separator = _separator(head)
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=separator, strict=False)
    headers: list[str] = []
    skipped = 0
    for record in reader:
        skipped += 1
        if any(cell.strip() for cell in record):
            headers = [cell.strip() for cell in record]
            break
    if not headers:
        raise InputError([Problem(key="file.empty")])
    if reader.line_num >= head.count("\n") + 1:
        # The header is all there is, without the end of its line.
        return Sheet(headers, iter(()))
    return Sheet(headers, _csv_batches(path, encoding, separator, len(headers), reader.line_num, skipped, note))


def _separator(head: str) -> str:
    """Return what parts the first line that is not empty: the sign that is in it most often, outside of quotes."""
    first = next((line for line in head.splitlines() if line.strip()), "")
    outside = "".join(part for place, part in enumerate(first.split('"')) if place % 2 == 0)
    return max(",;\t|", key=lambda sign: (outside.count(sign), sign == ","))


def _csv_batches(
    path: Path,
    encoding: str,
    separator: str,
    width: int,
    header_lines: int,
    header_rows: int,
    note: Callable[[Problem], None],
) -> Iterator[Batch]:
    names = [str(place) for place in range(width)]
    left_out: list[int] = []

    def leave_out(row: Any) -> str:
        number = row.number - header_lines + header_rows
        left_out.append(number)
        if row.text.strip():
            note(Problem(key="table.ragged", row=number, values={"cells": row.actual_columns, "headers": width}))
        return "skip"

    options = pyarrow.csv.ReadOptions(
        use_threads=False,
        block_size=_BLOCK,
        skip_rows=header_lines,
        column_names=names,
        encoding="utf-8" if encoding.startswith("utf-8") else encoding,
    )
    parse = pyarrow.csv.ParseOptions(
        delimiter=separator, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=leave_out
    )
    convert = pyarrow.csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, null_values=[]
    )
    row = header_rows + 1
    try:
        with pyarrow.csv.open_csv(path, read_options=options, parse_options=parse, convert_options=convert) as stream:
            for record_batch in stream:
                rows = _rows_without(row, record_batch.num_rows, left_out)
                row = int(rows[-1]) + 1 if len(rows) else row
                left_out[:] = [number for number in left_out if number >= row]
                yield Batch(list(record_batch.columns), rows)
    except pa.ArrowInvalid as error:
        raise InputError([Problem(key="file.broken_csv", values={"detail": _first_line(error)})]) from None


def _rows_without(first: int, count: int, left_out: list[int]) -> NDArray[np.int64]:
    """Return `count` row numbers from `first` on, passing over those that were left out."""
    behind = np.array(sorted(number for number in left_out if number >= first), dtype=np.int64)
    rows = np.arange(first, first + count + len(behind), dtype=np.int64)
    return rows[~np.isin(rows, behind)][:count] if len(behind) else rows


def _open_workbook(path: Path, note: Callable[[Problem], None]) -> Sheet:
    try:
        with warnings.catch_warnings():
            # openpyxl warns of styles and validations that it does not keep; only values are read here.
            warnings.simplefilter("ignore", UserWarning)
            workbook = openpyxl.load_workbook(path, read_only=True, data_only=True)
            sheet = workbook[path.stem] if path.stem in workbook.sheetnames else workbook.worksheets[0]
            sheet.reset_dimensions()
            rows = enumerate(sheet.iter_rows(values_only=True), start=1)
            for _, cells in rows:
                headers = [_cell(cell).strip() for cell in cells]
                if any(headers):
                    break
            else:
                raise InputError([Problem(key="file.empty")])
    except InputError:
        raise
    except Exception as error:
        # A damaged workbook makes openpyxl raise whatever its parsers raise.
        raise InputError([Problem(key="file.broken_xlsx", values={"detail": _first_line(error)})]) from None
    while headers and not headers[-1]:
        headers.pop()
    return Sheet(headers, _workbook_batches(workbook, rows, len(headers), note))


def _workbook_batches(
    workbook: Any, rows: Iterator[tuple[int, tuple[Any, ...]]], width: int, note: Callable[[Problem], None]
) -> Iterator[Batch]:
    try:
        while part := list(islice(rows, _BATCH_ROWS)):
            columns: list[list[str]] = [[] for _ in range(width)]
            for number, cells in part:
                if any(cell is not None for cell in cells[width:]):
                    filled = max(place for place, cell in enumerate(cells, 1) if cell is not None)
                    note(Problem(key="table.ragged", row=number, values={"cells": filled, "headers": width}))
                for place, column in enumerate(columns):
                    column.append(_cell(cells[place]) if place < len(cells) else "")
            yield Batch(
                [pa.array(column, pa.string()) for column in columns], np.array([n for n, _ in part], dtype=np.int64)
            )
    except Exception as error:
        raise InputError([Problem(key="file.broken_xlsx", values={"detail": _first_line(error)})]) from None
    finally:
        workbook.close()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def _open_parquet(path: Path) -> Sheet:
    try:
        file = pyarrow.parquet.ParquetFile(path)
        schema = file.schema_arrow
        # pandas keeps its row numbers as a column of this name.
        names = [name for name in schema.names if not name.startswith("__index_level_")]
    except (pa.ArrowException, OSError) as error:
        raise InputError([Problem(key="file.broken_parquet", values={"detail": _first_line(error)})]) from None
    return Sheet([name.strip() for name in names], _parquet_batches(file, names))


def _parquet_batches(file: Any, names: list[str]) -> Iterator[Batch]:
    row = 2
    try:
        with file:
            for record_batch in file.iter_batches(batch_size=_BATCH_ROWS, columns=names):
                rows = np.arange(row, row + record_batch.num_rows, dtype=np.int64)
                row += record_batch.num_rows
                yield Batch([record_batch.column(place) for place in range(record_batch.num_columns)], rows)
    except (pa.ArrowException, OSError) as error:
        raise InputError([Problem(key="file.broken_parquet", values={"detail": _first_line(error)})]) from None


def _first_line(error: Exception) -> str:
    said = error.args[0] if isinstance(error, KeyError) and error.args else error
    return (str(said).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
