"""What identifies a run over plausible worlds, and what a store notes of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from majung.decision.worlds.factors import identity_of
from majung.ensemble import RunRecord
from majung.ensemble.release import release

if TYPE_CHECKING:
    from majung.decision.worlds.factors import Factor
    from majung.scenario import Scenario

__all__ = ["run_id_of", "run_record"]

_SHORT: Final = 12


def run_id_of(kind: str, scenario: Scenario, factors: Sequence[Factor], **content: object) -> str:
    """Return a short hash of the scenario, what is varied of it, this majung, and what else the result depends on."""
    whole = content | {
        "scenario": scenario.hash,
        "factors": identity_of(factors, scenario),
        "release": release("decision"),
    }
    text = json.dumps([kind, whole], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:_SHORT]


def run_record(
    run_id: str, kind: str, scenario: Scenario, request: Mapping[str, object], **identity: object
) -> RunRecord:
    """Return what a store notes of a run; see `majung.ensemble.Design.record`."""
    whole = {
        "version": version("majung"),
        "release": release("decision"),
        "scenario_id": scenario.id,
        "scenario_hash": scenario.hash,
        "world_hash": scenario.world_hash,
        "parameters_hash": scenario.parameters.hash,
    }
    return RunRecord(run_id=run_id, kind=kind, title=scenario.title, request=dict(request), identity=whole | identity)
