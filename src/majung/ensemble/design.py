"""What is to be run: strategies, replications and a seed, cut into blocks.

A block is some replications of one strategy in one world. Its result is a pure function of its key, so blocks can be
run in any order, on any machine, more than once, and alone or beside other strategies; a store keeps them by it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from numbers import Integral
from typing import TYPE_CHECKING, Final, Literal

from majung.ensemble.release import release
from majung.ensemble.store import RunRecord
from majung.errors import InputError, Problem, nearest
from majung.messages import Phrase
from majung.scenario import HANDS_OFF
from majung.scenario.settings import LARGEST_SEED

if TYPE_CHECKING:
    from majung.scenario import Scenario, Strategy

__all__ = ["BASELINE", "BLOCK", "LARGEST_BLOCK", "BlockKey", "Design", "Detail", "Task", "block_size", "design"]

Detail = Literal["totals", "outcomes", "statistics", "paths"]
"""What is kept of a block: what each replication came to; with its series, and with the firms that awards name; what
statistics need instead of these firms; or each replication's path too."""

BASELINE: Final = HANDS_OFF
"""The strategy that every other is compared with."""
LARGEST_BLOCK: Final = 64
"""Every block size divides it."""
BLOCK: Final = 16
"""Replications that the kernel simulates side by side; the smallest block, and the grain of the result's hash."""
_BLOCK_STEPS: Final = 10_000_000
"""Line-steps of a block at most, where it is not the smallest: a third of a second of one core."""
_SHORT: Final = 12


@dataclass(frozen=True, slots=True)
class BlockKey:
    """All that a block's result depends on.

    Parameters
    ----------
    world, strategy : str
        Hashes of the scenario without its strategies, and of the strategy without its name.
    seed : int
    first, count : int
        The block's replications; `first` is a multiple of the design's block size.
    release : str
        Of majung, see `majung.ensemble.release`.
    detail : {"totals", "outcomes", "statistics", "paths"}
    """

    world: str
    strategy: str
    seed: int
    first: int
    count: int
    release: str
    detail: Detail = "statistics"

    @property
    def digest(self) -> str:
        """SHA-256 of the key, the block's name in a store."""
        return _digest(asdict(self))


@dataclass(frozen=True, slots=True)
class Task:
    """A block and the row of its strategy."""

    strategy: int
    key: BlockKey


@dataclass(frozen=True)
class Design:
    """Strategies x replications of one scenario under one seed; see `design`.

    Parameters
    ----------
    scenario : Scenario
    strategies : tuple of Strategy
        The baseline first.
    seed : int
    stop : int
        Replications are numbered from `start` up to but without `stop`.
    start : int
        A multiple of `block`.
    detail : {"totals", "outcomes", "statistics", "paths"}
    rule : str
        Names what decides the number of replications, where that is not given; `stop` is then their largest number.
    """

    scenario: Scenario
    strategies: tuple[Strategy, ...]
    seed: int
    stop: int
    start: int = 0
    detail: Detail = "statistics"
    rule: str = ""

    @property
    def block(self) -> int:
        """Replications of a block."""
        return block_size(len(self.scenario.lines.id), self.scenario.quarters)

    @property
    def replications(self) -> int:
        """Replications of each strategy in this part."""
        return self.stop - self.start

    @property
    def run_id(self) -> str:
        """Short hash of all that the result depends on; independent of the strategies' order and of the detail."""
        strategies = sorted((strategy.id, strategy.hash) for strategy in self.strategies)
        world, rule = self.scenario.world_hash, [self.rule] if self.rule else []
        return _digest([world, strategies, self.seed, self.start, self.stop, release(), *rule])[:_SHORT]

    @property
    def market_digest(self) -> str:
        """SHA-256 of what the lowered market depends on: the world, and the strategies in their order."""
        hashes = [strategy.hash for strategy in self.strategies]
        return _digest(["market", self.scenario.world_hash, hashes, release()])

    def tasks(self) -> Iterator[Task]:
        """Yield every block: all strategies of some replications, then of the next ones."""
        world, made_by = self.scenario.world_hash, release()
        hashes = [strategy.hash for strategy in self.strategies]
        for first in range(self.start, self.stop, self.block):
            count = min(self.block, self.stop - first)
            for row, strategy in enumerate(hashes):
                yield Task(row, BlockKey(world, strategy, self.seed, first, count, made_by, self.detail))

    def record(self, kind: str, request: Mapping[str, object]) -> RunRecord:
        """Return what a store notes of the run of this design.

        Parameters
        ----------
        kind : str
            ``run``, or another command's name.
        request : mapping
            What was asked for, as JSON, so that it can be asked for again; empty where it was asked from Python.
        """
        identity = {
            "version": version("majung"),
            "release": release(),
            "scenario_id": self.scenario.id,
            "scenario_hash": self.scenario.hash,
            "world_hash": self.scenario.world_hash,
            "parameters_hash": self.scenario.parameters.hash,
            "strategies": {strategy.id: strategy.hash for strategy in self.strategies},
            "seed": self.seed,
            "replications": self.stop,
            "rule": self.rule,
        }
        return RunRecord(
            run_id=self.run_id, kind=kind, title=self.scenario.title, request=dict(request), identity=identity
        )

    def part(self, start: int, stop: int) -> Design:
        """Return the same design for other replications."""
        return replace(self, start=start, stop=stop)


def block_size(lines: int, quarters: int) -> int:
    """Return how many replications a block has: fewer where each takes long, so that little is lost with a block."""
    size = LARGEST_BLOCK
    while size > BLOCK and size * lines * quarters > _BLOCK_STEPS:
        size //= 2
    return size


def design(
    scenario: Scenario,
    strategies: str | Sequence[str | Strategy] | None = None,
    replications: int | None = None,
    seed: int | None = None,
) -> Design:
    """Check what was asked for and return the design.

    Parameters
    ----------
    scenario : Scenario
    strategies : str or sequence of str or Strategy, optional
        Ids of the scenario's strategies, or strategies made elsewhere. The baseline is added where it is missing. All
        of the scenario's by default.
    replications, seed : int, optional
        The scenario's own by default.

    Raises
    ------
    InputError
        When a strategy is unknown, doubled or does not fit the scenario, or a number is out of bounds.
    """
    problems: list[Problem] = []
    if isinstance(strategies, str):
        strategies = (strategies,)
    declared = {strategy.id: strategy for strategy in scenario.strategies}
    chosen = []
    for wanted in declared.values() if strategies is None else strategies:
        strategy = declared.get(wanted) if isinstance(wanted, str) else wanted
        if strategy is None:
            problems.append(_unknown_strategy(str(wanted), tuple(declared)))
        elif strategy not in chosen:
            chosen.append(strategy)
    if BASELINE not in [strategy.id for strategy in chosen]:
        chosen.insert(0, declared[BASELINE])
    try:
        rows = scenario.with_strategies(chosen).strategies
    except InputError as error:
        problems.extend(error.problems)
        rows = ()
    replications = scenario.replications if replications is None else replications
    if not _is_whole(replications) or replications < 1:
        problems.append(Problem(key="ensemble.replications", found=str(replications), values={"least": 1}))
    seed = scenario.seed if seed is None else seed
    if not _is_whole(seed) or not 0 <= seed <= LARGEST_SEED:
        problems.append(Problem(key="ensemble.seed", found=str(seed), values={"largest": LARGEST_SEED}))
    if problems:
        raise InputError(problems)
    return Design(scenario, rows, seed, replications)


def _is_whole(number: object) -> bool:
    return isinstance(number, Integral) and not isinstance(number, bool)


def _unknown_strategy(found: str, known: tuple[str, ...]) -> Problem:
    return Problem(
        key="problem.unknown_name",
        found=found,
        expected=Phrase("ensemble.a_strategy", known=known),
        suggestion=nearest(found, known),
    )


def _digest(content: object) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
