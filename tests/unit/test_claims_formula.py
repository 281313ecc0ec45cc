"""Formulas of claims: what they know, what they refuse, and that nothing else is run."""

from __future__ import annotations

import numpy as np
import pytest

from majung.decision.claims.formula import Formula, Term
from majung.errors import InputError

ARMS = {"orders": np.array([3.0, 1.0]), "grants": np.array([2.0, 2.0]), "spread": np.array([0.0, 4.0])}


def value(term: Term) -> np.ndarray:
    return ARMS[term.arm] * (10 if term.measure else 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("orders - grants", [1, -1]),
        ("orders - max(grants, spread)", [1, -3]),
        ("min(orders, grants, spread)", [0, 1]),
        ("(orders - grants) / 8", [0.125, -0.125]),
        ("-orders + 2 * grants", [1, 3]),
        ("orders.survival / grants - 1", [14, 4]),
        ("orders / spread", [np.inf, 0.25]),
        ("0.5 - orders", [-2.5, -0.5]),
    ],
)
def test_what_a_formula_comes_to(text: str, expected: list[float]) -> None:
    assert Formula(text).evaluate(value) == pytest.approx(expected)
    assert not Formula(text).condition


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("orders > grants", [True, False]),
        ("orders > 0 and spread < 4", [True, False]),
        ("not orders > grants", [False, True]),
        ("1 < orders <= 3 or spread >= 4", [True, True]),
    ],
)
def test_what_a_condition_says(text: str, expected: list[bool]) -> None:
    assert Formula(text).condition
    assert Formula(text).evaluate(value).tolist() == expected


def test_which_arms_are_named() -> None:
    assert set(Formula("a.survival - max(b, 2 * c)").terms()) == {Term("a", "survival"), Term("b"), Term("c")}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "orders -",
        "orders = grants",
        "__import__('os').system('true')",
        "orders.survival.x",
        "orders[0]",
        "orders ** 2",
        "abs(orders)",
        "max()",
        "max(orders, key=grants)",
        "(lambda: orders)()",
        "[orders for orders in (1, 2)]",
        "'orders'",
        "True",
        "orders + (grants > 1)",
        "orders and grants",
        "not orders",
        "orders == grants",
        "orders if grants else spread",
        "(" * 300 + "orders" + ")" * 300,
        "orders + " * 200 + "orders",
    ],
)
def test_what_is_no_formula(text: str) -> None:
    with pytest.raises(InputError):
        Formula(text)
