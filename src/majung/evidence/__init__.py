"""Observed numbers with their sources."""

from majung.evidence.facts import Fact, FactSource, FactStatus, fact, facts, sources

__all__ = ["Fact", "FactSource", "FactStatus", "fact", "facts", "sources"]
