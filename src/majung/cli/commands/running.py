"""What ``majung run`` does, and ``majung rerun`` with what any command left."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from majung.cli.commands import conducting
from majung.cli.commands.conducting import Command, How, speaker_of, timed
from majung.cli.commands.gathering import Gathering
from majung.cli.said.show import as_json, ranking
from majung.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    import xarray as xr

    from majung.cli.commands.conducting import Drawing
    from majung.cli.said.speaker import Said, Speaker
    from majung.decision import StrategySummary
    from majung.ensemble import Design, Session
    from majung.messages import Lang
    from majung.scenario import Scenario

__all__ = ["COMMAND", "Asked", "read_settings", "rerun", "run"]

_FILES: Final = {"report": "report.html", "data": "data.zarr", "tables": "tables"}
_HOMES: Final = {
    "run": "running",
    "allocate": "awards",
    "claims": "studies.claims",
    "explore": "studies.explore",
    "search": "studies.search",
}
"""Where the command of each kind of run is."""


@dataclass(frozen=True, kw_only=True)
class Asked(conducting.Asked):
    """What was asked for on the command line; None where the scenario or the machine decides."""

    strategies: Sequence[str] | None
    replications: int | None
    precision: float | None
    max_replications: int | None
    seed: int | None
    overrides: Mapping[str, float]
    paths: bool

    @property
    def overridden(self) -> Collection[str]:
        """Parameters that were given another value."""
        return self.overrides.keys()


@dataclass(frozen=True)
class _Compared:
    """A dataset with what is said of it."""

    dataset: xr.Dataset
    summaries: Sequence[StrategySummary]
    workers: int
    seconds: Mapping[str, float]

    @property
    def result_hash(self) -> str:
        return str(self.dataset.attrs["result_hash"])


def run(asked: Asked, settings: Sequence[str], how: How) -> None:
    """Load, simulate, compare, and write the report, the data and the tables.

    Parameters
    ----------
    settings : sequence of str
        Parameters to be given another value, ``NAME=VALUE``.

    Raises
    ------
    InputError
        With all that is wrong with the settings, the scenario and the rest of what is asked for.
    """
    gathering = Gathering()
    asked = replace(asked, overrides=read_settings(settings, gathering))
    if gathering.problems:
        gathering.tried(lambda: _planned(_load(asked), asked))
        gathering.settle()
    conducting.conduct(COMMAND, asked, how)


def rerun(run_id: str, how: How) -> None:
    """Go on with a run that was stopped, or reproduce a complete one from its own inputs and hold the two together.

    Raises
    ------
    InputError
        When there is no such run, or it cannot be run again by this majung.
    StoreError
        When a complete run does not come out as it did.
    """
    from majung.ensemble import Store, default_root

    with Store.open(default_root(how.store), create=False) as store:
        speaker_of(how).notices(store.notices)
        before = store.run(run_id)
        inputs = store.inputs(before.run_id)
    if before.kind not in _HOMES or not before.request or not inputs.is_dir():
        raise InputError([Problem(key="cli.rerun.not_from_here", found=before.run_id)])
    home = import_module(f"majung.cli.commands.{_HOMES[before.kind]}")
    conducting.reconduct(home.COMMAND, before, inputs, how)


def read_settings(settings: Sequence[str], gathering: Gathering) -> dict[str, float]:
    """Read ``NAME=VALUE`` settings; what is wrong with any of them is gathered."""
    values: dict[str, float] = {}
    for setting in settings:
        name, equals, written = (part.strip() for part in setting.partition("="))
        if not (name and equals and written):
            gathering.problems.append(Problem(key="cli.set_form", found=setting))
        elif name in values:
            gathering.problems.append(Problem(key="cli.set_twice", found=name))
        else:
            try:
                values[name] = float(written)
            except ValueError:
                gathering.problems.append(Problem(key="cli.set_number", found=written, values={"name": name}))
    return values


def _load(asked: Asked) -> Scenario:
    from majung.scenario import load

    scenario = load(asked.directory)
    if not asked.overrides:
        return scenario
    gathering = Gathering()
    changed = gathering.tried(lambda: scenario.with_parameters(asked.overrides))
    if changed is None:
        # What else is asked for is held against the scenario as it is.
        gathering.tried(lambda: _planned(scenario, asked))
        gathering.settle()
    return changed or scenario


def _planned(scenario: Scenario, asked: Asked) -> Design:
    from majung.decision import planned

    comparison = {name: value for name, value in asked.given.items() if name != "overrides"}
    return planned(scenario, **comparison)


def _simulated(plan: Design, asked: Asked, session: Session, speaker: Speaker, folder: Path | None) -> _Compared:
    from majung.decision import simulated, summarise
    from majung.ensemble import WorldsOnDisk

    worlds = [] if folder is None else [WorldsOnDisk(folder / _FILES["data"], plan)]
    seconds: dict[str, float] = {}

    def simulate() -> xr.Dataset:
        with speaker.simulating() as progress:
            session.progress = progress
            dataset = simulated(plan, session, precision=asked.precision, into=worlds)
        for sink in worlds:
            sink.close()
        return dataset

    dataset = timed(seconds, "simulate", simulate)
    speaker.simulated(dataset, session.so_far)
    return _Compared(dataset, summarise(dataset), session.workers, seconds)


def _write(found: _Compared, scenario: Scenario, folder: Path, lang: Lang, drawing: Drawing | None) -> None:
    from majung.ensemble import write
    from majung.report import render, write_tables

    dataset, summaries = found.dataset, found.summaries
    write(dataset, folder / _FILES["data"])
    render(dataset, scenario, summaries, lang=lang, out=folder / _FILES["report"], progress=drawing)
    write_tables(dataset, scenario, summaries, folder / _FILES["tables"], lang=lang)


def _as_json(found: _Compared, lang: Lang, files: Mapping[str, str]) -> dict[str, Any]:
    seconds = dict(found.seconds)
    return as_json(found.dataset, found.summaries, lang=lang, workers=found.workers, seconds=seconds, files=dict(files))


def _said(found: _Compared, scenario: Scenario, lang: Lang, width: int) -> Iterator[Said]:
    from majung.report.series import Results

    return ranking(Results(found.dataset, scenario, found.summaries), lang, width)


COMMAND: Final = Command(
    kind="run",
    asked=Asked,
    files=_FILES,
    summary="run.json",
    load=_load,
    plan=_planned,
    work=_simulated,
    write=_write,
    as_json=_as_json,
    said=_said,
)
