from __future__ import annotations

import pickle

import pytest

from majung.errors import InputError, Interrupted, MajungError, Problem, StoreError, nearest, not_a_choice

SIZES = ("venture", "sme", "mid", "large", "foreign")


def size_problem() -> Problem:
    return not_a_choice("midium", SIZES, "a size class", file="firms.csv", row=17, column="class")


def test_problem_names_the_place_both_sides_and_the_remedy() -> None:
    assert str(size_problem()) == (
        "firms.csv row 17, column class: 'midium' is not a size class (venture, sme, mid, large, foreign)."
        " Did you mean 'mid'?"
    )


def test_problem_in_korean() -> None:
    assert size_problem().text("ko") == (
        "firms.csv 17행, class 열: 'midium'은(는) a size class에 없는 값입니다."
        " 쓸 수 있는 값: venture, sme, mid, large, foreign. 혹시 'mid' 아닌가요?"
    )


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ({}, ""),
        ({"file": "scenario.toml"}, "scenario.toml"),
        ({"file": "scenario.toml", "column": "quarters"}, "scenario.toml, quarters"),
        ({"file": "firms.csv", "row": 3}, "firms.csv row 3"),
        ({"column": "cash"}, "cash"),
    ],
)
def test_place_leaves_out_what_is_not_known(place: dict[str, object], said: str) -> None:
    assert Problem(key="problem.missing").at(**place).place() == said  # type: ignore[arg-type]


def test_at_keeps_what_was_known() -> None:
    assert size_problem().at(row=18).place() == "firms.csv row 18, column class"


def test_long_and_broken_values_are_quoted_on_one_line() -> None:
    problem = Problem(key="problem.unexpected", found="a\n" * 200, expected="a number")
    assert "\n" not in str(problem)
    assert len(str(problem)) < 130


def test_input_error_lists_every_problem_under_their_count() -> None:
    error = InputError([size_problem(), size_problem().at(row=18)])
    lines = str(error).splitlines()
    assert lines[0] == "2 problems in the input:"
    assert [line.split(",")[0] for line in lines[1:]] == ["  firms.csv row 17", "  firms.csv row 18"]
    assert error.text("ko").startswith("입력에서 찾은 문제: 2건\n")


def test_input_error_with_one_problem_is_that_problem() -> None:
    assert str(InputError([size_problem()])) == str(size_problem())


@pytest.mark.parametrize(("error", "code"), [(MajungError, 2), (InputError, 2), (StoreError, 3), (Interrupted, 130)])
def test_exit_codes(error: type[MajungError], code: int) -> None:
    assert error.exit_code == code


def test_errors_come_back_whole_from_another_process() -> None:
    error = StoreError("where.row", row=7)
    back = pickle.loads(pickle.dumps(error))
    assert (type(back), str(back)) == (StoreError, "row 7")
    problems = pickle.loads(pickle.dumps(InputError([size_problem()]))).problems
    assert problems == (size_problem(),)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("midium", "mid"),
        ("Large", "large"),
        ("s-m-e", "sme"),
        ("forein", "foreign"),
        ("quantum", None),
        ("", None),
    ],
)
def test_nearest(name: str, meant: str | None) -> None:
    assert nearest(name, SIZES) == meant


def test_nearest_compares_hangul_by_letter() -> None:
    assert nearest("중견기엄", ("대기업", "중소기업", "중견기업")) == "중견기업"


def test_nearest_takes_the_first_of_equals() -> None:
    assert nearest("ab", ("abc", "abd")) == "abc"
