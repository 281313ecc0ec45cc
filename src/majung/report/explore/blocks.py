"""The tables of the report on an exploration, as rows of written cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from majung.decision.statistics import Interval
from majung.decision.worlds.measures import MEASURES
from majung.messages import Lang, text
from majung.report.explore.sentences import share_bounds, told_apart
from majung.report.factors import by_name, factor_name, factor_value, tendency
from majung.report.outcomes import scale_of
from majung.report.page.cells import Block, Cell
from majung.report.wording import NOTHING, interval_bounds, number

if TYPE_CHECKING:
    from majung.decision.explore.result import Exploration
    from majung.report.figures.style import MoneyScale

__all__ = ["factors_found_block"]

_DIRECTIONS: Final = {1: "rises", -1: "falls", 0: "neither"}


def factors_found_block(found: Exploration, names: list[str], lang: Lang) -> Block:
    """Return what each method says of some factors.

    Parameters
    ----------
    found : Exploration
    names : list of str
        Of the factors, in the order of the rows.
    lang : {"en", "ko"}
    """
    effects = {one.parameter: one for one in found.screening.effects}
    scale = scale_of(
        [one.mu_star.value for one in found.screening.effects], MEASURES[found.outcome].unit, found.unit, lang
    )
    rows = [_row(name, found, effects.get(name), scale, lang) for name in names]
    head = [
        text(f"report.explore.column.{name}", lang)
        for name in ("factor", "screening", "total", "first", "driver", "direction")
    ]
    unit = scale.label or MEASURES[found.outcome].label.text(lang)
    key = "factors" if told_apart(found) else "luck"
    return Block(text(f"report.explore.caption.{key}", lang, unit=unit), head, rows, words=2)


def _row(name: str, found: Exploration, effect: Any, scale: MoneyScale, lang: Lang) -> list[Cell]:
    known = by_name(found.factors)
    factor = known[name]
    driver = next((one for one in found.drivers if one.parameter == name), None)
    shares = () if found.decomposition is None else found.decomposition.shares
    share = next((one for one in shares if one.parameter == name), None)
    column = [one.name for one in found.factors].index(name)
    told = driver is not None and driver.matters
    word = _DIRECTIONS[tendency(found.points[:, column], found.values)] if told else "luck"
    step = None if effect is None else Interval(effect.mu_star.value, effect.mu_star.low, effect.mu_star.high)
    low, high = (factor_value(end, factor, lang) for end in (factor.low, factor.high))
    return [
        Cell(factor_name(name, known, lang), text("report.range", lang, low=low, high=high)),
        Cell(*interval_bounds(step, lang, scale.factor)),
        *(
            (Cell(NOTHING), Cell(NOTHING))
            if share is None
            else (Cell(*share_bounds(share.total, lang)), Cell(*share_bounds(share.first, lang)))
        ),
        Cell(NOTHING) if driver is None else Cell(number(driver.index, decimals=2), _bounds(driver, lang)),
        Cell(text(f"report.explore.direction.{word}", lang)),
    ]


def _bounds(one: Any, lang: Lang) -> str:
    return text("report.range", lang, low=number(one.low, decimals=2), high=number(one.high, decimals=2))
