"""What a call's money goes to, for people and machines: one HTML file, a workbook with its tables, and an object."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from majung.report.awards.document import render
    from majung.report.awards.plain import as_json
    from majung.report.awards.workbook import WORKBOOK, write_awards

__all__ = ["WORKBOOK", "as_json", "render", "write_awards"]

_HOMES: Final = {
    "as_json": "majung.report.awards.plain",
    "render": "majung.report.awards.document",
    "WORKBOOK": "majung.report.awards.workbook",
    "write_awards": "majung.report.awards.workbook",
}


def __getattr__(name: str) -> object:
    # Loaded when used: JSON needs nothing of what draws charts.
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'majung.report.awards' has no attribute {name!r}")
