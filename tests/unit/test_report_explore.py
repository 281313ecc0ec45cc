"""The report on an exploration: what the page says, its tables, its object, the same bytes."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import replace
from pathlib import Path

import altair as alt
import openpyxl
import pytest
from tests.unit.claims_data import FACTORS, scenario
from tests.unit.explore_data import exploration, unknown
from tests.unit.test_report_page import Page

from majung.decision.explore import Estimate
from majung.messages import LANGUAGES, Lang, catalogue
from majung.report.explore import as_json, headline, render, write_exploration
from majung.report.explore.blocks import factors_found_block
from majung.report.explore.charts import CHARTS, variance_chart
from majung.report.explore.sentences import ordered, rule_sentences, share_bounds, support, told_apart
from majung.report.factors import by_name, factor_name

NBSP = "\N{NO-BREAK SPACE}"


def words_of(written: str) -> str:
    return " ".join(written.split())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_says_all_of_an_exploration(tmp_path: Path, lang: Lang) -> None:
    one = exploration()
    written = render(one, scenario(), lang=lang, out=tmp_path / "report.html", pictures=False).read_text("utf-8")
    found = Page(written)
    said = (
        headline(one, lang),
        *support(one, lang),
        *rule_sentences(one, "high", lang),
        *rule_sentences(one, "low", lang),
    )
    for sentence in said:
        assert words_of(sentence) in found.text
    for factor in FACTORS:
        assert (factor.label.text(lang) or factor.name) in found.text
    assert one.run_id in found.text
    assert one.result_hash in found.text
    assert "<script" not in written
    ids = {attributes.get("id") for _, attributes in found.tags}
    assert {f"figure-{key}" for key in CHARTS} <= ids
    pictures = [attributes for tag, attributes in found.tags if tag == "svg"]
    assert len(pictures) == 2 * len(CHARTS)
    assert all(len(attributes.get("aria-label") or "") > 30 for attributes in pictures)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_says_that_nothing_could_be_told(tmp_path: Path, lang: Lang) -> None:
    one = unknown(exploration())
    found = Page(render(one, scenario(), lang=lang, out=tmp_path / "r.html", pictures=False).read_text("utf-8"))
    for key in ("variance_none", "rule.no_high", "rule.no_low"):
        assert words_of(catalogue(lang)[f"report.explore.{key}"]) in found.text
    assert words_of(headline(one, lang)) in found.text
    ids = {attributes.get("id") for _, attributes in found.tags}
    assert {key for key in CHARTS if f"figure-{key}" in ids} == {"spread", "screening"}


def test_headline_names_what_matters_and_nothing_else() -> None:
    said = headline(exploration(), "en")
    assert said.startswith(
        "What moves ‘final and derived sales of domestic lines’ most: share of buyers who look beyond the suppliers "
        "they know and mark-up over unit cost (large)"
    )
    assert "log odds" not in said


def test_numbers_are_in_one_order_wherever_they_are_listed() -> None:
    one = exploration()
    effects = [effect.parameter for effect in one.screening.effects]
    assert ordered(one) == effects
    names = [factor_name(name, by_name(one.factors), "en") for name in effects]
    assert [row[0].main for row in factors_found_block(one, ordered(one), "en").rows] == names
    told = told_apart(one)
    assert 0 < len(told) < len(effects)
    assert told == [name for name in effects if name in told]
    assert headline(one, "en").endswith(" and ".join([", ".join(names[: len(told[:3]) - 1]), names[len(told[:3]) - 1]]))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_where_nothing_beats_luck_it_says_so_and_parts_no_differences(lang: Lang) -> None:
    one = exploration()
    lucky = replace(one, drivers=tuple(replace(driver, threshold=2.0) for driver in one.drivers))
    words = catalogue(lang)
    assert told_apart(lucky) == []
    assert words["report.explore.support.luck"] in support(lucky, lang)
    assert len(support(lucky, lang)) == len(support(one, lang))
    assert one.decomposition is not None
    totals = {share.parameter: share.total for share in one.decomposition.shares}
    share, within = share_bounds(totals[told_apart(one)[0]], lang)
    assert any(f"{share} ({within})" in sentence for sentence in support(one, lang))
    assert not any(share in sentence for sentence in support(lucky, lang))
    start = words["report.explore.caption.luck"].split(".")[0]
    assert factors_found_block(lucky, ordered(lucky), lang).caption.startswith(start)
    assert not factors_found_block(one, ordered(one), lang).caption.startswith(start)


def test_shares_beyond_nothing_and_all_are_written_and_drawn_as_these() -> None:
    assert share_bounds(Estimate(0.96, 0.64, 1.28), "en") == (f"96{NBSP}%", f"64{NBSP}% to 100{NBSP}%")
    assert share_bounds(Estimate(-0.1, -0.3, 0.05), "en") == (f"0{NBSP}%", f"0{NBSP}% to 5.0{NBSP}%")
    assert share_bounds(Estimate(1.1, math.nan, math.nan), "en") == (f"100{NBSP}%", "")
    one = exploration()
    assert one.decomposition is not None
    shares = tuple(replace(share, total=Estimate(1.2, 0.9, 1.5)) for share in one.decomposition.shares)
    found = variance_chart(replace(one, decomposition=replace(one.decomposition, shares=shares)), "en", 920)
    assert found is not None
    rows = [row for row in found["datasets"]["rows0"] if row["kind"] == "together with others"]
    assert {(row["value"], row["low"], row["high"], row["words"]) for row in rows} == {(1.0, 0.9, 1.0, f"100{NBSP}%")}


def test_the_outcome_of_the_scenario_as_it_stands_has_its_interval() -> None:
    one = exploration()
    assert "as it stands KRW" in support(one, "en")[0]
    assert support(one, "en")[0].endswith("1.05\N{NO-BREAK SPACE}trillion.")
    known = replace(one, quantiles=replace(one.quantiles, central_low=0.9e6, central_high=1.2e6))
    said = support(known, "en")[0]
    assert said.index("0.9") < said.index("1.20") if "1.20" in said else said.endswith("trillion).")


@pytest.mark.parametrize(("lang", "width"), [("en", 920), ("ko", 350)])
def test_a_chart_is_a_valid_specification(lang: Lang, width: int) -> None:
    for chart in CHARTS.values():
        found = chart(exploration(), lang, width)
        assert found is not None
        alt.Chart.from_dict(found)


def test_json_has_no_nan() -> None:
    for one in (exploration(), unknown(exploration())):
        found = as_json(one, "ko", {})
        assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found["decomposition"] is None
    found = as_json(exploration(), "en")
    assert found["drivers"][0] | {"index": 0, "low": 0, "high": 0, "threshold": 0} == {
        "parameter": "markup.large", "label": "mark-up over unit cost (large)", "index": 0, "low": 0, "high": 0,
        "threshold": 0, "matters": True,
    }  # fmt: skip
    assert found["outcome"]["unit"] == "money"
    assert set(found["screening"]) == set(found["decomposition"]) - {"shares"} | {"effects"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_tables_hold_every_world_and_the_workbook_opens(tmp_path: Path, lang: Lang) -> None:
    one = exploration()
    files = write_exploration(one, tmp_path, lang, scenario())
    assert set(files) == {"factors", "rules", "worlds", "xlsx"}
    with files["worlds"].open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(one.values)
    assert [row["outcome"] for row in rows[:3]] == ["", "", ""]
    assert float(rows[5]["outcome"]) == pytest.approx(one.values[5])
    assert float(rows[5]["search_share"]) == pytest.approx(one.points[5, 1])
    with files["factors"].open(encoding="utf-8-sig", newline="") as file:
        factors = {row["parameter"]: row for row in csv.DictReader(file)}
    assert set(factors) == {factor.name for factor in FACTORS}
    assert factors["unnamed"]["total"] == ""
    assert float(factors["markup.large"]["total"]) > 0.3
    book = openpyxl.load_workbook(files["xlsx"])
    assert book.sheetnames[:2] == [
        catalogue(lang)[f"report.explore.sheet.name.{name}"] for name in ("factors", "rules")
    ]
    assert next(sheet.max_row for sheet in book) == 1 + len(FACTORS)
    again = write_exploration(one, tmp_path / "again", lang, scenario())
    assert all(files[name].read_bytes() == again[name].read_bytes() for name in files)
