"""Whatever a user can name is in the reference, which is made from the same tables as the program."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from tests.docs.pages import ROOT, script

import majung
from majung import dims
from majung.cli.app import command
from majung.decision.claims import read_claims
from majung.decision.worlds.measures import MEASURES
from majung.market import equations
from majung.parameters import load as load_parameters
from majung.scenario import TABLES, Award, Strategy, load
from majung.scenario.settings import KEYS, SourceNote

generate = script("generate")
PAGES = generate.pages()
GUIDE = ROOT / "docs" / "guide"


def missing(names: Iterable[str], page: str) -> list[str]:
    """Return the names that do not stand in a page as code."""
    return [name for name in names if f"`{name}`" not in page]


@pytest.mark.parametrize("page", ["parameters.md", "parameters-ko.md"])
def test_every_parameter_is_documented(page: str) -> None:
    assert missing(load_parameters(), PAGES[page]) == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.stem)
def test_every_column_is_documented(table: type) -> None:
    section = re.search(rf"^## {table.stem}\n(.*?)(?=^## |\Z)", PAGES["columns.md"], re.MULTILINE | re.DOTALL)
    assert section is not None
    assert missing([column.name for column in table.columns()], section[1]) == []


def test_every_claim_and_outcome_is_documented() -> None:
    own = read_claims(load(ROOT / "examples" / "korea-ai-2024")).claims
    assert [claim.id for claim in own if f"## {claim.id}\n" not in PAGES["claims.md"]] == []
    assert missing(MEASURES, PAGES["claims.md"]) == []


def test_every_array_and_dimension_is_documented_with_its_unit() -> None:
    arrays = (*dims.PATH_ARRAYS, *dims.ACCOUNT_ARRAYS, *dims.FIRM_ARRAYS)
    page = PAGES["arrays.md"]
    assert missing([d.name for d in dims.DIMENSIONS], page) == []
    assert [a.name for a in arrays if f"| `{a.name}` | {a.unit} | " not in page] == []
    statistics, outcomes = page.split("## Statistics")[1].split("## Outcomes")
    assert missing([a.name for a in dims.STATISTICS], statistics) == []
    assert [a.name for a in dims.OUTCOMES if f"| `{a.name}` | {a.unit} | " not in outcomes] == []
    units = page.split("## Units")[1]
    used = (*arrays, *dims.STATISTICS, *dims.OUTCOMES)
    assert [a.unit for a in used if f"| {a.unit} | " not in units] == []


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_every_command_and_option_is_documented_in_both_languages(lang: str) -> None:
    group = command(lang)
    page = PAGES["cli.md"]
    for name, inner in {"": group, **group.commands}.items():
        section = page.split(f"## majung {name}\n", 1)[-1].split("\n## ", 1)[0]
        assert inner.help in section
        options = [option for p in inner.params for option in p.opts if option.startswith("-")]
        assert missing(options, section) == []
        assert [p.help for p in inner.params if generate.as_code(p.help) not in section] == []


def test_every_environment_variable_is_documented() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    assert missing(sorted(set(re.findall(r"MAJUNG_[A-Z_]+", source))), PAGES["cli.md"]) == []


def test_every_public_name_is_documented() -> None:
    page = PAGES["python.md"]
    assert [name for name in majung.__all__ if f":: majung.{name}\n" not in page] == []


def test_every_equation_is_documented() -> None:
    functions = [name for name, f in vars(equations).items() if hasattr(f, "py_func") and name[0] != "_"]
    own = [name for name in functions if getattr(equations, name).__module__ == equations.__name__]
    assert len(own) > 10
    assert [name for name in own if f"## {name}\n" not in PAGES["equations.md"]] == []


def test_every_key_of_a_strategy_is_documented() -> None:
    page = PAGES["strategies.md"]
    assert missing([*Strategy.model_fields, *Award.model_fields, *dims.INSTRUMENTS, *dims.CLASSES], page) == []
    guide = (GUIDE / "strategies.md").read_text(encoding="utf-8")
    assert missing(dims.CRITERIA, page) == missing(dims.CRITERIA, guide) == []


def test_every_setting_is_documented() -> None:
    page = (GUIDE / "scenario.md").read_text(encoding="utf-8")
    assert missing([key for key in KEYS if key not in ("parameters", "sources")], page) == []
    assert missing(["[parameters]", "[[sources]]"], page) == []
    assert missing(SourceNote.__dataclass_fields__, page) == []
