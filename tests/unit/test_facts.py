"""The tables of facts."""

from __future__ import annotations

import dataclasses

import pytest

from majung.errors import InputError
from majung.evidence import fact, facts, sources


def test_a_fact_has_its_source_and_status() -> None:
    found = fact("kr-ai-firms-2023")
    assert (found.value, found.unit, found.date, found.status) == (2354, "firms", "2023", "READ")
    assert found.source.url.startswith("https://")
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.value = 1  # type: ignore[misc]


def test_every_fact_says_what_it_is() -> None:
    for known in facts().values():
        assert known.unit
        assert known.source.title
        assert known.status == "READ" or known.note, known.id


def test_every_source_is_used() -> None:
    assert {known.source.key for known in facts().values()} == set(sources())


def test_an_unknown_fact_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="Did you mean 'kr-ai-firms-2023'"):
        fact("kr-ai-firm-2023")
