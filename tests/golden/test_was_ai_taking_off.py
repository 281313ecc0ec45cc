"""The column's own question, series by series, and US households with hindsight: what nobody would dispute."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import majung as mj
from majung.evidence.takeoff import Takeoff

EXAMPLE = Path(__file__).parents[2] / "examples" / "was-ai-taking-off"


@pytest.fixture(scope="module")
def on_the_day() -> dict[str, Takeoff]:
    return {found.series.id: found for found in mj.takeoff(EXAMPLE / "series.csv", "2024-04-29", bootstrap=50)}


@pytest.fixture(scope="module")
def households() -> dict[str, Takeoff]:
    return {found.series.id: found for found in mj.takeoff(EXAMPLE / "household.csv", bootstrap=50)}


def test_data_centres_were_taking_off(on_the_day: dict[str, Takeoff]) -> None:
    nvidia = on_the_day["nvidia-data-centre"]
    assert nvidia.stage == "takeoff"
    assert nvidia.takeoff.rule == "change_point"
    # The quarter of May to July 2023, when revenue went from 4.3 to 10.3 billion.
    assert nvidia.takeoff.date == date(2023, 7, 30)
    assert nvidia.takeoff.probability is not None
    assert 0.8 < nvidia.takeoff.probability < 0.95
    # Nobody could tell how far it would go.
    assert nvidia.potential is None


def test_installed_computing_power_was_growing(on_the_day: dict[str, Takeoff]) -> None:
    power = on_the_day["ai-computing-power"]
    assert power.stage == "growth"
    assert power.takeoff.probability is not None
    assert power.takeoff.probability > 0.85


def test_five_reports_of_revenue_are_not_enough_to_be_sure(on_the_day: dict[str, Takeoff]) -> None:
    openai = on_the_day["openai-revenue"]
    assert openai.takeoff.probability is not None
    assert 0.2 < openai.takeoff.probability < 0.8


@pytest.mark.parametrize("series", ["anthropic-revenue", "kr-firms-ai", "kr-firms-ai-kinds"])
def test_of_fewer_than_four_values_nothing_is_said(on_the_day: dict[str, Takeoff], series: str) -> None:
    assert on_the_day[series].stage is None
    assert "nothing can be told" in str(on_the_day[series].reason)


def test_electric_cars_had_taken_off(on_the_day: dict[str, Takeoff]) -> None:
    for region in ("china", "europe", "korea", "usa"):
        found = on_the_day[f"ev-{region}"]
        assert found.stage == "growth", region
        assert found.takeoff.probability is not None
        assert found.takeoff.probability > 0.9, region


def test_a_quarter_published_later_changes_nothing(on_the_day: dict[str, Takeoff]) -> None:
    series = {one.id: one for one in mj.read_series(EXAMPLE / "series.csv")}["nvidia-data-centre"]
    assert str(series.as_of("2024-05-21").ends[-1]) == "2024-01-28"
    before = mj.takeoff(series, "2024-05-21", bootstrap=0)
    assert before.takeoff == on_the_day["nvidia-data-centre"].takeoff
    after = mj.takeoff(series, "2024-05-22", bootstrap=0)
    assert dict(after.stage_probabilities) != dict(before.stage_probabilities)


def test_every_household_technology_has_a_verdict_or_a_reason(households: dict[str, Takeoff]) -> None:
    assert len(households) == 45
    for found in households.values():
        assert (found.stage is None) == (found.reason is not None)
        if found.stage is not None:
            assert sum(found.stage_probabilities.values()) == pytest.approx(1)
            for fit in found.fits:
                assert fit.usable or fit.warnings, (found.series.id, fit.model)


@pytest.mark.parametrize(
    "series",
    ["automobile", "colour-tv", "radio", "household-refrigerator", "electric-power", "stove", "washing-machine"],
)
def test_what_nearly_all_have_is_mature(households: dict[str, Takeoff], series: str) -> None:
    found = households[series]
    assert found.stage == "maturity"
    assert found.takeoff.probability is not None
    assert found.takeoff.probability > 0.98
    assert found.potential is not None
    assert 70 < found.potential[0] <= 100.0


def test_a_share_of_all_households_is_at_most_all_of_them(households: dict[str, Takeoff]) -> None:
    for found in households.values():
        for fit in found.fits:
            if fit.usable:
                assert fit.parameters["m"] <= 100 * (1 + 1e-9), (found.series.id, fit.model)
