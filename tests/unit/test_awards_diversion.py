"""What awards do to others, on effects that were made from known numbers."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.awards_cases import SALES, PlantedSets, planted_case

from majung.decision.awards.diversion import Diversion, Observed
from majung.decision.awards.estimates import Estimates
from majung.decision.awards.sets import Effect


def made(own, total, *, technology=0, instrument=0, amount=10.0):
    own, total = np.asarray(own, float), np.asarray(total, float)
    nothing = np.zeros((1, own.size))
    return Observed(technology, instrument, amount, Effect(total, total, own[None, :], nothing, nothing))


def test_what_was_put_in_comes_out():
    random = np.random.default_rng(1)
    observed = []
    for k, kept in enumerate((0.4, 0.9)):
        for instrument, taken in enumerate((-0.5, -2.0)):
            for amount in (5.0, 10.0, 20.0):
                own = random.lognormal(3.0, 1.0, 32)
                total = kept * own + taken * amount
                observed.append(made(own, total, technology=k, instrument=instrument, amount=amount))
    found = Diversion.fitted(observed, 3, 3)
    np.testing.assert_allclose(found.kept, [0.4, 0.9, 1.0], rtol=1e-6)
    np.testing.assert_allclose(found.displaced[:2, :2], [[-0.5, -2.0]] * 2, rtol=1e-6)
    assert not found.displaced[:, 2].any()
    np.testing.assert_allclose(found.value(observed[0]), observed[0].effect.total, rtol=1e-6)


def test_a_world_that_tips_changes_little():
    # In one world of 32 any award decides whether a great rival lives: a thousand times what it does otherwise.
    random = np.random.default_rng(2)
    observed = []
    for _ in range(30):
        own = random.lognormal(3.0, 1.0, 32)
        total = 0.5 * own
        total[7] -= 50_000.0
        observed.append(made(own, total))
    found = Diversion.fitted(observed, 1, 3)
    assert found.kept[0] == pytest.approx(0.5, abs=0.02)
    true = np.array([0.5 * one.effect.own.mean() for one in observed])
    raw = np.array([one.effect.total.mean() for one in observed])
    learnt = np.array([found.value(one).mean() for one in observed])
    assert np.abs(learnt - true).max() < 0.1 * np.abs(raw - true).max()


def test_a_rest_of_its_own_is_believed_with_enough_worlds():
    # Every award hurts others in a way of its own, which its firm's sales do not tell.
    random = np.random.default_rng(3)
    rests = random.normal(0.0, 20.0, 40)

    def observed(worlds):
        return [
            made(own := random.lognormal(3.0, 1.0, worlds), 0.5 * own + rest + random.normal(0.0, 30.0, worlds))
            for rest in rests
        ]

    for worlds, close in ((4, 15.0), (4096, 1.5)):
        ones = observed(worlds)
        found = Diversion.fitted(ones, 1, 3)
        error = [found.value(one).mean() - 0.5 * one.effect.own.mean() - r for one, r in zip(ones, rests, strict=True)]
        assert np.sqrt(np.mean(np.square(error))) < close


def test_nothing_observed_diverts_nothing():
    found = Diversion.fitted([], 2, 3)
    np.testing.assert_array_equal(found.kept, [1.0, 1.0])
    one = made([4.0, 6.0], [1.0, 1.0])
    np.testing.assert_array_equal(found.expected(one), [4.0, 6.0])


def test_worlds_that_failed_are_left_out_of_the_fit():
    one = made([1.0, np.nan, 3.0, 5.0], [2.0, np.nan, 6.0, 10.0])
    found = Diversion.fitted([one], 1, 3)
    assert found.kept[0] == pytest.approx(2.0, rel=1e-6)
    assert np.isnan(found.value(one)[1])


def test_several_awards_keep_what_they_do_to_each_other():
    found = Diversion(np.array([0.5, 1.0]), np.array([[-1.0, 0, 0], [0, 0, 0]]), 0.0)
    own = np.array([[10.0, 20.0], [4.0, 4.0]])
    effect = Effect(np.zeros(2), np.zeros(2), own, own, own)
    value = found.value_of_set(np.array([0, 1]), np.array([0, 0]), np.array([2.0, 3.0]), effect)
    np.testing.assert_allclose(value, [10 * 0.5 + 4 - 2, 20 * 0.5 + 4 - 2])


def test_options_in_company_are_told_apart_by_their_own_firms():
    names = [f"a{place:03d}" for place in range(100)]
    values = dict(zip(names, np.linspace(1.0, 100.0, 100), strict=True))
    sets = PlantedSets(values, dict.fromkeys(names, 0.0))
    estimates = Estimates(planted_case([10.0] * 100, budget=50.0), sets, 0, SALES)
    estimates.screen(np.arange(100), 32, 7)
    np.testing.assert_allclose(estimates.mean(), np.linspace(1.0, 100.0, 100))
    np.testing.assert_array_equal(estimates.looks, np.full(100, 32))
    assert not estimates.simulated.any()
    assert [count for count, _, _ in sets.asked] == [3, 3]
    estimates.extend([99], 16)
    assert estimates.looks[99] == 16


def test_no_firm_is_twice_in_one_company():
    case = planted_case([10.0] * 6, budget=50.0, application=[0, 0, 0, 1, 2, 2])
    names = ("a000", "a001", "a002")
    sets = PlantedSets(dict.fromkeys(names, 5.0), dict.fromkeys(names, 0.0))
    seen = []
    whole = sets.effects
    sets.effects = lambda lots, first, worlds: seen.extend(lots) or whole(lots, first, worlds)
    Estimates(case, sets, 0, SALES).screen(np.arange(6), 16, 1)
    assert sorted(len(lot) for lot in seen) == [1, 2, 3]
    assert all(len({grant.line for grant in lot}) == len(lot) for lot in seen)
