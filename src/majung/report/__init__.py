"""What a run, or a verdict on a series, came to, for people: one HTML file with its pictures, and tables."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from majung.report.document import FIGURES, render
    from majung.report.tables import TABLES, write_tables

__all__ = ["FIGURES", "TABLES", "render", "write_tables"]

_HOMES: Final = {
    "majung.report.document": ("FIGURES", "render"),
    "majung.report.tables": ("TABLES", "write_tables"),
}


def __getattr__(name: str) -> object:
    # Loaded when used: a report on series needs nothing of what a report on a run is made of.
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module 'majung.report' has no attribute {name!r}")
