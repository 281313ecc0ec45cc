"""The order of the report: what stands where, under which finding."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from majung.dims import DOMESTIC_CLASSES, INSTRUMENTS
from majung.messages import Lang, catalogue, text
from majung.report.page import assumptions, blocks
from majung.report.page.cells import Block
from majung.report.page.sentences import finding
from majung.report.series import Results

__all__ = ["Figure", "Part", "Section", "sections"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart on the page, and its numbers where no table beside it has them."""

    key: str
    data: Block | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A finding with its explanation, chart and tables; `folded` are tables that say no more than the finding does."""

    finding: str
    text: str
    figure: Figure | None
    tables: tuple[Block, ...]
    folded: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """What a part of the report is about, and its findings."""

    key: str
    topic: str
    parts: tuple[Part, ...]


def sections(results: Results, lang: Lang, shown: Collection[str]) -> tuple[Section, ...]:
    """Return the sections with results.

    Parameters
    ----------
    shown : collection of str
        The names of the charts; those with nothing to show are left out.
    """
    data = _data(results, lang)

    def part(key: str, picture: str = "", *tables: Block, folded: tuple[Block, ...] = ()) -> Part:
        figure = None
        if picture in shown:
            figure = Figure(picture, data[picture]() if picture in data else None)
        words = f"report.text.{key}"
        return Part(
            finding(key, results, lang) if key in _FOUND else "",
            text(words, lang) if words in catalogue(lang) else "",
            figure,
            tables,
            folded,
        )

    def section(key: str, *parts: Part) -> Section:
        return Section(key, text(f"report.topic.{key}", lang), parts)

    paired = bool(results.others)
    spending = "money_by_instrument" in shown
    found = [
        section("ranking", part("ranking", "net_gain", blocks.ranking(results, lang), blocks.outcome(results, lang)))
    ]
    found.append(section("programmes", part("programmes", "", assumptions.strategies(results, lang))))
    found.append(section("time", part("sales", "sales"), *([part("difference", "difference")] if paired else [])))
    if paired:
        money = (
            [part("money", "money_by_instrument"), part("money_over_time", "money_over_time")]
            if spending
            else [part("money")]
        )
        found.append(section("money", *money, part("raised", "private_raised")))
    if spending:
        found.append(
            section("supported", part("supported", "money_by_class"), part("technologies", "money_by_technology"))
        )
    found.append(section("survival", part("survival", "ventures", blocks.survival(results, lang))))
    chain = [part("chain", "chain")]
    if paired:
        chain.append(part("chain_difference", "chain_difference"))
    found.append(section("chain", *chain))
    takeoff, leaders = blocks.takeoff(results, lang), blocks.leaders(results, lang)
    alike = len({cell for row in takeoff.rows for cell in row[1:]}) < 2
    tables, folded = ((leaders,), (takeoff,)) if alike else ((takeoff, leaders), ())
    found.append(section("takeoff", part("takeoff", "", *tables, folded=folded)))
    return tuple(found)


_FOUND = frozenset(
    {
        "ranking",
        "sales",
        "difference",
        "money",
        "raised",
        "supported",
        "survival",
        "chain",
        "chain_difference",
        "takeoff",
    }
)


def _data(results: Results, lang: Lang) -> Mapping[str, Callable[[], Block]]:
    """Return the makers of the tables behind the charts, by chart."""
    classes = {name: text(f"report.class.{name}", lang) for name in DOMESTIC_CLASSES}
    instruments = {name: text(f"report.instrument.{name}", lang) for name in (*INSTRUMENTS, "returned")}
    technologies = {name: results.technology_titles(lang)[name] for name in results.technologies}
    return {
        "sales": lambda: blocks.fan(results, results.fan("sales"), "sales", lang, money=True),
        "difference": lambda: blocks.fan(results, results.fan("difference"), "difference", lang, money=True),
        "ventures": lambda: blocks.fan(results, results.fan("ventures"), "ventures", lang, money=False),
        "money_by_instrument": lambda: blocks.parts(
            results.money_by_instrument(), "instrument", instruments, "money_by_instrument", results, lang
        ),
        "money_by_class": lambda: blocks.parts(
            results.money_by_class(), "size_class", classes, "money_by_class", results, lang
        ),
        "money_by_technology": lambda: blocks.parts(
            results.money_by_technology(), "technology", technologies, "money_by_technology", results, lang
        ),
        "private_raised": lambda: blocks.raised(results, lang),
        "chain": lambda: blocks.chain(results, lang),
        "chain_difference": lambda: blocks.chain_difference(results, lang),
    }
