"""What the state could do: a frozen object, checked when it is made."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal, TypeAlias, cast, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from majung.dims import CLASSES, CRITERIA, DOMESTIC_CLASSES, INSTRUMENTS
from majung.errors import InputError, Problem, nearest, not_a_choice
from majung.messages import Phrase, text
from majung.money import Unit, parse_amount, parse_unit
from majung.parameters import NO_TEXT, LocalText
from majung.scenario.settings import DEFAULT_UNIT, dotted, spelled
from majung.scenario.tables.column import LARGEST
from majung.tables.cells import LONGEST_ID, has_unseen

__all__ = ["HANDS_OFF", "Award", "ClassWeights", "Criteria", "Mix", "Strategy", "hands_off"]

HANDS_OFF: Final = "hands-off"

_Weight = Annotated[float, Field(strict=True, allow_inf_nan=False)]
_Amount = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=LARGEST)]
_Share = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=1)]
_Whole = Annotated[int, Field(strict=True, ge=0)]
Paid: TypeAlias = Literal["subsidy", "purchase", "matching"]
Spread: TypeAlias = Literal["equal", "score", "size"]
_TOLERANCE: Final = 1e-6


if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass
else:
    ModelMetaclass = type(BaseModel)


class _Refusing(ModelMetaclass):
    """Says what is wrong in the catalogue's words when an object is made; not inside of another, which says it all."""

    def __call__(cls, *args: Any, **values: Any) -> Any:  # noqa: N805  (of a metaclass)
        try:
            return super().__call__(*args, **values)
        except ValidationError as error:
            raise InputError(_problems(error, cast("type[_Frozen]", cls))) from None


class _Frozen(BaseModel, metaclass=_Refusing):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Numbers(_Frozen):
    """A number for each name, in the order of `names`."""

    names: ClassVar[tuple[str, ...]] = ()

    def __getitem__(self, name: str) -> float:
        if name not in self.names:
            raise KeyError(name)
        return float(getattr(self, name))

    def array(self) -> NDArray[np.float64]:
        """Return the numbers in the order of `names`."""
        return np.array([self[name] for name in self.names])


class Mix(_Numbers):
    """Part of the budget that goes to each instrument."""

    names: ClassVar[tuple[str, ...]] = INSTRUMENTS
    subsidy: _Share = 0.0
    purchase: _Share = 0.0
    matching: _Share = 0.0


class ClassWeights(_Numbers):
    """What a line's score gains by the size class of its firm."""

    names: ClassVar[tuple[str, ...]] = CLASSES
    venture: _Weight = 0.0
    sme: _Weight = 0.0
    mid: _Weight = 0.0
    large: _Weight = 0.0
    foreign: Annotated[float, Field(strict=True, ge=0, le=0)] = 0.0


class Criteria(_Numbers):
    """Weight of each criterion in a line's score."""

    names: ClassVar[tuple[str, ...]] = CRITERIA
    quality: _Weight = 0.0
    progress: _Weight = 0.0
    focus: _Weight = 0.0
    need: _Weight = 0.0
    traction: _Weight = 0.0
    opening: _Weight = 0.0


class Award(_Frozen):
    """An amount for a firm's line in a quarter.

    Parameters
    ----------
    firm : str, optional
        With `technology`, names the line; both are left out where `line` is given.
    line : str, optional
        The line's id.
    instrument : {"subsidy", "purchase", "matching"}
        How it is paid. Matching is a pledge to the firm: it pays when the firm raises private money.
    amount : float
        In the strategy's unit.
    quarter : int
        Counted from the scenario's start, which is 0.
    """

    firm: str | None = None
    technology: str | None = None
    line: str | None = None
    instrument: Paid
    amount: _Amount
    quarter: _Whole

    @model_validator(mode="after")
    def _names_a_line(self) -> Award:
        by_firm = self.firm is not None and self.technology is not None
        if (self.line is not None) == by_firm or (self.line is not None and (self.firm or self.technology)):
            raise _refusal([Problem(key="award.line")])
        return self


class Strategy(_Frozen):
    """A programme: who may be supported, how the money is split, how it is given out.

    Parameters
    ----------
    id : str
        Short name, unique in the scenario.
    title : LocalText, str or dict
        For people.
    start, quarters : int
        The window; the scenario's first quarter is 0.
    budget : float or str
        Money per quarter: a number in `unit`, or such as ``30억``.
    mix : Mix or dict
        Parts of the budget by instrument; they sum to one.
    classes, technologies : sequence of str
        Who may be supported; all domestic classes, and all technologies, where left out.
    class_weights, criteria : dict
        What a line's score is made of.
    noise : float
        Standard deviation of the evaluation's error.
    winners : int
        How many lines are chosen; 0: all that may be.
    spread : {"equal", "score", "size"}
        How money is spread over the chosen.
    review : int
        Quarters between choices.
    gate : bool
        Whether a line that did not improve since it was last chosen sits one review out.
    small_firm_floor : float
        Part of the winners that are small firms at least.
    min_quality : float
        Quality against the frontier that an order asks for.
    max_award : float or str
        Most money for a line in a quarter and instrument; 0: no limit.
    match_rate : float
        Public money for a unit of private money raised.
    matching_window : int
        Quarters in which an award of matching pays, its own among them; what it has left then is returned.
    awards : sequence of Award
        An explicit table, instead of a budget.
    unit : str
        Unit of all amounts here; must be the scenario's.
    """

    id: str
    title: LocalText = NO_TEXT
    start: _Whole = 0
    quarters: _Whole = 0
    budget: _Amount = 0.0
    mix: Mix = Mix()
    classes: tuple[str, ...] = DOMESTIC_CLASSES
    technologies: tuple[str, ...] | None = None
    class_weights: ClassWeights = ClassWeights()
    criteria: Criteria = Criteria()
    noise: _Amount = 0.0
    winners: _Whole = 0
    spread: Spread = "equal"
    review: Annotated[int, Field(strict=True, ge=1)] = 4
    gate: Annotated[bool, Field(strict=True)] = False
    small_firm_floor: _Share = 0.0
    min_quality: _Share = 0.0
    max_award: _Amount = 0.0
    match_rate: _Amount = 1.0
    matching_window: Annotated[int, Field(strict=True, ge=1)] = 4
    awards: tuple[Award, ...] = ()
    unit: str = str(DEFAULT_UNIT)

    @model_validator(mode="before")
    @classmethod
    def _read_amounts(cls, values: Any) -> Any:
        """Read amounts that are written out, such as ``30억``, in the strategy's unit."""
        if not isinstance(values, dict):
            return values
        try:
            unit = parse_unit(values.get("unit", str(DEFAULT_UNIT)))
        except (InputError, TypeError):
            raise _refusal(
                [
                    Problem(
                        key="problem.unexpected",
                        column="unit",
                        found=str(values["unit"]),
                        expected=Phrase("expected.unit"),
                    )
                ]
            ) from None
        read = values | {"unit": str(unit)}
        read |= {key: _amount(values[key], unit) for key in ("budget", "max_award") if key in values}
        awards = values.get("awards")
        if isinstance(awards, list | tuple):
            read["awards"] = [
                award | {"amount": _amount(award["amount"], unit)}
                if isinstance(award, dict) and "amount" in award
                else award
                for award in awards
            ]
        return read

    @field_validator("title", mode="before")
    @classmethod
    def _read_title(cls, title: Any) -> Any:
        return LocalText(ko=title, en=title) if isinstance(title, str) else title

    @field_validator("id")
    @classmethod
    def _check_id(cls, found: str) -> str:
        if not found.strip() or len(found) > LONGEST_ID or has_unseen(found) or "/" in found:
            raise _refusal([Problem(key="problem.unexpected", found=found, expected=Phrase("setting.id"))])
        return found.strip()

    @field_validator("mix")
    @classmethod
    def _check_mix(cls, found: Mix) -> Mix:
        total = float(found.array().sum())
        if total and abs(total - 1) > _TOLERANCE:
            raise _refusal([Problem(key="strategy.mix", found=f"{total:g}")])
        return found

    @field_validator("classes")
    @classmethod
    def _check_classes(cls, found: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [name for name in found if name not in DOMESTIC_CLASSES]
        if wrong:
            raise _refusal([not_a_choice(name, DOMESTIC_CLASSES, Phrase("choice.domestic_class")) for name in wrong])
        if not found:
            raise _refusal([Problem(key="strategy.nobody")])
        return found

    @model_validator(mode="after")
    def _check_money(self) -> Strategy:
        problems: list[Problem] = []
        if self.awards and self.budget:
            problems.append(Problem(key="strategy.awards_and_budget", column="awards"))
        if self.budget:
            if not self.mix.array().any():
                problems.append(Problem(key="toml.missing_key", column="mix", expected=Phrase("strategy.mix_needed")))
            if not self.quarters:
                problems.append(
                    Problem(key="toml.missing_key", column="quarters", expected=Phrase("strategy.quarters"))
                )
        if self.id == HANDS_OFF and (self.budget or self.awards):
            problems.append(Problem(key="strategy.hands_off", column="id"))
        if problems:
            raise _refusal(problems)
        return self

    @property
    def hash(self) -> str:
        """SHA-256 of all that decides results: not id, title, and the window of matching where none is awarded."""
        idle = {"id", "title"}
        if not any(award.instrument == "matching" for award in self.awards):
            idle.add("matching_window")
        return hashlib.sha256(self.model_dump_json(exclude=idle).encode()).hexdigest()

    def delayed(self, quarters: int, *, id: str, title: LocalText | str = "") -> Strategy:
        """Return the same strategy starting later, awards included."""
        awards = [award.model_dump() | {"quarter": award.quarter + quarters} for award in self.awards]
        values = self.model_dump(exclude={"title", "awards"})
        return Strategy(**values | {"id": id, "title": title, "start": self.start + quarters, "awards": awards})


def hands_off(unit: str = str(DEFAULT_UNIT)) -> Strategy:
    """Return the strategy of doing nothing."""
    title = LocalText(ko=text("strategy.hands_off_title", "ko"), en=text("strategy.hands_off_title", "en"))
    return Strategy(id=HANDS_OFF, title=title, unit=unit)


def _amount(found: object, unit: Unit) -> object:
    """Return an amount that is written out as a number; what is not an amount stays, to be refused with the rest."""
    try:
        return float(parse_amount(found, unit)) if isinstance(found, str) else found
    except InputError:
        return found


def _refusal(problems: Sequence[Problem]) -> PydanticCustomError:
    return PydanticCustomError("majung", "see problems", {"problems": list(problems)})


_WHOLE: Final = Phrase("bounds.whole_from", lowest=0)
_NUMBER: Final = Phrase("expected.number")
_EXPECTED: Final[Mapping[str, Phrase]] = {
    "id": Phrase("setting.id"),
    "title": Phrase("expected.local_text"),
    "budget": Phrase("bounds.amount_from"),
    "max_award": Phrase("bounds.amount_from"),
    "amount": Phrase("bounds.amount_from"),
    "start": _WHOLE,
    "quarters": _WHOLE,
    "winners": _WHOLE,
    "quarter": _WHOLE,
    "review": Phrase("bounds.whole_from", lowest=1),
    "matching_window": Phrase("bounds.whole_from", lowest=1),
    "gate": Phrase("expected.flag"),
    "classes": Phrase("expected.names"),
    "technologies": Phrase("expected.names"),
    "awards": Phrase("expected.awards"),
    "mix": Phrase("expected.table"),
    "class_weights": Phrase("expected.table"),
    "criteria": Phrase("expected.table"),
    "noise": Phrase("bounds.from", lowest=0),
    "match_rate": Phrase("bounds.from", lowest=0),
    "foreign": Phrase("strategy.foreign"),
}
_AMOUNTS: Final = ("budget", "max_award", "amount")
_SHARES: Final = ("small_firm_floor", "min_quality", *INSTRUMENTS)
_PARTS: Final[Mapping[str, type[_Frozen]]] = {
    "mix": Mix,
    "class_weights": ClassWeights,
    "criteria": Criteria,
    "awards": Award,
}


def _problems(error: ValidationError, model: type[_Frozen]) -> Iterator[Problem]:
    """Say pydantic's errors in the catalogue's words."""
    for detail in error.errors(include_url=False):
        column = dotted(detail["loc"])
        if detail["type"] == "majung":
            for problem in detail["ctx"]["problems"]:
                inner = ".".join(part for part in (column, problem.column) if part)
                yield problem.at(column=inner or None)
        else:
            yield _said(detail, model).at(column=column)


def _said(detail: ErrorDetails, model: type[_Frozen]) -> Problem:
    key = next((part for part in reversed(detail["loc"]) if isinstance(part, str)), "")
    owner = _PARTS.get(str(detail["loc"][0]), model) if len(detail["loc"]) > 1 else model
    if detail["type"] == "extra_forbidden":
        known = tuple(owner.model_fields)
        return Problem(key="toml.unknown_key", found=key, suggestion=nearest(key, known), values={"choices": known})
    expected = _EXPECTED.get(key, Phrase("bounds.between", lowest=0, highest=1) if key in _SHARES else _NUMBER)
    if detail["type"] == "missing":
        return Problem(key="toml.missing_key", expected=Phrase(f"award.{key}") if owner is Award else expected)
    if detail["type"] == "literal_error":
        choices = get_args(Spread if key == "spread" else Paid)
        return not_a_choice(str(detail["input"]), choices, Phrase(f"choice.{key}"))
    if key in _AMOUNTS and isinstance(detail["input"], str):
        try:
            parse_amount(detail["input"], DEFAULT_UNIT)
        except InputError as error:
            return error.problems[0]
    out_of_range = detail["type"].startswith(("greater_than", "less_than"))
    message = "problem.out_of_range" if out_of_range else "problem.unexpected"
    return Problem(key=message, found=spelled(detail["input"]), expected=expected)
