"""What the benchmarks run: the example of the repository, and an invented world of about a hundred lines."""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from majung.market.kernel import LANES, Block
from majung.market.lower import lower, policy
from majung.market.world import SME, Policy, World
from majung.scenario import Scenario, load

__all__ = ["EXAMPLE", "Case", "case", "example", "line_steps", "live_steps", "national", "small", "write_national"]

EXAMPLE = Path(__file__).parents[2] / "examples" / "korea-ai-2024"
_NATIONAL = EXAMPLE.parent / "generators" / "national.py"


class Case(NamedTuple):
    """A scenario, lowered."""

    name: str
    scenario: Scenario
    world: World
    policies: dict[str, Policy]


def case(scenario: Scenario, name: str) -> Case:
    """Lower a scenario and all its strategies."""
    policies = {strategy.id: policy(scenario, strategy) for strategy in scenario.strategies}
    return Case(name, scenario, lower(scenario).world, policies)


def example() -> Case:
    """Return the Korean example."""
    return case(load(EXAMPLE), "korea-ai-2024")


def write_national(folder: Path, ventures: int = 40_000) -> None:
    """Let the generator of the examples write a scenario of national size."""
    subprocess.run([sys.executable, _NATIONAL, folder, "--ventures", str(ventures)], check=True, capture_output=True)


def national(ventures: int = 40_000) -> Case:
    """Return a market of national size."""
    with tempfile.TemporaryDirectory() as folder:
        write_national(Path(folder), ventures)
        return case(load(folder), f"{ventures:,} ventures")


def line_steps(world: World, replications: int = LANES) -> int:
    """Return how many line-steps a run takes: lines of the world, entry slots included, x quarters x replications."""
    return world.lines.firm.size * world.quarters * replications


def live_steps(world: World, block: Block, path_names: Sequence[str]) -> float:
    """Return how many of them are steps of live lines."""
    small = np.isin(world.lines.firm, np.flatnonzero(world.firms.size_class <= SME))
    ventures = float(block.paths[list(path_names).index("live_ventures")].sum())
    return ventures + float((~small).sum()) * world.quarters * block.paths.shape[3]


_SCENARIO = """\
title = {ko = "지어낸 작은 시장", en = "A small invented market"}
as_of = 2024-04-29
start = "2024Q2"
quarters = 40
unit = "million KRW"
seed = 1
replications = 100
real = {ko = "없음", en = "Nothing"}
reconstructed = {ko = "전부", en = "Everything"}
"""

_STRATEGIES = """\
[[strategy]]
id = "mix"
title = {ko = "보조금과 구매", en = "Subsidy and purchase"}
quarters = 24
budget = 5000
mix = {subsidy = 0.5, purchase = 0.5}
class_weights = {venture = 0.1, sme = 0.1}
criteria = {quality = 0.3, progress = 0.2, focus = 0.1, need = 0.1, traction = 0.2, opening = 0.1}
noise = 0.1
winners = 12
small_firm_floor = 0.5
gate = true
min_quality = 0.3

[[strategy]]
id = "matching"
title = {ko = "매칭", en = "Matching"}
quarters = 24
budget = 5000
mix = {matching = 1}
match_rate = 1
"""

_TECHNOLOGIES = """\
id,name_ko,name_en,research_cost,experience,reference_contract,public_need,growth,entry,entry_slots,entrant_cash
service,서비스,services,150,8000,200,12000,0.33,3,8,1000
model,모형,models,600,6000,500,4000,0.5,2,5,5000
chip,칩,chips,2500,40000,1500,8000,0.4,1,3,20000
"""
_INPUTS = """\
technology,input,share
service,model,0.1
service,chip,0.05
model,chip,0.2
"""
_SEGMENTS = """\
id,technology,region,buyer,name_ko,name_en,potential,adopters,min_quality,weight
service-firms,service,home,private,기업,firms,100000,6000,0,3
service-offices,service,home,public,공공기관,public bodies,3000,250,0,1
service-abroad,service,world,private,해외,abroad,3000000,400000,0,1
model-firms,model,home,private,기업,firms,4000,300,0.3,1
model-abroad,model,world,private,해외,abroad,100000,12000,0,1
chip-centres,chip,home,private,데이터센터,data centres,400,60,0.3,1
chip-abroad,chip,world,private,해외,abroad,20000,4000,0,1
"""
_CLASSES = (("foreign", 6), ("large", 3), ("mid", 5), ("sme", 20), ("venture", 46))


def small(seed: int = 7) -> Case:
    """Invent a market of three chained technologies and about a hundred lines, through the tables as a user would."""
    draw = random.Random(seed)
    firms: list[list[object]] = [["id", "class", "cash", "legacy_profit", "captive", "overhead", "staff"]]
    lines: list[list[object]] = [
        ["firm", "technology", "quality", "home_sales", "world_sales", "effort", "reputation", "reach"]
    ]
    classes = [size_class for size_class, count in _CLASSES for _ in range(count)]
    for number, size_class in enumerate(classes):
        own = _firm(draw, f"f{number}", size_class, firms)
        taken = _taken(draw, number, size_class)
        lines += [_line(draw, f"f{number}", name, size_class, own, round(1 / len(taken), 9)) for name in taken]
    texts = {
        "technologies.csv": _TECHNOLOGIES,
        "inputs.csv": _INPUTS,
        "segments.csv": _SEGMENTS,
        "firms.csv": _csv(firms),
        "lines.csv": _csv(lines),
        "scenario.toml": _SCENARIO,
        "strategies.toml": _STRATEGIES,
    }
    with tempfile.TemporaryDirectory() as folder:
        for name, text in texts.items():
            Path(folder, name).write_text(text, encoding="utf-8")
        return case(load(folder), "hundred lines")


def _csv(rows: list[list[object]]) -> str:
    return "".join(",".join(str(cell) for cell in row) + "\n" for row in rows)


_SCALE = {"venture": 800.0, "sme": 4000.0, "mid": 15000.0, "large": 40000.0, "foreign": 60000.0}


def _firm(draw: random.Random, name: str, size_class: str, firms: list[list[object]]) -> float:
    """Add a firm; return its yearly sales."""
    sales = _SCALE[size_class] * draw.lognormvariate(0, 0.8)
    incumbent, foreign = size_class in ("mid", "large"), size_class == "foreign"
    overhead = 0.0 if foreign else 0.25 * sales + 100
    firms.append(
        [
            name, size_class, round(2 * sales, 1), round(3 * sales, 1) if incumbent else 0,
            0.3 if incumbent else 0, round(overhead, 1), max(3, round(sales / 150)),
        ]
    )  # fmt: skip
    return sales


def _taken(draw: random.Random, number: int, size_class: str) -> list[str]:
    names = ["service", "model", "chip"]
    if size_class in ("large", "foreign"):
        return names if size_class == "large" else [names[number % 3]]
    first = draw.choices(names, [0.6, 0.25, 0.15])[0]
    return [first] if draw.random() < 0.85 else [first, *[name for name in names if name != first][:1]]


def _line(
    draw: random.Random, firm: str, technology: str, size_class: str, sales: float, effort: float
) -> list[object]:
    foreign = size_class == "foreign"
    quality = draw.uniform(0.85, 1.0) if foreign else draw.uniform(0.35, 0.75)
    home = 0.0 if not foreign and draw.random() < 0.15 else sales * draw.uniform(0.3, 1)
    abroad = sales * 5 if foreign else sales * 0.2 if draw.random() < 0.2 else 0.0
    reputation, reach = draw.uniform(0, 0.5), max(3.0, sales / 150)
    figures = (round(quality, 4), round(home, 1), round(abroad, 1), effort, round(reputation, 3), round(reach, 1))
    return [firm, technology, *figures]
