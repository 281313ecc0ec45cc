"""What JSON has no form for, put in one that it has."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

__all__ = ["bounds", "nullable"]


def bounds(found: Any) -> dict[str, float]:
    """Return an interval's mean and bounds by name."""
    return {"mean": found.mean, "low": found.low, "high": found.high}


def nullable(value: Any) -> Any:
    """Return plain dicts, lists, texts and numbers; null for what is no number."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {name: nullable(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [nullable(inner) for inner in value]
    return value
