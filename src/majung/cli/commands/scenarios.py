"""What the commands on scenarios do."""

from __future__ import annotations

from pathlib import Path

from majung.messages import Lang, text

__all__ = ["check", "new"]


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
