"""The best strategy found for each budget, for people and machines: a HTML file, a workbook, and an object."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from majung.report.search.document import render
    from majung.report.search.plain import as_json
    from majung.report.search.words import finding, headline, strategy_words
    from majung.report.search.workbook import WORKBOOK, write_search

__all__ = ["WORKBOOK", "as_json", "finding", "headline", "render", "strategy_words", "write_search"]

_HOMES: Final = {
    "as_json": "majung.report.search.plain",
    "finding": "majung.report.search.words",
    "headline": "majung.report.search.words",
    "render": "majung.report.search.document",
    "strategy_words": "majung.report.search.words",
    "WORKBOOK": "majung.report.search.workbook",
    "write_search": "majung.report.search.workbook",
}


def __getattr__(name: str) -> object:
    # Loaded when used: JSON needs nothing of what draws charts.
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'majung.report.search' has no attribute {name!r}")
