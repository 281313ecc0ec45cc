"""Make the tables of ``examples/korea-ai-2024`` from published totals, free choices and a seed.

    python examples/generators/korea_ai_2024.py

The 2,354 firms of the survey are not public: they are *reconstructed*, so that every published total is met. Facts come
from `majung.evidence`; what no source gives stands with its reason in ``korea_ai/choices.toml``, and the example's
READMEs list it. Only ``random.Random.random`` is drawn from, whose numbers Python promises not to change, so that a
rerun gives identical bytes. The model's parameters are used as they are shipped: where one of them changes, run this
again.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
if str(HERE) not in sys.path:
    sys.path.insert(0, str(HERE))

from korea_ai import research, survey, tables, world  # noqa: E402
from korea_ai.build import Build  # noqa: E402

EXAMPLE = HERE.parent / "korea-ai-2024"


def build() -> Build:
    """Reconstruct the firms and what surrounds them."""
    made = Build()
    survey.make_firms(made)
    survey.make_classes(made)
    survey.make_lines(made)
    survey.make_staff(made)
    world.make_memory(made)
    world.make_foreign(made)
    research.make_reputation(made)
    research.make_research(made)
    research.make_quality(made)
    return made


def generate(folder: Path) -> None:
    """Write the tables.

    Parameters
    ----------
    folder : Path
        Where the tables go; it must exist.
    """
    tables.write_tables(build(), folder)


if __name__ == "__main__":
    generate(EXAMPLE)
    for name, lang in (("README.md", "en"), ("README.ko.md", "ko")):
        tables.refresh_readme(EXAMPLE / name, lang)
