"""An allocation as the object that ``--json`` prints: plain dicts, lists, texts and numbers; null for no number."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from majung.messages import Lang
from majung.report.awards.words import said
from majung.report.plain import bounds, nullable

if TYPE_CHECKING:
    from majung.decision.awards.result import Allocation, Drivers, NearMiss, Place, Practice, Refusal, RuleUse

__all__ = ["as_json"]

_SHARES = ("growth", "quality", "reputation", "need", "focus", "traction", "opening", "crowding_out")
_INTERVALS = ("own", "others", "paid", "survival")


def as_json(allocation: Allocation, lang: Lang, files: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return an allocation as plain data, amounts in the scenario's unit.

    Parameters
    ----------
    allocation : Allocation
        From `majung.allocate`.
    lang : {"en", "ko"}
        The language of reasons and names.
    files : mapping, optional
        Where what was written lies, by name.
    """
    found: dict[str, Any] = {
        "run_id": allocation.run_id,
        "majung_version": version("majung"),
        "result_hash": allocation.result_hash,
        "scenario": {"id": allocation.scenario, "title": allocation.scenario_title.text(lang)},
        "call": {"id": allocation.call, "title": allocation.title.text(lang), "day": allocation.day.isoformat()},
        "unit": allocation.unit,
        "objective": allocation.objective,
        "discount": allocation.discount,
        "seed": allocation.seed,
        "quarters": allocation.horizon,
        "applications": allocation.applications,
        "eligible": allocation.eligible,
        "documents": allocation.documents,
        "options": allocation.options,
        "budget": allocation.budget,
        "spent": allocation.spent,
        "awards": [
            _considered(one, lang) | {"asked": one.asked, "reason": said(one.reason, lang), "rules": list(one.rules)}
            for one in allocation.awards
        ],
        "near_misses": [_near_miss(one, lang) for one in allocation.near_misses],
        "ineligible": [_refusal(one, lang) for one in allocation.ineligible],
        "rules": [_rule(one, lang) for one in allocation.rules],
        "portfolio_value": bounds(allocation.portfolio_value),
        "single_values": allocation.single_values,
        "gap": {"mean": allocation.gap.mean, "high": allocation.gap.high},
        "cvar": allocation.cvar,
        "loss": allocation.loss,
        "practices": [_practice(one, lang) for one in allocation.practices],
        "noise": {
            "evaluators": allocation.noise.evaluators,
            "deviation": allocation.noise.deviation,
            "reliability": allocation.noise.reliability,
            "overlap": allocation.noise.overlap,
            "value": bounds(allocation.noise.value),
        },
        "swaps": allocation.swaps,
        "tried": allocation.tried,
        "worlds": dict(allocation.worlds),
        "seconds": {name: round(float(value), 3) for name, value in allocation.seconds.items()},
        "files": dict(files or {}),
    }
    plain: dict[str, Any] = nullable(found)
    return plain


def _considered(one: Any, lang: Lang) -> dict[str, Any]:
    return {
        "application": one.application,
        "firm": one.firm,
        "firm_name": one.firm_name.text(lang),
        "line": one.line,
        "technology": one.technology,
        "instrument": one.instrument,
        "amount": one.amount,
        "quarter": one.quarter,
        "size_class": one.size_class,
        "region": one.region,
        "purpose": one.purpose,
        "score": one.score,
        "rank": one.rank,
        "value": bounds(one.value),
        "worlds": one.worlds,
        "drivers": _drivers(one.drivers),
        "places": _places(one.places),
    }


def _near_miss(one: NearMiss, lang: Lang) -> dict[str, Any]:
    own = {"short": one.short, "extra": one.extra, "change": said(one.change, lang), "rules": list(one.rules)}
    return _considered(one, lang) | own


def _refusal(one: Refusal, lang: Lang) -> dict[str, Any]:
    return {
        "application": one.application,
        "firm": one.firm,
        "firm_name": one.firm_name.text(lang),
        "needs_document": one.document,
        "rule": one.rule,
        "clause": one.clause,
        "found": said(one.found, lang),
        "required": said(one.required, lang),
        "source": one.source,
        "places": _places(one.places),
    }


def _rule(one: RuleUse, lang: Lang) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind,
        "title": one.title.text(lang),
        "clause": one.clause,
        "source": one.source,
        "status": one.status,
        "effective": None if one.effective is None else one.effective.isoformat(),
        "in_force": one.in_force,
        "measure": one.measure,
        "limit": one.limit,
        "used": one.used,
        "binding": one.binding,
        "price": one.price,
        "refused": one.refused,
    }


def _practice(one: Practice, lang: Lang) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": said(one.title, lang),
        "awards": one.awards,
        "spent": one.spent,
        "value": bounds(one.value),
        "difference": bounds(one.difference),
        "unmet": list(one.unmet),
    }


def _drivers(found: Drivers) -> dict[str, Any]:
    shares = {name: getattr(found, name) for name in _SHARES}
    return {"takeoff": found.takeoff, **shares, **{name: bounds(getattr(found, name)) for name in _INTERVALS}}


def _places(places: tuple[Place, ...]) -> list[dict[str, Any]]:
    return [{"table": place.table, "row": place.row} for place in places]
