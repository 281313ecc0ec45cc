"""What is said of the rules, held against series that nobody has seen: other seeds, the same families."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from majung.evidence.takeoff.odds import record, taken_off_probability

DOCS = Path(__file__).parents[2] / "docs"
SERIES = 150


@pytest.fixture(scope="module")
def study() -> ModuleType:
    sys.path.insert(0, str(DOCS))
    try:
        import takeoff_rules
    finally:
        sys.path.remove(str(DOCS))
    return takeoff_rules


@pytest.fixture(scope="module")
def fresh(study: ModuleType) -> list[tuple[Any, list[Any], list[Any]]]:
    """Read new yearly series, with the market known."""
    found = []
    for kind, make in enumerate(study.FAMILIES.values()):
        for place in range(SERIES):
            case = make(np.random.default_rng([7, kind, place]), 1)
            found.append((case, *study.read(case, known=True)))
    return found


@pytest.mark.parametrize("rule", ["threshold", "penetration", "elbow", "change_point"])
def test_rules_do_on_new_series_what_the_table_says(
    study: ModuleType, fresh: list[tuple[Any, list[Any], list[Any]]], rule: str
) -> None:
    table = {
        (row["family"]): row
        for row in study.read_table(study.RULES)
        if row["rule"] == rule and row["market"] == "known" and row["per_year"] == "1"
    }
    for family in study.FAMILIES:
        readings = [r for case, found, _ in fresh for r in found if case.family == family and r.rule == rule]
        measured = study.measure(readings)
        for name in ("false_alarm_rate", "hit_rate"):
            said = float(table[family][name] or "nan")
            if np.isnan(said):
                assert np.isnan(measured[name])
                continue
            spread = np.sqrt(max(said * (1 - said), 0.01) / SERIES)
            assert abs(measured[name] - said) < 4 * spread, (family, name, measured[name], said)


def test_odds_are_frequencies_on_new_series(fresh: list[tuple[Any, list[Any], list[Any]]]) -> None:
    looks = [look for _, _, found in fresh for look in found]
    said = np.array([taken_off_probability(look.seen, market=True) for look in looks])
    was = np.array([look.taken_off for look in looks])
    for part in np.array_split(np.argsort(said), 4):
        assert said[part].mean() == pytest.approx(was[part].mean(), abs=0.08)


def test_the_default_is_the_rule_with_the_best_record() -> None:
    # Quarterly, with the market known: what the market model reads its own output with.
    def score(rule: str) -> float:
        found = record(rule, 4, market=True)
        return found.hit_rate - found.false_alarm_rate

    assert max(("threshold", "penetration", "elbow", "change_point"), key=score) == "threshold"


def test_ten_thousand_series_were_simulated(study: ModuleType) -> None:
    rows = [row for row in study.read_table(study.RULES) if row["rule"] == "threshold" and row["family"] == "all"]
    assert sum(int(row["series"]) for row in rows if row["market"] == "known") >= 10_000
