"""Simulated series whose take-off is known: what the rules of take-off are measured on.

Five families. *Bass*: a Bass curve from its launch, with noise; take-off is the curve's elbow. *Break*: sales that
creep along until a Bass curve sets in; take-off is that moment. *Market*: adopters of the market model in markets whose
parameters are drawn from all of their plausible range, which begin with hardly any adopters, and whose threshold of
adoption is drawn from beyond its range too, so that some wait for years and some for ever; take-off is the elbow of the
mean path over many worlds, which has no noise. *Slow*: sales that wander and hardly grow. *Niche*: a Bass curve that is
over before it has reached 2 % of the market. In the last two, and in markets that never reach a tenth of what they
could, there is no take-off.
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
THRESHOLDS: Final = (0.0, 8.0)
_LATER: Final = frozenset({"discount_rate"})
"""Parameters that came after the tables were made and decide no market: drawing them would change all other draws."""
WORLDS: Final = 64
"""Of each market: the mean over all of them is its path without noise."""
OBSERVED: Final = 6


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
    """Return the series of one market with parameters of its own: each technology in `OBSERVED` of its worlds."""
    generator = np.random.default_rng(seed)
    _write(folder, np.exp(generator.uniform(np.log(2e-4), np.log(5e-3))))
    drawn = {
        p.name: float(generator.uniform(*p.range))
        for p in parameters.load().values()
        if isinstance(p.value, float | int)
        and isinstance(p.range, tuple)
        and not p.name.startswith("takeoff_")
        and p.name not in _LATER
    }
    drawn["adoption_threshold"] = float(generator.uniform(*THRESHOLDS))
    scenario = mj.load(folder).with_parameters(drawn)
    result = mj.compare(scenario, WORLDS, strategies=["hands-off"], seed=seed, paths=True, threads=1)
    adopters = result["adopters"].isel(strategy=0).transpose("technology", "replication", "quarter").values
    start, potential = result["home_adopters_at_start"].values, result["home_potential"].values
    cases = []
    for paths, there, most in zip(adopters, start, potential, strict=True):
        paths = paths[np.isfinite(paths).all(axis=1)]
        sold = np.diff(paths, axis=1, prepend=there) / most
        takeoff = _elbow(sold.mean(axis=0), there / most)
        if takeoff is not None:
            for path in np.maximum(sold[:OBSERVED], 1e-9):
                cases.append(_noisy("market", 4, path, takeoff, generator))
                cases.append(_noisy("market", 1, path.reshape(-1, 4).sum(axis=1), takeoff, generator))
    return cases


def _elbow(sold: Floats, start: float) -> float | None:
    """Return when a mean path has its elbow: infinite where no market forms, None where it is there from the start."""
    if start + sold.sum() < FORMED:
        return float("inf")
    smooth = gaussian_filter1d(sold, 2.0, mode="nearest")
    bend = np.diff(smooth[: int(smooth.argmax()) + 1], n=2)
    takeoff = (int(bend.argmax()) + 1.5) / 4 if len(bend) else 0.0
    return takeoff if takeoff >= 1 else None


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
