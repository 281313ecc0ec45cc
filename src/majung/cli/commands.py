"""What the commands do."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from majung.cli.compiling import compile_kernel
from majung.cli.show import as_json
from majung.cli.speaker import Speaker
from majung.errors import InputError, Problem
from majung.messages import Lang, text

if TYPE_CHECKING:
    import xarray as xr

    from majung.decision import StrategySummary
    from majung.ensemble import Progress
    from majung.scenario import Scenario

__all__ = ["Asked", "check", "dumped", "new", "read_settings", "run"]

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What was asked for on the command line; None where the scenario or the machine decides."""

    directory: Path
    strategies: Sequence[str] | None
    replications: int | None
    precision: float | None
    max_replications: int | None
    seed: int | None
    overrides: Sequence[str]
    out: Path | None
    threads: int | None
    json: bool
    quiet: bool
    lang: Lang


def new(directory: Path, lang: Lang) -> None:
    """Write a skeleton and say what to do next."""
    from majung.scenario import skeleton

    skeleton.write(directory)
    print(text("cli.new.written", lang, path=directory))


def check(directory: Path, lang: Lang) -> None:
    """Load a scenario and say what a reader should know of it; what is wrong is raised, all of it at once."""
    from majung.scenario import load

    scenario = load(directory)
    for warning in scenario.warnings:
        print(text("cli.warning", lang, warning=warning.text(lang)))
    print(
        text(
            "cli.check.fine",
            lang,
            path=directory,
            firms=len(scenario.firms.id),
            lines=len(scenario.lines.id),
            technologies=len(scenario.technologies.id),
            strategies=len(scenario.strategies),
        )
    )
    found = len(scenario.warnings)
    print(text("cli.check.warnings" if found else "cli.check.no_warnings", lang, count=found))


def run(asked: Asked) -> None:
    """Load, simulate, compare, and write the report, the data and the tables."""
    from majung.decision import planned, summarise
    from majung.ensemble import Staging, thread_count

    speaker = Speaker(asked.lang, quiet=asked.quiet, for_machines=asked.json)
    seconds: dict[str, float] = {}
    overrides = read_settings(asked.overrides)
    scenario = _timed(seconds, "load", lambda: _load(asked.directory, overrides))
    speaker.loaded(scenario, overrides)
    request = _request(asked)
    # What is wrong with the request is said before the kernel is compiled for it.
    planned(scenario, **request)
    threads = thread_count(asked.threads)
    root = asked.out or Path(os.environ.get("MAJUNG_STORE") or "majung-runs")
    with Staging(root) as staging:
        with speaker.compiling():
            seconds["compile"] = compile_kernel()
        dataset = _timed(seconds, "simulate", lambda: _compare(scenario, request, threads, speaker))
        speaker.simulated(dataset)
        summaries = summarise(dataset)
        with speaker.writing() as drawing:
            write = partial(_write, dataset, scenario, summaries, staging.path, asked.lang, drawing)
            files = _timed(seconds, "report", write)
        target = asked.out or root / str(dataset.attrs["run_id"])
        published = {name: str((target / file).absolute()) for name, file in files.items()}
        result = as_json(dataset, summaries, lang=asked.lang, seconds=seconds, files=published)
        (staging.path / "run.json").write_text(dumped(result) + "\n", encoding="utf-8")
        staging.publish(target)
    speaker.done(dataset, summaries, published["report"])
    if asked.json:
        print(dumped(result, sys.stdout.encoding))


def _load(directory: Path, overrides: dict[str, float]) -> Scenario:
    from majung.scenario import load

    scenario = load(directory)
    return scenario.with_parameters(overrides) if overrides else scenario


def _request(asked: Asked) -> dict[str, Any]:
    """Return what `compare` is asked for, without what has a default of its own."""
    request = {
        "replications": asked.replications,
        "strategies": asked.strategies,
        "seed": asked.seed,
        "precision": asked.precision,
        "max_replications": asked.max_replications,
    }
    return {name: value for name, value in request.items() if value is not None}


def _compare(scenario: Scenario, request: dict[str, Any], threads: int, speaker: Speaker) -> xr.Dataset:
    from majung.decision import compare

    with speaker.simulating() as progress:
        return compare(scenario, **request, threads=threads, progress=progress)


def _write(
    dataset: xr.Dataset,
    scenario: Scenario,
    summaries: Sequence[StrategySummary],
    folder: Path,
    lang: Lang,
    drawing: Callable[[Progress], None] | None,
) -> dict[str, str]:
    """Write everything, and return the names of what was written."""
    from majung.ensemble import storing, write
    from majung.report import render, write_tables

    files = {"report": "report.html", "data": "data.zarr", "tables": "tables"}
    write(dataset, folder / files["data"])
    with storing(folder):
        render(dataset, scenario, summaries, lang=lang, out=folder / files["report"], progress=drawing)
        write_tables(dataset, scenario, summaries, folder / files["tables"], lang=lang)
    return files


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


def _timed(seconds: dict[str, float], name: str, work: Callable[[], T]) -> T:
    started = time.perf_counter()
    result = work()
    seconds[name] = time.perf_counter() - started
    return result


def dumped(result: object, encoding: str | None = None) -> str:
    """Return an object as JSON; for a stream that is not in UTF-8, with letters escaped rather than lost."""
    letters = encoding is None or encoding.lower().replace("-", "") == "utf8"
    return json.dumps(result, ensure_ascii=not letters, indent=2, allow_nan=False)
