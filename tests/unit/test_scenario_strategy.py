"""Strategies are frozen, checked when they are made, and say what is wrong as the files do."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from pydantic import ValidationError

from majung.errors import InputError
from majung.market.lower import policy
from majung.market.world import MATCHING
from majung.parameters import LocalText
from majung.scenario import Award, Mix, Scenario, Strategy, load, skeleton


@pytest.fixture
def small(tmp_path: Path) -> Scenario:
    skeleton.write(tmp_path / "small")
    return load(tmp_path / "small")


def test_strategy_is_made_from_plain_values() -> None:
    strategy = Strategy(
        id="a",
        title="제목",
        quarters=8,
        budget="1조 2,000억",
        max_award="5억원",
        mix={"subsidy": 0.25, "matching": 0.75},
    )
    assert strategy.title == LocalText(ko="제목", en="제목")
    assert (strategy.budget, strategy.max_award) == (1_200_000, 500)
    assert strategy.mix["matching"] == 0.75
    assert strategy.mix.array().tolist() == [0.25, 0, 0.75]
    assert strategy.classes == ("venture", "sme", "mid", "large")
    assert strategy.technologies is None


def test_amounts_are_read_in_the_unit_that_is_said() -> None:
    assert Strategy(id="a", quarters=1, budget="3억", mix=Mix(subsidy=1), unit="억원").budget == 3
    assert Strategy(id="a", unit="백만원").unit == "million KRW"
    with pytest.raises(InputError, match="unit: 'boxes' is not a unit of money"):
        Strategy(id="a", unit="boxes")


def test_strategy_cannot_be_changed_and_can_be_sent() -> None:
    strategy = Strategy(id="a", awards=[Award(line="v1/service", instrument="purchase", amount=3, quarter=2)])
    with pytest.raises(ValidationError):
        strategy.winners = 3  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(strategy)) == strategy
    assert hash(strategy) == hash(strategy.model_copy())


def test_everything_that_is_wrong_with_a_strategy_is_said_at_once() -> None:
    with pytest.raises(InputError) as caught:
        Strategy(
            id="a", budgt=3, noise=-1, winners=2.5, gate="yes", criteria={"qualty": 1}, mix={"subsidy": 0.4}, review=0
        )
    assert [(problem.column, problem.suggestion) for problem in caught.value.problems] == [
        ("mix", None),
        ("criteria.qualty", "quality"),
        ("noise", None),
        ("winners", None),
        ("review", None),
        ("gate", None),
        ("budgt", "budget"),
    ]


def test_an_award_made_alone_is_checked_too() -> None:
    with pytest.raises(InputError, match="amount: '-3' is out of range; expected an amount of zero or more"):
        Award(line="x", instrument="subsidy", amount=-3, quarter=0)
    with pytest.raises(InputError, match="name the line by 'line', or by 'firm' and 'technology'"):
        Award(line="x", firm="y", instrument="subsidy", amount=3, quarter=0)


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), True, "3 apples", None])
def test_amounts_are_numbers(wrong: object) -> None:
    with pytest.raises(InputError):
        Strategy(id="a", quarters=1, budget=wrong, mix={"subsidy": 1})


def test_hash_is_of_what_decides_results() -> None:
    one = Strategy(id="a", title="x", quarters=1, budget="10억", mix={"subsidy": 1})
    other = Strategy(id="b", title="y", quarters=1, budget=1000, mix={"subsidy": 1.0})
    assert one.hash == other.hash
    assert one.hash != Strategy(id="a", quarters=2, budget=1000, mix={"subsidy": 1}).hash


def test_the_window_of_matching_counts_only_where_matching_is_awarded() -> None:
    def hashes(instrument: str) -> set[str]:
        award = {"line": "v1/service", "instrument": instrument, "amount": 3, "quarter": 2}
        return {Strategy(id="a", awards=[award], matching_window=window).hash for window in (4, 6)}

    assert [len(hashes(instrument)) for instrument in ("subsidy", "purchase", "matching")] == [1, 1, 2]
    # Stored results are found by the hash: it stays what it was before there was a window.
    before = "47e9a9113eda5e4963225fbea0d7900e9b2cac035a89187c0602efaee9bc88e8"
    assert Strategy(id="a", quarters=1, budget=1000, mix={"subsidy": 1}).hash == before


@pytest.mark.parametrize("window", [0, -1, 2.5, True, "4"])
def test_a_window_is_a_number_of_quarters(window: object) -> None:
    with pytest.raises(InputError, match=r"matching_window: .* a whole number of 1 or more"):
        Strategy(id="a", matching_window=window)


def test_awards_of_matching_are_lowered_with_their_window(small: Scenario) -> None:
    award = {"firm": "v1", "technology": "service", "instrument": "matching", "amount": "3억", "quarter": 2}
    lowered = policy(small, Strategy(id="a", awards=[award], match_rate=0.5, matching_window=6))
    assert (lowered.match_rate, lowered.matching_window) == (0.5, 6)
    assert (lowered.award_instrument.tolist(), lowered.award_amount.tolist()) == ([MATCHING], [300])


def test_delay_shifts_awards() -> None:
    award = Award(line="v1/service", instrument="purchase", amount=3, quarter=2)
    later = Strategy(id="a", start=1, awards=[award]).delayed(8, id="late", title="late")
    assert (later.id, later.start, later.awards[0].quarter, later.awards[0].amount) == ("late", 9, 10, 3)


def test_strategies_from_python_are_held_against_the_scenario(small: Scenario) -> None:
    wrong = [
        Strategy(id="a", technologies=["chips"]),
        Strategy(id="b", quarters=40, budget=1, mix={"subsidy": 1}),
        Strategy(id="b", awards=[Award(firm="v1", technology="chip", instrument="subsidy", amount=1, quarter=0)]),
        Strategy(id="c", unit="억원"),
    ]
    with pytest.raises(InputError) as caught:
        small.with_strategies(wrong)
    assert [problem.column for problem in caught.value.problems] == [
        "a.technologies",
        "b.quarters",
        "b.id",
        "b.awards[1]",
        "c.unit",
    ]


def test_quarters_of_the_calendar_and_chains_of_after(tmp_path: Path) -> None:
    skeleton.write(tmp_path / "small")
    (tmp_path / "small" / "strategies.toml").write_text(
        """
        [[strategy]]
        id = "last"
        after = "middle"
        delay = 2
        winners = 7
        [[strategy]]
        id = "middle"
        after = "first"
        delay = 4
        budget = "2억"
        [[strategy]]
        id = "first"
        start = "2024Q4"
        quarters = 4
        budget = "1억"
        mix = {purchase = 1}
        [[strategy]]
        id = "table"
        awards = [{line = "v1/service", instrument = "purchase", amount = "1억", quarter = "2025Q1"}]
        [[strategy]]
        id = "later-table"
        after = "table"
        delay = 4
        """,
        encoding="utf-8",
    )
    scenario = load(tmp_path / "small")
    last, middle, first = (scenario.strategy(name) for name in ("last", "middle", "first"))
    assert (first.start, middle.start, last.start) == (2, 6, 8)
    assert (first.budget, middle.budget, last.budget) == (100, 200, 200)
    assert (middle.winners, last.winners) == (0, 7)
    assert (scenario.strategy("table").awards[0].quarter, scenario.strategy("later-table").awards[0].quarter) == (3, 7)


def test_hands_off_may_be_written_down(tmp_path: Path) -> None:
    skeleton.write(tmp_path / "small")
    (tmp_path / "small" / "strategies.toml").write_text(
        '[[strategy]]\nid = "a"\n[[strategy]]\nid = "hands-off"\ntitle = "Nothing"\n', encoding="utf-8"
    )
    strategies = load(tmp_path / "small").strategies
    assert [(strategy.id, str(strategy.title)) for strategy in strategies] == [("hands-off", "Nothing"), ("a", "")]
