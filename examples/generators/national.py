"""Make a scenario of national size, to see how the engine bears it: 40,000 ventures in twenty technologies.

    python examples/generators/national.py DIR [--ventures 40000] [--seed 20240429]

Firms, buyers, inputs and technologies are those of ``examples/korea-ai-2024``, whose numbers have sources. *Made for
scale*, and said so in the scenario: each technology but memory is divided into fields of unequal size; a firm is one of
the example's, drawn with replacement within its size class, made larger or smaller by chance; sales abroad and of
foreign firms, needs and budgets grow as home sales do. The number of ventures, of other firms and of places for
entrants is free. Only ``random.Random.random`` is drawn from, so that a rerun gives identical bytes.
"""

from __future__ import annotations

import argparse
import csv
import math
import random
from collections import Counter, defaultdict
from pathlib import Path
from statistics import NormalDist
from typing import Any

EXAMPLE = Path(__file__).resolve().parents[1] / "korea-ai-2024"
SEED = 20240429

FIELDS = {
    "content": (("media", "미디어"), ("education", "교육"), ("search", "검색")),
    "software": (
        ("office", "사무"), ("manufacturing", "제조"), ("finance", "금융"),
        ("health", "의료"), ("retail", "유통"), ("security", "보안"),
    ),
    "it-services": (("public", "공공"), ("finance", "금융"), ("manufacturing", "제조"), ("telecom", "통신")),
    "foundation-model": (("language", "언어"), ("vision", "시각")),
    "cloud": (("training", "학습"), ("inference", "추론")),
    "accelerator": (("data-centre", "데이터센터"), ("edge", "단말")),
    "hbm": (("", ""),),
}  # fmt: skip
"""The fields of each technology of the example, largest first: made for scale."""

OTHERS = {"sme": 300, "mid": 60, "large": 40}
"""Domestic firms that are no ventures, memory apart: made for scale."""
SLOTS_PER_VENTURE = 0.2
"""Places for entrants: made for scale (the example has about one for a venture)."""
SPREAD, QUALITY_SPREAD = 0.3, 0.03
"""Spread (log) of a firm around the one it is drawn from: made for scale."""
MOST_QUALITY = 0.95
"""As in the example."""
KOREAN = {"venture": "벤처", "sme": "중소", "mid": "중견", "large": "대기업", "foreign": "외국"}

Row = dict[str, Any]

SCENARIO = """\
# Made by examples/generators/national.py with seed {seed}, to measure the engine on: it says nothing about an economy.

id = "national-{ventures}"
title = {{ ko = "전국 규모 시험 ({ventures:,}개 벤처)", en = "A market of national size ({ventures:,} ventures)" }}
as_of = 2024-04-29
start = "2024Q2"
quarters = 40
unit = "백만원"
seed = {seed}
replications = 1000

[description]
ko = "엔진이 전국 규모를 견디는지 재기 위한 시나리오. 한국 AI 예제의 표를 늘린 것이며 경제에 대해 말하는 것이 없다."
en = "To measure how the engine bears national size: the Korean example made larger. It says nothing about an economy."

[real]
ko = "없음. 한국 AI 예제의 수치에는 출처가 있으나 여기서는 표본의 바탕일 뿐이다."
en = "Nothing. The numbers of the Korean example have sources, but here they are only what is sampled from."

[reconstructed]
ko = "전부: 기술 분야, 기업, 진입 자리, 예산. 기업은 예제의 기업을 복원추출해 크기를 흔든 것이다."
en = "Everything: fields, firms, places for entrants, budgets. A firm is one of the example's, its size shaken."
"""

STRATEGIES = """\
# The example's programmes, with budget and winners grown as home sales are ({factor:.2f} times the example's).

[[strategy]]
id = "selective-mix"
title = {{ ko = "선별 혼합 (작은 기업 먼저)", en = "Selective mix, small firms first" }}
quarters = 20
budget = {budget:.1f}
mix = {{ subsidy = 0.5, purchase = 0.5 }}
class_weights = {{ venture = 0.1, sme = 0.1 }}
criteria = {{ quality = 0.3, progress = 0.2, focus = 0.1, need = 0.1, traction = 0.2, opening = 0.1 }}
noise = 0.1
winners = {winners}
gate = true
small_firm_floor = 0.8
min_quality = 0.5

[[strategy]]
id = "matching"
title = {{ ko = "민간 투자 매칭", en = "Matching of private money" }}
quarters = 20
budget = {budget:.1f}
mix = {{ matching = 1 }}
classes = ["venture", "sme"]
winners = 0
match_rate = 1
"""
BUDGET, WINNERS = 13250.0, 50
"""Of the example: million won a quarter, and lines chosen."""


class National:
    """The example's tables, and what is drawn from them."""

    def __init__(self, ventures: int, seed: int) -> None:
        self.random, self.ventures, self.seed = random.Random(seed), ventures, seed
        self.tables = {name: _read(name) for name in ("technologies", "inputs", "segments", "firms", "lines")}
        self.lines_of: dict[str, list[Row]] = defaultdict(list)
        for line in self.tables["lines"]:
            self.lines_of[line["firm"]].append(line)
        self.count: Counter[str] = Counter()
        self.firms: list[Row] = []
        self.lines: list[Row] = []
        self.draw_domestic()
        self.factor = self.scale_sales()
        self.add_foreign()

    def normal(self) -> float:
        """Draw a standard normal number."""
        return NormalDist().inv_cdf(min(max(self.random.random(), 1e-12), 1 - 1e-12))

    def field(self, technology: str) -> str:
        """Draw a field of a technology."""
        draw = self.random.random()
        for name, weight in fields(technology).items():
            draw -= weight
            if draw < 0:
                return name
        return next(iter(fields(technology)))

    def draw_domestic(self) -> None:
        """Draw firms with replacement within their size class; makers of memory are as they are."""
        memory = {line["firm"] for line in self.tables["lines"] if line["technology"] == "hbm"}
        domestic = [firm for firm in self.tables["firms"] if firm["class"] != "foreign"]
        for size_class, count in {"venture": self.ventures, **OTHERS}.items():
            models = [firm for firm in domestic if firm["class"] == size_class and firm["id"] not in memory]
            for _ in range(count):
                model = models[int(self.random.random() * len(models))]
                self.add_domestic(model, math.exp(SPREAD * self.normal()))
        for firm in domestic:
            if firm["id"] in memory:
                self.add_domestic(firm, 1.0)

    def add_firm(self, model: Row, amounts: Row) -> str:
        """Add a firm under a name of its own; return its id."""
        size_class = model["class"]
        self.count[size_class] += 1
        number = self.count[size_class]
        name = f"{size_class[0].upper()}{number:05d}"
        self.firms.append({**model, "id": name, "name_ko": f"{KOREAN[size_class]} {number}", "name_en": name,
                           "origin": "reconstructed", **amounts})  # fmt: skip
        return name

    def add_domestic(self, model: Row, size: float) -> None:
        """Add a firm like one of the example's, ``size`` times as large."""
        amounts = {key: float(model[key]) * size for key in ("cash", "legacy_profit", "overhead")}
        name = self.add_firm(model, {**amounts, "staff": max(2, round(float(model["staff"]) * size))})
        for line in self.lines_of[model["id"]]:
            quality = float(line["quality"]) * math.exp(QUALITY_SPREAD * self.normal())
            made = {
                "firm": name,
                "technology": self.field(line["technology"]),
                "quality": f"{min(quality, MOST_QUALITY):.4f}",
            }
            sales = {key: float(line[key]) * size for key in ("home_sales", "world_sales")}
            self.lines.append({**line, **made, **sales, "of": line["technology"]})

    def scale_sales(self) -> float:
        """Make domestic sales of every technology the same multiple of the example's; return the multiple."""
        foreign = {firm["id"] for firm in self.tables["firms"] if firm["class"] == "foreign"}
        before: dict[str, float] = defaultdict(float)
        now: dict[str, float] = defaultdict(float)
        for line in self.tables["lines"]:
            if line["firm"] not in foreign:
                before[line["technology"]] += _sales(line)
        for line in self.lines:
            now[line["of"]] += _sales(line)
        surveyed = [technology for technology in before if technology != "hbm"]
        factor: float = sum(now[k] for k in surveyed) / sum(before[k] for k in surveyed)
        for line in self.lines:
            for key in ("home_sales", "world_sales"):
                line[key] *= factor * before[line["of"]] / now[line["of"]]
            line["reach"] = float(line["reach"]) * factor if line["reach"] else ""
        return factor

    def add_foreign(self) -> None:
        """Add each foreign firm of the example once a field; buyers at home meet it as often as they buy of it."""
        staff = {firm["id"]: firm["staff"] for firm in self.firms}
        reach: dict[str, float] = defaultdict(float)
        home: dict[str, float] = defaultdict(float)
        for line in self.lines:
            reach[line["of"]] += line["reach"] or staff[line["firm"]] * float(line["effort"])
            home[line["of"]] += line["home_sales"]
        for firm in self.tables["firms"]:
            for line in self.lines_of[firm["id"]] if firm["class"] == "foreign" else []:
                technology = line["technology"]
                for field, weight in fields(technology).items():
                    sales = {key: float(line[key]) * self.factor * weight for key in ("home_sales", "world_sales")}
                    met = sales["home_sales"] * reach[technology] / home[technology]
                    name = self.add_firm(firm, {})
                    self.lines.append({**line, "firm": name, "technology": field, **sales, "reach": met})

    def technologies(self) -> list[Row]:
        """Return the fields; amounts of a technology fall on its fields by size."""
        ventures = {firm["id"] for firm in self.tables["firms"] if firm["class"] == "venture"}
        slots = sum(int(row["entry_slots"]) for row in self.tables["technologies"])
        rows = []
        for row in self.tables["technologies"]:
            for (field, korean), (name, weight) in zip(FIELDS[row["id"]], fields(row["id"]).items(), strict=True):
                room = SLOTS_PER_VENTURE * self.ventures * int(row["entry_slots"]) / slots
                names = {
                    "name_ko": f"{row['name_ko']} {korean}".strip(),
                    "name_en": f"{row['name_en']} {field}".strip(),
                }
                amounts = {key: float(row[key]) * self.factor * weight for key in ("experience", "public_need")}
                entry = float(row["entry"]) * weight * self.ventures / len(ventures)
                rows.append(
                    {**row, "id": name, **names, **amounts, "entry": entry, "entry_slots": round(room * weight)}
                )
        return rows

    def inputs(self) -> list[Row]:
        """Every field of a technology needs every field of its inputs, by their size."""
        return [
            {"technology": user, "input": name, "share": f"{float(row['share']) * weight:.6g}"}
            for row in self.tables["inputs"]
            for user in fields(row["technology"])
            for name, weight in fields(row["input"]).items()
        ]

    def segments(self) -> list[Row]:
        """Every field has the buyers of its technology; what each buys follows from sales."""
        rows = []
        for row in self.tables["segments"]:
            for (field, korean), name in zip(FIELDS[row["technology"]], fields(row["technology"]), strict=True):
                buyer = row["id"].removeprefix(row["technology"])
                shown = {
                    "name_ko": f"{row['name_ko']} {korean}".strip(),
                    "name_en": f"{row['name_en']} {field}".strip(),
                }
                rows.append({**row, "id": f"{name}{buyer}", "technology": name, **shown})
        return rows

    def write(self, folder: Path) -> None:
        """Write the scenario's folder."""
        folder.mkdir(parents=True, exist_ok=True)
        made = {
            "technologies": self.technologies(), "inputs": self.inputs(), "segments": self.segments(),
            "firms": self.firms, "lines": self.lines,
        }  # fmt: skip
        for name, rows in made.items():
            heads = list(self.tables[name][0])
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(heads)
                writer.writerows([_shown(row[head]) for head in heads] for row in rows)
        programme = {"factor": self.factor, "budget": BUDGET * self.factor, "winners": round(WINNERS * self.factor)}
        texts = {
            "scenario.toml": SCENARIO.format(ventures=self.ventures, seed=self.seed),
            "strategies.toml": STRATEGIES.format(**programme),
        }
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")


def fields(technology: str) -> dict[str, float]:
    """Ids of the fields of a technology and their sizes, which are as one over the rank."""
    ids = [f"{technology}-{field}" if field else technology for field, _ in FIELDS[technology]]
    whole = sum(1 / rank for rank in range(1, len(ids) + 1))
    return {name: 1 / rank / whole for rank, name in enumerate(ids, start=1)}


def _read(name: str) -> list[Row]:
    with (EXAMPLE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _sales(line: Row) -> float:
    return float(line["home_sales"]) + float(line["world_sales"])


def _shown(cell: object) -> object:
    return f"{cell:.1f}" if isinstance(cell, float) else cell


def main() -> None:
    """Make the folder that is asked for."""
    parser = argparse.ArgumentParser(description="Make a scenario of national size.")
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--ventures", type=int, default=40_000)
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    made = National(asked.ventures, asked.seed)
    made.write(asked.folder)
    slots = sum(row["entry_slots"] for row in made.technologies())
    print(f"{asked.folder}: {len(made.firms):,} firms, {len(made.lines):,} lines, {slots:,} places for entrants, "
          f"{len(made.technologies())} technologies; seed {asked.seed}")  # fmt: skip


if __name__ == "__main__":
    main()
