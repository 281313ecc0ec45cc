"""Measure the rules of take-off on simulated series whose take-off is known, and keep what is then said of them.

Run it as ``python docs/takeoff_rules.py`` (some minutes on all cores). It writes takeoff_rules.csv and takeoff_odds.csv
in src/majung/evidence/data, and the tables of docs/guide/takeoff-rules.md; the words around the tables are written by
hand. ``python docs/takeoff_rules.py --tables`` only writes the tables anew.

An alarm is false where it comes more than a year before the take-off, or where there is none; it is a hit up to three
years after it. Delay is from the take-off to alarms that are not false. The error of a rule is the day that it names,
once it speaks, less the day of the take-off.
"""

from __future__ import annotations

import csv
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from takeoff_worlds import FAMILIES, Case, market_world

from majung.evidence.takeoff.flow import Flow
from majung.evidence.takeoff.odds import FEATURES, features
from majung.evidence.takeoff.rules import (
    Detector,
    began_quantiles,
    change_point,
    elbow_alarm,
    elbows_by_then,
    penetration_alarm,
    read_regimes,
    threshold_alarm,
)
from majung.evidence.takeoff.simulated import NEVER

Floats = NDArray[np.float64]

ROOT: Final = Path(__file__).resolve().parents[1]
DATA: Final = ROOT / "src" / "majung" / "evidence" / "data"
RULES: Final = DATA / "takeoff_rules.csv"
ODDS: Final = DATA / "takeoff_odds.csv"
CALIBRATION: Final = ROOT / "docs" / "guide" / "takeoff-odds.csv"
PAGE: Final = ROOT / "docs" / "guide" / "takeoff-rules.md"

SEED: Final = 20240429
SIZES: Final = {1: 1500, 4: 1000, 12: 300}
"""Series of each family by periods a year; the market model has quarters and years only."""
MARKETS: Final = 200
CHUNK: Final = 25
EARLY, LATE = 1.0, 3.0
LEAST: Final = 5
ALARMS: Final = (0.5, 0.8, 0.9, 0.95)
LOOKS: Final = 6
"""Periods of each series, drawn at random, at which the odds are asked for."""


class Reading(NamedTuple):
    """What a rule did on one series: years from take-off to its alarm and to the day it named (inf: none).

    `covered` is whether its own 95 % interval had the take-off in it, where it has one.
    """

    family: str
    per_year: int
    known: bool
    rule: str
    takes_off: bool
    alarm: float
    named: float
    covered: float = np.nan


class Look(NamedTuple):
    """What was to be seen in one period, and whether sales had taken off."""

    known: bool
    per_year: int
    seen: tuple[float, ...]
    taken_off: bool


def read(case: Case, *, known: bool) -> tuple[list[Reading], list[Look]]:
    """Let every rule look at every beginning of a series."""
    detector = Detector.packaged()
    years = np.arange(1, len(case.sold) + 1) / case.per_year
    flow = Flow(
        years=years,
        sold=case.sold,
        measured=np.ones(len(case.sold), dtype=np.bool_),
        reached=np.minimum(np.cumsum(case.sold), 1.0) if known else None,
        market=1.0 if known else None,
        per_year=case.per_year,
        from_launch=case.family != "market",
    )
    probability, _ = change_point(flow, detector)
    elbows = elbows_by_then(flow, threads=1)
    alarms = {
        "threshold": threshold_alarm(flow, detector),
        "penetration": penetration_alarm(flow, detector),
        "elbow": elbow_alarm(flow, elbows),
    }
    covered: dict[str, float] = {}
    named = {rule: years[place] for rule, place in alarms.items() if place != NEVER}
    if alarms["elbow"] != NEVER:
        named["elbow"] = elbows[alarms["elbow"]]
    for level in ALARMS:
        over = np.nan_to_num(probability) >= level
        over[:2] = False
        rule = f"change_point_{level:g}"
        alarms[rule] = int(over.argmax()) if over.any() else NEVER
        if level == detector.alarm_probability:
            alarms["change_point"] = alarms[rule]
            if over.any():
                seen = flow.until(alarms[rule] + 1)
                low, middle, high = began_quantiles(*read_regimes(seen, detector))
                named["change_point"] = years[middle]
                # Growth began within the period: not before the one before it had ended.
                earliest = -np.inf if low == 0 else years[low - 1]
                covered["change_point"] = float(earliest <= case.takeoff <= years[high])
    readings = [
        Reading(
            case.family,
            case.per_year,
            known,
            rule,
            bool(np.isfinite(case.takeoff)),
            (np.inf if place == NEVER else years[place]) - (case.takeoff if np.isfinite(case.takeoff) else 0.0),
            named.get(rule, np.inf) - (case.takeoff if np.isfinite(case.takeoff) else 0.0),
            covered.get(rule, np.nan),
        )
        for rule, place in alarms.items()
    ]
    generator = np.random.default_rng([SEED, len(case.sold), int(1e9 * case.sold[0]) % 2**31])
    looks = []
    for place in generator.integers(min(LEAST, flow.size) - 1, flow.size, LOOKS):
        fired = [NEVER != alarms[rule] <= place for rule in ("threshold", "penetration", "elbow")]
        share = None if flow.reached is None else float(flow.reached[place])
        seen = features(*fired, float(probability[place]), share)
        looks.append(Look(known, case.per_year, seen, bool(case.takeoff <= years[place])))
    return readings, looks


def work(task: tuple[str, int, int, int]) -> tuple[int, list[Reading], list[Look]]:
    """Make some series of a family and read them, with the market known and unknown."""
    family, per_year, first, count = task
    if family == "market":
        with TemporaryDirectory() as folder:
            cases = market_world(Path(folder) / "market", SEED + first)
    else:
        kind = list(FAMILIES).index(family)
        generators = [np.random.default_rng([SEED, kind, per_year, place]) for place in range(first, first + count)]
        cases = [FAMILIES[family](generator, per_year) for generator in generators]
    readings: list[Reading] = []
    looks: list[Look] = []
    for case in cases:
        for known in (True, False):
            # What fills a niche has taken off if nobody knows of the market around it.
            if known or case.family != "niche":
                more = read(case, known=known)
                readings += more[0]
                looks += more[1]
    return len(cases), readings, looks


def tasks() -> Iterator[tuple[str, int, int, int]]:
    """Split the work into pieces of about equal size."""
    yield from (("market", 0, place, 1) for place in range(MARKETS))
    for per_year, count in sorted(SIZES.items(), reverse=True):
        for family in FAMILIES:
            yield from ((family, per_year, first, CHUNK) for first in range(0, count, CHUNK))


def measure(readings: Sequence[Reading]) -> dict[str, float]:
    """Return what a rule did on series of one family."""
    alarm = np.array([reading.alarm for reading in readings])
    takes_off = np.array([reading.takes_off for reading in readings])
    false = np.where(takes_off, alarm < -EARLY, np.isfinite(alarm))
    hit = takes_off & (alarm >= -EARLY) & (alarm <= LATE)
    true = takes_off & ~false & np.isfinite(alarm)
    covered = np.array([reading.covered for reading in readings])[true]
    covered = covered[np.isfinite(covered)]
    return {
        "series": len(readings),
        "takeoffs": int(takes_off.sum()),
        "false_alarm_rate": float(false.mean()),
        "hit_rate": float(hit.sum() / takes_off.sum()) if takes_off.any() else np.nan,
        "median_delay": float(np.median(alarm[true])) if true.any() else np.nan,
        "coverage": float(np.mean(covered)) if len(covered) else np.nan,
        **ends([errors_of(readings)]),
    }


def ends(families: Sequence[Floats]) -> dict[str, float]:
    """Return between which errors 95 % lie, each family with the same weight."""
    some = [errors for errors in families if len(errors)]
    if not some:
        return {"early": np.nan, "late": np.nan}
    errors = np.concatenate(some)
    weights = np.concatenate([np.full(len(part), 1 / len(part)) for part in some])
    order = np.argsort(errors)
    below = np.cumsum(weights[order]) / weights.sum()
    low, high = (errors[order][int(np.searchsorted(below, part))] for part in (0.025, 0.975))
    return {"early": float(low), "late": float(high)}


def errors_of(readings: Sequence[Reading]) -> Floats:
    """Return by how many years the days that a rule names are off, where there is a take-off and it names one."""
    errors = np.array([reading.named for reading in readings if reading.takes_off])
    return errors[np.isfinite(errors)]


def pooled(families: Sequence[dict[str, float]]) -> dict[str, float]:
    """Put families together, each with the same weight."""
    with np.errstate(invalid="ignore"):
        columns = {name: np.array([family[name] for family in families]) for name in families[0]}
        means = {
            name: float(np.nanmean(columns[name])) if np.isfinite(columns[name]).any() else np.nan
            for name in ("false_alarm_rate", "hit_rate", "median_delay", "coverage")
        }
    counts = {name: int(columns[name].sum()) for name in ("series", "takeoffs")}
    return counts | means


def rows(readings: Sequence[Reading]) -> Iterator[dict[str, object]]:
    """Yield a row for each rule, market, periods a year and family, and for all families together."""
    groups: dict[tuple[str, bool, int], dict[str, list[Reading]]] = {}
    for reading in readings:
        place = groups.setdefault((reading.rule, reading.known, reading.per_year), {})
        place.setdefault(reading.family, []).append(reading)
    for (rule, known, per_year), families in sorted(groups.items()):
        head = {"rule": rule, "market": "known" if known else "unknown", "per_year": per_year}
        measured = {family: measure(members) for family, members in sorted(families.items())}
        whole = pooled(list(measured.values())) | ends([errors_of(members) for members in families.values()])
        yield head | {"family": "all"} | rounded(whole)
        for family, found in measured.items():
            yield head | {"family": family} | rounded(found)


def rounded(found: dict[str, float]) -> dict[str, object]:
    """Write figures to a thousandth, and nothing where there is none."""
    return {name: "" if np.isnan(value) else round(value, 3) for name, value in found.items()}


def odds(looks: Sequence[Look], *, known: bool) -> tuple[Floats, list[tuple[float, float, int]]]:
    """Fit log odds to one half of the looks; return the weights, and how they fare on the other half.

    The second is, for each tenth of the predictions, their mean, the share that had taken off, and their number.
    """
    chosen = [look for look in looks if look.known == known]
    seen = np.array([look.seen for look in chosen])
    taken_off = np.array([look.taken_off for look in chosen])
    half = np.arange(len(chosen)) // LOOKS % 2 == 0
    # What never varies has no weight.
    free = np.append(True, seen[half, 1:].std(axis=0) > 0)

    def loss(weights: Floats) -> tuple[float, Floats]:
        margin = seen[half][:, free] @ weights
        miss = 1 / (1 + np.exp(-margin)) - taken_off[half]
        cost = np.logaddexp(0, margin) - taken_off[half] * margin
        # A little ridge, so that a rule that is never wrong keeps a finite weight.
        return float(cost.sum() + 0.5 * weights @ weights), seen[half][:, free].T @ miss + weights

    weights = np.zeros(seen.shape[1])
    weights[free] = minimize(loss, np.zeros(int(free.sum())), jac=True, method="BFGS").x
    predicted = np.round(1 / (1 + np.exp(-(seen[~half] @ weights))), 9)
    order = np.array_split(np.argsort(predicted, kind="stable"), 10)
    # Looks with the same odds count alike, on whichever side of a bound between tenths they come to lie.
    _, group = np.unique(predicted, return_inverse=True)
    truth = (np.bincount(group, taken_off[~half]) / np.bincount(group))[group]
    return weights, [(float(predicted[part].mean()), float(truth[part].mean()), len(part)) for part in order]


def run() -> None:
    """Simulate, read, and write both tables."""
    begun = time.monotonic()
    todo = list(tasks())
    readings: list[Reading] = []
    looks: list[Look] = []
    series = 0
    with ProcessPoolExecutor() as pool:
        for done, (count, more, seen) in enumerate(pool.map(work, todo), start=1):
            series, readings, looks = series + count, readings + more, looks + seen
            if done % 20 == 0 or done == len(todo):
                spent = time.monotonic() - begun
                left = spent / done * (len(todo) - done)
                print(
                    f"{done} of {len(todo)} pieces, {series} series, {spent:.0f} s, about {left:.0f} s left", flush=True
                )
    write(RULES, list(rows(readings)))
    found = {known: odds(looks, known=known) for known in (True, False)}
    write(
        ODDS,
        [
            {"market": "known" if known else "unknown"}
            | {name: f"{weight:.4f}" for name, weight in zip(FEATURES, weights, strict=True)}
            for known, (weights, _) in found.items()
        ],
    )
    write(
        CALIBRATION,
        [
            {"market": "known" if known else "unknown", "said": f"{said:.4f}", "was": f"{was:.4f}", "looks": number}
            for known, (_, tenths) in found.items()
            for said, was, number in tenths
        ],
    )


def write(path: Path, table: Sequence[dict[str, object]]) -> None:
    """Write a table whole or not at all."""
    beside = path.with_suffix(".part")
    with beside.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(table[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
    beside.replace(path)


def read_table(path: Path) -> list[dict[str, str]]:
    """Read a table that `write` wrote."""
    with path.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def tables() -> dict[str, str]:
    """Return the tables of the page by name."""
    measured, calibrated = read_table(RULES), read_table(CALIBRATION)
    whole = [row for row in measured if row["family"] == "all"]
    return {
        "all": rule_table(whole, ("market", "per_year")),
        "families": rule_table(
            [row for row in measured if row["family"] != "all" and row["rule"] in SHOWN],
            ("market", "per_year", "family"),
        ),
        "calibration": markdown(
            ("market", "said", "was", "looks"),
            [
                (row["market"], f"{float(row['said']):.0%}", f"{float(row['was']):.0%}", row["looks"])
                for row in calibrated
            ],
        ),
    }


SHOWN: Final = ("threshold", "penetration", "elbow", "change_point")


def rule_table(found: Sequence[dict[str, str]], keys: Sequence[str]) -> str:
    """Return rules in rows, the best first, under what they were measured on."""

    def score(row: dict[str, str]) -> float:
        return float(row["hit_rate"] or 0) - float(row["false_alarm_rate"])

    ordered = sorted(found, key=lambda row: ([(row[key].rjust(9)) for key in keys], -score(row)))
    heads = (
        *keys,
        "rule",
        "series",
        "take-offs",
        "false alarms",
        "hits",
        "hits − false alarms",
        "median delay, years",
        "interval covers",
    )
    body = [
        (
            *(row[key] for key in keys),
            row["rule"],
            row["series"],
            row["takeoffs"],
            f"{float(row['false_alarm_rate']):.1%}",
            f"{float(row['hit_rate']):.1%}" if row["hit_rate"] else "",
            f"{score(row):+.2f}" if row["hit_rate"] else "",
            row["median_delay"],
            f"{float(row['coverage']):.0%}" if row["coverage"] else "",
        )
        for row in ordered
    ]
    return markdown(heads, body)


def markdown(heads: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    """Return a table."""
    lines = [heads, ["---"] * len(heads), *body]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def main(arguments: Sequence[str]) -> None:
    """Measure unless only the tables are asked for; write the page."""
    if "--tables" not in arguments:
        run()
    page = PAGE.read_text("utf-8")
    for name, table in tables().items():
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        before, rest = page.split(begin, 1)
        page = f"{before}{begin}\n\n{table}\n\n{end}{rest.split(end, 1)[1]}"
    PAGE.write_text(page, "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
