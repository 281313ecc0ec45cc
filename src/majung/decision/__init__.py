"""What to do: strategies compared in the same worlds."""

from majung.decision.awards import (
    Allocation,
    AllocationPlan,
    Step,
    allocate,
    allocated,
    planned_allocation,
)
from majung.decision.comparison import FIRST_BATCH, MAX_REPLICATIONS, compare, planned, simulated
from majung.decision.outcomes import Outcomes
from majung.decision.statistics import Interval
from majung.decision.summary import StrategySummary, ranking, summarise

__all__ = [
    "FIRST_BATCH",
    "MAX_REPLICATIONS",
    "Allocation",
    "AllocationPlan",
    "Interval",
    "Outcomes",
    "Step",
    "StrategySummary",
    "allocate",
    "allocated",
    "compare",
    "planned",
    "planned_allocation",
    "ranking",
    "simulated",
    "summarise",
]
