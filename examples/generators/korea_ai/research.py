"""Research, which fixes legacy profits and cash; reputation and quality that go with it."""

from __future__ import annotations

import math
from statistics import NormalDist

from korea_ai.build import TECHNOLOGIES, Build, Firm
from majung.evidence import fact


def research_cost(build: Build) -> dict[str, float]:
    """Derive the cost of research in models and cloud; the others are chosen."""
    training = fact("gpt4-training-compute-cost").value * build.dollar / 4
    project = fact("k-cloud-2023").value / fact("k-cloud-projects-2023").value / 4
    return {**build.free["research_cost"], "foundation-model": training, "cloud": project}


def reference_contract(build: Build) -> dict[str, float]:
    """Take the mean innovation purchase where no dearer contract is chosen."""
    purchase = fact("innovation-procurement-2019-2022").value / fact("innovation-products-2019-2022").value
    return {k: build.free["reference_contract"].get(k, purchase) for k in TECHNOLOGIES}


def make_reputation(build: Build) -> None:
    """Put reputation where the observed sales would hold it."""
    gain, decay = build.value("private_reference"), build.value("reputation_decay")
    contract = reference_contract(build)
    for firm in build.firms:
        for line in firm.lines:
            inflow = -math.expm1(-gain * line.sales / 4 / contract[line.technology])
            line.reputation = inflow / (inflow + decay)


def make_research(build: Build) -> None:
    """Choose legacy profits and cash so that the first quarter's research is the survey's, by class as KOITA's."""
    total = fact("kr-ai-research-2023").value / 4
    quarterly = {k: (build.market(k, "home") + build.market(k, "world")) / 4 for k in TECHNOLOGIES}
    for size in ("large", "mid", "sme", "venture"):
        firms = [f for f in build.survey if f.size == size]
        wanted = total * fact(f"kr-research-share-{size}-2018").value
        wanted -= build.value("research_share") * sum(f.sales for f in firms) / 4
        if size in ("large", "mid"):
            _set_legacy(build, firms, wanted, quarterly)
        else:
            _set_cash(build, firms, wanted)


def _set_legacy(build: Build, firms: list[Firm], wanted: float, quarterly: dict[str, float]) -> None:
    spread, floor = build.free["legacy_spread"], build.free["legacy_floor"]
    weights = [math.sqrt(f.sales + floor) * math.exp(spread * build.normal()) for f in firms]
    low, high = 0.0, 1e6
    for _ in range(100):
        middle = (low + high) / 2
        for firm, weight in zip(firms, weights, strict=True):
            firm.legacy = firm.cash = middle * weight
        enough = sum(legacy_research(build, firm, quarterly) for firm in firms) >= wanted
        low, high = (low, middle) if enough else (middle, high)


def _set_cash(build: Build, firms: list[Firm], wanted: float) -> None:
    spread, by_technology = build.free["cash_spread"], build.free["cash_weight"]
    weights = [f.staff * by_technology[f.lines[0].technology] * math.exp(spread * build.normal()) for f in firms]
    for firm, weight in zip(firms, weights, strict=True):
        firm.cash = build.value("cash_horizon") * wanted * weight / sum(weights)


def legacy_research(build: Build, firm: Firm, quarterly: dict[str, float]) -> float:
    """Return the legacy profit that an incumbent puts into research in a quarter (the model's step 3)."""
    old, width = build.value("hesitation_threshold") * firm.legacy / 4, build.value("hesitation_width")
    attention: float = sum(
        line.effort / (1.0 + (old / quarterly[line.technology]) ** (1 / width)) for line in firm.lines
    )
    return build.value("legacy_research_share") * firm.legacy / 4 * attention


def own_research(build: Build, firm: Firm, quarterly: dict[str, float]) -> float:
    """Return a firm's research of the first quarter."""
    own = build.value("research_share") * firm.sales / 4
    if firm.size in ("large", "mid"):
        return own + legacy_research(build, firm, quarterly)
    return own + firm.cash / build.value("cash_horizon")


def make_quality(build: Build) -> None:
    """Spread quality around the level of KDI's survey, higher where more research is done."""
    cost, breadth = research_cost(build), build.value("breadth_cost")
    quarterly = {k: (build.market(k, "home") + build.market(k, "world")) / 4 for k in TECHNOLOGIES}
    lines = [
        (line, line.effort * own_research(build, f, quarterly) * len(f.lines) ** -breadth / cost[line.technology])
        for f in build.survey
        for line in f.lines
    ]
    follows, spread = build.free["quality_follows_research"], build.free["quality_spread"]
    for rank, (line, _) in enumerate(sorted(lines, key=lambda pair: pair[1])):
        score = follows * NormalDist().inv_cdf((rank + 0.5) / len(lines)) + math.sqrt(1 - follows**2) * build.normal()
        line.quality = min(fact("kr-ai-level-2020").value * math.exp(spread * score), build.free["quality_at_most"])
