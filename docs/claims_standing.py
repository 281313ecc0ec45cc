"""Keep what a run of all claims on the Korean example came to, and write the table of guide/claims-M1-M13-status.md.

Run it as ``python docs/claims_standing.py FOLDER``, where ``majung claims examples/korea-ai-2024`` wrote FOLDER, or as
``python docs/claims_standing.py --table`` to write the table alone. A test holds the table to the file, and the file to
the claims, the example and the engine as they are.
"""

from __future__ import annotations

import csv
import hashlib
import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import majung as mj
from majung.decision.claims import planned_claims
from majung.decision.worlds.factors import identity_of

ROOT: Final = Path(__file__).resolve().parents[1]
EXAMPLE: Final = ROOT / "examples" / "korea-ai-2024"
PAGE: Final = ROOT / "docs" / "guide" / "claims-M1-M13-status.md"
RESULTS: Final = PAGE.with_suffix(".csv")
BEGIN, END = "<!-- verdicts: begin -->", "<!-- verdicts: end -->"
PROBE: Final = ("M3", 2)
"""The claim and the number of worlds by which a test sees that the engine is still the same."""
FIELDS: Final = (
    "claim", "sentence", "verdict", "worlds", "share", "share_low", "share_high", "mean", "low", "high", "unit",
    "undecided", "flips_to", "rule", "density", "base_rate", "density_held_out",
)  # fmt: skip


def signature(scenario: mj.Scenario) -> str:
    """Return what the results hang on beside the engine: every word of the claims, the example, what is varied."""
    plan = planned_claims(scenario)
    content = [[claim.hash for claim in plan.claims], scenario.hash, identity_of(plan.factors, scenario)]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()[:16]


def probe(scenario: mj.Scenario) -> float:
    """Return the mean effect of a claim in a few worlds."""
    claim, worlds = PROBE
    return mj.claims(scenario, [claim], worlds=worlds)[claim].effect.mean


def rows(found: Mapping[str, Any], scenario: mj.Scenario) -> Iterator[dict[str, object]]:
    """Yield a row of the file for each claim of ``claims.json``; effects that are parts of a whole in per cent."""
    parts = {claim.id for claim in planned_claims(scenario).claims if claim.percent}
    for claim in found["claims"]:
        counts, effect = claim["worlds"], dict(claim["effect"])
        if claim["id"] in parts:
            effect |= {key: 100 * effect[key] for key in ("mean", "low", "high")}
            effect["unit"] = "points" if effect["unit"] == "share" else "%"
        answered = counts["answered"]
        flip = claim["flips"][0] if claim["flips"] else {}
        values = (
            claim["id"], claim["sentence"], claim["verdict"], answered, claim["share_of_worlds"], claim["share_low"],
            claim["share_high"], effect["mean"], effect["low"], effect["high"], effect["unit"],
            1 - (counts["sure_for"] + counts["sure_against"]) / answered if answered else math.nan,
            *(flip.get(key, "") for key in ("flips_to", "rule", "density", "base_rate", "density_held_out")),
        )  # fmt: skip
        yield {
            field: f"{value:.4g}" if isinstance(value, float) else value
            for field, value in zip(FIELDS, values, strict=True)
        }


def table(read: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """Yield the lines of the table."""
    yield "| | claim | verdict | comes to it in | mean effect | hidden by luck | where it turns |"
    yield "|---|---|---|---|---|--:|---|"
    for row in read:
        verdict = row["verdict"] if row["verdict"] == "mixed" else f"**{row['verdict']}**"
        share = f"{percent(row['share'])} ({bounds(row['share_low'], row['share_high'], 100, 0)}) of {row['worlds']}"
        unit = f" {row['unit']}" if row["unit"] in ("%", "points") else ""
        effect = f"{float(row['mean']):+.2f}{unit} ({bounds(row['low'], row['high'], 1, 2)})".replace("-", "−")
        cells = (row["claim"], row["sentence"], verdict, share, effect, percent(row["undecided"]), turn(row))
        yield f"| {' | '.join(cells)} |"


def turn(row: Mapping[str, str]) -> str:
    """Say where a claim turns; or only that the other answer is more common there."""
    if not row["rule"]:
        return ""
    if row["density_held_out"] and float(row["density_held_out"]) > 0.5:
        return f"{row['flips_to']} where {row['rule']} ({percent(row['density'])} of the worlds there)"
    instead = f"{percent(row['density'])} instead of {percent(row['base_rate'])}"
    return f"{row['flips_to']} more often where {row['rule']} ({instead})"


def percent(share: str) -> str:
    """Write a share."""
    return f"{100 * float(share):.0f} %"


def bounds(low: str, high: str, times: float, decimals: int) -> str:
    """Write an interval."""
    return f"{times * float(low):.{decimals}f} to {times * float(high):.{decimals}f}"


def filled(page: str, read: Sequence[Mapping[str, str]]) -> str:
    """Return the page with its table."""
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    return "\n".join([f"{before}{BEGIN}", "", *table(read), "", f"{END}{after}"])


def read() -> tuple[dict[str, str], list[dict[str, str]]]:
    """Return the file's head and its rows."""
    head, *lines = RESULTS.read_text(encoding="utf-8").splitlines()
    return dict(part.split("=") for part in head[2:].split()), list(csv.DictReader(lines))


def main(folder: str) -> None:
    """Write the file, unless only the table is asked for, and the table."""
    if folder != "--table":
        found = json.loads((Path(folder) / "claims.json").read_text(encoding="utf-8"))
        scenario = mj.load(EXAMPLE)
        head = {
            "signature": signature(scenario),
            "probe": f"{probe(scenario):.9g}",
            "run": found["run_id"],
            "result": found["result_hash"][:16],
            "worlds": found["worlds"],
            "replications": found["replications"],
        }
        with RESULTS.open("w", encoding="utf-8", newline="") as file:
            file.write("# " + " ".join(f"{key}={value}" for key, value in head.items()) + "\n")
            writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows(found, scenario))
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), read()[1]), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
