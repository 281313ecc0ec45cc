"""What arms of a world are judged by: outcomes, gains above doing nothing, and shares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from majung import dims
from majung.decision.worlds.panel import COLUMNS
from majung.parameters import LocalText

__all__ = ["MEASURES", "Measure"]

Floats = NDArray[np.float64]
Columns: TypeAlias = Callable[[str], Floats]
"""Mean outcomes by their names."""
Unit: TypeAlias = Literal["money", "1", "share", "lines", "firms", "quarter"]


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of an arm in a world, formed of means over the replications.

    Parameters
    ----------
    name, label, unit
    of : callable
        Given the arm's mean outcomes, and those of doing nothing in the same setting.
    above_nothing : bool
        Whether it needs the latter.
    """

    name: str
    label: LocalText
    unit: Unit
    of: Callable[[Columns, Columns], Floats]
    above_nothing: bool = False


def _over(numerator: Floats, denominator: Floats) -> Floats:
    """Divide; NaN where there is nothing to divide by."""
    whole = np.where(denominator == 0, np.nan, denominator)
    return np.asarray(numerator / whole)


def _of_large(arm: Columns, name: str, of_small: str) -> Floats:
    return np.asarray(arm(name) - arm(of_small))


_SALES: Final = "private_domestic_sales"

_FORMED: Final = (
    Measure(
        "gain",
        LocalText(en="private domestic sales above doing nothing", ko="무개입보다 늘어난 국내 기업 민간 매출"),
        "money",
        lambda arm, nothing: np.asarray(arm(_SALES) - nothing(_SALES)),
        above_nothing=True,
    ),
    Measure(
        "additionality",
        LocalText(
            en="private domestic sales created per unit of public money",
            ko="공공자금 한 단위가 만든 국내 기업 민간 매출",
        ),
        "1",
        lambda arm, nothing: _over(arm(_SALES) - nothing(_SALES), arm("public_spent") - nothing("public_spent")),
        above_nothing=True,
    ),
    Measure(
        "gain_per_budget",
        LocalText(
            en="private domestic sales created per unit of budget, what was returned included",
            ko="예산 한 단위(반납분 포함)가 만든 국내 기업 민간 매출",
        ),
        "1",
        lambda arm, nothing: _over(arm(_SALES) - nothing(_SALES), arm("budget") - nothing("budget")),
        above_nothing=True,
    ),
    Measure(
        "raised_per_unit",
        LocalText(
            en="private money raised by small firms per unit of public money, above doing nothing",
            ko="공공자금 한 단위당 늘어난 중소·벤처 민간 투자 유치",
        ),
        "1",
        lambda arm, nothing: _over(
            arm("private_raised") - nothing("private_raised"), arm("public_spent") - nothing("public_spent")
        ),
        above_nothing=True,
    ),
    Measure(
        "derived_share",
        LocalText(
            en="part of private domestic sales that is derived demand", ko="국내 기업 민간 매출 중 파생 수요의 비중"
        ),
        "share",
        lambda arm, _: _over(arm("private_derived_sales"), arm(_SALES)),
    ),
    Measure(
        "small_derived_share",
        LocalText(
            en="part of the private sales of ventures and small firms that is derived demand",
            ko="벤처·중소기업 매출 중 파생 수요의 비중",
        ),
        "share",
        lambda arm, _: _over(arm("sme_derived_sales"), arm("sme_sales")),
    ),
    Measure(
        "large_derived_share",
        LocalText(
            en="part of the private sales of mid-size and large firms that is derived demand",
            ko="중견·대기업 매출 중 파생 수요의 비중",
        ),
        "share",
        lambda arm, _: _over(
            _of_large(arm, "private_derived_sales", "sme_derived_sales"), _of_large(arm, _SALES, "sme_sales")
        ),
    ),
)

_UNITS: Final[Mapping[str, Unit]] = {name: "share" for name in ("sme_share", "domestic_share", "survival")}


def _level(array: dims.Array) -> Measure:
    name = array.name
    unit = _UNITS.get(name, array.unit)
    label = LocalText(en=array.meaning_en, ko=array.meaning_ko)
    return Measure(name, label, unit, lambda arm, _: arm(name))  # type: ignore[arg-type]


MEASURES: Final[Mapping[str, Measure]] = {
    measure.name: measure
    for measure in (
        *(_level(array) for array in dims.OUTCOMES),
        Measure(
            "takeoff_quarter",
            LocalText(
                en="quarter of take-off, mean over technologies; never counts with the number of quarters",
                ko="도약 분기(기술 평균, 도약하지 않으면 전체 분기 수)",
            ),
            "quarter",
            lambda arm, _: arm("takeoff_quarter"),
        ),
        Measure(
            "leader_turnover",
            LocalText(en="changes of a technology's domestic leader, mean", ko="기술 하나의 국내 선두 교체 횟수(평균)"),
            "1",
            lambda arm, _: arm("leader_turnover"),
        ),
        *_FORMED,
    )
}
"""Every measure by name: all of `dims.OUTCOMES`, the quarter of take-off, and what is formed of them."""

assert MEASURES.keys() >= set(COLUMNS)
