"""What a run says: a table for people, an object for machines."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from majung.messages import Lang, text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    import xarray as xr
    from rich.text import Text

    from majung.cli.said.grid import Grid
    from majung.cli.said.speaker import Said
    from majung.decision import Interval, StrategySummary
    from majung.report.figures.style import MoneyScale
    from majung.report.series import Results

__all__ = ["as_json", "dumped", "heading", "ranking", "table"]


def ranking(results: Results, lang: Lang, width: int) -> Iterator[Said]:
    """Yield what is said of a comparison: what was run, who leads, the strategies, and how they are to be read."""
    from majung.report.page.sentences import headline

    yield heading(results.dataset, _scale(results, lang).label, lang)
    yield headline(results, lang).sentence + "."
    shown = table(results, lang)
    yield shown
    yield _note(results, shown.shown(width), lang)


def table(results: Results, lang: Lang) -> Grid:
    """Return the ranking as a table for a terminal, the largest net gain first."""
    from majung.cli.said.grid import Column, Grid, within
    from majung.report.wording import HUNDREDTHS, NOTHING, agreeing_decimals, number, percent

    currency = text(f"money.currency.{results.unit.currency}", lang)
    lesser = {"regret": 1, "best": 2}
    shown = Grid(
        [
            Column("strategy", text("cli.table.strategy", lang)),
            *(
                Column(key, text(f"cli.table.{key}", lang, currency=currency), "right", lesser.get(key, 0))
                for key in ("gain", "spent", "per_unit", "best", "regret")
            ),
        ]
    )
    factor, titles = _scale(results, lang).factor, results.titles(lang)

    def margin(found: Interval, by: float = 1.0, least: int = 0) -> Text:
        mean, half = by * found.mean, by * found.half_width
        decimals = max(agreeing_decimals([max(abs(mean), half) if math.isfinite(half) else mean]), least)
        around = number(half, decimals=decimals) if math.isfinite(half) else ""
        return within(number(mean, decimals=decimals), around, form="± {}".format)

    for summary in results.summaries:
        baseline, ratio = summary.id == results.baseline, summary.additionality
        shown.add(
            titles[summary.id],
            "0" if baseline else margin(summary.net_gain, factor),
            number(factor * summary.public_spent),
            NOTHING if ratio is None else margin(ratio, least=HUNDREDTHS),
            percent(summary.probability_best),
            number(factor * summary.expected_regret),
        )
    return shown


def _note(results: Results, shown: Collection[str], lang: Lang) -> str:
    """Say how what is shown is to be read."""
    from majung.report.wording import percent

    keys = ["gain" if results.replications > 1 else "gain_one", *(key for key in ("best", "regret") if key in shown)]
    values = {"level": percent(results.confidence), "currency": text(f"money.currency.{results.unit.currency}", lang)}
    return " ".join(text(f"cli.table.note.{key}", lang, **values) for key in keys)


def _scale(results: Results, lang: Lang) -> MoneyScale:
    """Return how amounts are written: all in the same unit, which the heading names."""
    from majung.report.figures.style import money_scale

    spent = (summary.public_spent for summary in results.summaries)
    return money_scale([*spent, *(summary.net_gain.mean for summary in results.summaries)], results.unit, lang)


def heading(dataset: xr.Dataset, unit: str, lang: Lang) -> str:
    """Return what was run, in a line; `unit` is what amounts are written in."""
    worlds = int(dataset.attrs["replications"])
    return text(
        "cli.table.title",
        lang,
        title=dataset.attrs["title_ko" if lang == "ko" else "title"],
        quarters=dataset.sizes["quarter"],
        worlds=text("cli.table.one_world" if worlds == 1 else "cli.table.worlds", lang, count=f"{worlds:,}"),
        seed=dataset.attrs["seed"],
        unit=unit,
    )


def as_json(
    dataset: xr.Dataset,
    summaries: Iterable[StrategySummary],
    *,
    lang: Lang,
    workers: int,
    seconds: dict[str, float],
    files: dict[str, str],
) -> dict[str, Any]:
    """Return the run as the object that ``--json`` prints; a number that does not exist is null."""
    strategies, replications = dataset.sizes["strategy"], dataset.attrs["replications"]
    quarters, lines = dataset.sizes["quarter"], dataset.sizes["line"]
    content = {
        "run_id": dataset.attrs["run_id"],
        "majung_version": dataset.attrs["majung_version"],
        "scenario": {
            "id": dataset.attrs["scenario_id"],
            "title": dataset.attrs["title_ko" if lang == "ko" else "title"],
        },
        "seed": dataset.attrs["seed"],
        "replications": replications,
        "quarters": quarters,
        "lines": lines,
        "threads": workers,
        "seconds": {name: round(value, 3) for name, value in seconds.items()},
        "line_steps": lines * quarters * replications * strategies,
        "result_hash": dataset.attrs["result_hash"],
        "strategies": [_strategy(summary, lang) for summary in summaries],
        "files": files,
    }
    return {name: _nullable(value) for name, value in content.items()}


def dumped(result: object, encoding: str | None = None) -> str:
    """Return an object as JSON; for a stream that is not in UTF-8, with letters escaped rather than lost."""
    letters = encoding is None or encoding.lower().replace("-", "") == "utf8"
    return json.dumps(result, ensure_ascii=not letters, indent=2, allow_nan=False)


def _strategy(summary: StrategySummary, lang: Lang) -> dict[str, Any]:
    return {
        "id": summary.id,
        "title": summary.title.text(lang) or summary.id,
        "public_spent": summary.public_spent,
        "returned": summary.returned,
        "additionality": _interval(summary.additionality),
        "private_domestic_sales": _interval(summary.private_domestic_sales),
        "difference": _interval(summary.difference),
        "probability_best": summary.probability_best,
        "expected_regret": summary.expected_regret,
        "sme_share": summary.sme_share,
        "domestic_share": summary.domestic_share,
        "live_ventures": summary.live_ventures,
        "takeoff_quarter": dict(summary.takeoff_quarter),
    }


def _interval(interval: Interval | None) -> dict[str, float] | None:
    return None if interval is None else {"mean": interval.mean, "low": interval.low, "high": interval.high}


def _nullable(value: Any) -> Any:
    """Replace what JSON has no number for."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: _nullable(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_nullable(inner) for inner in value]
    return value
