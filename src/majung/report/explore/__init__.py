"""What an outcome hangs on, for people and machines: one HTML file, a workbook with its tables, and an object."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from majung.report.explore.document import render
    from majung.report.explore.plain import as_json
    from majung.report.explore.sentences import headline, rule_sentence
    from majung.report.explore.workbook import WORKBOOK, write_exploration

__all__ = ["WORKBOOK", "as_json", "headline", "render", "rule_sentence", "write_exploration"]

_HOMES: Final = {
    "as_json": "majung.report.explore.plain",
    "headline": "majung.report.explore.sentences",
    "render": "majung.report.explore.document",
    "rule_sentence": "majung.report.explore.sentences",
    "WORKBOOK": "majung.report.explore.workbook",
    "write_exploration": "majung.report.explore.workbook",
}


def __getattr__(name: str) -> object:
    # Loaded when used: JSON needs nothing of what draws charts.
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'majung.report.explore' has no attribute {name!r}")
