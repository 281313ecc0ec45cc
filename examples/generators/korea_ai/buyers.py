"""Buyers: home final sales by buyer, thresholds that go with observed growth, and what government can buy."""

from __future__ import annotations

import math

from korea_ai.build import SURVEYED, TECHNOLOGIES, Build
from majung.evidence import fact

BUYERS = {
    "firms": ("기업", "firms"),
    "public": ("정부·공공기관", "government"),
    "consumers": ("소비자", "consumers"),
    "world": ("해외", "the world"),
}


def survey_final(build: Build, technology: str) -> float:
    """Return the survey firms' final sales at home; inputs fall on all suppliers alike."""
    own = build.market(technology, "home", "domestic")
    return own * build.final(technology, "home") / build.market(technology, "home")


def shares_by_buyer(build: Build) -> dict[str, dict[str, float]]:
    """Split home final sales by buyer so that what survey firms sell to each is the survey's."""
    own, tilt = {k: survey_final(build, k) for k in SURVEYED}, build.free["buyer_tilt"]
    shares: dict[str, dict[str, float]] = {k: {} for k in TECHNOLOGIES}
    for buyer in ("public", "consumers"):
        total = fact(f"kr-ai-sales-{buyer}-2023").value
        level = total / sum(own[k] * tilt[k][buyer] for k in SURVEYED)
        for k in SURVEYED:
            shares[k][buyer] = level * tilt[k][buyer]
    for k in TECHNOLOGIES:
        shares[k]["firms"] = 1 - sum(shares[k].values())
    return shares


def public_need(build: Build) -> dict[str, float]:
    """Return what government buys of survey firms by technology: the most that a programme can add."""
    shares = shares_by_buyer(build)
    return {k: shares[k].get("public", 0.0) * survey_final(build, k) if k in SURVEYED else 0.0 for k in TECHNOLOGIES}


def units(build: Build, adopted: float, replacement: float, threshold: float, quarter: int) -> float:
    """Units that a segment alone demands of offers that improve at the frontier's pace, per potential buyer."""
    value, demanded = build.value, 0.0
    for t in range(quarter + 1):
        utility = value("quality_weight") * value("frontier_growth") * t
        acceptable = 1 / (1 + math.exp((threshold - utility) / value("adoption_tolerance")))
        hazard = (value("adoption_innovation") + value("adoption_imitation") * adopted) * acceptable
        demanded = (1 - adopted) * hazard + replacement * adopted
        adopted += (1 - adopted) * hazard
    return demanded


def threshold(build: Build, adopted: float, replacement: float, growth: float) -> float:
    """Find the highest threshold at which a segment alone grows as observed in its first year."""
    most = build.free["acceptable_at_most"]
    low, high = build.value("adoption_tolerance") * math.log((1 - most) / most), 3.0
    for _ in range(60):
        middle = (low + high) / 2
        now, later = (units(build, adopted, replacement, middle, quarter) for quarter in (0, 4))
        low, high = (middle, high) if later > (1 + growth) * now else (low, middle)
    return low


def segments(build: Build) -> list[list[object]]:
    """Rows of buyers; the weight is a quarter's units of an adopter."""
    shares, users = shares_by_buyer(build), fact("kr-firms-using-ai-2023").value
    adopted = {"software": users, "it-services": users} | build.free["adopted"]
    adopted["foundation-model"] = users * fact("kr-firms-ai-text-2023").value
    people = {
        "firms": fact("kr-firms-10-staff-2021").value,
        "public": fact("innovation-agencies-2019-2022").value,
        "consumers": build.free["consumers"],
        "world": build.free["world_buyers"],
    }
    observed = {buyer: fact("kr-ai-growth-others-2023").value for buyer in ("firms", "public")}
    observed["consumers"] = fact("kr-ai-growth-consumers-2023").value
    observed["world"] = fact("world-ai-spending-growth").value
    rows: list[list[object]] = []
    for k, names in TECHNOLOGIES.items():
        for buyer in BUYERS:
            region = "world" if buyer == "world" else "home"
            amount = (1.0 if buyer == "world" else shares[k].get(buyer, 0.0)) * build.final(k, region)
            if not amount:
                continue
            a, again = adopted[buyer if buyer in ("public", "consumers") else k], build.free["replacement"][k]
            limit = threshold(build, a, again, build.free["first_year_growth"].get(k, observed[buyer]))
            size = round(people[buyer])
            weight = amount / 4 / units(build, a, again, limit, 0) / size
            row = [f"{k}-{buyer}", k, region, "public" if buyer == "public" else "private"]
            row += [f"{name} - {who}" for name, who in zip(names, BUYERS[buyer], strict=True)]
            rows.append([*row, size, round(size * a), f"{limit:.4f}", f"{weight:.6g}"])
    return rows
