"""What holds of every portfolio: no rule is broken, the order of things does not count, the better is never dropped."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import assume, example, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from majung.decision.portfolio import Infeasible, Limit, choose, solve
from majung.decision.portfolio.form import canonical
from majung.decision.portfolio.programme import programme as assembled
from majung.decision.portfolio.search import searched

Floats = NDArray[np.float64]


@dataclass
class Programme:
    values: Floats
    groups: NDArray[np.int64]
    rows: list[Limit]


NUMBERS = st.one_of(st.integers(-20, 100).map(float), st.floats(-10, 1e6), st.sampled_from([0.0, 0.1, 0.2, 0.3, 1e12]))


@st.composite
def programmes(draw: st.DrawFn, least: int = 1) -> Programme:
    n = draw(st.integers(least, 12))
    numbers = st.lists(NUMBERS, min_size=n, max_size=n).map(np.array)
    rows = []
    for rule in range(draw(st.integers(0, 4))):
        coefficients = np.abs(draw(numbers))
        full = float(coefficients.sum())
        low = draw(st.sampled_from([-np.inf, -np.inf, 0.05 * full, 0.2 * full]))
        rows.append(Limit(f"rule {rule}", coefficients, low, draw(st.sampled_from([0.4, 0.7])) * full, "money"))
    groups = draw(st.lists(st.integers(0, n), min_size=n, max_size=n).map(np.array))
    return Programme(draw(numbers), groups, rows)


GAPS = st.sampled_from([0.0, 0.0, 1e-3, 0.3])


def solved(programme: Programme, order: NDArray[np.int64] | None = None, gap: float = 0.0) -> NDArray[np.bool_]:
    try:
        return solve(programme.values, programme.groups, programme.rows, order=order, gap=gap).chosen
    except Infeasible:
        assume(False)
        raise


@given(programmes(), GAPS)
def test_no_rule_is_broken(programme: Programme, gap: float) -> None:
    chosen = solved(programme, gap=gap)
    for row in programme.rows:
        slack = 1e-15 * np.abs(row.coefficients[chosen]).sum() * len(chosen)
        assert row.low - slack <= row.coefficients @ chosen <= row.high + slack
    assert len(set(programme.groups[chosen])) == chosen.sum()


@given(programmes(), st.randoms(use_true_random=False), GAPS)
def test_permuting_options_and_rows_permutes_the_choice(programme: Programme, random: object, gap: float) -> None:
    n = len(programme.values)
    shuffled = np.array(random.sample(range(n), n))  # type: ignore[attr-defined]
    other = Programme(
        programme.values[shuffled],
        programme.groups[shuffled],
        [row._replace(coefficients=row.coefficients[shuffled]) for row in reversed(programme.rows)],
    )
    assert (solved(other, shuffled, gap) == solved(programme, np.arange(n), gap)[shuffled]).all()


@given(programmes(), st.sampled_from([1e-6, 1e-3, 0.3]))
def test_a_choice_is_within_the_gap_and_its_bound_above_the_optimum(programme: Programme, gap: float) -> None:
    exact = programme.values @ solved(programme)
    found = solve(programme.values, programme.groups, programme.rows, gap=gap)
    hair = 1e-8 * np.abs(programme.values).max()
    assert found.proven
    assert found.value - hair <= exact <= found.bound + hair
    assert found.bound - found.value <= gap * abs(found.value) + hair


@given(programmes(), st.sampled_from([0.0, 1e-3, 0.3]), st.integers(1, 8))
def test_starting_from_the_most_promising_options_loses_no_optimum(
    programme: Programme, gap: float, first: int
) -> None:
    exact = programme.values @ solved(programme)
    form, _ = canonical(assembled(programme.values, programme.groups, programme.rows))
    found = searched(form, gap, None, first=first)
    hair = 1e-8 * np.abs(programme.values).max()
    assert found.proven
    assert found.bound >= exact - hair
    value = float(form.values @ found.chosen)
    assert value >= exact - gap * abs(value) - hair


@given(programmes(), st.floats(1e-12, 1e3), st.booleans(), GAPS)
@example(Programme(np.array([1e6]), np.array([0]), [Limit("one", np.array([1.0]), -np.inf, 1.0)]), 1e-9, False, 0.0)
@example(Programme(np.array([1e6]), np.array([0]), [Limit("one", np.array([1.0]), -np.inf, 1.0)]), 1e-9, False, 0.3)
def test_a_better_application_is_never_dropped_for_a_worse_one_of_equal_everything(
    programme: Programme, more: float, first: bool, gap: float
) -> None:
    """Add a twin of the first option that is worth a little more, in a group of its own."""
    better = programme.values[0] + more
    assume(better > programme.values[0])
    places = [0, *range(len(programme.values))] if first else [*range(len(programme.values)), 0]
    twin, original = (0, 1) if first else (len(programme.values), 0)
    values, groups = programme.values[places], programme.groups[places]
    values[twin] = better
    groups[[twin, original]] = [1000, 1001]
    rows = [row._replace(coefficients=row.coefficients[places]) for row in programme.rows]
    chosen = solved(Programme(values, groups, rows), gap=gap)
    assert chosen[twin] or not chosen[original]


@given(programmes())
def test_an_option_that_cannot_be_chosen_changes_nothing(programme: Programme) -> None:
    if not programme.rows:
        return
    n = len(programme.values)
    rows = [row._replace(coefficients=np.append(row.coefficients, 2 * row.high + 1)) for row in programme.rows]
    more = Programme(np.append(programme.values, 1e3), np.append(programme.groups, 999), rows)
    chosen = solved(more)
    assert not chosen[n]
    assert np.dot(more.values[:n], chosen[:n]) == np.dot(programme.values, solved(programme))


@given(programmes(), st.floats(1.0, 2.0))
def test_more_room_is_never_worth_less(programme: Programme, factor: float) -> None:
    value = float(programme.values @ solved(programme))
    wider = [row._replace(high=row.high * factor) for row in programme.rows]
    reached = float(programme.values @ solved(Programme(programme.values, programme.groups, wider)))
    assert reached >= value - 1e-12 * np.abs(programme.values).sum()


@given(st.lists(st.tuples(NUMBERS, st.integers(0, 50)), max_size=12), st.integers(0, 200))
def test_a_knapsack_is_that_of_the_dynamic_programme(items: list[tuple[float, int]], capacity: int) -> None:
    values = np.array([value for value, _ in items])
    best = np.zeros(capacity + 1)
    for value, cost in items:
        if value > 0 and cost <= capacity:
            best[cost:] = np.maximum(best[cost:], best[: capacity + 1 - cost] + value)
    costs = np.array([[cost for _, cost in items]], dtype=float)
    chosen = choose(values, costs, [capacity])
    assert costs[0] @ chosen <= capacity
    assert abs(values @ chosen - best[-1]) <= 1e-12 * np.abs(values).sum()
