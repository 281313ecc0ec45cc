"""Every equation of the market: closed forms, limits and monotonicity."""

from __future__ import annotations

import ast
import inspect
import math
from collections.abc import Callable, Iterable

import numpy as np
import pytest

from majung.market import equations as eq


def rises(values: Iterable[float]) -> bool:
    """Whether each value lies above the one before."""
    return bool((np.diff(list(values)) > 0).all())


def along(function: Callable[..., float], at: str, values: Iterable[float], **others: float) -> list[float]:
    """The equation's values where one argument varies."""
    names = list(inspect.signature(function.py_func).parameters)  # type: ignore[attr-defined]
    return [function(*(({at: value} | others)[name] for name in names)) for value in values]


def test_every_equation_is_tested_here() -> None:
    source = ast.parse(inspect.getsource(eq))
    named = {node.name for node in source.body if isinstance(node, ast.FunctionDef)}
    tested = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    assert named
    assert named <= tested, "an equation without a test of its name"


def test_hesitation() -> None:
    assert eq.hesitation(300.0, 1000.0, 0.3, 0.5) == pytest.approx(0.5)  # the market is worth ω of the old profit
    assert eq.hesitation(300.0 * math.e, 1000.0, 0.3, 0.5) == pytest.approx(1 / (1 + math.exp(-2)))
    assert eq.hesitation(1.0, 0.0, 0.3, 0.5) == 1
    assert eq.hesitation(0.0, 1000.0, 0.3, 0.5) == pytest.approx(0, abs=1e-100)
    others = {"threshold": 0.3, "width": 0.5}
    assert rises(along(eq.hesitation, "market_value", [1, 10, 100, 1e4], legacy_profit=100.0, **others))
    assert rises(along(eq.hesitation, "legacy_profit", [1e4, 100, 10, 1], market_value=100.0, **others))


def test_small_firm_research() -> None:
    assert eq.small_firm_research(100.0, 50.0, 0.2, 0.15, 10.0) == pytest.approx(15 + 0.8 * 5)
    assert eq.small_firm_research(100.0, -50.0, 0.2, 0.15, 10.0) == pytest.approx(15)  # debts fund nothing
    assert eq.small_firm_research(0.0, 50.0, 1.0, 0.15, 10.0) == 0


def test_effective_effort() -> None:
    attention = 4**-0.4
    found = eq.effective_effort(60.0, 40.0, 0.25, attention, 0.5, 0.4, 10.0)
    assert found == pytest.approx((60 + 30) * attention * 1.2 / 10)
    assert eq.effective_effort(0.0, 40.0, 1.0, 1.0, 0.5, 0.4, 10.0) == 0  # public money replaced own money in full
    assert eq.effective_effort(20.0, 0.0, 0.5, 1.0, 0.0, 1.0, 20.0) == 1


def test_success_probability() -> None:
    assert eq.success_probability(0.0, 0.5, 1.2) == 0
    assert eq.success_probability(1.0, 0.5, 1.2) == pytest.approx(1 - math.exp(-0.5))
    assert eq.success_probability(4.0, 0.5, 1.5) == pytest.approx(1 - math.exp(-0.5 * 8))
    # Increasing returns at small efforts: twice the effort is more than twice the chance where ψ > 1, less where ψ < 1.
    assert eq.success_probability(0.02, 0.5, 1.2) > 2 * eq.success_probability(0.01, 0.5, 1.2)
    assert eq.success_probability(0.02, 0.5, 0.8) < 2 * eq.success_probability(0.01, 0.5, 0.8)
    chances = along(eq.success_probability, "effort", [0.0, 1e-3, 0.1, 1, 5], rate=0.5, returns=1.2)
    assert rises(chances)
    assert max(chances) < 1


def test_innovate() -> None:
    assert eq.innovate(0.6, 1.0, 0.25, 0.3, 0.3) == 0.6  # v < P is success
    assert eq.innovate(0.6, 1.0, 0.25, 0.3, 0.15) == pytest.approx(0.6 + 0.5 * 0.5 * 0.4)
    assert eq.innovate(1.1, 1.0, 0.25, 0.3, 0.15) == 1.1  # nobody falls back, or passes the frontier
    assert eq.innovate(0.6, 1.0, 0.25, 0.0, 1e-16) == 0.6
    v = (np.arange(1000) + 0.5) / 1000
    closed = np.array([eq.innovate(0.6, 1.0, 0.25, 0.4, draw) for draw in v]) - 0.6
    assert closed[v < 0.4].mean() / 0.4 == pytest.approx(0.25)
    assert (closed[v >= 0.4] == 0).all()
    assert rises(closed[v < 0.4])


def test_imitate() -> None:
    assert eq.imitate(0.5, 0.9, 3.0, 0.01) == pytest.approx(0.5 + 0.01 * 0.75 * 0.4)
    assert eq.imitate(0.5, 0.9, 0.0, 0.01) == 0.5  # who does no research cannot absorb
    assert eq.imitate(0.9, 0.5, 3.0, 0.01) == 0.9
    assert eq.imitate(0.5, 0.9, 1e12, 0.01) == pytest.approx(0.504)


def test_log_unit_cost() -> None:
    exponent = -math.log2(0.8)
    assert eq.log_unit_cost(-0.3, 0.0, 100.0, exponent) == -0.3
    doubled = [eq.log_unit_cost(-0.3, output, 100.0, exponent) + 0.3 for output in (100, 300, 700)]
    assert doubled == pytest.approx([math.log(0.8), 2 * math.log(0.8), 3 * math.log(0.8)])
    assert eq.log_unit_cost(-0.3, 1e6, 100.0, 0.0) == -0.3


def test_attraction() -> None:
    weights = {"quality_weight": 2.5, "price_weight": 1.5, "weight": 1.0}
    assert eq.attraction(1.0, 0.0, 0.0, 2.5, 1.5, 1.0) == 1
    found = eq.attraction(0.8, math.log(1.2), 0.3, 2.5, 1.5, 1.0)
    assert found == pytest.approx(0.8**2.5 * 1.2**-1.5 * math.exp(0.3))
    assert rises(along(eq.attraction, "quality", [0.1, 0.5, 1], log_price=0.0, reputation=0.0, **weights))
    assert rises(along(eq.attraction, "log_price", [1, 0, -1], quality=1.0, reputation=0.0, **weights))
    assert rises(along(eq.attraction, "reputation", [0, 0.5, 1], quality=1.0, log_price=0.0, **weights))


def test_presence() -> None:
    assert eq.presence(0.3, 0.7, 0.0) == 0.7
    assert eq.presence(0.3, 0.7, 1.0) == 0.3
    assert eq.presence(0.3, 0.7, 0.2) == pytest.approx(0.2 * 0.3 + 0.8 * 0.7)
    assert eq.presence(0.5, 0.0, 0.2) == 2 * eq.presence(0.25, 0.0, 0.2)


def test_acceptable_share() -> None:
    assert eq.acceptable_share(1.0, 1.0, 0.35) == 0.5
    assert eq.acceptable_share(1.35, 1.0, 0.35) == pytest.approx(1 / (1 + math.exp(-1)))
    assert eq.acceptable_share(-690.0, 1.0, 0.35) < 1e-300
    assert rises(along(eq.acceptable_share, "inclusive_value", [-2, 0, 1, 2], threshold=1.0, tolerance=0.35))


def test_adoption_hazard() -> None:
    assert eq.adoption_hazard(0.005, 0.11, 0.0, 1.0, 1.0) == 0.005
    assert eq.adoption_hazard(0.005, 0.11, 0.5, 0.5, 1.2) == pytest.approx((0.005 + 0.055) * 0.5 * 1.2)
    assert eq.adoption_hazard(0.5, 5.0, 1.0, 1.0, 3.0) == 1
    assert eq.adoption_hazard(0.005, 0.11, 0.5, 0.0, 1.0) == 0


def test_updated_reputation() -> None:
    assert eq.updated_reputation(0.4, 0.0, 0.0, 0.03, 0.01, 0.02) == pytest.approx(0.4 * 0.98)
    assert eq.updated_reputation(0.0, 2.0, 5.0, 0.03, 0.01, 0.02) == pytest.approx(1 - math.exp(-0.11))
    assert eq.updated_reputation(0.4, 1e9, 0.0, 0.03, 0.01, 0.02) == pytest.approx(1 - 0.4 * 0.02)
    gain, settled = 1 - math.exp(-0.03), 0.0
    for _ in range(2000):
        settled = eq.updated_reputation(settled, 1.0, 0.0, 0.03, 0.01, 0.02)
    assert settled == pytest.approx(gain / (gain + 0.02))


def test_symmetric_growth() -> None:
    assert eq.symmetric_growth(0.0, 0.0) == 0
    assert eq.symmetric_growth(5.0, 0.0) == 2
    assert eq.symmetric_growth(0.0, 5.0) == -2
    assert eq.symmetric_growth(110.0, 90.0) == pytest.approx(0.2)
    assert eq.symmetric_growth(3.0, 7.0) == -eq.symmetric_growth(7.0, 3.0)


def test_certification() -> None:
    assert eq.certification(0.0, 0.0) == 0
    assert eq.certification(10.0, 0.0) == 1
    assert eq.certification(40.0, 10.0) == 0.5
    assert rises(along(eq.certification, "awards", [0, 1, 10, 1000], spending=10.0))


def test_funding_probability() -> None:
    weights = (-1.5, 1.5, 0.7, 1.0, 3.0)
    assert eq.funding_probability(0.0, 0.0, 0.0, 0.0, *weights) == pytest.approx(1 / (1 + math.exp(1.5)))
    found = eq.funding_probability(0.2, 0.5, 0.3, 0.1, *weights)
    assert found == pytest.approx(1 / (1 + math.exp(1.5 - 0.3 - 0.35 - 0.3 - 0.3)))
    assert eq.funding_probability(1.0, 0.0, 0.0, 0.0, *weights) == pytest.approx(0.5)


def test_entry_probability() -> None:
    assert eq.entry_probability(2.0, 4.0, 2.0, 0.0) == pytest.approx(1 - math.exp(-0.5))
    assert eq.entry_probability(2.0, 4.0, 2.0, math.log(3) / 2) == pytest.approx(1 - math.exp(-1.5))
    assert eq.entry_probability(0.0, 4.0, 2.0, 1.0) == 0
    expected = [slots * eq.entry_probability(2.0, slots, 2.0, 0.0) for slots in (1.0, 10.0, 1e6)]
    assert rises(expected)  # entrants expected: towards the rate, as there is room
    assert expected[-1] == pytest.approx(2, rel=1e-5)


def test_smoothed_growth() -> None:
    assert eq.smoothed_growth(0.1, 200.0, 100.0, 0.25) == pytest.approx(0.075 + 0.25 * math.log(2))
    assert eq.smoothed_growth(0.1, 200.0, 100.0, 1.0) == pytest.approx(math.log(2))
    for now, last in ((0.0, 100.0), (100.0, 0.0)):
        assert eq.smoothed_growth(0.1, now, last, 0.25) == pytest.approx(0.075)
    assert eq.smoothed_growth(0.1, 100.0, 100.0, 0.0) == 0.1
