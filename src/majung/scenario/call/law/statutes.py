"""The packaged law: what holds on a day, with its clause, its source and how far it was verified."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from majung.money import Unit
from majung.parameters.model import FrozenMap
from majung.scenario.call.rules.base import Amount, Day, Frozen, Share, Status, Text

__all__ = ["Band", "Entry", "IndustryCap", "Law", "packaged_law"]


class IndustryCap(Frozen):
    """A cap on mean yearly sales, in the currency's own unit, of some industries."""

    cap: Amount
    industries: tuple[str, ...]
    source: str = ""
    status: Status | None = None


class Band(Frozen):
    """A size class: fewer staff than this, and sales or assets up to this where given."""

    size_class: Literal["micro", "small", "medium"] = Field(alias="class")
    staff: int
    sales: Amount | None = None
    assets: Amount | None = None


class Entry(Frozen):
    """What a law says from one day to another.

    Parameters
    ----------
    effective, until : date
        First and last day; always where left out.
    clause, source, status, note : str
    rule : dict
        The rule of a call that says it.
    sales, small : tuple of IndustryCap
        For small and medium firms, and for small ones.
    highest : float
        No industry's cap is above, where not every cap is known.
    assets : float
        Firms with as much are none.
    independence : bool
        Whether a firm that others control is none.
    bands : tuple of Band
        Smallest first.
    shares, bonus, bonus_for, most
        State aid as a share of a project's cost, by kind of research; what size and collaboration add, to which kinds,
        up to what.
    years : int
        How long after its founding a firm is a start-up.
    """

    effective: Day | None = None
    until: Day | None = None
    clause: str
    source: str = ""
    status: Status
    note: str = ""
    rule: dict[str, Any] = {}  # noqa: RUF012  (pydantic copies it)
    sales: tuple[IndustryCap, ...] = ()
    small: tuple[IndustryCap, ...] = ()
    highest: Amount | None = None
    assets: Amount | None = None
    assets_source: str = ""
    independence: bool = False
    bands: tuple[Band, ...] = ()
    shares: dict[str, Share] = {}  # noqa: RUF012
    bonus: dict[str, Share] = {}  # noqa: RUF012
    bonus_for: tuple[str, ...] = ()
    most: Share = 1.0
    years: int = 0


class Law(Frozen):
    """A law: its entries by date.

    Parameters
    ----------
    id : str
        The file's name.
    type : str
        size, intensity, startup, or rule where it is no more than a rule of a call.
    currency : str
        Of its amounts.
    """

    id: str
    type: Literal["size", "intensity", "startup", "rule"]
    title: Text
    currency: str = ""
    entry: Annotated[tuple[Entry, ...], BeforeValidator(tuple)]

    def at(self, day: date) -> Entry | None:
        """Return what holds on a day, or None."""
        for entry in self.entry:
            if (entry.effective is None or entry.effective <= day) and (entry.until is None or day <= entry.until):
                return entry
        return None

    def before(self, entry: Entry) -> Entry | None:
        """Return the entry that an entry replaced."""
        place = self.entry.index(entry)
        return self.entry[place - 1] if place else None

    @property
    def hash(self) -> str:
        """SHA-256 of all that it says."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


@cache
def packaged_law() -> Mapping[str, Law]:
    """Return every law of the package by id."""
    laws = {}
    for file in sorted(files("majung.scenario.call.law").iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            found = tomllib.loads(file.read_text(encoding="utf-8"))
            law = Law.model_validate(found, context={"unit": Unit(found.get("currency") or "KRW", 0)})
            if f"{law.id}.toml" != file.name:
                raise ValueError(f"{file.name}: its id is {law.id!r}")
            laws[law.id] = law
    return FrozenMap(laws)
