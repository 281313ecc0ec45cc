"""What is said of series and their take-off, for people."""

from majung.report.takeoff.document import MOST_SHOWN, render
from majung.report.takeoff.replayed import History, history
from majung.report.takeoff.shown import Replay

__all__ = ["MOST_SHOWN", "History", "Replay", "history", "render"]
