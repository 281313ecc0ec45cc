"""One look for every chart, and the words and units on its axes."""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from majung.messages import Lang, catalogue, text
from majung.money import Unit
from majung.report.figures.fonts import FONT
from majung.report.figures.panels import Rows, Specification

__all__ = [
    "ACCENT",
    "GREY",
    "INK",
    "MUTED",
    "NARROW",
    "NUMBER",
    "PALETTE",
    "MoneyScale",
    "RowNames",
    "columns",
    "finish",
    "heading",
    "legend",
    "money_scale",
    "row_names",
    "wrap",
]

INK: Final = "#1f2933"
MUTED: Final = "#5f6b76"
GREY: Final = "#8a939b"
PALE: Final = "#d5dade"
ACCENT: Final = "#0068a9"
# Okabe and Ito (2008), told apart under every common colour blindness; darker yellow for white paper.
PALETTE: Final = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#b8a800")
NUMBER: Final = ",.3~r"

NARROW: Final = 500
_LETTER: Final = 6.5
_LINE: Final = 14
# Of a Hangul syllable, in Latin letters.
_WIDE: Final = 1.75
_CONFIG: Final[Mapping[str, Any]] = {
    "font": FONT,
    "aria": False,
    "background": "white",
    "padding": 4,
    "axis": {
        "labelColor": MUTED,
        "labelFontSize": 11,
        "titleColor": MUTED,
        "titleFontSize": 11,
        "titleFontWeight": 400,
        "gridColor": "#e8ebee",
        "domainColor": PALE,
        "tickColor": PALE,
        "labelLimit": 400,
        "titleLimit": 400,
    },
    "view": {"stroke": None},
    "legend": {
        "orient": "top",
        "title": None,
        "labelFontSize": 11,
        "labelColor": INK,
        "labelLimit": 300,
        "symbolType": "square",
        "offset": 6,
    },
    "title": {"anchor": "start", "fontSize": 12, "fontWeight": 600, "color": INK, "offset": 6, "limit": 2000},
    "concat": {"spacing": 16},
}
_POWERS: Final[Mapping[Lang, tuple[int, ...]]] = {"ko": (16, 12, 8, 4, 0), "en": (12, 9, 6, 3, 0)}


@dataclass(frozen=True, slots=True)
class MoneyScale:
    """The unit in which a chart or a column writes amounts.

    Parameters
    ----------
    factor : float
        What an amount in the scenario's unit is multiplied by.
    label : str
        The unit's name: ``billion KRW`` or ``억원``.
    """

    factor: float
    label: str


def money_scale(amounts: Iterable[float], unit: Unit, lang: Lang) -> MoneyScale:
    """Choose a unit in which the largest amount has two to five digits before the point.

    Parameters
    ----------
    amounts : iterable of float
        In `unit`; what is not finite does not count.
    """
    largest = max((abs(amount) for amount in amounts if math.isfinite(amount)), default=0.0)
    basic = largest * 10.0**unit.exponent
    power = next((p for p in _POWERS[lang] if basic >= 10.0 ** (p + 1)), 0) if basic else unit.exponent
    shown = Unit(unit.currency, power)
    return MoneyScale(float(unit.factor(shown)), shown.label(lang))


def wrap(words: str, width: int) -> list[str]:
    """Break a title into lines of at most `width` columns; a Hangul syllable is as wide as almost two letters."""
    lines = [""]
    for word in words.replace(" %", "\N{NO-BREAK SPACE}%").split(" "):
        for piece in _pieces(word, width):
            joined = f"{lines[-1]} {piece}".strip()
            if columns(joined) <= width:
                lines[-1] = joined
            else:
                lines.append(piece)
    return lines


@dataclass(frozen=True, slots=True)
class RowNames:
    """The names down the left side of a chart, wrapped into the room they need.

    Parameters
    ----------
    lines : mapping
        Lines of each name, by id.
    room : int
        Pixels.
    """

    lines: Mapping[str, list[str]]
    room: int

    @property
    def step(self) -> int:
        """Height of a row that holds the longest name, pixels."""
        return _LINE * max((len(found) for found in self.lines.values()), default=1) + 5

    def axis(self, *, shown: bool = True) -> Specification:
        """Return the axis; without the names where another panel at the left has them."""
        words = json.dumps(self.lines, ensure_ascii=False)
        # Vega centres the first line of a label on its row, not the label.
        shifts = [
            {"test": f"length({words}[datum.value]) == {count}", "value": -_LINE * (count - 1) / 2}
            for count in sorted({len(found) for found in self.lines.values()} - {1})
        ]
        return {
            "labelExpr": f"{words}[datum.value]" if shown else "''",
            "labelColor": INK,
            "labelFontSize": 12,
            "labelLineHeight": _LINE,
            "labelOffset": {"condition": shifts, "value": 0} if shifts else 0,
            "labelPadding": 8,
            "minExtent": self.room if shown else 0,
            "ticks": False,
            "domain": False,
            "grid": False,
        }


def row_names(names: Mapping[str, str], most: int) -> RowNames:
    """Wrap names into at most `most` pixels."""
    lines = {key: wrap(name, int((most - 8) / _LETTER)) for key, name in names.items()}
    longest = max((columns(line) for found in lines.values() for line in found), default=0)
    return RowNames(lines, min(most, int(longest * _LETTER) + 14))


def heading(key: str, lang: Lang, width: int, *, note: str = "", **values: object) -> Specification:
    """Return what a chart shows, its unit and how to read it, wrapped to the chart's width.

    Parameters
    ----------
    key : str
        The messages are ``report.chart.<key>.title`` and, where there is one, ``report.chart.<key>.reading``.
    note : str
        What is to be said after the reading.
    """
    reading = f"report.chart.{key}.reading"
    words = [text(reading, lang, **values)] if reading in catalogue(lang) else []
    subtitle = wrap(" ".join([*words, note] if note else words), int(width / 6)) if words or note else []
    return {
        "text": wrap(text(f"report.chart.{key}.title", lang, **values), int(width / 7.6)),
        "subtitle": subtitle,
        "anchor": "start",
        "fontSize": 13,
        "subtitleColor": MUTED,
        "subtitleFontSize": 11,
        "subtitleLineHeight": 15,
        "offset": 12,
    }


def legend(names: Iterable[str], width: int, **options: object) -> Specification:
    """Return a legend in as many columns as a chart of that width has room for.

    Parameters
    ----------
    names : iterable of str
        What the legend will say.
    """
    longest = max((columns(name) for name in names), default=1)
    return {"columns": max(1, int(width / (longest * _LETTER + 26))), **options}


def finish(chart: Specification, rows: Rows) -> Specification:
    """Give a chart the report's look, and its rows."""
    return {"config": dict(_CONFIG), "datasets": rows.datasets, **chart}


def _pieces(word: str, width: int) -> list[str]:
    pieces = [""]
    for letter in word:
        if columns(pieces[-1] + letter) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def columns(words: str) -> float:
    """Return how wide words are, in Latin letters."""
    return sum(_WIDE if unicodedata.east_asian_width(letter) in "WF" else 1.0 for letter in words)
