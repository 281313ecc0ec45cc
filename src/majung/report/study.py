"""The page of a study of many plausible worlds: a finding, its evidence, how it was done, its identity."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from majung.messages import Lang, text
from majung.report.drawing import at_both_widths, write_page
from majung.report.figures.panels import Specification
from majung.report.page.cells import Block

if TYPE_CHECKING:
    from majung.ensemble import Progress

__all__ = ["Chart", "Item", "Pairs", "Section", "Study", "write_study"]

Pairs: TypeAlias = Sequence[tuple[str, str]]
Chart: TypeAlias = Callable[[int], Specification | None]
"""Given its width in pixels; None where there is nothing to show."""


class Item(NamedTuple):
    """A piece of a section.

    Parameters
    ----------
    kind : str
        What `value` is: words for ``finding``, ``text`` and ``notice``, a sequence of words for a ``list``, the name of
        a ``figure``, a `Block` for a ``table``, names with words for ``pairs``.
    value
    folded : str
        What it is folded behind; empty where it is in sight.
    """

    kind: Literal["finding", "text", "notice", "list", "figure", "table", "pairs"]
    value: str | Sequence[str] | Block | Pairs
    folded: str = ""


class Section(NamedTuple):
    """A section of the page.

    Parameters
    ----------
    key : str
        What links lead to.
    topic : str
    items : sequence of Item
    """

    key: str
    topic: str
    items: Sequence[Item]


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """What the page says.

    Parameters
    ----------
    kind : str
        ``claims``, ``explore`` or ``search``, for the look of what leads.
    title, over : str
        Of what it is, and the line above the finding.
    headline : str
        The finding.
    support : sequence of str
        What bears it out, in sentences.
    lead : sequence of Item
        What belongs on the first screen.
    real, reconstructed : str
        Of the scenario's numbers; empty where it does not say.
    facts : sequence of pairs
    sections : sequence of Section
    terms : sequence of pairs
        Words and what they mean.
    fit, unfit : sequence of str
        What it is for, and what it is not for.
    identity : sequence of pairs
    run_id : str
    """

    kind: Literal["claims", "explore", "search"]
    title: str
    over: str
    headline: str
    support: Sequence[str]
    lead: Sequence[Item]
    real: str
    reconstructed: str
    facts: Pairs
    sections: Sequence[Section]
    terms: Pairs
    fit: Sequence[str]
    unfit: Sequence[str]
    identity: Pairs
    run_id: str


def write_study(
    target: Path,
    study: Study,
    charts: Mapping[str, Chart],
    labels: Mapping[str, str],
    lang: Lang,
    *,
    pictures: bool,
    progress: Callable[[Progress], None] | None,
) -> None:
    """Draw the charts and write the page; see `majung.report.drawing.write_page`.

    Parameters
    ----------
    target : Path
    study : Study
        Its figures are names of `charts`; those with nothing to show are left out.
    charts : mapping
        By the name of their files.
    labels : mapping
        What a screen reader says of each.
    lang : {"en", "ko"}
    pictures : bool
    progress : callable or None
    """
    from majung.ensemble import Progress

    counted = None if progress is None else lambda done, total: progress(Progress(done, total))
    content: dict[str, Any] = {
        "lang": lang,
        "study": study,
        "page": lambda key: text(f"report.page.{key}", lang),
        "rerun_text": text("report.study.rerun", lang),
    }
    write_page(target, "study.html.j2", content, at_both_widths(charts), labels, pictures=pictures, counted=counted)
