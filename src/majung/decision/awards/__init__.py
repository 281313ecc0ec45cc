"""From applications to a portfolio of awards, with a reason for every firm."""

from majung.decision.awards.allocate import allocate, allocated
from majung.decision.awards.plan import AllocationPlan, planned_allocation
from majung.decision.awards.result import (
    Allocation,
    Awarded,
    Drivers,
    Gap,
    NearMiss,
    Noise,
    Place,
    Practice,
    Refusal,
    RuleUse,
)
from majung.decision.awards.sets import Step

__all__ = [
    "Allocation",
    "AllocationPlan",
    "Awarded",
    "Drivers",
    "Gap",
    "NearMiss",
    "Noise",
    "Place",
    "Practice",
    "Refusal",
    "RuleUse",
    "Step",
    "allocate",
    "allocated",
    "planned_allocation",
]
