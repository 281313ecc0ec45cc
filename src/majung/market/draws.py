"""Counter-based draws: every draw is a pure function of (seed, replication, period, entity, purpose).

So strategies share luck (common random numbers), adding a firm changes nobody else's luck, and results do not depend on
threads or order. The generator is SplitMix64's output function (Steele, Lea & Flood 2014) of a sum of two hashed keys:
the luck of the replication and the event.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from majung.market.engine.compile import equation
from majung.market.engine.vectormath import bits_float, normal_quantile

INNOVATION, EVALUATION, TIE, DEMAND, FUNDING, ENTRY, ENTRY_QUALITY = range(7)
"""Purposes of a draw."""

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S12 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(12)
_ONE_BITS = np.uint64(0x3FF0000000000000)
_HALF_STEP = 2.0**-53


@equation
def mix(z: np.uint64) -> np.uint64:
    """SplitMix64's output function: a bijection of 64-bit numbers."""
    z = (z ^ (z >> _S30)) * _MIX_1
    z = (z ^ (z >> _S27)) * _MIX_2
    return z ^ (z >> _S31)


@equation
def luck(seed: np.uint64, replication: np.uint64) -> np.uint64:
    """Key of one replication."""
    return mix(mix(np.uint64(seed) + _GOLDEN) + np.uint64(replication) * _GOLDEN)


@equation
def event(entity: np.uint64, period: int, purpose: int) -> np.uint64:
    """Key of what may happen to an entity in a period."""
    return mix(entity + np.uint64(16 * period + purpose + 1) * _GOLDEN)


@equation
def bits_uniform(bits: np.uint64) -> float:
    """Uniform number in (0, 1) from the 52 upper bits."""
    return bits_float(np.int64((bits >> _S12) | _ONE_BITS)) - 1.0 + _HALF_STEP


@equation
def uniform(luck: np.uint64, event: np.uint64) -> float:
    """Uniform draw in (0, 1)."""
    return bits_uniform(mix(luck + event))


@equation
def normal(luck: np.uint64, event: np.uint64) -> float:
    """Return a standard normal draw."""
    return normal_quantile(uniform(luck, event))


def entity_key(kind: str, identity: str) -> int:
    """64-bit key of an entity: the same wherever it stands in a table.

    Parameters
    ----------
    kind
        "firm", "line" or "segment".
    identity
        Its id.
    """
    return int.from_bytes(hashlib.blake2b(f"{kind}:{identity}".encode()).digest()[:8], "little")


def entity_keys(kind: str, identities: NDArray[np.object_]) -> NDArray[np.uint64]:
    """Keys of many entities, (n,) uint64."""
    return np.array([entity_key(kind, str(identity)) for identity in identities], dtype=np.uint64)
