"""What a test of claims came to, for people and machines: one HTML file, a workbook with its tables, and an object."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from majung.report.claims.document import render
    from majung.report.claims.plain import as_json
    from majung.report.claims.words import flip_words, rule_words, verdict_words
    from majung.report.claims.workbook import WORKBOOK, write_claims

__all__ = ["WORKBOOK", "as_json", "flip_words", "render", "rule_words", "verdict_words", "write_claims"]

_HOMES: Final = {
    "as_json": "majung.report.claims.plain",
    "flip_words": "majung.report.claims.words",
    "render": "majung.report.claims.document",
    "rule_words": "majung.report.claims.words",
    "verdict_words": "majung.report.claims.words",
    "WORKBOOK": "majung.report.claims.workbook",
    "write_claims": "majung.report.claims.workbook",
}


def __getattr__(name: str) -> object:
    # Loaded when used: JSON needs nothing of what draws charts.
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'majung.report.claims' has no attribute {name!r}")
