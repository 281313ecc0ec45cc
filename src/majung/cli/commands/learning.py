"""What ``majung learning`` does."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from majung.cli.said.show import dumped
from majung.errors import InputError
from majung.messages import Lang, text
from majung.money import parse_date

if TYPE_CHECKING:
    from majung.evidence.learning import LearningCurve

__all__ = ["Asked", "learning"]

_TECHNOLOGIES: Final = "technologies.csv"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What was asked for on the command line."""

    table: Path
    as_of: str | None
    into: Path | None
    json: bool
    quiet: bool
    lang: Lang


def learning(asked: Asked) -> None:
    """Estimate learning curves, say what came of it, and write rates into a scenario where that is asked for.

    Raises
    ------
    InputError
        What is given cannot be read, or no rate can be written.
    """
    from majung.evidence.learning import learning_curves, write_rates

    curves = learning_curves(asked.table, None if asked.as_of is None else _day(asked.as_of))
    written = {}
    into = asked.into / _TECHNOLOGIES if asked.into is not None and asked.into.is_dir() else asked.into
    if into is not None:
        written = write_rates(curves, into)
    if not asked.quiet:
        _say(curves, asked)
        if into is not None:
            names = ", ".join(f"{name} {rate:g}" for name, rate in written.items())
            aside = sys.stderr if asked.json else sys.stdout
            print(text("cli.learning.written", asked.lang, file=into, names=names), file=aside)
    if asked.json:
        from majung.cli.said.curves import as_json

        print(dumped(as_json(curves, asked.lang), sys.stdout.encoding))


def _say(curves: list[LearningCurve], asked: Asked) -> None:
    from majung.cli.said import curves as said
    from majung.cli.said.speaker import console

    people = console(to_stderr=asked.json)
    people.print(text("cli.learning.heading", asked.lang), highlight=False, markup=False)
    people.print(said.curve_table(curves, asked.lang))
    aside = console(to_stderr=True)
    for curve in curves:
        for remark in ([curve.reason] if curve.reason is not None else []) + list(curve.warnings):
            line = text("cli.takeoff.of_series", asked.lang, series=curve.technology, said=remark)
            warning = text("cli.warning", asked.lang, warning=line)
            aside.print(warning, highlight=False, markup=False)


def _day(written: str) -> date:
    try:
        return parse_date(written)
    except InputError as error:
        raise InputError([problem.at(column="--as-of") for problem in error.problems]) from None
