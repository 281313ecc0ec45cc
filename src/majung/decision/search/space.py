"""What a search may turn: the dials of a programme of a given budget, and what stays as the scenario has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, TypeAlias, get_args

import numpy as np

from majung.dims import CLASSES, CRITERIA, DOMESTIC_CLASSES, INSTRUMENTS, SMALL_CLASSES
from majung.parameters import LocalText
from majung.scenario import HANDS_OFF, Strategy
from majung.scenario.strategy import Spread

if TYPE_CHECKING:
    from majung.scenario import Scenario

__all__ = ["Dial", "Settings", "Space", "Suggests", "describe", "money_in_all", "rescaled"]

Settings: TypeAlias = Mapping[str, int | str]
"""A place for each dial by its name."""

POINTS: Final = 10
"""Parts of a whole in which shares, bonuses and weights are turned, as evaluation tables are written."""
SPREADS: Final[tuple[str, ...]] = get_args(Spread)
_YEAR: Final = 4
_LONGEST_REVIEW: Final = 2 * _YEAR
_FOREIGN: Final = CLASSES.index("foreign")


class Suggests(Protocol):
    """What a space needs of Optuna's trial."""

    def suggest_int(self, name: str, low: int, high: int, *, log: bool = False) -> int:
        """Return a whole number between two, inclusive."""

    def suggest_categorical(self, name: str, choices: tuple[str, ...]) -> Any:
        """Return one of the choices."""


class Dial(NamedTuple):
    """A whole number that can be turned, both ends inclusive; evenly in its logarithm where `log`."""

    name: str
    low: int
    high: int
    log: bool = False

    def nearest(self, value: float) -> int:
        """Return the place nearest to a value."""
        return int(np.clip(round(value), self.low, self.high))


@dataclass(frozen=True)
class Space:
    """Programmes that spend a budget.

    ==================  =========================================================================================
    dial                meaning
    ==================  =========================================================================================
    `mix.*`             points of each instrument, 0 to 10; their parts of the sum are the mix (equal where all are 0)
    `criterion.*`       points of each criterion, likewise. Weights sum to one, so that none can shout down the
                        evaluation's error by being large
    `bonus.small`       what ventures and small firms gain in score, in tenths; mid-size firms gain nothing
    `bonus.large`       what large firms gain, in tenths
    `floor`             least part of the winners that are small firms, in tenths
    `winners`           from 1 to twice the number of domestic lines, evenly in the logarithm; from that number on
                        everybody wins
    `spread`            how money is spread over the winners
    `start`             first quarter, up to the middle of the horizon
    `length`            quarters, from a year to what is left of the horizon after the start; the budget is spent
                        evenly over them
    `review`            quarters between choices, up to two years
    ==================  =========================================================================================

    The evaluation's error and the least quality of orders are facts of the world, and no decision: they are the largest
    of the scenario's own programmes. So are the terms of matching, of the first of them that matches. All domestic
    firms and technologies may win.

    Parameters
    ----------
    budget : float
        In all, in `unit`.
    unit : str
    horizon : int
        Quarters of the scenario.
    lines : int
        Of domestic firms at the start.
    noise, min_quality, match_rate : float
    matching_window : int
        See `majung.scenario.Strategy`.
    own : tuple of Strategy
        The scenario's own programmes with this budget, exactly as they are otherwise.
    """

    budget: float
    unit: str
    horizon: int
    lines: int
    noise: float = 0.0
    min_quality: float = 0.0
    match_rate: float = 1.0
    matching_window: int = 4
    own: tuple[Strategy, ...] = ()

    @classmethod
    def of(cls, scenario: Scenario, budget: float) -> Space:
        """Return the space of a scenario.

        Parameters
        ----------
        scenario : Scenario
        budget : float
            In all, above zero, in the scenario's unit.
        """
        declared = [strategy for strategy in scenario.strategies if money_in_all(strategy) > 0]
        own = {strategy.hash: strategy for strategy in (rescaled(strategy, budget) for strategy in declared)}
        terms = next((strategy for strategy in declared if _shares(strategy)["matching"] > 0), Strategy(id="default"))
        domestic = scenario.firms.size_class[scenario.lines.firm] != _FOREIGN
        return cls(
            budget=budget,
            unit=scenario.unit,
            horizon=scenario.quarters,
            lines=int(np.count_nonzero(domestic)),
            noise=max((strategy.noise for strategy in declared), default=0.0),
            min_quality=max((strategy.min_quality for strategy in declared), default=0.0),
            match_rate=terms.match_rate,
            matching_window=terms.matching_window,
            own=tuple(own.values()),
        )

    @cached_property
    def dials(self) -> tuple[Dial, ...]:
        """All that can be turned, but the spread."""
        return (
            *(Dial(f"mix.{name}", 0, POINTS) for name in INSTRUMENTS),
            *(Dial(f"criterion.{name}", 0, POINTS) for name in CRITERIA),
            Dial("bonus.small", 0, POINTS),
            Dial("bonus.large", 0, POINTS),
            Dial("floor", 0, POINTS),
            Dial("winners", 1, max(2 * self.lines, 2), log=True),
            Dial("start", 0, self.horizon // 2),
            Dial("length", min(_YEAR, self.horizon), self.horizon),
            Dial("review", 1, _LONGEST_REVIEW),
        )

    def suggest(self, trial: Suggests) -> Strategy:
        """Return the strategy that a trial suggests."""
        settings: dict[str, int | str] = {
            dial.name: trial.suggest_int(dial.name, dial.low, dial.high, log=dial.log) for dial in self.dials
        }
        settings["spread"] = trial.suggest_categorical("spread", SPREADS)
        return self.strategy(settings)

    def strategy(self, settings: Settings, id: str = "search", title: LocalText | str = "") -> Strategy:
        """Return the strategy at a place of the space."""
        at = {name: float(value) for name, value in settings.items() if name != "spread"}
        start = int(at["start"])
        length = min(int(at["length"]), self.horizon - start)
        return Strategy(
            id=id,
            title=title,
            start=start,
            quarters=length,
            budget=self.budget / length,
            mix=_parts(at, "mix", INSTRUMENTS),
            criteria=_parts(at, "criterion", CRITERIA),
            class_weights={
                **dict.fromkeys(SMALL_CLASSES, at["bonus.small"] / POINTS),
                "large": at["bonus.large"] / POINTS,
            },
            small_firm_floor=at["floor"] / POINTS,
            winners=0 if at["winners"] >= self.lines else int(at["winners"]),
            spread=settings["spread"],
            review=int(at["review"]),
            noise=self.noise,
            min_quality=self.min_quality,
            match_rate=self.match_rate,
            matching_window=self.matching_window,
            unit=self.unit,
        )

    def settings(self, strategy: Strategy) -> Settings:
        """Return the place of the space that is nearest to a strategy; what has no dial is lost."""
        figures = {name: value for name, value in describe(strategy).items() if not isinstance(value, str)}
        weights = strategy.class_weights
        wanted = {
            **dict(_points(figures, "mix", INSTRUMENTS)),
            **dict(_points(figures, "criterion", CRITERIA)),
            "bonus.small": POINTS * (max(weights[name] for name in SMALL_CLASSES) - weights.mid),
            "bonus.large": POINTS * (weights.large - weights.mid),
            "floor": POINTS * strategy.small_firm_floor,
            "winners": figures["winners"] or 2 * self.lines,
            "start": figures["start"],
            "length": figures["quarters"],
            "review": strategy.review,
        }
        places: dict[str, int | str] = {dial.name: dial.nearest(wanted[dial.name]) for dial in self.dials}
        return places | {"spread": strategy.spread}


def rescaled(strategy: Strategy, budget: float) -> Strategy:
    """Return a strategy with another budget in all; the rest stays, and so does what a line may get at most."""
    if not strategy.awards:
        return strategy.model_copy(update={"budget": budget / strategy.quarters})
    factor = budget / money_in_all(strategy)
    awards = tuple(award.model_copy(update={"amount": award.amount * factor}) for award in strategy.awards)
    return strategy.model_copy(update={"awards": awards})


def money_in_all(strategy: Strategy) -> float:
    """Return the budget over all quarters, in the strategy's unit."""
    if strategy.id == HANDS_OFF:
        return 0.0
    return sum(award.amount for award in strategy.awards) + strategy.budget * strategy.quarters


def describe(strategy: Strategy) -> Mapping[str, float | str]:
    """Return a strategy's key figures by name, for a report.

    ``budget`` in all and ``per_quarter``, ``start`` and ``quarters``, the part of each instrument (``mix.subsidy`` …),
    ``winners`` (0: all) and what one ``gets`` each quarter on average (NaN where that is not fixed), the weight of each
    criterion (``criterion.quality`` …) and what each class gains (``class.venture`` …), ``small_firm_floor``,
    ``review``, ``spread``. Of a table of awards the winners are the lines that are named.
    """
    budget = money_in_all(strategy)
    start, quarters, winners = strategy.start, strategy.quarters, strategy.winners
    if strategy.awards:
        when = [award.quarter for award in strategy.awards]
        start, quarters = min(when), max(when) - min(when) + 1
        winners = len({(award.line, award.firm, award.technology) for award in strategy.awards})
    per_quarter = budget / quarters if quarters else 0.0
    return {
        "budget": budget,
        "per_quarter": per_quarter,
        "start": start,
        "quarters": quarters,
        **{f"mix.{name}": share for name, share in _shares(strategy).items()},
        "winners": winners,
        "gets": per_quarter / winners if winners else float("nan"),
        **{f"criterion.{name}": strategy.criteria[name] for name in CRITERIA},
        **{f"class.{name}": strategy.class_weights[name] for name in DOMESTIC_CLASSES},
        "small_firm_floor": strategy.small_firm_floor,
        "review": strategy.review,
        "spread": strategy.spread,
    }


def _shares(strategy: Strategy) -> dict[str, float]:
    """Return the part of the money by instrument."""
    if not strategy.awards:
        return {name: strategy.mix[name] for name in INSTRUMENTS}
    total = sum(award.amount for award in strategy.awards) or 1.0
    return {
        name: sum(award.amount for award in strategy.awards if award.instrument == name) / total for name in INSTRUMENTS
    }


def _parts(at: Mapping[str, float], group: str, names: tuple[str, ...]) -> dict[str, float]:
    """Return points as parts of their sum, equal where all are zero."""
    points = np.array([at[f"{group}.{name}"] for name in names])
    parts = points / points.sum() if points.any() else np.full(len(names), 1 / len(names))
    return dict(zip(names, parts.tolist(), strict=True))


def _points(figures: Mapping[str, float], group: str, names: tuple[str, ...]) -> Iterator[tuple[str, float]]:
    """Yield weights as points, the largest as all of them."""
    most = max((figures[f"{group}.{name}"] for name in names), default=0.0)
    for name in names:
        yield f"{group}.{name}", POINTS * figures[f"{group}.{name}"] / most if most > 0 else 0.0
