"""Published facts that the examples are built from and held against: one row a fact, with its source and status."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final, TypeAlias, cast

from majung.errors import InputError, Problem, nearest
from majung.messages import Phrase
from majung.parameters.model import SOURCE_STATUSES, SourceStatus

__all__ = ["Fact", "FactSource", "FactStatus", "fact", "facts", "sources"]

FactStatus: TypeAlias = SourceStatus

_TABLES: Final = ("korea_ai", "world_ai", "public_money", "firm_dynamics")
_COLUMNS: Final = ("id", "date", "value", "unit", "source", "status", "note")


@dataclass(frozen=True, slots=True)
class FactSource:
    """Where a fact was seen.

    Parameters
    ----------
    published : date or None
        None where the page does not say.
    """

    key: str
    published: date | None
    title: str
    publisher: str
    url: str
    retrieved: date
    licence: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One published number.

    Parameters
    ----------
    date : str
        What the number is of: a year, a month or a day, as ISO writes them.
    status : str
        READ (seen at the address), READ-2nd (a secondary page reports it), DERIVED or MEMORY (recalled, not checked).
    """

    id: str
    date: str
    value: float
    unit: str
    source: FactSource
    status: FactStatus
    note: str


def fact(name: str) -> Fact:
    """Return one fact.

    Parameters
    ----------
    name : str
        Its id, such as ``kr-ai-sales-2023``.

    Raises
    ------
    InputError
        There is no such fact; the message has the nearest id.
    """
    known = facts()
    if name not in known:
        problem = Problem(
            key="problem.unknown_name",
            found=name,
            expected=Phrase("evidence.fact"),
            suggestion=nearest(name, known),
        )
        raise InputError([problem])
    return known[name]


@cache
def facts() -> Mapping[str, Fact]:
    """Return all facts by id, in the order of the tables."""
    known: dict[str, Fact] = {}
    for table in _TABLES:
        for row in _rows(table):
            if tuple(row) != _COLUMNS or row["id"] in known or row["status"] not in SOURCE_STATUSES:
                raise ValueError(f"{table}.csv: {row}")
            known[row["id"]] = Fact(
                id=row["id"],
                date=row["date"],
                value=float(row["value"]),
                unit=row["unit"],
                source=sources()[row["source"]],
                status=cast(FactStatus, row["status"]),
                note=row["note"],
            )
    return MappingProxyType(known)


@cache
def sources() -> Mapping[str, FactSource]:
    """Return the sources of the facts by key."""
    known = {
        row["source"]: FactSource(
            key=row["source"],
            published=date.fromisoformat(row["published"]) if row["published"] else None,
            title=row["title"],
            publisher=row["publisher"],
            url=row["url"],
            retrieved=date.fromisoformat(row["retrieved"]),
            licence=row["licence"],
        )
        for row in _rows("sources")
    }
    return MappingProxyType(known)


def _rows(table: str) -> Iterator[dict[str, str]]:
    text = (files("majung.evidence") / "data" / f"{table}.csv").read_text("utf-8")
    return csv.DictReader(text.splitlines())
