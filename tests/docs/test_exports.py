from __future__ import annotations

import importlib
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src"
MODULES = sorted(
    ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
    for path in SOURCE.rglob("*.py")
    if "__all__ =" in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", MODULES)
def test_exported_names_exist_once_and_in_order(name: str) -> None:
    module = importlib.import_module(name)
    exported = list(module.__all__)
    assert [item for item in exported if not hasattr(module, item)] == []
    assert len(exported) == len(set(exported))
