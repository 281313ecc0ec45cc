"""Altair charts as pictures: SVG for the page, SVG with its own font and PNG as files."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Mapping
from functools import cache
from html import escape, unescape
from importlib.resources import as_file, files
from typing import Final, TypeAlias

import altair as alt
import vl_convert
from fontTools import subset
from fontTools.ttLib import TTFont

__all__ = ["FONT", "cut_fonts", "font_faces", "to_png", "to_svg", "with_fonts"]

Fonts: TypeAlias = Mapping[int, bytes]

FONT: Final = "Pretendard"
_WEIGHTS: Final[Mapping[int, str]] = {400: "Pretendard-Regular.otf", 600: "Pretendard-SemiBold.otf"}
# ppi 144: twice the pixels of the page, for slides and print.
_PNG_SCALE: Final = 2.0
_VEGA_LITE: Final = ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])
_ALWAYS: Final = " 0123456789-–−.,%"
_TAG: Final = re.compile(r"<[^>]*>")


def to_svg(chart: alt.TopLevelMixin, *, name: str, label: str) -> str:
    """Draw a chart.

    Parameters
    ----------
    chart : altair chart
        Its text is set in `FONT`, which the page or `with_fonts` brings.
    name : str
        Prefix of the ids inside, so that many pictures can share a page.
    label : str
        What a screen reader says.
    """
    _register_fonts()
    # A test validates every chart; here it would double the time.
    svg = vl_convert.vegalite_to_svg(chart.to_dict(validate=False), vl_version=_VEGA_LITE)
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', svg)
    svg = re.sub(r'(url\(#|href="#)', rf"\1{name}-", svg)
    described = f'<svg role="img" aria-label="{escape(label)}" '
    return svg.replace("<svg ", described, 1).replace('class="marks" ', "", 1)


def to_png(svg: str) -> bytes:
    """Turn a picture of `to_svg` into pixels."""
    _register_fonts()
    return vl_convert.svg_to_png(svg, scale=_PNG_SCALE)


def cut_fonts(characters: str) -> Fonts:
    """Cut the report's font down to some characters, by weight."""
    return {weight: _cut(_font_bytes(file), characters) for weight, file in _WEIGHTS.items()}


def font_faces(fonts: Fonts, characters: str) -> str:
    """Return CSS that holds the characters of `fonts` that are used.

    Parameters
    ----------
    fonts : mapping
        From `cut_fonts`.
    """
    return "".join(
        f'@font-face{{font-family:"{FONT}";font-weight:{weight};font-display:swap;'
        f'src:url(data:font/woff;base64,{_base64(_cut(font, characters, flavor="woff"))}) format("woff")}}'
        for weight, font in fonts.items()
    )


def with_fonts(svg: str, fonts: Fonts) -> str:
    """Return a picture that brings the letters it uses, so that it looks alike everywhere."""
    return svg.replace(">", f"><style>{font_faces(fonts, unescape(_TAG.sub('', svg)))}</style>", 1)


def _cut(font: bytes, characters: str, flavor: str | None = None) -> bytes:
    options = subset.Options(
        flavor=flavor, hinting=False, desubroutinize=True, layout_features=["kern", "tnum"], notdef_outline=True
    )
    # The same letters are the same bytes.
    with TTFont(io.BytesIO(font), lazy=True, recalcTimestamp=False, recalcBBoxes=False) as opened, io.BytesIO() as cut:
        cutter = subset.Subsetter(options)
        cutter.populate(text="".join(sorted(set(characters) | set(_ALWAYS))))
        cutter.subset(opened)
        subset.save_font(opened, cut, options)
        return cut.getvalue()


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


@cache
def _font_bytes(file: str) -> bytes:
    return files("majung.report").joinpath("fonts", file).read_bytes()


@cache
def _register_fonts() -> None:
    with as_file(files("majung.report").joinpath("fonts")) as folder:
        vl_convert.register_font_directory(str(folder))
