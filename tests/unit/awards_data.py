"""A made-up allocation for the tests of its faces: figures of the right shape, not results of the model."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
from tests.unit import report_data

from majung.decision.awards.result import (
    Allocation,
    Awarded,
    Drivers,
    Gap,
    NearMiss,
    Noise,
    Place,
    Practice,
    Refusal,
    RuleUse,
)
from majung.decision.statistics import Interval
from majung.dims import INSTRUMENTS
from majung.messages import Phrase
from majung.parameters import LocalText

NAN = math.nan
LONG = LocalText(
    ko="아주긴이름을가진초거대인공지능반도체설계및고대역폭메모리응용연구개발주식회사",
    en="Consolidated Very-Long-Named Accelerator Design and High-Bandwidth Memory Applications Research Corporation",
)
NASTY = LocalText(ko='<b>굵은</b> & "기업"', en='<script>alert("x")</script>&\'{{ 7 * 7 }}')
FORMULA = LocalText(ko="=1+1 기업", en="=1+1 Inc")
REASON = Phrase("report.instrument.subsidy")
CHANGE = Phrase("report.instrument.matching")
NAMES = [LONG, NASTY, FORMULA]
CLASSES = ("venture", "sme", "mid", "large")
REGIONS = ("서울", "대전", "광주", "경기", "")
RULES = ("overall-budget", "per-firm-cap", "small-floor", "size-2024", "no-double")


def interval(mean: float, half: float) -> Interval:
    return Interval(mean, mean - half, mean + half)


def drivers(place: int = 0) -> Drivers:
    rng = np.random.default_rng(place)
    shares = [float(value) for value in rng.uniform(0, 1, 7)]
    return Drivers(
        takeoff=None if place % 3 == 2 else "2026Q3",
        growth=0.3,
        quality=shares[0],
        reputation=shares[1],
        need=shares[2],
        focus=shares[3],
        traction=shares[4],
        opening=shares[5],
        crowding_out=0.4,
        own=interval(900.0, 200.0),
        others=interval(-120.0, 80.0),
        paid=interval(240.0, 10.0),
        survival=interval(0.08, 0.03),
    )


def considered(place: int) -> dict[str, Any]:
    name = NAMES[place] if place < len(NAMES) else LocalText(ko=f"가온테크 {place}", en=f"Gaon Tech {place}")
    amount = 100.0 + 25 * (place % 9)
    return {
        "application": f"a{place:03d}",
        "firm": f"f{place:04d}",
        "firm_name": name,
        "line": f"f{place:04d}/hbm",
        "technology": "hbm",
        "technology_name": LocalText(ko="고대역폭 메모리", en="High-bandwidth memory"),
        "instrument": INSTRUMENTS[place % 3],
        "amount": amount,
        "quarter": "2024Q3",
        "size_class": CLASSES[place % 4],
        "region": REGIONS[place % 5],
        "purpose": "시제품" if place % 2 else "",
        "score": math.nan if place % 10 == 4 else 90.0 - 0.13 * place,
        "rank": place + 1,
        "value": interval(amount * (3.2 - 0.01 * place), amount / 2) if place % 7 else Interval(400.0, NAN, NAN),
        "worlds": 640,
        "drivers": drivers(place),
        "places": (Place("applications.csv", place + 2), Place("firms.csv", place + 30)),
    }  # fmt: skip


def awarded(place: int, **changes: Any) -> Awarded:
    own = considered(place)
    rules = ("overall-budget", "per-firm-cap") if place % 2 else ("unknown-rule",)
    return Awarded(**own | {"reason": REASON, "rules": rules, "asked": own["amount"] + 50.0} | changes)


def near(place: int, **changes: Any) -> NearMiss:
    own = considered(place)
    extra = math.inf if place % 4 == 0 else 12.5 * (place % 30)
    return NearMiss(
        **own | {"short": 3.0 * (place % 40), "extra": extra, "change": CHANGE, "rules": ("overall-budget",)} | changes
    )


def refusal(place: int, **changes: Any) -> Refusal:
    name = NAMES[place] if place < len(NAMES) else LocalText(ko=f"다온소프트 {place}", en=f"Daon Soft {place}")
    own = {
        "application": f"r{place:03d}",
        "firm": f"g{place:04d}",
        "firm_name": name,
        "document": place % 5 == 3,
        "rule": RULES[3 + place % 2],
        "clause": "중소기업기본법 시행령 제3조제1항",
        "source": "https://www.law.go.kr/법령/중소기업기본법시행령",
        "found": Phrase("report.class.large") if place % 2 else "1,200억 원",
        "required": Phrase("report.class.sme"),
        "places": (Place("applications.csv", 400 + place),),
    }
    return Refusal(**own | changes)


def rule(place: int, **changes: Any) -> RuleUse:
    id = RULES[place] if place < len(RULES) else f"rule-{place}"
    measure = ("money", "money", "share", "applications", "count")[place % 5]
    own = {
        "id": id,
        "kind": "budget" if place == 0 else "cap",
        "title": LocalText(ko=f"규칙 {place}: 기업당 한도", en=f"Rule {place}: a cap per firm"),
        "clause": f"공고 제{place + 1}조",
        "source": "https://example.org/notice" if place % 2 else "공고문",
        "status": ("READ", "READ-2nd", "DERIVED", "MEMORY", "assumed")[place % 5],
        "effective": None if place % 4 == 3 else date(2024, 1, 1),
        "in_force": place % 6 != 5,
        "measure": measure,
        "limit": {"money": 4000.0, "share": 0.5, "count": 30.0, "applications": math.nan}[measure],
        "used": {"money": 3800.0, "share": 0.62, "count": 27.0, "applications": math.nan}[measure],
        "binding": place in (0, 2),
        "price": {0: 2.4, 2: 310.0}.get(place, 0.0),
        "refused": 40 if measure == "applications" else 0,
    }
    return RuleUse(**own | changes)


def practices() -> tuple[Practice, ...]:
    found = (("score", 5200.0, 1900.0), ("pro-rata", 3100.0, 4000.0), ("lottery", 2900.0, 4200.0))
    made = [
        Practice(
            id=id,
            title=Phrase(f"decision.awards.practice.{id.replace('-', '_')}"),
            awards=26.5,
            spent=3790.0,
            value=interval(value, 600.0),
            difference=interval(difference, 500.0),
            unmet=("small-floor",) if id == "score" else (),
        )
        for id, value, difference in found
    ]
    last = Practice(
        id="small-first",
        title=Phrase("decision.awards.practice.small_first"),
        awards=31.0,
        spent=3800.0,
        value=interval(6900.0, 650.0),
        difference=interval(200.0, 420.0),
        unmet=(),
    )
    return (*made, last)


def allocation(awards: int = 27, nears: int = 40, refused: int = 60, rules: int = 20, **changes: Any) -> Allocation:
    """Make an allocation; `changes` are fields of it."""
    chosen = tuple(awarded(place) for place in range(awards))
    spent = math.fsum(one.amount for one in chosen)
    whole: dict[str, Any] = {
        "run_id": "0123456789ab",
        "result_hash": "cd" * 32,
        "scenario": "made-up",
        "call": "first-buyer-call",
        "scenario_title": LocalText(ko="시험용으로 지어낸 사례", en="A made-up case for tests"),
        "title": LocalText(ko="첫 구매자 공모 2024", en="First-buyer call 2024"),
        "day": date(2024, 4, 29),
        "unit": "million KRW",
        "objective": "private_domestic_sales",
        "discount": 0.045,
        "seed": 7,
        "horizon": 40,
        "applications": awards + nears + refused + 30,
        "eligible": awards + nears + 30,
        "documents": sum(place % 5 == 3 for place in range(refused)),
        "options": 12_400,
        "budget": spent + 200.0,
        "spent": spent,
        "awards": chosen,
        "near_misses": tuple(near(awards + place) for place in range(nears)),
        "ineligible": tuple(refusal(place) for place in range(refused)),
        "rules": tuple(rule(place) for place in range(rules)),
        "practices": practices(),
        "portfolio_value": interval(2.1 * spent, 0.35 * spent),
        "single_values": 2.4 * spent,
        "gap": Gap(40.0, 130.0),
        "cvar": 0.7 * spent,
        "loss": 0.04,
        "noise": Noise(
            evaluators=3.0, deviation=6.2, reliability=0.71, overlap=0.64, value=interval(5100.0, 700.0)
        ),
        "swaps": 3,
        "tried": 48,
        "worlds": {"values": 51_200, "refine": 20_480, "improve": 12_800, "judge": 6_400},
        "seconds": {"values": 21.2, "refine": 9.31, "explain": 0.84, "improve": 6.0, "judge": 2.5},
    }  # fmt: skip
    return Allocation(**whole | changes)


def nothing(**changes: Any) -> Allocation:
    """Make an allocation without awards: none of the figures of a portfolio exists."""
    empty = Interval(0.0, math.nan, math.nan)
    beside = tuple(replace(one, awards=0.0, spent=0.0, value=empty, difference=empty, unmet=()) for one in practices())
    return allocation(
        **{
            "awards": 0, "nears": 0, "refused": 4, "budget": 0.0, "spent": 0.0, "eligible": 0, "practices": beside,
            "portfolio_value": empty, "single_values": 0.0, "gap": Gap(0.0, math.nan), "cvar": math.nan,
            "loss": math.nan, "noise": Noise(evaluators=0.0, deviation=math.nan, reliability=math.nan, overlap=math.nan,
            value=Interval(math.nan, math.nan, math.nan)),
        } | changes,
    )  # fmt: skip


def scenario() -> Any:
    """Return the scenario that the made-up reports are of."""
    return report_data.case(strategies=("hands-off", "blanket"), technologies=("cloud", "hbm"), replications=4).scenario
