"""What ``majung allocate`` does."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from majung.cli.commands.running import How, timed
from majung.cli.compiling import compile_kernel
from majung.cli.said.awards import AwardsSpeaker
from majung.cli.said.show import dumped
from majung.errors import InputError, Problem, StoreError

if TYPE_CHECKING:
    from majung.decision.awards import Allocation, AllocationPlan
    from majung.ensemble import Progress, RunInfo, Session
    from majung.messages import Lang
    from majung.scenario import Scenario

__all__ = ["KIND", "Asked", "allocate", "rerun"]

KIND: Final = "allocate"
"""Of such a run in a store."""
_FILES: Final = {"report": "report.html", "awards": "awards.xlsx", "tables": "tables"}
_SUMMARY: Final = "allocation.json"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What was asked for on the command line; None where the scenario or majung decides."""

    directory: Path
    budget: str | None
    seed: int | None
    worlds: int | None
    out: Path | None

    @property
    def allocation(self) -> dict[str, Any]:
        """What `majung.decision.awards.planned_allocation` is asked for, without what has a default of its own."""
        request = {"budget": self.budget, "seed": self.seed, "worlds": self.worlds}
        return {name: value for name, value in request.items() if value is not None}

    def request(self, lang: Lang) -> dict[str, Any]:
        """Return what a store keeps of it, as JSON, for a rerun."""
        return {
            "scenario": str(self.directory),
            "budget": self.budget,
            "seed": self.seed,
            "worlds": self.worlds,
            "out": None if self.out is None else str(self.out.absolute()),
            "lang": lang,
        }

    @classmethod
    def again(cls, run: RunInfo, inputs: Path) -> Asked:
        """Return what was asked for when a stored run was begun, on the copies of its inputs."""
        request = dict(run.request)
        out = request["out"]
        asked = {name: request[name] for name in ("budget", "seed", "worlds")}
        return cls(directory=inputs, out=None if out is None else Path(out), **asked)


def allocate(asked: Asked, how: How) -> None:
    """Load, decide, and write the report, the workbook and the tables.

    Raises
    ------
    InputError
        When the scenario has no call, or what is asked for makes no sense.
    """
    speaker = AwardsSpeaker(how.lang, quiet=how.quiet, for_machines=how.json)
    seconds: dict[str, float] = {}
    scenario = timed(seconds, "load", lambda: _load(asked.directory))
    speaker.loaded(scenario, ())
    _conduct(_planned(scenario, asked), asked, how, speaker, seconds)


def rerun(before: RunInfo, inputs: Path, how: How) -> None:
    """Go on with an allocation that was stopped, or reproduce a complete one; see `majung.cli.commands.running.rerun`.

    Raises
    ------
    InputError
        When this majung would make another run of it.
    StoreError
        When a complete run does not come out as it did.
    """
    speaker = AwardsSpeaker(how.lang, quiet=how.quiet, for_machines=how.json)
    seconds: dict[str, float] = {}
    asked = Asked.again(before, inputs)
    scenario = timed(seconds, "load", lambda: _load(inputs))
    # One without an id of its own is called as its folder is, and the copy's folder has another name.
    scenario = replace(scenario, id=str(before.identity["scenario_id"]))
    speaker.loaded(scenario, ())
    plan = _planned(scenario, asked)
    if plan.run_id != before.run_id:
        made_by = str(before.identity.get("release"))
        raise InputError([Problem(key="cli.rerun.another", found=before.run_id, values={"version": made_by})])
    if before.complete:
        _reproduce(plan, how, before, speaker, seconds)
    else:
        original = Path(str(before.request["scenario"]))
        _conduct(plan, replace(asked, directory=original), how, speaker, seconds, inputs=[])


def _load(directory: Path) -> Scenario:
    from majung.scenario import load

    return load(directory)


def _planned(scenario: Scenario, asked: Asked) -> AllocationPlan:
    from majung.decision import awards

    return awards.planned_allocation(scenario, **asked.allocation)


def _allocated(plan: AllocationPlan, session: Session, speaker: AwardsSpeaker) -> Allocation:
    from majung.decision import awards

    with speaker.deciding() as told:
        return awards.allocated(plan, session, told)


def _conduct(
    plan: AllocationPlan,
    asked: Asked,
    how: How,
    speaker: AwardsSpeaker,
    seconds: dict[str, float],
    inputs: Sequence[Path] | None = None,
) -> None:
    """Run a plan in the store, and publish what comes of it."""
    from majung.ensemble import Session, Staging, default_root
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
        session.begin(plan.record(KIND, asked.request(how.lang)), inputs=kept)
        with speaker.compiling():
            seconds["compile"] = compile_kernel()
        target = (asked.out or root / plan.run_id).absolute()
        files = {name: str(target / file) for name, file in _FILES.items()}
        with Staging(asked.out or root) as staging:
            allocation = _allocated(plan, session, speaker)
            with speaker.writing() as drawing:
                write = partial(_write, allocation, plan.scenario, staging.path, how.lang, drawing)
                timed(seconds, "report", write)
            result = _result(allocation, how.lang, files, seconds)
            (staging.path / _SUMMARY).write_text(dumped(result) + "\n", encoding="utf-8")
            written = [path.name for path in staging.path.iterdir()]
            staging.publish(target)
        session.finish(allocation.result_hash, target, written, how.lang)
    speaker.allocated(allocation, plan.scenario, files["report"])
    if how.json:
        print(dumped(result, sys.stdout.encoding))


def _reproduce(
    plan: AllocationPlan, how: How, before: RunInfo, speaker: AwardsSpeaker, seconds: dict[str, float]
) -> None:
    """Decide a complete run anew, past its stored blocks, and say whether the result is the same."""
    from majung.ensemble import Session, Staging, default_root

    with ExitStack() as stack:
        elsewhere = None
        if how.cluster is not None:
            # Workers need a folder that they see; it must not be the one whose blocks are put to the proof.
            elsewhere = stack.enter_context(Staging(default_root(how.store))).path / "blocks"
        with speaker.compiling():
            seconds["compile"] = compile_kernel()
        session = stack.enter_context(Session(elsewhere, threads=how.threads, cluster=how.cluster))
        session.begin(plan.record(KIND, {}))
        allocation = _allocated(plan, session, speaker)
    found = allocation.result_hash
    if found != before.result_hash:
        raise StoreError("cli.rerun.differs", run_id=before.run_id, found=found, stored=before.result_hash)
    there = before.outputs
    files = (
        {} if there is None else {name: str(there / file) for name, file in _FILES.items() if (there / file).exists()}
    )
    speaker.same(allocation, plan.scenario, before)
    if how.json:
        print(dumped(_result(allocation, how.lang, files, seconds) | {"reproduced": True}, sys.stdout.encoding))


def _write(
    allocation: Allocation,
    scenario: Scenario,
    folder: Path,
    lang: Lang,
    drawing: Callable[[Progress], None] | None,
) -> None:
    from majung.ensemble import storing
    from majung.report.awards import render, write_awards

    with storing(folder):
        render(allocation, scenario, lang=lang, out=folder / _FILES["report"], progress=drawing)
        write_awards(allocation, folder, lang, scenario)


def _result(
    allocation: Allocation, lang: Lang, files: Mapping[str, str], seconds: Mapping[str, float]
) -> dict[str, Any]:
    from majung.report.awards import as_json

    result = as_json(allocation, lang, files)
    result["seconds"] |= {name: round(value, 3) for name, value in seconds.items()}
    return result
