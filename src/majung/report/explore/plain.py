"""An exploration as the object that ``--json`` prints: plain dicts, lists, texts and numbers; null for no number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from majung.decision.worlds.measures import MEASURES
from majung.messages import Lang
from majung.report.factors import by_name, factor_name, rule_words
from majung.report.plain import nullable

if TYPE_CHECKING:
    from majung.decision.explore.discovery import Box
    from majung.decision.explore.result import Exploration

__all__ = ["as_json"]


def as_json(found: Exploration, lang: Lang, files: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return an exploration as plain data, money in the scenario's unit.

    Parameters
    ----------
    found : Exploration
        From `majung.explore`.
    lang : {"en", "ko"}
        The language of labels and rules.
    files : mapping, optional
        Where what was written lies, by name.
    """
    measure, known = MEASURES[found.outcome], by_name(found.factors)

    def named(parameter: str) -> dict[str, str]:
        return {"parameter": parameter, "label": factor_name(parameter, known, lang)}

    screening, shares = found.screening, found.decomposition
    plain: dict[str, Any] = nullable(
        {
            "run_id": found.run_id,
            "result_hash": found.result_hash,
            "scenario": found.scenario,
            "strategy": {
                "id": found.strategy,
                "title": found.strategy_title.text(lang) or found.strategy,
                "chosen": found.chosen,
            },
            "outcome": {"id": found.outcome, "label": measure.label.text(lang), "unit": measure.unit},
            "unit": found.unit,
            "seed": found.seed,
            "worlds": len(found.values),
            "failed": found.failed,
            "replications": found.replications,
            "quantiles": asdict(found.quantiles),
            "drivers": [named(one.parameter) | _driver(one) for one in found.drivers],
            "screening": {
                "effects": [
                    named(one.parameter) | {"mu_star": asdict(one.mu_star), "mu": one.mu, "sigma": one.sigma}
                    for one in screening.effects
                ],
                **_runs(screening),
            },
            "decomposition": None
            if shares is None
            else {
                "shares": [
                    named(one.parameter) | {"first": asdict(one.first), "total": asdict(one.total)}
                    for one in shares.shares
                ],
                **_runs(shares),
            },
            "high": [_rule(box, found, lang) for box in found.high],
            "low": [_rule(box, found, lang) for box in found.low],
            "seconds": {name: round(float(value), 3) for name, value in found.seconds.items()},
            "files": dict(files or {}),
        }
    )
    return plain


def _driver(one: Any) -> dict[str, Any]:
    names = ("index", "low", "high", "threshold", "matters")
    return {name: getattr(one, name) for name in names}


def _runs(one: Any) -> dict[str, int]:
    return {"used": one.used, "dropped": one.dropped, "failed": one.failed}


def _rule(box: Box, found: Exploration, lang: Lang) -> dict[str, Any]:
    numbers = ("coverage", "density", "mass", "base_rate", "coverage_cv", "density_cv")
    return {
        "rule": rule_words(box, found.factors, lang),
        **{name: getattr(box, name) for name in numbers},
        "limits": [{"parameter": one.name, "low": one.low, "high": one.high} for one in box.limits],
    }
