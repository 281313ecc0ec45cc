"""What ``majung takeoff`` does."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from majung.cli.commands.gathering import Gathering
from majung.cli.compiling import heard
from majung.cli.said.progress import Steps, shown
from majung.cli.said.show import dumped
from majung.errors import InputError, Interrupted, Problem, nearest
from majung.messages import Lang, text
from majung.money import format_date, parse_date

if TYPE_CHECKING:
    from rich.console import Console

    from majung.evidence.series import Series
    from majung.evidence.takeoff import Step, Takeoff

__all__ = ["Asked", "takeoff"]

_TABLE: Final = "series"
_ENDINGS: Final = (".csv", ".xlsx", ".parquet")
_FEW: Final = 6
"""Series of which the terminal says all; of more, what they have in common."""
_MANY: Final = 20
"""Series from which on plain lines say how far the work has come."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What was asked for on the command line; None where the data or majung decide."""

    table: Path
    as_of: str | None
    market: float | None
    kind: str | None
    unit: str | None
    series: Sequence[str]
    rule: str | None
    replay: bool
    bootstrap: int | None
    seed: int | None
    threads: int | None
    out: Path | None
    json: bool
    quiet: bool
    lang: Lang


def takeoff(asked: Asked) -> None:
    """Read series, judge them, say what came of it, and write a report where one is asked for.

    Raises
    ------
    InputError
        What is given cannot be read, or nothing can be said of any series.
    Interrupted
        On request; no report is written.
    """
    gathering = Gathering()
    day = None if asked.as_of is None else gathering.tried(partial(_day, asked.as_of))
    out = None if asked.out is None else gathering.tried(partial(_place, asked.out))
    table = gathering.tried(partial(_table_of, asked.table))
    speaker = _Speaker(asked)
    try:
        everything = _everything(table, asked, gathering)
        gathering.settle()
        verdicts = _judged(everything, day, asked, speaker)
        replays = _replayed(everything, verdicts[0].as_of, asked, speaker) if asked.replay else None
        speaker.verdicts(verdicts, replays)
        if out is not None and table is not None:
            _report(out, verdicts, everything, replays, asked, table, speaker)
    except KeyboardInterrupt:
        raise Interrupted("cli.takeoff.interrupted") from None
    if asked.json:
        from majung.cli.said.verdicts import as_json

        print(dumped(as_json(verdicts, replays, asked.lang), sys.stdout.encoding))


def _everything(table: Path | None, asked: Asked, gathering: Gathering) -> list[Series]:
    """Return the series that are meant; what is wrong with them and with the options is gathered."""
    from majung.evidence.series import read_series
    from majung.evidence.series.arrays import given_kind, given_market

    before = len(gathering.problems)
    kind = gathering.tried(partial(given_kind, asked.kind))
    market = gathering.tried(partial(given_market, asked.market))
    wrong = len(gathering.problems) > before
    # With no series at all, only the options are looked at.
    gathering.tried(partial(_judge, (), date.max, asked))
    if table is None:
        return []
    # What is wrong with a table that is read otherwise than it is meant says nothing.
    of_table = Gathering() if wrong else gathering
    found = of_table.tried(partial(read_series, table, kind=kind, unit=asked.unit, market=market))
    return gathering.tried(partial(_chosen, found, asked.series)) or [] if found else []


def _judged(everything: Sequence[Series], day: date | None, asked: Asked, speaker: _Speaker) -> list[Takeoff]:
    with speaker.progress("cli.takeoff.working", len(everything)) as told:
        return heard(lambda: _judge(everything, day, asked, told))


def _judge(
    everything: Sequence[Series], day: date | None, asked: Asked, told: Callable[[int, int], None] | None = None
) -> list[Takeoff]:
    from majung.evidence.takeoff import takeoffs

    options = {"rule": asked.rule, "bootstrap": asked.bootstrap, "seed": asked.seed, "threads": asked.threads}
    given: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
    return takeoffs(everything, day, progress=told, **given)


def _replayed(everything: Sequence[Series], day: date, asked: Asked, speaker: _Speaker) -> dict[str, list[Step]]:
    from majung.evidence.takeoff import replay

    found: dict[str, list[Step]] = {}
    with speaker.progress("cli.takeoff.replaying", len(everything)) as told:

        def work() -> None:
            for place, one in enumerate(everything, 1):
                found[one.id] = replay(one, day, threads=asked.threads)
                if told is not None:
                    told(place, len(everything))

        heard(work)
    return found


def _report(
    out: Path,
    verdicts: Sequence[Takeoff],
    everything: Sequence[Series],
    replays: Mapping[str, Sequence[Step]] | None,
    asked: Asked,
    table: Path,
    speaker: _Speaker,
) -> None:
    from majung.evidence.takeoff import BOOTSTRAP, SEED
    from majung.report.takeoff import render

    identity = {
        "file": table.name,
        "digest": hashlib.sha256(table.read_bytes()).hexdigest(),
        "bootstrap": str(BOOTSTRAP if asked.bootstrap is None else asked.bootstrap),
        "seed": str(SEED if asked.seed is None else asked.seed),
    }
    named = {text(f"cli.takeoff.identity.{key}", asked.lang): value for key, value in identity.items()}
    later = {one.id: one for one in everything}
    with speaker.progress("cli.takeoff.drawing", len(everything)) as told, _writing(out):
        render(verdicts, later=later, replays=replays, lang=asked.lang, out=out, identity=named, counted=told)
    speaker.written(out)


def _day(written: str) -> date:
    try:
        return parse_date(written)
    except InputError as error:
        raise InputError([problem.at(column="--as-of") for problem in error.problems]) from None


def _table_of(place: Path) -> Path:
    """Return the table that is meant: of a folder the one called series."""
    if not place.is_dir():
        return place
    tables = [place / f"{_TABLE}{ending}" for ending in _ENDINGS]
    there = [table for table in tables if table.is_file()]
    if not there:
        choices = [table.name for table in tables]
        raise InputError([Problem(key="folder.no_file", file=str(place), values={"choices": choices})])
    if len(there) > 1:
        problem = Problem(key="folder.two_files", file=str(there[0]), values={"other": there[1].name})
        raise InputError([problem])
    return there[0]


def _place(out: Path) -> Path:
    """Return where the report goes; what cannot be written to is said before the work is done."""
    if out.is_dir():
        raise InputError([Problem(key="cli.takeoff.is_folder", file=str(out))])
    folder = out.absolute().parent
    while not folder.exists():
        folder = folder.parent
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise InputError([Problem(key="folder.unwritable", file=str(out), values={"detail": str(folder)})])
    return out


@contextmanager
def _writing(out: Path) -> Iterator[None]:
    """Say in majung's words what the file system refuses."""
    try:
        yield
    except OSError:
        # Loaded when needed: it brings all that stores runs.
        from majung.ensemble.store import storing

        with storing(out):
            raise


def _chosen(everything: Sequence[Series], names: Sequence[str]) -> list[Series]:
    if not names:
        return list(everything)
    known = {one.id: one for one in everything}
    problems = [
        Problem(
            key="cli.takeoff.no_series",
            found=name,
            suggestion=nearest(name, known),
            values={"count": len(known)},
        )
        for name in dict.fromkeys(names)
        if name not in known
    ]
    if problems:
        raise InputError(problems)
    return [one for one in everything if one.id in set(names)]


class _Speaker:
    """Say what comes of it: tables on stdout, the rest on stderr; all on stderr beside ``--json``."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._lang = asked.lang
        self._aside = _console(to_stderr=True)
        self._people = self._aside if asked.json else _console(to_stderr=False)

    @contextmanager
    def progress(self, what: str, count: int) -> Iterator[Callable[[int, int], None] | None]:
        """Show how far a work has come, with the time left: in a terminal always, as plain lines of many series."""
        if self._asked.quiet or (count < _MANY and not self._aside.is_terminal):
            yield None
            return
        with shown(self._aside, self._lang, what) as show:
            yield lambda done, total: show(Steps(done, total))

    def verdicts(self, verdicts: Sequence[Takeoff], replays: Mapping[str, Sequence[Step]] | None) -> None:
        """Show what is said of each series, and what the rules say."""
        if self._asked.quiet:
            return
        from majung.cli.said import verdicts as said

        few = len(verdicts) <= _FEW
        self._print(text("cli.takeoff.heading", self._lang, day=format_date(verdicts[0].as_of, self._lang)))
        self._people.print(said.verdict_table(verdicts, self._lang))
        for verdict in verdicts:
            if verdict.reason is not None:
                self._of(verdict, verdict.reason.label(self._lang), self._people)
        self._print(text("cli.takeoff.rules_heading", self._lang))
        table = said.rules_table if few else said.rules_tally
        self._people.print(table(verdicts, self._lang))
        if replays is not None:
            self._print(text(f"cli.takeoff.{'replay' if few else 'replays'}_heading", self._lang))
            fared = said.hindsight_table if few else said.hindsight_tally
            self._people.print(fared(verdicts, replays, self._lang))
        self._warnings(verdicts, few)

    def written(self, report: Path) -> None:
        """Say where the report is; not through the console, which would break the path where a line ends."""
        aside = sys.stderr if self._asked.json else sys.stdout
        if self._asked.quiet:
            if not self._asked.json:
                print(report)
            return
        print(text("cli.report", self._lang, path=report), file=aside)

    def _warnings(self, verdicts: Sequence[Takeoff], few: bool) -> None:
        if few:
            for verdict in verdicts:
                for warning in verdict.warnings:
                    said = self._said_of(verdict, warning.label(self._lang))
                    self._say(self._aside, text("cli.warning", self._lang, warning=said))
        elif count := sum(len(verdict.warnings) for verdict in verdicts):
            self._say(self._aside, text("cli.takeoff.see_report", self._lang, count=count))

    def _of(self, verdict: Takeoff, said: str, console: Console) -> None:
        self._say(console, self._said_of(verdict, said))

    def _said_of(self, verdict: Takeoff, said: str) -> str:
        return text("cli.takeoff.of_series", self._lang, series=verdict.series.label(self._lang), said=said)

    def _print(self, message: str) -> None:
        self._say(self._people, message)

    def _say(self, console: Console, message: str) -> None:
        console.print(message, highlight=False, markup=False)


def _console(*, to_stderr: bool) -> Console:
    from majung.cli.said.speaker import console

    return console(to_stderr=to_stderr)
