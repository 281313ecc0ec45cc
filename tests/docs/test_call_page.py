"""The call on the page is a call, and every kind, key and law is in the reference."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.docs.pages import ROOT, blocks, script

from majung.scenario import load, skeleton
from majung.scenario.call import KINDS, Applications, packaged_law
from majung.scenario.call.rules.filters import Filter
from majung.scenario.call.rules.rule import Rule
from majung.scenario.call.rules.settings import CallSettings, Risk

PAGE = ROOT / "docs" / "guide" / "call.md"
GENERATED = script("generate").pages()


def test_the_call_on_the_page_is_a_call(tmp_path: Path) -> None:
    path = tmp_path / "scenario"
    skeleton.write(path)
    (path / "applications.csv").write_text(blocks(PAGE, "text")[0], encoding="utf-8")
    (path / "rules.toml").write_text("\n".join(blocks(PAGE, "toml")), encoding="utf-8")
    call = load(path).call
    assert call is not None
    assert call.applications.id.tolist() == ["2024-001", "2024-002"]
    assert len(call.binding) == 9


def test_the_page_names_every_kind() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [kind for kind in KINDS if f"`{kind}`" not in text] == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_of_a_kind_is_in_the_reference(kind: str) -> None:
    section = re.search(rf"^## {kind}\n(.*?)(?=^## )", GENERATED["rules.md"], re.MULTILINE | re.DOTALL)
    assert section is not None
    shared = {*Rule.model_fields, *Filter.model_fields}
    own = [field.alias or name for name, field in KINDS[kind].model_fields.items() if name not in shared]
    assert [key for key in own if f"| `{key}` |" not in section[1]] == []


def test_settings_and_laws_are_in_the_reference() -> None:
    page = GENERATED["rules.md"]
    fields = [*Rule.model_fields.values(), *CallSettings.model_fields.values(), *Risk.model_fields.values()]
    assert len(fields) > 20
    names = [*Rule.model_fields, *CallSettings.model_fields, *Risk.model_fields, *packaged_law()]
    assert [name for name in names if f"| `{name}` |" not in page] == []


def test_every_column_of_applications_is_in_the_reference() -> None:
    section = GENERATED["columns.md"].split("## applications\n")[1]
    assert [column.name for column in Applications.columns() if f"`{column.name}`" not in section] == []
