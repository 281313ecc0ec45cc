"""Observed series: what was measured, when each figure became known, and what reading has to say of it."""

from majung.evidence.series.kinds import KINDS, Kind
from majung.evidence.series.model import Series
from majung.evidence.series.reading import read_series
from majung.evidence.series.spacing import Frequency

__all__ = ["KINDS", "Frequency", "Kind", "Series", "read_series"]
