"""The page on where each claim stands says what the committed results say, and those are of these claims and engine."""

from __future__ import annotations

import pytest
from tests.docs.pages import ROOT, script

import majung as mj

standing = script("claims_standing")
HEAD, ROWS = standing.read()
AGAIN = (
    "run `majung claims examples/korea-ai-2024 --out DIR` and `python docs/claims_standing.py DIR`, and read the page"
)


@pytest.fixture(scope="module")
def scenario() -> mj.Scenario:
    return mj.load(ROOT / "examples" / "korea-ai-2024")


def test_the_results_are_of_these_claims_and_this_example(scenario: mj.Scenario) -> None:
    assert HEAD["signature"] == standing.signature(scenario), AGAIN


def test_the_results_are_of_this_engine(scenario: mj.Scenario) -> None:
    assert float(HEAD["probe"]) == pytest.approx(standing.probe(scenario), rel=1e-6), AGAIN


def test_the_table_is_of_these_results() -> None:
    page = standing.PAGE.read_text(encoding="utf-8")
    assert standing.filled(page, ROWS) == page, "run `python docs/claims_standing.py --table`"


def test_every_claim_stands_there() -> None:
    packaged = (ROOT / "src" / "majung" / "decision" / "claims" / "packaged").glob("m*.toml")
    assert len(ROWS) == len(list(packaged))
    for row in ROWS:
        assert float(row["share_low"]) <= float(row["share"]) <= float(row["share_high"])
