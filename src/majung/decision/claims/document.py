"""Majung's own claims, and what claims may be about, as Markdown: the reference is made of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from majung.decision.claims.reading import read_claims
from majung.decision.worlds.measures import MEASURES

if TYPE_CHECKING:
    from majung.decision.claims.model import Claim
    from majung.scenario import Scenario

__all__ = ["claims_listed", "outcomes_listed"]


def claims_listed(scenario: Scenario) -> str:
    """Return each of majung's own claims, as it is put to a scenario."""
    return "\n".join(line for claim in read_claims(scenario).claims for line in _listed(claim))


def outcomes_listed() -> str:
    """Return a table of all outcomes."""
    rows = [
        f"| `{measure.name}` | {measure.unit} | {measure.label.en} | {measure.label.ko} |"
        for measure in MEASURES.values()
    ]
    return "\n".join(["| outcome | unit | meaning | 뜻 |", "|---|---|---|---|", *rows])


def _listed(claim: Claim) -> Iterator[str]:
    yield from (f"## {claim.id}", "", f"{claim.sentence.en} {claim.question.en}", "")
    yield from (f"{claim.sentence.ko} {claim.question.ko}", "")
    yield f"- Effect: `{claim.effect}` ({claim.unit.en}); `{claim.outcome}` where no other outcome is named."
    needed = "at least" if claim.sign > 0 else "at most minus"
    yield f"- Holds in a world whose effect is {needed} {claim.smallest:g} ({claim.source})."
    if claim.where is not None:
        yield f"- Asked in worlds where `{claim.where}`."
    for name, arm in claim.arms.items():
        setting = f" in the setting `{arm.setting.id}`" if arm.setting.id else ""
        yield f"- `{name}`: {claim.title(name)} (`{arm.strategy.id}`){setting}."
    if claim.note.en:
        yield from ("", claim.note.en)
    yield ""
