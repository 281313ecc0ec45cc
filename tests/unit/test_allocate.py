"""A call decided from beginning to end, in the small market of the skeleton."""

from __future__ import annotations

import dataclasses
import math

import pytest
from tests.unit.call_cases import APPLICATIONS, BUDGET, CALL, folder, scenario_of

import majung as mj
from majung.decision import planned_allocation
from majung.decision.awards.sets import Step
from majung.ensemble import Store
from majung.errors import InputError, Interrupted

CAP = '[[rule]]\nid = "each"\nkind = "cap"\nper = "award"\namount = "5억"\n'
SMALL = '[[rule]]\nid = "small"\nkind = "floor"\nshare = 0.5\nclass = "sme"\n'


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    scenario = scenario_of(tmp_path_factory.mktemp("call"), CAP + SMALL)
    return mj.allocate(scenario)


def chosen(allocation):
    return [(one.application, one.instrument, one.amount, one.quarter) for one in allocation.awards]


def test_what_is_awarded_keeps_the_rules_and_adds_up(found):
    assert found.awards
    assert found.spent == sum(one.amount for one in found.awards) <= found.budget == 2000.0
    assert max(one.amount for one in found.awards) <= 500.0
    assert len({one.application for one in found.awards}) == len(found.awards)
    for one in found.awards:
        assert one.amount <= one.asked
        assert one.value.low <= one.value.mean <= one.value.high
        assert one.worlds >= 64
        assert one.drivers.own.mean == pytest.approx(one.drivers.own.mean)
        assert {place.table for place in one.places} == {"applications", "firms", "lines", "technologies"}
        for lang in ("en", "ko"):
            assert one.reason.label(lang)


def test_everybody_is_accounted_for(found):
    awarded = {one.application for one in found.awards}
    refused = {one.application for one in found.ineligible}
    missed = {one.application for one in found.near_misses}
    assert not awarded & (refused | missed)
    assert found.eligible + found.documents + len({r.application for r in found.ineligible if not r.document}) == 6
    assert [rule.id for rule in found.rules] == ["budget", "each", "small"]
    budget = found.rules[0]
    assert (budget.limit, budget.used) == (2000.0, found.spent)


def test_a_portfolio_stands_beside_todays_practice(found):
    assert [practice.id for practice in found.practices] == ["score", "pro-rata", "lottery", "small-first"]
    for practice in found.practices:
        assert practice.spent <= found.budget * (1 + 1e-12)
        assert practice.difference.mean == pytest.approx(found.portfolio_value.mean - practice.value.mean)
    assert found.gap.mean >= 0
    assert found.gap.high >= found.gap.mean
    assert 0 <= found.loss <= 1
    assert set(found.worlds) == {"values", "refine", "improve", "judge"}
    assert set(found.seconds) == {"values", "refine", "improve", "judge", "explain", "simulating"}


def test_the_order_of_rows_and_threads_are_nothing(found, tmp_path):
    header, *rows = APPLICATIONS.splitlines()
    turned = "\n".join([header, *reversed(rows)]) + "\n"
    again = mj.allocate(scenario_of(tmp_path, CAP + SMALL, turned), threads=1)
    assert chosen(again) == chosen(found)
    assert again.run_id == found.run_id
    assert again.result_hash == found.result_hash
    assert again.portfolio_value == found.portfolio_value


def test_an_ineligible_applicant_changes_nothing(found, tmp_path):
    score = '[[rule]]\nid = "least"\nkind = "score"\nleast = 40\n'
    before = mj.allocate(scenario_of(tmp_path / "a", CAP + SMALL + score))
    more = APPLICATIONS + "a7,v3,service,subsidy,4,1,10,20,Seoul,plan; accounts,J58222,24억,vc\n"
    after = mj.allocate(scenario_of(tmp_path / "b", CAP + SMALL + score, more))
    assert chosen(after) == chosen(before)
    assert after.portfolio_value == before.portfolio_value
    assert [one.application for one in after.ineligible] == [*(one.application for one in before.ineligible), "a7"]


def test_no_money_no_awards(tmp_path):
    found = mj.allocate(scenario_of(tmp_path), budget=0)
    assert found.awards == ()
    assert (found.budget, found.spent) == (0.0, 0.0)
    assert found.portfolio_value.mean == 0.0
    assert all(practice.spent == 0.0 for practice in found.practices)


def test_nobody_eligible(tmp_path):
    found = mj.allocate(scenario_of(tmp_path, '[[rule]]\nid = "least"\nkind = "score"\nleast = 100\n'))
    assert (found.eligible, found.options, found.awards, found.near_misses) == (0, 0, (), ())
    assert len(found.ineligible) == 6
    assert found.noise.evaluators > 0


def test_a_budget_as_people_write_it(tmp_path):
    plan = planned_allocation(scenario_of(tmp_path), budget="3억")
    assert plan.call.budget() == 300.0
    assert plan.run_id != planned_allocation(plan.scenario, budget="4억").run_id


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"budget": "drei"}, "drei"),
        ({"budget": -1.0}, "-1"),
        ({"worlds": 0}, "'0' is not a number of worlds"),
        ({"seed": -5}, "-5"),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path, asked, said):
    with pytest.raises(InputError, match=said):
        planned_allocation(scenario_of(tmp_path), **asked)


def test_everything_that_is_wrong_is_said_at_once(tmp_path):
    with pytest.raises(InputError) as error:
        planned_allocation(scenario_of(tmp_path), budget="drei", worlds=0, seed=-5)
    assert len(error.value.problems) == 3


def test_a_scenario_without_a_call(tmp_path):
    scenario = dataclasses.replace(scenario_of(tmp_path), call=None)
    with pytest.raises(InputError, match=r"applications\.csv and rules\.toml"):
        mj.allocate(scenario)


def test_an_objective_misspelt_names_the_nearest(tmp_path):
    scenario = scenario_of(tmp_path, call=CALL + 'objective = "private_domestic_sale"\n')
    with pytest.raises(InputError, match="private_domestic_sales"):
        planned_allocation(scenario)


def test_rules_that_clash_are_named(tmp_path):
    clash = '[[rule]]\nid = "many"\nkind = "winners"\nmin = 6\n' + '[[rule]]\nid = "few"\nkind = "winners"\nmax = 2\n'
    with pytest.raises(InputError, match="many, few"):
        planned_allocation(scenario_of(tmp_path, clash))


@pytest.mark.parametrize("objective", ["net_gain", "live_ventures", "exports"])
def test_other_aims(tmp_path, objective):
    found = mj.allocate(scenario_of(tmp_path, call=CALL + f'objective = "{objective}"\n'))
    assert found.objective == objective
    assert all(math.isfinite(one.value.mean) for one in found.awards)


def test_the_worst_worlds_can_count(tmp_path):
    risk = CALL + 'risk = { measure = "cvar", level = 0.2, weight = 0.9 }\n'
    found = mj.allocate(scenario_of(tmp_path, call=risk))
    assert found.spent <= found.budget
    assert found.tried == 0


def test_a_stopped_decision_goes_on_from_the_store(found, tmp_path):
    scenario = scenario_of(tmp_path, CAP + SMALL)
    from threading import Event

    stop, steps = Event(), []

    def stopping(step: Step) -> None:
        steps.append(step)
        if step.stage == "refine":
            stop.set()

    store = tmp_path / "store"
    with pytest.raises(Interrupted):
        mj.allocate(scenario, store=store, progress=stopping, cancel=stop)
    assert {step.stage for step in steps} == {"values", "refine"}
    again = mj.allocate(scenario, store=store)
    assert again.result_hash == found.result_hash
    assert chosen(again) == chosen(found)
    with Store.open(store, create=False) as opened:
        (run,) = opened.runs()
        assert run.kind == "allocate"
        assert run.blocks_done == run.blocks_total > 0


def test_a_call_from_a_folder_and_in_python_are_one(tmp_path):
    scenario = mj.load(folder(tmp_path))
    assert scenario.call is not None
    richer = scenario.call.with_budget(900.0)
    assert planned_allocation(scenario, rules=richer).run_id == planned_allocation(scenario, budget=900.0).run_id
    assert BUDGET
