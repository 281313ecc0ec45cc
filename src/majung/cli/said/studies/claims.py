"""What a test of claims says to people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from majung.cli.said.studies.parts import cut, plain_table
from majung.messages import Lang, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rich.table import Table

    from majung.cli.said.speaker import Said
    from majung.decision.claims import Claims, ClaimTest
    from majung.report.claims.words import Said as Outcome
    from majung.scenario import Scenario

__all__ = ["claims_said", "claims_table"]

_WIDE: Final = 110
_SENTENCE: Final = 2
"""Lines that a sentence may take."""
_STYLES: Final[Mapping[Outcome, str]] = {"holds": "green", "mixed": "yellow", "fails": "red", "silent": "dim"}
"""A colour beside the word, for terminals that have it."""


def claims_said(claims: Claims, scenario: Scenario, lang: Lang, width: int) -> Iterator[Said]:
    """Yield what is said of a test of claims: how many hold, each of them, and how that is to be read."""
    from majung.report.claims.sentences import headline, support

    title = claims.title.text(lang) or claims.scenario
    yield text("cli.study_heading", lang, title=title, said=headline(claims, lang))
    yield claims_table(claims, lang, width=width)
    yield from support(claims, lang)


def claims_table(claims: Claims, lang: Lang, *, width: int) -> Table:
    """Return claims as a table for a terminal; a narrow one leaves out intervals and where claims turn."""
    from rich.text import Text

    from majung.report.claims import words

    wide = width >= _WIDE
    # What is left beside the other columns, which is parted by sentence and turn.
    room = max(width - (74 if wide else 46), 16)
    sentence_room = room if not wide else max(room * 2 // 5, 16)
    shown = plain_table()
    for key in ("id", "sentence", "verdict", "share", "effect", *(("flips",) if wide else ())):
        number = key in ("share", "effect")
        shown.add_column(
            text(f"cli.claims.column.{key}", lang),
            justify="right" if number else "left",
            no_wrap=key in ("id", "verdict"),
            overflow="fold",
        )
    for test in claims.tests:
        cells = [
            Text(test.claim.id),
            Text(cut(test.claim.sentence.text(lang), _SENTENCE * sentence_room)),
            Text(words.verdict_words(test, lang), style=_STYLES[words.said_of(test)]),
            *(
                Text(written if not (wide and bounds) else f"{written} ({bounds})")
                for written, bounds in (words.share_bounds(test, lang), words.effect_bounds(test, claims.unit, lang))
            ),
        ]
        shown.add_row(*cells, *((Text(_turns(test, claims, lang)),) if wide else ()))
    return shown


def _turns(test: ClaimTest, claims: Claims, lang: Lang) -> str:
    """Return in words where a claim turns; empty where no rule was found."""
    from majung.report.claims.words import rule_words

    key = "cli.claims.holds_where" if test.flips_to else "cli.claims.fails_where"
    rules = (text(key, lang, rule=rule_words(box, claims.factors, lang)) for box in test.flips)
    return text("cli.claims.or", lang).join(rules)
