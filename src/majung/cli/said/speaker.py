"""What a run says to people while it works: results on stdout, the rest on stderr; all on stderr beside ``--json``."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Final, TypeAlias

from rich.console import Console

from majung.cli.compiling import SECONDS
from majung.cli.said.progress import shown, stages
from majung.messages import Lang, Phrase, text

if TYPE_CHECKING:
    import xarray as xr

    from majung.cli.said.grid import Grid
    from majung.cli.said.progress import Stage
    from majung.ensemble import Progress, RunInfo
    from majung.scenario import Scenario

__all__ = ["Said", "Speaker", "console"]

Said: TypeAlias = "str | Grid"
"""A line or a table for people."""

_WIDTH: Final = 150
"""Columns where there is no terminal to ask."""


class Speaker:
    """Say how a run goes.

    Parameters
    ----------
    lang : {"en", "ko"}
    quiet : bool
        Only warnings, and where the report is.
    for_machines : bool
        Whether stdout is kept for the JSON object.
    """

    def __init__(self, lang: Lang, *, quiet: bool, for_machines: bool) -> None:
        self._lang = lang
        self._quiet = quiet
        self._for_machines = for_machines
        self._aside = console(to_stderr=True)
        self._people = self._aside if for_machines else console(to_stderr=False)

    @property
    def width(self) -> int:
        """Columns in which people are shown what came of it."""
        return self._people.width

    def loaded(self, scenario: Scenario, overridden: Collection[str]) -> None:
        """Say what was loaded, and what a reader should know of it."""
        if not self._quiet:
            self._say(
                "cli.loaded",
                title=scenario.title.text(self._lang),
                lines=f"{len(scenario.lines.id):,}",
                quarters=scenario.quarters,
            )
        for warning in scenario.warnings:
            self._say("cli.warning", warning=warning.text(self._lang))
        if outside := sorted({*scenario.parameters.outside_range} & {*overridden}):
            self._say("cli.warning", warning=text("cli.outside_range", self._lang, names=outside))

    @contextmanager
    def compiling(self) -> Iterator[None]:
        """Say that the kernel is compiled, where it is not yet."""
        from majung.market import kernel

        if not self._quiet and not kernel.is_compiled():
            self._say("cli.compiling", seconds=SECONDS)
        yield

    def simulating(self) -> AbstractContextManager[Callable[[Progress], None] | None]:
        """Give what shows the progress of a simulation."""
        return nullcontext() if self._quiet else shown(self._aside, self._lang)

    @contextmanager
    def stages(self, command: str) -> Iterator[Callable[[Stage], None] | None]:
        """Give what shows how far each stage has come, with the time left; see `stages`."""
        if self._quiet:
            yield None
        else:
            with stages(self._aside, self._lang, command) as told:
                yield told

    def notices(self, notices: Iterable[Phrase]) -> None:
        """Say what a person should know of how the store was found."""
        for notice in notices:
            self._say("cli.warning", warning=notice.label(self._lang))

    def simulated(self, dataset: xr.Dataset, so_far: Progress) -> None:
        """Warn of replications that failed and blocks that were damaged; say what was there, and how narrow it is."""
        from majung.ensemble import Status

        attributes = dataset.attrs
        if so_far.damaged:
            self._say("cli.damaged", count=so_far.damaged)
        if so_far.reused and not self._quiet:
            self._say("cli.reused", reused=f"{so_far.reused:,}", total=f"{so_far.total:,}")
        if attributes["failed"]:
            reason = Phrase(Status.NOT_FINITE.value)
            self._say("cli.failed", failed=attributes["failed"], total=so_far.total, reason=reason)
        if "precision_asked" in attributes:
            asked, reached = attributes["precision_asked"], attributes["precision_reached"]
            missed = not reached <= asked
            if missed or not self._quiet:
                self._say(
                    "cli.precision_missed" if missed else "cli.precision_reached",
                    replications=dataset.attrs["replications"],
                    reached=f"{reached:.3g}",
                    asked=f"{asked:g}",
                )

    @contextmanager
    def writing(self) -> Iterator[Callable[[Progress], None] | None]:
        """Say that the report is being written; give what shows, in a terminal, how many pictures are drawn."""
        if self._quiet:
            yield None
        elif self._aside.is_terminal:
            with self._aside.status(text("cli.writing", self._lang)) as status:
                yield lambda p: status.update(text("cli.drawing", self._lang, done=p.done, total=p.total))
        else:
            self._say("cli.writing")
            yield None

    def done(self, said: Iterable[Said], report: str) -> None:
        """Show what came of it, and where the report is."""
        if self._quiet:
            if not self._for_machines:
                print(report)
            return
        self._show(said)
        # Not through the console, which would break the path where a line ends.
        print(text("cli.report", self._lang, path=report), file=sys.stderr if self._for_machines else sys.stdout)

    def same(self, said: Iterable[Said], before: RunInfo) -> None:
        """Show what came of it, and say that it is what the stored run had."""
        if not self._quiet:
            self._show(said)
        message = text("cli.rerun.same", self._lang, run_id=before.run_id, hash=before.result_hash)
        print(message, file=sys.stderr if self._for_machines else sys.stdout)

    def _show(self, said: Iterable[Said]) -> None:
        for part in said:
            self._people.print(part, highlight=False, markup=False)

    def _say(self, key: str, **values: object) -> None:
        _print(self._aside, text(key, self._lang, **values))


def _print(console: Console, message: str) -> None:
    console.print(message, highlight=False, markup=False)


class _Console(Console):
    """Rich's console, but a reader that has left is not an exit with code 1."""

    def on_broken_pipe(self) -> None:
        raise


def console(*, to_stderr: bool) -> Console:
    """Return a console; where it is no terminal, as wide as ``COLUMNS`` says, or else wide enough for every table."""
    stream = sys.stderr if to_stderr else sys.stdout
    return _Console(stderr=to_stderr, width=None if stream.isatty() else _asked_width(), highlight=False)


def _asked_width() -> int:
    asked = os.environ.get("COLUMNS", "")
    return int(asked) if asked.isdecimal() and int(asked) else _WIDTH
