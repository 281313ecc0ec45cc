"""A search as the object that ``--json`` prints: plain dicts, lists, texts and numbers; null for no number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from majung.messages import Lang
from majung.report.plain import bounds, nullable
from majung.report.search.words import contender_name, objective_name, strategy_words

if TYPE_CHECKING:
    from majung.decision.search.result import Contender, Found, Search

__all__ = ["as_json"]


def as_json(search: Search, lang: Lang, files: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return a search as plain data, money in the scenario's unit.

    Parameters
    ----------
    search : Search
        From `majung.search`.
    lang : {"en", "ko"}
        The language of names and descriptions.
    files : mapping, optional
        Where what was written lies, by name.
    """
    plain: dict[str, Any] = nullable(
        {
            "run_id": search.run_id,
            "result_hash": search.result_hash,
            "scenario": search.scenario,
            "unit": search.unit,
            "seed": search.seed,
            "objective": {"id": search.objective, "label": objective_name(search.objective, lang)},
            "objectives": list(search.objectives),
            "replications": search.replications,
            "budgets": [_found(found, search, lang) for found in search.budgets],
            "seconds": {name: round(float(value), 3) for name, value in search.seconds.items()},
            "files": dict(files or {}),
        }
    )
    return plain


def _found(found: Found, search: Search, lang: Lang) -> dict[str, Any]:
    ahead = found.differences(search.confidence)
    return {
        "budget": found.budget,
        "best": found.winner.id,
        "strategy": strategy_words(found.strategy, search.unit, lang),
        "value": bounds(found.value),
        "in_search": bounds(found.in_search),
        "gain": None if found.gain is None else bounds(found.gain),
        "choices": dict(found.choices),
        "finalists": [
            _contender(one, search, lang) | {"ahead": bounds(ahead[one.id]) if one.id in ahead else None}
            for one in found.contenders
        ],
        "trials": found.trials,
        "pruned": found.pruned,
        "looks": found.looks,
        "failed": found.failed,
        "worlds": found.worlds._asdict(),
    }


def _contender(one: Contender, search: Search, lang: Lang) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": contender_name(one, lang),
        "strategy": strategy_words(one.strategy, search.unit, lang),
        "figures": dict(one.figures),
        "own": one.own,
        "value": bounds(one.value),
        "in_search": bounds(one.in_search),
        "searched": one.searched,
        "objectives": {name: bounds(found) for name, found in one.objectives.items()},
        "risk": one.risk,
        "regret": one.regret._asdict(),
        "efficient": one.efficient,
    }
