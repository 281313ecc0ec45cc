"""What ``majung runs`` says: a line a run, with the options that tell it from the others."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from majung.messages import Lang, text

if TYPE_CHECKING:
    from majung.cli.said.grid import Grid
    from majung.ensemble.store import RunInfo

__all__ = ["options_of", "runs_table", "size"]

_THOUSAND: Final = 1000
_NOT_OPTIONS: Final = ("scenario", "out", "lang")
"""What a store keeps of a request that does not tell one run from another."""
_OPTIONS: Final[Mapping[str, str]] = {
    "strategies": "-s",
    "strategy": "-s",
    "replications": "-n",
    "overrides": "--set",
    "folder": "--from",
}
"""Options that are not called as they are kept."""


def runs_table(found: Iterable[RunInfo], lang: Lang) -> Grid:
    """Return a line a run; size, state and title go first where there is no room."""
    from majung.cli.said.grid import Column, Grid

    columns = (("id", 0), ("command", 0), ("title", 1), ("options", 0), ("begun", 0), ("size", 3), ("state", 2))
    shown = Grid(
        [
            Column(key, text(f"cli.runs.{key}", lang), "right" if key == "size" else "left", lesser)
            for key, lesser in columns
        ]
    )
    for run in found:
        state = "cli.runs.complete" if run.complete else "cli.runs.partial"
        shown.add(
            run.run_id,
            run.kind,
            run.title.text(lang),
            options_of(run),
            f"{run.created[:10]} {run.created[11:16]}\N{NO-BREAK SPACE}UTC",
            size(run.bytes).replace(" ", "\N{NO-BREAK SPACE}"),
            text(state, lang, done=run.blocks_done, total=run.blocks_total),
        )
    return shown


def options_of(run: RunInfo) -> str:
    """Return the options that ask for a run, as they are typed; replications, worlds and seed even where left out."""
    return " ".join(
        # An option and its value stay on one line.
        shlex.join(option).replace(" ", "\N{NO-BREAK SPACE}")
        for name, value in _asked(run)
        for option in _typed(_OPTIONS.get(name, f"--{name.replace('_', '-')}"), value)
    )


def size(count: int) -> str:
    """Return a number of bytes for people, in powers of a thousand."""
    value, unit = float(count), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < _THOUSAND:
            break
        value, unit = value / _THOUSAND, larger
    return f"{value:.{0 if unit == 'B' else 1}f} {unit}"


def _asked(run: RunInfo) -> Iterator[tuple[str, Any]]:
    """Yield what was asked for by name, with the scenario's own where it was left out and counts for the result."""
    for name, value in run.request.items():
        own = run.identity.get(name)
        if name in _NOT_OPTIONS:
            continue
        if value is not None:
            yield name, value
        elif isinstance(own, int) and not (name == "replications" and run.request.get("precision") is not None):
            yield name, own


def _typed(option: str, value: Any) -> Iterator[tuple[str, ...]]:
    """Yield an option as often as its value takes it."""
    if isinstance(value, bool):
        if value:
            yield (option,)
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield option, f"{name}={one:g}"
    elif isinstance(value, str | int | float):
        yield option, str(value)
    else:
        for one in value:
            yield option, str(one)
