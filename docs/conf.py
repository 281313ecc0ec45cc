"""How the documentation is built: ``make docs``."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

project = "majung"
author = "majung developers"
project_copyright = "2026, majung developers"
release = importlib.metadata.version("majung")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.mathjax", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]

myst_enable_extensions = ["amsmath", "colon_fence", "deflist", "dollarmath", "fieldlist"]
myst_heading_anchors = 4
napoleon_google_docstring = False
autodoc_typehints = "description"
autodoc_member_order = "bysource"

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["tables.css"]
html_title = f"majung {release}"


def generate_pages(app: Sphinx, config: Config) -> None:
    """Write the pages that are made from the code's own tables, before Sphinx looks for pages."""
    script = Path(app.confdir, "generate.py")
    if script.exists():
        subprocess.run([sys.executable, str(script)], cwd=app.confdir.parent, check=True)


def setup(app: Sphinx) -> None:
    """Register the hook."""
    app.connect("config-inited", generate_pages)
