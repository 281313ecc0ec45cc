"""Who may be awarded, by which instrument and up to how much: law and the call's own rules, never merit."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from majung.messages import Phrase
from majung.scenario.call.judging.bench import Bench
from majung.scenario.call.judging.findings import Day, Judgement, Local, Money
from majung.scenario.call.law.sizes import SMALL
from majung.scenario.call.rules.conditions import Documents, Earlier, ForceOut, Intensity, Once, Score, Size, Venture
from majung.scenario.call.rules.limits import Cap

if TYPE_CHECKING:
    from majung.scenario.call.model import Call
    from majung.scenario.model import Scenario

__all__ = ["judge"]


def judge(call: Call, scenario: Scenario) -> tuple[Judgement, ...]:
    """Judge every application.

    Parameters
    ----------
    call : Call
    scenario : Scenario
        That the call is in.

    Returns
    -------
    tuple of Judgement
        In the order of the applications. One that may be awarded by some of its instruments is eligible; the others
        have a ceiling of 0.
    """
    bench = Bench(call, scenario)
    for rule in call.binding:
        if (apply := _APPLIED.get(rule.kind)) is not None:
            apply(rule, bench)
    bench.settle()
    return bench.judgements()


def _cap(rule: Cap, bench: Bench) -> None:
    """Set the ceiling that a cap on each award is; other caps are rows."""
    if rule.per != "award":
        return
    most = rule.amount if rule.amount is not None else (rule.share or 0.0) * bench.call.budget()
    for place in bench.concerned(rule):
        bench.limit(place, rule, most)


def _force_out(rule: ForceOut, bench: Bench) -> None:
    table = bench.table
    firms = {place for place, name in enumerate(bench.call.firm_ids) if name in rule.firms}
    named = np.isin(table.id, list(rule.applications)) | np.isin(table.firm, list(firms))
    for place in np.flatnonzero(named).tolist():
        reason = Phrase("scenario.call.required.reason", reason=Local(rule.reason))
        required = reason if str(rule.reason) else Phrase("scenario.call.required.not_named")
        bench.turn_down(place, rule, Phrase("scenario.call.found.named"), required)


def _once(rule: Once, bench: Bench) -> None:
    """Turn down what has public money already; twice within the call is a row."""
    for place in bench.concerned(rule):
        if rule.purpose and bench.table.funded[place] == "yes":
            found, required = Phrase("scenario.call.found.funded"), Phrase("scenario.call.required.once")
            bench.turn_down(place, rule, found, required)


def _documents(rule: Documents, bench: Bench) -> None:
    for place in bench.concerned(rule):
        had = {_bare(name) for name in bench.table.documents[place]}
        missing = [name for name in rule.required if _bare(name) not in had]
        if missing:
            names = sorted(bench.table.documents[place])
            found = Phrase("scenario.call.found.documents", names=names) if names else Phrase("scenario.call.nothing")
            bench.hold(place, rule, found, Phrase("scenario.call.required.documents", names=missing))


def _bare(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name).casefold()


def _size(rule: Size, bench: Bench) -> None:
    sizes = bench.sizes(rule.by)
    admitted = bench.groups(rule.by).classes(rule.admit)
    for place in bench.concerned(rule):
        size = sizes[place]
        if admitted[place]:
            if size.declared:
                bench.say(place, rule, size.finding.found, size.finding.required, clause=size.finding.clause)
            continue
        found: Phrase | str = Phrase(
            "scenario.call.found.size", name=Phrase(f"scenario.call.class.{size.name}"), why=size.finding.found
        )
        classes = [Phrase(f"scenario.call.class.{word}") for word in rule.admit]
        required = Phrase("scenario.call.required.size", classes=classes, why=size.finding.required)
        if size.declared:
            found, required = size.finding.found, Phrase("scenario.call.required.classes", classes=classes)
        bench.turn_down(place, rule, found, required, size.finding.clause)


def _venture(rule: Venture, bench: Bench) -> None:
    table, day = bench.table, np.datetime64(bench.call.day)
    declared = bench.groups().classes(("venture",))
    kinds = [Phrase(f"scenario.call.venture.{kind}") for kind in rule.confirmation]
    required = Phrase("scenario.call.required.venture", kinds=kinds, day=Day(bench.call.day))
    for place in bench.concerned(rule):
        kind, until = table.venture[place], table.venture_until[place]
        if until < day:
            found = Phrase("scenario.call.found.venture_ended", day=Day(until.astype(object)))
        elif kind:
            if kind in rule.confirmation:
                continue
            found = Phrase("scenario.call.found.venture", kind=Phrase(f"scenario.call.venture.{kind}"))
        elif declared[place] and np.isnat(until):
            bench.say(place, rule, Phrase("scenario.call.found.venture_declared"), required)
            continue
        else:
            found = Phrase("scenario.call.found.no_venture")
        bench.turn_down(place, rule, found, required)


def _score(rule: Score, bench: Bench) -> None:
    means = np.nanmean(bench.table.scores, axis=1)
    for place in bench.concerned(rule):
        if means[place] < rule.least:
            found = Phrase("scenario.call.found.score", score=f"{means[place]:.4g}")
            bench.turn_down(place, rule, found, Phrase("scenario.call.required.score", least=f"{rule.least:g}"))


def _earlier(rule: Earlier, bench: Bench) -> None:
    unit = bench.call.money
    for place in bench.concerned(rule):
        had = float(bench.table.earlier[place])
        if had > rule.amount:
            found = Phrase("scenario.call.found.earlier", amount=Money(had, unit))
            bench.turn_down(place, rule, found, Phrase("scenario.call.required.at_most", most=Money(rule.amount, unit)))
        elif rule.with_award:
            bench.limit(place, rule, rule.amount - had)


def _intensity(rule: Intensity, bench: Bench) -> None:
    """Set the ceiling that a share of the project's cost is; without the cost or the kind of research, wait."""
    entry = bench.call.law[rule.by].at(bench.call.day)
    if entry is None:
        return
    sizes, table = bench.sizes(rule.size_by), bench.table
    for place in bench.concerned(rule):
        research, cost = table.research[place], float(table.project_cost[place])
        if not research or np.isnan(cost):
            missing = [name for name, there in (("research", research), ("project_cost", cost == cost)) if not there]
            names = [Phrase(f"scenario.call.fact.{name}") for name in missing]
            required = Phrase("scenario.call.required.documents", names=names)
            bench.hold(place, rule, Phrase("scenario.call.nothing"), required)
            continue
        share = entry.shares[research]
        if research in entry.bonus_for:
            small = sizes[place].name in ("micro", "small")
            more = entry.bonus.get("small" if small else "medium", 0.0) if sizes[place].name in SMALL else 0.0
            more += entry.bonus.get("collaboration", 0.0) if table.collaboration[place] == "yes" else 0.0
            share = min(share + more, max(entry.most, share))
        bench.limit(place, rule, share * cost)


_Apply = Callable[[Any, Bench], None]
_APPLIED: Final[Mapping[str, _Apply]] = {
    "cap": _cap,
    "force_out": _force_out,
    "once": _once,
    "documents": _documents,
    "size": _size,
    "venture": _venture,
    "score": _score,
    "earlier": _earlier,
    "intensity": _intensity,
}
