"""Whether and when a market took off: read from data as of a day, and from simulated worlds."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from majung.evidence.takeoff.simulated import NEVER, required_growth, simulated_takeoff, takeoff_period

if TYPE_CHECKING:
    from majung.evidence.takeoff.detect import BOOTSTRAP, SEED, takeoff, takeoffs
    from majung.evidence.takeoff.history import Hindsight, Step, hindsight, replay
    from majung.evidence.takeoff.verdict import RULES, STAGES, RuleName, RuleReading, Stage, Takeoff, When

__all__ = [
    "BOOTSTRAP",
    "NEVER",
    "RULES",
    "SEED",
    "STAGES",
    "Hindsight",
    "RuleName",
    "RuleReading",
    "Stage",
    "Step",
    "Takeoff",
    "When",
    "hindsight",
    "replay",
    "required_growth",
    "simulated_takeoff",
    "takeoff",
    "takeoff_period",
    "takeoffs",
]

_HOMES: Final = {
    "detect": ("BOOTSTRAP", "SEED", "takeoff", "takeoffs"),
    "history": ("Hindsight", "Step", "hindsight", "replay"),
    "verdict": ("RULES", "STAGES", "RuleName", "RuleReading", "Stage", "Takeoff", "When"),
}


def __getattr__(name: str) -> object:
    # Loaded when used: simulated worlds need the rule and not the fits.
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"majung.evidence.takeoff.{home}"), name)
    raise AttributeError(f"module 'majung.evidence.takeoff' has no attribute {name!r}")
