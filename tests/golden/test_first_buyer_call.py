"""The example of a call: bytes regenerated, what was drawn within its ranges, and the law seen to decide."""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from majung.dims import CLASSES, INSTRUMENTS
from majung.evidence import fact
from majung.scenario import Scenario, load
from majung.scenario.call.awardable import options_of
from majung.scenario.call.judging.findings import Judgement, Status
from majung.scenario.call.judging.judge import judge
from majung.scenario.call.model import Call
from majung.scenario.call.rows import rows_of
from majung.scenario.call.rules.kinds import KINDS

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE, KOREA = ROOT / "examples" / "first-buyer-call", ROOT / "examples" / "korea-ai-2024"
TABLES = ("technologies.csv", "inputs.csv", "segments.csv", "firms.csv", "lines.csv")
SMALL = ("small", "medium", "sme")


@cache
def scenario() -> Scenario:
    return load(EXAMPLE)


def call() -> Call:
    found = scenario().call
    assert found is not None
    return found


@cache
def judged(day: date = date(2024, 4, 29)) -> tuple[Judgement, ...]:
    return judge(replace(call(), day=day), scenario())


@cache
def generator() -> ModuleType:
    path = ROOT / "examples" / "generators" / "first_buyer_call.py"
    spec = importlib.util.spec_from_file_location("first_buyer_call", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path[:] = [entry for entry in sys.path if entry != str(path.parent)]
    return module


def declared() -> list[str]:
    """Class of each application's firm in the table of firms."""
    return [CLASSES[place] for place in scenario().firms.size_class[call().applications.firm]]


def rules_found(name: str) -> list[Judgement]:
    return [judgement for judgement in judged() if any(finding.rule == name for finding in judgement.findings)]


# The files


def test_regenerating_gives_the_committed_bytes(tmp_path: Path) -> None:
    generator().generate(tmp_path)
    for table in (*TABLES, "applications.csv"):
        assert (tmp_path / table).read_bytes() == (EXAMPLE / table).read_bytes(), f"{table}: run the generator again"


@pytest.mark.parametrize("table", TABLES)
def test_the_market_is_the_korean_examples(table: str) -> None:
    assert (EXAMPLE / table).read_bytes() == (KOREA / table).read_bytes()


@pytest.mark.parametrize(("name", "lang"), [("README.md", "en"), ("README.ko.md", "ko")])
def test_readmes_list_what_is_published_and_every_free_choice(name: str, lang: str) -> None:
    text = (EXAMPLE / name).read_text("utf-8")
    for which in ("known", "free"):
        assert generator().written.table(which, lang) in text


def test_nothing_is_wrong_but_a_rule_that_is_not_in_force_yet() -> None:
    assert [warning.key for warning in scenario().warnings] == ["scenario.call.not_in_force"]
    assert [rule.id for rule in call().not_in_force] == ["matching-small-firms-2025"]


# The rules


def test_every_kind_of_rule_is_there() -> None:
    assert {rule.kind for rule in call().rules} == set(KINDS)
    assert len(call().rules) == 26


def test_every_rule_says_where_it_stands_and_how_far_that_was_verified() -> None:
    for rule in call().rules:
        assert rule.clause, rule.id
        assert rule.source, rule.id
        assert rule.title.ko, rule.id
        assert rule.title.en, rule.id
        assert "status" in rule.model_fields_set, rule.id
        assert (rule.status == "assumed") == rule.source.startswith("examples/"), rule.id


def test_the_budget_is_a_quarter_of_the_pilot_purchase() -> None:
    assert call().budget() == fact("pilot-purchase-2024").value / 4


# Who applies, for what


def test_applicants() -> None:
    table = call().applications
    assert len(table) == 300
    times = Counter(Counter(table.firm.tolist()).values())
    assert times == {1: 278, 2: 8, 3: 2}
    firms = Counter(CLASSES[place] for place in scenario().firms.size_class[np.unique(table.firm)])
    assert firms == {"venture": 157, "sme": 108, "mid": 15, "large": 8}
    by_technology = Counter(scenario().technologies.id[table.technology].tolist())
    assert "hbm" not in by_technology
    assert min(by_technology.values()) >= 20


def test_what_is_asked() -> None:
    table = call().applications
    asked = table.instruments.sum(axis=0)
    assert all(count >= 60 for count in asked), dict(zip(INSTRUMENTS, asked, strict=True))
    assert 0.25 < (table.instruments.sum(axis=1) > 1).mean() < 0.45
    assert ((table.amount >= 50) & (table.amount <= 500) & (table.amount % 10 == 0)).all()
    assert table.minimum.min() >= 50
    assert 200 < np.median(table.amount) < 260
    assert 0.4 < (table.minimum < table.amount).mean() < 0.6
    assert table.amount.sum() > 5 * call().budget()


def test_papers() -> None:
    table = call().applications
    needed = [{"plan", "accounts"} | ({"certificate"} if asks[1] else set()) for asks in table.instruments]
    complete = [need <= had for need, had in zip(needed, table.documents, strict=True)]
    assert np.mean(complete) == pytest.approx(0.92)
    assert (table.funded == "yes").sum() == 6
    assert np.array_equal(table.staff, scenario().firms.staff[table.firm])


def test_ventures_are_confirmed_by_kind_as_published() -> None:
    table = call().applications
    kind = dict(zip(table.firm.tolist(), table.venture.tolist(), strict=True))
    count = Counter(name for name in kind.values() if name)
    whole = sum(count.values())
    for name, share in generator().written.choices()["venture_kinds"]["value"].items():
        assert abs(count[name] - share / 100 * whole) < 1, name


def test_regions_are_as_published() -> None:
    table = call().applications
    region = Counter(dict(zip(table.firm.tolist(), table.region.tolist(), strict=True)).values())
    shares = generator().written.choices()["regions"]["value"]
    for name, share in shares.items():
        assert abs(region[name] - share / sum(shares.values()) * region.total()) < 1, name


def test_evaluators_disagree_as_much_as_was_chosen() -> None:
    """Reliability of the mean of five by analysis of variance, evaluators' levels taken out."""
    scores = call().applications.scores
    assert scores.shape == (300, 5)
    assert 0.02 < np.isnan(scores).mean() < 0.06
    centred = scores - np.nanmean(scores, axis=0)
    given, means = (~np.isnan(centred)).sum(axis=1), np.nanmean(centred, axis=1)
    error = np.nansum((centred - means[:, None]) ** 2) / (given - 1).sum()
    merit = means.var(ddof=1) - error * (1 / given).mean()
    assert 0.6 < merit / (merit + error / 5) < 0.7


# What the law decides


def test_some_are_eligible_some_not_and_some_lack_a_document() -> None:
    count = Counter(judgement.status for judgement in judged())
    assert count[Status.ELIGIBLE] > 180
    assert 50 < count[Status.INELIGIBLE] < 90
    assert 10 < count[Status.NEEDS_DOCUMENT] < 25


@pytest.mark.parametrize(
    "rule",
    ["once", "documents", "test-certificate", "score", "earlier-money", "matching-small-firms", "matching-ventures",
     "cap-award", "research-share", "suspended"],
)  # fmt: skip
def test_every_rule_on_applications_decides_on_one(rule: str) -> None:
    assert rules_found(rule)


def test_ceilings_follow_the_size_class() -> None:
    """Small and medium firms 75 %, mid-size 70 %, large 50 % of the project's cost."""
    table, shares = call().applications, {"mid": 0.7, "large": 0.5} | dict.fromkeys(SMALL, 0.75)
    seen = set()
    for place, judgement in enumerate(judged()):
        if table.instruments[place, 0] and judgement.ceiling[0] > 0:
            most = shares[judgement.size_class] * table.project_cost[place]
            assert judgement.ceiling[0] <= most + 1e-6
            if judgement.ceiling[0] == pytest.approx(most):
                seen.add(judgement.size_class)
    assert {"mid", "small"} <= seen


def test_the_law_and_the_declared_class_differ_where_planned() -> None:
    by_law = [judgement.size_class for judgement in judged()]
    pairs = list(zip(declared(), by_law, strict=True))
    assert sum(said in ("venture", "sme") and law == "mid" for said, law in pairs) >= 11
    assert sum(said == "mid" and law in SMALL for said, law in pairs) == 2
    assert all(law == "large" for said, law in pairs if said == "large")
    unknown = call().applications.industry == ""
    assert {by_law[place] for place in np.flatnonzero(unknown)} == {"sme"}


def test_large_and_mid_size_firms_are_not_excluded() -> None:
    eligible = {judgement.size_class for judgement in judged() if judgement.status is Status.ELIGIBLE}
    assert {"mid", "large"} <= eligible


def test_the_law_of_2025_takes_back_firms_between_the_caps() -> None:
    table, later = call().applications, judged(date(2025, 9, 1))
    at = {table.average_sales[i]: i for i in range(len(table)) if table.industry[i].startswith("H")}
    assert sorted(at) == [80_000, 90_000, 100_000]
    assert judged()[at[80_000]].status is later[at[80_000]].status is Status.ELIGIBLE
    for sales in (90_000, 100_000):
        before, after = judged()[at[sales]], later[at[sales]]
        assert (before.status, before.size_class) == (Status.INELIGIBLE, "mid")
        assert [finding.rule for finding in before.findings] == ["matching-small-firms"]
        assert (after.status, after.size_class) == (Status.ELIGIBLE, "medium")


def test_who_is_decided_beforehand_could_have_been_decided_otherwise() -> None:
    """The running contract is eligible; of the suspended firm nothing else is wrong, and its score is high."""
    table = call().applications
    by_id = {name: place for place, name in enumerate(table.id)}
    assert judged()[by_id["A225"]].status is Status.ELIGIBLE
    suspended = [place for place, firm in enumerate(table.firm) if scenario().firms.id[firm] == "S0301"]
    for place in suspended:
        assert [finding.rule for finding in judged()[place].findings] == ["suspended"]
        assert np.nanmean(table.scores[place]) > 80


def test_every_rule_on_the_portfolio_is_a_row() -> None:
    options = options_of(call(), judged())
    assert len(options.amount) > 1000
    rows = {row.rule for row in rows_of(call(), scenario(), judged(), options)}
    on_applications = {judgement_rule for judgement in judged() for judgement_rule in judgement.cited}
    not_seen = {rule.id for rule in call().binding} - rows - on_applications
    assert not_seen <= {"research-share-mid"}
