"""What a run says: a table for people, an object for machines."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, Final

from majung.messages import Lang, text
from majung.money import format_amount, parse_unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import xarray as xr
    from rich.table import Table

    from majung.cli.said.speaker import Said
    from majung.decision import Interval, StrategySummary

__all__ = ["as_json", "dumped", "heading", "ranking", "table"]

_WIDE: Final = 110
_COLUMNS: Final = (
    ("spent", True),
    ("created", True),
    ("margin", False),
    ("per_unit", True),
    ("margin", False),
    ("best", True),
    ("regret", False),
)
"""Columns after the strategy's name, and whether a narrow terminal shows them."""
_DASH: Final = "\N{EN DASH}"


def ranking(dataset: xr.Dataset, summaries: Sequence[StrategySummary], lang: Lang, width: int) -> Iterator[Said]:
    """Yield what is said of a comparison: what was run, the strategies, and how they are to be read."""
    yield heading(dataset, lang)
    yield table(dataset, summaries, lang, width=width)
    yield text("cli.table.note", lang)


def table(dataset: xr.Dataset, summaries: Iterable[StrategySummary], lang: Lang, *, width: int) -> Table:
    """Return the ranking as a table for a terminal, best first; a narrow one shows fewer intervals."""
    from rich import box
    from rich.table import Table

    unit = parse_unit(str(dataset.attrs["unit"]))
    currency = text(f"money.currency.{unit.currency}", lang)
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    shown.add_column(text("cli.table.strategy", lang), overflow="fold")
    for key in (key for key, always in _COLUMNS if always or width >= _WIDE):
        shown.add_column(text(f"cli.table.{key}", lang, currency=currency), justify="right", no_wrap=True)

    def amount(value: float, digits: int = 3) -> str:
        # The heading names the currency once for all.
        return format_amount(value, unit, lang, digits=digits).replace(f"{currency} ", "", 1)

    for summary in sorted(summaries, key=lambda s: s.net_gain.mean, reverse=True):
        ratio = summary.additionality
        cells = (
            amount(summary.public_spent),
            amount(summary.difference.mean) if ratio else _DASH,
            amount(summary.difference.half_width, 2) if ratio else "",
            f"{ratio.mean:.2f}" if ratio else _DASH,
            f"{ratio.half_width:.2f}" if ratio and math.isfinite(ratio.half_width) else "",
            f"{100 * summary.probability_best:.0f} %" if math.isfinite(summary.probability_best) else _DASH,
            amount(summary.expected_regret),
        )
        kept = (cell for cell, (_, always) in zip(cells, _COLUMNS, strict=True) if always or width >= _WIDE)
        shown.add_row(summary.title.text(lang) or summary.id, *kept)
    return shown


def heading(dataset: xr.Dataset, lang: Lang) -> str:
    """Return what was run, in a line."""
    return text(
        "cli.table.title",
        lang,
        title=dataset.attrs["title_ko" if lang == "ko" else "title"],
        quarters=dataset.sizes["quarter"],
        replications=f"{dataset.attrs['replications']:,}",
        seed=dataset.attrs["seed"],
        currency=text(f"money.currency.{parse_unit(str(dataset.attrs['unit'])).currency}", lang),
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
