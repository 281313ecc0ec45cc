"""What an allocation says to people: its stages while it works, then awards, near misses and practices."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final

from majung.cli.said.progress import Steps, shown
from majung.cli.said.speaker import Speaker
from majung.messages import Lang, text
from majung.money import format_date, parse_unit

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from majung.decision.awards import Allocation, Step
    from majung.ensemble import RunInfo
    from majung.scenario import Scenario

__all__ = ["AwardsSpeaker", "awards_table", "practices_table", "stages"]

_WIDE: Final = 110


class AwardsSpeaker(Speaker):
    """Say how an allocation goes; see `Speaker`."""

    @contextmanager
    def deciding(self) -> Iterator[Callable[[Step], None] | None]:
        """Give what shows how far each stage has come, with the time left."""
        if self._quiet:
            yield None
        else:
            with stages(self._aside, self._lang) as told:
                yield told

    def allocated(self, allocation: Allocation, scenario: Scenario, report: str) -> None:
        """Show what came of it, and where the report is."""
        if self._quiet:
            if not self._for_machines:
                print(report)
            return
        self._show(allocation, scenario)
        # Not through the console, which would break the path where a line ends.
        print(text("cli.report", self._lang, path=report), file=sys.stderr if self._for_machines else sys.stdout)

    def same(self, allocation: Allocation, scenario: Scenario, before: RunInfo) -> None:
        """Show what came of it, and say that it is what the stored run had."""
        if not self._quiet:
            self._show(allocation, scenario)
        message = text("cli.rerun.same", self._lang, run_id=before.run_id, hash=before.result_hash)
        print(message, file=sys.stderr if self._for_machines else sys.stdout)

    def _show(self, allocation: Allocation, scenario: Scenario) -> None:
        from majung.report.awards.sentences import headline, support
        from majung.report.wording import count, percent

        lang, people = self._lang, self._people
        title = allocation.title.text(lang) or allocation.call
        self._tell(text("cli.allocate.heading", lang, title=title, day=format_date(allocation.day, lang)))
        if allocation.awards:
            people.print(awards_table(allocation, lang, width=people.width))
        refused = {one.application for one in allocation.ineligible if not one.document}
        self._tell(
            text(
                "cli.allocate.counts",
                lang,
                applications=count(allocation.applications),
                awards=count(len(allocation.awards)),
                near=count(len(allocation.near_misses)),
                ineligible=count(len(refused)),
                documents=count(allocation.documents),
            )
        )
        self._tell(headline(allocation, lang) + ".")
        for sentence in support(allocation, lang, percent(scenario.parameters.value("confidence"))):
            self._tell(sentence)
        if allocation.awards and allocation.practices:
            people.print(practices_table(allocation, lang))

    def _tell(self, message: str) -> None:
        self._people.print(message, highlight=False, markup=False)


@contextmanager
def stages(console: Console, lang: Lang) -> Iterator[Callable[[Step], None]]:
    """Give a callback that shows the progress of one stage after the other while the context lasts."""
    current = ""
    total = last = 0
    show: Callable[[Steps], None] | None = None
    with ExitStack() as stack:

        def told(step: Step) -> None:
            nonlocal current, total, last, show
            if step.total <= 0:
                return
            if show is None or step.stage != current:
                stack.close()
                current, total, last = step.stage, step.total, -1
                show = stack.enter_context(shown(console, lang, f"cli.allocate.stage.{step.stage}"))
            # A stage that takes more than was thought is not begun anew for it.
            done = min(step.done, total)
            if done > last:
                last = done
                show(Steps(done, total))

        yield told


def awards_table(allocation: Allocation, lang: Lang, *, width: int) -> Table:
    """Return the awards as a table for a terminal; a narrow one leaves out instrument, quarter and score."""
    from rich.text import Text

    from majung.report.awards.words import exact, name_of, named, ratio, whole_amounts, worth_scale
    from majung.report.wording import interval_bounds, number

    unit = parse_unit(allocation.unit)
    currency = text(f"money.currency.{unit.currency}", lang)
    wide = width >= _WIDE
    found = allocation.awards
    scale = worth_scale((one.value.mean for one in found), allocation, lang)
    amounts = whole_amounts([one.amount for one in found], unit)
    shown = _table()
    shown.add_column(text("cli.allocate.column.firm", lang), overflow="fold")
    shown.add_column(text("cli.allocate.column.line", lang), overflow="fold")
    if wide:
        shown.add_column(text("cli.allocate.column.instrument", lang), overflow="fold")
        shown.add_column(text("cli.allocate.column.quarter", lang), no_wrap=True)
    shown.add_column(text("cli.allocate.column.amount", lang), justify="right", no_wrap=True)
    shown.add_column(text("cli.allocate.column.value", lang, unit=scale.label), justify="right")
    shown.add_column(text("cli.allocate.column.per", lang, currency=currency), justify="right", no_wrap=True)
    if wide:
        shown.add_column(text("cli.allocate.column.score", lang), justify="right", no_wrap=True)
    for one, money in zip(found, amounts, strict=True):
        mean, bounds = interval_bounds(one.value, lang, scale.factor)
        # A name with brackets is a name, not a style.
        cells = [Text(name_of(one.firm_name, one.firm, lang)), Text(name_of(one.technology_name, one.technology, lang))]
        if wide:
            cells += [Text(named("report.instrument", one.instrument, lang)), Text(one.quarter)]
        cells += [Text(exact(money, unit, lang)), Text(f"{mean} ({bounds})" if wide and bounds else mean)]
        cells.append(Text(number(ratio(one.value, one.amount).mean)))
        if wide:
            cells.append(Text(number(one.score, decimals=1) if math.isfinite(one.score) else ""))
        shown.add_row(*cells)
    return shown


def practices_table(allocation: Allocation, lang: Lang) -> Table:
    """Return the chosen awards beside other ways to choose, as a table for a terminal."""
    from rich.text import Text

    from majung.report.awards.words import sentence, worth_scale
    from majung.report.wording import NOTHING, interval

    values = (value for one in allocation.practices for value in (one.value.mean, one.difference.mean))
    scale = worth_scale([*values, allocation.portfolio_value.mean], allocation, lang)
    shown = _table()
    shown.add_column(text("cli.allocate.column.practice", lang), overflow="fold")
    for key in ("value", "difference"):
        shown.add_column(text(f"cli.allocate.column.{key}", lang, unit=scale.label), justify="right")
    chosen = text("report.awards.chosen", lang)
    shown.add_row(chosen, interval(allocation.portfolio_value, lang, scale.factor), NOTHING)
    for one in allocation.practices:
        cells = (interval(found, lang, scale.factor) for found in (one.value, one.difference))
        shown.add_row(Text(sentence(one.title.label(lang))), *cells)
    return shown


def _table() -> Table:
    from rich import box
    from rich.table import Table

    return Table(box=box.SIMPLE_HEAD, pad_edge=False)
