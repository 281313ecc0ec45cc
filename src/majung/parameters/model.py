"""Parameters as objects: one number (or one for each size class) with all that a reader needs to judge it."""

from __future__ import annotations

import hashlib
import json
import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Generic, Literal, TypeAlias, TypeVar, get_args

import numpy as np
from numpy.typing import NDArray

from majung.dims import CLASSES
from majung.errors import InputError, Problem, nearest
from majung.messages import Lang

__all__ = [
    "NO_TEXT",
    "SOURCE_STATUSES",
    "FrozenMap",
    "LocalText",
    "Parameter",
    "ParameterSet",
    "Range",
    "Source",
    "SourceStatus",
    "Status",
    "Value",
    "out_of_bounds",
]

SourceStatus = Literal["READ", "READ-2nd", "DERIVED", "MEMORY"]
Status = Literal[SourceStatus, "FREE"]
SOURCE_STATUSES: Final[tuple[str, ...]] = get_args(SourceStatus)
Value: TypeAlias = float | Mapping[str, float]
Range: TypeAlias = tuple[float, float]

_V = TypeVar("_V")


class FrozenMap(Mapping[str, _V], Generic[_V]):
    """A mapping that cannot be changed, and unlike ``MappingProxyType`` can be hashed and sent to another process."""

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, _V]) -> None:
        object.__setattr__(self, "_items", dict(items))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("this mapping cannot be changed")

    def __getitem__(self, key: str) -> _V:
        return self._items[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))

    def __repr__(self) -> str:
        return repr(self._items)

    def __reduce__(self) -> tuple[object, ...]:
        return FrozenMap, (self._items,)

    _items: dict[str, _V]


@dataclass(frozen=True, slots=True)
class LocalText:
    """A text in both languages."""

    ko: str = ""
    en: str = ""

    def text(self, lang: Lang = "en") -> str:
        """Return one language, or the other where it is empty."""
        return (self.ko or self.en) if lang == "ko" else (self.en or self.ko)

    def __str__(self) -> str:
        return self.text("en")


NO_TEXT = LocalText()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where numbers come from.

    Parameters
    ----------
    status : str
        READ (seen at the address), READ-2nd (a secondary page reports it), DERIVED (arithmetic on numbers read) or
        MEMORY (recalled, not checked).
    """

    key: str
    author: str
    title: str
    venue: str
    status: SourceStatus
    year: int | None = None
    url: str | None = None
    retrieved: date | None = None
    note: str | None = None

    def citation(self) -> str:
        """Return author, year, title and venue in one line."""
        year = "" if self.year is None else f" ({self.year})"
        return f"{self.author}{year}. {self.title}. {self.venue}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A number of the model.

    Parameters
    ----------
    value : float or mapping
        One number, or one for each size class.
    range : tuple or mapping of tuples
        What is plausible, inclusive; by size class where `value` is.
    bounds : tuple
        Outside of these the model makes no sense; values there are refused.
    source : str or None
        Key of the source; None where `free`.
    free : bool
        Nobody has measured it.
    compare : tuple of str
        Keys of further sources to hold the value against.
    history : tuple of (date, value)
        For a number set by law: since when it has had which value. `value` is the one in force.
    """

    name: str
    group: str
    symbol: str
    label: LocalText
    value: Value
    unit: str
    range: Range | Mapping[str, Range]
    bounds: Range
    source: str | None
    free: bool
    status: Status
    compare: tuple[str, ...] = ()
    note: str | None = None
    history: tuple[tuple[date, Value], ...] = ()

    @property
    def outside_range(self) -> bool:
        """Whether any of its values lies outside the plausible range."""
        return any(not lo <= value <= hi for value, (lo, hi) in self.cells().values())

    def cells(self) -> dict[str, tuple[float, Range]]:
        """Return each value with its range, by name: ``markup.large``, or just the name for a single value."""
        if isinstance(self.value, Mapping):
            ranges = self.range if isinstance(self.range, Mapping) else dict.fromkeys(self.value, self.range)
            return {f"{self.name}.{key}": (value, ranges[key]) for key, value in self.value.items()}
        if isinstance(self.range, Mapping):
            raise TypeError(f"{self.name} has one value and several ranges")
        return {self.name: (self.value, self.range)}

    def at(self, day: date) -> Parameter:
        """Return the parameter with the value in force on a day.

        Raises
        ------
        InputError
            When the day is before the first value.
        """
        if not self.history:
            return self
        index = bisect_right([since for since, _ in self.history], day) - 1
        if index < 0:
            first = self.history[0][0].isoformat()
            raise InputError(
                [
                    Problem(
                        key="parameter.before_first", column=self.name, found=day.isoformat(), values={"first": first}
                    )
                ]
            )
        return replace(self, value=self.history[index][1])


@dataclass(frozen=True, slots=True, eq=False)
class ParameterSet(Mapping[str, Parameter]):
    """Every number of the model, by name. Nothing in it can be changed; see `override`."""

    items_by_name: Mapping[str, Parameter]
    sources: Mapping[str, Source]

    def __getitem__(self, name: str) -> Parameter:
        try:
            return self.items_by_name[name]
        except KeyError:
            hint = nearest(name, self.items_by_name)
            raise KeyError(f"no parameter {name!r}" + (f"; did you mean {hint!r}?" if hint else "")) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self.items_by_name)

    def __len__(self) -> int:
        return len(self.items_by_name)

    def value(self, name: str) -> float:
        """Return the value of a parameter that has one value: ``quality_weight``; or ``markup.large``."""
        base, _, size_class = name.partition(".")
        value = self[base].value
        if isinstance(value, Mapping):
            if not size_class:
                raise TypeError(f"{name} has a value for each size class; use by_class({name!r})")
            return value[size_class]
        if size_class:
            raise TypeError(f"{base} has one value, not one for each size class")
        return value

    def by_class(self, name: str) -> NDArray[np.float64]:
        """Return the values of a parameter by size class, in the order of `majung.dims.CLASSES`; shape (5,)."""
        value = self[name].value
        if not isinstance(value, Mapping):
            raise TypeError(f"{name} has one value, not one for each size class")
        return np.array([value[size_class] for size_class in CLASSES])

    def at(self, day: date) -> ParameterSet:
        """Return the set with the values in force on a day."""
        return replace(self, items_by_name=FrozenMap({n: p.at(day) for n, p in self.items_by_name.items()}))

    def override(self, values: Mapping[str, object], *, file: str | None = None) -> ParameterSet:
        """Return a set with other values.

        Parameters
        ----------
        values : mapping
            ``{"quality_weight": 2.2, "markup.large": 0.4}``; nested mappings are read alike. One number for a
            parameter by size class stands for all classes.
        file : str, optional
            Where the values were written, for messages.

        Returns
        -------
        ParameterSet
            A value outside the plausible range is kept and listed in `outside_range`.

        Raises
        ------
        InputError
            With every unknown name, every value that is not a number or lies outside the bounds.
        """
        problems: list[Problem] = []
        changed = dict(self.items_by_name)
        for name, size_class, found in _flat(values):
            key = name if size_class is None else f"{name}.{size_class}"
            parameter = changed.get(name)
            if parameter is None:
                problems.append(
                    Problem(
                        key="parameter.unknown",
                        file=file,
                        column=f"parameters.{key}",
                        found=name,
                        suggestion=nearest(name, self.items_by_name),
                    )
                )
                continue
            problem = _refusal(parameter, size_class, found)
            if problem is not None:
                problems.append(problem.at(file=file, column=f"parameters.{key}"))
                continue
            changed[name] = replace(parameter, value=_changed(parameter.value, size_class, float(found)), history=())  # type: ignore[arg-type]
        if problems:
            raise InputError(problems)
        return replace(self, items_by_name=FrozenMap(changed))

    @property
    def outside_range(self) -> tuple[str, ...]:
        """Names of the values that lie outside their plausible range."""
        return tuple(
            name
            for parameter in self.items_by_name.values()
            for name, (value, (lo, hi)) in parameter.cells().items()
            if not lo <= value <= hi
        )

    @property
    def hash(self) -> str:
        """SHA-256 of names and values; labels and sources do not count."""
        values = {name: value for p in self.items_by_name.values() for name, (value, _) in p.cells().items()}
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def _flat(values: Mapping[str, object]) -> Iterator[tuple[str, str | None, object]]:
    for name, value in values.items():
        base, _, size_class = str(name).partition(".")
        if isinstance(value, Mapping):
            for key, inner in value.items():
                yield base, ".".join(part for part in (size_class, str(key)) if part), inner
        else:
            yield base, size_class or None, value


def _refusal(parameter: Parameter, size_class: str | None, found: object) -> Problem | None:
    if size_class is not None:
        if not isinstance(parameter.value, Mapping):
            return Problem(key="parameter.not_by_class", found=parameter.name)
        if size_class not in parameter.value:
            return Problem(
                key="parameter.unknown_class",
                found=size_class,
                suggestion=nearest(size_class, parameter.value),
                values={"choices": list(parameter.value)},
            )
    return out_of_bounds(found, parameter.bounds)


def out_of_bounds(found: object, bounds: Range) -> Problem | None:
    """Return what is wrong with a value, or None."""
    if isinstance(found, bool) or not isinstance(found, int | float) or not math.isfinite(found):
        return Problem(key="parameter.not_a_number", found=str(found))
    lo, hi = bounds
    if not lo <= found <= hi:
        return Problem(key="parameter.out_of_bounds", found=f"{found:g}", values={"lo": f"{lo:g}", "hi": f"{hi:g}"})
    return None


def _changed(old: Value, size_class: str | None, new: float) -> Value:
    if not isinstance(old, Mapping):
        return new
    return FrozenMap({key: new if size_class in (None, key) else value for key, value in old.items()})
