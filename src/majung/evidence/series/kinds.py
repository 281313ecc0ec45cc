"""What kind of figures a series has, and what its unit says of that."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final, Literal, TypeAlias, get_args

from majung.errors import Problem, nearest, not_a_choice
from majung.messages import Phrase
from majung.tables.headers import folded

__all__ = ["KINDS", "KIND_WORDS", "UNIT_MARKETS", "Kind", "Scale", "guessed_kind", "kind_named", "no_kind", "scale_of"]

Kind: TypeAlias = Literal["per_period", "cumulative", "level", "rate"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
Scale: TypeAlias = Literal["percent", "share", "per_hundred"]

KIND_WORDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        **{"perperiod": "per_period", "flow": "per_period", "sales": "per_period", "기간별": "per_period"},
        **{"판매": "per_period", "판매량": "per_period", "유량": "per_period", "신규": "per_period"},
        **{"cumulative": "cumulative", "cum": "cumulative", "cumulated": "cumulative", "누적": "cumulative"},
        **{"누계": "cumulative", "level": "level", "stock": "level", "inuse": "level", "share": "level"},
        **{
            "rate": "rate",
            "annualised": "rate",
            "annualized": "rate",
            "runrate": "rate",
            "연환산": "rate",
            "속도": "rate",
        },
        **{"수준": "level", "보급": "level", "보유": "level", "저량": "level", "보급률": "level"},
    }
)
"""Spellings of the kinds, folded as headers are."""

UNIT_MARKETS: Final[Mapping[Scale, float | None]] = MappingProxyType(
    {"percent": 100.0, "share": 1.0, "per_hundred": None}
)
"""The whole of a scale; unknown for subscriptions, of which there can be more than 100 for 100 people."""

_PERCENT: Final = re.compile(r"%|\bper ?cent|퍼센트|프로\b")
_PER_HUNDRED: Final = re.compile(
    r"\bper[ -]100(?![0-9,.])(?! ?[kmg]?wh?\b| ?k[gm]\b)|\bper hundred|(?<![0-9,.])100\s*[명인가]\w*\s?당"
)
_SHARE: Final = re.compile(r"\b(share|fraction|proportion)\b|비율|비중")
_RATE: Final = re.compile(r"\b(a|per) year\b|/ ?(yr|year)\b|\bannuali[sz]ed\b|\brun[- ]?rate\b|연환산|/ ?년")
_IN_USE: Final = re.compile(
    r"\b(shares?|penetration|diffusion|ownership|installed base|in use|percent)\b"
    r"|%|보급|이용률|점유율|비율|비중"
)
_FILE_IN_USE: Final = re.compile(r"\b(share of|sales share|penetration|percent)\b|%|보급률|이용률|점유율")
_CUMULATIVE: Final = re.compile(r"\b(cumulative|cumulated|to date)\b|누적|누계")


def scale_of(unit: str) -> Scale | None:
    """Return the scale of a unit of which the whole is known or nearly so, None of other units."""
    plain = unit.casefold()
    if _PERCENT.search(plain):
        return "percent"
    if _PER_HUNDRED.search(plain):
        return "per_hundred"
    return "share" if _SHARE.search(plain) else None


def guessed_kind(unit: str, clues: tuple[str, ...], file_clue: str = "") -> tuple[Kind, Phrase]:
    """Guess the kind of a series that does not give it.

    Parameters
    ----------
    unit : str
        As written; empty where none is given.
    clues : tuple of str
        Names that may tell, such as the header of the values.
    file_clue : str
        The file's name: only a plain word in it counts.

    Returns
    -------
    kind : str
    note : Phrase
        What the guess goes by.
    """
    if _RATE.search(unit.casefold()):
        return "rate", Phrase("evidence.series.kind_rate", unit=unit)
    if scale_of(unit) is not None:
        return "level", Phrase("evidence.series.kind_by_unit", unit=unit)
    for clue in (unit, *clues):
        plain = _spaced(clue)
        if _CUMULATIVE.search(plain):
            return "cumulative", Phrase("evidence.series.kind_cumulative_by_name", clue=clue)
        if _IN_USE.search(plain) or _PER_HUNDRED.search(plain):
            return "level", Phrase("evidence.series.kind_by_name", clue=clue)
    plain = _spaced(file_clue)
    if _FILE_IN_USE.search(plain) or _PER_HUNDRED.search(plain):
        return "level", Phrase("evidence.series.kind_by_name", clue=file_clue)
    return "per_period", Phrase("evidence.series.kind_unknown")


def kind_named(word: str) -> Kind | None:
    """Return the kind that a word names, in English or Korean, None where it names none."""
    plain = folded(word)
    return next((kind for kind in KINDS if folded(kind) == plain), KIND_WORDS.get(plain))


def no_kind(word: str) -> Problem:
    """Return the problem of a word that names no kind, with the kind whose spelling is nearest."""
    likely = nearest(word, [*KINDS, *KIND_WORDS])
    problem = not_a_choice(word, KINDS, Phrase("evidence.series.the_kind"))
    return replace(problem, suggestion=None if likely is None else kind_named(likely))


def _spaced(name: str) -> str:
    return re.sub(r"[-_\s]+", " ", name.casefold())
