"""What a run came to, for people: one HTML file with its pictures, and tables."""

from majung.report.document import FIGURES, render
from majung.report.tables import TABLES, write_tables

__all__ = ["FIGURES", "TABLES", "render", "write_tables"]
