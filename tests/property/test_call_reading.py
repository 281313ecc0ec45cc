"""Whatever stands in rules.toml is a call or a list of problems that can be put into words, never another error."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from majung.messages import LANGUAGES
from majung.money import Quarter, parse_unit
from majung.scenario.call import KINDS, CallSettings, packaged_law
from majung.scenario.call.checks import check_rules
from majung.scenario.call.rules.reading import read_rules
from majung.tables.problems import Problems

KEYS = sorted({field.alias or name for model in KINDS.values() for name, field in model.model_fields.items()})
WORDS = [
    "subsidy", "sme", "30억", "-1억", "2024Q3", "2023Q1", "service", "Seoul", "firm", "budget", "", "2024-04-29",
    "READ", *KINDS, *packaged_law(),
]  # fmt: skip
scalars = st.one_of(
    st.sampled_from(WORDS),
    st.text(max_size=5),
    st.integers(-3, 10**17),
    st.floats(-1, 2),
    st.sampled_from([float("nan"), float("inf"), 1e300]),
    st.booleans(),
    st.dates(date(2010, 1, 1), date(2030, 1, 1)),
)
values = st.one_of(
    scalars, st.lists(scalars, max_size=3), st.dictionaries(st.sampled_from([*KEYS, "x"]), scalars, max_size=2)
)
entries = st.fixed_dictionaries(
    {},
    optional={
        "id": st.one_of(st.sampled_from(["a", "b"]), values),
        "kind": st.one_of(st.sampled_from(sorted(KINDS)), values),
        "law": st.one_of(st.sampled_from(sorted(packaged_law())), values),
    },
).flatmap(lambda known: st.dictionaries(st.sampled_from(KEYS), values, max_size=4).map(lambda more: {**more, **known}))
calls = st.dictionaries(st.sampled_from([*CallSettings.model_fields, "x"]), values, max_size=3)


def toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, str):
        return json.dumps("".join(c for c in value if c.isprintable()), ensure_ascii=False)
    return value.isoformat() if isinstance(value, date) else str(value).lower()


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rules") / "rules.toml"


@settings(max_examples=200, deadline=None)
@given(call=calls, rules=st.lists(entries, max_size=3))
def test_anything_is_read_or_refused(path: Path, call: dict[str, Any], rules: list[dict[str, Any]]) -> None:
    text = "[call]\n" + "".join(f"{key} = {toml(value)}\n" for key, value in call.items())
    for entry in rules:
        text += "[[rule]]\n" + "".join(f"{key} = {toml(value)}\n" for key, value in entry.items())
    path.write_text(text, encoding="utf-8")
    problems, unit, start = Problems(), parse_unit("million KRW"), Quarter(2024, 2)
    read = read_rules(path, unit, start, date(2024, 4, 29), problems)
    if read is not None:
        names = {"technology": ["service"], "firm": ["f"], "application": ["a"], "region": ["Seoul"]}
        warnings = check_rules(read, unit=unit, start=start, quarters=24, names=names, problems=problems)
        for warning in warnings:
            assert all(warning.text(lang) for lang in LANGUAGES)
    for problem in problems._shown:
        assert problem.file == "rules.toml"
        assert all(problem.text(lang) for lang in LANGUAGES)
