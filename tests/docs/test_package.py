"""What an installed package says of itself."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions, version
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# Parts of Numba and pydantic, which ask for exactly one version of them.
BROUGHT = {"llvmlite": "numba", "pydantic_core": "pydantic"}
# Asked for by what uses it only, and said by name where it is missing.
OPTIONAL = {"dask": "cluster", "distributed": "cluster", "dask_jobqueue": "slurm"}


def imported() -> set[str]:
    """Return the top names of all that the package imports."""
    names: set[str] = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module.partition(".")[0])
    return names - sys.stdlib_module_names - {"majung"}


def test_what_is_imported_is_what_is_asked_for() -> None:
    asked = {re.split(r"[^\w-]", requirement)[0] for requirement in PROJECT["dependencies"]}
    distributions = packages_distributions()
    needed = {distributions[BROUGHT.get(name, name)][0].lower() for name in imported() - OPTIONAL.keys()}
    # xarray imports it when it is asked for that format.
    assert needed | {"zarr"} == asked
    extras = PROJECT["optional-dependencies"]
    for name, extra in OPTIONAL.items():
        assert name in imported()
        # distributed brings dask.
        package = "distributed" if name == "dask" else name.replace("_", "-")
        assert any(requirement.startswith(package) for requirement in extras[extra]), name


def test_the_version_is_the_same_everywhere() -> None:
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {version('majung')}\n" in citation
    assert version("majung") == PROJECT["version"]


def test_every_licence_goes_with_the_package() -> None:
    licences = [path.relative_to(ROOT).as_posix() for path in (ROOT / "src").rglob("OFL*")]
    assert set(PROJECT["license-files"]) == {"LICENSE", "NOTICE", *licences}
