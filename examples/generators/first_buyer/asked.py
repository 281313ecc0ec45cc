"""What firms ask for: purpose, instruments, amounts."""

from __future__ import annotations

import math

from korea_ai.build import SURVEYED

from first_buyer.call import Application, Call, Company, rounded

TEN_MILLION = 10
"""Million won; amounts are asked in tens of them."""
MATCHED_ONLY = ("over-cap", "dependent", "old-cap", "between-caps", "new-cap")
"""Cases of which the first firm of each asks for matching alone, so that the law decides on all that it asks."""


def make_applications(call: Call) -> None:
    """Make one application of each company, and further ones of some."""
    seen: set[str] = set()
    for company in call.companies:
        application = first_application(call, company)
        if company.case in MATCHED_ONLY and company.case not in seen:
            seen.add(company.case)
            application.purpose, application.instruments = "scale-up", ("matching",)
        call.applications.append(application)
    odds = [math.sqrt(c.firm.staff) if not c.case else 0.0 for c in call.companies]
    again = [call.applications[i] for i in call.weighted(odds, call.choice["second_applications"])]
    for place, first in enumerate(again):
        second = further_application(call, [first])
        call.applications.append(second)
        if place < call.choice["third_applications"]:
            call.applications.append(further_application(call, [first, second]))
    for application in call.applications:
        make_amounts(call, application)
        make_product(call, application)
    order = call.weighted([1.0] * len(call.applications), len(call.applications))
    call.applications = [call.applications[i] for i in order]


def first_application(call: Call, company: Company) -> Application:
    """Draw the line, more often the one with more attention, and the purpose."""
    lines = {line.technology: line.effort for line in company.firm.lines if line.technology in SURVEYED}
    technology = call.one_of(lines)
    line = next(line for line in company.firm.lines if line.technology == technology)
    purpose = call.one_of(call.choice["purposes"][company.firm.size])
    return Application(company, line, purpose, instruments_for(call, purpose))


def further_application(call: Call, before: list[Application]) -> Application:
    """Draw another purpose, and another line where the firm has one."""
    company, had = before[0].company, {application.purpose for application in before}
    odds = {purpose: odd for purpose, odd in call.choice["purposes"]["venture"].items() if purpose not in had}
    others = [x for x in company.firm.lines if x is not before[0].line and x.technology in SURVEYED]
    purpose = call.one_of(odds)
    line = others[int(call.uniform(0, len(others)))] if others else before[0].line
    return Application(company, line, purpose, instruments_for(call, purpose))


def instruments_for(call: Call, purpose: str) -> tuple[str, ...]:
    """Draw which instruments would do."""
    return tuple(call.one_of(call.choice["instruments"][purpose]).split("+"))


def make_amounts(call: Call, application: Application) -> None:
    """Draw the amount asked, the least that makes sense, and the cost of a project of research."""
    median, spread = call.choice["amount"]
    least, most = call.choice["amount_bounds"]
    amount = min(max(median * math.exp(spread * call.normal()), least), most)
    application.amount = rounded(amount, TEN_MILLION)
    gives = call.uniform() < call.choice["gives_minimum"]
    part = call.uniform(*call.choice["minimum_share"])
    minimum = max(rounded(application.amount * part, TEN_MILLION), least)
    application.minimum = minimum if gives and minimum < application.amount else None
    kind = call.one_of(call.choice["research"])
    share = call.uniform(*call.choice["asked_of_cost"][application.company.firm.size])
    if "subsidy" in application.instruments:
        application.research = kind
        application.project_cost = rounded(application.amount / share, TEN_MILLION)


def make_product(call: Call, application: Application) -> None:
    """Draw what would be bought: goods or a service; some goods count as technology-developed."""
    service = call.uniform() < call.choice["service"][application.line.technology]
    developed = call.uniform() < call.choice["technology_product"]
    if "purchase" in application.instruments:
        goods = ("goods", "technology") if developed else ("goods",)
        application.product = ("service",) if service else goods
