"""A test of claims as the object that ``--json`` prints: plain dicts, lists, texts and numbers; null for no number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from majung.messages import Lang
from majung.report.claims.words import rule_words
from majung.report.factors import by_name, factor_name
from majung.report.plain import nullable

if TYPE_CHECKING:
    from majung.decision.claims.result import Claims, ClaimTest

__all__ = ["as_json"]


def as_json(claims: Claims, lang: Lang, files: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return a test of claims as plain data.

    Parameters
    ----------
    claims : Claims
        From `majung.claims`.
    lang : {"en", "ko"}
        The language of sentences, units, rules and labels.
    files : mapping, optional
        Where what was written lies, by name.
    """
    found: dict[str, Any] = nullable(
        {
            "run_id": claims.run_id,
            "result_hash": claims.result_hash,
            "scenario": claims.scenario,
            "worlds": claims.worlds,
            "replications": claims.replications,
            "max_replications": claims.max_replications,
            "claims": [_claim(test, claims, lang) for test in claims.tests],
            "seconds": {name: round(float(value), 3) for name, value in claims.seconds.items()},
            "files": dict(files or {}),
        }
    )
    return found


def _claim(test: ClaimTest, claims: Claims, lang: Lang) -> dict[str, Any]:
    claim, known = test.claim, by_name(claims.factors)
    return {
        "id": claim.id,
        "sentence": claim.sentence.text(lang),
        "verdict": test.verdict.value,
        "share_of_worlds": test.share,
        "share_low": test.share_low,
        "share_high": test.share_high,
        "effect": asdict(test.effect) | {"unit": claim.unit.text(lang)},
        "smallest": claim.smallest,
        "direction": claim.direction,
        "worlds": asdict(test.counts),
        "noise": test.noise,
        "replications": test.mean_replications,
        "flips": [
            {
                "rule": rule_words(box, claims.factors, lang),
                "coverage": box.coverage,
                "density": box.density,
                "base_rate": box.base_rate,
                "density_held_out": box.density_cv,
                "limits": [{"parameter": one.name, "low": one.low, "high": one.high} for one in box.limits],
                "flips_to": "holds" if test.flips_to else "fails",
            }
            for box in test.flips
        ],
        "drivers": [
            {
                "parameter": one.parameter,
                "label": factor_name(one.parameter, known, lang),
                "index": one.index,
                "low": one.low,
                "high": one.high,
                "threshold": one.threshold,
                "matters": one.matters,
            }
            for one in test.drivers
        ],
    }
