"""Read a call with the rest of its scenario: what is wrong with it is said together with all the rest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from majung.errors import Problem
from majung.money import Quarter, Unit
from majung.parameters.model import FrozenMap
from majung.scenario.call.applications import Applications
from majung.scenario.call.checks import check_applications, check_rules, regions_of, size_law_of
from majung.scenario.call.law.statutes import packaged_law
from majung.scenario.call.model import Call
from majung.scenario.call.rules.reading import RulesFile, read_rules
from majung.scenario.tables.column import Column
from majung.scenario.tables.reader import RawTable
from majung.scenario.tables.rules import encoded, repeats
from majung.scenario.tables.schema import Firms, Lines, Technologies
from majung.tables.problems import Problems

__all__ = ["RULES", "CallFiles", "load_call"]

RULES: Final = "rules.toml"


class CallFiles:
    """What was read of a call before the scenario was complete."""

    def __init__(
        self,
        path: Path,
        raws: Mapping[str, RawTable],
        *,
        unit: Unit,
        start: Quarter | None,
        as_of: date | None,
        quarters: int | None,
        problems: Problems,
    ) -> None:
        self.raw = raws.get(Applications.stem)
        self.unit, self.start, self.as_of = unit, start, as_of
        self.rules = read_rules(path, unit, start, as_of, problems)
        self.warnings: list[Problem] = []
        self.ids = None if self.raw is None else _ids(self.raw, raws)
        if self.raw is not None:
            check_applications(self.raw, raws, self.rules.settings.score_range if self.rules else None, problems)
            self._unique_ids(problems)
        if self.rules is not None:
            if self.rules.settings.day is None and as_of is not None:
                settings = self.rules.settings.model_copy(update={"day": as_of})
                self.rules = RulesFile(self.rules.file, settings, self.rules.rules)
            self.warnings = check_rules(
                self.rules,
                unit=unit,
                start=start,
                quarters=quarters if quarters is not None else 10**6,
                names=self._names(raws),
                problems=problems,
            )

    def _unique_ids(self, problems: Problems) -> None:
        """Note ids that are made up and are another row's already; written ones are noted with the other tables'."""
        raw, ids = self.raw, self.ids
        if raw is None or ids is None or problems.count(raw.file):
            return
        again, first = repeats(encoded(pa.array(ids, pa.string())))
        problems.add_each(
            raw.file,
            again,
            lambda i: Problem(
                key="table.id_twice", row=raw.row(i), column="id", found=ids[i],
                values={"first": raw.row(int(first[i]))},
            ),
        )  # fmt: skip

    def _names(self, raws: Mapping[str, RawTable]) -> dict[str, list[str] | None]:
        def ids(table: RawTable | None) -> list[str] | None:
            return table.values["id"].to_pylist() if table is not None and "id" in table.given else None

        return {
            "technology": ids(raws.get("technologies")),
            "firm": ids(raws.get("firms")),
            "application": self.ids,
            "region": None if self.raw is None else regions_of(self.raw, raws.get("firms")),
        }


def load_call(files: CallFiles, technologies: Technologies, firms: Firms, lines: Lines) -> Call:
    """Return the call of files that nothing is wrong with."""
    rules, start = files.rules, files.start
    assert rules is not None
    assert start is not None
    settings = rules.settings
    assert settings.day is not None
    return Call(
        id=settings.id,
        title=settings.title,
        day=settings.day,
        quarters=tuple(sorted(settings.quarters)),
        steps=tuple(sorted(set(settings.steps))),
        objective=settings.objective,
        discount=settings.discount,
        min_quality=settings.min_quality,
        match_rate=settings.match_rate,
        score_range=settings.score_range,
        size_law=settings.size_law or size_law_of(files.unit.currency),
        exchange=FrozenMap(settings.exchange),
        risk=settings.risk,
        worlds=settings.worlds,
        source=settings.source,
        applications=_applications(files, firms, lines),
        rules=rules.rules,
        law=packaged_law(),
        start=start,
        unit=str(files.unit),
        technology_ids=tuple(technologies.id),
        firm_ids=tuple(firms.id),
        warnings=tuple(files.warnings),
    )


def _ids(raw: RawTable, raws: Mapping[str, RawTable]) -> list[str] | None:
    """Return the applications' ids, those included that are made up of firm, technology and purpose."""
    written = raw.values["id"].to_pylist() if "id" in raw.given else [""] * len(raw)
    if all(written):
        return written
    firms, technologies = raws.get("firms"), raws.get("technologies")
    if firms is None or technologies is None or not {"firm", "technology"} <= raw.given:
        return None
    purposes = raw.values["purpose"].to_pylist() if "purpose" in raw.given else [""] * len(raw)
    names = [table.values["id"].to_pylist() for table in (firms, technologies)]
    parts = zip(raw.values["firm"].tolist(), raw.values["technology"].tolist(), purposes, written, strict=True)
    return [
        own or "/".join(part for part in (names[0][firm], names[1][technology], purpose) if part)
        for firm, technology, purpose, own in parts
    ]


def _applications(files: CallFiles, firms: Firms, lines: Lines) -> Applications:
    """Make the table of what was read; empty cells take what they stand for."""
    raw, ids = files.raw, files.ids
    assert raw is not None
    arrays: dict[str, Any] = {
        column.attribute: _array(column, raw) for column in Applications.columns() if column.attribute
    }
    firm, technology = arrays["firm"], arrays["technology"]
    arrays["id"] = np.array(ids, dtype=object)
    places = {
        pair: place for place, pair in enumerate(zip(lines.firm.tolist(), lines.technology.tolist(), strict=True))
    }
    arrays["line"] = np.array([places[pair] for pair in zip(firm.tolist(), technology.tolist(), strict=True)], np.int64)
    arrays["minimum"] = np.where(np.isnan(arrays["minimum"]), arrays["amount"], arrays["minimum"])
    arrays["region"] = np.where(arrays["region"] == "", firms.region[firm], arrays["region"])
    arrays["purpose"] = np.where(arrays["purpose"] == "", lines.id[arrays["line"]], arrays["purpose"])
    for array in arrays.values():
        array.setflags(write=False)
    arrays["documents"] = tuple(arrays["documents"])
    return Applications(**arrays)


def _array(column: Column, raw: RawTable) -> Any:
    given, count = column.name in raw.given, len(raw)
    values: Any = raw.values.get(column.name)
    if column.kind in ("id", "text"):
        return np.array(values.to_pylist(), dtype=object) if given else np.full(count, "", dtype=object)
    if column.kind == "choice":
        names = np.array(["", *column.choices], dtype=object)
        return names[values + 1] if given else np.full(count, "", dtype=object)
    if column.kind == "choices":
        return values if given else np.zeros((count, len(column.choices)), dtype=bool)
    if column.kind == "words":
        nothing = np.empty(count, dtype=object)
        nothing[:] = [frozenset()] * count
        return values if given else nothing
    if column.kind == "date":
        return values if given else np.full(count, np.datetime64("NaT", "D"))
    if column.kind == "reference":
        return values
    default = np.nan if column.default is None else float(column.default)
    return np.where(raw.empty[column.name], default, values) if given else np.full(count, default)
