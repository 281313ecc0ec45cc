"""In which futures something happens, and which factors it hangs on: scenario discovery and sensitivity."""

from majung.decision.explore.discovery import Box, Limit, discover
from majung.decision.explore.exploring import explore, explored
from majung.decision.explore.importance import Driver, importance
from majung.decision.explore.plan import ExplorationPlan, planned_exploration
from majung.decision.explore.result import Exploration, Quantiles
from majung.decision.explore.sensitivity import (
    Decomposition,
    Effect,
    Estimate,
    Evaluate,
    Screening,
    Shares,
    decompose,
    screen,
)

__all__ = [
    "Box",
    "Decomposition",
    "Driver",
    "Effect",
    "Estimate",
    "Evaluate",
    "Exploration",
    "ExplorationPlan",
    "Limit",
    "Quantiles",
    "Screening",
    "Shares",
    "decompose",
    "discover",
    "explore",
    "explored",
    "importance",
    "planned_exploration",
    "screen",
]
