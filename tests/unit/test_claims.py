"""Folders of claims: majung's own, a user's, and everything that may be wrong in them; a run of a small market."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.unit.fake_market import small_scenario

from majung.decision.claims import Claims, Verdict, claims, planned_claims, read_claims
from majung.decision.claims.plan import ClaimsPlan
from majung.decision.steps import Step
from majung.errors import InputError
from majung.scenario import Scenario

IDEAS = {f"M{number}" for number in range(1, 14)}

PROGRAMMES = """
[[strategy]]
id = "twice"
title = { en = "twice", ko = "두 배" }
mix = { subsidy = 1 }
budget_times = 2
winners = 3
"""

SETTINGS = """
[[setting]]
id = "good"
change = [{ parameter = "quality_weight", times = 1.1 }, { table = "firms", column = "cash", times = 2 }]
"""

CLAIM = """
id = "U1"
outcome = "additionality"
effect = "twice - calm.additionality"
smallest = 0.1
free = true

[sentence]
en = "More is better."
ko = "많을수록 좋다."

[arms]
twice = { strategy = "twice", setting = "good" }
calm = { strategy = "twice" }
"""


def folder(path: Path, claim: str = CLAIM, programmes: str = PROGRAMMES, settings: str = SETTINGS) -> Path:
    for name, text in (("u1.toml", claim), ("programmes.toml", programmes), ("settings.toml", settings)):
        if text:
            (path / name).write_text(text, encoding="utf-8")
    return path


def test_the_thirteen_ideas_are_claims_in_both_languages() -> None:
    read = read_claims(small_scenario())
    assert {claim.idea for claim in read.claims} == IDEAS
    assert {claim.id for claim in read.claims} >= IDEAS
    for claim in read.claims:
        texts = (claim.sentence, claim.question, *claim.titles.values())
        assert all(text.ko and text.en and text.ko != text.en for text in texts), claim.id
        assert claim.source == "free"
        assert claim.smallest > 0
        assert len({title.ko for title in claim.titles.values()}) == len(claim.titles), claim.id
    assert not read.unfit


def test_own_programmes_have_the_scenarios_money(tmp_path: Path) -> None:
    scenario = small_scenario()
    (claim,) = read_claims(scenario, folder(tmp_path)).claims
    budgets = {(one.budget, one.quarters) for one in scenario.strategies if one.budget}
    given = claim.arms["calm"].strategy
    assert (given.budget / 2, given.quarters) in budgets
    assert claim.arms["twice"].setting.id == "good"
    assert claim.title("twice", "ko") == "두 배 (good)", "the same strategy in two settings is told apart"
    assert claim.title("calm", "ko") == "두 배"
    assert claim.idea == "U1"


def test_a_claim_may_name_the_scenarios_own_strategy(tmp_path: Path) -> None:
    scenario = small_scenario()
    own = next(one for one in scenario.strategies if one.budget)
    text = CLAIM.replace('{ strategy = "twice" }', f'{{ strategy = "{own.id}" }}')
    (claim,) = read_claims(scenario, folder(tmp_path, text)).claims
    assert claim.arms["calm"].strategy == own
    assert claim.titles["calm"] == own.title


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('{ strategy = "twice" }', '{ strategy = "twcie" }', "no strategy named 'twcie'.*Did you mean 'twice'"),
        ('setting = "good"', 'setting = "godo"', "no setting named 'godo'.*Did you mean 'good'"),
        ('outcome = "additionality"', 'outcome = "aditionality"', "Did you mean 'additionality'"),
        ("calm.additionality", "calm.additionalty", "Did you mean 'additionality'"),
        ("twice - calm", "twice - clam", "no arm named 'clam'.*Did you mean 'calm'"),
        ('effect = "twice - calm.additionality"', 'effect = "twice > calm"', "how much"),
        ("smallest = 0.1", 'smallest = 0.1\nwhere = "twice - calm"', "compare"),
        ("smallest = 0.1", "smallest = -0.1", "0"),
        ("smallest = 0.1", "", "smallest"),
        ("free = true", "", "free = true"),
        ("free = true", 'free = true\nsource = "me"', "free = true"),
        ("smallest = 0.1", 'smallest = 0.1\ndirection = "grater"', "Did you mean 'greater'"),
        ('id = "U1"', "", "id"),
        ("[sentence]", "[sentense]", "Did you mean 'sentence'"),
        ("calm = {", '"no name" = {', "cannot stand in a formula"),
        ("calm = { strategy", "calm = { stratgy", "Did you mean 'strategy'"),
    ],
)
def test_what_is_wrong_in_a_claim_is_said(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in CLAIM
    with pytest.raises(InputError, match=f"(?s){said}") as caught:
        read_claims(small_scenario(), folder(tmp_path, CLAIM.replace(old, new)))
    assert {problem.file for problem in caught.value.problems} == {"u1.toml"}
    assert caught.value.text("ko")


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("programmes", "budget_times = 2", "budget_times = -2", "budget_times"),
        ("programmes", "budget_times = 2", "budget_times = 2\nbudget = 3\nquarters = 2", "beside a budget"),
        ("programmes", "winners", "winers", "Did you mean 'winners'"),
        ("programmes", "subsidy = 1", "subsidy = 0.4", "0.4"),
        ("settings", 'parameter = "quality_weight"', 'parameter = "qualty_weight"', "Did you mean 'quality_weight'"),
        ("settings", "times = 1.1", 'times = "much"', "number"),
        ("settings", "times = 1.1", "times = 1.1, set = 3", "exactly one"),
        ("settings", 'column = "cash"', 'column = "chas"', "Did you mean 'cash'"),
        ("settings", 'id = "good"', 'id = "good"\nchagne = []', "Did you mean 'change'"),
        ("settings", 'id = "good"', 'id = "good"\nlonger = 0', "longer"),
        ("settings", 'id = "good"', 'id = "good"\nlonger = 1.5', "longer"),
    ],
)
def test_what_is_wrong_beside_claims_is_said(tmp_path: Path, file: str, old: str, new: str, said: str) -> None:
    texts = {"programmes": PROGRAMMES, "settings": SETTINGS}
    assert old in texts[file]
    texts[file] = texts[file].replace(old, new)
    with pytest.raises(InputError, match=said):
        read_claims(small_scenario(), folder(tmp_path, **texts))


def test_everything_is_said_at_once(tmp_path: Path) -> None:
    wrong = CLAIM.replace("smallest = 0.1", "smallest = -1").replace("additionality", "aditionality")
    with pytest.raises(InputError) as caught:
        read_claims(small_scenario(), folder(tmp_path, wrong, PROGRAMMES.replace("winners", "winers")))
    assert {problem.file for problem in caught.value.problems} == {"u1.toml", "programmes.toml"}
    assert len(caught.value.problems) == 4


def test_two_of_one_id_and_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no claim in the folder"):
        read_claims(small_scenario(), folder(tmp_path, ""))
    folder(tmp_path)
    (tmp_path / "u2.toml").write_text(CLAIM, encoding="utf-8")
    with pytest.raises(InputError, match="another claim 'U1'"):
        read_claims(small_scenario(), tmp_path)
    with pytest.raises(InputError, match=tmp_path.name):
        read_claims(small_scenario(), tmp_path / "nowhere")


def test_what_does_not_fit_the_scenario_is_left_out_unless_asked_for() -> None:
    short = replace(small_scenario(), quarters=13)
    plan = planned_claims(short)
    assert "M1" in plan.not_asked, "three years later there is no such quarter"
    assert "M3" in [claim.id for claim in plan.claims]
    with pytest.raises(InputError, match="M1"):
        planned_claims(short, claims=["M1"])


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"claims": ["M3", "M31"]}, "no claim named 'M31'"),
        ({"worlds": 0}, "'0' is not a number of worlds"),
        ({"worlds": True}, "'True' is not a number of worlds"),
        ({"replications": -1}, "'-1' is not a number of replications"),
        ({"replications": 30, "max_replications": 31}, "'31' is not the most replications .* at least 32"),
        ({"seed": -1}, "seed"),
    ],
)
def test_what_cannot_be_asked_for(asked: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        planned_claims(small_scenario(), **asked)  # type: ignore[arg-type]


def test_several_things_that_cannot_be_asked_for_are_said_at_once() -> None:
    with pytest.raises(InputError) as caught:
        planned_claims(small_scenario(), claims=["X"], worlds=0, replications=0, seed=-1)
    assert len(caught.value.problems) == 4


def plan_of(scenario: Scenario, path: Path, claim: str = CLAIM) -> ClaimsPlan:
    return planned_claims(scenario, folder=folder(path, claim), worlds=10)


def test_a_claims_file_is_part_of_the_runs_identity(tmp_path: Path) -> None:
    scenario = small_scenario()
    one = plan_of(scenario, tmp_path)
    assert plan_of(scenario, tmp_path).run_id == one.run_id
    for old, new in (("More is better.", "More is much better."), ("0.1", "0.2"), ("twice - calm", "calm - twice")):
        assert plan_of(scenario, tmp_path, CLAIM.replace(old, new, 1)).run_id != one.run_id, new
    assert planned_claims(scenario, folder=tmp_path, worlds=11).run_id != one.run_id


def test_each_arm_is_simulated_once_and_held_against_its_own_nothing(tmp_path: Path) -> None:
    plan = plan_of(small_scenario(), tmp_path)
    assert sorted(plan.nothing) == ["", "good"]
    assert len(plan.arms) == 4
    assert all(plan.arms[place].strategy.id == "hands-off" for place in plan.nothing.values())
    levels = plan_of(small_scenario(), tmp_path, CLAIM.replace("additionality", "survival"))
    assert not levels.nothing


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Claims, Path, list[Step]]:
    store, steps = tmp_path_factory.mktemp("store"), []
    asked = claims(small_scenario(), ["M3", "M8", "M12"], worlds=70, store=store, threads=2, progress=steps.append)
    return asked, store, steps


def test_a_run_answers_every_claim_in_every_world(small: tuple[Claims, Path, list[Step]]) -> None:
    found, _, steps = small
    assert [test.claim.id for test in found.tests] == ["M3", "M8", "M12"]
    for test in found.tests:
        counts = test.counts
        assert counts.answered + counts.outside + counts.undefined + counts.failed == 70
        assert test.verdict in Verdict
        assert test.share_low <= test.share <= test.share_high
        assert np.isfinite(test.effect.central)
        assert len(test.drivers) == len(found.factors)
        assert set(test.arms) == set(test.claim.arms)
    assert {step.stage for step in steps} == {"worlds", "central", "flips"}
    assert steps[-1].done == steps[-1].total


@pytest.mark.parametrize(("asked", "most", "looks"), [(None, 32, 1), (32, 32, 1), (127, 64, 2), (128, 128, 3)])
def test_replications_are_doubled_up_to_a_limit(asked: int | None, most: int, looks: int) -> None:
    plan = planned_claims(small_scenario(), replications=20, max_replications=asked)
    assert (plan.replications, plan.max_replications, plan.looks) == (32, most, looks)


def test_worlds_in_which_luck_hides_the_answer_are_looked_at_again(small: tuple[Claims, Path, list[Step]]) -> None:
    first, store, _ = small
    steps: list[Step] = []
    asked = {"worlds": 70, "max_replications": 64, "store": store}
    found = claims(small_scenario(), ["M3", "M8", "M12"], threads=2, progress=steps.append, **asked)
    assert "again" in {step.stage for step in steps}
    assert found.run_id != first.run_id
    assert (found.max_replications, found.verdicts) == (64, 9)
    for test, before in zip(found.tests, first.tests, strict=True):
        assert set(test.replications) <= {16, 32, 64}
        once = test.replications == 16
        assert np.array_equal(test.effects[once], before.effects[once], equal_nan=True)
        assert test.effect.mean == before.effect.mean or np.isnan(test.effect.mean)
    assert any(test.mean_replications > 16 for test in found.tests)
    alone = claims(small_scenario(), ["M3", "M8", "M12"], threads=1, worlds=70, max_replications=64)
    assert alone.result_hash == found.result_hash


def test_a_run_that_is_begun_again_is_the_same_and_costs_nothing(small: tuple[Claims, Path, list[Step]]) -> None:
    found, store, _ = small
    blocks = sorted(path.name for path in store.rglob("*.npz"))
    again = claims(small_scenario(), ["M3", "M8", "M12"], worlds=70, store=store, threads=1)
    assert (again.run_id, again.result_hash) == (found.run_id, found.result_hash)
    assert sorted(path.name for path in store.rglob("*.npz")) == blocks
    assert again["M8"].share == found["M8"].share


def test_more_worlds_go_on_from_fewer(small: tuple[Claims, Path, list[Step]]) -> None:
    found, store, _ = small
    more = claims(small_scenario(), ["M8"], worlds=80, store=store, threads=2)
    assert np.array_equal(more.points[:70], found.points)
    assert np.array_equal(more["M8"].effects[:70], found["M8"].effects)


def test_all_worlds_failing_is_said(tmp_path: Path) -> None:
    scenario = small_scenario()
    broken = replace(
        scenario, lines=replace(scenario.lines, home_sales=np.full_like(scenario.lines.home_sales, np.nan))
    )
    with pytest.raises(InputError, match="not one of 3 worlds"):
        claims(broken, ["M8"], worlds=3, threads=1)
