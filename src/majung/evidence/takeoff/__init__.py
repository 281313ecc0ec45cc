"""Whether and when a market took off: read from data as of a day, and from simulated worlds."""

from majung.evidence.takeoff.simulated import NEVER, required_growth, simulated_takeoff, takeoff_period
from majung.evidence.takeoff.verdict import RULES, STAGES, RuleReading, Stage, Takeoff, When

__all__ = [
    "NEVER",
    "RULES",
    "STAGES",
    "RuleReading",
    "Stage",
    "Takeoff",
    "When",
    "required_growth",
    "simulated_takeoff",
    "takeoff_period",
]
