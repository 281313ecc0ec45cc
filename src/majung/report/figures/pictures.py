"""Charts as pictures: SVG for the page, SVG with its own font and PNG as files."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html import escape, unescape
from typing import Any, Final

import vl_convert

from majung.report.figures.fonts import FONT

__all__ = ["letters", "to_png", "to_svg", "with_faces", "words"]

# ppi 144: twice the pixels of the page, for slides and print.
_PNG_SCALE: Final = 2.0
_TAG: Final = re.compile(r"<[^>]*>")
_CLIP: Final = re.compile(r"(?<=[\"#])clip[0-9]+(?=[\")])")


def letters(specification: Mapping[str, Any]) -> str:
    """Return all letters that a chart may show."""
    return json.dumps(specification, ensure_ascii=False)


def to_svg(specification: Mapping[str, Any], family: str, *, name: str, label: str) -> str:
    """Draw a chart.

    Parameters
    ----------
    specification : mapping
        Of Vega-Lite.
    family : str
        From `majung.report.figures.fonts.lend`, with the letters of the chart. The picture asks for `FONT` instead,
        which looks alike and which the page or `with_faces` brings.
    name : str
        Prefix of the ids inside, so that many pictures can share a page.
    label : str
        What a screen reader says.
    """
    config = {**specification.get("config", {}), "font": family}
    svg = _renumbered(vl_convert.vegalite_to_svg({**specification, "config": config}))
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', svg)
    svg = re.sub(r'(url\(#|href="#)', rf"\1{name}-", svg)
    described = f'<svg role="img" aria-label="{escape(label)}" '
    svg = svg.replace("<svg ", described, 1).replace('class="marks" ', "", 1)
    return svg.replace(f'font-family="{family}"', f'font-family="{FONT}"')


def _renumbered(svg: str) -> str:
    """Count what cuts marks off from 0 in each picture; the library counts on through all that a process draws."""
    numbers: dict[str, str] = {}
    return _CLIP.sub(lambda found: numbers.setdefault(found[0], f"clip{len(numbers)}"), svg)


def to_png(svg: str, family: str) -> bytes:
    """Turn a picture of `to_svg` into pixels, with the font with which it was drawn."""
    return vl_convert.svg_to_png(svg.replace(f'font-family="{FONT}"', f'font-family="{family}"'), scale=_PNG_SCALE)


def words(svg: str) -> str:
    """Return what a picture says."""
    return unescape(_TAG.sub("", svg))


def with_faces(svg: str, faces: str) -> str:
    """Return a picture that brings its letters, so that it looks alike everywhere.

    Parameters
    ----------
    faces : str
        From `majung.report.figures.fonts.font_faces`.
    """
    return svg.replace(">", f"><style>{faces}</style>", 1)
