"""What must hold between applications, rules and the scenario's other tables: one function a rule."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from majung.dims import CLASSES
from majung.errors import Problem, nearest
from majung.messages import Phrase
from majung.money import Quarter, Unit
from majung.scenario.call.law.industry import industry_codes
from majung.scenario.call.law.statutes import packaged_law
from majung.scenario.call.model import budget_of
from majung.scenario.call.rules.conditions import Intensity, Score, Size
from majung.scenario.call.rules.filters import Filter, Scope
from majung.scenario.call.rules.limits import Force
from majung.scenario.call.rules.reading import RulesFile
from majung.scenario.call.rules.rule import Filtered, Rule, Scoped
from majung.scenario.tables.reader import RawTable
from majung.scenario.tables.rules import encoded, repeats
from majung.tables.problems import Problems, likely

__all__ = ["check_applications", "check_rules", "regions_of", "size_law_of"]

_FOREIGN: Final = CLASSES.index("foreign")
_SIZE_LAWS: Final = {"KRW": "kr-sme-size", "EUR": "eu-sme-size", "USD": "us-sbir-size"}


def check_applications(
    raw: RawTable, tables: Mapping[str, RawTable], score_range: tuple[float, float] | None, problems: Problems
) -> None:
    """Note applications that cannot be: no line, foreign, twice the same, amounts and scores out of order.

    Parameters
    ----------
    raw : RawTable
        The applications, references linked.
    tables : mapping
        The scenario's other tables, as far as they could be read.
    score_range : tuple of float or None
        Lowest and highest score; None where rules.toml could not be read.
    problems : Problems
    """
    _minimum_within_amount(raw, problems)
    _scores(raw, score_range, problems)
    _industries(raw, problems)
    firms, lines = tables.get("firms"), tables.get("lines")
    if not {"firm", "technology"} <= raw.given or not len(raw):
        return
    firm, technology = raw.values["firm"], raw.values["technology"]
    known = (firm >= 0) & (technology >= 0)
    foreign = np.zeros(len(raw), dtype=bool)
    if firms is not None and "class" in firms.given and len(firms):
        foreign = (firm >= 0) & (firms.values["class"][firm] == _FOREIGN)
        problems.add_each(
            raw.file,
            np.flatnonzero(foreign),
            lambda i: Problem(key="scenario.call.foreign", row=raw.row(i), column="firm", found=_id(firms, firm[i])),
        )
    if lines is not None and len(lines) and {"firm", "technology"} <= lines.given:
        _has_line(raw, tables, known & ~foreign, problems)
    _purpose_once(raw, known, problems)


def _minimum_within_amount(raw: RawTable, problems: Problems) -> None:
    if not {"amount", "minimum"} <= raw.given:
        return
    amount, minimum = raw.values["amount"], raw.values["minimum"]
    problems.add_each(
        raw.file,
        np.flatnonzero((minimum > amount) & (amount > 0)),
        lambda i: Problem(
            key="scenario.call.minimum", row=raw.row(i), column="minimum", found=f"{minimum[i]:,.10g}",
            values={"amount": f"{amount[i]:,.10g}"},
        ),
    )  # fmt: skip


def _scores(raw: RawTable, score_range: tuple[float, float] | None, problems: Problems) -> None:
    if "score" not in raw.given:
        return
    scores, empty = raw.values["score"], raw.empty["score"]
    headers = raw.headers["score"]
    problems.add_each(
        raw.file,
        np.flatnonzero(empty.all(axis=1)),
        lambda i: Problem(key="scenario.call.no_score", row=raw.row(i), column=headers[0]),
    )
    if score_range is None:
        return
    low, high = score_range
    expected = Phrase("bounds.between", lowest=f"{low:g}", highest=f"{high:g}")
    for place, header in enumerate(headers):
        column = scores[:, place]

        def problem(i: int, column: Any = column, header: str = header) -> Problem:
            found = f"{column[i]:g}"
            return Problem(key="problem.out_of_range", row=raw.row(i), column=header, found=found, expected=expected)

        problems.add_each(raw.file, np.flatnonzero((column < low) | (column > high)), problem)


def _industries(raw: RawTable, problems: Problems) -> None:
    if "industry" not in raw.given:
        return
    written = raw.values["industry"].to_pylist()
    wrong = [place for place, code in enumerate(written) if code and not industry_codes(code)]
    expected = Phrase("scenario.call.expected.industry")
    problems.add_each(
        raw.file,
        np.array(wrong, dtype=np.int64),
        lambda i: Problem(
            key="problem.unexpected", row=raw.row(i), column="industry", found=written[i], expected=expected
        ),
    )


def _has_line(raw: RawTable, tables: Mapping[str, RawTable], known: Any, problems: Problems) -> None:
    firm, technology = raw.values["firm"], raw.values["technology"]
    lines = tables["lines"]
    pairs = set(zip(lines.values["firm"].tolist(), lines.values["technology"].tolist(), strict=True))
    without = [i for i in np.flatnonzero(known).tolist() if (int(firm[i]), int(technology[i])) not in pairs]

    def problem(i: int) -> Problem:
        own = [_id(tables["technologies"], k) for f, k in pairs if f == firm[i] and k >= 0]
        values = {"firm": _id(tables["firms"], firm[i]), "choices": sorted(own) or Phrase("scenario.call.nothing")}
        found = _id(tables["technologies"], technology[i])
        return Problem(key="scenario.call.no_line", row=raw.row(i), column="technology", found=found, values=values)

    problems.add_each(raw.file, np.array(without, dtype=np.int64), problem)


def _purpose_once(raw: RawTable, known: Any, problems: Problems) -> None:
    """No two rows ask for the same purpose of the same line."""
    firm, technology = raw.values["firm"], raw.values["technology"]
    purpose = encoded(raw.values["purpose"]) if "purpose" in raw.given else np.zeros(len(raw), dtype=np.int64)
    codes = (firm * (int(technology.max(initial=0)) + 1) + technology) * (int(purpose.max(initial=0)) + 1) + purpose
    again, first = repeats(codes, known)
    problems.add_each(
        raw.file,
        again,
        lambda i: Problem(
            key="scenario.call.purpose_twice", row=raw.row(i), column="purpose" if "purpose" in raw.given else "firm",
            values={"first": raw.row(int(first[i]))},
        ),
    )  # fmt: skip


def _id(raw: RawTable, place: int) -> str:
    return str(raw.values["id"][int(place)].as_py())


def size_law_of(currency: str) -> str:
    """Return the law that tells size classes where a call names none: its currency's, or else the Union's."""
    return _SIZE_LAWS.get(currency, "eu-sme-size")


def check_rules(
    rules: RulesFile,
    *,
    unit: Unit,
    start: Quarter | None,
    quarters: int,
    names: Mapping[str, Sequence[str] | None],
    problems: Problems,
) -> list[Problem]:
    """Note what does not fit in rules.toml; return what a reader should know.

    Parameters
    ----------
    rules : RulesFile
    unit : Unit
        The scenario's.
    start, quarters : Quarter or None, int
        The scenario's first quarter and number of quarters; None where it is not known, and quarters are then not
        looked at.
    names : mapping
        Ids of ``technology``, ``firm`` and ``application``, and the regions of the applications; None where they could
        not be read.
    problems : Problems
    """
    found = [*(_settings(rules, quarters) if start is not None else ()), *_scores_of(rules), *_laws(rules, unit)]
    warnings: list[Problem] = []
    known = {noun: None if listed is None else set(listed) for noun, listed in names.items()}
    for rule in rules.rules:
        for problem in _names(rule, known):
            unsure = problem.expected == Phrase("scenario.call.noun.region") and problem.suggestion is None
            if unsure:
                warnings.append(replace(problem, key="scenario.call.unknown_region", file=rules.file))
            else:
                found.append(problem)
    day = rules.settings.day
    in_force = tuple(rule for rule in rules.rules if day is None or rule.in_force(day))
    if start is not None and math.isinf(budget_of(in_force, rules.settings.quarters, start)):
        found.append(Problem(key="scenario.call.no_budget", column="rule"))
    problems.extend(problem.at(file=rules.file) for problem in found)
    for rule in rules.rules:
        if day is not None and not rule.in_force(day):
            values = {"effective": str(rule.effective or "…"), "until": str(rule.until or "…"), "day": str(day)}
            key = "scenario.call.not_in_force"
            warnings.append(Problem(key=key, file=rules.file, column=rule.id, values=values))
    return warnings


def _settings(rules: RulesFile, quarters: int) -> Iterator[Problem]:
    settings = rules.settings
    for quarter in settings.quarters:
        if quarter >= quarters:
            values = {"last": quarters - 1}
            yield Problem(key="award.late", column="call.quarters", found=str(quarter), values=values)
    if len(set(settings.quarters)) < len(settings.quarters):
        yield Problem(key="scenario.call.quarter_twice", column="call.quarters")


def _scores_of(rules: RulesFile) -> Iterator[Problem]:
    """Yield the least scores that nobody can give."""
    low, high = rules.settings.score_range
    for rule in rules.rules:
        if isinstance(rule, Score) and not low <= rule.least <= high:
            expected = Phrase("bounds.between", lowest=f"{low:g}", highest=f"{high:g}")
            yield Problem(
                key="problem.out_of_range", column=f"{rule.id}.least", found=f"{rule.least:g}", expected=expected
            )


def _laws(rules: RulesFile, unit: Unit) -> Iterator[Problem]:
    """Every law that is named is one of its type, and what is in another currency can be converted."""
    named = [("call.size_law", rules.settings.size_law or size_law_of(unit.currency), "size")]
    for rule in rules.rules:
        if isinstance(rule, Size) and rule.by:
            named.append((f"{rule.id}.by", rule.by, "size"))
        if isinstance(rule, Intensity):
            named.append((f"{rule.id}.by", rule.by, "intensity"))
            named += [(f"{rule.id}.size_by", rule.size_by, "size")] if rule.size_by else []
    for column, wanted, kind in named:
        laws = [law.id for law in packaged_law().values() if law.type == kind]
        if wanted not in laws:
            yield Problem(
                key="problem.not_a_choice", column=column, found=wanted, suggestion=nearest(wanted, laws),
                expected=Phrase("scenario.call.expected.law"), values={"choices": laws},
            )  # fmt: skip
            continue
        law = packaged_law()[wanted]
        needs_rate = any(entry.sales or any(band.sales for band in entry.bands) for entry in law.entry)
        if needs_rate and law.currency not in (unit.currency, *rules.settings.exchange):
            values = {"law": wanted, "currency": law.currency, "own": unit.currency}
            yield Problem(key="scenario.call.exchange", column=column, values=values)


def _names(rule: Rule, known: Mapping[str, Collection[str] | None]) -> Iterator[Problem]:
    """Every technology, region, firm and application that a rule names is there."""
    wanted: list[tuple[str, str, str]] = []
    filters: list[tuple[str, Scope]] = [("", rule)] if isinstance(rule, Filtered | Scoped) else []
    if isinstance(among := getattr(rule, "among", None), Filter):
        filters.append(("among.", among))
    for prefix, scope in filters:
        wanted += [("technology", f"{prefix}technology", name) for name in scope.technology]
        wanted += [("region", f"{prefix}region", name) for name in scope.region]
    if isinstance(rule, Force):
        wanted += [("application", "applications", name) for name in rule.applications]
        wanted += [("firm", "firms", name) for name in rule.firms]
    for noun, key, name in wanted:
        names = known[noun]
        if names is not None and name not in names:
            near = nearest(name, likely(name, sorted(names)), cutoff=0.8 if noun == "region" else 0.6)
            yield Problem(
                key="problem.unknown_name", column=f"{rule.id}.{key}", found=name,
                expected=Phrase(f"scenario.call.noun.{noun}"), suggestion=near,
            )  # fmt: skip


def regions_of(raw: RawTable, firms: RawTable | None) -> list[str] | None:
    """Return the regions of the applications and of the firms that could have applied."""
    found = set(raw.values["region"].to_pylist()) if "region" in raw.given else {""}
    if firms is not None and "region" in firms.given:
        found |= set(firms.values["region"].to_pylist())
    return sorted(found - {""})
