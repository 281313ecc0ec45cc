"""What the commands on scenarios do, and what commands have in common."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from majung.errors import InputError, Problem
from majung.messages import Lang, text

__all__ = ["check", "dumped", "new", "read_settings"]


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


def dumped(result: object, encoding: str | None = None) -> str:
    """Return an object as JSON; for a stream that is not in UTF-8, with letters escaped rather than lost."""
    letters = encoding is None or encoding.lower().replace("-", "") == "utf8"
    return json.dumps(result, ensure_ascii=not letters, indent=2, allow_nan=False)
