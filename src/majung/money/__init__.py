"""Amounts of money, dates and quarters as people write them.

Amounts are read into exact decimals: ``0.1억`` is 10 million won, not nearly so. Everything that prints an amount or a
date (report, command line, page) prints it with the formatters here.
"""

from majung.money._amounts import format_amount, parse_amount, parse_number
from majung.money._calendar import Quarter, format_date, parse_date, parse_quarter
from majung.money._units import Unit, parse_unit, split_header

__all__ = [
    "Quarter",
    "Unit",
    "format_amount",
    "format_date",
    "parse_amount",
    "parse_date",
    "parse_number",
    "parse_quarter",
    "parse_unit",
    "split_header",
]
