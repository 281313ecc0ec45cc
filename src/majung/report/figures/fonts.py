"""The report's font: cut down to the letters of one report, for its pages and pictures and for drawing them."""

from __future__ import annotations

import atexit
import base64
import hashlib
import io
import shutil
import string
import tempfile
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final, TypeAlias

import vl_convert
from fontTools import subset
from fontTools.ttLib import TTFont

__all__ = ["FONT", "Fonts", "cut_fonts", "font_faces", "lend"]

Fonts: TypeAlias = Mapping[int, bytes]

FONT: Final = "Pretendard"
_WEIGHTS: Final[Mapping[int, str]] = {400: "Pretendard-Regular.otf", 600: "Pretendard-SemiBold.otf"}
# What a chart may write beside its own words: numbers, their minus, what is cut off.
_ALWAYS: Final = string.ascii_letters + string.digits + string.punctuation + " \N{NO-BREAK SPACE}−–…µ"


def cut_fonts(characters: str, source: Fonts | None = None) -> Fonts:
    """Cut a font down to some characters.

    Parameters
    ----------
    characters : str
        Those to keep. What charts write by themselves is always kept of the whole font.
    source : mapping, optional
        Fonts by weight that were cut before; the whole font where there are none.

    Returns
    -------
    mapping
        OpenType fonts by weight. The same letters are the same bytes.
    """
    if source is None:
        return {weight: _cut(_whole(file), characters + _ALWAYS) for weight, file in _WEIGHTS.items()}
    return {weight: _cut(font, characters) for weight, font in source.items()}


def font_faces(fonts: Fonts) -> str:
    """Return CSS that holds fonts."""
    return "".join(
        f'@font-face{{font-family:"{FONT}";font-weight:{weight};font-display:swap;'
        f'src:url(data:font/woff;base64,{base64.b64encode(_woff(font)).decode("ascii")}) format("woff")}}'
        for weight, font in fonts.items()
    )


def lend(fonts: Fonts) -> str:
    """Give the drawing library fonts that were cut, and return the family to ask it for.

    It reads a font again for every text that it measures: a small one more than halves the time of drawing.
    """
    return _lend(tuple(sorted(fonts.items())))


@cache
def _lend(fonts: tuple[tuple[int, bytes], ...]) -> str:
    # A family of its own for each set of letters: the library has no way to take fonts back.
    family = "majung" + hashlib.sha256(b"".join(font for _, font in fonts)).hexdigest()[:16]
    folder = _folder() / family
    folder.mkdir()
    for weight, content in fonts:
        with TTFont(io.BytesIO(content), recalcTimestamp=False, recalcBBoxes=False) as font:
            for name in (1, 16):
                font["name"].setName(family, name, 3, 1, 0x409)
            font.save(folder / f"{weight}.otf")
    vl_convert.register_font_directory(str(folder))
    return family


@cache
def _folder() -> Path:
    """Return a folder that lasts as long as the process: the library reads its fonts when it draws."""
    folder = tempfile.mkdtemp(prefix="majung-fonts-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _cut(font: bytes, characters: str) -> bytes:
    options = subset.Options(hinting=False, desubroutinize=True, layout_features=["kern", "tnum"], notdef_outline=True)
    # fontTools would walk through the whole font to learn which names are used.
    options.no_subset_tables = [*options.no_subset_tables, "name"]
    with TTFont(io.BytesIO(font), lazy=True, recalcTimestamp=False, recalcBBoxes=False) as opened, io.BytesIO() as cut:
        cutter = subset.Subsetter(options)
        cutter.populate(text="".join(sorted(set(characters))))
        cutter.subset(opened)
        opened["name"].names = [name for name in opened["name"].names if name.nameID <= 6 and name.platformID == 3]
        subset.save_font(opened, cut, options)
        return cut.getvalue()


def _woff(font: bytes) -> bytes:
    with TTFont(io.BytesIO(font), recalcTimestamp=False, recalcBBoxes=False) as opened, io.BytesIO() as packed:
        opened.flavor = "woff"
        opened.save(packed)
        return packed.getvalue()


@cache
def _whole(file: str) -> bytes:
    return files("majung.report").joinpath("fonts", file).read_bytes()
