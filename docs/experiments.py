"""Ask the engine what the article claims: run a grid around one strategy of the example and write what comes out.

Run it as ``python docs/experiments.py`` (a few minutes). It writes docs/guide/what-the-engine-says.csv and the tables
of the page beside it; the words around the tables are written by hand. The grids below were set before anything was
run; the worlds were then raised from 200 to 800 to narrow the intervals. ``python docs/experiments.py --tables`` only
writes the tables anew.
"""

from __future__ import annotations

import csv
import hashlib
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

import majung as mj
from majung.decision.statistics import mean_interval, ratio_interval

Floats = NDArray[np.float64]

ROOT: Final = Path(__file__).resolve().parents[1]
EXAMPLE: Final = ROOT / "examples" / "korea-ai-2024"
RESULTS: Final = ROOT / "docs" / "guide" / "what-the-engine-says.csv"
PAGE: Final = RESULTS.with_suffix(".md")

SEED: Final = 20240429
REPLICATIONS: Final = 800
CONFIDENCE: Final = 0.95
BASE: Final = "selective-mix"
WINNERS: Final = (1, 4, 12, 50, 200, 0)
BUDGETS: Final = (0.1, 1, 10, 100)
NOISES: Final = (0.0, 0.1, 0.3, 1.0)
DELAYS: Final = (0, 4, 8, 12, 16)
MIXES: Final = {
    "subsidy": {"subsidy": 1.0},
    "half and half": {"subsidy": 0.5, "purchase": 0.5},
    "purchase": {"purchase": 1.0},
}
LONGER: Final = max(DELAYS)
"""Quarters added to the example, so that a late programme can also be watched for as long as an early one."""
PROBE_REPLICATIONS: Final = 16

FIELDS: Final = (
    "experiment", "row", "column", "spent", "returned_share", "created", "created_low", "created_high",
    "per_unit", "low", "high", "median", "small_firm_share", "level_with_best",
)  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """A strategy of a grid, in its row and column."""

    experiment: str
    row: str
    column: str
    strategy: mj.Strategy
    window: slice


@dataclass(frozen=True)
class Outcome:
    """What a cell came to in each world: (replication,) arrays, money in the scenario's unit."""

    cell: Cell
    spent: Floats
    budget: Floats
    created: Floats
    to_small: Floats

    @property
    def per_unit(self) -> float:
        """Private domestic sales created per unit of public money spent."""
        return float(self.created.mean() / self.spent.mean())

    @property
    def influence(self) -> Floats:
        """What each world adds to the ratio, to first order; means of differences of these compare two cells."""
        return self.per_unit + (self.created - self.per_unit * self.spent) / self.spent.mean()


def varied(base: mj.Strategy, name: str, **changes: object) -> mj.Strategy:
    """Return a strategy that differs from the base in what is given."""
    values = base.model_dump(exclude={"id", "title"})
    return mj.Strategy(**values | {"id": name, "title": name} | changes)


def count(winners: int) -> str:
    """Return a number of winners as the tables show it."""
    return str(winners) if winners else "all"


def grids(scenario: mj.Scenario) -> Iterator[list[Cell]]:
    """Yield the cells of each experiment; those of one list are run together."""
    base, quarters = scenario.strategy(BASE), scenario.quarters
    whole = slice(0, quarters)

    def cell(experiment: str, row: object, column: object, window: slice = whole, **changes: object) -> Cell:
        name = f"{experiment}-{row}-{column}".replace(" ", "-").replace("/", "-")
        return Cell(experiment, str(row), str(column), varied(base, name, **changes), window)

    yield [
        Cell("example", "", strategy.id, strategy, whole)
        for strategy in scenario.strategies
        if strategy.budget or strategy.awards
    ]
    yield [cell("budget", f"{b:g}", count(w), budget=base.budget * b, winners=w) for b in BUDGETS for w in WINNERS]
    yield [cell("noise", f"{n:g}", count(w), noise=n, winners=w) for n in NOISES for w in WINNERS]
    yield [
        cell("instrument", f"{b:g}", name, budget=base.budget * b, mix=mix)
        for b in BUDGETS
        for name, mix in MIXES.items()
    ]
    calendar = [cell("start", d, "to the end", start=base.start + d) for d in DELAYS]
    yield calendar + [replace(c, column="own clock", window=slice(int(c.row), int(c.row) + quarters)) for c in calendar]


def measure(scenario: mj.Scenario, cells: Sequence[Cell], replications: int) -> list[Outcome]:
    """Run the strategies of some cells in the same worlds, each against hands-off."""
    strategies = list({cell.strategy.id: cell.strategy for cell in cells}.values())
    result = mj.compare(scenario, replications=replications, strategies=strategies, seed=SEED)
    ids = [str(name) for name in result["strategy"].values]
    private = (result["private_final_sales"] + result["private_derived_sales"]).sum("technology")
    sales = private.transpose("strategy", "replication", "quarter").values
    budget = result["budget"].sum("quarter").transpose("strategy", "replication").values
    spent = budget - result["returned"].sum("quarter").transpose("strategy", "replication").values
    small = (result["public_to_venture"] + result["public_to_sme"]).sum("quarter").values
    outcomes = []
    for cell in cells:
        row = ids.index(cell.strategy.id)
        created = (sales[row] - sales[0])[:, cell.window].sum(axis=1)
        outcomes.append(Outcome(cell, spent[row], budget[row], created, small[row]))
    return outcomes


def level(one: Outcome, best: Outcome) -> bool:
    """Say whether the worlds cannot tell a cell from the best of its row: the interval of the difference holds zero."""
    if one is best:
        return True
    interval = mean_interval(best.influence - one.influence, CONFIDENCE)
    return bool(interval.low <= 0)


def rows(outcomes: Sequence[Outcome]) -> Iterator[dict[str, str]]:
    """Yield a row of the csv for each outcome."""
    for one in outcomes:
        peers = [o for o in outcomes if (o.cell.experiment, group(o)) == (one.cell.experiment, group(one))]
        best = max(peers, key=lambda o: o.per_unit)
        created = mean_interval(one.created, CONFIDENCE)
        ratio = ratio_interval(one.created, one.spent, CONFIDENCE)
        assert ratio is not None
        values = (
            one.cell.experiment, one.cell.row, one.cell.column, f"{one.spent.mean():.0f}",
            f"{1 - one.spent.mean() / one.budget.mean():.4f}", f"{created.mean:.0f}", f"{created.low:.0f}",
            f"{created.high:.0f}", f"{ratio.mean:.4f}", f"{ratio.low:.4f}", f"{ratio.high:.4f}",
            f"{np.median(one.created) / one.spent.mean():.4f}",
            f"{one.to_small.mean() / one.spent.mean():.4f}", "yes" if level(one, best) else "no",
        )  # fmt: skip
        yield dict(zip(FIELDS, values, strict=True))


def group(one: Outcome) -> str:
    """Return what the cells that are held against each other have in common: the row, or for starts the column."""
    return one.cell.column if one.cell.experiment == "start" else one.cell.row


def probe(scenario: mj.Scenario) -> float:
    """Return the base's additionality in a few worlds: what a test repeats to see that the engine is still the same."""
    base = scenario.strategy(BASE)
    cell = Cell("probe", "", "", base, slice(0, scenario.quarters))
    return measure(scenario, [cell], PROBE_REPLICATIONS)[0].per_unit


def signature(scenario: mj.Scenario) -> str:
    """Return what the results hang on beside the engine: this script, up to its pages, and the example's figures."""
    script = Path(__file__).read_text(encoding="utf-8")
    code = script[script.index("ROOT: Final") : script.index("\n# -- pages --")]
    return hashlib.sha256(f"{code}|{scenario.hash}".encode()).hexdigest()[:16]


def experiments(scenario: mj.Scenario) -> Iterator[dict[str, str]]:
    """Run everything; yield the rows of the csv."""
    longer = replace(scenario, quarters=scenario.quarters + LONGER)
    for cells in grids(scenario):
        started = time.perf_counter()
        late = cells[0].experiment == "start"
        yield from rows(measure(longer if late else scenario, cells, REPLICATIONS))
        print(f"{cells[0].experiment}: {len(cells)} cells in {time.perf_counter() - started:.0f} s", file=sys.stderr)


# -- pages --


def read() -> tuple[dict[str, str], list[dict[str, str]]]:
    """Return the csv's head (signature, probe, worlds) and its rows."""
    first, *lines = RESULTS.read_text(encoding="utf-8").splitlines()
    head = dict(part.split("=", 1) for part in first.removeprefix("# ").split(" "))
    return head, list(csv.DictReader(lines))


def write(head: dict[str, str], results: Sequence[dict[str, str]]) -> None:
    """Write the csv."""
    with RESULTS.open("w", encoding="utf-8", newline="") as file:
        file.write("# " + " ".join(f"{key}={value}" for key, value in head.items()) + "\n")
        table = csv.DictWriter(file, FIELDS, lineterminator="\n")
        table.writeheader()
        table.writerows(results)


HEADS: Final = {
    "budget": "budget ×",
    "noise": "error of the evaluation",
    "instrument": "budget ×",
}


def grid_table(results: Sequence[dict[str, str]], experiment: str) -> str:
    """Return an experiment as a Markdown table: the best of a row in bold, what cannot be told from it marked ≈."""
    mine = [r for r in results if r["experiment"] == experiment]
    columns = list(dict.fromkeys(r["column"] for r in mine))
    lines = ["| " + " | ".join([HEADS[experiment], *columns]) + " |", "|---|" + "--:|" * len(columns)]
    for name in dict.fromkeys(r["row"] for r in mine):
        cells = {r["column"]: r for r in mine if r["row"] == name}
        best = max(cells.values(), key=lambda r: float(r["per_unit"]))
        lines.append("| " + " | ".join([f"{name}", *(shown(cells[c], best) for c in columns)]) + " |")
    return "\n".join(lines)


def shown(cell: dict[str, str], best: dict[str, str]) -> str:
    """Return a cell: mean, interval, median, and the part of the budget that went back where it is a tenth or more."""
    mean = f"{float(cell['per_unit']):.2f}"
    mean = f"**{mean}**" if cell is best else f"≈ {mean}" if cell["level_with_best"] == "yes" else mean
    text = f"{mean}<br>{float(cell['low']):.2f} … {float(cell['high']):.2f}<br>middle {float(cell['median']):.2f}"
    returned = float(cell["returned_share"])
    return unbroken(text + (f"<br>*{100 * returned:.0f} % returned*" if returned >= 0.1 else ""))


def unbroken(text: str) -> str:
    """Return a cell that no browser breaks within a line."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def example_table(results: Sequence[dict[str, str]]) -> str:
    """Return the example's own strategies, best first."""
    mine = sorted((r for r in results if r["experiment"] == "example"), key=lambda r: -float(r["per_unit"]))
    lines = ["| strategy | spent, billion won | created per won | middle world | small firms' part of the money |"]
    lines.append("|---|--:|--:|--:|--:|")
    for r in mine:
        mean = f"{float(r['per_unit']):.2f}"
        mean = f"**{mean}**" if r is mine[0] else f"≈ {mean}" if r["level_with_best"] == "yes" else mean
        cells = (
            f"`{r['column']}`",
            f"{float(r['spent']) / 1000:.0f}",
            unbroken(f"{mean} ({float(r['low']):.2f} … {float(r['high']):.2f})"),
            f"{float(r['median']):.2f}",
            f"{100 * float(r['small_firm_share']):.0f} %",
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def start_table(results: Sequence[dict[str, str]]) -> str:
    """Return the experiment on starts."""
    lines = [
        "| quarters late | until 2034Q1 | over 40 quarters from its own start |",
        "|---|--:|--:|",
    ]
    for delay in DELAYS:
        cells = {r["column"]: r for r in results if r["experiment"] == "start" and r["row"] == str(delay)}
        shows = [
            unbroken(f"{float(c['per_unit']):.2f} ({float(c['low']):.2f} … {float(c['high']):.2f})")
            for c in (cells["to the end"], cells["own clock"])
        ]
        lines.append(f"| {delay} | " + " | ".join(shows) + " |")
    return "\n".join(lines)


def tables(results: Sequence[dict[str, str]]) -> dict[str, str]:
    """Return each table of the page by its name."""
    grids_of_cells = {name: grid_table(results, name) for name in HEADS}
    return {"example": example_table(results), **grids_of_cells, "start": start_table(results)}


def filled(page: str, results: Sequence[dict[str, str]]) -> str:
    """Return the page with its tables as the results have them."""
    for name, table in tables(results).items():
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        before, rest = page.split(begin, 1)
        page = f"{before}{begin}\n\n{table}\n\n{end}{rest.split(end, 1)[1]}"
    return page


def main(arguments: Sequence[str]) -> None:
    """Run the experiments unless only the tables are asked for; write csv and page."""
    if "--tables" not in arguments:
        scenario = mj.load(EXAMPLE)
        head = {
            "signature": signature(scenario),
            "probe": f"{probe(scenario):.9g}",
            "worlds": str(REPLICATIONS),
            "seed": str(SEED),
        }
        write(head, list(experiments(scenario)))
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), read()[1]), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
