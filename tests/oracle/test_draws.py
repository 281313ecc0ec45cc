"""The kernel's draws: the page's numbers exactly, and nothing to tell them from chance."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
import pytest
from numba import njit
from scipy import stats
from scipy.special import ndtr, ndtri

from majung.market import draws
from majung.market.engine import vectormath

PURPOSES = range(7)
KEYS = np.array([draws.entity_key("line", f"firm{number}/robots") for number in range(4096)], np.uint64)


@njit
def bits_of(seeds, replications, entities, periods, purposes):
    """The 64 bits of each event, all arguments (n,)."""
    found = np.empty(entities.size, np.uint64)
    for n in range(entities.size):
        luck = draws.luck(seeds[n], replications[n])
        found[n] = draws.mix(luck + draws.event(entities[n], periods[n], purposes[n]))
    return found


@njit
def drawn(luck, entities, period, purpose):
    """A uniform and a normal number for each entity, with the luck of one replication."""
    found = np.empty((entities.size, 2))
    for n in range(entities.size):
        event = draws.event(entities[n], period, purpose)
        found[n, 0], found[n, 1] = draws.uniform(luck[0], event), draws.normal(luck[0], event)
    return found


@njit
def each(function, values):
    found = np.empty(values.size)
    for n in range(values.size):
        found[n] = function(values[n])
    return found


def bits(seed=1, replication=0, entity=KEYS[0], period=0, purpose=0):
    """Bits for any mix of numbers and arrays that fit together."""
    types = (np.uint64, np.uint64, np.uint64, np.int64, np.int64)
    given = (seed, replication, entity, period, purpose)
    filled = np.broadcast_arrays(*(np.asarray(value, type_) for value, type_ in zip(given, types, strict=True)))
    return bits_of(*(np.ascontiguousarray(values).ravel() for values in filled)).reshape(filled[0].shape)


def uniform(**given):
    found = bits(**given)
    return each(draws.bits_uniform, found.ravel()).reshape(found.shape)


# The page's numbers


def test_draws_are_pinned():
    """Computed from the page with plain Python integers. A change here changes every result that was ever published."""
    pinned = [
        ("line", "a/b", 0, 0, 0, draws.INNOVATION, 0x0422D867DD970F90, 0.01615669761448768),
        ("firm", "로봇", 1, 2, 3, draws.FUNDING, 0x661259DD35A10150, 0.3987175145208576),
        ("segment", "home", 2**64 - 1, 2**40, 399, draws.DEMAND, 0xCE12B8727D1DBF2A, 0.8049731521142495),
        ("line", "entrant:npu:7", 20240429, 199, 39, draws.ENTRY_QUALITY, 0x271F6D7C7BC9807C, 0.15282329835080166),
    ]
    for kind, identity, seed, replication, period, purpose, expected, number in pinned:
        given = (seed, replication, draws.entity_key(kind, identity), period, purpose)
        assert bits(*given) == expected
        # As the kernel asks: its keys and luck are columns of uint64.
        luck = np.array([draws.luck(np.uint64(seed), np.uint64(replication))], np.uint64)
        found = drawn(luck, np.array([draws.entity_key(kind, identity)], np.uint64), period, purpose)
        assert found[0, 0] == number
        assert found[0, 1] == pytest.approx(ndtri(number), rel=1e-13)


def test_the_keys_of_entities_are_their_names():
    assert draws.entity_key("line", "a/b") == 0x2D7DC2D14ACC7DEF
    assert draws.entity_key("firm", "로봇") == int.from_bytes(blake2b("firm:로봇".encode()).digest()[:8], "little")
    found = draws.entity_keys("segment", np.array(["home", "world"], object))
    assert found.dtype == np.uint64
    assert list(found) == [draws.entity_key("segment", name) for name in ("home", "world")]


def test_uniform_keeps_inside_the_open_interval():
    ends = each(draws.bits_uniform, np.array([0, 2**64 - 1], np.uint64))
    assert ends.tolist() == [2.0**-53, 1 - 2.0**-53]


# What chance looks like

ALONG = {
    "entity": {"entity": draws.entity_keys("line", np.arange(2**14).astype(object))},
    "entity in a row": {"entity": np.arange(2**14)},
    "period": {"period": np.arange(2**14)},
    "replication": {"replication": np.arange(2**14)},
    "seed": {"seed": np.arange(2**14)},
    "period and purpose": {"period": np.arange(2**14) // 7, "purpose": np.arange(2**14) % 7},
}


@pytest.mark.parametrize("given", ALONG.values(), ids=ALONG.keys())
def test_draws_are_uniform_and_independent_along(given):
    u = uniform(**given)
    assert stats.kstest(u, "uniform").pvalue > 0.001
    assert stats.chisquare(np.histogram(u, 256, (0, 1))[0]).pvalue > 0.001
    low_bits = (bits(**given) >> np.uint64(12)) & np.uint64(0xFF)
    assert stats.chisquare(np.bincount(low_bits.astype(int), minlength=256)).pvalue > 0.001
    for lag in (1, 2, 3, 7, 16):
        assert abs(np.corrcoef(u[:-lag], u[lag:])[0, 1]) < 4 / np.sqrt(u.size), lag
        pairs = np.histogram2d(u[:-lag], u[lag:], 16, [[0, 1], [0, 1]])[0]
        assert stats.chisquare(pairs.ravel()).pvalue > 0.001, lag
    up = np.diff(u) > 0  # runs up and down are too long or too short where neighbours attract or repel
    runs = 1 + np.count_nonzero(up[1:] != up[:-1])
    assert abs(runs - (2 * u.size - 1) / 3) < 4 * np.sqrt((16 * u.size - 29) / 90)


ACROSS = {
    "purpose": {"purpose": np.arange(7)},
    "period": {"period": np.arange(40)},
    "replication": {"replication": np.arange(40)},
    "distant replication": {"replication": 2 ** np.arange(40)},
    "seed": {"seed": np.arange(40)},
}


@pytest.mark.parametrize("given", ACROSS.values(), ids=ACROSS.keys())
def test_entities_are_luckless_twins_across(given):
    """The same entities' draws for one and another purpose, period, replication or seed are uncorrelated."""
    u = uniform(entity=KEYS, **{name: values[:, None] for name, values in given.items()})
    correlations = np.corrcoef(u)[np.triu_indices(len(u), 1)]
    assert np.abs(correlations).max() < 4.5 / np.sqrt(KEYS.size)
    assert stats.kstest(correlations * np.sqrt(KEYS.size), "norm").pvalue > 0.001


def test_normal_draws_have_the_moments_of_the_normal():
    luck = np.array([draws.luck(np.uint64(3), np.uint64(9))], np.uint64)
    z = drawn(luck, KEYS, 5, draws.DEMAND)[:, 1]
    assert stats.kstest(z, "norm").pvalue > 0.001
    moments = [z.mean(), z.var() - 1, stats.skew(z), stats.kurtosis(z)]
    assert (np.abs(moments) < 4 * np.sqrt(np.array([1, 2, 6, 24]) / KEYS.size)).all()


@pytest.mark.parametrize(("name", "widths"), [("seed", 64), ("replication", 40), ("entity", 64), ("period", 16)])
def test_one_bit_of_a_key_turns_half_the_bits_of_a_draw(name, widths):
    rng = np.random.default_rng(7)
    n = 1000
    given = {
        "seed": rng.integers(0, 2**64, n, np.uint64),
        "replication": rng.integers(0, 2**40, n),
        "entity": rng.integers(0, 2**64, n, np.uint64),
        "period": rng.integers(0, 2**16, n),
    }
    before = bits(**given)
    for bit in range(widths):
        value = given[name]
        after = bits(**given | {name: value ^ value.dtype.type(1 << bit)})
        turned = np.unpackbits((before ^ after).view(np.uint8)).reshape(n, 64)
        assert turned.mean() == pytest.approx(0.5, abs=5 * 0.5 / np.sqrt(64 * n))
        assert np.abs(turned.mean(axis=0) - 0.5).max() < 5.5 * 0.5 / np.sqrt(n)


def test_no_two_events_share_a_draw():
    grid = np.meshgrid(np.arange(3), np.arange(30), KEYS[:100], np.arange(8), np.arange(7), indexing="ij")
    seeds, replications, entities, periods, purposes = (axis.ravel() for axis in grid)
    found = bits(seeds, replications, entities, periods, purposes)  # half a million
    assert np.unique(found).size == found.size
    for half in (found >> np.uint64(32), found & np.uint64(0xFFFFFFFF)):
        collisions = found.size - np.unique(half).size
        expected = found.size**2 / 2**33
        assert abs(collisions - expected) < 5 * np.sqrt(expected)


# Functions


def test_normal_quantile_is_scipys():
    p = np.concatenate([np.linspace(1e-6, 1 - 1e-6, 20_001), 10.0 ** -np.arange(1, 17), [2.0**-53, 1 - 2.0**-53]])
    p = np.concatenate([p, [0.075, 0.925, np.nextafter(0.075, 0), np.exp(-25.0), np.nextafter(np.exp(-25.0), 0)]])
    found = each(vectormath.normal_quantile, p)
    np.testing.assert_allclose(found, ndtri(p), rtol=1e-14, atol=1e-15)
    np.testing.assert_allclose(ndtr(found), p, rtol=1e-13)
    assert (np.diff(found[:20_001]) > 0).all()


def test_exp_is_the_c_librarys():
    rng = np.random.default_rng(1)
    x = np.concatenate([rng.uniform(-700, 700, 100_000), rng.normal(0, 1, 100_000), rng.normal(0, 1e-6, 1000), [0.0]])
    np.testing.assert_allclose(each(vectormath.exp, x), np.exp(x), rtol=1e-15, atol=0)
    ends = each(vectormath.exp, np.array([-1e9, -701, 701, 1e9]))
    np.testing.assert_allclose(ends, np.exp([-700, -700, 700, 700]), rtol=1e-15)


def test_log_is_the_c_librarys():
    rng = np.random.default_rng(2)
    x = np.concatenate(
        [np.exp(rng.uniform(-690, 700, 100_000)), rng.uniform(0.4, 2.5, 100_000), 2.0 ** np.arange(-99, 99)]
    )
    np.testing.assert_allclose(each(vectormath.log, x), np.log(x), rtol=1e-15, atol=0)
    near = 1 + np.concatenate([-np.logspace(-15, -1), np.logspace(-15, -1)])
    np.testing.assert_allclose(each(vectormath.log, near), np.log(near), rtol=1e-15, atol=0)


def test_logistic():
    x = np.linspace(-40, 40, 1001)
    found = each(vectormath.logistic, x)
    np.testing.assert_allclose(found, 1 / (1 + np.exp(-x)), rtol=1e-14)
    assert each(vectormath.logistic, np.array([-1e6, 0.0, 1e6])).tolist() == pytest.approx([0, 0.5, 1], abs=1e-300)
