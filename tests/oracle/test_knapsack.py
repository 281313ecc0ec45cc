"""What is chosen is the optimum: of published problems, and of all choices of small ones, each looked at."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from majung.decision.portfolio import Infeasible, Limit, Risk, choose, clash, needed, relaxed, solve
from majung.decision.portfolio.blocks import by_blocks
from majung.decision.portfolio.deviations import proven_best
from majung.decision.portfolio.form import canonical
from majung.decision.portfolio.programme import programme
from majung.decision.portfolio.relaxation import relaxation
from majung.decision.portfolio.search import searched
from majung.scenario.call import Row

DATA = Path(__file__).resolve().parents[1] / "data" / "knapsack"
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def column(table: str, problem: str, name: str) -> Floats:
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return np.array([float(row[name]) for row in csv.DictReader(file) if row["problem"] == problem])


@pytest.mark.parametrize(
    ("problem", "optimum"),
    [("1", 3800), ("2", 8706.1), ("3", 4015), ("4", 6120), ("5", 12400), ("6", 10618), ("7", 16537)],
)
def test_published_problems_are_solved_to_their_published_optima(problem: str, optimum: float) -> None:
    values, capacities = column("items", problem, "value"), column("capacities", problem, "capacity")
    costs = column("costs", problem, "cost").reshape(len(capacities), len(values))
    assert column("problems", problem, "optimum") == [optimum]
    chosen = choose(values, costs, capacities)
    assert values[chosen].sum() == pytest.approx(optimum, rel=1e-14)
    assert (costs @ chosen <= capacities).all()


def choices(n: int) -> Iterator[Flags]:
    for bits in product((False, True), repeat=n):
        yield np.array(bits, dtype=bool)


def allowed(chosen: Flags, groups: NDArray[np.int64], rows: list[Limit]) -> bool:
    if len(set(groups[chosen])) < chosen.sum():
        return False
    sums = [(row.coefficients @ chosen, row) for row in rows]
    # Sums of a few numbers lose a few last digits.
    slack = 1e-14
    return all(row.low - slack * abs(row.low) <= total <= row.high + slack * abs(row.high) for total, row in sums)


def best(values: Floats, groups: NDArray[np.int64], rows: list[Limit]) -> float | None:
    worth = [float(values @ x) for x in choices(len(values)) if allowed(x, groups, rows)]
    return max(worth) if worth else None


def small_case(rng: np.random.Generator) -> tuple[Floats, NDArray[np.int64], list[Limit]]:
    """Return up to seven options in groups, and rows of every kind: money, counts, floors, shares, exact numbers."""
    n = int(rng.integers(1, 8))
    values = (rng.integers(-5, 20, n).astype(float), rng.normal(1, 2, n), rng.normal(1, 2, n) * 1e9)[rng.integers(3)]
    groups = rng.integers(0, n, n)
    rows = []
    for rule in range(rng.integers(0, 5)):
        kinds = (rng.integers(-3, 10, n).astype(float), rng.random(n) * 1e12, (rng.random(n) < 0.5).astype(float))
        coefficients = kinds[rng.integers(3)]
        low, high = np.sort(rng.random(2) * np.abs(coefficients).sum() * 0.8)
        low, high = (round(low), round(high)) if rng.random() < 0.5 else (float(low), float(high))
        rows.append(Limit(f"rule {rule % 3}", coefficients, -np.inf if rng.random() < 0.6 else low, high))
    return values, groups, rows


@pytest.mark.parametrize("seed", range(8))
def test_small_programmes_are_solved_as_by_looking_at_every_choice(seed: int) -> None:
    rng = np.random.default_rng(seed)
    infeasible = 0
    for _ in range(40):
        values, groups, rows = small_case(rng)
        expected = best(values, groups, rows)
        if expected is None:
            infeasible += 1
            with pytest.raises(Infeasible):
                solve(values, groups, rows)
            continue
        found = solve(values, groups, rows)
        assert found.value == pytest.approx(expected, abs=1e-10 * np.abs(values).max())
        assert allowed(found.chosen, groups, rows)
        assert found.proven
        assert found.bound == found.value
    assert 0 < infeasible < 40


@pytest.mark.parametrize("gap", [1e-6, 0.01, 0.2])
def test_with_a_gap_no_choice_of_all_is_better_by_more_and_none_above_the_bound(gap: float) -> None:
    rng = np.random.default_rng(31)
    for _ in range(60):
        values, groups, rows = small_case(rng)
        expected = best(values, groups, rows)
        if expected is None:
            with pytest.raises(Infeasible):
                solve(values, groups, rows, gap=gap)
            continue
        found = solve(values, groups, rows, gap=gap)
        hair = 1e-8 * np.abs(values).max()
        assert allowed(found.chosen, groups, rows)
        assert found.value == pytest.approx(values @ found.chosen, abs=hair)
        assert found.value - hair <= expected <= found.bound + hair
        assert found.bound <= found.value + gap * abs(found.value) + hair


@pytest.mark.parametrize("seed", range(4))
def test_leaving_out_what_cannot_be_better_loses_no_optimum(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(40):
        values, groups, rows = small_case(rng)
        expected = best(values, groups, rows)
        form, _ = canonical(programme(values, groups, rows))
        found = searched(form, 0.0, None, first=1)
        if expected is None:
            assert found.chosen is None
        else:
            assert found.proven
            assert form.values @ found.chosen == pytest.approx(expected, abs=1e-9 * np.abs(values).max())


def capped_case(rng: np.random.Generator) -> tuple[Floats, NDArray[np.int64], list[Limit]]:
    """Return options of six applications of three firms under a budget, a count and a cap for each firm."""
    groups = np.repeat(np.arange(6), 2)
    amounts = rng.integers(1, 9, 12).astype(float)
    values = amounts * rng.uniform(0.5, 1.5, 12)
    rows = [Limit("budget", amounts, high=18.0, measure="money"), Limit("count", np.ones(12), rng.integers(0, 3), 5)]
    for firm in range(3):
        own = np.where(groups // 2 == firm, amounts, 0.0)
        rows += [
            Limit("cap", own, high=9.0, measure="money"),
            Limit("once", (own > 0).astype(float), high=2 - firm % 2),
        ]
    return values, groups, rows


def test_what_is_left_by_blocks_bounds_every_choice_and_more_closely_than_parts_of_options() -> None:
    rng = np.random.default_rng(41)
    closer = 0
    for _ in range(25):
        values, groups, rows = capped_case(rng)
        given = programme(values, groups, rows)
        sound = [x for x in choices(12) if allowed(x, groups, rows)]
        parts = relaxation(given)
        assert parts is not None
        blocks = by_blocks(given, parts)
        assert blocks is not None
        for found in (parts, blocks):
            for x in sound:
                assert values @ x <= found.bound - found.regret[x].max(initial=0.0) + 1e-9
                without = ~np.isin(np.arange(6), groups[x])
                assert values @ x <= found.bound - found.margin[without].max(initial=0.0) + 1e-9
        assert blocks.bound <= parts.bound + 1e-9
        closer += blocks.bound < parts.bound - 1e-6
        assert searched(canonical(given)[0], 0.0, None, first=1).bound == pytest.approx(max(values @ x for x in sound))
    assert closer > 10


def test_the_clash_is_a_smallest_set() -> None:
    rng = np.random.default_rng(100)
    sizes = set()
    for _ in range(120):
        values, groups, rows = small_case(rng)
        names = sorted({row.rule for row in rows})
        clashing = [
            len(kept)
            for flags in choices(len(names))
            if (kept := {name for name, flag in zip(names, flags, strict=True) if flag}) or not names
            if best(values, groups, [row for row in rows if row.rule in kept]) is None
        ]
        found = clash(groups, rows) if rows else ()
        assert len(found) == min(clashing, default=0)
        if found:
            assert best(values, groups, [row for row in rows if row.rule in found]) is None
            sizes.add(len(found))
    assert sizes >= {1, 2}


@pytest.mark.parametrize("measure", ["cvar", "chance"])
def test_risk_is_weighed_as_by_looking_at_every_choice(measure: str) -> None:
    rng = np.random.default_rng(7)
    solved = 0
    for _ in range(60):
        values, groups, rows = small_case(rng)
        spread = np.abs(values).mean()
        worlds = values + spread * rng.normal(size=(rng.integers(1, 9), len(values)))
        level = float(rng.choice([0.1, 0.25, 0.5]))
        target = float(rng.normal()) * spread
        risk = Risk(measure=measure, level=level, weight=0.4, target=target)  # type: ignore[arg-type]
        expected = None
        for x in choices(len(values)):
            if not allowed(x, groups, rows):
                continue
            totals = np.sort(worlds @ x)
            worth = float(values @ x)
            if measure == "cvar":
                # Of all weights on worlds up to 1 / (level S) each, those of the least mean.
                weights = np.clip(level * len(totals) - np.arange(len(totals)), 0, 1)
                worth = 0.6 * worth + 0.4 * float(weights @ totals) / weights.sum()
            elif (totals < target - 1e-12 * spread).sum() > level * len(totals):
                continue
            expected = worth if expected is None else max(expected, worth)
        if expected is None:
            with pytest.raises(Infeasible):
                solve(values, groups, rows, scenarios=worlds, risk=risk)
        else:
            found = solve(values, groups, rows, scenarios=worlds, risk=risk)
            assert found.value == pytest.approx(expected, abs=1e-10 * np.abs(values).max())
            solved += 1
    assert solved > 20


def test_what_is_needed_is_the_rise_that_brings_an_option_in() -> None:
    rng = np.random.default_rng(11)
    seen = 0
    for _ in range(60):
        values, groups, rows = small_case(rng)
        if (optimum := best(values, groups, rows)) is None:
            continue
        option = int(rng.integers(len(values)))
        with_it = [float(values @ x) for x in choices(len(values)) if x[option] and allowed(x, groups, rows)]
        rise = needed(values, groups, rows, option)
        if not with_it:
            assert rise == np.inf
            continue
        scale = np.abs(values).max()
        reach = 0.01 * (abs(optimum) + abs(max(with_it))) + 1e-8 * scale
        assert abs(needed(values, groups, rows, option, gap=0.01) - rise) <= 1.1 * reach
        assert rise == pytest.approx(optimum - max(with_it), abs=1e-9 * scale)
        if rise > 0:
            seen += 1
            raised = values + np.where(np.arange(len(values)) == option, rise + 1e-3 * scale, 0)
            assert solve(raised, groups, rows).chosen[option]
    assert seen > 10


@pytest.mark.parametrize("tightness", [0.25, 0.5, 0.75])
def test_harder_knapsacks_are_those_of_the_solver_alone(tightness: float) -> None:
    """As Chu and Beasley (1998) draw them, but smaller: branching alone takes long."""
    rng = np.random.default_rng(int(100 * tightness))
    for whole in (True, False):
        costs = rng.integers(0, 1001, (5, 45)) / (1 if whole else 7)
        values = np.floor(costs.mean(axis=0) + 500 * rng.random(45)) / (1 if whole else 3)
        capacities = np.floor(tightness * costs.sum(axis=1))
        alone = milp(
            -values,
            integrality=np.ones(45),
            bounds=Bounds(0, 1),
            constraints=LinearConstraint(costs, -np.inf, capacities),
            options={"mip_rel_gap": 0},
        )
        chosen = choose(values, costs, capacities)
        assert values[chosen].sum() == pytest.approx(-alone.fun, rel=1e-9)
        assert (costs @ chosen <= capacities + 1e-9).all()


def test_the_listing_finds_the_best_from_whatever_choice_it_starts() -> None:
    rng = np.random.default_rng(21)
    listed = 0
    for _ in range(150):
        values, groups, rows = small_case(rng)
        n = len(values)
        sound = [x for x in choices(n) if allowed(x, groups, rows)]
        if not sound or not rows or np.abs(values).max() > 1e6:
            continue
        members = [(groups == group).astype(float) for group in np.unique(groups)]
        units = [np.abs(row.coefficients).max() or 1.0 for row in rows]
        matrix = csr_array(np.array([row.coefficients / u for row, u in zip(rows, units, strict=True)] + members))
        low = np.array([row.low / u for row, u in zip(rows, units, strict=True)] + [-np.inf] * len(members))
        high = np.array([row.high / u for row, u in zip(rows, units, strict=True)] + [1.0] * len(members))
        known = sound[int(rng.integers(len(sound)))]
        found = proven_best(values, matrix, low, high, (np.zeros(n), np.ones(n)), known, np.inf)
        assert found is not None
        assert values @ found == pytest.approx(max(values @ x for x in sound), abs=1e-9)
        assert allowed(found, groups, rows)
        listed += 1
    assert listed > 40


def large_case(applications: int) -> tuple[Floats, NDArray[np.int64], list[Row], Floats]:
    """Return ten options of each application, under budgets, shares, numbers of awards and a cap for each firm."""
    rng = np.random.default_rng(applications)
    groups = np.repeat(np.arange(applications), 10)
    n, kind = len(groups), np.tile(np.arange(10) % 2, applications)
    asked = rng.integers(50, 500, applications).astype(float)
    amounts = np.round(asked[groups] * np.tile(np.linspace(0.5, 1, 5).repeat(2), applications))
    values = np.exp(rng.normal(size=applications))[groups] * amounts**0.8 * np.exp(0.1 * rng.normal(size=n))
    region, firm = rng.integers(0, 4, applications)[groups], rng.integers(0, applications // 2, applications)[groups]
    budget = 0.2 * asked.sum()
    dense = [
        Limit("budget", amounts, high=budget, measure="money"),
        Limit("purchases", np.where(kind == 1, amounts, 0.0), high=0.4 * budget, measure="money"),
        Limit("small", np.where(region == 2, amounts, 0.0) - 0.3 * amounts, low=0.0, measure="money"),
        Limit("capital", np.where(region == 0, amounts, 0.0) - 0.2 * amounts, high=0.0, measure="money"),
        Limit("outside", (region > 0).astype(float), low=applications / 20),
        Limit("must", (groups == 7).astype(float), low=1.0),
    ]
    rows = [Row.of(*limit) for limit in dense]
    for place in range(applications // 2):
        own = np.flatnonzero(firm == place)
        rows.append(Row("cap", own, amounts[own], n, -np.inf, 500.0, "money"))
    return values, groups, rows, amounts


def test_a_call_of_twenty_thousand_options_is_decided_within_a_thousandth() -> None:
    values, groups, rows, amounts = large_case(2000)
    found = solve(values, groups, rows, gap=1e-3)
    assert found.proven
    assert found.value <= found.bound <= 1.001 * found.value
    assert found.bound <= relaxed(values, groups, rows) + 1e-6 * found.value
    assert np.bincount(groups[found.chosen]).max() == 1
    for row in rows:
        used = row.counted(found.chosen).sum()
        assert row.low - 1e-6 <= used <= row.high + 1e-6
    # Nobody has an option that is worth less than another that would fit in its place.
    for option in np.flatnonzero(found.chosen)[:50]:
        own = np.flatnonzero((groups == groups[option]) & (values > values[option]) & (amounts <= amounts[option]))
        for other in own:
            changed = found.chosen.copy()
            changed[[option, other]] = False, True
            sums = [(row.counted(changed).sum(), row) for row in rows if row.at(option) or row.at(other)]
            assert not all(row.low <= used <= row.high for used, row in sums)
