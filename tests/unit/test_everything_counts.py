"""Whatever a user can set has a say in the outcome: every parameter, every column of figures or choices."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pytest

from majung.decision import compare, summarise
from majung.parameters import load as load_parameters
from majung.scenario import TABLES, Column, Scenario, load, skeleton

# Foreign firms get no public money, and their first price is given, whatever their mark-up. Only awards are discounted.
WITHOUT_A_SAY: Final = ("crowding_out.foreign", "markup.foreign", "discount_rate")
# For people, and said to be.
REMARKS: Final = ("origin",)
COLUMNS: Final = [
    pytest.param(table.stem, column, id=f"{table.stem}.{column.name}")
    for table in TABLES
    for column in table.columns()
    if column.kind not in ("id", "reference", "text") and column.name not in REMARKS
]
# Where half of what the skeleton has would not bind.
OTHER: Final[dict[str, Callable[[Any], Any]]] = {
    "captive": lambda values: np.full(len(values), 0.5),
    "public_need": lambda values: np.ones(len(values)),
    "min_quality": lambda values: np.full(len(values), 0.5),
    "effort": lambda values: np.where((values > 0) & (values < 1), 1 / 3, values),
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    folder = tmp_path_factory.mktemp("everything") / "small"
    skeleton.write(folder)
    return load(folder)


@pytest.fixture(scope="module")
def base(small: Scenario) -> list[object]:
    return outcome(small)


def outcome(scenario: Scenario) -> list[object]:
    """Return what a decision rests on, numbers to six digits."""

    def flat(part: object) -> Iterator[object]:
        if isinstance(part, dict):
            for inner in part.values():
                yield from flat(inner)
        else:
            yield f"{part:.6g}" if isinstance(part, float) else part

    return [item for found in summarise(compare(scenario, 16)) for item in flat(dataclasses.asdict(found))]


@pytest.mark.parametrize("name", load_parameters())
def test_every_parameter_changes_the_outcome(name: str, small: Scenario, base: list[object]) -> None:
    for cell, (value, bounds) in small.parameters[name].cells().items():
        others = [bound for bound in bounds if bound != value]
        changed = [outcome(small.with_parameters({cell: other})) != base for other in others]
        assert any(changed) != (cell in WITHOUT_A_SAY), cell


@pytest.mark.parametrize(("stem", "column"), COLUMNS)
def test_every_column_changes_the_outcome(
    stem: str, column: Column, small: Scenario, base: list[object], tmp_path: Path
) -> None:
    skeleton.write(tmp_path / "other")
    path = tmp_path / "other" / f"{stem}.csv"
    cells = pd.read_csv(path, dtype=str)
    values = getattr(getattr(small, stem), column.attribute)
    if column.choices:
        cells.loc[0, column.name] = next(choice for choice in column.choices if choice != cells.loc[0, column.name])
    elif column.name in OTHER:
        cells[column.name] = OTHER[column.name](values)
    else:
        # Not by one factor: where only shares count, that would change nothing.
        other = values * np.linspace(0.5, 0.9, len(values))
        cells[column.name] = np.ceil(other).astype(int) if column.kind == "count" else other
    cells.to_csv(path, index=False)
    assert outcome(load(tmp_path / "other")) != base
