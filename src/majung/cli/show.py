"""What a run says: a table for people, an object for machines."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from majung.messages import Lang, text
from majung.money import Unit, format_amount, parse_unit

if TYPE_CHECKING:
    from collections.abc import Iterable

    import xarray as xr
    from rich.table import Table

    from majung.decision import Interval, StrategySummary

__all__ = ["as_json", "table"]

_DASH = "\N{EN DASH}"


def table(dataset: xr.Dataset, summaries: Iterable[StrategySummary], lang: Lang) -> Table:
    """Return the ranking as a table for a terminal."""
    from rich import box
    from rich.table import Table

    unit = parse_unit(str(dataset.attrs["unit"]))
    title = text(
        "cli.table.title",
        lang,
        title=dataset.attrs["title_ko" if lang == "ko" else "title"],
        quarters=dataset.sizes["quarter"],
        replications=dataset.sizes["replication"],
        seed=dataset.attrs["seed"],
    )
    shown = Table(
        title=title,
        caption=text("cli.table.note", lang),
        box=box.SIMPLE_HEAD,
        title_justify="left",
        caption_justify="left",
    )
    shown.add_column(text("cli.table.strategy", lang), overflow="fold")
    currency = text(f"money.currency.{unit.currency}", lang)
    for key in ("spent", "created", "per_unit", "best", "regret", "live_ventures"):
        shown.add_column(text(f"cli.table.{key}", lang, currency=currency), justify="right")
    for summary in sorted(summaries, key=lambda s: s.net_gain.mean, reverse=True):
        shown.add_row(
            summary.title.text(lang) or summary.id,
            format_amount(summary.public_spent, unit, lang, digits=3),
            _amount(summary.difference, unit, lang) if summary.additionality else _DASH,
            _number(summary.additionality),
            f"{100 * summary.probability_best:.0f} %",
            format_amount(summary.expected_regret, unit, lang, digits=3),
            f"{summary.live_ventures:.0f}",
        )
    return shown


def as_json(
    dataset: xr.Dataset,
    summaries: Iterable[StrategySummary],
    *,
    lang: Lang,
    seconds: dict[str, float],
    files: dict[str, str],
) -> dict[str, Any]:
    """Return the run as the object that ``--json`` prints; a number that does not exist is null."""
    strategies, replications = dataset.sizes["strategy"], dataset.sizes["replication"]
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
        "threads": dataset.attrs["threads"],
        "seconds": {name: round(value, 3) for name, value in seconds.items()},
        "line_steps": lines * quarters * replications * strategies,
        "result_hash": dataset.attrs["result_hash"],
        "strategies": [_strategy(summary, lang) for summary in summaries],
        "files": files,
    }
    return {name: _nullable(value) for name, value in content.items()}


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


def _amount(interval: Interval, unit: Unit, lang: Lang) -> str:
    return f"{format_amount(interval.mean, unit, lang, digits=3)}{_range(interval, unit, lang)}"


def _range(interval: Interval, unit: Unit, lang: Lang) -> str:
    if not math.isfinite(interval.half_width):
        return ""
    return f" ± {format_amount(interval.half_width, unit, lang, digits=2)}"


def _number(interval: Interval | None) -> str:
    if interval is None:
        return _DASH
    return f"{interval.mean:.2f}" + (f" ± {interval.half_width:.2f}" if math.isfinite(interval.half_width) else "")
