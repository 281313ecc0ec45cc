"""The result as labelled arrays: its statistics, whole worlds, and the way from these to those."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from tests.unit.fake_market import Values, market, random_value, small_scenario

from majung import dims
from majung.decision import compare, ranking, summarise
from majung.ensemble import (
    BASELINE,
    Accumulator,
    Design,
    Session,
    Worlds,
    as_statistics,
    collect,
    collect_worlds,
    design,
    result_hash,
)

CHOSEN = ("blanket", "first-buyer")
BROKEN = frozenset({("blanket", 5), ("first-buyer", 70)})


def both(values: Values = random_value, replications: int = 75) -> tuple[xr.Dataset, xr.Dataset]:
    """The same worlds through a fake market: their statistics, and whole."""
    scenario = small_scenario()
    stand_in = market(design(scenario, CHOSEN).strategies, values, broken=BROKEN)
    return tuple(compare(scenario, replications, CHOSEN, market=stand_in, paths=paths) for paths in (False, True))  # type: ignore[return-value]


@pytest.fixture(scope="module")
def pair() -> tuple[xr.Dataset, xr.Dataset]:
    return both()


def test_statistics_have_every_array_with_its_unit_and_meaning(pair: tuple[xr.Dataset, xr.Dataset]) -> None:
    statistics, worlds = pair
    paths = [array for array in dims.PATH_ARRAYS if array.name != "leader"]
    for array in (*paths, *dims.ACCOUNT_ARRAYS):
        assert statistics[array.name].dims == ("strategy", "statistic", *array.dims)
        assert statistics[array.name].attrs == worlds[array.name].attrs
    for array in (*dims.FIRM_ARRAYS, *dims.STATISTICS):
        assert statistics[array.name].dims == ("strategy", *array.dims)
        unit = "million KRW" if array.unit == "money" else array.unit
        assert (statistics[array.name].attrs["units"], statistics[array.name].attrs["long_name_ko"]) == (
            unit,
            array.meaning_ko,
        )
    named = {*(a.name for a in (*paths, *dims.ACCOUNT_ARRAYS, *dims.FIRM_ARRAYS, *dims.STATISTICS))}
    assert set(statistics.data_vars) == named
    assert statistics["outcome"].values.tolist() == [array.name for array in dims.OUTCOMES]


def test_statistics_of_whole_worlds_are_the_statistics(pair: tuple[xr.Dataset, xr.Dataset]) -> None:
    statistics, worlds = pair
    found = as_statistics(worlds)
    for name in statistics.data_vars:
        assert found[name].values.tobytes() == statistics[name].values.tobytes(), name
    assert set(found.coords) == set(statistics.coords)
    assert {name for name in statistics.attrs if statistics.attrs[name] != found.attrs.get(name)} <= {"run_id"}
    assert as_statistics(statistics) is statistics


def test_both_have_the_same_hash(pair: tuple[xr.Dataset, xr.Dataset]) -> None:
    statistics, worlds = pair
    assert result_hash(statistics) == result_hash(worlds) == worlds.attrs["result_hash"]


def test_both_are_summarised_and_ranked_alike(pair: tuple[xr.Dataset, xr.Dataset]) -> None:
    statistics, worlds = pair
    assert summarise(statistics) == summarise(worlds)
    assert str(ranking(statistics)) == str(ranking(worlds))
    assert statistics["worlds"].values.tolist() == [75, 74, 74]
    for dataset in pair:
        assert (dataset.attrs["replications"], dataset.attrs["failed"], dataset.attrs["complete"]) == (75, 2, 73)


def test_nothing_tells_when_or_how_fast_it_was_made(pair: tuple[xr.Dataset, xr.Dataset]) -> None:
    for one, other in zip(pair, both(), strict=True):
        assert one.identical(other)
        assert not {"created", "seconds", "threads"} & set(one.attrs)


def test_the_numbers_of_the_result_are_its_accumulators() -> None:
    plan: Design = design(small_scenario(), CHOSEN, 40)
    stand_in = market(plan.strategies)
    accumulator, worlds = Accumulator(plan, stand_in), Worlds(plan, stand_in)
    with Session(threads=1) as session:
        ranges = list(session.ranges(plan, stand_in))
    for first, blocks in ranges:
        accumulator.add(first, blocks)
    with pytest.raises(ValueError, match="no paths"):
        worlds.add(*ranges[0])
    assert accumulator.replications == 40
    dataset = collect(accumulator, note="kept")
    assert dataset.attrs["note"] == "kept"
    for array in dims.OUTCOMES[:3]:
        expected = np.mean([random_value("blanket", array.name, replication) for replication in range(40)])
        found = dataset["outcomes"].sel(strategy="blanket", statistic="mean", outcome=array.name)
        assert float(found) == pytest.approx(expected)
    assert collect_worlds(worlds).sizes["replication"] == 0


def test_every_line_has_its_technology() -> None:
    dataset = compare(small_scenario(), 2, [BASELINE], paths=False)
    of_line = dict(zip(dataset["line"].values.tolist(), dataset["line_technology"].values.tolist(), strict=True))
    scenario = small_scenario()
    for line, technology in zip(scenario.lines.id, scenario.lines.technology, strict=True):
        assert of_line[str(line)] == scenario.technologies.id[technology]
    entrants = {line: technology for line, technology in of_line.items() if line.startswith("entrant:")}
    assert entrants
    assert all(line.split(":")[1] == technology for line, technology in entrants.items())
    by_technology = dataset["leads_at_end"].groupby("line_technology").sum().values
    assert (by_technology <= 1 + 1e-12).all()
    assert by_technology.max() > 0
