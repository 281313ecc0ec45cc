"""Series from tables, tidy or wide, as people keep them."""

from majung.evidence.series.reading.read import read_series

__all__ = ["read_series"]
