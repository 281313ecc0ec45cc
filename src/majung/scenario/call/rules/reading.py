"""Read rules.toml: the call and its rules, those of the packaged law included."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeVar, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from majung.errors import InputError, Problem, nearest, not_a_choice
from majung.messages import Phrase
from majung.money import Quarter, Unit, parse_amount
from majung.scenario.call.law.statutes import packaged_law
from majung.scenario.call.rules.base import Frozen
from majung.scenario.call.rules.filters import Filter
from majung.scenario.call.rules.kinds import KINDS
from majung.scenario.call.rules.rule import Rule
from majung.scenario.call.rules.settings import CallSettings, Risk
from majung.scenario.settings import dotted, read_toml, spelled, unknown_keys
from majung.tables.problems import Problems

__all__ = ["RulesFile", "read_rules"]

Note = Callable[[Problem], None]
_M = TypeVar("_M", bound=Frozen)

_AMOUNTS: Final = ("amount", "other", "other_counted", "target")
_SHARES: Final = ("share", "least_share", "most_share", "min_quality", "weight", "steps")
_WHOLES: Final = ("least", "most", "min", "max", "year")
_NAMES: Final = (
    "technology", "region", "applications", "firms", "required", "admit", "confirmation", "instrument", "class",
    "product", "by", "size_by", "size_law", "objective",
)  # fmt: skip
_EXPECTED: Final[Mapping[str, Phrase]] = {
    "id": Phrase("setting.id"),
    "title": Phrase("expected.local_text"),
    "reason": Phrase("expected.local_text"),
    "effective": Phrase("expected.date"),
    "until": Phrase("expected.date"),
    "day": Phrase("expected.date"),
    "quarter": Phrase("expected.quarter"),
    "quarters": Phrase("scenario.call.expected.quarters"),
    "score_range": Phrase("scenario.call.expected.score_range"),
    "purpose": Phrase("expected.flag"),
    "with_award": Phrase("expected.flag"),
    "among": Phrase("expected.table"),
    "risk": Phrase("expected.table"),
    "exchange": Phrase("scenario.call.expected.exchange"),
    "worlds": Phrase("bounds.whole_from", lowest=1),
    "match_rate": Phrase("bounds.from", lowest=0),
    **dict.fromkeys(_AMOUNTS, Phrase("bounds.amount_from")),
    **dict.fromkeys(_SHARES, Phrase("bounds.between", lowest=0, highest=1)),
    **dict.fromkeys(_WHOLES, Phrase("bounds.whole_from", lowest=0)),
    **dict.fromkeys(_NAMES, Phrase("expected.names")),
}
_PARTS: Final[Mapping[str, type[Frozen]]] = {"among": Filter, "risk": Risk}


@dataclass(frozen=True, slots=True)
class RulesFile:
    """What rules.toml says, with the name of each rule for messages."""

    file: str
    settings: CallSettings
    rules: tuple[Rule, ...]


def read_rules(
    path: Path, unit: Unit, start: Quarter | None, as_of: date | None, problems: Problems
) -> RulesFile | None:
    """Read rules.toml, or note everything that is wrong with it.

    Parameters
    ----------
    path : Path
        The file: a table ``[call]`` and entries ``[[rule]]``.
    unit : Unit
        The scenario's unit of money.
    start, as_of : Quarter, date or None
        The scenario's first quarter and its day, where they are known.
    problems : Problems
        Where to note what is wrong.

    Returns
    -------
    RulesFile or None
        None where ``[call]`` could not be read; rules that could not be are left out.
    """

    def note(problem: Problem) -> None:
        problems.add(problem.at(file=path.name))

    found = read_toml(path, problems)
    if found is None:
        return None
    unknown_keys(found, ("call", "rule"), note)
    context = {"unit": unit, "start": start}
    settings = _table(found, "call", note)
    entries = found.get("rule", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        expected = Phrase("scenario.call.expected.rules")
        note(Problem(key="problem.unexpected", column="rule", found=str(entries), expected=expected))
        entries = []
    read = None if settings is None else _validated(CallSettings, settings, context, "call", note)
    day = (None if read is None else read.day) or as_of
    rules = [_rule(place, entry, day, context, note) for place, entry in enumerate(entries, start=1)]
    whole = tuple(rule for rule in rules if rule is not None)
    _unique_ids(whole, note)
    return None if read is None else RulesFile(path.name, read, whole)


def _table(found: Mapping[str, Any], key: str, note: Note) -> dict[str, Any] | None:
    table = found.get(key)
    if isinstance(table, dict):
        return table
    if table is None:
        note(Problem(key="toml.missing_key", column=key, expected=Phrase("scenario.call.expected.call")))
    else:
        note(Problem(key="problem.unexpected", column=key, found=str(table), expected=Phrase("expected.table")))
    return None


def _rule(place: int, entry: dict[str, Any], day: date | None, context: Mapping[str, Any], note: Note) -> Rule | None:
    name = str(entry.get("id") or f"rule[{place}]")
    if "law" in entry:
        merged = _from_law(entry, day, lambda problem: note(problem.at(column=f"{name}.law")))
        if merged is None:
            return None
        entry = merged
        name = str(entry["id"])
    kind = entry.get("kind")
    if kind is None:
        expected = Phrase("scenario.call.expected.kind")
        note(Problem(key="toml.missing_key", column=f"{name}.kind", expected=expected))
        return None
    if not isinstance(kind, str) or kind not in KINDS:
        note(not_a_choice(str(kind), KINDS, Phrase("scenario.call.expected.kind"), column=f"{name}.kind"))
        return None
    return _validated(KINDS[kind], entry, context, name, note)


def _from_law(entry: dict[str, Any], day: date | None, note: Note) -> dict[str, Any] | None:
    """Return a rule's keys with those of the packaged law that it names; the rule's own go before them."""
    laws = {name: law for name, law in packaged_law().items() if any(part.rule for part in law.entry)}
    wanted = str(entry["law"])
    if wanted not in laws:
        note(not_a_choice(wanted, laws, Phrase("scenario.call.expected.law")))
        return None
    law = laws[wanted]
    # A rule that takes effect later takes from the law what will hold then.
    own = entry.get("effective")
    when = own if isinstance(own, date) and (day is None or own > day) else day
    part = (law.at(when) if when is not None else None) or law.entry[0]
    if "kind" in entry and entry["kind"] != part.rule["kind"]:
        values = {"law": wanted, "kind": part.rule["kind"]}
        note(Problem(key="scenario.call.law_kind", found=str(entry["kind"]), values=values))
        return None
    given = {"clause": part.clause, "source": part.source, "status": part.status, "note": part.note}
    dates = {key: getattr(part, key) for key in ("effective", "until") if getattr(part, key) is not None}
    return {"id": wanted, "title": law.title, **given, **dates, **part.rule, **entry}


def _unique_ids(rules: tuple[Rule, ...], note: Note) -> None:
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            note(Problem(key="scenario.call.rule_twice", column=f"{rule.id}.id", found=rule.id))
        seen.add(rule.id)


def _validated(model: type[_M], found: dict[str, Any], context: Any, name: str, note: Note) -> _M | None:
    try:
        return model.model_validate(found, context=context)
    except ValidationError as error:
        for problem in _problems(error, model):
            note(problem.at(column=f"{name}.{problem.column}" if problem.column else name))
        return None


def _problems(error: ValidationError, model: type[Frozen]) -> Iterator[Problem]:
    """Say pydantic's errors in the catalogue's words."""
    for detail in error.errors(include_url=False):
        column = dotted(detail["loc"])
        if detail["type"] == "majung":
            for problem in detail["ctx"]["problems"]:
                inner = ".".join(part for part in (column, problem.column) if part)
                yield problem.at(column=inner)
        else:
            yield _said(detail, model).at(column=column)


def _said(detail: ErrorDetails, model: type[Frozen]) -> Problem:
    key = next((part for part in reversed(detail["loc"]) if isinstance(part, str)), "")
    owner = _PARTS.get(str(detail["loc"][0]), model) if len(detail["loc"]) > 1 else model
    if detail["type"] == "extra_forbidden":
        known = tuple(field.alias or name for name, field in owner.model_fields.items())
        return Problem(key="toml.unknown_key", found=key, suggestion=nearest(key, known), values={"choices": known})
    if detail["loc"][:1] == ("exchange",):
        key = "exchange"
    expected = _EXPECTED.get(key, Phrase("expected.number"))
    if detail["type"] == "literal_error":
        choices = re.findall(r"'([^']*)'", str(detail["ctx"]["expected"]))
        return not_a_choice(str(detail["input"]), choices, Phrase("scenario.call.expected.choice", key=key))
    if detail["type"] == "missing":
        annotation = owner.model_fields[key].annotation
        if choices := [str(choice) for choice in get_args(annotation)] if key == "per" else []:
            expected = Phrase("scenario.call.expected.one_of", choices=choices)
        return Problem(key="toml.missing_key", expected=expected)
    if key in _AMOUNTS and isinstance(detail["input"], str):
        try:
            parse_amount(detail["input"], Unit("KRW", 0))
        except InputError as error:
            return error.problems[0]
    if isinstance(detail["input"], list | tuple | dict) and not detail["input"]:
        return Problem(key="scenario.call.empty_list", expected=expected)
    out_of_range = detail["type"].startswith(("greater_than", "less_than"))
    message = "problem.out_of_range" if out_of_range else "problem.unexpected"
    if isinstance(detail["input"], str) and key not in _EXPECTED:
        expected = Phrase("expected.number") if "float" in detail["type"] or "int" in detail["type"] else expected
    return Problem(key=message, found=spelled(detail["input"]), expected=expected)
