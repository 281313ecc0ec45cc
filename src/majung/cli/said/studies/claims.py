"""What a test of claims says to people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from majung.cli.said.grid import Column, Grid, within
from majung.messages import Lang, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from majung.cli.said.speaker import Said
    from majung.decision.claims import Claims, ClaimTest
    from majung.report.claims.words import Said as Outcome
    from majung.scenario import Scenario

__all__ = ["claims_said", "claims_table"]

_SENTENCE: Final = 2
"""Lines that a sentence may take."""
_STYLES: Final[Mapping[Outcome, str]] = {"holds": "green", "mixed": "yellow", "fails": "red", "silent": "dim"}
"""A colour beside the word, for terminals that have it."""


def claims_said(claims: Claims, scenario: Scenario, lang: Lang, width: int) -> Iterator[Said]:
    """Yield what is said of a test of claims: how many hold, each of them, and how that is to be read."""
    from majung.report.claims.sentences import headline, support

    title = claims.title.text(lang) or claims.scenario
    yield text("cli.study_heading", lang, title=title, said=headline(claims, lang))
    shown = claims_table(claims, lang)
    yield shown
    if "flips" not in shown.shown(width):
        for test in claims.tests:
            if turns := _turns(test, claims, lang):
                yield text("cli.claims.turns", lang, claim=test.claim.id, turns=turns)
    yield from support(claims, lang)


def claims_table(claims: Claims, lang: Lang) -> Grid:
    """Return claims as a table for a terminal; where there is no room, without where they turn, or effects."""
    from rich.text import Text

    from majung.report.claims import words

    shown = Grid(
        [
            Column(
                key,
                text(f"cli.claims.column.{key}", lang),
                "right" if key in ("share", "effect") else "left",
                lesser,
                _SENTENCE if key == "sentence" else None,
            )
            for key, lesser in (("id", 0), ("sentence", 0), ("verdict", 0), ("share", 0), ("effect", 1), ("flips", 2))
        ]
    )
    for test in claims.tests:
        shown.add(
            test.claim.id,
            test.claim.sentence.text(lang),
            Text(words.verdict_words(test, lang), style=_STYLES[words.said_of(test)]),
            within(*words.share_bounds(test, lang)),
            within(*words.effect_bounds(test, claims.unit, lang)),
            _turns(test, claims, lang),
        )
    return shown


def _turns(test: ClaimTest, claims: Claims, lang: Lang) -> str:
    """Return in words where a claim turns; empty where no rule was found."""
    from majung.report.claims.words import rule_words, turns

    often, most = (
        ("cli.claims.holds_more_where", "cli.claims.holds_where")
        if test.flips_to
        else ("cli.claims.fails_more_where", "cli.claims.fails_where")
    )
    rules = (
        text(most if turns(box) else often, lang, rule=rule_words(box, claims.factors, lang)) for box in test.flips
    )
    return text("cli.claims.or", lang).join(rules)
