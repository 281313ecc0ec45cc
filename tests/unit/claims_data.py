"""A made-up test of claims for the tests of its report: random numbers of the right shape, not results of the model."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np

from majung.decision.claims.formula import Formula
from majung.decision.claims.model import Claim
from majung.decision.claims.result import Claims
from majung.decision.claims.verdict import WorldEffects, judged
from majung.decision.explore.discovery import Box, Limit
from majung.decision.explore.importance import Driver
from majung.decision.worlds.factors import Factor, points
from majung.decision.worlds.panel import Arm
from majung.errors import Problem
from majung.parameters import LocalText
from majung.scenario import hands_off

NASTY = '<script>alert("x")</script>&\'{{ 7 * 7 }}'
CONFIDENCE = 0.95

FACTORS = (
    Factor(
        "markup.large",
        LocalText(ko="원가 대비 가산율(large)", en="mark-up over unit cost (large)"),
        "share of cost",
        0.1,
        0.6,
        0.35,
    ),
    Factor(
        "search_share",
        LocalText(
            ko="아는 공급자 밖까지 찾아보는 구매자의 비율", en="share of buyers who look beyond the suppliers they know"
        ),
        "share",
        0.05,
        0.5,
        0.2,
        log=True,
    ),
    Factor("history_years", LocalText(ko="누적 산출(몇 년분)", en="years of past output"), "year", 1.0, 6.0, 3.0),
    Factor("success_rate", LocalText(ko="연구 성공률", en="rate of research success"), "1/quarter", 0.2, 1.0, 0.5),
    Factor(
        "public-need",
        LocalText(ko="공공 수요 한도(배수)", en="what the state can use (factor)"),
        "1",
        0.5,
        2.0,
        1.0,
        log=True,
    ),
    Factor(
        "funding_base",
        LocalText(ko="투자를 받을 로그 승산", en="log odds of raising a round"),
        "log odds",
        -3.0,
        -0.5,
        -1.5,
    ),
    Factor("unnamed", LocalText(), "", 0.0, 1.0, 0.5),
)


def claim(id: str, sentence: LocalText, **options: Any) -> Claim:
    """Return a claim that contrasts orders with grants."""
    asked: dict[str, Any] = {
        "question": LocalText(
            ko="같은 예산으로 50곳을 뽑아 전부 구매로 주는가.", en="The same budget for fifty winners."
        ),
        "outcome": "additionality",
        "effect": Formula("orders - grants"),
        "smallest": 0.1,
        "unit": LocalText(ko="공공자금 한 단위당", en="per unit of public money"),
        "arms": {"orders": Arm(hands_off("million KRW")), "grants": Arm(hands_off("KRW"))},
        "titles": {
            "orders": LocalText(ko="공공구매만", en="Public orders alone"),
            "grants": LocalText(ko="보조금만", en="Grants alone"),
        },
        "source": "free",
        "note": LocalText(ko="국가에 판 매출은 세지 않는다.", en="Sales to the state are not counted."),
    }
    return Claim(id=id, sentence=sentence, **(asked | options))


CLAIMS = (
    claim(
        "M1",
        LocalText(
            ko="공공구매 한 푼이 보조금 한 푼보다 더 많은 민간 매출을 만든다.",
            en="A won of public purchase creates more private sales than a won of subsidy.",
        ),
    ),
    claim(
        "M2",
        LocalText(
            ko="가려 뽑은 소수에 보조금과 구매를 함께 주면 더 많은 시장이 생긴다.",
            en="Grants and orders together, for few that were chosen, create more per won.",
        ),
    ),
    claim(
        "M3",
        LocalText(ko=f"기다리면 덜 든다. {NASTY}", en=f"Waiting costs less. {NASTY}"),
        direction="less",
        smallest=0.0,
        outcome="private_domestic_sales",
        unit=LocalText(ko="금액", en="money"),
        source="An Act",
    ),
    claim(
        "M4",
        LocalText(ko="아무도 답하지 않는다.", en="Nobody answers."),
        outcome="survival",
        unit=LocalText(ko="비율", en="share"),
        where=Formula("orders > 2"),
    ),
)


@cache
def claims(worlds: int = 240) -> Claims:
    """Return claims of which one holds, one turns, one fails and one says nothing."""
    rng = np.random.default_rng(7)
    drawn = points(FACTORS, worlds, 3)
    place = np.stack([factor.unit_of(drawn[:, column]) for column, factor in enumerate(FACTORS)], axis=1)
    luck = rng.normal(0, 0.05, (3, worlds))
    effects = np.full((4, worlds), np.nan)
    effects[0] = 0.6 + 0.5 * place[:, 0] + luck[0]
    effects[1] = 0.5 - 0.9 * ((place[:, 0] > 0.45) & (place[:, 1] < 0.6)) + 0.1 * place[:, 2] + luck[1]
    effects[2] = 90_000 + 40_000 * place[:, 3] + 1e5 * luck[2]
    effects[:2, :7] = np.nan
    effects[2, 10] = -5_000.0
    tests = [_test(number, one, effects[number], worlds) for number, one in enumerate(CLAIMS)]
    return Claims(
        run_id="5e" * 20,
        result_hash="ab" * 32,
        scenario="made-up",
        title=LocalText(ko="지어낸 시나리오", en="A made-up scenario"),
        day=date(2024, 4, 29),
        unit="million KRW",
        seed=3,
        worlds=worlds,
        replications=16,
        max_replications=16,
        factors=FACTORS,
        points=drawn,
        tests=tuple(tests),
        verdicts=4,
        not_asked={"M9": (Problem(key="decision.claims.formula", found="orders +"),)},
        confidence=CONFIDENCE,
        most=0.75,
        simulated=8 * worlds,
        seconds={"simulating": 12.3456, "explaining": 1.0},
    )


def box() -> Box:
    """Return the rule by which the second claim fails."""
    return Box(
        limits=(
            Limit("markup.large", 0.325, None),
            Limit("search_share", None, 0.199),
            Limit("history_years", 1.5, 5.0),
        ),
        coverage=0.7,
        density=0.85,
        mass=0.25,
        base_rate=0.3,
        coverage_cv=0.64,
        density_cv=0.8,
        p_values=(0.0, 0.001, 0.04),
    )


def _test(number: int, one: Claim, effects: Any, worlds: int) -> Any:
    silent = ~np.isfinite(effects)
    failed = silent & (np.arange(worlds) < 3)
    rng = np.random.default_rng(number)
    scale = 1e5 if one.outcome == "private_domestic_sales" else 1.0
    arms = {
        name: np.where(failed, np.nan, scale * rng.gamma(3 + place, 0.4, worlds)) for place, name in enumerate(one.arms)
    }
    errors = np.where(silent, np.nan, 0.06 * scale)
    found = WorldEffects(effects, errors, np.full(worlds, 16), silent & ~failed, silent & False, failed, arms)
    test = judged(one, found, -0.2 if number == 1 else float("nan"), verdicts=4, confidence=CONFIDENCE, most=0.75)
    if number == 3:
        return test
    drivers = tuple(
        Driver(factor.name, 0.6 / (place + 1), max(0.6 / (place + 1) - 0.08, 0.0), 0.6 / (place + 1) + 0.08, 0.14)
        for place, factor in enumerate(FACTORS)
    )
    test = replace(test, drivers=drivers)
    if number != 1:
        return test
    second = replace(box(), limits=(Limit("funding_base", None, -2.5),), coverage_cv=np.nan)
    return replace(test, flips=(box(), second), flips_to=False)


def scenario() -> Any:
    """Return what the report reads of a scenario."""
    return SimpleNamespace(
        real=LocalText(ko="표의 매출은 공시된 값이다.", en="Sales in the tables were published."),
        reconstructed=LocalText(),
    )
