"""Simulated series whose take-off is known: what the rules of take-off are measured on.

Five families. *Bass*: a Bass curve from its launch, with noise; take-off is the curve's elbow. *Break*: sales that
creep along until a Bass curve sets in; take-off is that moment. *Market*: adopters of the market model in worlds whose
parameters are drawn from all of their plausible range, and which begin with hardly any; take-off is the elbow of the
path without measurement noise, seen from its end. *Slow*: sales that wander and hardly grow. *Niche*: a Bass curve that
is over before it has reached 2 % of the market. In the last two, and in market worlds that never reach a tenth of their
market, there is no take-off.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

import majung as mj
from majung import parameters
from majung.scenario import skeleton

Floats = NDArray[np.float64]

ELBOW: Final = 5 + 2 * np.sqrt(6)
NOISES: Final = (0.05, 0.1, 0.2, 0.4)
"""Standard deviations of log sales of a period around the curve."""
FORMED: Final = 0.1
QUARTERS: Final = 80
WORLDS: Final = 8


@dataclass(frozen=True)
class Case:
    """A simulated series: sales per period over the market's size, and when they took off in years, or never (inf)."""

    family: str
    per_year: int
    sold: Floats
    takeoff: float


def bass(generator: np.random.Generator, per_year: int) -> Case:
    while True:
        p, q = np.exp(generator.uniform(np.log(3e-4), np.log(0.03))), generator.uniform(0.2, 0.8)
        takeoff = float(np.log(q / p / ELBOW) / (p + q))
        if takeoff > 1:
            break
    periods = max(int(np.log(q / p) / (p + q) * 1.3 * per_year), 6)
    return _noisy("bass", per_year, _bass_sales(np.arange(periods + 1) / per_year, p, q), takeoff, generator)


def with_break(generator: np.random.Generator, per_year: int) -> Case:
    takeoff, growth = generator.uniform(2, 12), generator.uniform(-0.1, 0.25)
    p, q = np.exp(generator.uniform(np.log(3e-3), np.log(0.03))), generator.uniform(0.2, 0.8)
    before = p / np.exp(generator.uniform(np.log(2), np.log(20)))
    times = np.arange(int((takeoff + 8) * per_year) + 1) / per_year
    creeping = before / per_year * np.exp(growth * np.minimum(times[1:], takeoff))
    return _noisy("break", per_year, creeping + _bass_sales(times - takeoff, p, q), takeoff, generator)


def slow(generator: np.random.Generator, per_year: int) -> Case:
    growth, periods = generator.uniform(-0.1, 0.2), int(generator.uniform(8, 20) * per_year)
    walk = np.cumsum(generator.normal(0, 0.1 / np.sqrt(per_year), periods))
    first = np.exp(generator.uniform(np.log(1e-5), np.log(3e-3))) / per_year
    sold = first * np.exp(growth * np.arange(1, periods + 1) / per_year + walk)
    return _noisy("slow", per_year, sold * min(1.0, 0.015 / sold.sum()), np.inf, generator)


def niche(generator: np.random.Generator, per_year: int) -> Case:
    p, q = np.exp(generator.uniform(np.log(3e-3), np.log(0.03))), generator.uniform(0.2, 0.8)
    periods = max(int(np.log(q / p) / (p + q) * 2 * per_year), 6)
    sold = _bass_sales(np.arange(periods + 1) / per_year, p, q) * generator.uniform(0.002, 0.015)
    return _noisy("niche", per_year, sold, np.inf, generator)


FAMILIES: Final[dict[str, Callable[[np.random.Generator, int], Case]]] = {
    "bass": bass,
    "break": with_break,
    "slow": slow,
    "niche": niche,
}


def market_world(folder: Path, seed: int) -> list[Case]:
    """Return the series of one market with parameters of its own: each technology in each of `WORLDS` worlds.

    Every parameter is drawn from its plausible range; in a third of the markets the threshold of adoption lies beyond
    it, so that there are markets that never form.
    """
    generator = np.random.default_rng(seed)
    _write(folder, np.exp(generator.uniform(np.log(2e-4), np.log(5e-3))))
    drawn = {
        p.name: float(generator.uniform(*p.range))
        for p in parameters.load().values()
        if isinstance(p.value, float | int) and isinstance(p.range, tuple) and not p.name.startswith("takeoff_")
    }
    if generator.random() < 1 / 3:
        drawn["adoption_threshold"] = float(generator.uniform(4, 12))
    scenario = mj.load(folder).with_parameters(drawn)
    result = mj.compare(scenario, WORLDS, strategies=["hands-off"], seed=seed, paths=True, threads=1)
    adopters = result["adopters"].isel(strategy=0).transpose("replication", "technology", "quarter").values
    potential = result["home_potential"].values
    start = result["home_adopters_at_start"].values
    cases = []
    for world in adopters:
        for technology, path in enumerate(world):
            if np.isfinite(path).all():
                sold = np.diff(path, prepend=start[technology]) / potential[technology]
                for per_year in (1, 4):
                    if (
                        case := _market(sold, start[technology] / potential[technology], per_year, generator)
                    ) is not None:
                        cases.append(case)
    return cases


def _market(sold: Floats, start: float, per_year: int, generator: np.random.Generator) -> Case | None:
    smooth = gaussian_filter1d(sold, 2.0, mode="nearest")
    peak = int(smooth.argmax())
    takeoff = np.inf
    if start + sold.sum() >= FORMED:
        if peak < 6:
            return None
        takeoff = (int(np.diff(smooth[: peak + 1], n=2).argmax()) + 1.5) / 4
        if takeoff < 1:
            return None
    observed = sold.reshape(-1, 4).sum(axis=1) if per_year == 1 else sold
    return _noisy("market", per_year, np.maximum(observed, 1e-9), takeoff, generator)


def _noisy(family: str, per_year: int, sold: Floats, takeoff: float, generator: np.random.Generator) -> Case:
    noise = generator.choice(NOISES)
    return Case(family, per_year, sold * np.exp(generator.normal(0, noise, len(sold)) - noise**2 / 2), takeoff)


def _bass_sales(times: Floats, p: float, q: float) -> Floats:
    left = np.exp(-(p + q) * np.maximum(times, 0))
    return np.diff((1 - left) / (1 + q / p * left))


def _write(folder: Path, start: float) -> None:
    """Write the small example with a market that is large, and new at home."""
    skeleton.write(folder)
    table = folder / "segments.csv"
    rows = list(csv.DictReader(io.StringIO(table.read_text("utf-8-sig"))))
    for row in rows:
        row["potential"] = str(float(row["potential"].replace(",", "")) * 1000)
        row["adopters"] = row["adopters"].replace(",", "")
        if row["region"] == "home":
            row["adopters"] = str(float(row["potential"]) * start)
    with table.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    settings = folder / "scenario.toml"
    settings.write_text(settings.read_text("utf-8").replace("quarters = 24", f"quarters = {QUARTERS}"), "utf-8")
