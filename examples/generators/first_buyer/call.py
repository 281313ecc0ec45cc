"""What the generator's parts share: companies, applications, choices."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from korea_ai.build import Build, Draws, Firm, Line, apportion

DAY = date(2024, 4, 29)
SEED = 20240701
"""The first day on which an award can be made. The Korean example's seed would repeat the draws that made the firms."""
CHOICES = Path(__file__).resolve().parent / "choices.toml"


@dataclass
class Company:
    """A firm that applies, with the facts that the law asks for. Money is in million won, and a year's."""

    firm: Firm
    case: str = ""
    """The border of the law that it was put at, if any."""
    region: str = ""
    industry: str = ""
    average_sales: int | None = None
    assets: int | None = None
    independent: str = "yes"
    founded: date = DAY
    venture: str = ""
    venture_until: date | None = None
    earlier: int = 0


@dataclass
class Application:
    """One application; money is in million won."""

    company: Company
    line: Line
    purpose: str
    instruments: tuple[str, ...]
    amount: int = 0
    minimum: int | None = None
    scores: list[int | None] = field(default_factory=list)
    funded: str = "no"
    documents: tuple[str, ...] = ()
    research: str = ""
    project_cost: int | None = None
    product: tuple[str, ...] = ()


@dataclass
class Call(Draws):
    """The applications as far as they are drawn."""

    build: Build
    companies: list[Company] = field(default_factory=list)
    applications: list[Application] = field(default_factory=list)
    choice: dict[str, Any] = field(default_factory=lambda: {name: entry["value"] for name, entry in choices().items()})

    def one_of(self, odds: dict[str, float]) -> str:
        """Draw a name by odds."""
        left = self.uniform(0.0, sum(odds.values()))
        for name, odd in odds.items():
            left -= odd
            if left < 0:
                return name
        return list(odds)[-1]

    def dealt(self, odds: dict[str, float], count: int) -> list[str]:
        """Deal names, as often as their odds say to the nearest whole number, in an order by chance."""
        parts = apportion(list(odds.values()), count)
        names = [name for name, part in zip(odds, parts, strict=True) for _ in range(part)]
        return [names[i] for i in self.weighted([1.0] * count, count)]


def choices() -> dict[str, dict[str, Any]]:
    """Read published figures (with a source) and free choices: value, unit and reason by name."""
    return tomllib.loads(CHOICES.read_text("utf-8"))


def rounded(amount: float, step: int = 1) -> int:
    """Round an amount to a multiple of a step, halves up."""
    return int(amount / step + 0.5) * step
