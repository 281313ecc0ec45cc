"""The draws of docs/model.md, section Randomness: every number is a function of what it is drawn for."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.special import ndtri

from majung.market.world import Floats, Keys

INNOVATION, EVALUATION, TIE, DEMAND, FUNDING, ENTRY, ENTRY_QUALITY = range(7)
GOLDEN: Final = 0x9E3779B97F4A7C15


def mix(z: Keys) -> Keys:
    """SplitMix64's finaliser; arrays of 64-bit integers wrap around."""
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def luck_key(seed: int, replication: int) -> Keys:
    """Return the key of one replication, (1,)."""
    start = mix(np.array([(seed + GOLDEN) % 2**64], np.uint64))
    return mix(start + np.uint64(replication * GOLDEN % 2**64))


def event_key(entity: Keys, period: int, purpose: int) -> Keys:
    """Return the key of what can happen to each entity in a period."""
    return mix(entity + np.uint64((16 * period + purpose + 1) * GOLDEN % 2**64))


def uniform(bits: Keys) -> Floats:
    """Return numbers in (0, 1) from the upper 52 bits."""
    return ((bits >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52


def normal(bits: Keys) -> Floats:
    """Return standard normal numbers by inversion."""
    return ndtri(uniform(bits))
