"""Arms in many worlds: what each strategy comes to in each, replication by replication, under the same luck."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from majung import dims
from majung.decision.steps import Step
from majung.decision.worlds.factors import varied
from majung.ensemble import BLOCK, Design, market_of
from majung.errors import InputError
from majung.evidence.takeoff import NEVER
from majung.parameters import NO_TEXT, LocalText
from majung.scenario.varying import Change, changed

if TYPE_CHECKING:
    from majung.decision.worlds.factors import Factor
    from majung.ensemble import BlockResult, Market, Session
    from majung.scenario import Scenario, Strategy

__all__ = ["COLUMNS", "Arm", "Panel", "Setting", "simulated_panel", "whole_blocks"]

Floats = NDArray[np.float64]

TAKEOFF: Final = "takeoff_quarter"
TURNOVER: Final = "leader_turnover"
COLUMNS: Final = (*(array.name for array in dims.OUTCOMES), TAKEOFF, TURNOVER)
"""What is kept of a replication: outcomes; and of the mean technology the quarter of take-off and changes of leader."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A scenario made otherwise, to ask what if.

    Parameters
    ----------
    id : str
        Empty for the scenario as it is.
    changes : tuple of (Change, float)
    longer : int
        By how many quarters, so that what begins later can be followed as long.
    title : LocalText
        For people.
    """

    id: str = ""
    changes: tuple[tuple[Change, float], ...] = ()
    longer: int = 0
    title: LocalText = NO_TEXT

    def of(self, scenario: Scenario) -> Scenario:
        """Return the scenario in the setting.

        Raises
        ------
        InputError
            When a change does not fit it.
        """
        return replace(changed(scenario, self.changes), quarters=scenario.quarters + self.longer)


class Paired(NamedTuple):
    """What A arms come to in the replications that they all finished.

    Parameters
    ----------
    values : (W, A, n, column) array
        Zero where any of them did not finish.
    finished : (W, n) array
    """

    values: Floats
    finished: NDArray[np.bool_]

    @property
    def replications(self) -> NDArray[np.int64]:
        """How many in each world, (W,)."""
        return np.asarray(self.finished.sum(axis=1))

    def means(self, *, without_one: bool = False) -> Floats:
        """Return means over the replications, (W, A, column); NaN where there are none.

        Parameters
        ----------
        without_one : bool
            Of all replications but one, for each of them: (W, n, A, column).
        """
        total, count = self.values.sum(axis=2), self.replications[:, np.newaxis, np.newaxis]
        with np.errstate(divide="ignore", invalid="ignore"):
            if not without_one:
                return np.asarray(total / count)
            others = total[:, np.newaxis] - np.moveaxis(self.values, 2, 1)
            return np.asarray(others / (count - 1)[:, np.newaxis])


class Arm(NamedTuple):
    """A strategy in a setting."""

    strategy: Strategy
    setting: Setting = Setting()

    @property
    def key(self) -> tuple[str, str]:
        """What tells arms apart: not how a strategy is called."""
        return self.strategy.hash, self.setting.id


@dataclass(frozen=True)
class Panel:
    """What A arms come to in W worlds.

    Parameters
    ----------
    values : (W, A, n, column) ndarray
        Of each replication, in the order of `COLUMNS`; NaN where it failed or was not asked for, and in all of a world
        that could not be made. A technology that never takes off counts with the number of quarters.
    arms : tuple of Arm
    digest : str
        SHA-256 of all that was simulated, in its order; several where it was simulated in several goes.
    """

    values: Floats
    arms: tuple[Arm, ...]
    digest: str

    def place(self, arm: Arm) -> int:
        """Return the row of an arm.

        Raises
        ------
        KeyError
            When it is not in the panel.
        """
        return self._places[arm.key]

    @cached_property
    def _places(self) -> dict[tuple[str, str], int]:
        return {arm.key: row for row, arm in enumerate(self.arms)}

    def finished(self, places: Sequence[int]) -> NDArray[np.bool_]:
        """Return which replications these arms all finished, (W, n): one that failed says nothing of the others."""
        return np.asarray(np.all(np.isfinite(self.values[..., _SALES][:, places]), axis=1))

    def paired(self, places: Sequence[int]) -> Paired:
        """Return what these arms come to, in this order, where they all finished."""
        finished = self.finished(places)
        return Paired(np.where(finished[:, np.newaxis, :, np.newaxis], self.values[:, places], 0.0), finished)

    def and_then(self, further: Panel) -> Panel:
        """Return the panel with further replications of the same arms in the same worlds."""
        return Panel(
            np.concatenate([self.values, further.values], axis=2), self.arms, f"{self.digest} {further.digest}"
        )

    @property
    def failed(self) -> NDArray[np.bool_]:
        """Which worlds have no replication that all arms finished, (W,)."""
        return np.asarray(~np.any(self.finished(range(len(self.arms))), axis=1))


_SALES: Final = COLUMNS.index("private_domestic_sales")


def whole_blocks(replications: int) -> int:
    """Return the least number of replications in whole blocks: fewer in the last take no less time."""
    return -(-replications // BLOCK) * BLOCK


def simulated_panel(
    scenario: Scenario,
    factors: Sequence[Factor],
    points: Floats,
    arms: Sequence[Arm],
    session: Session,
    *,
    seed: int,
    replications: int,
    first: int = 0,
    same_luck: bool = False,
    asked: NDArray[np.bool_] | None = None,
    stage: str = "worlds",
    progress: Callable[[Step], None] | None = None,
    lower: Callable[[Scenario], Callable[[Sequence[Strategy]], Market]] = market_of,
) -> Panel:
    """Simulate arms in worlds.

    Parameters
    ----------
    scenario : Scenario
    factors : sequence of d Factor
    points : (W, d) array
        The worlds.
    arms : sequence of A Arm
        Under the same luck within a world.
    session : Session
        That has begun.
    seed : int
    replications : int
        Of each arm in each world: whole blocks, see `whole_blocks`.
    first : int
        Number of the first world, which decides its luck.
    same_luck : bool
        Whether all worlds have the luck of the first, so that they differ by their factors alone; else each its own.
    asked : (W, A) array, optional
        Which arms are simulated in which world; all by default.
    stage : str
        What the work is called.
    progress : callable, optional
        Told a `Step` after each world and setting.
    lower : callable
        Makes the market of a world; a stand-in in tests.
    """
    wanted = np.ones((len(points), len(arms)), dtype=np.bool_) if asked is None else asked
    by_setting: dict[Setting, list[int]] = {}
    for row, arm in enumerate(arms):
        by_setting.setdefault(arm.setting, []).append(row)
    values = np.full((len(points), len(arms), replications, len(COLUMNS)), np.nan)
    places: deque[tuple[int, list[int]]] = deque()

    def parts() -> Iterator[tuple[Design, Market]]:
        for world, point in enumerate(points):
            luck = (first if same_luck else first + world) * replications
            for setting, those in by_setting.items():
                rows = [row for row in those if wanted[world, row]]
                if not rows:
                    continue
                try:
                    here = setting.of(varied(scenario, factors, point))
                    make = lower(here)
                except InputError:
                    # It stays masked, and is counted as failed.
                    continue
                strategies = tuple(arms[row].strategy for row in rows)
                places.append((world, rows))
                yield Design(here, strategies, seed, luck + replications, luck, detail="totals"), make(strategies)

    digest = hashlib.sha256()
    done = 0
    for design, start, blocks in session.ranges_of(parts()):
        world, rows = places[0]
        for row, block in zip(rows, blocks, strict=True):
            lanes = slice(start - design.start, start - design.start + block.replications)
            values[world, row, lanes] = _columns(block, design.scenario.quarters)
            digest.update(np.ascontiguousarray(block.digests).data)
        if start + blocks[0].replications == design.stop:
            places.popleft()
            done += len(rows)
            if progress is not None:
                progress(Step(stage, done, int(wanted.sum())))
    return Panel(values, tuple(arms), digest.hexdigest())


def _columns(block: BlockResult, quarters: int) -> Floats:
    """Return `COLUMNS` of a block's replications, (n, column)."""
    takeoff = np.where(block.takeoff == NEVER, quarters, block.takeoff).mean(axis=1)
    turnover = block.outcomes[:, COLUMNS.index("leader_changes")] / block.takeoff.shape[1]
    columns = np.column_stack([block.outcomes, takeoff, turnover])
    columns[~block.finite] = np.nan
    return columns
