"""Which firms apply, and the facts about them that the law asks for."""

from __future__ import annotations

import math
from datetime import date, timedelta

from korea_ai.build import SURVEYED

from first_buyer.call import DAY, Call, Company, rounded
from majung.evidence import fact

SMALL = ("venture", "sme")
BORDER = ("old-cap", "between-caps", "new-cap")


def make_companies(call: Call) -> None:
    """Draw the firms that apply, and put a few of them where the law draws its lines."""
    for size, count in call.choice["applicants"].items():
        firms = [f for f in call.build.survey if f.size == size and f.lines[0].technology in SURVEYED]
        odds = [call.choice["technology_odds"][f.lines[0].technology] * math.sqrt(f.staff) for f in firms]
        call.companies += [Company(firms[i]) for i in call.weighted(odds, count)]
    make_cases(call)
    regions = call.dealt(call.choice["regions"], len(call.companies))
    for company, company.region in zip(call.companies, regions, strict=True):
        make_facts(call, company)
    make_ventures(call)


def make_cases(call: Call) -> None:
    """Give cases to firms of their class, in the order drawn; those at a cap keep shippers' books (section H)."""
    for case, (size, technology, count) in call.choice["cases"].items():
        free = [c for c in call.companies if not c.case and c.firm.size == size]
        for company in [c for c in free if technology in ("", c.firm.lines[0].technology)][:count]:
            company.case = case


def make_facts(call: Call, company: Company) -> None:
    """Draw a company's industry, sales, assets, age and public money."""
    technology, size = company.firm.lines[0].technology, company.firm.size
    company.industry = call.one_of(call.choice["industries"][technology])
    if company.case in BORDER:
        company.industry = call.choice["border_industry"]
    sales = average_sales(call, company)
    low, high = call.choice["assets_to_sales"]
    assets = sales * math.exp(call.uniform(math.log(low), math.log(high))) + company.firm.cash
    most = call.choice["asset_cap"]
    # A firm is only mid-size or large by its sales, or by what a case says.
    assets = call.uniform(1.05, 1.6) * most if company.case == "assets" else min(assets, 0.9 * most)
    if size == "large":
        assets = max(sales, 2.0 * most)
        company.independent = "no"
    if company.case == "dependent":
        company.independent = "no"
    company.average_sales, company.assets = rounded(sales), rounded(assets)
    years = call.uniform(*call.choice["age"][size])
    company.founded = DAY - timedelta(days=int(365.25 * years))
    had = call.uniform() < call.choice["had_public_money"]
    median, spread = call.choice["earlier_money"]
    amount = median * math.exp(spread * call.normal())
    company.earlier = rounded(amount, 10) if had else 0
    if company.case == "unknown":
        company.industry, company.average_sales, company.assets, company.independent = "", None, None, ""


def average_sales(call: Call, company: Company) -> float:
    """Draw a firm's mean yearly sales of three years; what its AI business sells is a part of it."""
    size, cap = company.firm.size, size_cap(call, company.industry)
    growth = 1 + fact("kr-ai-growth-others-2023").value
    of_three_years = company.firm.sales * (1 + 1 / growth + 1 / growth**2) / 3
    low, high = call.choice["ai_share"].get(size, (1.0, 1.0))
    other = company.firm.sales * (1 / call.uniform(low, high) - 1)
    without = company.firm.staff * call.uniform(*call.choice["other_sales_per_head"])
    small = min(of_three_years + (other if company.firm.sales else without), 0.7 * cap)
    least, most = call.choice["sales_beyond_cap"].get(size, (1.0, 1.0))
    beyond = max(cap * math.exp(call.uniform(math.log(least), math.log(most))), 1.2 * company.firm.sales)
    over = cap * call.uniform(1.05, 1.6)
    borders = dict(zip(BORDER, call.choice["border_sales"], strict=True))
    if company.case in borders:
        return float(borders[company.case])
    if company.case == "over-cap":
        return over
    if company.case == "within-cap":
        return max(call.uniform(0.5, 0.95) * cap, of_three_years)
    return small if size in SMALL else beyond


def size_cap(call: Call, industry: str) -> float:
    """Return the most that a small or medium firm sells, before the change of September 2025."""
    caps: dict[str, float] = call.choice["sales_caps"]
    return next(cap for code, cap in caps.items() if industry.startswith(code))


def make_ventures(call: Call) -> None:
    """Confirm ventures and some small firms as ventures, by kind as published; a few confirmations have run out."""
    rates = call.choice["confirmed"]
    drawn = [(c, call.uniform()) for c in call.companies]
    mine = [c for c, u in drawn if u < rates.get(c.firm.size, 0.0) or c.case in BORDER]
    # A firm that has not been founded yet is confirmed as one; the table has none, so that the youngest stand for it.
    mine.sort(key=lambda c: c.founded, reverse=True)
    kinds = call.dealt(call.choice["venture_kinds"], len(mine))
    before = kinds.count("pre")
    rest = iter([kind for kind in kinds if kind != "pre"])
    for place, company in enumerate(mine):
        company.venture = "pre" if place < before else next(rest)
        years = call.choice["confirmation_years"]
        expired = call.uniform() < call.choice["expired"]
        days = int(365.25 * (-0.5 * call.uniform() if expired else years * call.uniform()))
        company.venture_until = DAY + timedelta(days=days - 1 if expired else days)
        if company.case in BORDER:
            company.venture_until = date(2026, 12, 31)
