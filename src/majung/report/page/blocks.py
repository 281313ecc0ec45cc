"""The tables of the page, as rows of written cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from majung.messages import Lang, text
from majung.report.figures.style import MoneyScale, money_scale
from majung.report.page.cells import Block, Cell
from majung.report.page.certainty import chance_of_best
from majung.report.series import CHAIN_KINDS, Results, names_of, quarter_words
from majung.report.wording import HUNDREDTHS, NOTHING, agreeing_decimals, interval_bounds, number, percent

if TYPE_CHECKING:
    from majung.decision import StrategySummary

__all__ = [
    "block",
    "chain",
    "chain_difference",
    "fan",
    "leaders",
    "outcome",
    "parts",
    "raised",
    "ranking",
    "survival",
    "takeoff",
]


def ranking(results: Results, lang: Lang) -> Block:
    """Return what each strategy costs and makes, best first."""
    found = results.summaries
    scale = _scale(
        (bound for s in found for bound in (s.net_gain.mean, s.difference.mean, s.public_spent)), results, lang
    )
    rows = []
    for s in found:
        # Difference less money spent is the net gain where a unit of public money costs one: readers check it.
        gains = (s.net_gain, s.difference)
        digits = agreeing_decimals(
            (scale.factor * value for value in (*(gain.mean for gain in gains), s.public_spent)),
            (scale.factor * gain.half_width for gain in gains),
        )
        rows.append(
            [
                Cell(results.titles(lang)[s.id]),
                Cell(*interval_bounds(s.net_gain, lang, scale.factor, decimals=digits)),
                Cell(*interval_bounds(s.additionality, lang, least=HUNDREDTHS)),
                Cell(*interval_bounds(s.difference, lang, scale.factor, decimals=digits)),
                Cell(number(s.public_spent * scale.factor, decimals=digits)),
                Cell(number(s.returned * scale.factor, decimals=digits)),
                _chance(s, results, lang),
                Cell(number(s.expected_regret * scale.factor)),
            ]
        )
    columns = ("strategy", "net_gain", "additionality", "difference", "spent", "returned", "best", "regret")
    return block("ranking", columns, rows, results, lang, unit=scale.label, level=percent(results.confidence))


def _chance(summary: StrategySummary, results: Results, lang: Lang) -> Cell:
    found = chance_of_best(summary, results)
    bounds = "" if found is None else text("report.range", lang, low=percent(found.low), high=percent(found.high))
    return Cell(percent(summary.probability_best), bounds)


def outcome(results: Results, lang: Lang) -> Block:
    """Return what the market comes to, in the order of the ranking."""
    found = results.summaries
    scale = _scale((s.private_domestic_sales.mean for s in found), results, lang)
    rows = []
    for s in found:
        taken = sum(quarter is not None for quarter in s.takeoff_quarter.values())
        rows.append(
            [
                Cell(results.titles(lang)[s.id]),
                Cell(*interval_bounds(s.private_domestic_sales, lang, scale.factor)),
                Cell(percent(s.sme_share)),
                Cell(percent(s.domestic_share)),
                Cell(number(s.live_ventures)),
                Cell(percent(s.survival)),
                Cell(number(s.leader_changes)),
                Cell(text("report.of", lang, part=taken, whole=len(s.takeoff_quarter))),
            ]
        )
    columns = ("strategy", "sales", "small_share", "domestic_share", "live", "survival", "leader_changes", "takeoffs")
    return block("outcome", columns, rows, results, lang, unit=scale.label, level=percent(results.confidence))


def takeoff(results: Results, lang: Lang) -> Block:
    """Return the median quarter of take-off by technology and strategy."""
    names = results.technology_titles(lang)
    rows = [
        [
            Cell(results.titles(lang)[s.id]),
            *(Cell(_when(s.takeoff_quarter.get(key), results, lang)) for key in results.technologies),
        ]
        for s in results.summaries
    ]
    head = [text("report.column.strategy", lang), *(names[key] for key in results.technologies)]
    return Block(text("report.table.takeoff", lang), head, rows, marked=results.titles(lang)[results.baseline])


def _when(quarter: str | None, results: Results, lang: Lang) -> str:
    if quarter == results.quarters[0]:
        return text("report.by_start", lang)
    return quarter_words(quarter, lang) if quarter else NOTHING


def leaders(results: Results, lang: Lang) -> Block:
    """Say who leads each technology at the end most often, under hands-off and under the leading strategy."""
    frame = results.leaders()
    shown = tuple(dict.fromkeys((results.baseline, results.leading)))
    lines = results.scenario.lines
    firms = names_of(results.scenario.firms, lang)
    firm_of = {str(line): str(results.scenario.firms.id[firm]) for line, firm in zip(lines.id, lines.firm, strict=True)}
    rows = []
    for technology in results.technologies:
        row = [Cell(results.technology_titles(lang)[technology])]
        passed = []
        for name in shown:
            found = frame[(frame["strategy"] == name) & (frame["technology"] == technology)].iloc[0]
            firm = firm_of.get(found["line"], "")
            entrant = text("report.entrant", lang) if found["line"] else text("report.nobody", lang)
            share = text("report.in_worlds", lang, share=percent(float(found["share"])))
            row.append(Cell(firms.get(firm, entrant), share))
            passed.append(Cell(number(float(found["changes"]))))
        rows.append(row + passed)
    titles = [results.titles(lang)[name] for name in shown]
    head = [text("report.column.technology", lang)]
    head += [text(f"report.column.{key}", lang, title=title) for key in ("leader", "changes") for title in titles]
    return Block(text("report.table.leaders", lang), head, rows, words=1 + len(shown))


def survival(results: Results, lang: Lang) -> Block:
    """Return the firms of the start that are alive at the end, by size class, and the traffic of entry and exit."""
    frame = results.survival_by_class()
    present = list(dict.fromkeys(frame["size_class"]))
    shares = _by(frame, "strategy", "size_class", "share")
    turnover = results.turnover().melt("strategy", var_name="kind", value_name="count")
    passed = _by(turnover, "strategy", "kind", "count")
    live = {summary.id: summary.live_ventures for summary in results.summaries}
    rows = [
        [
            Cell(results.titles(lang)[name]),
            *(Cell(percent(shares[name, size_class])) for size_class in present),
            Cell(number(passed[name, "entries"])),
            Cell(number(passed[name, "exits"])),
            Cell(number(live[name])),
        ]
        for name in results.strategies
    ]
    head = [
        text("report.column.strategy", lang),
        *(text(f"report.class.{size_class}", lang) for size_class in present),
        *(text(f"report.column.{key}", lang) for key in ("entries", "exits", "live")),
    ]
    return Block(text("report.table.survival", lang), head, rows, marked=results.titles(lang)[results.baseline])


def fan(results: Results, frame: pd.DataFrame, key: str, lang: Lang, *, money: bool) -> Block:
    """Return the numbers of a fan chart once a year: median, and the middle nine tenths of the worlds."""
    middle = "p50" if results.replications > 1 else "mean"
    scale = _scale(frame["p95" if middle == "p50" else "mean"], results, lang) if money else MoneyScale(1.0, "")
    chosen = [quarter for step, quarter in enumerate(reversed(results.quarters)) if step % 4 == 0][::-1]
    rows = []
    for name in results.strategies:
        own = frame[(frame["strategy"] == name) & frame["quarter"].isin(chosen)]
        if own.empty:
            continue
        cells = []
        for row in own.itertuples(index=False):
            low, high = (number(getattr(row, column) * scale.factor) for column in ("p05", "p95"))
            bounds = text("report.range", lang, low=low, high=high) if middle == "p50" else ""
            cells.append(Cell(number(getattr(row, middle) * scale.factor), bounds))
        rows.append([Cell(results.titles(lang)[name]), *cells])
    caption = text(f"report.chart.{key}.title", lang, unit=scale.label)
    head = [text("report.column.strategy", lang), *(quarter_words(quarter, lang) for quarter in chosen)]
    return Block(caption, head, rows, marked=results.titles(lang)[results.baseline])


def parts(frame: pd.DataFrame, part: str, names: Mapping[str, str], key: str, results: Results, lang: Lang) -> Block:
    """Return the numbers of a chart of stacked bars."""
    totals = frame.groupby("strategy", sort=False)["amount"].sum()
    scale = _scale(totals, results, lang)
    by_cell = _by(frame, "strategy", part, "amount")
    rows = []
    for name in results.strategies:
        if name == results.baseline:
            continue
        amounts = [by_cell.get((name, column), 0.0) * scale.factor for column in names]
        amounts.append(float(totals[name]) * scale.factor)
        digits = agreeing_decimals(amounts)
        rows.append([Cell(results.titles(lang)[name]), *(Cell(number(value, decimals=digits)) for value in amounts)])
    caption = text(f"report.chart.{key}.title", lang, unit=scale.label)
    return Block(
        caption, [text("report.column.strategy", lang), *names.values(), text("report.column.sum", lang)], rows
    )


def raised(results: Results, lang: Lang) -> Block:
    """Return private money raised, and how far above hands-off."""
    found = results.raised()
    scale = _scale((mean for mean, _ in found.values()), results, lang)
    rows = [
        [
            Cell(results.titles(lang)[name]),
            Cell(number(mean * scale.factor)),
            Cell(*interval_bounds(gap, lang, scale.factor)),
        ]
        for name, (mean, gap) in found.items()
    ]
    return block("raised", ("strategy", "raised", "difference"), rows, results, lang, unit=scale.label)


def chain(results: Results, lang: Lang) -> Block:
    """Return sales of all quarters by technology and kind under hands-off and the leading strategy."""
    kinds = list(CHAIN_KINDS)
    totals = results.chain_totals()
    scale = _scale(totals[kinds].to_numpy().ravel(), results, lang)
    sums = {kind: _by(totals, "strategy", "technology", kind) for kind in kinds}
    rows = [
        [
            Cell(results.technology_titles(lang)[technology]),
            Cell(results.titles(lang)[name]),
            *(Cell(number(sums[kind][name, technology] * scale.factor)) for kind in kinds),
        ]
        for technology in results.technologies
        for name in dict.fromkeys((results.baseline, results.leading))
    ]
    head = [text("report.column.technology", lang), text("report.column.strategy", lang)]
    head += [text(f"report.kind.{kind}", lang) for kind in kinds]
    return Block(text("report.table.chain", lang, unit=scale.label), head, rows, words=2)


def chain_difference(results: Results, lang: Lang) -> Block:
    """Return sales of all quarters above hands-off by strategy and technology, without what public orders induced."""
    frame = results.chain_difference()
    frame["amount"] = frame["final"] + frame["derived"]
    names = {name: results.technology_titles(lang)[name] for name in results.technologies}
    return parts(frame, "technology", names, "chain_difference_private", results, lang)


def _by(frame: pd.DataFrame, first: str, second: str, value: str) -> dict[tuple[str, str], float]:
    """Return a column by two others."""
    keys = zip(frame[first].tolist(), frame[second].tolist(), strict=True)
    return dict(zip(keys, frame[value].astype(float).tolist(), strict=True))


def _scale(amounts: Iterable[float], results: Results, lang: Lang) -> MoneyScale:
    return money_scale(amounts, results.unit, lang)


def block(
    key: str, columns: Iterable[str], rows: Sequence[Sequence[Cell]], results: Results, lang: Lang, *, words: int = 1,
    **values: object,
) -> Block:  # fmt: skip
    """Return a table whose caption is ``report.table.<key>`` and whose columns are ``report.column.<column>``."""
    head = [text(f"report.column.{column}", lang) for column in columns]
    marked = results.titles(lang)[results.baseline]
    return Block(text(f"report.table.{key}", lang, **values), head, rows, words, marked)
