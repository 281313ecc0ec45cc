"""What ``majung search`` does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from majung.cli.commands import conducting
from majung.cli.commands.conducting import Command
from majung.cli.said.studies.search import search_said

if TYPE_CHECKING:
    from majung.cli.commands.conducting import Drawing, How
    from majung.cli.said.speaker import Speaker
    from majung.decision.search import Search, SearchPlan
    from majung.ensemble import Session
    from majung.messages import Lang
    from majung.scenario import Scenario

__all__ = ["COMMAND", "Asked", "search"]

_FILES: Final = {"report": "report.html", "search": "search.xlsx", "tables": "tables"}


@dataclass(frozen=True, kw_only=True)
class Asked(conducting.Asked):
    """What was asked for on the command line; None where the scenario or majung decides."""

    budgets: Sequence[str] | None
    objective: str | None
    trials: int | None
    seed: int | None


def search(asked: Asked, how: How) -> None:
    """Load, search the best strategy of each budget, and write the report, the workbook and the tables.

    Raises
    ------
    InputError
        When a budget cannot be read, or what is asked for makes no sense.
    """
    conducting.conduct(COMMAND, asked, how)


def _planned(scenario: Scenario, asked: Asked) -> SearchPlan:
    from majung.decision.search import planned_search

    return planned_search(scenario, **asked.given)


def _searched(plan: SearchPlan, _: Asked, session: Session, speaker: Speaker, __: Path | None) -> Search:
    from majung.decision.search import searched

    with speaker.stages("search") as told:
        return searched(plan, session, told)


def _write(found: Search, scenario: Scenario, folder: Path, lang: Lang, drawing: Drawing | None) -> None:
    from majung.report.search import render, write_search

    render(found, scenario, lang=lang, out=folder / _FILES["report"], progress=drawing)
    write_search(found, folder, lang, scenario)


def _as_json(found: Search, lang: Lang, files: Mapping[str, str]) -> dict[str, Any]:
    from majung.report.search import as_json

    return as_json(found, lang, files)


COMMAND: Final = Command(
    kind="search",
    asked=Asked,
    files=_FILES,
    summary="search.json",
    plan=_planned,
    work=_searched,
    write=_write,
    as_json=_as_json,
    said=search_said,
)
