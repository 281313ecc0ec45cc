"""What the columns of a table of series hold, by their headers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from majung.errors import Problem, nearest
from majung.evidence.series.periods import read_period
from majung.messages import Phrase
from majung.money import Unit, split_header
from majung.tables.headers import folded, split_brackets

__all__ = ["COLUMNS", "Layout", "Role", "ValueColumn", "find_layout", "role_named", "value_column"]

Role: TypeAlias = Literal[
    "id", "date", "value", "unit", "kind", "published", "market", "driver", "name", "name_ko", "source"
]

_SPELLINGS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "id": (
            *("id", "entity", "country", "country name", "series", "series id", "technology", "tech", "item"),
            *("product", "product name", "category", "firm", "company", "variable", "indicator"),
            *(
                "식별자",
                "기술",
                "기술명",
                "계열",
                "국가",
                "국가명",
                "나라",
                "제품",
                "제품명",
                "품목",
                "기업",
                "항목",
                "구분",
            ),
        ),
        "date": (
            *("date", "day", "year", "quarter", "month", "period", "time", "time period", "end", "end date"),
            *("연도", "년도", "연", "년", "분기", "월", "연월", "날짜", "일자", "기간", "시점", "기준일"),
        ),
        "value": ("value", "values", "obs value", "값", "수치", "관측값", "데이터"),
        "unit": ("unit", "units", "단위"),
        "kind": ("kind", "종류", "값의 종류"),
        "published": (
            *("published", "published on", "publication date", "release date", "released", "known", "vintage"),
            *("발표일", "공표일", "공개일", "발표"),
        ),
        "market": ("market", "market potential", "potential", "시장", "시장 잠재량", "잠재량", "잠재 수요"),
        "driver": ("driver", "price", "가격", "단가", "동인"),
        "name": ("name", "label", "이름", "명칭", "계열명"),
        "name_ko": ("name ko", "label ko", "한글명", "한글 이름", "국문명"),
        "source": ("source", "출처", "자료", "자료원"),
        "": (
            *("code", "country code", "indicator code", "indicator name", "continent", "annotations", "iso"),
            *("note", "notes", "status", "licence", "license", "retrieved", "url", "비고", "메모", "코드", "상태"),
        ),
    }
)
COLUMNS: Final = tuple(role for role in _SPELLINGS if role)
_ROLES: Final = MappingProxyType({folded(word): role for role, words in _SPELLINGS.items() for word in words})
_UNIT_WORDS: Final = re.compile(
    r"%|\b(per ?cent|share|per \d+|thousands?|millions?|billions?|[bmt]n|units?|index|k?tonn?e?s?|[kmgt]wh?)\b"
    r"|^[십백천만억조]*\s*([대개명건톤원]|가구|달러|회선|인)$|^(천|백만|만|억|조)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ValueColumn:
    """A column of values: its place, its name without the unit, the unit as written, and as money where it is that."""

    place: int
    name: str
    unit: str
    money: Unit | None


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a table keeps what.

    Parameters
    ----------
    roles : mapping
        Place of the column of each role.
    values : tuple of ValueColumn
        One in a tidy table. In a wide sheet each is a series, or each a period where `periods` is set.
    wide : bool
    by_row : bool
        Whether a wide sheet has a series in each row.
    """

    roles: Mapping[str, int]
    values: tuple[ValueColumn, ...]
    wide: bool = False
    by_row: bool = False


def role_named(header: str) -> str | None:
    """Return what a column holds by its header: a role, nothing where it is not read, None where it is not known."""
    return _ROLES.get(folded(header), _ROLES.get(folded(split_brackets(header)[0])))


def value_column(place: int, header: str) -> ValueColumn:
    """Take the unit off a header of values: what is in square brackets, or in round ones that read as a unit."""
    name, money = split_header(header)
    bare, inner = split_brackets(header)
    if money is not None:
        return ValueColumn(place, name, inner or "", money)
    if inner and (header.rstrip().endswith("]") or _UNIT_WORDS.search(inner)):
        return ValueColumn(place, bare, inner, None)
    return ValueColumn(place, header, "", None)


def find_layout(headers: list[str], first_cell: str) -> tuple[Layout | None, list[Problem]]:
    """Find out what each column holds.

    Parameters
    ----------
    headers : list of str
    first_cell : str
        The first cell of the first column, which may be a date though its header does not say so.

    Returns
    -------
    layout : Layout or None
        None where there are problems.
    problems : list of Problem
    """
    roles, rest, problems = _roles(headers)
    periods = [place for place in rest if read_period(headers[place]) is not None]
    if periods and "date" not in roles:
        return _by_row(headers, roles, rest, periods, problems)
    if "date" not in roles and "id" not in roles and 0 not in roles.values() and read_period(first_cell) is not None:
        roles["date"] = 0
        rest = [place for place in rest if place != 0]
    rest = [place for place in rest if headers[place].strip()]
    if "date" not in roles:
        unknown = _unknown(headers, rest, roles)
        hinted = {problem.suggestion for problem in unknown}
        problems += unknown if "value" in roles else [p for p in unknown if p.suggestion is not None]
        if "date" not in hinted:
            problems.append(Problem(key="evidence.series.no_dates", row=1))
    elif "value" in roles:
        problems += _unknown(headers, rest, roles)
    elif not rest and "driver" in roles:
        roles["value"] = roles.pop("driver")
    elif len(rest) == 1:
        roles["value"] = rest[0]
    elif not rest:
        problems.append(Problem(key="evidence.series.no_values", row=1))
    elif "id" in roles:
        found = ", ".join(headers[place] for place in rest)
        problems.append(Problem(key="evidence.series.which_values", row=1, found=found))
    else:
        return _by_column(headers, roles, rest, problems)
    if problems:
        return None, problems
    return Layout(roles, (value_column(roles["value"], headers[roles["value"]]),)), []


def _roles(headers: list[str]) -> tuple[dict[str, int], list[int], list[Problem]]:
    """Return the columns that are known by their headers, the others, and those that say the same twice."""
    roles: dict[str, int] = {}
    rest: list[int] = []
    problems: list[Problem] = []
    for place, header in enumerate(headers):
        role = role_named(header)
        if role is None:
            rest.append(place)
        elif role in roles:
            values = {"name": role, "first": headers[roles[role]]}
            problems.append(Problem(key="table.column_twice", row=1, found=header, values=values))
        elif role:
            roles[role] = place
    if "name" in roles and "id" not in roles:
        roles["id"] = roles.pop("name")
    return roles, rest, problems


def _unknown(headers: list[str], places: list[int], roles: Mapping[str, int]) -> list[Problem]:
    problems = []
    for place in places:
        hint = nearest(split_brackets(headers[place])[0], [role for role in COLUMNS if role not in roles])
        values = {"choices": COLUMNS}
        problems.append(
            Problem(key="table.unknown_column", row=1, found=headers[place], suggestion=hint, values=values)
        )
    return problems


def _by_column(
    headers: list[str], roles: dict[str, int], rest: list[int], problems: list[Problem]
) -> tuple[Layout | None, list[Problem]]:
    """Return the layout of a sheet with a column a series; known words can be names of series there."""
    kept = {role: place for role, place in roles.items() if role in ("date", "published")}
    places = sorted([*rest, *(place for role, place in roles.items() if role not in kept)])
    values = tuple(value_column(place, headers[place]) for place in places)
    first: dict[str, str] = {}
    for column in values:
        if column.name in first:
            shown = {"name": column.name, "first": first[column.name]}
            problems.append(Problem(key="table.column_twice", row=1, found=headers[column.place], values=shown))
        first.setdefault(column.name, headers[column.place])
    return (None, problems) if problems else (Layout(kept, values, wide=True), [])


def _by_row(
    headers: list[str], roles: dict[str, int], rest: list[int], periods: list[int], problems: list[Problem]
) -> tuple[Layout | None, list[Problem]]:
    """Return the layout of a sheet with a row a series, whose headers are periods."""
    others = [place for place in rest if place not in periods]
    if "id" not in roles and others and others[0] == 0:
        roles["id"] = others.pop(0)
    others = [place for place in others if headers[place].strip()]
    expected = Phrase("evidence.series.the_period")
    for place in others:
        hint = nearest(headers[place], [role for role in COLUMNS if role not in roles])
        problems.append(
            Problem(key="problem.unexpected", row=1, found=headers[place], expected=expected, suggestion=hint)
        )
    for role in ("value", "driver"):
        if role in roles:
            problems.append(Problem(key="problem.unexpected", row=1, found=headers[roles[role]], expected=expected))
    if problems:
        return None, problems
    values = tuple(ValueColumn(place, headers[place], "", None) for place in periods)
    return Layout(roles, values, wide=True, by_row=True), []
