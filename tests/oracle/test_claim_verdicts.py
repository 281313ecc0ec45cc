"""Verdicts on claims that are true, false or empty by construction, and the figures that they are formed of."""

from __future__ import annotations

import math
from types import MappingProxyType

import numpy as np
import pytest
from scipy.stats import binom

from majung.decision.claims.formula import Formula
from majung.decision.claims.model import Claim
from majung.decision.claims.result import ClaimTest, Verdict
from majung.decision.claims.verdict import judged, verdict_of, world_effects
from majung.decision.statistics import share_interval
from majung.decision.worlds.panel import COLUMNS, Arm, Panel
from majung.parameters import LocalText
from majung.scenario import Strategy, hands_off

MOST, CONFIDENCE = 0.75, 0.95
SALES, SPENT = COLUMNS.index("private_domestic_sales"), COLUMNS.index("public_spent")


def strategy(name: str) -> Strategy:
    return Strategy(id=name, quarters=4, budget=1.0 + len(name), mix={"subsidy": 1.0})


ARMS = {"first": Arm(strategy("first")), "second": Arm(strategy("second-one"))}
NOTHING = Arm(hands_off())


def claim(effect: str = "first - second", **given: object) -> Claim:
    values: dict[str, object] = {
        "id": "T",
        "sentence": LocalText(en="t", ko="t"),
        "outcome": "private_domestic_sales",
        "effect": Formula(effect),
        "smallest": 0.0,
        "unit": LocalText(),
        "arms": ARMS,
        "titles": dict.fromkeys(ARMS, LocalText()),
    }
    return Claim(**values | given)  # type: ignore[arg-type]


def panel(first: np.ndarray, second: np.ndarray, nothing: np.ndarray | None = None) -> Panel:
    """A panel of (W, n) private sales by arm; what is spent is 10 by the first, 20 by the second."""
    rows = [first, second, np.zeros_like(first) if nothing is None else nothing]
    values = np.zeros((*first.shape[:1], 3, first.shape[1], len(COLUMNS)))
    for place, (sales, spent) in enumerate(zip(rows, (10.0, 20.0, 0.0), strict=True)):
        values[:, place, :, SALES] = sales
        values[:, place, :, SPENT] = spent
    values[~np.isfinite(values[..., SALES])] = np.nan
    return Panel(values, (*ARMS.values(), NOTHING), "")


def asked(put: Claim, seen: Panel, claims: int = 1) -> ClaimTest:
    effects = world_effects(put, seen, {"": 2})
    return judged(put, effects, math.nan, verdicts=claims, confidence=CONFIDENCE, most=MOST)


def rng(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_true_by_construction_holds() -> None:
    luck = rng(1).normal(size=(200, 16))
    found = asked(claim(smallest=0.5), panel(luck + 1, luck))
    assert found.verdict is Verdict.HOLDS
    assert found.share == 1
    assert found.effect.mean == pytest.approx(1)
    assert found.counts.sure_for == 200


def test_false_by_construction_fails() -> None:
    luck = rng(2).normal(size=(200, 16))
    found = asked(claim(smallest=0.5), panel(luck, luck + 1))
    assert found.verdict is Verdict.FAILS
    assert found.share == 0
    assert found.counts.sure_against == 200


def test_the_other_direction_is_the_other_verdict() -> None:
    luck = rng(3).normal(size=(200, 16))
    found = asked(claim(smallest=0.5, direction="less"), panel(luck, luck + 1))
    assert found.verdict is Verdict.HOLDS
    assert found.effect.mean == pytest.approx(-1)


def test_true_in_half_of_the_worlds_is_mixed() -> None:
    luck = rng(4).normal(size=(400, 16))
    side = np.where(np.arange(400) % 2, 1.0, -1.0)[:, None]
    found = asked(claim(), panel(luck + side, luck))
    assert found.verdict is Verdict.MIXED
    assert found.share == pytest.approx(0.5)


def test_too_small_an_effect_fails() -> None:
    luck = rng(5).normal(size=(200, 16))
    assert asked(claim(smallest=0.5), panel(luck + 0.1, luck)).verdict is Verdict.FAILS


def test_the_same_under_the_same_luck_says_nothing() -> None:
    luck = rng(6).normal(size=(200, 16))
    found = asked(claim(), panel(luck, luck))
    assert (found.counts.answered, found.counts.undefined) == (0, 200)
    assert math.isnan(found.share)
    other = luck.copy()
    other[7] += 0.001
    found = asked(claim(smallest=0.1), panel(other, luck))
    assert found.verdict is Verdict.FAILS
    assert (found.share, found.counts.answered, found.counts.sure_for) == (0, 200, 0)


@pytest.mark.parametrize("kind", ["normal", "skewed", "heavy"])
def test_two_strategies_that_are_the_same_are_hardly_ever_told_apart(kind: str) -> None:
    """Of 200 trials under different luck, at most the stated level says that the claim holds, or that it fails."""

    def draw(trial: np.random.Generator, spread: np.ndarray) -> np.ndarray:
        shape = (120, 8)
        if kind == "normal":
            return np.asarray(spread * trial.normal(size=shape))
        return np.asarray(spread * (trial.exponential(size=shape) if kind == "skewed" else trial.standard_t(2, shape)))

    wrong = sure = worlds = 0
    for number in range(200):
        trial = rng(1000 + number)
        spread = np.exp(trial.normal(size=(120, 1)))
        found = asked(claim(), panel(draw(trial, spread), draw(trial, spread)))
        wrong += found.verdict is not Verdict.MIXED
        sure += found.counts.sure_for > 0
        worlds += 120
    allowed = binom.ppf(0.999, 200, 1 - CONFIDENCE)
    assert wrong <= allowed
    # The false discovery rate is then the chance of any discovery at all.
    assert sure <= allowed
    assert worlds == 24_000


def test_more_claims_ask_for_more() -> None:
    """An interval of one claim lies above three quarters; that of a hundred at once does not."""
    luck = rng(7).normal(size=(100, 16))
    side = np.where(np.arange(100) < 84, 1.0, -1.0)[:, None]
    seen = panel(luck + side, luck)
    assert asked(claim(), seen).verdict is Verdict.HOLDS
    assert asked(claim(), seen, claims=100).verdict is Verdict.MIXED


def test_additionality_is_a_ratio_of_means_above_nothing() -> None:
    noise = rng(8).normal(size=(5, 16))
    seen = panel(noise + 40, noise + 30, noise)
    found = asked(claim(outcome="additionality"), seen)
    assert found.effects == pytest.approx(np.full(5, 40 / 10 - 30 / 20))
    assert found.arms["first"] == pytest.approx(np.full(5, 4.0))


def test_jackknife_of_a_mean_is_the_standard_error() -> None:
    first, second = rng(9).normal(size=(2, 30, 16))
    effects = world_effects(claim(), panel(first, second), {"": 2})
    expected = (first - second).std(axis=1, ddof=1) / 4
    assert effects.errors == pytest.approx(expected)


def test_jackknife_of_a_ratio_covers() -> None:
    """Of many worlds that are the same, the standard error is that of their estimates."""
    draws = rng(10)
    first, second = draws.normal(3, 0.5, size=(4000, 16)), draws.normal(5, 0.5, size=(4000, 16))
    effects = world_effects(claim("first / second"), panel(first, second), {"": 2})
    assert effects.errors.mean() == pytest.approx(effects.effects.std(), rel=0.05)


def test_a_failed_replication_is_masked_in_all_arms_and_not_filled_in() -> None:
    luck = rng(11).normal(size=(3, 6))
    first, second = luck + 1, luck.copy()
    second[0, 2] = np.nan
    first[1, :5] = np.nan
    first[2] = np.nan
    found = asked(claim(), panel(first, second))
    assert found.counts.failed == 2
    assert found.counts.answered == 1
    assert found.effects[0] == pytest.approx(1)
    assert np.isnan(found.effects[1:]).all()


def test_worlds_outside_and_without_an_effect_are_counted() -> None:
    luck = np.ones((4, 8))
    first = luck * np.array([[1.0], [2.0], [3.0], [4.0]])
    second = luck * np.array([[0.0], [1.0], [1.0], [1.0]])
    found = asked(claim("first / second", where=Formula("first < 4")), panel(first, second))
    assert (found.counts.outside, found.counts.undefined, found.counts.answered) == (1, 1, 2)
    assert found.share == 1


def test_no_world_that_answers_says_nothing() -> None:
    found = asked(claim(where=Formula("first > 100")), panel(np.ones((9, 4)), np.ones((9, 4))))
    assert found.verdict is Verdict.MIXED
    assert math.isnan(found.share)
    assert (found.share_low, found.share_high) == (0, 1)


@pytest.mark.parametrize("number", [0, 1, 37, 99, 100])
def test_share_interval_is_exact(number: int) -> None:
    """At its ends the number that was seen, or a more extreme one, has just the probability of a tail."""
    low, high = share_interval(number, 100, 0.9)
    if number:
        assert binom.sf(number - 1, 100, low) == pytest.approx(0.05)
    if number < 100:
        assert binom.cdf(number, 100, high) == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [(0.76, 0.9, "holds"), (0.75, 0.9, "mixed"), (0.1, 0.24, "fails"), (0.1, 0.25, "mixed"), (0, 1, "mixed")],
)
def test_verdict_of_an_interval(low: float, high: float, verdict: str) -> None:
    assert verdict_of(low, high, MOST).value == verdict


def test_every_word_of_a_claim_counts() -> None:
    base = claim()
    others = [
        claim(sentence=LocalText(en="t", ko="다른 말")),
        claim(note=LocalText(en="by the way", ko="")),
        claim(question=LocalText(en="how?", ko="")),
        claim(source="somebody"),
        claim(smallest=0.1),
        claim(direction="less"),
        claim("second - first"),
        claim(where=Formula("first > 0")),
        claim(outcome="sme_sales"),
        claim(arms=MappingProxyType(dict(zip(ARMS, reversed(ARMS.values()), strict=True)))),
    ]
    assert len({one.hash for one in (base, *others)}) == len(others) + 1
    assert claim().hash == base.hash
