"""The real example: every reconstructed total against its source within 1 %, and the committed bytes regenerated."""

from __future__ import annotations

import importlib.util
import sys
from datetime import date
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from majung.dims import CLASSES
from majung.evidence import fact, facts
from majung.market.lower import lower
from majung.scenario import Scenario, load

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "korea-ai-2024"
TABLES = ("technologies.csv", "inputs.csv", "segments.csv", "firms.csv", "lines.csv")
HOME, WORLD = 0, 1
WITHIN = 0.01


@cache
def scenario() -> Scenario:
    return load(EXAMPLE)


def generator() -> ModuleType:
    path = ROOT / "examples" / "generators" / "korea_ai_2024.py"
    spec = importlib.util.spec_from_file_location("korea_ai_2024", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path[:] = [entry for entry in sys.path if entry != str(path.parent)]
    return module


def value(name: str) -> float:
    return fact(name).value


def close(found: float, name_or_value: str | float, within: float = WITHIN) -> bool:
    wanted = value(name_or_value) if isinstance(name_or_value, str) else name_or_value
    return abs(found - wanted) <= within * abs(wanted)


def survey() -> np.ndarray:
    """Which firms are of the survey."""
    firms = scenario().firms
    return (firms.origin == "reconstructed") & (firms.size_class != CLASSES.index("foreign"))


def sales() -> np.ndarray:
    """Yearly sales of lines by region, (L, 2)."""
    return np.stack([scenario().lines.home_sales, scenario().lines.world_sales], axis=1)


def firm_sales() -> np.ndarray:
    return np.bincount(scenario().lines.firm, sales().sum(axis=1), len(scenario().firms))


def technology(name: str) -> int:
    return scenario().technologies.id.tolist().index(name)


def firm(name: str) -> int:
    return scenario().firms.id.tolist().index(name)


# The survey's totals


def test_number_of_firms() -> None:
    assert survey().sum() == value("kr-ai-firms-2023")


def test_sales() -> None:
    of_survey = firm_sales()[survey()].sum()
    assert close(of_survey, "kr-ai-sales-2023")
    assert close(
        of_survey, sum(value(f"kr-ai-sales-{buyer}-2023") for buyer in ("private", "public", "consumers")), 1e-5
    )


@pytest.mark.parametrize("buyer", ["public", "consumers", "private"])
def test_sales_by_buyer_in_the_lowered_market(buyer: str) -> None:
    """What the model's segments buy of survey firms in the first quarter, at the observed shares, times four."""
    world = lower(scenario()).world
    s = world.segments
    hazard = s.innovation + s.imitation * s.adopters / s.potential
    # Offers are worth 0 to begin with: shares are observed, so that the inclusive value is 0.
    hazard = hazard / (1 + np.exp(s.threshold / s.tolerance))
    of = np.asarray(scenario().segments.technology)
    units = s.units_each * ((s.potential - s.adopters) * hazard + world.technologies.replacement[of] * s.adopters)
    names = scenario().segments.id
    mine, line = survey()[scenario().lines.firm], scenario().lines.technology
    total, bought = sales()[mine].sum(), {"public": 0.0, "consumers": 0.0}
    for segment, k in enumerate(of):
        who = names[segment].rsplit("-", 1)[1]
        if who in bought:
            part = sales()[mine & (line == k), HOME].sum() / sales()[line == k, HOME].sum()
            bought[who] += 4 * units[segment] * part
    bought["private"] = total - sum(bought.values())
    assert close(bought[buyer], f"kr-ai-sales-{buyer}-2023")


def test_firms_without_sales() -> None:
    share = float((firm_sales()[survey()] == 0).mean())
    assert close(share, "kr-ai-without-sales-2023")


def test_exporting_firms() -> None:
    exports = np.bincount(scenario().lines.firm, sales()[:, WORLD], len(scenario().firms))
    assert close(float((exports[survey()] > 0).mean()), "kr-ai-exporting-2023")


def test_staff() -> None:
    assert scenario().firms.staff[survey()].sum() == value("kr-ai-staff-2023")


def test_sales_by_category_of_the_survey() -> None:
    mine = survey()[scenario().lines.firm]
    by_technology = np.bincount(scenario().lines.technology[mine], sales()[mine].sum(axis=1))

    def share(*names: str) -> float:
        return float(sum(by_technology[technology(name)] for name in names) / by_technology.sum())

    whole = value("kr-ai-sales-survey-2022")
    assert close(share("content", "software"), value("kr-ai-application-software-2022") / whole)
    assert close(share("it-services", "cloud"), value("kr-ai-information-services-2022") / whole)


def research() -> np.ndarray:
    """Research of the first quarter by firm, as the model page's step 3 says."""
    firms, lines, parameters = scenario().firms, scenario().lines, scenario().parameters
    market = np.bincount(lines.technology, sales().sum(axis=1)) / 4
    old = parameters.value("hesitation_threshold") * firms.legacy_profit[lines.firm] / 4
    with np.errstate(divide="ignore"):
        distance = np.log(market[lines.technology]) - np.log(old)
    attention = 1 / (1 + np.exp(-distance / parameters.value("hesitation_width")))
    attention = np.bincount(lines.firm, lines.effort * attention, len(firms))
    legacy = parameters.value("legacy_research_share") * firms.legacy_profit / 4 * attention
    patient = (1 - firms.captive) * firms.cash / parameters.value("cash_horizon")
    small = firms.size_class <= CLASSES.index("sme")
    own = parameters.value("research_share") * firm_sales() / 4
    return np.asarray(own + np.where(small, patient, legacy))


def test_research() -> None:
    assert close(4 * research()[survey()].sum(), "kr-ai-research-2023")


@pytest.mark.parametrize("size", ["large", "mid", "sme", "venture"])
def test_research_by_size(size: str) -> None:
    of_size = survey() & (scenario().firms.size_class == CLASSES.index(size))
    share = research()[of_size].sum() / research()[survey()].sum()
    assert close(float(share), f"kr-research-share-{size}-2018")


def test_sizes_have_a_heavy_tail() -> None:
    """Slope of log rank on log size over the largest half (Gabaix and Ibragimov 2011: rank less one half)."""
    largest = np.sort(firm_sales()[survey()])[::-1][:940]
    slope = np.polyfit(np.log(largest), np.log(np.arange(1, largest.size + 1) - 0.5), 1)[0]
    assert -slope == pytest.approx(value("firm-size-exponent"), abs=0.1)


# The rest of the world


def test_memory() -> None:
    market = value("hbm-share-of-dram-2023") * value("dram-revenue-2023") * 1e3 * value("won-per-dollar-2023")
    line = scenario().lines.technology == technology("hbm")
    assert close(sales()[line].sum(), market)
    for name, key in (("sk-hynix", "skhynix"), ("samsung-electronics", "samsung"), ("micron", "micron")):
        assert close(firm_sales()[firm(name)], market * value(f"hbm-share-{key}-2023"))
    for name, key in (("sk-hynix", "skhynix"), ("samsung-electronics", "samsung")):
        assert close(scenario().firms.legacy_profit[firm(name)], f"{key}-operating-profit-2022")


@pytest.mark.parametrize(
    ("name", "revenue"),
    [
        ("nvidia", "nvidia-data-centre-fy2024"),
        ("openai", "openai-revenue-2023-12"),
        ("anthropic", "anthropic-revenue-2024-01"),
    ],
)
def test_foreign_leaders(name: str, revenue: str) -> None:
    assert close(firm_sales()[firm(name)], value(revenue) * 1e3 * value("won-per-dollar-2023"))


@pytest.mark.parametrize("name", ["aws", "microsoft"])
def test_clouds_at_home(name: str) -> None:
    lines = scenario().lines
    cloud = lines.technology == technology("cloud")
    share = sales()[cloud & (lines.firm == firm(name)), HOME].sum() / sales()[cloud, HOME].sum()
    assert close(float(share), f"kr-cloud-share-{name}-2021")


def test_world_spending() -> None:
    """Foreign sales abroad of all that is not a chip are IDC's figure for 2023."""
    foreign = scenario().firms.size_class[scenario().lines.firm] == CLASSES.index("foreign")
    chips = np.isin(scenario().lines.technology, [technology("accelerator"), technology("hbm")])
    spending = value("world-ai-spending-2022") * (1 + value("world-ai-spending-growth")) * 1e3
    assert close(sales()[foreign & ~chips, WORLD].sum(), spending * value("won-per-dollar-2023"))


def test_public_need_is_what_government_buys() -> None:
    assert close(scenario().technologies.public_need.sum(), "kr-ai-sales-public-2023")


# The scenario


def test_nothing_is_wrong_and_the_first_quarter_is_the_observed_one() -> None:
    assert scenario().warnings == ()
    calibration = lower(scenario()).calibration
    # all sales are met; domestic lines get a little more than theirs, because lines without sales begin to sell
    np.testing.assert_allclose(calibration.modelled[:, 0], calibration.observed[:, 0], rtol=0.02)
    np.testing.assert_allclose(calibration.modelled[:, 1], calibration.observed[:, 1], rtol=0.05)


def test_all_programmes_have_the_pilot_purchase_budget() -> None:
    year = value("pilot-purchase-2024")
    strategies = scenario().strategies
    assert len(strategies) == 9
    for strategy in strategies[1:]:
        awards = sum(award.amount for award in strategy.awards)
        assert strategy.budget * strategy.quarters + awards == pytest.approx(5 * year)


def test_no_source_is_of_the_future() -> None:
    """But for the page that was read for the budget of 2024."""
    known = {fact.source.key: fact.source for fact in facts().values()}
    used = {source.id for source in scenario().sources}
    assert used <= set(known)
    late = {key for key in used if (known[key].published or date.min) > scenario().as_of}
    assert late <= {"pilot-purchase"}
    assert all(fact.date[:7] <= "2024-04" for fact in facts().values() if fact.source.key in used)


def test_regenerating_gives_the_committed_bytes(tmp_path: Path) -> None:
    generator().generate(tmp_path)
    for table in TABLES:
        assert (tmp_path / table).read_bytes() == (EXAMPLE / table).read_bytes(), f"{table}: run the generator again"


@pytest.mark.parametrize(("name", "lang"), [("README.md", "en"), ("README.ko.md", "ko")])
def test_readmes_list_every_free_choice(name: str, lang: str) -> None:
    assert generator().tables.free_table(lang) in (EXAMPLE / name).read_text("utf-8")
