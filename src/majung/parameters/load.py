"""Read the parameter files, strictly: whatever is unknown, missing or out of bounds is refused, all of it at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final, TypeGuard

import yaml

from majung.dims import CLASSES
from majung.errors import InputError, Problem, nearest
from majung.parameters.model import (
    SOURCE_STATUSES,
    FrozenMap,
    LocalText,
    Parameter,
    ParameterSet,
    Range,
    Source,
    Status,
    Value,
    out_of_bounds,
)

__all__ = ["ALL", "CLAIMS", "DETECTOR", "FILES", "load"]

FILES: Final = ("demand", "research", "incumbents", "reputation", "finance", "entry", "takeoff", "decision")
"""What a scenario can set."""
DETECTOR: Final = ("takeoff", "stages")
"""What reads observed series."""
CLAIMS: Final = ("claims",)
"""When the worlds speak for a claim."""
ALL: Final = (*FILES, "stages", *CLAIMS)

_REQUIRED: Final = ("symbol", "label", "value", "unit", "range", "bounds")
_OPTIONAL: Final = ("source", "free", "status", "compare", "note")
_SOURCE_REQUIRED: Final = ("author", "title", "venue", "status")
_SOURCE_OPTIONAL: Final = ("year", "url", "retrieved", "note")


def load(
    folder: Traversable | None = None, *, as_of: date | None = None, groups: tuple[str, ...] = FILES
) -> ParameterSet:
    """Read every parameter of some groups.

    Parameters
    ----------
    folder : Traversable, optional
        A folder with a file for each group and ``sources.yaml``; the package's own where left out.
    as_of : date, optional
        The day whose law is in force; the latest value where left out.
    groups : tuple of str
        `FILES` or `DETECTOR`.

    Raises
    ------
    InputError
        With everything that is wrong in the files.
    """
    whole = _packaged(groups) if folder is None else _read(folder, groups)
    return whole if as_of is None else whole.at(as_of)


@cache
def _packaged(groups: tuple[str, ...]) -> ParameterSet:
    return _read(files("majung.parameters"), groups)


class _StrictLoader(yaml.SafeLoader):
    """YAML without doubled keys."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Refuse a key that is written twice."""
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"'{key}' is written twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


def _read(folder: Traversable, groups: tuple[str, ...]) -> ParameterSet:
    problems: list[Problem] = []
    sources = {
        key: source
        for key, entry in _entries(folder, "sources.yaml", problems).items()
        if (source := _source(str(key), entry, problems)) is not None
    }
    parameters: dict[str, Parameter] = {}
    for group in groups:
        file = f"{group}.yaml"
        for name, entry in _entries(folder, file, problems).items():
            if name in parameters:
                problems.append(Problem(key="parameter.twice", file=file, column=name))
            elif (parameter := _Entry(file, name, entry, sources, problems).parameter(group)) is not None:
                parameters[name] = parameter
    if problems:
        raise InputError(problems)
    return ParameterSet(FrozenMap(parameters), FrozenMap(sources))


def _entries(folder: Traversable, file: str, problems: list[Problem]) -> dict[str, Any]:
    path = folder.joinpath(file)
    if not path.is_file():
        problems.append(Problem(key="parameter.no_file", file=file))
        return {}
    try:
        entries = yaml.load(path.read_text(encoding="utf-8"), _StrictLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        detail = getattr(error, "problem", None) or str(error)
        problems.append(
            Problem(
                key="parameter.not_yaml",
                file=file,
                row=None if mark is None else mark.line + 1,
                values={"detail": detail},
            )
        )
        return {}
    if not isinstance(entries, dict):
        problems.append(Problem(key="parameter.no_entries", file=file))
        return {}
    return entries


class _Entry:
    """One parameter's entry of a file, and where to note what is wrong with it."""

    def __init__(
        self, file: str, name: str, entry: object, sources: Mapping[str, Source], problems: list[Problem]
    ) -> None:
        self.file, self.name, self.entry, self.sources, self.problems = file, str(name), entry, sources, problems

    def parameter(self, group: str) -> Parameter | None:
        """Return the parameter, or None where anything is wrong with it."""
        before = len(self.problems)
        keys = _checked_keys(self.file, self.name, self.entry, _REQUIRED, _OPTIONAL, self.problems)
        if keys is None:
            return None
        label = self._label(keys["label"])
        bounds = self._range(keys["bounds"], "bounds")
        history = self._history(keys["value"])
        ranges = self._ranges(keys["range"], history)
        free, source, status = self._origin(keys)
        for key in ("symbol", "unit"):
            if not isinstance(keys[key], str) or not keys[key].strip():
                self._note("parameter.not_text", key)
        if len(self.problems) == before and bounds is not None:
            self._check_values(history, ranges, bounds)
        if len(self.problems) > before or label is None or bounds is None or ranges is None or status is None:
            return None
        return Parameter(
            name=self.name,
            group=group,
            symbol=keys["symbol"],
            label=label,
            value=history[-1][1],
            unit=keys["unit"],
            range=ranges,
            bounds=bounds,
            source=source,
            free=free,
            status=status,
            compare=tuple(keys.get("compare", ())),
            note=keys.get("note"),
            history=tuple(history) if history[0][0] != date.min else (),
        )

    def _note(self, key: str, part: str, **values: object) -> None:
        found = values.pop("found", None)
        suggestion = values.pop("suggestion", None)
        self.problems.append(
            Problem(
                key=key,
                file=self.file,
                column=f"{self.name}.{part}",
                found=None if found is None else str(found),
                suggestion=None if suggestion is None else str(suggestion),
                values=values,
            )
        )

    def _label(self, label: object) -> LocalText | None:
        if (
            not isinstance(label, dict)
            or set(label) != {"ko", "en"}
            or not all(str(text).strip() for text in label.values())
        ):
            self._note("parameter.label", "label")
            return None
        return LocalText(ko=str(label["ko"]), en=str(label["en"]))

    def _range(self, found: object, part: str) -> Range | None:
        numbers = isinstance(found, list) and len(found) == 2 and all(_is_number(x) for x in found)
        if not numbers or not found[0] <= found[1]:  # type: ignore[index]
            self._note("parameter.range", part, found=found)
            return None
        return float(found[0]), float(found[1])  # type: ignore[index]

    def _ranges(self, found: object, history: list[tuple[date, Value]]) -> Range | Mapping[str, Range] | None:
        by_class = bool(history) and isinstance(history[0][1], Mapping)
        if not isinstance(found, dict):
            return self._range(found, "range")
        if not by_class or set(found) != set(CLASSES):
            self._note("parameter.classes", "range", choices=CLASSES)
            return None
        ranges = {key: self._range(found[key], f"range.{key}") for key in CLASSES}
        complete = {key: value for key, value in ranges.items() if value is not None}
        return FrozenMap(complete) if len(complete) == len(CLASSES) else None

    def _history(self, found: object) -> list[tuple[date, Value]]:
        """Return since when which value holds; a value without a date holds since ever."""
        if isinstance(found, dict) and found and all(isinstance(key, date) for key in found):
            dated = [(day, self._value(found[day])) for day in sorted(found)]
        else:
            dated = [(date.min, self._value(found))]
        return [(day, value) for day, value in dated if value is not None]

    def _value(self, found: object) -> Value | None:
        if _is_number(found):
            return float(found)
        if not isinstance(found, dict):
            self._note("parameter.not_a_number", "value", found=found)
            return None
        if set(found) != set(CLASSES):
            self._note("parameter.classes", "value", choices=CLASSES)
            return None
        for key in CLASSES:
            if not _is_number(found[key]):
                self._note("parameter.not_a_number", f"value.{key}", found=found[key])
                return None
        return FrozenMap({key: float(found[key]) for key in CLASSES})

    def _origin(self, keys: Mapping[str, Any]) -> tuple[bool, str | None, Status | None]:
        free, source = keys.get("free", False), keys.get("source")
        if not isinstance(free, bool) or free == (source is not None):
            self._note("parameter.source_or_free", "source")
            return False, None, None
        compare = keys.get("compare", [])
        if not isinstance(compare, list):
            self._note("parameter.compare", "compare")
            compare = []
        for part, key in [("source", source)] * (source is not None) + [("compare", key) for key in compare]:
            if key not in self.sources:
                self._note("parameter.no_source", part, found=key, suggestion=nearest(str(key), self.sources))
        status = keys.get("status")
        if status is None:
            known = self.sources.get(str(source))
            return free, source, "FREE" if free else (known.status if known else None)
        if status not in SOURCE_STATUSES or free:
            self._note(
                "parameter.status",
                "status",
                found=status,
                choices=SOURCE_STATUSES,
                suggestion=nearest(str(status), SOURCE_STATUSES),
            )
            return free, source, None
        return free, source, status

    def _check_values(
        self, history: list[tuple[date, Value]], ranges: Range | Mapping[str, Range] | None, bounds: Range
    ) -> None:
        for _, value in history:
            values = value if isinstance(value, Mapping) else {"": value}
            for key, number in values.items():
                if (problem := out_of_bounds(number, bounds)) is not None:
                    self.problems.append(
                        problem.at(file=self.file, column=f"{self.name}.value{'.' if key else ''}{key}")
                    )
                lo, hi = ranges[key] if isinstance(ranges, Mapping) else ranges or bounds
                if not lo <= number <= hi:
                    self._note("parameter.outside_range", "value", found=f"{number:g}", lo=f"{lo:g}", hi=f"{hi:g}")


def _source(key: str, entry: object, problems: list[Problem]) -> Source | None:
    before = len(problems)
    keys = _checked_keys("sources.yaml", key, entry, _SOURCE_REQUIRED, _SOURCE_OPTIONAL, problems)
    if keys is not None and keys["status"] not in SOURCE_STATUSES:
        problems.append(
            Problem(
                key="parameter.status",
                file="sources.yaml",
                column=f"{key}.status",
                found=str(keys["status"]),
                suggestion=nearest(str(keys["status"]), SOURCE_STATUSES),
                values={"choices": SOURCE_STATUSES},
            )
        )
    return None if keys is None or len(problems) > before else Source(key=key, **keys)


def _checked_keys(
    file: str, name: str, entry: object, required: tuple[str, ...], optional: tuple[str, ...], problems: list[Problem]
) -> dict[str, Any] | None:
    if not isinstance(entry, dict):
        problems.append(Problem(key="parameter.no_entries", file=file, column=name))
        return None
    known = (*required, *optional)
    for key in entry:
        if key not in known:
            problems.append(
                Problem(
                    key="parameter.unknown_key",
                    file=file,
                    column=name,
                    found=str(key),
                    suggestion=nearest(str(key), known),
                    values={"choices": known},
                )
            )
    missing = [key for key in required if entry.get(key) is None]
    problems.extend(
        Problem(key="parameter.missing_key", file=file, column=name, values={"key": key}) for key in missing
    )
    return None if missing else {key: value for key, value in entry.items() if key in known}


def _is_number(found: object) -> TypeGuard[float]:
    return isinstance(found, int | float) and not isinstance(found, bool) and abs(found) < float("inf")
