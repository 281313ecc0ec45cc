"""Applications and rules become a call."""
# ruff: noqa: E501  (a table is written as it is)

from __future__ import annotations

import math
import pickle
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.unit.call_cases import APPLICATIONS, CALL, call_of, folder, scenario_of

from majung.errors import InputError
from majung.scenario import input_files, load, skeleton
from majung.scenario.call import KINDS, Call, packaged_law

KOREAN = """\
접수번호,기업,기술,지원수단,신청금액 [억원],최소금액(백만원),평가위원1,평가위원 2,평가위원_3,지역,기수혜액,제출서류,연구단계,총사업비,공동연구,구매구분,업종,평균매출,자산총액,상시근로자,독립성,설립일,벤처확인,벤처확인만료일,중복지원,과제
2024-001,v1,service,보조금/구매,1.5,50,80,75,,서울,0,사업계획서; 재무제표,응용연구,5억,예,물품·기술개발제품,J58222,24억,30억,14,예,2019. 3. 2.,벤처투자,2026-12-31,아니오,음성 비서
"""


def read(path: Path, applications: str = APPLICATIONS, rules: str = "", *, call: str = CALL) -> Call:
    return call_of(scenario_of(path, rules, applications, call=call))


def test_a_scenario_without_a_call_has_none(tmp_path: Path) -> None:
    skeleton.write(tmp_path / "plain")
    assert load(tmp_path / "plain").call is None


def test_a_call_is_read_with_its_scenario(tmp_path: Path) -> None:
    scenario = scenario_of(tmp_path)
    call = call_of(scenario)
    table = call.applications
    assert (call.id, call.title.en, call.day, call.quarters) == ("first", "First call", date(2024, 4, 29), (1, 2))
    assert table.id.tolist() == ["a1", "a2", "a3", "a4", "a5", "a6"]
    assert scenario.firms.id[table.firm].tolist() == ["v1", "v2", "v4", "s1", "m1", "l1"]
    assert scenario.lines.id[table.line].tolist()[-1] == "l1/chip"
    assert table.amount.tolist() == [400, 300, 200, 500, 600, 900]
    assert table.minimum.tolist() == [100, 300, 100, 200, 300, 900]
    assert table.instruments.tolist()[0] == [True, True, False]
    assert np.isnan(table.scores[1, 1])
    assert table.documents[0] == {"plan", "accounts"}
    assert "a call with 6 applications" in repr(scenario)
    assert {"applications.csv", "rules.toml"} <= {path.name for path in input_files(tmp_path / "scenario")}


def test_a_call_decides_no_run(tmp_path: Path) -> None:
    scenario = scenario_of(tmp_path)
    for name in ("applications.csv", "rules.toml"):
        (tmp_path / "scenario" / name).unlink()
    plain = load(tmp_path / "scenario")
    assert (plain.call, plain.hash, plain.world_hash) == (None, scenario.hash, scenario.world_hash)


def test_a_table_as_an_agency_writes_it(tmp_path: Path) -> None:
    table = read(tmp_path, KOREAN).applications
    assert table.id.tolist() == ["2024-001"]
    assert (table.amount[0], table.minimum[0], table.project_cost[0], table.average_sales[0]) == (150, 50, 500, 2400)
    assert table.scores.shape == (1, 3)
    assert table.instruments[0].tolist() == [True, True, False]
    assert table.product[0].tolist() == [True, False, True, False]
    assert (table.research[0], table.collaboration[0], table.independent[0]) == ("industrial", "yes", "yes")
    assert (table.venture[0], table.funded[0], table.purpose[0]) == ("vc", "no", "음성 비서")
    assert table.documents == (frozenset({"사업계획서", "재무제표"}),)
    assert (str(table.founded[0]), str(table.venture_until[0])) == ("2019-03-02", "2026-12-31")
    assert table.region[0] == "서울"


@pytest.mark.parametrize("form", ["xlsx", "parquet", "cp949"])
def test_every_form_of_a_table_is_the_same_call(tmp_path: Path, form: str) -> None:
    first = read(tmp_path, KOREAN)
    path = tmp_path / "scenario" / "applications.csv"
    if form == "cp949":
        path.write_bytes(KOREAN.encode("cp949"))
    else:
        frame = pd.read_csv(path, dtype={"접수번호": str})
        frame["설립일"] = pd.to_datetime(["2019-03-02"])
        path.unlink()
        if form == "xlsx":
            frame.to_excel(path.with_suffix(".xlsx"), index=False)
        else:
            frame.to_parquet(path.with_suffix(".parquet"))
    again = call_of(load(tmp_path / "scenario"))
    assert again.hash == first.hash
    assert again == first


def test_empty_cells_take_what_they_stand_for(tmp_path: Path) -> None:
    table = read(tmp_path, "firm,technology,instrument,amount,score\nv1,service,subsidy,40,70\n").applications
    assert table.id.tolist() == ["v1/service"]
    assert table.purpose.tolist() == ["v1/service"]
    assert table.minimum.tolist() == [40]
    assert table.earlier.tolist() == [0]
    assert np.isnan(table.average_sales[0])
    assert table.documents == (frozenset(),)
    assert np.isnat(table.founded[0])
    assert not table.amount.flags.writeable


def test_order_titles_and_sources_do_not_count(tmp_path: Path) -> None:
    cap = '[[rule]]\nid = "cap"\nkind = "cap"\nper = "firm"\namount = "5억"\n'
    first = read(tmp_path, APPLICATIONS, cap)
    header, *rows = APPLICATIONS.splitlines()
    shuffled = "\n".join([header, *rows[::-1]])
    again = read(tmp_path, shuffled, f'{cap}clause = "art. 3"\nsource = "x"\ntitle = "Cap"\n')
    assert again.hash == first.hash
    assert read(tmp_path, APPLICATIONS, cap.replace("5억", "5.1억")).hash != first.hash
    assert read(tmp_path, APPLICATIONS.replace("a1,v1,service,subsidy; ", "a1,v1,service,"), cap).hash != first.hash


def test_days_of_rules(tmp_path: Path) -> None:
    rules = (
        '[[rule]]\nid = "old"\nkind = "winners"\nmax = 1\nuntil = 2024-04-28\n'
        '[[rule]]\nid = "now"\nkind = "winners"\nmax = 2\neffective = 2024-04-29\nuntil = "2024-04-29"\n'
        '[[rule]]\nid = "later"\nkind = "winners"\nmax = 3\neffective = 2024-04-30\n'
    )
    scenario = scenario_of(tmp_path, rules)
    call = call_of(scenario)
    assert [rule.id for rule in call.binding] == ["budget", "now"]
    assert [rule.id for rule in call.not_in_force] == ["old", "later"]
    said = [warning.text() for warning in scenario.warnings if warning.file == "rules.toml"]
    assert said == [
        "rules.toml, old: the rule is not in force on 2024-04-29 (it is from … to 2024-04-28) and binds nothing.",
        "rules.toml, later: the rule is not in force on 2024-04-29 (it is from 2024-04-30 to …) and binds nothing.",
    ]


def test_a_rule_is_taken_from_the_packaged_law(tmp_path: Path) -> None:
    rules = '[[rule]]\nlaw = "kr-sme-size"\n[[rule]]\nlaw = "kr-purchase-technology"\nid = "tech"\nshare = 0.15\n'
    call = read(tmp_path, rules=rules)
    size, target = call.rule("kr-sme-size"), call.rule("tech")
    assert (size.kind, size.status, size.effective, size.until) == (
        "size",
        "READ",
        date(2015, 1, 1),
        date(2025, 8, 31),
    )
    assert size.source.startswith("https://www.hpe.or.kr")
    assert "별표 1" in size.clause
    assert target.model_dump(include={"share", "size_class", "product"}) == {
        "share": 0.15,
        "size_class": ("sme",),
        "product": ("technology",),
    }


def test_the_law_of_the_day(tmp_path: Path) -> None:
    rules = '[[rule]]\nlaw = "kr-sme-size"\n'
    later = read(tmp_path, rules=rules, call=CALL + "day = 2025-09-01\n")
    assert later.rule("kr-sme-size").effective == date(2025, 9, 1)
    before = read(tmp_path, rules=rules, call=CALL + "day = 2014-12-31\n")
    assert [rule.id for rule in before.not_in_force] == ["kr-sme-size"]


def test_every_law_says_where_it_is_from() -> None:
    laws = packaged_law()
    assert {"kr-sme-size", "eu-sme-size", "us-sbir-size", "kr-venture", "eu-gber-25"} <= laws.keys()
    for law in laws.values():
        assert law.title.ko
        assert law.title.en
        for entry in law.entry:
            assert entry.clause, law.id
            assert entry.source, law.id
            assert not entry.rule or entry.rule["kind"] in KINDS
    assert laws["eu-gber-25"].entry[0].status == "MEMORY"


def test_the_budget_is_the_least_that_binds_everything(tmp_path: Path) -> None:
    assert read(tmp_path).budget() == 2000
    parts = "".join(
        f'[[rule]]\nid = "{name}"\nkind = "budget"\namount = "{amount}억"\ninstrument = "{name}"\n'
        for name, amount in (("subsidy", 5), ("purchase", 6), ("matching", 7))
    )
    call = read(tmp_path, rules=parts)
    assert call.budget() == 1800
    assert read(tmp_path, rules=parts[: parts.rindex("[[rule]]")]).budget() == 2000


def test_another_budget_scales_the_others(tmp_path: Path) -> None:
    part = '[[rule]]\nid = "part"\nkind = "budget"\namount = "5억"\ninstrument = "purchase"\n'
    call = read(tmp_path, rules=part)
    half = call.with_budget(1000)
    assert half.budget() == 1000
    assert half.rule("part").model_dump()["amount"] == 250
    assert half.hash != call.hash
    assert call.with_budget(2000) == call
    assert call.with_budget(0).budget() == 0
    for amount in (-1.0, math.nan, math.inf):
        with pytest.raises(InputError):
            call.with_budget(amount)


def test_settings_of_a_call(tmp_path: Path) -> None:
    text = CALL + (
        'day = "2024년 5월 1일"\nsteps = [1.0, 0.5]\nobjective = "exports"\ndiscount = 0.05\nmin_quality = 0.4\n'
        'match_rate = 2.0\nscore_range = [0, 100]\nworlds = 64\nsource = "notice 1"\n'
        'risk = {measure = "cvar", level = 0.2, weight = 0.3, target = "3억"}\n'
    )
    call = read(tmp_path, call=text)
    assert (call.day, call.steps, call.objective, call.discount) == (date(2024, 5, 1), (0.5, 1.0), "exports", 0.05)
    assert (call.min_quality, call.match_rate, call.worlds, call.source) == (0.4, 2.0, 64, "notice 1")
    assert (call.risk.measure, call.risk.level, call.risk.weight, call.risk.target) == ("cvar", 0.2, 0.3, 300)
    assert call.risk.measured() is call.risk
    assert read(tmp_path).risk.measured() is None


def test_a_scenario_can_be_saved_with_its_call(tmp_path: Path) -> None:
    scenario = scenario_of(tmp_path, '[[rule]]\nlaw = "kr-sme-size"\n')
    again = pickle.loads(pickle.dumps(scenario))
    assert again.call == scenario.call


def test_ten_thousand_applications(tmp_path: Path) -> None:
    path = folder(tmp_path)
    count = 10_000
    lines = "".join(f"f{i},service,0.5,10\n" for i in range(count))
    firms = "".join(f"f{i},venture,100,10,20\n" for i in range(count))
    (path / "firms.csv").write_text(f"id,class,cash,overhead,staff\n{firms}", encoding="utf-8")
    (path / "lines.csv").write_text(f"firm,technology,quality,home_sales\n{lines}", encoding="utf-8")
    (path / "strategies.toml").unlink()
    rows = "".join(
        f"f{i},service,보조금/구매,{1 + i % 7}억,{i % 100},{i % 90},계획서; 재무제표,J58222\n" for i in range(count)
    )
    header = "기업,기술,지원수단,신청금액,평가위원1,평가위원2,제출서류,업종\n"
    (path / "applications.csv").write_text(header + rows, encoding="utf-8")
    assert len(call_of(load(path)).applications) == count


def test_a_rule_that_takes_effect_later_takes_the_law_of_that_day(tmp_path):
    later = '[[rule]]\nid = "size-2025"\nlaw = "kr-sme-size"\neffective = 2025-09-01\n'
    call = scenario_of(tmp_path, later).call
    rule = call.rule("size-2025")
    assert not rule.in_force(call.day)
    assert rule.in_force(date(2026, 1, 1))


def test_a_region_that_nobody_is_in_is_no_error_for_looking_like_another(tmp_path):
    quota = '[[rule]]\nid = "sejong"\nkind = "quota"\nmost = 3\nregion = "Sejong"\n'
    call = scenario_of(tmp_path, quota).call
    assert any("Sejong" in warning.text("en") for warning in call.warnings)
