"""claims.xlsx and the same tables as csv."""

from __future__ import annotations

import io
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from openpyxl import Workbook

from majung.messages import Lang, text
from majung.report.claims.document import identity
from majung.report.claims.sentences import headline
from majung.report.claims.words import rule_words, said_of
from majung.report.drawing import write_whole
from majung.report.factors import by_name, factor_name
from majung.report.sheets import Cells, Column, Kind, Sheet, about_sheet, fill_sheet, write_tables
from majung.report.spreadsheets import undated

if TYPE_CHECKING:
    from majung.decision.claims.result import Claims
    from majung.scenario import Scenario

__all__ = ["WORKBOOK", "write_claims"]

WORKBOOK: Final = "claims.xlsx"

_CLAIMS: Final[tuple[tuple[str, Kind], ...]] = (
    ("claim", "text"), ("sentence", "long"), ("verdict", "text"), ("share", "number"), ("share_low", "number"),
    ("share_high", "number"), ("effect_mean", "number"), ("effect_low", "number"), ("effect_high", "number"),
    ("effect_median", "number"), ("effect_p05", "number"), ("effect_p95", "number"), ("effect_central", "number"),
    ("unit", "text"), ("direction", "text"), ("smallest", "number"), ("answered", "count"), ("outside", "count"),
    ("undefined", "count"), ("failed", "count"), ("sure_for", "count"), ("sure_against", "count"), ("noise", "number"),
    ("outcome", "text"), ("formula", "text"), ("where", "text"), ("question", "long"), ("note", "long"),
    ("source", "text"),
)  # fmt: skip
_FLIPS: Final[tuple[tuple[str, Kind], ...]] = (
    ("claim", "text"), ("number", "count"), ("flips_to", "text"), ("rule", "long"), ("parameter", "text"),
    ("label", "text"), ("low", "number"), ("high", "number"), ("coverage", "number"), ("density", "number"),
    ("mass", "number"), ("base_rate", "number"), ("coverage_cv", "number"), ("density_cv", "number"),
)  # fmt: skip
_DRIVERS: Final[tuple[tuple[str, Kind], ...]] = (
    ("claim", "text"), ("parameter", "text"), ("label", "text"), ("index", "number"), ("low", "number"),
    ("high", "number"), ("threshold", "number"), ("matters", "count"),
)  # fmt: skip
_WORLDS: Final[tuple[tuple[str, Kind], ...]] = (
    ("world", "count"), ("claim", "text"), ("effect", "number"), ("error", "number"), ("holds", "count"),
)  # fmt: skip


def write_claims(
    claims: Claims, folder: str | os.PathLike[str], lang: Lang = "en", scenario: Scenario | None = None
) -> dict[str, Path]:
    """Write a test of claims as a workbook and as csv files.

    Shares are between 0 and 1, effects in the claim's unit (money in the scenario's), factors in their own units. A
    world that does not answer has empty cells. The same test is the same bytes.

    Parameters
    ----------
    claims : Claims
        From `majung.claims`.
    folder : path
        Gets ``claims.xlsx``, and the csv files in ``tables``. It is made where it is not there.
    lang : {"en", "ko"}
        The language of headers, sentences and rules. Columns of csv files are named alike in both.
    scenario : Scenario, optional
        Says in the workbook what is real and what is not.

    Returns
    -------
    dict
        The csv files by the name of their table (``claims``, ``flips``, ``drivers``, ``worlds``, ``points``), and the
        workbook as ``xlsx``. Each file is either whole or not there.
    """
    found = [
        _sheet("claims", _CLAIMS, _claims(claims, lang)),
        _sheet("flips", _FLIPS, _flips(claims, lang)),
        _sheet("drivers", _DRIVERS, _drivers(claims, lang)),
        _sheet("worlds", _WORLDS, _worlds(claims)),
    ]
    files = write_tables([*found, _points(claims)], Path(folder))
    files["xlsx"] = Path(folder) / WORKBOOK
    write_whole(files["xlsx"], _workbook(claims, found, lang, scenario))
    return files


def _sheet(name: str, columns: Sequence[tuple[str, Kind]], rows: list[Cells]) -> Sheet:
    return Sheet(name, tuple(Column(column, kind) for column, kind in columns), rows)


def _claims(claims: Claims, lang: Lang) -> list[Cells]:
    rows: list[Cells] = []
    for test in claims.tests:
        claim, effect, counts = test.claim, test.effect, test.counts
        numbers = (
            test.share, test.share_low, test.share_high, effect.mean, effect.low, effect.high, effect.median,
            effect.p05, effect.p95, effect.central,
        )  # fmt: skip
        rows.append(
            [
                claim.id,
                claim.sentence.text(lang),
                text(f"report.claims.verdict.{said_of(test)}", lang),
                *map(_finite, numbers),
                claim.unit.text(lang),
                claim.direction,
                claim.smallest,
                *(counts.answered, counts.outside, counts.undefined, counts.failed),
                *(counts.sure_for, counts.sure_against),
                _finite(test.noise),
                claim.outcome,
                claim.effect.text,
                "" if claim.where is None else claim.where.text,
                claim.question.text(lang),
                claim.note.text(lang),
                claim.source,
            ]
        )
    return rows


def _flips(claims: Claims, lang: Lang) -> list[Cells]:
    """Return a row for each limit of each rule."""
    known = by_name(claims.factors)
    return [
        [
            test.claim.id,
            number,
            text(f"report.claims.verdict.{'holds' if test.flips_to else 'fails'}", lang),
            rule_words(box, claims.factors, lang),
            limit.name,
            factor_name(limit.name, known, lang),
            limit.low,
            limit.high,
            *map(_finite, (box.coverage, box.density, box.mass, box.base_rate, box.coverage_cv, box.density_cv)),
        ]
        for test in claims.tests
        for number, box in enumerate(test.flips, 1)
        for limit in box.limits
    ]


def _drivers(claims: Claims, lang: Lang) -> list[Cells]:
    known = by_name(claims.factors)
    return [
        [
            test.claim.id,
            one.parameter,
            factor_name(one.parameter, known, lang),
            *map(_finite, (one.index, one.low, one.high, one.threshold)),
            int(one.matters),
        ]
        for test in claims.tests
        for one in test.drivers
    ]


def _worlds(claims: Claims) -> list[Cells]:
    rows: list[Cells] = []
    for test in claims.tests:
        answers = test.answers
        for world, (effect, error) in enumerate(zip(test.effects.tolist(), test.errors.tolist(), strict=True)):
            holds = int(test.holds[world]) if answers[world] else None
            rows.append([world, test.claim.id, _finite(effect), _finite(error), holds])
    return rows


def _points(claims: Claims) -> Sheet:
    columns: list[tuple[str, Kind]] = [("world", "count"), *((factor.name, "number") for factor in claims.factors)]
    return _sheet("points", columns, [[world, *point] for world, point in enumerate(claims.points.tolist())])


def _workbook(claims: Claims, found: Sequence[Sheet], lang: Lang, scenario: Scenario | None) -> bytes:
    book = Workbook(write_only=True)
    book.properties.creator = "majung"
    book.properties.title = claims.title.text(lang) or claims.scenario
    for sheet in found:
        place = book.create_sheet(text(f"report.claims.sheet.name.{sheet.name}", lang))
        fill_sheet(place, sheet, [text(f"report.claims.sheet.column.{column.name}", lang) for column in sheet.columns])
    place = book.create_sheet(text("report.study.about", lang))
    about: list[Sequence[Any]] = [
        [claims.title.text(lang) or claims.scenario],
        [headline(claims, lang)],
        [],
        *(
            [
                text(f"report.claims.sheet.name.{sheet.name}", lang),
                text(f"report.claims.sheet.table.{sheet.name}", lang),
            ]
            for sheet in found
        ),
        [],
        *identity(claims, lang),
    ]
    about_sheet(place, about, lang, scenario)
    buffer = io.BytesIO()
    book.save(buffer)
    return undated(buffer.getvalue())


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
