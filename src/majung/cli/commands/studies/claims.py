"""What ``majung claims`` does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from majung.cli.commands import conducting
from majung.cli.commands.conducting import Command
from majung.cli.said.studies.claims import claims_said

if TYPE_CHECKING:
    from majung.cli.commands.conducting import Drawing, How
    from majung.cli.said.speaker import Speaker
    from majung.decision.claims import Claims, ClaimsPlan
    from majung.ensemble import RunInfo, Session
    from majung.messages import Lang
    from majung.scenario import Scenario

__all__ = ["COMMAND", "Asked", "claims"]

_FILES: Final = {"report": "report.html", "claims": "claims.xlsx", "tables": "tables"}
_COPIES: Final = "claims"
"""The folder of the claims' files among the copies of the inputs: a scenario's file may have the same name."""


@dataclass(frozen=True, kw_only=True)
class Asked(conducting.Asked):
    """What was asked for on the command line; None where the scenario or majung decides."""

    claims: Sequence[str] | None
    folder: Path | None
    worlds: int | None
    replications: int | None
    max_replications: int | None
    seed: int | None

    @classmethod
    def again(cls, run: RunInfo, inputs: Path) -> Self:
        """Return what was asked for when a stored run was begun, on the copies of its inputs."""
        asked = super().again(run, inputs)
        return asked if asked.folder is None else replace(asked, folder=inputs / _COPIES)


def claims(asked: Asked, how: How) -> None:
    """Load, put claims to the test in plausible worlds, and write the report, the workbook and the tables.

    Raises
    ------
    InputError
        When a claim is unknown or does not fit the scenario, or what is asked for makes no sense.
    """
    conducting.conduct(COMMAND, asked, how)


def _planned(scenario: Scenario, asked: Asked) -> ClaimsPlan:
    from majung.decision.claims import planned_claims

    return planned_claims(scenario, **asked.given)


def _tested(plan: ClaimsPlan, _: Asked, session: Session, speaker: Speaker, __: Path | None) -> Claims:
    from majung.decision.claims import tested

    with speaker.stages("claims") as told:
        return tested(plan, session, told)


def _write(found: Claims, scenario: Scenario, folder: Path, lang: Lang, drawing: Drawing | None) -> None:
    from majung.report.claims import render, write_claims

    render(found, scenario, lang=lang, out=folder / _FILES["report"], progress=drawing)
    write_claims(found, folder, lang, scenario)


def _as_json(found: Claims, lang: Lang, files: Mapping[str, str]) -> dict[str, Any]:
    from majung.report.claims import as_json

    return as_json(found, lang, files)


def _copies(plan: ClaimsPlan) -> Mapping[str, Path]:
    return {f"{_COPIES}/{path.name}": path for path in plan.files}


COMMAND: Final = Command(
    kind="claims",
    asked=Asked,
    files=_FILES,
    summary="claims.json",
    plan=_planned,
    work=_tested,
    write=_write,
    as_json=_as_json,
    said=claims_said,
    inputs=_copies,
)
