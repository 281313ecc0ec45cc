"""What ``majung allocate`` does."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from majung.cli.commands import conducting
from majung.cli.commands.conducting import Command
from majung.cli.said.awards import awards_said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from majung.cli.commands.conducting import Drawing, How
    from majung.cli.said.speaker import Speaker
    from majung.decision.awards import Allocation, AllocationPlan
    from majung.ensemble import Session
    from majung.messages import Lang
    from majung.scenario import Scenario

__all__ = ["COMMAND", "Asked", "allocate"]

_FILES: Final = {"report": "report.html", "awards": "awards.xlsx", "tables": "tables"}


@dataclass(frozen=True, kw_only=True)
class Asked(conducting.Asked):
    """What was asked for on the command line; None where the scenario or majung decides."""

    budget: str | None
    seed: int | None
    worlds: int | None


def allocate(asked: Asked, how: How) -> None:
    """Load, decide, and write the report, the workbook and the tables.

    Raises
    ------
    InputError
        When the scenario has no call, or what is asked for makes no sense.
    """
    conducting.conduct(COMMAND, asked, how)


def _planned(scenario: Scenario, asked: Asked) -> AllocationPlan:
    from majung.decision import awards

    return awards.planned_allocation(scenario, **asked.given)


def _allocated(plan: AllocationPlan, _: Asked, session: Session, speaker: Speaker, __: Path | None) -> Allocation:
    from majung.decision import awards

    with speaker.stages("allocate") as told:
        return awards.allocated(plan, session, told)


def _write(allocation: Allocation, scenario: Scenario, folder: Path, lang: Lang, drawing: Drawing | None) -> None:
    from majung.report.awards import render, write_awards

    render(allocation, scenario, lang=lang, out=folder / _FILES["report"], progress=drawing)
    write_awards(allocation, folder, lang, scenario)


def _as_json(allocation: Allocation, lang: Lang, files: Mapping[str, str]) -> dict[str, Any]:
    from majung.report.awards import as_json

    return as_json(allocation, lang, files)


COMMAND: Final = Command(
    kind="allocate",
    asked=Asked,
    files=_FILES,
    summary="allocation.json",
    plan=_planned,
    work=_allocated,
    write=_write,
    as_json=_as_json,
    said=awards_said,
)
