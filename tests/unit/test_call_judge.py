"""Law and the call's rules say who may be awarded, by what and up to how much."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

import pytest
from tests.unit.call_cases import APPLICATIONS, CALL, adding, call_of, judged, scenario_of

from majung.dims import INSTRUMENTS
from majung.messages import Phrase
from majung.money import Unit
from majung.scenario.call import Facts, Finding, Judgement, Status, judge, packaged_law, size_class
from majung.scenario.call.law.industry import industry_codes

EOK = Unit("KRW", 8)
KR = packaged_law()["kr-sme-size"]
BEFORE, AFTER = date(2024, 4, 29), date(2025, 9, 1)


def rule(kind: str, keys: str = "", *, id: str = "r") -> str:
    return f'[[rule]]\nid = "{id}"\nkind = "{kind}"\n{keys}\n'


def said(finding: Finding, lang: str = "en") -> tuple[str, str]:
    return tuple(  # type: ignore[return-value]
        side.label(lang) if isinstance(side, Phrase) else side  # type: ignore[arg-type]
        for side in (finding.found, finding.required)
    )


def eligible(judgements: dict[str, Judgement]) -> list[str]:
    return [id for id, one in judgements.items() if one.status is Status.ELIGIBLE]


@pytest.mark.parametrize(
    ("industry", "sales", "day", "size"),
    [
        ("C24", 1500, BEFORE, "medium"),
        ("C24", 1500.1, BEFORE, "mid"),
        ("J58222", 800, BEFORE, "medium"),
        ("58222", 801, BEFORE, "mid"),
        ("J58222", 50, BEFORE, "small"),
        ("J58222", 50.1, BEFORE, "medium"),
        ("H49", 900, BEFORE, "mid"),
        ("H49", 900, AFTER, "medium"),
        ("H49", 1000.1, AFTER, "mid"),
        ("E36", 1000, BEFORE, "medium"),
        ("E37", 1000, BEFORE, "mid"),
        ("I56", 400, BEFORE, "medium"),
        ("M70", 600.5, BEFORE, "mid"),
    ],
)
def test_korean_size_by_industry_and_day(industry: str, sales: float, day: date, size: str) -> None:
    facts = Facts(declared="sme", unit=EOK, industry=industry, average_sales=sales, assets=100, independent=True)
    found = size_class(facts, day, KR)
    assert (found.name, found.declared) == (size, False)
    assert found.finding.clause.startswith("중소기업기본법 시행령")


def test_a_cap_that_could_not_be_verified_says_so() -> None:
    facts = Facts(declared="sme", unit=EOK, industry="J58", average_sales=850)
    found = size_class(facts, AFTER, KR)
    assert found.name == "mid"
    assert said(found.finding) == (
        "mean sales of KRW 85 billion a year in J58",
        "at most KRW 80 billion a year (the cap before the change; the new one could not be verified)",
    )
    assert said(found.finding, "ko")[1] == "800억 원 이하(개정 전 기준이며 새 기준은 확인하지 못함)"
    above_all = size_class(Facts(declared="sme", unit=EOK, industry="J58", average_sales=1801), AFTER, KR)
    assert said(above_all.finding)[1] == "at most KRW 180 billion a year"


def test_a_bound_from_memory_says_so() -> None:
    small = size_class(Facts(declared="sme", unit=EOK, industry="J58", average_sales=40), BEFORE, KR)
    assert said(small.finding)[1] == (
        "at most KRW 80 billion a year; small: at most KRW 5 billion (from memory, not checked)"
    )
    health = size_class(Facts(declared="sme", unit=EOK, industry="Q86", average_sales=700), BEFORE, KR)
    assert said(health.finding)[1] == "at most KRW 60 billion a year (from memory, not checked)"


@pytest.mark.parametrize(
    ("facts", "size", "found"),
    [
        ({"assets": 5000}, "mid", "assets of KRW 500 billion"),
        ({"assets": 4999.9}, "small", "mean sales of KRW 1 billion a year in J58"),
        ({"independent": False}, "mid", "controlled by another firm or group"),
        ({"independent": False, "declared": "large"}, "large", "controlled by another firm or group"),
    ],
)
def test_assets_and_independence(facts: dict[str, object], size: str, found: str) -> None:
    known = {"declared": "sme", "unit": EOK, "industry": "J58", "average_sales": 10.0} | facts
    result = size_class(Facts(**known), BEFORE, KR)  # type: ignore[arg-type]
    assert (result.name, said(result.finding)[0]) == (size, found)


@pytest.mark.parametrize(("declared", "size"), [("venture", "sme"), ("sme", "sme"), ("mid", "mid"), ("large", "large")])
def test_size_is_as_declared_where_the_law_asks_for_more(declared: str, size: str) -> None:
    result = size_class(Facts(declared=declared, unit=EOK), BEFORE, KR)
    assert (result.name, result.declared) == (size, True)
    assert "as declared" in said(result.finding)[0]
    assert size_class(Facts(declared=declared, unit=EOK), date(2000, 1, 1), KR).declared


@pytest.mark.parametrize(
    ("staff", "sales", "assets", "size"),
    [
        (9, 2, 5, "micro"),
        (9, 3, 3, "small"),
        (49, 10, 99, "small"),
        (249, 60, 43, "medium"),
        (249, 51, 44, "large"),
        (250, 1, 1, "large"),
        (249, math.nan, math.nan, "medium"),
    ],
)
def test_european_size(staff: float, sales: float, assets: float, size: str) -> None:
    facts = Facts(declared="sme", unit=Unit("EUR", 6), staff=staff, average_sales=sales, assets=assets)
    assert size_class(facts, BEFORE, packaged_law()["eu-sme-size"]).name == size
    won = Facts(
        declared="sme", unit=EOK, staff=staff, average_sales=sales * 14, assets=assets * 14, rate=1400.0
    )  # 1,400 won a euro: a million euros are 14 x 100 million won
    assert size_class(won, BEFORE, packaged_law()["eu-sme-size"]).name == size


def test_american_size() -> None:
    law = packaged_law()["us-sbir-size"]
    assert size_class(Facts(declared="sme", unit=Unit("USD", 6), staff=500), BEFORE, law).name == "small"
    assert size_class(Facts(declared="sme", unit=Unit("USD", 6), staff=501), BEFORE, law).name == "large"
    assert size_class(Facts(declared="mid", unit=Unit("USD", 6)), BEFORE, law).declared


@pytest.mark.parametrize(
    ("code", "under"),
    [
        ("J58222", ("J58", "J")),
        ("58222", ("J58", "J")),
        ("c-26", ("C26", "C")),
        ("J", ("J",)),
        ("C58", ()),
        ("J5", ()),
        ("00", ()),
        ("software", ()),
        ("", ()),
    ],
)
def test_industry_codes(code: str, under: tuple[str, ...]) -> None:
    assert industry_codes(code) == under


def test_without_rules_everybody_is_eligible(tmp_path: Path) -> None:
    judgements = judged(scenario_of(tmp_path))
    assert eligible(judgements) == ["a1", "a2", "a3", "a4", "a5", "a6"]
    first = judgements["a1"]
    assert (first.findings, first.cited, first.size_class) == ((), (), "small")
    assert first.ceiling.tolist() == [math.inf, math.inf, 0.0]
    assert not first.ceiling.flags.writeable
    assert [one.size_class for one in judgements.values()] == ["small", "medium", "small", "medium", "mid", "large"]


def test_a_low_score_is_no_reason_but_a_rule_is(tmp_path: Path) -> None:
    low = APPLICATIONS.replace(",80,70,", ",1,2,")
    assert "a1" in eligible(judged(scenario_of(tmp_path, "", low)))
    judgements = judged(scenario_of(tmp_path, rule("score", 'least = 65.5\nclause = "art. 7"')))
    assert eligible(judgements) == ["a1", "a3", "a5", "a6"]
    (finding,) = judgements["a4"].findings
    assert (finding.rule, finding.clause, said(finding)) == ("r", "art. 7", ("mean score 65", "65.5 at least"))
    assert judgements["a4"].cited == ("r",)


def test_missing_documents_wait(tmp_path: Path) -> None:
    judgements = judged(scenario_of(tmp_path, rule("documents", 'required = ["Plan", "accounts"]')))
    assert judgements["a2"].status is Status.NEEDS_DOCUMENT
    assert judgements["a2"].ceiling.tolist() == [0, 0, 0]
    assert said(judgements["a2"].findings[0]) == ("plan", "accounts")
    assert eligible(judgements) == ["a1", "a3", "a4", "a5"]
    worse = judged(
        scenario_of(tmp_path, rule("documents", 'required = "accounts"') + rule("score", "least = 61", id="s"))
    )
    assert worse["a2"].status is Status.INELIGIBLE
    assert [finding.rule for finding in worse["a2"].findings] == ["r", "s"]


def test_documents_of_one_instrument_leave_the_other(tmp_path: Path) -> None:
    judgements = judged(scenario_of(tmp_path, rule("documents", 'required = "quote"\ninstrument = "purchase"')))
    assert judgements["a1"].status is Status.ELIGIBLE
    assert judgements["a1"].ceiling.tolist() == [math.inf, 0, 0]
    assert judgements["a1"].cited == ("r",)
    assert judgements["a5"].status is Status.NEEDS_DOCUMENT
    assert judgements["a4"].findings == ()


def test_size_by_law(tmp_path: Path) -> None:
    judgements = judged(scenario_of(tmp_path, '[[rule]]\nlaw = "kr-sme-size"\n'))
    assert eligible(judgements) == ["a1", "a2", "a3", "a4"]
    law, declared = judgements["a5"].findings[0], judgements["a6"].findings[0]
    assert said(law) == (
        "mid-size: mean sales of KRW 120 billion a year in J58",
        "small or medium: at most KRW 80 billion a year",
    )
    assert said(law, "ko") == ("중견기업: J58 업종, 평균매출 1,200억 원", "중소기업: 800억 원 이하")
    assert said(declared) == ("large, as declared", "small or medium")
    assert "별표 1" in law.clause
    small = judged(scenario_of(tmp_path, rule("size", 'admit = "small"')))
    assert eligible(small) == ["a1", "a3"]


def test_mid_size_firms_where_they_are_admitted(tmp_path: Path) -> None:
    judgements = judged(scenario_of(tmp_path, '[[rule]]\nlaw = "kr-mid-size"\n'))
    assert eligible(judgements) == ["a1", "a2", "a3", "a4", "a5"]


def test_size_as_declared_is_pointed_out(tmp_path: Path) -> None:
    text = APPLICATIONS.replace("J58222,24억,vc", ",,")
    judgements = judged(scenario_of(tmp_path, rule("size", 'admit = "sme"'), text))
    one = judgements["a1"]
    assert (one.status, one.size_class) == (Status.ELIGIBLE, "sme")
    assert said(one.findings[0])[0] == "small or medium, as declared"
    assert one.cited == ()


def test_size_by_another_law(tmp_path: Path) -> None:
    text = adding("staff", a1="300")
    rules = rule("size", 'admit = "sme"\nby = "eu-sme-size"')
    judgements = judged(scenario_of(tmp_path, rules, text, call=CALL + "exchange = {EUR = 1450.0}\n"))
    assert judgements["a1"].status is Status.INELIGIBLE
    assert judgements["a1"].size_class == "small"
    assert judgements["a2"].status is Status.ELIGIBLE


def test_ventures(tmp_path: Path) -> None:
    text = adding("venture_until", a1="2024-04-28")
    judgements = judged(scenario_of(tmp_path, '[[rule]]\nlaw = "kr-venture"\n', text))
    assert eligible(judgements) == ["a2", "a3"]
    assert said(judgements["a1"].findings[0]) == (
        "the confirmation ended on 28 April 2024",
        "a confirmation valid on 29 April 2024: venture capital, research, innovation and growth, pre-venture",
    )
    assert said(judgements["a2"].findings[0])[0] == "a venture, as declared"
    assert said(judgements["a4"].findings[0])[0] == "no confirmation"
    only = judged(scenario_of(tmp_path, rule("venture", 'confirmation = "vc"'), text.replace("04-28", "04-29")))
    assert eligible(only) == ["a1", "a2"]
    assert said(only["a3"].findings[0])[0] == "confirmation: innovation and growth"


def test_earlier_money(tmp_path: Path) -> None:
    text = adding("earlier", a1="3억")
    rules = rule("earlier", 'amount = "2억"')
    assert said(judged(scenario_of(tmp_path, rules, text))["a1"].findings[0]) == (
        "KRW 300 million of public money in three years",
        "KRW 200 million at most",
    )
    with_award = judged(scenario_of(tmp_path, rule("earlier", 'amount = "5억"\nwith_award = true'), text))
    assert with_award["a1"].ceiling.tolist() == [200, 200, 0]
    assert with_award["a1"].status is Status.ELIGIBLE
    assert said(with_award["a1"].findings[0])[0] == "subsidy of KRW 400 million is asked for"
    assert with_award["a6"].status is Status.INELIGIBLE
    assert said(with_award["a6"].findings[0])[0] == "subsidy of KRW 900 million at least is asked for"


def test_caps_of_an_award(tmp_path: Path) -> None:
    judgements = judged(scenario_of(tmp_path, rule("cap", 'per = "award"\namount = "3억"\ninstrument = "purchase"')))
    assert judgements["a1"].ceiling.tolist() == [math.inf, 300, 0]
    assert judgements["a5"].status is Status.ELIGIBLE
    share = judged(scenario_of(tmp_path, rule("cap", 'per = "award"\nshare = 0.1\nof = "budget"')))
    assert share["a1"].ceiling.tolist() == [200, 200, 0]
    assert [id for id, one in share.items() if one.status is Status.INELIGIBLE] == ["a2", "a5", "a6"]


def test_what_is_funded_already(tmp_path: Path) -> None:
    text = adding("funded", a1="yes")
    judgements = judged(scenario_of(tmp_path, rule("once"), text))
    assert said(judgements["a1"].findings[0])[0] == "the purpose has public money already"
    assert eligible(judged(scenario_of(tmp_path, rule("once", "purpose = false\nmost = 1"), text)))[0] == "a1"


def test_left_out_by_name(tmp_path: Path) -> None:
    keys = 'applications = "a1"\nfirms = ["l1"]\nreason = {ko = "제재 중", en = "under sanction"}'
    judgements = judged(scenario_of(tmp_path, rule("force_out", keys)))
    assert eligible(judgements) == ["a2", "a3", "a4", "a5"]
    assert said(judgements["a6"].findings[0], "ko") == ("규칙에 적힌 대상", "제외: 제재 중")


@pytest.mark.parametrize(
    ("research", "collaboration", "sales", "share"),
    [
        ("fundamental", "", "24억", 1.0),
        ("industrial", "", "24억", 0.7),
        ("industrial", "yes", "24억", 0.8),
        ("experimental", "", "24억", 0.45),
        ("experimental", "yes", "24억", 0.6),
        ("experimental", "", "700억", 0.35),
        ("experimental", "yes", "1,200억", 0.4),
        ("industrial", "no", "1,200억", 0.5),
    ],
)
def test_state_aid(tmp_path: Path, research: str, collaboration: str, sales: str, share: float) -> None:
    text = adding("research,project_cost,collaboration", a1=f"{research},5억,{collaboration}")
    text = text.replace("J58222,24억", f'J58222,"{sales}"')
    rules = '[[rule]]\nlaw = "eu-gber-25"\nsize_by = "kr-sme-size"\n'
    one = judged(scenario_of(tmp_path, rules, text, call=CALL + "exchange = {EUR = 1450.0}\n"))["a1"]
    assert one.ceiling[:2].tolist() == pytest.approx([500 * share, math.inf])


def test_state_aid_needs_the_cost(tmp_path: Path) -> None:
    rules = '[[rule]]\nlaw = "eu-gber-25"\nsize_by = "kr-sme-size"\n'
    judgements = judged(scenario_of(tmp_path, rules))
    assert judgements["a4"].status is Status.NEEDS_DOCUMENT
    assert said(judgements["a4"].findings[0]) == ("nothing", "kind of research, cost of the project")
    assert judgements["a1"].ceiling.tolist() == [0, math.inf, 0]
    assert judgements["a2"].status is Status.ELIGIBLE


def test_filters(tmp_path: Path) -> None:
    def turned_down(keys: str) -> list[str]:
        judgements = judged(scenario_of(tmp_path, rule("score", f"least = 100\n{keys}")))
        return [id for id in judgements if id not in eligible(judgements)]

    assert turned_down('region = "Busan"') == ["a2", "a3"]
    assert turned_down('technology = ["chip", "model"]') == ["a3", "a6"]
    assert turned_down('class = "sme"') == ["a1", "a2", "a3", "a4"]
    assert turned_down('class = ["mid", "large"]') == ["a5", "a6"]
    assert turned_down('class = "venture"') == ["a1", "a2", "a3"]
    assert turned_down('instrument = "matching"') == ["a3"]


def test_start_ups_by_age_or_product(tmp_path: Path) -> None:
    text = adding("founded,product", a1="2017-04-30,", a2="2017-04-29,", a3=",창업기업제품")
    judgements = judged(scenario_of(tmp_path, rule("score", 'least = 100\nclass = "startup"'), text))
    assert [id for id in judgements if id not in eligible(judgements)] == ["a1", "a3"]


def test_rules_that_are_not_in_force_judge_nothing(tmp_path: Path) -> None:
    judgements = judged(scenario_of(tmp_path, rule("score", "least = 99\neffective = 2024-05-01")))
    assert len(eligible(judgements)) == 6


def test_judging_needs_no_order(tmp_path: Path) -> None:
    rules = '[[rule]]\nlaw = "kr-sme-size"\n'
    header, *rows = APPLICATIONS.splitlines()
    one = judged(scenario_of(tmp_path, rules))
    other = judged(scenario_of(tmp_path, rules, "\n".join([header, *rows[::-1]])))
    for id, judgement in one.items():
        assert other[id].status is judgement.status
        assert other[id].findings == judgement.findings
    scenario = scenario_of(tmp_path, rules)
    places = [one.application for one in judge(call_of(scenario), scenario)]
    assert places == list(range(6))
    assert Status.NEEDS_DOCUMENT.label("ko") == "서류 보완"
    assert len(INSTRUMENTS) == 3
