"""Reasons of awards: what worlds that had no part in the choice bear out is said first, and no more than that."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.unit.awards_cases import NO_LIMIT, SALES, planted_case
from tests.unit.call_cases import scenario_of

import majung as mj
from majung.decision.awards.estimates import Estimates
from majung.decision.awards.grounds import bearing, grounds, said_worth
from majung.decision.awards.objectives import Objective
from majung.decision.awards.reasons import Told
from majung.decision.statistics import Interval
from majung.errors import InputError
from majung.messages import LANGUAGES, Lang, Phrase, text
from majung.money import parse_unit
from majung.parameters import LocalText
from majung.scenario.call import Row

UNIT = parse_unit("million KRW")
WHY = Phrase("decision.awards.driver.none")
ELSEWHERE = {"en": "more than the same money brings elsewhere", "ko": "다른 데 쓸 때보다"}


def said(low: float, high: float, estimate: float, lang: Lang = "en", amount: float = 220.0, **options: Any) -> str:
    value = Interval((low + high) / 2, low, high)
    values: dict[str, Any] = {"elsewhere": 100.0, "objective": SALES, "why": WHY} | options
    return grounds(value, estimate, amount, unit=UNIT, **values).label(lang)


@pytest.mark.parametrize(
    ("low", "high", "cost", "elsewhere", "found"),
    [
        (301.0, 500.0, 200.0, 300.0, "elsewhere"),
        (299.0, 500.0, 200.0, 300.0, "covers"),
        (201.0, 500.0, 200.0, 0.0, "covers"),
        (199.0, 500.0, 200.0, 100.0, "open"),
        (-1.0, 500.0, 200.0, 100.0, "luck"),
        (50.0, 199.0, 200.0, 10.0, "less"),
        (-50.0, 199.0, 200.0, -10.0, "less"),
        (-50.0, -1.0, 200.0, 10.0, "lost"),
        (1.0, 9.0, 0.0, -5.0, "gains"),
        (1.0, 9.0, 0.0, 0.5, "elsewhere"),
        (-1.0, 9.0, 0.0, 0.5, "luck"),
        (math.nan, math.nan, 200.0, 10.0, "unknown"),
    ],
)
def test_how_far_an_interval_bears_a_choice_out(
    low: float, high: float, cost: float, elsewhere: float, found: str
) -> None:
    assert bearing(Interval(300.0, low, high), cost, elsewhere) == found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_more_than_elsewhere_is_claimed_only_where_the_judged_value_bears_it_out(lang: Lang) -> None:
    for low, high in ((-155.0, -19.0), (-50.0, 400.0), (10.0, 219.0), (90.0, 600.0)):
        assert ELSEWHERE[lang] not in said(low, high, 5000.0, lang)
    assert ELSEWHERE[lang] in said(230.0, 400.0, 300.0, lang)


def test_an_award_that_does_not_hold_up_says_so_first() -> None:
    assert said(-155.0, -19.0, 816.4) == (
        "In worlds that had no part in the choice it takes away KRW 87 million of private domestic sales, 0.395 KRW "
        "for each KRW awarded: the choice does not hold up there. The worlds of the choice overrated it, at KRW 816 "
        "million. Nothing that an evaluation sees makes it stand out."
    )
    assert said(-155.0, -19.0, 2265.6, "ko") == (
        "선정에 쓰지 않은 세계에서 국내 기업의 민간 매출을 8,700만 원 줄입니다(지원 1원당 0.395원). "
        "그 세계에서는 선정을 뒷받침하지 못합니다. 선정에 쓴 세계에서는 22억 7,000만 원으로 과대평가되었습니다. "
        "평가에서 두드러지는 특징은 없습니다."
    )


def test_what_it_was_chosen_for_is_no_overrating_within_the_interval() -> None:
    assert "overrated" not in said(230.0, 400.0, 399.0)
    assert "In the worlds of the choice it was worth KRW 399 million." in said(230.0, 400.0, 399.0)
    assert "overrated" in said(230.0, 400.0, 401.0)


def test_costs_count_only_where_the_objective_leaves_them_out() -> None:
    net = Objective("net_gain", 0.0, 1.0)
    assert "more than it costs" not in said(10.0, 90.0, 50.0, objective=net, elsewhere=0.0)
    assert "surely more than nothing" in said(10.0, 90.0, 50.0, objective=net, elsewhere=0.0)
    ventures = said(0.1, 0.4, 0.2, objective=Objective("live_ventures", 0.0, 1.0), elsewhere=0.0)
    assert "it adds 0.25 of live ventures: surely more than nothing" in ventures
    assert "KRW" not in ventures


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_required_award_names_its_rule_and_claims_no_choice(lang: Lang) -> None:
    found = said(-155.0, -19.0, 816.0, lang, forced=Phrase("decision.awards.rule", title="A running contract"))
    assert "‘A running contract’" in found
    assert text("decision.awards.bearing.lost", lang) not in found


def test_measured_money_has_three_digits_in_both_languages() -> None:
    money: Any = said_worth(2265.6, SALES, UNIT)
    assert (money.label("en"), money.label("ko")) == ("KRW 2.27 billion", "22억 7,000만 원")


def told(value: Interval, estimates: list[float]) -> Any:
    """Return the near miss that the last of the options is, under a budget for one of them and a rule that has one."""
    rows = [Row.of("one", np.ones(len(estimates)), -NO_LIMIT, 1.0, "count")]
    case: Any = planted_case([10.0] * len(estimates), budget=10.0, rows=rows)
    titles = {"budget": LocalText(ko="예산, 올해", en="The budget, this year"), "one": LocalText()}
    case.call.rules = [SimpleNamespace(id=id, kind=id, title=title) for id, title in titles.items()]
    case.scenario.unit = "million KRW"
    no_sets: Any = None
    chosen = np.zeros(len(estimates), dtype=bool)
    chosen[0] = True
    teller = Told(
        case=case, sets=no_sets, objective=SALES, estimates=Estimates(case, no_sets, 0, SALES),
        values=np.array(estimates), optimum=None, chosen=chosen, binding=("budget",), first=0, worlds=16,
        confidence=0.95,
    )  # fmt: skip
    names = ("application", "firm", "firm_name", "line", "technology", "technology_name", "instrument", "quarter",
             "size_class", "region", "purpose", "score", "rank", "worlds", "drivers", "places")  # fmt: skip
    facts = dict.fromkeys(names, "") | {"value": value, "amount": 10.0}
    return teller._miss(len(estimates) - 1, facts)


def test_a_near_miss_names_rules_by_their_titles() -> None:
    found = told(Interval(20.0, 10.0, 30.0), [40.0, 25.0])
    assert found.short == pytest.approx(15.0)
    assert found.change.label("en") == (
        "a value higher by KRW 15 million in the worlds of the choice: it would have to take the place of an award, "
        "as rules stand in its way (‘The budget, this year’, one)"
    )
    assert "규칙(‘예산, 올해’, one)에 막혀" in found.change.label("ko")


def test_a_near_miss_that_fresh_worlds_would_have_let_in_says_so() -> None:
    found = told(Interval(60.0, 41.0, 79.0), [40.0, 25.0])
    assert found.change.label("en").endswith(
        "In worlds that had no part in the choice it is worth KRW 60 million, which would have been enough"
    )
    assert "6,000만 원으로, 선정되기에 넉넉합니다" in found.change.label("ko")


def test_rules_that_clash_are_named_by_their_titles(tmp_path: Path) -> None:
    many = (
        '[[rule]]\nid = "many"\nkind = "winners"\nmin = 50\ntitle = { ko = "50건 이상", en = "50 winners or more" }\n'
    )
    with pytest.raises(InputError) as caught:
        mj.allocate(scenario_of(tmp_path, many))
    assert caught.value.text("en") == "this rule cannot be met, whatever is chosen: ‘50 winners or more’ (many)."
    assert "‘50건 이상’(many)" in caught.value.text("ko")
