"""Blocks that hold what each replication came to and nothing else: the same numbers as others hold, and far smaller."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.unit.fake_market import market, small_scenario

from majung import dims
from majung.ensemble import BlockResult, Design, Market, Progress, Session, design, lowered

HELD = {"outcomes", "takeoff", "status", "digests"}
BROKEN = frozenset({("blanket", 5), ("first-buyer", 70)})


def plan(detail: str) -> Design:
    return replace(design(small_scenario(), ["blanket", "first-buyer"], replications=90), detail=detail)


@pytest.fixture(scope="module", params=["fake", "real"])
def chosen(request: pytest.FixtureRequest) -> Market:
    of = plan("totals")
    return market(of.strategies, broken=BROKEN) if request.param == "fake" else lowered(of.scenario, of.strategies)


def ran(of: Design, by: Market, root: Path) -> tuple[list[BlockResult], Progress, int]:
    """Run a design in a store; return its blocks, what was reused, and the bytes that they take."""
    with Session(root, threads=2) as session:
        session.begin(of.record("run", {}))
        found = [block for _, blocks in session.ranges(of, by) for block in blocks]
        assert session.store is not None
        files = [session.store.blocks.path(task.key.digest) for task in of.tasks()]
        return found, session.so_far, sum(file.stat().st_size for file in files)


def test_totals_are_those_that_statistics_are_formed_of(chosen: Market, tmp_path: Path) -> None:
    totals, _, size = ran(plan("totals"), chosen, tmp_path)
    whole, so_far, whole_size = ran(plan("statistics"), chosen, tmp_path)
    assert so_far.reused == 0
    assert size < whole_size / 4
    for one, other in zip(totals, whole, strict=True):
        arrays = one.arrays()
        assert {name for name, values in arrays.items() if values.size} == HELD
        assert all(arrays[name].tobytes() == other.arrays()[name].tobytes() for name in HELD)
        assert one.replications == other.replications
        assert one.finite.tolist() == other.finite.tolist()


def test_totals_come_from_a_store_as_they_went_in(chosen: Market, tmp_path: Path) -> None:
    first, before, _ = ran(plan("totals"), chosen, tmp_path)
    again, after, _ = ran(plan("totals"), chosen, tmp_path)
    assert (before.reused, after.reused) == (0, 3 * 90)
    for one, other in zip(first, again, strict=True):
        assert {name: (v.dtype, v.shape, v.tobytes()) for name, v in one.arrays().items()} == {
            name: (v.dtype, v.shape, v.tobytes()) for name, v in other.arrays().items()
        }


def test_survival_is_of_the_lines_whose_small_firms_live_to_the_end(tmp_path: Path) -> None:
    of = plan("totals")
    scenario = of.scenario
    small = np.isin(scenario.firms.size_class, [dims.CLASSES.index(name) for name in dims.SMALL_CLASSES])
    line_firm = np.asarray(scenario.lines.firm)
    founders = line_firm[small[line_firm]]
    survival = [array.name for array in dims.OUTCOMES].index("survival")
    by = lowered(scenario, of.strategies)
    totals, _, _ = ran(of.part(0, 16), by, tmp_path)
    named = by.simulate(1, of.seed, 0, 16).named
    assert named is not None
    found = totals[1].outcomes[:, survival]
    np.testing.assert_allclose(found, named[0][founders].mean(axis=0), rtol=1e-14)
    assert len(np.unique(found)) > 2
