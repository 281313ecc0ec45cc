"""What to do: strategies compared in the same worlds."""

from majung.decision.comparison import FIRST_BATCH, MAX_REPLICATIONS, compare, planned, simulated
from majung.decision.outcomes import Outcomes
from majung.decision.statistics import Interval
from majung.decision.summary import StrategySummary, ranking, summarise

__all__ = [
    "FIRST_BATCH",
    "MAX_REPLICATIONS",
    "Interval",
    "Outcomes",
    "StrategySummary",
    "compare",
    "planned",
    "ranking",
    "simulated",
    "summarise",
]
