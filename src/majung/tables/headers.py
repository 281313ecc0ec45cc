"""Headers of columns: compared without case, spaces and signs; units stand in brackets after the name."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["folded", "split_brackets"]

_BRACKETS = re.compile(r"(.*\S)\s*(?:\[([^\[\]]*)\]|\(([^()]*)\))")


def folded(header: str) -> str:
    """Return a header as it is compared: without case, spaces, hyphens and underscores, full-width forms folded."""
    return re.sub(r"[\s_\-]+", "", unicodedata.normalize("NFKC", header).strip().casefold())


def split_brackets(header: str) -> tuple[str, str | None]:
    """Return a header's name and what stands in the brackets that end it, None where there are none."""
    match = _BRACKETS.fullmatch(header)
    return (header, None) if match is None else (match[1], (match[2] or match[3] or "").strip())
