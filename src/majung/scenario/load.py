"""Read a scenario's folder: everything that is wrong with it at once, or a scenario."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from majung.errors import InputError, Problem, nearest
from majung.messages import Phrase
from majung.money import Unit
from majung.parameters import ParameterSet
from majung.parameters import load as load_parameters
from majung.scenario.call.applications import Applications
from majung.scenario.call.load import RULES, CallFiles, load_call
from majung.scenario.model import Scenario, frozen
from majung.scenario.programmes import Frame, check_strategies, read_strategies, with_hands_off
from majung.scenario.settings import DEFAULT_UNIT, Settings, read_settings
from majung.scenario.tables.column import Column, Table
from majung.scenario.tables.reader import RawTable, read_table
from majung.scenario.tables.rules import check_tables, encoded, repeats, warnings_of
from majung.scenario.tables.schema import ORIGINS, TABLES, Firms, Inputs, Lines, Segments, Technologies
from majung.scenario.varying import UNCERTAINTY, read_uncertainty
from majung.tables.files import SUFFIXES
from majung.tables.problems import Problems

__all__ = ["input_files", "load"]

_T = TypeVar("_T", bound=Table)

_SETTINGS: Final = "scenario.toml"
_STRATEGIES: Final = "strategies.toml"
_TOML: Final = (_SETTINGS, _STRATEGIES, RULES, UNCERTAINTY)
_READ_ELSEWHERE: Final = ("rules", "series")
_TABLES: Final[tuple[type[Table], ...]] = (*TABLES, Applications)
_ORDER: Final = (_SETTINGS, *(table.stem for table in TABLES), _STRATEGIES, Applications.stem, RULES, UNCERTAINTY)


def load(path: str | os.PathLike[str]) -> Scenario:
    """Read a scenario.

    Parameters
    ----------
    path : path-like
        A folder with scenario.toml, strategies.toml and the tables of `majung.scenario.TABLES` as csv, xlsx or parquet;
        with a call for applications, rules.toml and the table of applications; with ranges of what is uncertain in
        the tables, uncertainty.toml.

    Returns
    -------
    Scenario
        `Scenario.warnings` lists what a reader should know of it.

    Raises
    ------
    InputError
        With everything that is wrong, by file, row and column.
    """
    problems = Problems()
    folder = _folder(Path(path))
    found, ignored = _find_files(folder, problems)
    settings = read_settings(found[_SETTINGS], problems) if _SETTINGS in found else None
    parameters = _parameters(settings, problems)
    unit = settings.unit if settings else DEFAULT_UNIT
    raws: dict[str, RawTable] = {}
    for table in _TABLES:
        if (
            table.stem in found
            and (raw := read_table(table, found[table.stem], unit, parameters, problems)) is not None
        ):
            raws[table.stem] = raw
        elif table.may_be_empty and table.stem not in found:
            raws[table.stem] = _nothing(table)
    check_tables(raws, problems)
    start = settings.start if settings else None
    strategies = read_strategies(found[_STRATEGIES], unit, start, problems) if _STRATEGIES in found else ()
    call = None
    if RULES in found:
        day, quarters = (settings.as_of, settings.quarters) if settings else (None, None)
        call = CallFiles(found[RULES], raws, unit=unit, start=start, as_of=day, quarters=quarters, problems=problems)
    order = [found[name].name if name in found else name for name in _ORDER]
    if settings is None or problems:
        frame = _partial_frame(unit, settings, raws)
        check_strategies(strategies, frame, lambda problem: problems.add(problem.at(file=_STRATEGIES)))
        _uncertain_by_itself(found, problems)
        problems.refuse(order)
        raise AssertionError("no settings and no problem")
    technologies = _built(Technologies, raws, parameters)
    firms = _built(Firms, raws, parameters)
    lines = _built(Lines, raws, parameters, technologies=technologies, firms=firms)
    unit_name = str(unit)
    frame = Frame.of(unit_name, settings.quarters, technologies, firms, lines)
    check_strategies(strategies, frame, lambda problem: problems.add(problem.at(file=_STRATEGIES)))
    _check_lines(lines, raws["lines"], problems)
    if problems:
        _uncertain_by_itself(found, problems)
        problems.refuse(order)
    segments, inputs = _built(Segments, raws, parameters), _built(Inputs, raws, parameters)
    applied = None if call is None else load_call(call, technologies, firms, lines)
    raws.clear()
    warnings = [Problem(key="warning.not_read", file=name) for name in ignored]
    warnings += [_outside(name, parameters) for name in parameters.outside_range]
    for warning in warnings_of(technologies, inputs, segments, firms, lines):
        stem = warning.file or ""
        warnings.append(warning.at(file=found[stem].name if stem in found else f"{stem}.csv"))
    warnings += applied.warnings if applied is not None else ()

    scenario = Scenario(
        id=settings.id,
        title=settings.title,
        description=settings.description,
        as_of=settings.as_of,
        start=settings.start,
        quarters=settings.quarters,
        currency=unit.currency,
        unit=unit_name,
        seed=settings.seed,
        replications=settings.replications,
        parameters=parameters,
        technologies=technologies,
        inputs=inputs,
        segments=segments,
        firms=firms,
        lines=lines,
        strategies=with_hands_off(strategies, unit_name),
        sources=settings.sources,
        real=settings.real,
        reconstructed=settings.reconstructed,
        warnings=tuple(warnings),
        call=applied,
    )
    if UNCERTAINTY not in found:
        return scenario
    uncertain = read_uncertainty(found[UNCERTAINTY], scenario, problems)
    problems.refuse(order)
    return replace(scenario, uncertain=uncertain)


def input_files(path: str | os.PathLike[str]) -> tuple[Path, ...]:
    """Return the files that `load` reads in a scenario's folder.

    Raises
    ------
    InputError
        When it is not a folder.
    """
    found, _ = _find_files(_folder(Path(path)), Problems())
    return tuple(sorted(found.values()))


def _uncertain_by_itself(found: Mapping[str, Path], problems: Problems) -> None:
    """Note what is wrong with what is uncertain, where the rest of the scenario is wrong as well."""
    if UNCERTAINTY in found:
        read_uncertainty(found[UNCERTAINTY], None, problems)


def _folder(path: Path) -> Path:
    """Return the folder, or refuse what is not one."""
    try:
        folder = path.expanduser().resolve(strict=True)
        if not folder.is_dir():
            raise InputError([Problem(key="folder.is_file", file=str(path))])
        next(folder.iterdir(), None)
    except FileNotFoundError:
        near = nearest(path.name, [entry.name for entry in path.parent.iterdir()]) if path.parent.is_dir() else None
        suggestion = None if near is None else str(path.parent / near)
        raise InputError([Problem(key="folder.missing", file=str(path), suggestion=suggestion)]) from None
    except (OSError, RuntimeError) as error:
        # A loop of links is a RuntimeError before Python 3.13.
        detail = getattr(error, "strerror", None) or str(error)
        raise InputError([Problem(key="folder.unreadable", file=str(path), values={"detail": detail})]) from None
    return folder


def _find_files(folder: Path, problems: Problems) -> tuple[dict[str, Path], list[str]]:
    """Return the scenario's files by name (tables by stem), and the table-like files that it does not know."""
    found: dict[str, Path] = {}
    ignored: list[str] = []
    stems = {table.stem: table for table in _TABLES}
    entries = sorted(entry for entry in folder.iterdir() if not entry.name.startswith((".", "~$")))
    for entry in entries:
        suffix = entry.suffix.lower()
        if entry.name in _TOML:
            found[entry.name] = entry
        elif entry.stem in stems and suffix in SUFFIXES:
            if entry.stem in found:
                problems.add(Problem(key="folder.two_files", file=entry.name, values={"other": found[entry.stem].name}))
            else:
                found[entry.stem] = entry
        elif suffix in (*SUFFIXES, ".toml", ".xls", ".tsv", ".txt", ".ods") and not entry.is_dir():
            _unknown_file(entry, stems, problems, ignored)
    required = [_SETTINGS, *(table.stem for table in TABLES if not table.may_be_empty)]
    if {Applications.stem, RULES} & found.keys():
        required += [Applications.stem, RULES]
    for name in required:
        if name not in found:
            key = "folder.no_settings" if name == _SETTINGS else "folder.no_file"
            choices = [RULES] if name == RULES else [f"{name}{suffix}" for suffix in SUFFIXES]
            problems.add(Problem(key=key, file=name, values={"choices": choices}))
    return found, ignored


def _unknown_file(entry: Path, stems: Mapping[str, type[Table]], problems: Problems, ignored: list[str]) -> None:
    """Refuse a file that is a table misnamed; pass over one that is something else."""
    if entry.suffix.lower() == ".toml":
        hint = nearest(entry.name, _TOML, cutoff=0.75)
    else:
        near = nearest(entry.stem, stems, cutoff=0.75)
        hint = None if near is None else f"{near}{entry.suffix.lower() if entry.suffix.lower() in SUFFIXES else '.csv'}"
    if hint is not None:
        problems.add(Problem(key="folder.unknown_file", file=entry.name, suggestion=hint))
    elif entry.stem in _READ_ELSEWHERE or entry.suffix.lower() != ".txt":
        ignored.append(entry.name)


def _parameters(settings: Settings | None, problems: Problems) -> ParameterSet:
    parameters = load_parameters()
    if settings is None:
        return parameters
    try:
        return parameters.at(settings.as_of).override(settings.overrides, file=_SETTINGS)
    except InputError as error:
        problems.extend(error.problems)
        return parameters


def _outside(name: str, parameters: ParameterSet) -> Problem:
    value, (lowest, highest) = parameters[name.partition(".")[0]].cells()[name]
    return Problem(
        key="warning.outside_range",
        file=_SETTINGS,
        column=f"parameters.{name}",
        found=f"{value:g}",
        values={"lowest": f"{lowest:g}", "highest": f"{highest:g}"},
    )


def _partial_frame(unit: Unit, settings: Settings | None, raws: Mapping[str, RawTable]) -> Frame:
    """Return what strategies can be held against when not all could be read."""

    def ids(stem: str) -> list[str] | None:
        raw = raws.get(stem)
        return raw.values["id"].to_pylist() if raw is not None and "id" in raw.given and len(raw) else None

    return Frame(str(unit), settings.quarters if settings else 10**6, ids("technologies"), ids("firms"))


def _nothing(table: type[Table]) -> RawTable:
    values: dict[str, Any] = {}
    for column in table.columns():
        words = column.kind in ("id", "text", "reference")
        values[column.name] = pa.chunked_array([pa.array([], pa.string())]) if words else np.zeros(0)
    none = np.zeros(0, dtype=bool)
    return RawTable(
        table, f"{table.stem}.csv", np.zeros(0, np.int64), values, dict.fromkeys(values, none), frozenset(values)
    )


def _built(table: type[_T], raws: Mapping[str, RawTable], parameters: ParameterSet, **others: Table) -> _T:
    """Make a table of read-only arrays from what was read; empty cells take their default."""
    raw = raws[table.stem]
    arrays: dict[str, Any] = {}
    filled: dict[str, Any] = {}
    for column in table.columns():
        if not column.attribute:
            continue
        if column.parameter is not None:
            filled[column.attribute] = frozen(raw.empty.get(column.name, np.ones(len(raw), dtype=bool)))
        arrays[column.attribute] = _array(column, raw, parameters)
    if "name_ko" in arrays:
        korean, english = arrays["name_ko"], arrays["name_en"]
        arrays["name_ko"] = _first_given(korean, english, arrays["id"])
        arrays["name_en"] = _first_given(english, korean, arrays["id"])
    if others:
        _complete_lines(arrays, raw, others["technologies"], others["firms"])
    return table(filled=filled, **{name: frozen(array) for name, array in arrays.items()})


def _array(column: Column, raw: RawTable, parameters: ParameterSet) -> Any:
    given = column.name in raw.given
    if column.kind in ("id", "text"):
        return _words(raw.values[column.name]) if given else np.full(len(raw), "", dtype=object)
    if column.kind == "reference":
        return raw.values[column.name]
    if column.kind == "choice":
        if column.choices == ORIGINS:
            names = np.array(["", *ORIGINS], dtype=object)
            return names[raw.values[column.name] + 1] if given else np.full(len(raw), "", dtype=object)
        codes = raw.values[column.name]
        return codes.astype(bool) if column.attribute == "public" else codes
    default = parameters.value(column.parameter) if column.parameter is not None else column.default
    fill = np.nan if default is None else float(default)
    values = np.where(raw.empty[column.name], fill, raw.values[column.name]) if given else np.full(len(raw), fill)
    return values.astype(np.int64) if column.kind == "count" else values


def _words(text: Any) -> Any:
    """Return text as Python strings, equal ones shared."""
    parts = [np.zeros(0, dtype=object)]
    for chunk in text.chunks:
        encoded = pc.dictionary_encode(chunk)
        names = np.array(encoded.dictionary.to_pylist() or [""], dtype=object)
        parts.append(names[np.asarray(encoded.indices)] if len(chunk) else parts[0])
    return np.concatenate(parts)


def _first_given(*candidates: Any) -> Any:
    chosen = candidates[-1]
    for candidate in reversed(candidates[:-1]):
        empty = candidate == ""
        chosen = chosen if empty.all() else np.where(empty, chosen, candidate)
    return chosen


def _complete_lines(arrays: dict[str, Any], raw: RawTable, technologies: Table, firms: Table) -> None:
    """Fill in what a line's empty cells stand for: id, effort, reach."""
    assert isinstance(technologies, Technologies)
    assert isinstance(firms, Firms)
    firm, technology = arrays["firm"], arrays["technology"]
    unnamed = arrays["id"] == ""
    if unnamed.any():
        names = firms.id[firm[unnamed]] + "/" + technologies.id[technology[unnamed]]
        arrays["id"] = arrays["id"].copy()
        arrays["id"][unnamed] = names
    count = np.bincount(firm, minlength=len(firms))
    effort = np.where(np.isnan(arrays["effort"]), 1 / np.maximum(count[firm], 1), arrays["effort"])
    sums = np.bincount(firm, effort, minlength=len(firms))
    arrays["effort"] = effort / np.where(sums > 0, sums, 1)[firm]
    arrays["reach"] = np.where(np.isnan(arrays["reach"]), firms.staff[firm] * arrays["effort"], arrays["reach"])


def _check_lines(lines: Lines, raw: RawTable, problems: Problems) -> None:
    """Note lines that have the same id, those that were made up included, and lines that reach nobody."""
    again, earliest = repeats(encoded(pa.array(lines.id, pa.string())))
    problems.add_each(
        raw.file,
        again,
        lambda i: Problem(
            key="table.id_twice",
            row=raw.row(i),
            column="id",
            found=lines.id[i],
            values={"first": raw.row(int(earliest[i]))},
        ),
    )
    problems.add_each(
        raw.file,
        np.flatnonzero(~(lines.reach > 0)),
        lambda i: Problem(
            key="problem.unexpected", row=raw.row(i), column="reach", found="0", expected=Phrase("table.reach")
        ),
    )
