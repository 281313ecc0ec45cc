"""Write the tables, and the READMEs' list of free choices."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from statistics import median

from korea_ai.build import TECHNOLOGIES, Build, choices
from korea_ai.buyers import public_need, segments
from korea_ai.research import reference_contract, research_cost
from majung.evidence import fact

BEGIN, END = "<!-- free choices: begin -->", "<!-- free choices: end -->"


def write_tables(build: Build, folder: Path) -> None:
    """Write the scenario's tables into a folder."""
    head = "id name_ko name_en learning_rate research_cost experience replacement reference_contract public_need"
    _write(folder / "technologies.csv", f"{head} growth entry entry_slots entrant_cash", _technologies(build))
    needs: list[list[object]] = [[k, j, x] for k, of in build.free["input_shares"].items() for j, x in of.items()]
    _write(folder / "inputs.csv", "technology input share", needs)
    head = "id technology region buyer name_ko name_en potential adopters threshold weight"
    _write(folder / "segments.csv", head, segments(build))
    firms: list[list[object]] = [
        [f.id, *f.names, f.size, f.cash, f.legacy, f.captive, f.overhead, f.staff, f.origin, f.region]
        for f in build.firms
    ]
    head = "id name_ko name_en class cash legacy_profit captive overhead staff origin region"
    _write(folder / "firms.csv", head, firms)
    lines: list[list[object]] = [
        [
            f.id,
            x.technology,
            f"{x.quality:.4f}",
            x.home,
            x.world,
            f"{x.effort:.4f}",
            f"{x.reputation:.4f}",
            _or_empty(x.reach),
        ]
        for f in build.firms
        for x in f.lines
    ]
    _write(folder / "lines.csv", "firm technology quality home_sales world_sales effort reputation reach", lines)


def _technologies(build: Build) -> list[list[object]]:
    count, earlier = fact("kr-ai-firms-2023").value, fact("kr-ai-firms-2022").value
    hazard = 1 - fact("us-survival-04").value / fact("us-survival-03").value
    entrants = count - earlier + hazard * earlier
    memory = {y: fact(f"hbm-share-of-dram-{y}").value * fact(f"dram-revenue-{y}").value for y in (2022, 2023)}
    growth = dict.fromkeys(TECHNOLOGIES, fact("world-ai-spending-growth").value)
    growth |= {"accelerator": fact("nvidia-data-centre-growth-fy2024").value, "hbm": memory[2023] / memory[2022] - 1}
    cost, contract, need = research_cost(build), reference_contract(build), public_need(build)
    rows: list[list[object]] = []
    for k, names in TECHNOLOGIES.items():
        roster = build.free["firms"].get(k, 0) / count
        cash = [f.cash for f in build.survey if f.size == "venture" and f.lines[0].technology == k]
        learning = fact("learning-rate-dram").value if k == "hbm" else ""
        experience = build.free["experience"] * build.market(k, "home")
        row = [k, *names, learning, cost[k], experience, build.free["replacement"][k], contract[k], need[k]]
        row += [f"{growth[k]:.3f}", entrants * roster, round(build.free["entry_slots"] * roster)]
        rows.append([*row, build.free["entrant_cash"] * median(cash) if cash else 0])
    return rows


def _write(path: Path, header: str, rows: list[list[object]]) -> None:
    """Write a table as UTF-8 with Unix line ends; amounts to a tenth of a million won."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split())
        writer.writerows([_shown(cell) for cell in row] for row in rows)


def _or_empty(number: float | None) -> float | str:
    return "" if number is None else number


def _shown(cell: object) -> object:
    if not isinstance(cell, float):
        return cell
    return f"{cell:.10g}" if abs(cell) < 1 else f"{cell:.1f}".removesuffix(".0")


def free_table(lang: str) -> str:
    """Return the table of free choices for a README, between its marks."""
    head = "| 이름 | 값 | 단위 | 이유 |" if lang == "ko" else "| name | value | unit | reason |"
    rows = [f"| {name} | {_plain(c['value'])} | {c['unit']} | {c[lang]} |" for name, c in choices().items()]
    return "\n".join([BEGIN, "", head, "|---|---|---|---|", *rows, "", END])


def _plain(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).replace('"', "").replace("{", "").replace("}", "")


def refresh_readme(path: Path, lang: str) -> None:
    """Put the table of free choices into a README."""
    text = path.read_text("utf-8")
    before, rest = text.split(BEGIN)
    path.write_text(before + free_table(lang) + rest.split(END)[1], "utf-8", newline="\n")
