"""majung.xlsx: the tables of a run for people, with words for ids, units in headers and numbers as they are read."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
import pandas as pd
from openpyxl import Workbook

from majung.dims import DOMESTIC_CLASSES, INSTRUMENTS
from majung.ensemble import SAMPLE
from majung.messages import Lang, catalogue, text
from majung.report.document import identity
from majung.report.series import Results, quarter_words
from majung.report.sheets import Column, Kind, Sheet, fill_sheet
from majung.report.spreadsheets import row, undated
from majung.report.wording import count

if TYPE_CHECKING:
    from majung.report.tables import ColumnNote

__all__ = ["workbook"]

Words: TypeAlias = Callable[[Any], Any]

# More would make a workbook that opens slowly; the csv file has them all.
_MOST_ROWS: Final = 10_000
_NAMED: Final = ("strategy", "technology")
_COUNTED: Final = ("", "1", "lines", "firms", "adopters")
"""Units that the meaning of a column names already."""
_WHOLE: Final = 1000.0
"""Amounts below it need digits after the point."""
_KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        **dict.fromkeys(("rank", "worlds", "replication"), "count"),
        **dict.fromkeys(("probability_best", "sme_share", "domestic_share", "survival", "survived"), "share"),
        **dict.fromkeys(("meaning_en", "meaning_ko", "label_en", "label_ko"), "long"),
        # Parameters have any number of digits.
        **dict.fromkeys(("value", "low", "high"), "text"),
    }
)


def workbook(
    results: Results, frames: Mapping[str, pd.DataFrame], notes: Mapping[str, ColumnNote], lang: Lang
) -> bytes:
    """Return a run's tables as a workbook; the same run is the same bytes.

    Parameters
    ----------
    results : Results
    frames : mapping
        The tables by name. Those of more than 10,000 rows are named in the readme only.
    notes : mapping
        By the name of a column, what it means.
    lang : {"en", "ko"}
        The language of every word that is not a name.
    """
    book = Workbook(write_only=True)
    book.properties.creator = "majung"
    book.properties.title = results.scenario.title.text(lang)
    fitting = {name: frame for name, frame in frames.items() if len(frame) <= _MOST_ROWS}
    _readme(book.create_sheet(text("report.sheet.readme", lang)), results, frames, fitting, lang)
    words = _words(results, lang)
    for name, frame in fitting.items():
        place = book.create_sheet(text(f"report.sheet.name.{name}", lang))
        # Where strategies have a row each, their ids stand beside their titles: commands and csv files know them by it.
        known = {} if "title_en" in frame else words
        columns = [str(column) for column in frame.columns]
        kinds = tuple(Column(column, _kind(column, notes[column].unit, frame[column])) for column in columns)
        cells = [
            [_plain(value) for value in map(known.get(column, _same), frame[column].tolist())] for column in columns
        ]
        titles = [_title(notes[column], results, lang) for column in columns]
        fill_sheet(place, Sheet(name, kinds, list(zip(*cells, strict=True))), titles)
    buffer = io.BytesIO()
    book.save(buffer)
    return undated(buffer.getvalue())


def _readme(
    sheet: Any, results: Results, frames: Mapping[str, pd.DataFrame], fitting: Mapping[str, pd.DataFrame], lang: Lang
) -> None:
    """Write what the workbook is, where its numbers come from, and what its sheets hold."""
    scenario = results.scenario
    sheet.column_dimensions["A"].width = 30
    sheet.column_dimensions["B"].width = 110
    row(sheet, [scenario.title.text(lang) or scenario.id], bold=True)
    for line in (scenario.description.text(lang), text("report.sheet.units", lang, unit=results.unit.label(lang))):
        row(sheet, [line])
    row(sheet, [])
    for key, words in (("real", scenario.real), ("reconstructed", scenario.reconstructed)):
        row(sheet, [text(f"report.page.{key}", lang), words.text(lang)])
    for name, value in identity(results, lang):
        row(sheet, [name, value])
    row(sheet, [])
    row(sheet, [text("report.sheet.sheets", lang)], bold=True)
    for name in frames:
        left_out = "" if name in fitting else " " + text("report.sheet.csv_only", lang, rows=f"{len(frames[name]):,}")
        said = text(f"report.sheet.table.{name}", lang, most=count(SAMPLE)) + left_out
        row(sheet, [text(f"report.sheet.name.{name}", lang), said, f"{name}.csv"])


def _words(results: Results, lang: Lang) -> dict[str, Words]:
    """Return by column what puts its ids into words."""
    classes = {name: text(f"report.class.{name}", lang) for name in DOMESTIC_CLASSES}
    instruments = {name: text(f"report.instrument.{name}", lang) for name in (*INSTRUMENTS, "returned")}
    technologies = results.technology_titles(lang)
    splits = {name: text(f"report.sheet.split.{name}", lang) for name in ("instrument", "size_class", "technology")}

    def named(names: Mapping[str, str]) -> Words:
        return lambda value: names.get(str(value), value)

    def when(value: Any) -> Any:
        return quarter_words(str(value), lang) if value else value

    return {
        "strategy": named(results.titles(lang)),
        "technology": named(technologies),
        "size_class": named(classes),
        "split": named(splits),
        "part": named({**technologies, **classes, **instruments}),
        "quarter": when,
        "takeoff_quarter": when,
    }


def _title(note: ColumnNote, results: Results, lang: Lang) -> str:
    if note.name in _NAMED:
        return text(f"report.column.{note.name}", lang)
    meaning = note.text(lang)
    title = meaning[:1].upper() + meaning[1:]
    if note.unit in _COUNTED:
        return title
    key = f"report.unit.{note.unit}"
    unit = (
        results.unit.label(lang) if note.unit == "money" else text(key, lang) if key in catalogue(lang) else note.unit
    )
    return f"{title} ({unit})"


def _kind(name: str, unit: str, values: pd.Series) -> Kind:
    if name in _KINDS:
        return _KINDS[name]
    if not pd.api.types.is_numeric_dtype(values):
        return "text"
    if unit == "money":
        largest = float(np.nanmax(np.abs(values.to_numpy(dtype=np.float64)), initial=0.0))
        return "money" if largest >= _WHOLE else "number"
    return "number"


def _plain(value: Any) -> Any:
    """Return an empty cell for what is no number."""
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _same(value: Any) -> Any:
    return value
