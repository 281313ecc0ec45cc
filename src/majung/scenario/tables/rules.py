"""What must hold between the cells and tables of a scenario: one function a rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from majung.dims import CLASSES
from majung.errors import Problem, nearest
from majung.messages import Phrase
from majung.scenario.tables.reader import RawTable
from majung.scenario.tables.schema import Firms, Inputs, Lines, Segments, Technologies
from majung.tables.cells import has_unseen
from majung.tables.problems import Problems, likely

__all__ = ["check_tables", "encoded", "repeats", "warnings_of"]

_TOLERANCE: Final = 1e-6
_FOREIGN: Final = CLASSES.index("foreign")
_NOUNS: Final = {"technologies": "technology", "firms": "firm"}
_SMALLEST_NEWS: Final = 1e-9


def check_tables(tables: Mapping[str, RawTable], problems: Problems) -> None:
    """Apply every rule whose tables could be read; references become positions.

    Parameters
    ----------
    tables : mapping
        Raw tables by stem; those that could not be read are left out.
    problems : Problems
        Where to note what is wrong.
    """
    for raw in tables.values():
        unique_ids(raw, problems)
        link_references(raw, tables, problems)
    technologies, inputs, segments, lines = (
        tables.get(stem) for stem in ("technologies", "inputs", "segments", "lines")
    )
    if technologies is not None:
        entry_has_room(technologies, problems)
    if segments is not None:
        adopters_within_potential(segments, problems)
    if inputs is not None:
        unique_pairs(inputs, "technology", "input", problems)
        input_shares_below_one(inputs, problems)
        if technologies is not None:
            no_circle(inputs, technologies, problems)
    if lines is not None:
        unique_pairs(lines, "firm", "technology", problems)
        if (firms := tables.get("firms")) is not None:
            efforts_sum_to_one(lines, firms, problems)


def unique_ids(raw: RawTable, problems: Problems) -> None:
    """No two rows have the same id."""
    if "id" not in raw.given or not len(raw):
        return
    codes = encoded(raw.values["id"])
    empty = raw.empty["id"]
    if codes.max() + 1 == len(codes):
        return
    again, first = repeats(codes, ~empty)

    def problem(i: int) -> Problem:
        return Problem(
            key="table.id_twice",
            row=raw.row(i),
            column="id",
            found=raw.values["id"][i].as_py(),
            values={"first": raw.row(int(first[i]))},
        )

    problems.add_each(raw.file, again, problem)


def link_references(raw: RawTable, tables: Mapping[str, RawTable], problems: Problems) -> None:
    """Every reference names a row of the other table; it becomes the position of that row."""
    for column in raw.table.columns():
        if column.references is None or column.name not in raw.given:
            continue
        target = tables.get(column.references)
        if target is None or "id" not in target.given or not len(target):
            raw.values[column.name] = np.full(len(raw), -1, dtype=np.int64)
            continue
        text, names = raw.values[column.name], target.values["id"]
        found = pc.fill_null(pc.index_in(text, value_set=names), -1)
        positions = np.asarray(found, dtype=np.int64)
        missing = np.flatnonzero((positions < 0) & ~raw.empty[column.name])

        def problem(
            i: int, name: str = column.name, text: Any = text, target: RawTable = target, names: Any = names
        ) -> Problem:
            wanted = text[i].as_py()
            return Problem(
                key="problem.unknown_name",
                row=raw.row(i),
                column=name,
                found=wanted,
                expected=Phrase(f"noun.{_NOUNS[target.table.stem]}_in", file=target.file),
                suggestion=nearest(wanted, _candidates(wanted, names)),
            )

        problems.add_each(raw.file, missing, problem)
        raw.values[column.name] = positions


def _candidates(wanted: str, names: Any) -> list[str]:
    """Return the ids worth comparing letter by letter; of very many only those that begin alike."""
    if len(names) > 20_000:
        names = names.filter(pc.starts_with(names, wanted[:3])).slice(0, 20_000)
    return [name for name in likely(wanted, names.to_pylist()) if not has_unseen(name)]


def unique_pairs(raw: RawTable, one: str, other: str, problems: Problems) -> None:
    """No two rows say the same of the same pair."""
    if not {one, other} <= raw.given or not len(raw):
        return
    left, right = raw.values[one], raw.values[other]
    known = (left >= 0) & (right >= 0)
    again, first = repeats(left * (int(right.max(initial=0)) + 1) + right, known)
    problems.add_each(
        raw.file,
        again,
        lambda i: Problem(
            key="table.pair_twice",
            row=raw.row(i),
            column=other,
            values={"one": one, "other": other, "first": raw.row(int(first[i]))},
        ),
    )


def entry_has_room(raw: RawTable, problems: Problems) -> None:
    """Where firms enter there are slots for them and cash to start with."""
    if "entry" not in raw.given:
        return
    entry = raw.values["entry"] > 0
    for name in ("entry_slots", "entrant_cash"):
        nothing = entry & ~(_filled(raw, name, 0.0) > 0)
        problems.add_each(
            raw.file,
            np.flatnonzero(nothing),
            lambda i, n=name: Problem(key="table.entry_needs", row=raw.row(i), column=n),  # type: ignore[misc]
        )


def adopters_within_potential(raw: RawTable, problems: Problems) -> None:
    """No segment has more adopters than could ever adopt."""
    if not {"adopters", "potential"} <= raw.given:
        return
    adopters, potential = raw.values["adopters"], raw.values["potential"]
    problems.add_each(
        raw.file,
        np.flatnonzero(adopters > potential),
        lambda i: Problem(
            key="table.adopters",
            row=raw.row(i),
            column="adopters",
            found=f"{adopters[i]:,.10g}",
            values={"potential": f"{potential[i]:,.10g}"},
        ),
    )


def input_shares_below_one(raw: RawTable, problems: Problems) -> None:
    """Hold the inputs of a technology below the value of what is made of them."""
    if not {"technology", "share"} <= raw.given or not len(raw):
        return
    technology, share = raw.values["technology"], np.nan_to_num(raw.values["share"])
    known = technology >= 0
    if not known.any():
        return
    sums = np.bincount(technology[known], share[known])
    last = {int(k): place for place, k in enumerate(technology) if k >= 0}
    for k in np.flatnonzero(sums >= 1 - 1e-12):
        place = last[int(k)]
        problems.add(
            Problem(
                key="table.input_shares",
                file=raw.file,
                row=raw.row(place),
                column="share",
                found=f"{sums[k]:.6g}",
            )
        )


def no_circle(raw: RawTable, technologies: RawTable, problems: Problems) -> None:
    """No technology needs itself, by whatever way round."""
    if not {"technology", "input"} <= raw.given or "id" not in technologies.given:
        return
    users, makers = raw.values["technology"], raw.values["input"]
    needs: dict[int, dict[int, int]] = {}
    for place, (user, maker) in enumerate(zip(users.tolist(), makers.tolist(), strict=True)):
        if user >= 0 and maker >= 0:
            needs.setdefault(user, {}).setdefault(maker, place)
    done: set[int] = set()
    for origin in needs:
        path = [origin]
        ahead = [iter(needs[origin])]
        on_path = {origin}
        while path:
            following = next((node for node in ahead[-1] if node not in done), None)
            if following is None:
                done.add(path[-1])
                on_path.discard(path.pop())
                ahead.pop()
            elif following in on_path:
                circle = [*path[path.index(following) :], following]
                problems.add(_circle(raw, technologies, circle, needs[path[-1]][following]))
            else:
                path.append(following)
                on_path.add(following)
                ahead.append(iter(needs.get(following, {})))


def _circle(raw: RawTable, technologies: RawTable, circle: list[int], place: int) -> Problem:
    names = " → ".join(technologies.values["id"][k].as_py() for k in circle)
    return Problem(key="table.circle", file=raw.file, row=raw.row(place), column="input", found=names)


def efforts_sum_to_one(raw: RawTable, firms: RawTable, problems: Problems) -> None:
    """Ask a firm for all of its lines' efforts, summing to one, or none."""
    if not {"firm", "effort"} <= raw.given or not len(raw):
        return
    firm, effort, empty = raw.values["firm"], raw.values["effort"], raw.empty["effort"]
    known = firm >= 0
    count = max(int(firm.max(initial=0)) + 1, 1)
    lines = np.bincount(firm[known], minlength=count)
    left_empty = np.bincount(firm[known & empty], minlength=count)
    sums = np.bincount(firm[known], np.nan_to_num(effort[known]), minlength=count)
    partly = (left_empty > 0) & (left_empty < lines)
    problems.add_each(
        raw.file,
        np.flatnonzero(known & empty & partly[firm]),
        lambda i: Problem(key="table.effort_partly", row=raw.row(i), column="effort", found=_name(firms, int(firm[i]))),
    )
    given = (left_empty == 0) & (lines > 0)
    wrong = np.flatnonzero(given & (np.abs(sums - 1) > _TOLERANCE))
    last = np.zeros(count, dtype=np.int64)
    last[firm[known]] = np.flatnonzero(known)
    unreadable = np.bincount(firm[known & ~empty & np.isnan(effort)], minlength=count) > 0
    problems.add_each(
        raw.file,
        wrong[~unreadable[wrong]],
        lambda f: Problem(
            key="table.efforts",
            row=raw.row(int(last[f])),
            column="effort",
            found=f"{sums[f]:.6g}",
            values={"firm": _name(firms, f), "lines": int(lines[f])},
        ),
    )


def _name(raw: RawTable, place: int) -> str:
    return str(raw.values["id"][place].as_py())


def _filled(raw: RawTable, name: str, default: float) -> NDArray[np.float64]:
    if name not in raw.given:
        return np.full(len(raw), default)
    return np.where(raw.empty[name], default, raw.values[name])


def encoded(text: Any) -> NDArray[np.int64]:
    """Return a number for each text, the same for equal ones."""
    combined = text.combine_chunks() if isinstance(text, pa.ChunkedArray) else text
    return np.asarray(pc.dictionary_encode(combined).indices, dtype=np.int64)


def repeats(
    codes: NDArray[np.int64], counted: NDArray[np.bool_] | None = None
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the places that repeat an earlier one, and for every place the first with its code."""
    _, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
    earliest = first[inverse]
    again = earliest != np.arange(len(codes))
    # The first of a code may be one that does not count: an empty cell, an unknown name.
    return np.flatnonzero(again if counted is None else again & counted & counted[earliest]), earliest


def warnings_of(
    technologies: Technologies, inputs: Inputs, segments: Segments, firms: Firms, lines: Lines
) -> list[Problem]:
    """Return what a scenario may be run with but a reader should know.

    Derived demand above observed sales, and final demand without a segment, are warnings and not errors: published
    input shares and sales never close exactly, and the model says what it does with the difference (it reports it as
    calibration error).
    """
    found = _idle(technologies, firms, lines)
    foreign = firms.size_class[lines.firm] == _FOREIGN
    for region, sales in enumerate((lines.home_sales, lines.world_sales)):
        derived = _derived_demand(technologies, inputs, lines, foreign if region else ~foreign, sales)
        observed = np.bincount(lines.technology, sales, minlength=len(technologies))
        buyers = np.bincount(segments.technology[segments.region == region], minlength=len(technologies))
        where = Phrase(f"noun.region_{'world' if region else 'home'}")
        for k in range(len(technologies)):
            values = {"technology": technologies.id[k], "where": where, "sales": observed[k], "derived": derived[k]}
            if derived[k] > observed[k] * (1 + _SMALLEST_NEWS):
                found.append(Problem(key="warning.derived", file="inputs", column=technologies.id[k], values=values))
            elif observed[k] - derived[k] > observed[k] * _SMALLEST_NEWS and not buyers[k]:
                found.append(
                    Problem(key="warning.no_segment", file="segments", column=technologies.id[k], values=values)
                )
    return found


def _idle(technologies: Technologies, firms: Firms, lines: Lines) -> list[Problem]:
    found: list[Problem] = []
    without = np.flatnonzero(np.bincount(lines.technology, minlength=len(technologies)) == 0)
    found.extend(
        Problem(key="warning.no_lines", file="lines", values={"technology": technologies.id[k]}) for k in without
    )
    idle = np.bincount(lines.firm, minlength=len(firms)) == 0
    if idle.any():
        first = firms.id[int(np.argmax(idle))]
        found.append(Problem(key="warning.idle_firms", file="firms", values={"count": int(idle.sum()), "first": first}))
    return found


def _derived_demand(
    technologies: Technologies, inputs: Inputs, lines: Lines, users: NDArray[np.bool_], sales: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the money a year that each technology's buyers upstream spend, at its mean price in the region."""
    count = len(technologies)
    units = (lines.home_sales + lines.world_sales) / lines.price
    made = np.bincount(lines.technology[users], units[users], minlength=count)
    needed = np.bincount(inputs.input, inputs.share * made[inputs.technology], minlength=count)
    sold = np.bincount(lines.technology, sales, minlength=count)
    sold_units = np.bincount(lines.technology, sales / lines.price, minlength=count)
    price = np.divide(sold, sold_units, out=np.ones(count), where=sold_units > 0)
    return np.asarray(needed * price)
