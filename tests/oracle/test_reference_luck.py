"""The draws against published numbers and plain integers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import kstest
from tests.oracle import builder

from majung.market.reference import luck
from majung.market.reference.steps import Market

GOLDEN = 0x9E3779B97F4A7C15


def test_mix_is_splitmix64():
    # The first outputs of Vigna's splitmix64.c from state 0.
    states = np.array([GOLDEN, 2 * GOLDEN % 2**64, 3 * GOLDEN % 2**64], np.uint64)
    assert [hex(z) for z in luck.mix(states)] == ["0xe220a8397b1dcdaf", "0x6e789e6aa1b965f4", "0x6c45d188009454f"]


def mix(z: int) -> int:
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    z = (z ^ z >> 27) * 0x94D049BB133111EB % 2**64
    return z ^ z >> 31


@pytest.mark.parametrize(
    ("seed", "replication", "period", "purpose"), [(0, 0, 0, 0), (2**63, 7, 39, luck.ENTRY_QUALITY)]
)
def test_bits_are_the_page_in_plain_integers(seed, replication, period, purpose):
    entity = builder.key("line", "ours/chips")
    world = mix((mix((seed + GOLDEN) % 2**64) + replication * GOLDEN) % 2**64)
    event = mix((entity + (16 * period + purpose + 1) * GOLDEN) % 2**64)
    keys = np.array([entity], np.uint64)
    bits = luck.mix(luck.luck_key(seed, replication) + luck.event_key(keys, period, purpose))
    assert int(bits[0]) == mix((world + event) % 2**64)


def test_uniform_stays_inside_the_open_interval():
    ends = luck.uniform(np.array([0, 2**64 - 1], np.uint64))
    assert ends[0] == 2.0**-53
    assert ends[1] == 1 - 2.0**-53
    assert np.isfinite(luck.normal(np.array([0, 2**64 - 1], np.uint64))).all()


def test_draws_look_uniform_and_normal():
    bits = luck.mix(luck.luck_key(1, 1) + luck.event_key(builder.keys("line", 5000), 3, luck.INNOVATION))
    assert kstest(luck.uniform(bits), "uniform").pvalue > 0.01
    assert kstest(luck.normal(bits), "norm").pvalue > 0.01
    assert math.isclose(luck.normal(np.array([2**63], np.uint64))[0], 0, abs_tol=1e-15)


def test_ties_are_broken_by_identity_alone():
    world = builder.world(lines={"technology": np.zeros(50, int)}, quarters=6)
    ties = [mix(mix((int(key) + 3 * GOLDEN) % 2**64)) for key in world.lines.key]
    for seed, period in ((1, 0), (2, 5)):
        market = Market(world, builder.policy(world, budget=1.0, winners=1, review=5), seed, seed)
        market.support(period)
        assert market.weight.argmax() == np.argmax(ties)
