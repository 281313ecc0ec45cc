"""What all commands that make a run have in common: load, plan, begin in the store, work, write, publish; and again."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, Self, TypeAlias, TypeVar

from majung.cli.compiling import compile_kernel
from majung.cli.said.show import dumped
from majung.cli.said.speaker import Said, Speaker
from majung.errors import InputError, Problem, StoreError
from majung.messages import Lang

if TYPE_CHECKING:
    from majung.ensemble import Progress, RunInfo, RunRecord, Session
    from majung.scenario import Scenario

__all__ = ["Asked", "Command", "Drawing", "How", "Plan", "Result", "conduct", "reconduct", "speaker_of", "timed"]

_PLACES: Final = ("directory", "out")


class Plan(Protocol):
    """What is going to be done, checked."""

    @property
    def run_id(self) -> str: ...  # noqa: D102
    @property
    def scenario(self) -> Scenario: ...  # noqa: D102
    def record(self, kind: str, request: Mapping[str, Any]) -> RunRecord: ...  # noqa: D102


class Result(Protocol):
    """What came of it."""

    @property
    def result_hash(self) -> str: ...  # noqa: D102


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
    """What was asked for on the command line. A command adds its options: None where the scenario or majung decides."""

    directory: Path
    out: Path | None

    @property
    def options(self) -> dict[str, Any]:
        """What the command adds."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name not in _PLACES}

    @property
    def given(self) -> dict[str, Any]:
        """The options that are not left to the scenario or majung."""
        return {name: value for name, value in self.options.items() if value is not None}

    @property
    def overridden(self) -> Collection[str]:
        """Parameters of the scenario that were given another value."""
        return ()

    def request(self, lang: Lang) -> dict[str, Any]:
        """Return what a store keeps of it, as JSON, for a rerun."""
        options = {
            name: str(value.absolute()) if isinstance(value, Path) else value for name, value in self.options.items()
        }
        out = None if self.out is None else str(self.out.absolute())
        return {"scenario": str(self.directory), **options, "out": out, "lang": lang}

    @classmethod
    def again(cls, run: RunInfo, inputs: Path) -> Self:
        """Return what was asked for when a stored run was begun, on the copies of its inputs."""
        options = {field.name: run.request.get(field.name) for field in fields(cls) if field.name not in _PLACES}
        out = run.request["out"]
        return cls(directory=inputs, out=None if out is None else Path(out), **options)


A = TypeVar("A", bound=Asked)
P = TypeVar("P", bound=Plan)
R = TypeVar("R", bound=Result)
T = TypeVar("T")
Drawing: TypeAlias = "Callable[[Progress], None]"
"""Told how many pictures are drawn."""


def _loaded(asked: Asked) -> Scenario:
    from majung.scenario import load

    return load(asked.directory)


@dataclass(frozen=True, kw_only=True)
class Command(Generic[A, P, R]):
    """What one command does otherwise than the others.

    Parameters
    ----------
    kind : str
        Of its runs in a store.
    asked : type of Asked
    files : mapping of str to str
        What it may write into the run's folder, by what ``--json`` calls it.
    summary : str
        The file with what ``--json`` prints.
    plan : callable
        Make a plan of a scenario, or raise an InputError with all that is wrong.
    work : callable
        Carry a plan out. The folder is None where nothing is to be written.
    write : callable
        Write report and tables into a folder.
    as_json : callable
        Return what ``--json`` prints, with the seconds by stage under ``seconds``.
    said : callable
        Return what is shown to people in so many columns, in its order.
    load : callable, optional
    inputs : callable, optional
        Return the files beside the scenario's that the run is made from, by the names under which copies are kept.
    """

    kind: str
    asked: type[A]
    files: Mapping[str, str]
    summary: str
    plan: Callable[[Scenario, A], P]
    work: Callable[[P, A, Session, Speaker, Path | None], R]
    write: Callable[[R, Scenario, Path, Lang, Drawing | None], None]
    as_json: Callable[[R, Lang, Mapping[str, str]], dict[str, Any]]
    said: Callable[[R, Scenario, Lang, int], Iterable[Said]]
    load: Callable[[A], Scenario] = _loaded
    inputs: Callable[[P], Mapping[str, Path]] = lambda _: {}


def conduct(command: Command[A, P, R], asked: A, how: How) -> None:
    """Do what a command is asked for, and publish what comes of it.

    Raises
    ------
    InputError
        When the scenario or what is asked for is wrong.
    """
    from majung.scenario import input_files

    conductor = _Conductor(command, how)
    scenario = conductor.load(asked)
    # What is wrong with the request is said before the kernel is compiled for it.
    plan = command.plan(scenario, asked)
    kept = {path.name: path for path in input_files(asked.directory)}
    conductor.run(plan, asked, {**kept, **command.inputs(plan)})


def reconduct(command: Command[A, P, R], before: RunInfo, inputs: Path, how: How) -> None:
    """Go on with a run that was stopped, or reproduce a complete one, from the copies of its inputs.

    Raises
    ------
    InputError
        When this majung would make another run of it.
    StoreError
        When a complete run does not come out as it did.
    """
    conductor = _Conductor(command, how)
    asked = command.asked.again(before, inputs)
    # One without an id of its own is called as its folder is, and the copy's folder has another name.
    scenario = conductor.load(asked, id=str(before.identity["scenario_id"]))
    plan = command.plan(scenario, asked)
    if plan.run_id != before.run_id:
        made_by = str(before.identity.get("release"))
        raise InputError([Problem(key="cli.rerun.another", found=before.run_id, values={"version": made_by})])
    if before.complete:
        conductor.reproduce(plan, asked, before)
    else:
        conductor.run(plan, asked, {}, request=before.request)


def speaker_of(how: How) -> Speaker:
    """Return who speaks as was asked for."""
    return Speaker(how.lang, quiet=how.quiet, for_machines=how.json)


def timed(seconds: dict[str, float], name: str, work: Callable[[], T]) -> T:
    """Do something, and note the seconds it took."""
    started = time.perf_counter()
    result = work()
    seconds[name] = time.perf_counter() - started
    return result


class _Conductor(Generic[A, P, R]):
    """One command at work: what it says, and the seconds it took so far."""

    def __init__(self, command: Command[A, P, R], how: How) -> None:
        self._command, self._how = command, how
        self._speaker = speaker_of(how)
        self._seconds: dict[str, float] = {}

    def load(self, asked: A, *, id: str | None = None) -> Scenario:
        """Load the scenario, under another id where one is given, and say so."""
        scenario = timed(self._seconds, "load", lambda: self._command.load(asked))
        if id is not None:
            scenario = replace(scenario, id=id)
        self._speaker.loaded(scenario, asked.overridden)
        return scenario

    def run(self, plan: P, asked: A, inputs: Mapping[str, Path], *, request: Mapping[str, Any] | None = None) -> None:
        """Run a plan in the store, and publish what comes of it.

        Parameters
        ----------
        inputs : mapping of str to Path
            Files to be kept, by name; none where the store has them already.
        request : mapping, optional
            What the store is to keep of what was asked for; what `asked` says by default.
        """
        from majung.ensemble import Session, Staging, default_root

        command, how, speaker = self._command, self._how, self._speaker
        root = default_root(how.store)
        if asked.out is not None:
            # A place that cannot be written to is said before there is a run in the store.
            with Staging(asked.out):
                pass
        with Session(root, threads=how.threads, cluster=how.cluster) as session:
            if session.store is not None:
                speaker.notices(session.store.notices)
            session.begin(plan.record(command.kind, request or asked.request(how.lang)), inputs=inputs)
            self._compile()
            target = (asked.out or root / plan.run_id).absolute()
            with Staging(asked.out or root) as staging:
                found = command.work(plan, asked, session, speaker, staging.path)
                with speaker.writing() as drawing:
                    self._write(found, plan.scenario, staging.path, drawing)
                result = self._result(found, self._files(staging.path, target))
                (staging.path / command.summary).write_text(dumped(result) + "\n", encoding="utf-8")
                written = [path.name for path in staging.path.iterdir()]
                staging.publish(target)
            session.finish(found.result_hash, target, written, how.lang)
        said = command.said(found, plan.scenario, how.lang, speaker.width)
        speaker.done(said, str(target / command.files["report"]))
        self._print(result)

    def reproduce(self, plan: P, asked: A, before: RunInfo) -> None:
        """Work on a complete run anew, past its stored blocks, and say whether the result is the same."""
        from majung.ensemble import Session, Staging, default_root

        command, how, speaker = self._command, self._how, self._speaker
        with ExitStack() as stack:
            elsewhere = None
            if how.cluster is not None:
                # Workers need a folder that they see; it must not be the one whose blocks are put to the proof.
                elsewhere = stack.enter_context(Staging(default_root(how.store))).path / "blocks"
            self._compile()
            session = stack.enter_context(Session(elsewhere, threads=how.threads, cluster=how.cluster))
            session.begin(plan.record(command.kind, {}))
            found = command.work(plan, asked, session, speaker, None)
        if found.result_hash != before.result_hash:
            raise StoreError(
                "cli.rerun.differs", run_id=before.run_id, found=found.result_hash, stored=before.result_hash
            )
        there = before.outputs
        files = {} if there is None else self._files(there, there)
        speaker.same(command.said(found, plan.scenario, how.lang, speaker.width), before)
        self._print(self._result(found, files) | {"reproduced": True})

    def _compile(self) -> None:
        with self._speaker.compiling():
            self._seconds["compile"] = compile_kernel()

    def _write(self, found: R, scenario: Scenario, folder: Path, drawing: Drawing | None) -> None:
        from majung.ensemble import storing

        def write() -> None:
            with storing(folder):
                self._command.write(found, scenario, folder, self._how.lang, drawing)

        timed(self._seconds, "report", write)

    def _files(self, folder: Path, target: Path) -> dict[str, str]:
        """Return where what is in a folder is going to be."""
        return {name: str(target / file) for name, file in self._command.files.items() if (folder / file).exists()}

    def _result(self, found: R, files: Mapping[str, str]) -> dict[str, Any]:
        result = self._command.as_json(found, self._how.lang, files)
        result["seconds"] |= {name: round(value, 3) for name, value in self._seconds.items()}
        return result

    def _print(self, result: Mapping[str, Any]) -> None:
        if self._how.json:
            print(dumped(result, sys.stdout.encoding))
