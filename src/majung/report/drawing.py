"""A page with its charts: drawn, put into a template, written whole, and each chart as a picture beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, TypeAlias
from uuid import uuid4

import jinja2
from markupsafe import Markup

from majung.report.figures.fonts import Fonts, cut_fonts, font_faces, lend
from majung.report.figures.panels import Specification
from majung.report.figures.pictures import letters, to_png, to_svg, with_faces, words

__all__ = ["NARROW_WIDTH", "WIDE_WIDTH", "Counted", "at_both_widths", "write_page", "write_whole"]

Drawn: TypeAlias = Mapping[str, tuple[str, str]]
Counted: TypeAlias = Callable[[int, int], None]
"""Called with how many pictures are done, and of how many."""

WIDE_WIDTH: Final = 920
"""Pixels of a chart on a desk."""
NARROW_WIDTH: Final = 350
"""Pixels of a chart on a telephone."""


def at_both_widths(
    charts: Mapping[str, Callable[[int], Specification | None]],
) -> dict[str, tuple[Specification, Specification]]:
    """Describe each chart that has something to show, for a desk and for a telephone.

    Parameters
    ----------
    charts : mapping
        Given the width in pixels, by name.
    """
    found = {}
    for key, chart in charts.items():
        wide, narrow = (chart(width) for width in (WIDE_WIDTH, NARROW_WIDTH))
        if wide is not None and narrow is not None:
            found[key] = (wide, narrow)
    return found


def write_page(
    target: Path,
    template: str,
    content: Mapping[str, Any],
    charts: Mapping[str, tuple[Specification, Specification]],
    labels: Mapping[str, str],
    *,
    pictures: bool,
    counted: Counted | None = None,
) -> None:
    """Draw charts, write the page that holds them, and each chart as SVG and PNG into ``figures`` beside it.

    Parameters
    ----------
    target : Path
        The HTML file, which is either whole or not there. Folders on the way are made.
    template : str
        Name of a file in ``report/page``.
    content : mapping
        What the template asks for, beside ``drawn``, ``fonts`` and ``style``.
    charts : mapping
        For a desk and for a telephone, by name.
    labels : mapping
        What a screen reader says of each chart.
    pictures : bool
        Whether to write the pictures beside the page.
    """
    page = _environment().get_template(template)
    content = {**content, "style": Markup(_style())}
    # Drawing needs the letters of all charts, the page those of its words; the font is cut once for both.
    nothing: Drawn = dict.fromkeys(charts, ("", ""))
    written = page.render(content | {"drawn": nothing, "fonts": ""})
    fonts = cut_fonts(written + "".join(letters(one) for both in charts.values() for one in both))
    family = lend(fonts)
    counter = _Counter(len(charts) * (3 if pictures else 2), counted)
    drawn = _draw(charts, labels, family, counter)
    if pictures and charts:
        _write_pictures(target.parent / "figures", drawn, fonts, family, counter)
    shown = {key: tuple(map(Markup, both)) for key, both in drawn.items()}
    write_whole(target, page.render(content | {"drawn": shown, "fonts": Markup(font_faces(fonts))}).encode())


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place and then move it there, so that nobody ever reads a part of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


class _Counter:
    """Say after each picture how many are done."""

    def __init__(self, total: int, counted: Counted | None) -> None:
        self._total = total
        self._done = 0
        self._counted = counted

    def one_more(self) -> None:
        self._done += 1
        if self._counted is not None:
            self._counted(self._done, self._total)


def _draw(
    charts: Mapping[str, tuple[Specification, Specification]],
    labels: Mapping[str, str],
    family: str,
    counter: _Counter,
) -> Drawn:
    drawn = {}
    for key, both in charts.items():
        made = []
        for side, specification in zip("wn", both, strict=True):
            made.append(to_svg(specification, family, name=f"{key}-{side}", label=labels[key]))
            counter.one_more()
        drawn[key] = (made[0], made[1])
    return drawn


def _write_pictures(folder: Path, drawn: Drawn, fonts: Fonts, family: str, counter: _Counter) -> None:
    """Write the charts for a desk, the letters of them all in each."""
    faces = font_faces(cut_fonts("".join(words(wide) for wide, _ in drawn.values()), fonts))
    for key, (wide, _) in drawn.items():
        write_whole(folder / f"{key}.svg", with_faces(wide, faces).encode())
        write_whole(folder / f"{key}.png", to_png(wide, family))
        counter.one_more()


def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("majung.report", "page"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _style() -> str:
    return files("majung.report.page").joinpath("style.css").read_text(encoding="utf-8")
