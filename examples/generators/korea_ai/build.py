"""What the generator's parts share: firms and lines, draws, choices, sums over the market."""

from __future__ import annotations

import math
import random
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import NormalDist
from typing import Any

from majung.evidence import fact
from majung.parameters import load

SEED = 20240429
CHOICES = Path(__file__).resolve().parent / "choices.toml"
TECHNOLOGIES = {
    "content": ("AI 콘텐츠·정보", "AI content"),
    "software": ("AI 응용 소프트웨어", "AI software"),
    "it-services": ("AI 구축·운영 서비스", "AI IT services"),
    "foundation-model": ("기반모형·플랫폼", "Foundation models and platforms"),
    "cloud": ("AI 클라우드", "AI cloud"),
    "accelerator": ("AI 가속기", "AI accelerators"),
    "hbm": ("고대역폭메모리", "High-bandwidth memory"),
}
SURVEYED = tuple(technology for technology in TECHNOLOGIES if technology != "hbm")
SIDES = ("domestic", "foreign")


@dataclass
class Line:
    """A product line; money is a year's."""

    technology: str
    home: float = 0.0
    world: float = 0.0
    effort: float = 1.0
    quality: float = 0.0
    reputation: float = 0.0
    reach: float | None = None

    @property
    def sales(self) -> float:
        """Sales of both regions."""
        return self.home + self.world


@dataclass
class Firm:
    """A firm; money is a year's."""

    size: str
    lines: list[Line]
    id: str = ""
    names: tuple[str, str] = ("", "")
    region: str = "home"
    origin: str = "reconstructed"
    staff: int = 1
    cash: float = 0.0
    legacy: float = 0.0
    captive: float = 0.0
    overhead: float = 0.0

    @property
    def sales(self) -> float:
        """Sales of all lines."""
        return sum(line.sales for line in self.lines)


@dataclass
class Draws:
    """Numbers by chance, all from `random.Random.random`, which Python promises not to change."""

    random: random.Random

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        """Draw a uniform number."""
        return low + (high - low) * self.random.random()

    def normal(self) -> float:
        """Draw a standard normal number."""
        return NormalDist().inv_cdf(min(max(self.random.random(), 1e-12), 1 - 1e-12))

    def weighted(self, weights: list[float], count: int) -> list[int]:
        """Draw indices without replacement (Efraimidis and Spirakis 2006)."""
        keys = [math.log(max(self.random.random(), 1e-300)) / w if w > 0 else -math.inf for w in weights]
        return sorted(range(len(weights)), key=lambda i: -keys[i])[:count]


@dataclass
class Build(Draws):
    """The tables as far as they are built."""

    random: random.Random = field(default_factory=lambda: random.Random(SEED))
    survey: list[Firm] = field(default_factory=list)
    """The firms of the survey."""
    named: list[Firm] = field(default_factory=list)
    """Makers of memory and foreign suppliers."""
    free: dict[str, Any] = field(default_factory=lambda: {name: entry["value"] for name, entry in choices().items()})

    def __post_init__(self) -> None:
        """Take the model's parameters as they are shipped."""
        self.value: Callable[[str], float] = load().value
        self.dollar: float = fact("won-per-dollar-2023").value

    @property
    def firms(self) -> list[Firm]:
        """All firms."""
        return [*self.named, *self.survey]

    def market(self, technology: str, region: str, *sides: str) -> float:
        """Sum a year's sales of domestic, of foreign or (where no side is said) of all firms."""
        mine = [f for f in self.firms if SIDES[f.size == "foreign"] in (sides or SIDES)]
        lines = [line for firm in mine for line in firm.lines if line.technology == technology]
        return sum(line.home if region == "home" else line.world for line in lines)

    def derived(self, technology: str, region: str) -> float:
        """Sum what makers need of a technology: domestic makers buy at home, foreign ones abroad."""
        side = SIDES[region == "world"]
        shares: dict[str, dict[str, float]] = self.free["input_shares"]
        return sum(
            needs[technology] * (self.market(k, "home", side) + self.market(k, "world", side))
            for k, needs in shares.items()
            if technology in needs
        )

    def final(self, technology: str, region: str) -> float:
        """Sales of a year that are not inputs to other technologies."""
        sales = self.market(technology, region)
        left = sales - self.derived(technology, region)
        if left < 0:
            raise ValueError(f"{technology}, {region}: inputs of {sales - left:,.0f} exceed sales of {sales:,.0f}")
        return left


def choices() -> dict[str, dict[str, Any]]:
    """Read the free choices: value, unit and reason by name."""
    return tomllib.loads(CHOICES.read_text("utf-8"))


def apportion(weights: list[float], total: int, least: int = 0) -> list[int]:
    """Split a whole number by weights (largest remainder), each part at least so much."""
    left = total - least * len(weights)
    exact = [left * weight / sum(weights) for weight in weights]
    parts = [int(amount) for amount in exact]
    order = sorted(range(len(weights)), key=lambda i: parts[i] - exact[i])
    for i in order[: left - sum(parts)]:
        parts[i] += 1
    return [part + least for part in parts]
