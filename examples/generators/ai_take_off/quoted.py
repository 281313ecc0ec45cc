"""Figures that were looked up one by one: Nvidia's quarters and the Korean survey."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from ai_take_off.rows import Row, read

HERE = Path(__file__).resolve().parent


def nvidia() -> list[Row]:
    """Revenue from data centres by fiscal quarter, billion dollars."""
    return [
        Row(
            "nvidia-data-centre",
            "Nvidia data-centre revenue",
            quarter_end(int(entry["quarter"][2:4]) + 2000, int(entry["quarter"][5])),
            float(entry["value"]),
            "USD bn",
            "per_period",
            date.fromisoformat(entry["published"]),
            None,
            entry["source"],
        )
        for entry in read(HERE / "nvidia.csv")
    ]


def quarter_end(year: int, quarter: int) -> date:
    """Return the last day of a fiscal quarter of Nvidia.

    The fiscal year ends on the last Sunday of January; its first three quarters have thirteen weeks each, so that the
    fourth has fourteen in a year of 53 weeks.
    """
    if quarter == 4:
        last = date(year, 1, 31)
        return last - timedelta(days=(last.weekday() + 1) % 7)
    return quarter_end(year - 1, 4) + timedelta(weeks=13 * quarter)


def korean_firms() -> list[Row]:
    """Share of Korean firms with ten or more staff that use AI, at the end of the year.

    Two series: the questionnaire was redesigned, and the figures before and after are not of one kind.
    """
    return [
        Row(
            entry["id"],
            entry["name"],
            date(int(entry["year"]), 12, 31),
            float(entry["value"]),
            "%",
            "level",
            date.fromisoformat(entry["published"]),
            100,
            entry["source"],
        )
        for entry in read(HERE / "firms.csv")
    ]
