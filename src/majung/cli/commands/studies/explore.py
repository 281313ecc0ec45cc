"""What ``majung explore`` does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from majung.cli.commands import conducting
from majung.cli.commands.conducting import Command
from majung.cli.said.studies.explore import exploration_said

if TYPE_CHECKING:
    from majung.cli.commands.conducting import Drawing, How
    from majung.cli.said.speaker import Speaker
    from majung.decision.explore import Exploration, ExplorationPlan
    from majung.ensemble import Session
    from majung.messages import Lang
    from majung.scenario import Scenario

__all__ = ["COMMAND", "Asked", "explore"]

_FILES: Final = {"report": "report.html", "explore": "explore.xlsx", "tables": "tables"}


@dataclass(frozen=True, kw_only=True)
class Asked(conducting.Asked):
    """What was asked for on the command line; None where the scenario or majung decides."""

    outcome: str | None
    strategy: str | None
    seed: int | None


def explore(asked: Asked, how: How) -> None:
    """Load, find out what an outcome hangs on in plausible worlds, and write the report, the workbook and the tables.

    Raises
    ------
    InputError
        When there is no such outcome or strategy, or what is asked for makes no sense.
    """
    conducting.conduct(COMMAND, asked, how)


def _planned(scenario: Scenario, asked: Asked) -> ExplorationPlan:
    from majung.decision.explore import planned_exploration

    return planned_exploration(scenario, **asked.given)


def _explored(plan: ExplorationPlan, _: Asked, session: Session, speaker: Speaker, __: Path | None) -> Exploration:
    from majung.decision.explore import explored

    with speaker.stages("explore") as told:
        return explored(plan, session, told)


def _write(found: Exploration, scenario: Scenario, folder: Path, lang: Lang, drawing: Drawing | None) -> None:
    from majung.report.explore import render, write_exploration

    render(found, scenario, lang=lang, out=folder / _FILES["report"], progress=drawing)
    write_exploration(found, folder, lang, scenario)


def _as_json(found: Exploration, lang: Lang, files: Mapping[str, str]) -> dict[str, Any]:
    from majung.report.explore import as_json

    return as_json(found, lang, files)


COMMAND: Final = Command(
    kind="explore",
    asked=Asked,
    files=_FILES,
    summary="explore.json",
    plan=_planned,
    work=_explored,
    write=_write,
    as_json=_as_json,
    said=exploration_said,
)
