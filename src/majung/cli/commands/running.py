"""What ``majung run`` does, and ``majung rerun`` with what it left."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from majung.cli.compiling import compile_kernel
from majung.cli.said.show import as_json, dumped
from majung.cli.said.speaker import Speaker
from majung.errors import InputError, Problem, StoreError
from majung.messages import Lang

if TYPE_CHECKING:
    import xarray as xr

    from majung.decision import StrategySummary
    from majung.ensemble import Design, Progress, RunInfo, Session
    from majung.scenario import Scenario

__all__ = ["Asked", "How", "read_settings", "rerun", "run", "timed"]

T = TypeVar("T")

_KIND: Final = "run"
_FILES: Final = {"report": "report.html", "data": "data.zarr", "tables": "tables"}
_SUMMARY: Final = "run.json"


@dataclass(frozen=True, kw_only=True)
class How:
    """Where a run is worked on and what it says; nothing here changes a result."""

    store: Path | None
    threads: int | None
    cluster: str | None
    json: bool
    quiet: bool
    lang: Lang


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What was asked for on the command line; None where the scenario or the machine decides."""

    directory: Path
    strategies: Sequence[str] | None
    replications: int | None
    precision: float | None
    max_replications: int | None
    seed: int | None
    overrides: Mapping[str, float]
    paths: bool
    out: Path | None

    @property
    def comparison(self) -> dict[str, Any]:
        """What `majung.decision.planned` is asked for, without what has a default of its own."""
        request = {
            "replications": self.replications,
            "strategies": self.strategies,
            "seed": self.seed,
            "precision": self.precision,
            "max_replications": self.max_replications,
        }
        return {name: value for name, value in request.items() if value is not None} | {"paths": self.paths}

    def request(self, lang: Lang) -> dict[str, Any]:
        """Return what a store keeps of it, as JSON, for a rerun."""
        out = None if self.out is None else str(self.out.absolute())
        return {
            "scenario": str(self.directory),
            "strategies": None if self.strategies is None else list(self.strategies),
            "replications": self.replications,
            "precision": self.precision,
            "max_replications": self.max_replications,
            "seed": self.seed,
            "overrides": dict(self.overrides),
            "paths": self.paths,
            "out": out,
            "lang": lang,
        }

    @classmethod
    def again(cls, run: RunInfo, inputs: Path) -> Asked:
        """Return what was asked for when a stored run was begun, on the copies of its inputs."""
        request = dict(run.request)
        out = request["out"]
        names = ("strategies", "replications", "precision", "max_replications", "seed", "overrides", "paths")
        asked = {name: request[name] for name in names}
        return cls(directory=inputs, out=None if out is None else Path(out), **asked)


def run(asked: Asked, how: How) -> None:
    """Load, simulate, compare, and write the report, the data and the tables."""
    from majung.decision import planned

    speaker = Speaker(how.lang, quiet=how.quiet, for_machines=how.json)
    seconds: dict[str, float] = {}
    scenario = timed(seconds, "load", lambda: _load(asked))
    speaker.loaded(scenario, asked.overrides)
    # What is wrong with the request is said before the kernel is compiled for it.
    plan = planned(scenario, **asked.comparison)
    _conduct(plan, asked, how, speaker, seconds)


def rerun(run_id: str, how: How) -> None:
    """Go on with a run that was stopped, or reproduce a complete one from its own inputs and hold the two together.

    Raises
    ------
    InputError
        When there is no such run, or it cannot be run again by this majung.
    StoreError
        When a complete run does not come out as it did.
    """
    from majung.decision import planned
    from majung.ensemble import Store, default_root

    speaker = Speaker(how.lang, quiet=how.quiet, for_machines=how.json)
    seconds: dict[str, float] = {}
    with Store.open(default_root(how.store), create=False) as store:
        speaker.notices(store.notices)
        before = store.run(run_id)
        inputs = store.inputs(before.run_id)
    # Loaded here: it builds on this module.
    from majung.cli.commands import awards

    if before.kind not in (_KIND, awards.KIND) or not before.request or not inputs.is_dir():
        raise InputError([Problem(key="cli.rerun.not_from_here", found=before.run_id)])
    if before.kind == awards.KIND:
        awards.rerun(before, inputs, how)
        return
    asked = Asked.again(before, inputs)
    scenario = timed(seconds, "load", lambda: _load(asked))
    # One without an id of its own is called as its folder is, and the copy's folder has another name.
    scenario = replace(scenario, id=str(before.identity["scenario_id"]))
    speaker.loaded(scenario, asked.overrides)
    plan = planned(scenario, **asked.comparison)
    if plan.run_id != before.run_id:
        made_by = str(before.identity.get("release"))
        raise InputError([Problem(key="cli.rerun.another", found=before.run_id, values={"version": made_by})])
    if before.complete:
        _reproduce(plan, asked, how, before, speaker, seconds)
    else:
        original = Path(str(before.request["scenario"]))
        _conduct(plan, replace(asked, directory=original), how, speaker, seconds, inputs=[])


def _conduct(
    plan: Design,
    asked: Asked,
    how: How,
    speaker: Speaker,
    seconds: dict[str, float],
    inputs: Sequence[Path] | None = None,
) -> None:
    """Run a plan in the store, and publish what comes of it."""
    from majung.decision import summarise
    from majung.ensemble import Session, Staging, WorldsOnDisk, default_root
    from majung.scenario import input_files

    root = default_root(how.store)
    kept = input_files(asked.directory) if inputs is None else inputs
    if asked.out is not None:
        # A place that cannot be written to is said before there is a run in the store.
        with Staging(asked.out):
            pass
    with Session(root, threads=how.threads, cluster=how.cluster) as session:
        if session.store is not None:
            speaker.notices(session.store.notices)
        session.begin(plan.record(_KIND, asked.request(how.lang)), inputs=kept)
        with speaker.compiling():
            seconds["compile"] = compile_kernel()
        target = (asked.out or root / plan.run_id).absolute()
        files = {name: str(target / file) for name, file in _FILES.items()}
        with Staging(asked.out or root) as staging:
            worlds = WorldsOnDisk(staging.path / _FILES["data"], plan)
            dataset = timed(seconds, "simulate", lambda: _simulated(plan, asked, session, speaker, worlds))
            speaker.simulated(dataset, session.so_far)
            summaries = summarise(dataset)
            with speaker.writing() as drawing:
                write = partial(_write, dataset, plan.scenario, summaries, staging.path, how.lang, drawing)
                timed(seconds, "report", write)
            result = as_json(dataset, summaries, lang=how.lang, workers=session.workers, seconds=seconds, files=files)
            (staging.path / _SUMMARY).write_text(dumped(result) + "\n", encoding="utf-8")
            written = [path.name for path in staging.path.iterdir()]
            staging.publish(target)
        session.finish(dataset.attrs["result_hash"], target, written, how.lang)
    speaker.done(dataset, summaries, files["report"])
    if how.json:
        print(dumped(result, sys.stdout.encoding))


def _reproduce(
    plan: Design, asked: Asked, how: How, before: RunInfo, speaker: Speaker, seconds: dict[str, float]
) -> None:
    """Simulate a complete run anew, past its stored blocks, and say whether the result is the same."""
    from majung.decision import summarise
    from majung.ensemble import Session, Staging, default_root

    with ExitStack() as stack:
        elsewhere = None
        if how.cluster is not None:
            # Workers need a folder that they see; it must not be the one whose blocks are put to the proof.
            elsewhere = stack.enter_context(Staging(default_root(how.store))).path / "blocks"
        with speaker.compiling():
            seconds["compile"] = compile_kernel()
        session = stack.enter_context(Session(elsewhere, threads=how.threads, cluster=how.cluster))
        session.begin(plan.record(_KIND, {}))
        dataset = timed(seconds, "simulate", lambda: _simulated(plan, asked, session, speaker))
        speaker.simulated(dataset, session.so_far)
        workers = session.workers
    found = str(dataset.attrs["result_hash"])
    if found != before.result_hash:
        raise StoreError("cli.rerun.differs", run_id=before.run_id, found=found, stored=before.result_hash)
    summaries = summarise(dataset)
    there = before.outputs
    files = (
        {} if there is None else {name: str(there / file) for name, file in _FILES.items() if (there / file).exists()}
    )
    speaker.reproduced(dataset, summaries, before)
    if how.json:
        result = as_json(dataset, summaries, lang=how.lang, workers=workers, seconds=seconds, files=files)
        print(dumped(result | {"reproduced": True}, sys.stdout.encoding))


def read_settings(settings: Sequence[str]) -> dict[str, float]:
    """Read ``NAME=VALUE`` settings, all problems at once."""
    values: dict[str, float] = {}
    problems = []
    for setting in settings:
        name, equals, written = (part.strip() for part in setting.partition("="))
        if not (name and equals and written):
            problems.append(Problem(key="cli.set_form", found=setting))
        elif name in values:
            problems.append(Problem(key="cli.set_twice", found=name))
        else:
            try:
                values[name] = float(written)
            except ValueError:
                problems.append(Problem(key="cli.set_number", found=written, values={"name": name}))
    if problems:
        raise InputError(problems)
    return values


def _load(asked: Asked) -> Scenario:
    from majung.scenario import load

    scenario = load(asked.directory)
    return scenario.with_parameters(asked.overrides) if asked.overrides else scenario


def _simulated(plan: Design, asked: Asked, session: Session, speaker: Speaker, *worlds: Any) -> xr.Dataset:
    from majung.decision import simulated

    with speaker.simulating() as progress:
        session.progress = progress
        dataset = simulated(plan, session, precision=asked.precision, into=worlds)
    for sink in worlds:
        sink.close()
    return dataset


def _write(
    dataset: xr.Dataset,
    scenario: Scenario,
    summaries: Sequence[StrategySummary],
    folder: Path,
    lang: Lang,
    drawing: Callable[[Progress], None] | None,
) -> None:
    from majung.ensemble import storing, write
    from majung.report import render, write_tables

    write(dataset, folder / _FILES["data"])
    with storing(folder):
        render(dataset, scenario, summaries, lang=lang, out=folder / _FILES["report"], progress=drawing)
        write_tables(dataset, scenario, summaries, folder / _FILES["tables"], lang=lang)


def timed(seconds: dict[str, float], name: str, work: Callable[[], T]) -> T:
    """Do something, and note the seconds it took."""
    started = time.perf_counter()
    result = work()
    seconds[name] = time.perf_counter() - started
    return result
