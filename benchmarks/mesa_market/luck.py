"""The draws of docs/model.md, one at a time, in Python's integers."""

from __future__ import annotations

from statistics import NormalDist

__all__ = ["DEMAND", "ENTRY", "ENTRY_QUALITY", "EVALUATION", "FUNDING", "INNOVATION", "TIE", "Luck"]

INNOVATION, EVALUATION, TIE, DEMAND, FUNDING, ENTRY, ENTRY_QUALITY = range(7)
_ALL = 2**64 - 1
_GOLDEN = 0x9E3779B97F4A7C15
_STANDARD = NormalDist()


def _mix(z: int) -> int:
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _ALL
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _ALL
    return z ^ (z >> 31)


def _uniform(bits: int) -> float:
    return ((bits >> 12) + 0.5) * 2.0**-52


class Luck:
    """The luck of one replication."""

    def __init__(self, seed: int, replication: int) -> None:
        self.key = _mix((_mix((seed + _GOLDEN) & _ALL) + replication * _GOLDEN) & _ALL)

    def uniform(self, entity: int, period: int, purpose: int) -> float:
        """Draw from (0, 1)."""
        event = _mix((entity + (16 * period + purpose + 1) * _GOLDEN) & _ALL)
        return _uniform(_mix((self.key + event) & _ALL))

    def normal(self, entity: int, period: int, purpose: int) -> float:
        """Draw a standard normal number."""
        return _STANDARD.inv_cdf(self.uniform(entity, period, purpose))

    @staticmethod
    def tie(entity: int) -> float:
        """Draw what breaks ties: the same in every period and replication."""
        return _uniform(_mix(_mix((entity + (TIE + 1) * _GOLDEN) & _ALL)))
