"""Make ``examples/first-buyer-call``: applications of firms of the Korean example, from free choices and a seed.

    python examples/generators/first_buyer_call.py

The scenario's tables are those of ``examples/korea-ai-2024``, written by the same code. Who applies, for what and with
which papers is *drawn*: published figures and what no source gives stand with their sources and reasons in
``first_buyer/choices.toml``, and the example's READMEs list them. Only ``random.Random.random`` is drawn from, so that
a rerun gives identical bytes. ``scenario.toml`` and ``rules.toml`` are written by hand.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
if str(HERE) not in sys.path:
    sys.path.insert(0, str(HERE))

import korea_ai_2024  # noqa: E402
from first_buyer import asked, companies, papers, scores, written  # noqa: E402
from first_buyer.call import SEED, Call  # noqa: E402
from korea_ai import tables  # noqa: E402
from korea_ai.build import Build  # noqa: E402

EXAMPLE = HERE.parent / "first-buyer-call"


def apply(build: Build) -> Call:
    """Draw the applications of reconstructed firms."""
    call = Call(random.Random(SEED), build)
    companies.make_companies(call)
    asked.make_applications(call)
    papers.make_papers(call)
    scores.make_scores(call)
    return call


def generate(folder: Path) -> None:
    """Write the tables.

    Parameters
    ----------
    folder : Path
        Where the tables go; it must exist.
    """
    build = korea_ai_2024.build()
    tables.write_tables(build, folder)
    written.write_applications(apply(build), folder / "applications.csv")


if __name__ == "__main__":
    generate(EXAMPLE)
    for name, lang in (("README.md", "en"), ("README.ko.md", "ko")):
        written.refresh_readme(EXAMPLE / name, lang)
