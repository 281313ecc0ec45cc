"""Moments put together from parts are those of the whole, however it was cut."""

from __future__ import annotations

from functools import reduce
from itertools import pairwise
from operator import add

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from majung.ensemble.reduce.moments import CoMoments, Moments

LARGEST = 1e9
VALUES = hnp.arrays(
    np.float64,
    st.tuples(st.integers(1, 3), st.integers(0, 40), st.integers(1, 4)),
    elements=st.one_of(st.floats(-LARGEST, LARGEST), st.just(np.nan), st.floats(1e8, 1e8 + 1)),
)
CUTS = st.lists(st.integers(0, 40), max_size=5)


def cut(values: np.ndarray, cuts: list[int]) -> list[np.ndarray]:
    bounds = sorted({0, values.shape[1], *(c for c in cuts if c < values.shape[1])})
    return [values[:, a:b] for a, b in pairwise(bounds)] or [values]


def close(found: np.ndarray, expected: np.ndarray, scale: float) -> None:
    """Within the rounding of values of that size, and missing at the same places."""
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-13 * scale)


@given(values=VALUES, cuts=CUTS)
def test_means_and_variances_are_numpys(values: np.ndarray, cuts: list[int]) -> None:
    found = reduce(add, map(Moments.of, cut(values, cuts)))
    for row, of_row in enumerate(values):
        for column, of_column in enumerate(of_row.T):
            kept = of_column[~np.isnan(of_column)]
            largest = np.abs(kept).max(initial=1e-300)
            assert found.count[row, column] == kept.size
            close(found.means[row, column], kept.mean() if kept.size else np.nan, largest)
            close(found.variances[row, column], kept.var(ddof=1) if kept.size > 1 else np.nan, largest**2)


@given(values=VALUES, cuts=CUTS)
def test_covariances_are_numpys(values: np.ndarray, cuts: list[int]) -> None:
    found = reduce(add, map(CoMoments.of, cut(values, cuts)))
    m = values.shape[2]
    for row, of_row in enumerate(values):
        kept = of_row[~np.isnan(of_row).any(axis=1)]
        largest = np.abs(kept).max(initial=1e-300)
        assert found.count[row] == len(kept)
        close(found.means[row], kept.mean(axis=0) if len(kept) else np.full(m, np.nan), largest)
        expected = np.full((m, m), np.nan)
        if len(kept) > 1:
            expected = np.cov(kept, rowvar=False).reshape(m, m)
        close(found.covariances[row], expected, largest**2)


@given(values=VALUES, cuts=CUTS)
def test_the_order_of_the_parts_matters_for_rounding_only(values: np.ndarray, cuts: list[int]) -> None:
    parts = [Moments.of(part) for part in cut(values, cuts)]
    one, other = reduce(add, parts), reduce(add, parts[::-1])
    largest = np.nanmax(np.abs(values), initial=1e-300)
    close(one.means, other.means, largest)
    close(one.variances, other.variances, largest**2)


def test_small_differences_of_large_values_are_kept() -> None:
    # A sum of squares would lose them: 1e16 has no digit left for 1.
    values = 1e8 + np.random.default_rng(1).normal(size=(1, 4096, 1))
    found = reduce(add, [Moments.of(values[:, first : first + 16]) for first in range(0, 4096, 16)])
    np.testing.assert_allclose(found.variances[0, 0], (values - 1e8).var(ddof=1), rtol=1e-8)
