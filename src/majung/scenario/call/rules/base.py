"""What rules, settings and law have in common: values as people write them, frozen, unknown keys refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from majung.errors import InputError, Problem
from majung.money import Quarter, Unit, parse_amount, parse_date, parse_quarter
from majung.parameters import LocalText
from majung.scenario.settings import DEFAULT_UNIT, MOST_QUARTERS, local_text
from majung.scenario.tables.column import LARGEST

__all__ = ["Amount", "Day", "Frozen", "Names", "Quarters", "Share", "Status", "Text", "Whole", "listed", "refusal"]

Status = Literal["READ", "READ-2nd", "DERIVED", "MEMORY", "assumed"]
_T = TypeVar("_T")


class Frozen(BaseModel):
    """Values that cannot be changed; a key that is not known is refused.

    Amounts and quarters are read with the validation's context: ``unit`` (of the result) and ``start`` (the quarter
    that is 0).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def refusal(problems: Iterable[Problem]) -> PydanticCustomError:
    """Return what a validator raises to say problems of its own."""
    return PydanticCustomError("majung", "see problems", {"problems": list(problems)})


def _said(read: Callable[[], _T]) -> _T:
    try:
        return read()
    except InputError as error:
        raise refusal(error.problems) from None


def _amount(found: Any, info: ValidationInfo) -> Any:
    unit: Unit = (info.context or {}).get("unit", DEFAULT_UNIT)
    return _said(lambda: float(parse_amount(found, unit))) if isinstance(found, str) else found


def _quarter(found: Any, info: ValidationInfo) -> Any:
    """Return a quarter's distance from the scenario's first."""
    if not isinstance(found, str | date):
        return found
    quarter = _said(lambda: parse_quarter(found))
    start: Quarter | None = (info.context or {}).get("start")
    distance = 0 if start is None else quarter - start
    if distance < 0:
        raise refusal([Problem(key="strategy.before_start", found=str(found), values={"start": str(start)})])
    return distance


def _day(found: Any) -> Any:
    if isinstance(found, datetime):
        return found.date()
    return _said(lambda: parse_date(found)) if isinstance(found, str) else found


def listed(found: Any) -> Any:
    """Take a single value for a list of one."""
    return found if isinstance(found, list | tuple) else (found,)


def _quarters(found: Any, info: ValidationInfo) -> Any:
    return tuple(_quarter(one, info) for one in listed(found))


def _text(found: Any) -> Any:
    problems: list[Problem] = []
    read = found if isinstance(found, LocalText) else local_text(found, problems.append, "")
    if problems:
        raise refusal(problem.at(column="") for problem in problems)
    return read


Whole = Annotated[int, Field(strict=True, ge=0)]
Amount = Annotated[float, BeforeValidator(_amount), Field(strict=True, allow_inf_nan=False, ge=0, le=LARGEST)]
Share = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=1)]
Day = Annotated[date, BeforeValidator(_day), Field(strict=True)]
Text = Annotated[LocalText, BeforeValidator(_text)]
Names = Annotated[tuple[str, ...], BeforeValidator(listed)]
_Quarter = Annotated[int, Field(strict=True, ge=0, le=MOST_QUARTERS)]
Quarters = Annotated[tuple[_Quarter, ...], BeforeValidator(_quarters)]
