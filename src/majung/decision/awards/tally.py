"""How every rule was met, and whom it turned down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from majung.decision.awards.result import Place, Refusal, RuleUse
from majung.decision.portfolio import prices, relaxed
from majung.parameters import LocalText
from majung.scenario.call import Status

if TYPE_CHECKING:
    from majung.decision.awards.case import Case
    from majung.scenario.call import Row

__all__ = ["refusals", "rules_in_use"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_HEADER: Final = 2
_TOLERANCE: Final = 1e-9


class _Use(NamedTuple):
    measure: str
    limit: float
    used: float


def rules_in_use(case: Case, values: Floats, chosen: Flags) -> tuple[RuleUse, ...]:
    """Return every rule of the call with how it was met.

    Parameters
    ----------
    case : Case
    values : (n,) array
        With which the choice was made.
    chosen : (n,) array of bool
    """
    groups = case.options.application
    best = relaxed(values, groups, case.rows)
    worth = prices(values, groups, case.rows)
    turned_down = _turned_down(case)
    found = []
    for rule in case.call.rules:
        places = [place for place, row in enumerate(case.rows) if row.rule == rule.id]
        use = _used(case, [case.rows[place] for place in places], chosen)
        refused = turned_down.get(rule.id, 0)
        if not places and rule.eligibility:
            use = _Use("applications", np.nan, float(refused))
        others = [row for row in case.rows if row.rule != rule.id]
        without = relaxed(values, groups, others) if places else best
        found.append(
            RuleUse(
                id=rule.id,
                kind=rule.kind,
                title=rule.title,
                clause=rule.clause,
                source=rule.source,
                status=rule.status,
                effective=rule.effective,
                in_force=rule.in_force(case.call.day),
                measure=use.measure,
                limit=use.limit,
                used=use.used,
                binding=without > best + _TOLERANCE * max(1.0, abs(best)),
                price=float(np.abs(worth[places]).max()) if places else 0.0,
                refused=refused,
            )
        )
    return tuple(found)


def _used(case: Case, rows: Sequence[Row], chosen: Flags) -> _Use:
    """Return the row of a rule that is nearest to its limit, as people would count it."""
    found: list[tuple[float, _Use]] = []
    for row in rows:
        use = _share(case, row, chosen) if row.is_share else _amount(row, chosen)
        upper = np.isfinite(row.high)
        full = use.used / use.limit if use.limit else float(use.used > 0)
        found.append((full if upper else -full, use))
    if not found:
        return _Use("money", np.nan, np.nan)
    return max(found, key=lambda pair: pair[0])[1]


def _share(case: Case, row: Row, chosen: Flags) -> _Use:
    """Return the part as a part: what counts is positive, the rest of the whole negative by the share asked."""
    size, limit, whole = case.whole_of(row, chosen)
    inside = chosen[row.places] & (row.weights > 0)
    return _Use("share", limit, float(size[inside].sum()) / whole if whole else np.nan)


def _amount(row: Row, chosen: Flags) -> _Use:
    limit = row.high if np.isfinite(row.high) else row.low
    return _Use(row.measure, float(limit), float(row.counted(chosen).sum()))


def refusals(case: Case) -> tuple[Refusal, ...]:
    """Return the applications that are not eligible, or need a document: one for each rule that says so."""
    a, scenario = case.call.applications, case.scenario
    found = []
    for judgement in case.judgements:
        if judgement.status is Status.ELIGIBLE:
            continue
        row = judgement.application
        firm = int(a.firm[row])
        for finding in judgement.findings:
            if finding.rule not in judgement.cited:
                continue
            found.append(
                Refusal(
                    application=str(a.id[row]),
                    firm=str(scenario.firms.id[firm]),
                    firm_name=LocalText(ko=str(scenario.firms.name_ko[firm]), en=str(scenario.firms.name_en[firm])),
                    document=judgement.status is Status.NEEDS_DOCUMENT,
                    rule=finding.rule,
                    clause=finding.clause,
                    source=finding.source,
                    found=finding.found,
                    required=finding.required,
                    places=(Place("applications", row + _HEADER), Place("firms", firm + _HEADER)),
                )
            )
    return tuple(found)


def _turned_down(case: Case) -> dict[str, int]:
    counts: dict[str, int] = {}
    for judgement in case.judgements:
        if judgement.status is not Status.ELIGIBLE:
            for rule in {finding.rule for finding in judgement.findings} & set(judgement.cited):
                counts[rule] = counts.get(rule, 0) + 1
    return counts
