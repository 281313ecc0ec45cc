"""Observed series: what was measured, when each figure became known, and what reading has to say of it."""

from majung.evidence.series.model import Series

__all__ = ["Series"]
