"""The scenario: everything that decides a run, frozen."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from majung.errors import InputError, Problem
from majung.money import Quarter
from majung.parameters import NO_TEXT, LocalText, ParameterSet
from majung.scenario.call.model import Call
from majung.scenario.programmes import Frame, check_strategies, with_hands_off
from majung.scenario.settings import SourceNote
from majung.scenario.strategy import Strategy
from majung.scenario.tables.column import Table
from majung.scenario.tables.schema import Firms, Inputs, Lines, Segments, Technologies

if TYPE_CHECKING:
    from majung.scenario.varying import Uncertain

__all__ = ["Scenario", "frozen", "refilled"]

_T = TypeVar("_T", bound=Table)


@dataclass(frozen=True, kw_only=True, eq=False)
class Scenario:
    """A market at a day, and what the state could do in it.

    Tables are columns: `firms.cash` is an array with an element for each firm. A reference to another table is the
    position in it: ``firms.id[lines.firm]`` are the firms' ids by line. Arrays are read-only; amounts are in `unit`.

    Parameters
    ----------
    as_of : date
        The day whose facts and law hold.
    start : Quarter
        The first quarter.
    quarters : int
        How many are run.
    unit : str
        Of all amounts, such as ``million KRW``.
    strategies : tuple of Strategy
        Hands-off first.
    real, reconstructed : LocalText
        What of the scenario is observed, and what is not.
    warnings : tuple of Problem
        What the scenario may be run with but a reader should know.
    call : Call or None
        A call for applications in this market. It decides no run, and is no part of `hash`.
    uncertain : tuple of Uncertain
        Numbers of the tables that may be otherwise, beside the parameters. No part of `hash` either.
    """

    id: str
    title: LocalText
    description: LocalText
    as_of: date
    start: Quarter
    quarters: int
    currency: str
    unit: str
    seed: int
    replications: int
    parameters: ParameterSet
    technologies: Technologies
    inputs: Inputs
    segments: Segments
    firms: Firms
    lines: Lines
    strategies: tuple[Strategy, ...]
    sources: tuple[SourceNote, ...] = ()
    real: LocalText = NO_TEXT
    reconstructed: LocalText = NO_TEXT
    warnings: tuple[Problem, ...] = ()
    call: Call | None = None
    uncertain: tuple[Uncertain, ...] = ()

    @cached_property
    def world_hash(self) -> str:
        """SHA-256 of all that decides results but strategies, seed and number of replications.

        Values count, formatting and labels do not: the same figures from csv and xlsx, or with another title, give the
        same hash. The order of rows counts.
        """
        digest = hashlib.sha256(f"{self.start}|{self.quarters}|{self.unit}|{self.parameters.hash}".encode())
        for table in (self.technologies, self.inputs, self.segments, self.firms, self.lines):
            _feed(digest, table)
        return digest.hexdigest()

    @cached_property
    def hash(self) -> str:
        """SHA-256 of all that decides results but seed and number of replications."""
        strategies = [f"{strategy.id}|{strategy.hash}" for strategy in self.strategies]
        return hashlib.sha256("\n".join([self.world_hash, *strategies]).encode()).hexdigest()

    @property
    def quarter_labels(self) -> tuple[str, ...]:
        """The quarters' names: ``2024Q2`` and on."""
        return tuple(str(self.start + offset) for offset in range(self.quarters))

    def strategy(self, id: str) -> Strategy:
        """Return a strategy by its id.

        Raises
        ------
        KeyError
            When there is none of that id.
        """
        for strategy in self.strategies:
            if strategy.id == id:
                return strategy
        raise KeyError(id)

    def with_parameters(self, values: Mapping[str, object]) -> Scenario:
        """Return the scenario with other parameters: ``{"quality_weight": 2.2, "markup.large": 0.4}``.

        Columns of the tables that were left empty take the new values.

        Raises
        ------
        InputError
            As `ParameterSet.override`.
        """
        parameters = self.parameters.override(values)
        return replace(
            self,
            parameters=parameters,
            technologies=refilled(self.technologies, parameters),
            segments=refilled(self.segments, parameters),
        )

    def with_strategies(self, strategies: Sequence[Strategy]) -> Scenario:
        """Return the scenario with these strategies; hands-off is added where it is not among them.

        Raises
        ------
        InputError
            With everything that does not fit the scenario.
        """
        problems: list[Problem] = []
        check_strategies(strategies, self.frame, problems.append)
        if problems:
            raise InputError(problems)
        return replace(self, strategies=with_hands_off(strategies, self.unit))

    def with_run(self, *, seed: int | None = None, replications: int | None = None) -> Scenario:
        """Return the scenario with another seed or number of replications."""
        return replace(
            self,
            seed=self.seed if seed is None else seed,
            replications=self.replications if replications is None else replications,
        )

    @property
    def frame(self) -> Frame:
        """What strategies refer to."""
        return Frame.of(self.unit, self.quarters, self.technologies, self.firms, self.lines)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Scenario):
            return NotImplemented
        return (self.hash, self.seed, self.replications) == (other.hash, other.seed, other.replications)

    def __hash__(self) -> int:
        return hash(self.hash)

    def __repr__(self) -> str:
        counts = (
            f"{len(self.technologies)} technologies, {len(self.segments)} segments, {len(self.firms)} firms, "
            f"{len(self.lines)} lines, {len(self.strategies)} strategies"
        )
        if self.call is not None:
            counts += f", a call with {len(self.call.applications)} applications"
        return f"<Scenario {self.id}: {counts}, {self.quarters} quarters from {self.start}>"


def refilled(table: _T, parameters: ParameterSet) -> _T:
    """Return a table whose empty cells have the parameters' values."""
    changed: dict[str, Any] = {}
    for column, array in table.arrays():
        if column.parameter is not None and (empty := table.filled[column.attribute]).any():
            changed[column.attribute] = frozen(np.where(empty, parameters.value(column.parameter), array))
    return replace(table, **changed) if changed else table


def frozen(array: Any) -> Any:
    """Return an array after making it read-only."""
    array.setflags(write=False)
    return array


def _feed(digest: Any, table: Table) -> None:
    digest.update(f"[{table.stem} {len(table)}]".encode())
    for column, array in table.arrays():
        if column.kind == "text" or column.name == "origin":
            continue
        digest.update(f"{column.name}:".encode())
        if column.kind == "id":
            for first in range(0, len(array), 100_000):
                digest.update(b"".join(f"{len(name)}:{name}".encode() for name in array[first : first + 100_000]))
        else:
            # Minus zero is zero.
            digest.update(np.ascontiguousarray(array + 0.0, dtype="<f8").tobytes())
