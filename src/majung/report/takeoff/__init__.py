"""What is said of series and their take-off, for people."""

from majung.report.takeoff.document import MOST_SHOWN, render

__all__ = ["MOST_SHOWN", "render"]
