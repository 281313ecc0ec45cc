"""Tables for a terminal: what is broken where, and what is left out."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from majung.cli.said.grid import Column, Grid, within
from majung.cli.said.speaker import console

WORDS = st.lists(st.text("abc가나[]\u00a0", min_size=1, max_size=12), max_size=6).map(" ".join)


def lines_of(grid: Grid, width: int) -> list[str]:
    stream = io.StringIO()
    Console(file=stream, width=width).print(grid)
    return stream.getvalue().splitlines()


@given(rows=st.lists(st.lists(WORDS, min_size=3, max_size=3), max_size=5), width=st.integers(12, 90))
def test_nothing_is_wider_than_there_is_room_and_no_letter_is_lost(rows: list[list[str]], width: int) -> None:
    grid = Grid([Column("a", "name"), Column("b", "of", "right"), Column("c", "more")])
    for row in rows:
        grid.add(*row)
    lines = lines_of(grid, width)
    assert max(map(cell_len, lines)) <= width
    for letter in "[]":
        assert sum(line.count(letter) for line in lines) == sum(cell.count(letter) for row in rows for cell in row)


def test_lines_end_between_words_and_an_interval_stays_in_one_piece() -> None:
    grid = Grid([Column("a", "technology"), Column("b", "doublings", "right"), Column("c", "value", "right")])
    grid.add("High-bandwidth memory of the third kind", "3", within("1.36", "−0.2 to 3"))
    for width in range(42, 90):
        words = " ".join(lines_of(grid, width)).split(" ")
        assert {"technology", "doublings", "High-bandwidth", "(−0.2\u00a0to\u00a03)"} <= set(words), width


def test_the_least_column_goes_first_and_one_that_matters_never() -> None:
    grid = Grid(
        [Column("a", "first"), Column("b", "second", lesser=1), Column("c", "third", lesser=2), Column("d", "4")]
    )
    grid.add("1111111111", "2222222222", "3333333333", "4444444444")
    assert grid.shown(60) == {"a", "b", "c", "d"}
    assert grid.shown(40) == {"a", "b", "d"}
    assert grid.shown(30) == grid.shown(10) == {"a", "d"}


def test_a_sentence_is_cut_where_it_may_not_take_more_lines() -> None:
    grid = Grid([Column("a", "sentence", lines=2)])
    grid.add("one two three four five six seven eight nine ten")
    body = [line.strip() for line in lines_of(grid, 22) if line.strip()][2:]
    assert body == ["one two three four", "five six seven…"]


def test_an_interval_is_dim_and_a_name_in_brackets_is_no_style() -> None:
    grid = Grid([Column("a", "name"), Column("b", "value")])
    grid.add("[bold]x", within("1", "0 to 2"))
    stream = io.StringIO()
    Console(file=stream, width=60, force_terminal=True, color_system="standard").print(grid)
    assert "[bold]x" in stream.getvalue()
    assert "\x1b[2m(0\u00a0to\u00a02)" in stream.getvalue()
    with pytest.raises(ValueError, match="1 cells for 2 columns"):
        grid.add("alone")


@pytest.mark.parametrize(("columns", "width"), [("93", 93), ("", 150), ("0", 150), ("wide", 150)])
def test_what_is_piped_is_as_wide_as_columns_says(columns: str, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr("sys.stdout", io.StringIO())
    assert console(to_stderr=False).width == width
