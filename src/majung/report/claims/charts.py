"""The charts of the report on claims, as Vega-Lite specifications: a page of pictures for each claim."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import pandas as pd

from majung.messages import Lang, text
from majung.report.claims.words import effect_scale
from majung.report.factors import by_name, factor_name, tendency
from majung.report.figures.factors import factor_axis, region_of
from majung.report.figures.panels import Rows, Specification, layered, mark, nominal
from majung.report.figures.panels import number as channel
from majung.report.figures.style import ACCENT, GREY, INK, NARROW, NUMBER, finish, heading, row_names
from majung.report.figures.worlds import (
    AGAINST,
    FOR,
    MOST_POINTS,
    Bar,
    Flag,
    beyond_words,
    binned,
    interval_bars,
    spread_chart,
    world_map,
)
from majung.report.outcomes import scale_of
from majung.report.wording import number, tidy

if TYPE_CHECKING:
    from majung.decision.claims.result import Claims, ClaimTest

__all__ = ["CHARTS", "MOST_DRIVERS", "arms_chart", "drivers_chart", "effects_chart", "flips_chart", "mapped"]

Chart: TypeAlias = Callable[["ClaimTest", "Claims", Lang, int], Specification | None]

MOST_DRIVERS: Final = 12
_QUANTILES: Final = {"p05": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95}


def effects_chart(test: ClaimTest, claims: Claims, lang: Lang, width: int) -> Specification | None:
    """Draw how many worlds have which effect, and the smallest that matters."""
    values = test.effects[test.answers]
    if not values.size:
        return None
    claim = test.claim
    scale = effect_scale(claim, values, claims.unit, lang)
    holds, fails = (text(f"report.claims.chart.{word}", lang) for word in ("holds", "fails"))
    upwards = claim.sign > 0
    upper = test.holds[test.answers] == upwards
    edge = claim.sign * claim.smallest
    smallest = text("report.claims.chart.smallest", lang, value=tidy(scale.factor * edge))
    flags = [Flag(scale.factor * edge, smallest, INK)]
    if math.isfinite(test.effect.central):
        words = text("report.claims.chart.central", lang, value=number(scale.factor * test.effect.central))
        flags.append(Flag(scale.factor * test.effect.central, words, INK, dashed=True))
    bins = binned(scale.factor * values, upper, scale.factor * edge, flags)
    return spread_chart(
        bins,
        *((holds, fails) if upwards else (fails, holds)),
        colours=(FOR, AGAINST) if upwards else (AGAINST, FOR),
        flags=flags,
        title=heading("claims_effects", lang, width, note=beyond_words(bins, lang)),
        axis_title=scale.label,
        width=width,
    )


def arms_chart(test: ClaimTest, claims: Claims, lang: Lang, width: int) -> Specification | None:
    """Draw what the arms came to over the worlds: medians, and ranges of half and of nine tenths of the worlds."""
    found = {arm: values[np.isfinite(values)] for arm, values in test.arms.items()}
    found = {arm: values for arm, values in found.items() if values.size}
    if not found:
        return None
    measure = test.claim.measure
    table = {arm: np.quantile(values, list(_QUANTILES.values())) for arm, values in found.items()}
    scale = scale_of(np.concatenate(list(table.values())), measure.unit, claims.unit, lang)
    frame = pd.DataFrame(list(table.values()), columns=list(_QUANTILES)) * scale.factor
    frame["arm"] = list(table)
    frame["written"] = [
        text("report.claims.chart.arm", lang, median=number(p50), low=number(p05), high=number(p95))
        for p05, p50, p95 in frame[["p05", "p50", "p95"]].itertuples(index=False)
    ]
    narrow = width < NARROW
    rows = row_names({arm: test.claim.title(arm, lang) for arm in table}, 116 if narrow else 240)
    plot = width - rows.room - 24
    y = nominal("arm", sort=list(table), axis=rows.axis())
    axis = {"format": NUMBER, "tickCount": 4 if narrow else 7, "domain": False}
    x = channel("p50", scale={"nice": True, "zero": False}, axis=axis)
    data = Rows()
    base = data.named(frame)
    layers = [
        mark("rule", base, {"x": x | {"field": low}, "x2": {"field": high}, "y": y}, color=ACCENT, **look)
        for low, high, look in (
            ("p05", "p95", {"strokeWidth": 2, "opacity": 0.45}),
            ("p25", "p75", {"strokeWidth": 7, "opacity": 0.6}),
        )
    ]
    layers.append(mark("circle", base, {"x": x, "y": y}, color=INK, size=60, opacity=1))
    words = {"x": {"value": plot}, "y": y, "text": nominal("written")}
    layers.append(mark("text", base, words, align="right", dy=-14, fontSize=11, color=INK))
    note = text("report.claims.chart.unit", lang, unit=scale.label) if scale.label else ""
    title = heading("claims_arms", lang, width, note=note, measure=measure.label.text(lang))
    return finish(layered(layers, title, width=plot, height={"step": max(rows.step, 42)}), data)


def flips_chart(test: ClaimTest, claims: Claims, lang: Lang, width: int) -> Specification | None:
    """Draw each world as a point of two factors, by whether the claim holds, and the rule found, if there is one."""
    names = mapped(test)
    answers = test.answers
    holds = test.holds[answers]
    if names is None or not answers.any() or holds.all() or not holds.any():
        return None
    known = by_name(claims.factors)
    order = [factor.name for factor in claims.factors]
    axes = [factor_axis(known[name], claims.points[answers, order.index(name)], lang) for name in names]
    regions = [region_of(box, known[names[0]], known[names[1]]) for box in test.flips[:1]]
    limited = [limit.name for box in test.flips[:1] for limit in box.limits]
    others = [factor_name(name, known, lang) for name in limited if name not in names]
    notes = [text("report.claims.chart.box", lang)] if regions else []
    notes += [text("report.claims.chart.box_more", lang, names=", ".join(others))] if others else []
    if len(holds) > MOST_POINTS:
        notes.append(text("report.claims.chart.points", lang, shown=MOST_POINTS))
    words = [text(f"report.claims.chart.{word}", lang) for word in ("holds", "fails")]
    title = heading("claims_flips", lang, width, note=" ".join(notes))
    kinds = np.where(holds, 0, 1)
    return world_map(axes[0], axes[1], kinds, words, (FOR, AGAINST), regions, title, width)


def drivers_chart(test: ClaimTest, claims: Claims, lang: Lang, width: int) -> Specification | None:
    """Draw how much the effect hangs on what, the strongest first, and what luck alone makes of that."""
    found = test.drivers[:MOST_DRIVERS]
    if not found:
        return None
    known = by_name(claims.factors)
    order = [factor.name for factor in claims.factors]
    bars = {}
    for one in found:
        rises = test.claim.sign * tendency(claims.points[:, order.index(one.parameter)], test.effects)
        colour = GREY if not one.matters or not rises else FOR if rises > 0 else AGAINST
        bars[one.parameter] = Bar(one.index, one.low, one.high, number(one.index, decimals=2), colour)
    kinds = {FOR: "speaks_for", AGAINST: "speaks_against", GREY: "speaks_not"}
    return interval_bars(
        bars,
        {name: factor_name(name, known, lang) for name in bars},
        heading("claims_drivers", lang, width),
        width,
        threshold=found[0].threshold,
        kinds={colour: text(f"report.claims.chart.{word}", lang) for colour, word in kinds.items()},
    )


def mapped(test: ClaimTest) -> tuple[str, str] | None:
    """Return the two factors of the map: of the first rule, then the strongest drivers; None where there are none."""
    ruled = [limit.name for limit in test.flips[0].limits] if test.flips else []
    names = list(dict.fromkeys([*ruled, *(one.parameter for one in test.drivers)]))
    return (names[0], names[1]) if len(names) > 1 else None


CHARTS: Final[Mapping[str, Chart]] = MappingProxyType(
    {"effects": effects_chart, "arms": arms_chart, "flips": flips_chart, "drivers": drivers_chart}
)
"""The charts of a claim by the ends of their files' names."""
