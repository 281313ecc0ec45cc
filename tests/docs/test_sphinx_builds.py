from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.docs.pages import ROOT


@pytest.mark.slow
def test_documentation_builds_without_a_warning(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", "-d", tmp_path / "trees"]
    run = subprocess.run([*command, ROOT / "docs", tmp_path / "html"], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    for page in ("index", "model", "guide/what-the-engine-says", "reference/parameters", "reference/cli"):
        assert (tmp_path / "html" / f"{page}.html").exists()
