"""Read strategies.toml, and hold strategies against the scenario that they are for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from majung.dims import CLASSES
from majung.errors import InputError, Problem, nearest
from majung.messages import Phrase
from majung.money import Quarter, Unit, parse_quarter
from majung.scenario.settings import read_toml, unknown_keys
from majung.scenario.strategy import HANDS_OFF, Award, Strategy, hands_off
from majung.scenario.tables.schema import Firms, Lines, Technologies
from majung.tables.problems import Problems, likely

__all__ = ["Frame", "check_strategies", "read_strategies", "strategies_of", "with_hands_off"]

_FOREIGN: Final = CLASSES.index("foreign")
_SUGAR: Final = ("after", "delay")

Note = Callable[[Problem], None]


@dataclass(frozen=True)
class Frame:
    """What of a scenario strategies refer to; None where it could not be read. Look-ups are made when asked for."""

    unit: str
    quarters: int
    technology_ids: Sequence[str] | None = None
    firm_ids: Sequence[str] | None = None
    size_class: Sequence[int] | None = None
    line_ids: Sequence[str] | None = None
    line_firm: Sequence[int] | None = None
    line_technology: Sequence[int] | None = None

    @classmethod
    def of(cls, unit: str, quarters: int, technologies: Technologies, firms: Firms, lines: Lines) -> Frame:
        """Return the frame of tables that are complete."""
        return cls(unit, quarters, technologies.id, firms.id, firms.size_class, lines.id, lines.firm, lines.technology)  # type: ignore[arg-type]

    @cached_property
    def technologies(self) -> dict[str, int] | None:
        """Position of a technology."""
        return _positions(self.technology_ids)

    @cached_property
    def firms(self) -> dict[str, int] | None:
        """Position of a firm."""
        return _positions(self.firm_ids)

    @cached_property
    def lines(self) -> dict[str, int] | None:
        """Position of a line's firm."""
        if self.line_ids is None or self.line_firm is None:
            return None
        return {line: int(firm) for line, firm in zip(self.line_ids, self.line_firm, strict=True)}

    @cached_property
    def pairs(self) -> set[tuple[int, int]] | None:
        """Firms and technologies that make a line."""
        if self.line_firm is None or self.line_technology is None:
            return None
        return {(int(firm), int(k)) for firm, k in zip(self.line_firm, self.line_technology, strict=True)}


def _positions(names: Sequence[str] | None) -> dict[str, int] | None:
    return None if names is None else {name: place for place, name in enumerate(names)}


def read_strategies(path: Path, unit: Unit, start: Quarter | None, problems: Problems) -> tuple[Strategy, ...]:
    """Read strategies.toml, or note everything that is wrong with it.

    Parameters
    ----------
    path : Path
        The file. Its entries are ``[[strategy]]``.
    unit : Unit
        The scenario's unit of money.
    start : Quarter or None
        The scenario's first quarter, for quarters written as ``2025Q1``; None where it is not known.
    problems : Problems
        Where to note what is wrong.
    """

    def note(problem: Problem) -> None:
        problems.add(problem.at(file=path.name))

    found = read_toml(path, problems)
    if found is None:
        return ()
    unknown_keys(found, ("strategy",), note)
    entries = found.get("strategy", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        note(
            Problem(
                key="problem.unexpected", column="strategy", found=str(entries), expected=Phrase("expected.strategies")
            )
        )
        return ()
    return strategies_of(entries, unit, start, note)


def strategies_of(
    entries: Sequence[dict[str, Any]],
    unit: Unit,
    start: Quarter | None,
    note: Note,
    complete: Callable[[dict[str, Any], Note], dict[str, Any]] = lambda entry, _: entry,
) -> tuple[Strategy, ...]:
    """Return the strategies that tables of a TOML file are, or note what is wrong with them; see `read_strategies`.

    `complete` may change a table, after what it copies was put into it.
    """
    strategies = []
    wrong: dict[str, list[Problem]] = {}
    for name, entry in _resolved(entries, note):
        wrong[name] = []
        raw = _with_offsets(complete(entry, wrong[name].append), start, wrong[name].append)
        try:
            strategies.append(Strategy(**{"unit": str(unit), **raw}))
        except InputError as error:
            wrong[name] += error.problems
    copied = {str(entry.get("id")): str(entry["after"]) for entry in entries if "after" in entry}
    for name, found_here in wrong.items():
        for problem in found_here:
            # What a copy has from another strategy is said of that one.
            if problem not in wrong.get(copied.get(name, ""), ()):
                note(_inside(name, problem))
    return tuple(strategies)


def _inside(name: str, problem: Problem) -> Problem:
    return problem.at(column=f"{name}.{problem.column}" if problem.column else name)


def _resolved(entries: Sequence[dict[str, Any]], note: Note) -> list[tuple[str, dict[str, Any]]]:
    """Return each entry with its name for messages; ``after`` is replaced by what it stands for."""
    names = [str(entry.get("id") or f"strategy[{place}]") for place, entry in enumerate(entries, start=1)]
    by_id = dict(zip(names, entries, strict=True))
    resolved = []
    for name, entry in zip(names, entries, strict=True):
        chain = _chain(name, entry, by_id, note)
        if chain is None:
            continue
        whole: dict[str, Any] = {}
        delay = 0
        for link in reversed(chain):
            whole |= {key: value for key, value in link.items() if key not in _SUGAR}
            delay += link.get("delay", 0)
        if delay:
            # Where the start is not a number the strategy itself will say so.
            whole["start"] = _shifted(whole.get("start", 0), delay)
            if isinstance(awards := whole.get("awards"), list):
                whole["awards"] = [
                    award | {"quarter": _shifted(award.get("quarter", 0), delay)} if isinstance(award, dict) else award
                    for award in awards
                ]
        resolved.append((name, whole))
    return resolved


def _shifted(quarter: Any, delay: int) -> Any:
    if isinstance(quarter, str):
        try:
            return str(parse_quarter(quarter) + delay)
        except InputError:
            return quarter
    return quarter + delay if isinstance(quarter, int) else quarter


def _chain(
    name: str, entry: dict[str, Any], by_id: Mapping[str, dict[str, Any]], note: Note
) -> list[dict[str, Any]] | None:
    """Return an entry and those it comes after, or None where that leads nowhere or in a circle."""
    chain, path = [entry], [name]
    while True:
        here = chain[-1]
        if "delay" in here and (
            isinstance(here["delay"], bool) or not isinstance(here["delay"], int) or here["delay"] < 0
        ):
            note(
                Problem(
                    key="problem.unexpected", column=f"{path[-1]}.delay", found=str(here["delay"]),
                    expected=Phrase("bounds.whole_from", lowest=0),
                )
            )  # fmt: skip
            return None
        if "after" not in here:
            if "delay" in here:
                note(Problem(key="strategy.delay_alone", column=f"{path[-1]}.delay"))
            return chain
        if "start" in here:
            note(Problem(key="strategy.start_and_after", column=f"{path[-1]}.start"))
        target = str(here["after"])
        if target in path:
            circle = path[path.index(target) :]
            if name == min(circle, key=list(by_id).index):
                note(Problem(key="strategy.circle", column=f"{name}.after", found=" → ".join([*circle, target])))
            return None
        if target not in by_id:
            if len(chain) == 1:
                note(
                    Problem(
                        key="problem.unknown_name", column=f"{name}.after", found=target,
                        expected=Phrase("noun.strategy"), suggestion=nearest(target, by_id),
                    )
                )  # fmt: skip
            return None
        chain.append(by_id[target])
        path.append(target)


def _with_offsets(entry: dict[str, Any], start: Quarter | None, note: Note) -> dict[str, Any]:
    """Turn quarters written as ``2025Q1`` into their distance from the scenario's start."""

    def offset(found: Any, column: str) -> Any:
        if not isinstance(found, str):
            return found
        try:
            quarter = parse_quarter(found)
        except InputError as error:
            for problem in error.problems:
                note(problem.at(column=column))
            return 0
        distance = 0 if start is None else quarter - start
        if distance < 0:
            note(Problem(key="strategy.before_start", column=column, found=found, values={"start": str(start)}))
        return max(distance, 0)

    changed = dict(entry)
    if "start" in entry:
        changed["start"] = offset(entry["start"], "start")
    if isinstance(entry.get("awards"), list):
        changed["awards"] = [
            award | {"quarter": offset(award["quarter"], f"awards[{place}].quarter")}
            if isinstance(award, dict) and "quarter" in award
            else award
            for place, award in enumerate(entry["awards"], start=1)
        ]
    return changed


def with_hands_off(strategies: Sequence[Strategy], unit: str) -> tuple[Strategy, ...]:
    """Return the strategies with hands-off first."""
    doing_nothing = [strategy for strategy in strategies if strategy.id == HANDS_OFF] or [hands_off(unit)]
    return (*doing_nothing, *(strategy for strategy in strategies if strategy.id != HANDS_OFF))


def check_strategies(strategies: Sequence[Strategy], frame: Frame, note: Note) -> None:
    """Note what does not fit the scenario: windows, names, units.

    Parameters
    ----------
    strategies : sequence of Strategy
        All that are to be compared.
    frame : Frame
        What of the scenario they refer to.
    note : callable
        Told of each problem.
    """
    seen: set[str] = set()
    for strategy in strategies:
        if strategy.id in seen:
            note(Problem(key="strategy.twice", column=f"{strategy.id}.id", found=strategy.id))
        seen.add(strategy.id)
        if strategy.unit != frame.unit:
            note(Problem(key="strategy.unit", column=f"{strategy.id}.unit", found=strategy.unit, expected=frame.unit))
        last = strategy.start + strategy.quarters
        if strategy.budget and last > frame.quarters:
            note(
                Problem(
                    key="strategy.window", column=f"{strategy.id}.quarters",
                    values={"first": strategy.start, "last": last - 1, "end": frame.quarters - 1},
                )
            )  # fmt: skip
        for technology in strategy.technologies or ():
            _find("technology", technology, frame.technologies, f"{strategy.id}.technologies", note)
        for place, award in enumerate(strategy.awards, start=1):
            _check_award(award, f"{strategy.id}.awards[{place}]", frame, note)


def _check_award(award: Award, column: str, frame: Frame, note: Note) -> None:
    if award.quarter >= frame.quarters:
        values = {"last": frame.quarters - 1}
        note(Problem(key="award.late", column=f"{column}.quarter", found=str(award.quarter), values=values))
    if award.line is not None:
        firm = _find("line", award.line, frame.lines, f"{column}.line", note)
    else:
        firm = _find("firm", str(award.firm), frame.firms, f"{column}.firm", note)
        technology = _find("technology", str(award.technology), frame.technologies, f"{column}.technology", note)
        known = firm is not None and technology is not None and frame.pairs is not None
        if known and (firm, technology) not in frame.pairs:  # type: ignore[operator]
            names = {"firm": award.firm, "technology": award.technology}
            note(Problem(key="award.no_line", column=column, values=names))
            return
    if firm is not None and frame.size_class is not None and frame.size_class[firm] == _FOREIGN:
        note(Problem(key="award.foreign", column=column))


def _find(noun: str, wanted: str, names: Mapping[str, int] | None, column: str, note: Note) -> int | None:
    """Return the position of a name; note it where it is unknown."""
    if names is None or wanted in names:
        return None if names is None else names[wanted]
    note(
        Problem(
            key="problem.unknown_name",
            column=column,
            found=wanted,
            expected=Phrase(f"noun.{noun}"),
            suggestion=nearest(wanted, likely(wanted, names)),
        )
    )
    return None
