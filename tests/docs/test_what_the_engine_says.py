"""The page on the findings says what the committed results say, and those are this engine's, on this example."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.docs.pages import ROOT, script

import majung as mj
from majung.scenario import Mix

experiments = script("experiments")
HEAD, ROWS = experiments.read()
AGAIN = "run `python docs/experiments.py` and read the page again"


@pytest.fixture(scope="module")
def scenario() -> mj.Scenario:
    return mj.load(ROOT / "examples" / "korea-ai-2024")


def cell(experiment: str, row: object, column: object) -> dict[str, str]:
    found = [r for r in ROWS if (r["experiment"], r["row"], r["column"]) == (experiment, str(row), str(column))]
    return found[0]


def per_won(experiment: str, row: object, column: object) -> float:
    return float(cell(experiment, row, column)["per_unit"])


def best(experiment: str, row: object) -> set[str]:
    """Return the columns of a row that cannot be told from its best."""
    return {
        r["column"]
        for r in ROWS
        if r["experiment"] == experiment and r["row"] == str(row) and r["level_with_best"] == "yes"
    }


def test_the_results_are_of_this_script_and_this_example(scenario: mj.Scenario) -> None:
    assert HEAD["signature"] == experiments.signature(scenario), AGAIN


def test_the_results_are_of_this_engine(scenario: mj.Scenario) -> None:
    assert float(HEAD["probe"]) == pytest.approx(experiments.probe(scenario), rel=1e-6), AGAIN


def test_the_tables_are_of_these_results() -> None:
    page = experiments.PAGE.read_text(encoding="utf-8")
    assert experiments.filled(page, ROWS) == page, "run `python docs/experiments.py --tables`"


def test_intervals_hold_their_means() -> None:
    for row in ROWS:
        assert float(row["low"]) <= float(row["per_unit"]) <= float(row["high"])
        assert 0 <= float(row["returned_share"]) < 1


def test_what_is_said_of_the_examples_programmes() -> None:
    said = {r["column"]: float(r["per_unit"]) for r in ROWS if r["experiment"] == "example"}
    assert said["selective-subsidy"] > 1.5 * said["blanket"]
    assert said["first-buyer"] > said["selective-subsidy"]
    assert said["blanket"] == pytest.approx(1, abs=0.2)
    assert max(said["champions"], said["matching"], said["award-table"]) < 0.5
    # The page on the claims.
    assert said["blanket"] == pytest.approx(said["selective-mix"] / 3, rel=0.15)
    assert said["champions"] == pytest.approx(said["selective-mix"] / 10, rel=0.25)
    assert -0.1 < said["matching"] < 0.1


def test_what_is_said_of_budget_and_winners() -> None:
    assert best("budget", 0.1) == {"1", "4", "12", "50"}
    assert best("budget", 1) == {"12"}
    assert best("budget", 10) == {"50"}
    assert best("budget", 100) == {"50", "200"}
    for budget in (0.1, 1, 10):
        others = [per_won("budget", budget, w) for w in (1, 4, 12, 50, 200)]
        assert per_won("budget", budget, "all") < min(others)
    assert per_won("budget", 100, 4) < per_won("budget", 100, "all") < per_won("budget", 100, 12)
    assert per_won("budget", 10, 1) < 1.5 * per_won("budget", 10, "all")
    assert per_won("budget", 100, 200) < 0.45 * per_won("budget", 1, 12)
    assert float(cell("budget", 1, "all")["small_firm_share"]) < float(cell("budget", 1, 50)["small_firm_share"])


def test_what_is_said_of_error_and_winners() -> None:
    assert [best("noise", n) for n in (0, 0.1, 0.3, 1)] == [{"50"}, {"12"}, {"1", "4"}, {"1"}]
    assert per_won("noise", 0, 50) == pytest.approx(4, abs=0.3)
    assert float(cell("noise", 1, 50)["high"]) < 1.1
    assert per_won("noise", 1, 50) < 1
    assert per_won("noise", 0, 1) < 1 < per_won("noise", 1, 1)
    assert per_won("noise", 1, 1) == pytest.approx(2 * float(cell("noise", 1, 1)["median"]), rel=0.15)
    middles = {(r["row"], r["column"]): float(r["median"]) for r in ROWS if r["experiment"] == "noise"}
    assert max(middles, key=middles.__getitem__) == ("0", "50")


def test_what_is_said_of_grants_and_orders() -> None:
    assert per_won("instrument", 0.1, "subsidy") > per_won("instrument", 0.1, "purchase")
    assert "purchase" not in best("instrument", 0.1)
    assert best("instrument", 1) == {"half and half", "purchase"}
    assert best("instrument", 10) == best("instrument", 100) == {"purchase"}
    assert per_won("instrument", 10, "purchase") == pytest.approx(4.5 * per_won("instrument", 10, "subsidy"), rel=0.1)
    orders, half = cell("instrument", 100, "purchase"), cell("instrument", 100, "half and half")
    assert float(orders["returned_share"]) == pytest.approx(5 / 6, abs=0.03)
    assert float(half["spent"]) == pytest.approx(4 * float(orders["spent"]), rel=0.1)
    assert float(half["created"]) == pytest.approx(7 / 6 * float(orders["created"]), rel=0.05)


def test_what_is_said_of_waiting() -> None:
    calendar, own = ([per_won("start", d, column) for d in (0, 4, 8, 12, 16)] for column in ("to the end", "own clock"))
    assert calendar == sorted(calendar, reverse=True)
    assert calendar[2] == pytest.approx(calendar[0] / 2, rel=0.1)
    assert calendar[4] == pytest.approx(calendar[0] / 6, rel=0.1)
    assert own[1] > 0.93 * own[0]
    assert 0.70 < own[2] / own[0] < 0.75
    assert own[4] / own[0] == pytest.approx(0.36, abs=0.03)


def per_won_of(scenario: mj.Scenario) -> dict[str, float]:
    """Return what a won creates by programme, in the first 128 worlds; a difference is of orders and grants."""
    base = scenario.strategy(experiments.BASE)
    orders = base.model_copy(update={"id": "orders", "mix": Mix(purchase=1)})
    grants = base.model_copy(update={"id": "grants", "mix": Mix(subsidy=1)})
    found = mj.compare(scenario, replications=128, strategies=[base, scenario.strategy("blanket"), orders, grants])
    return {s.id: s.additionality.mean for s in mj.summarise(found) if s.additionality is not None}


def test_what_is_said_of_free_numbers(scenario: mj.Scenario) -> None:
    found = {
        "nothing": per_won_of(scenario),
        "name": per_won_of(scenario.with_parameters({"public_reference": 0.01})),
        "known": per_won_of(scenario.with_parameters({"search_share": 0.05})),
        "look": per_won_of(scenario.with_parameters({"search_share": 0.5})),
        "soon": per_won_of(replace(scenario, quarters=20)),
        "long": per_won_of(replace(scenario, quarters=60)),
    }
    for one in found.values():
        assert one["selective-mix"] > 1.25 * one["blanket"]
    turned = {name for name, one in found.items() if one["orders"] < one["grants"]}
    assert turned - {"look"} == {"name", "soon"}
    assert found["look"]["orders"] == pytest.approx(found["look"]["grants"], rel=0.1)
    assert found["known"]["selective-mix"] > 2 * found["look"]["selective-mix"]
    assert found["soon"]["selective-mix"] < 1 < found["nothing"]["selective-mix"] * 2 / 3
    assert found["long"]["selective-mix"] == pytest.approx(2 * found["nothing"]["selective-mix"], rel=0.15)
