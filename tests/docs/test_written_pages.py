"""What stands in the README and the guide works as it stands there."""

from __future__ import annotations

import re
import shlex
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
from tests.docs.pages import READMES, ROOT, WRITTEN, blocks, name

from majung.cli.app import Settings, command
from majung.parameters import load as load_parameters
from majung.scenario import Strategy

FEWER = (("replications=200", "replications=8"), ("max_replications=400", "max_replications=16"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", [page for page in WRITTEN if blocks(page, "python")], ids=name)
def test_python_blocks_run(page: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(ROOT)
    names: dict[str, object] = {}
    for number, block in enumerate(blocks(page, "python"), start=1):
        for many, few in FEWER:
            block = block.replace(many, few)
        block = block.replace('store="my-runs"', f"store={str(tmp_path)!r}")
        exec(compile(block, f"{page.name}, block {number}", "exec"), names)


@pytest.mark.parametrize("page", WRITTEN, ids=name)
def test_commands_are_understood(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for line in [line for block in blocks(page, "sh") for line in block.splitlines() if line.strip()]:
        program, *arguments = shlex.split(line, comments=True)
        if program == "make":
            assert all(re.search(rf"^{target}:", MAKEFILE, re.MULTILINE) for target in arguments), line
        else:
            assert program == "majung", line
            inner = command("en").commands[arguments[0]]
            inner.make_context(arguments[0], arguments[1:], obj=Settings(lang="en"))
            settings = [value for option, value in pairwise(arguments) if option == "--set"]
            load_parameters().override({name: float(value) for name, value in (s.split("=") for s in settings)})
    for target in re.findall(r"`make ([a-z]+)`", text):
        assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE), target


@pytest.mark.parametrize(
    "page", [page for page in WRITTEN if "[[strategy]]" in "".join(blocks(page, "toml"))], ids=name
)
def test_strategies_on_a_page_are_strategies(page: Path) -> None:
    whole = tomllib.loads("\n".join(blocks(page, "toml")))
    for entry in whole["strategy"]:
        if "after" in entry:
            assert entry["after"] in [other["id"] for other in whole["strategy"]]
            continue
        for award in entry.get("awards", []):
            # The file may name a quarter by its date; the object counts.
            award["quarter"] = 0
        Strategy(**entry)


@pytest.mark.parametrize("page", WRITTEN, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    links = [target for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target]
    pages = [f"{target}.md" for target in re.findall(r"\{doc\}`([^`<]+)`", text)]
    made = {f"{stem}.md" for stem in ("arrays", "cli", "columns", "equations", "parameters", "parameters-ko", "python")}
    made |= {"strategies.md", "rules.md", "claims.md"}
    for target in [*links, *pages]:
        path = (page.parent / target.split("#")[0]).resolve()
        assert path.exists() or (path.parent == ROOT / "docs" / "reference" and path.name in made), target


def test_both_readmes_say_the_same_in_the_same_order() -> None:
    english, korean = (path.read_text(encoding="utf-8") for path in READMES)
    shape = re.compile(r"^(#+) |^(```\w*)|^(!)\[|^(- )|\]\(([^)]+)\)", re.MULTILINE)

    def outline(text: str) -> list[str]:
        found = ["".join(match.groups(default="")) for match in shape.finditer(text)]
        return [re.sub(r"([.-]ko)?\.md|-(en|ko)\.png", "", item) for item in found]

    assert outline(english) == outline(korean)


@pytest.mark.parametrize("page", READMES, ids=name)
def test_pictures_are_small(page: Path) -> None:
    pictures = re.findall(r"!\[[^]]+\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
    assert pictures
    for picture in pictures:
        content = (ROOT / picture).read_bytes()
        assert content.startswith(b"\x89PNG")
        assert len(content) < 100_000
