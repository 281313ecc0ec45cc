"""The report on an allocation: what the page says, that it is words and not code, and that it is the same bytes."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import altair as alt
import pytest
from tests.unit.awards_data import (
    CHANGE,
    LONG,
    NASTY,
    REASON,
    allocation,
    awarded,
    interval,
    near,
    nothing,
    practices,
    scenario,
)
from tests.unit.test_report_page import Page

from majung.decision.awards.result import Allocation, Gap
from majung.decision.statistics import Interval
from majung.messages import LANGUAGES, Lang, Phrase, catalogue, text
from majung.money import parse_unit
from majung.report.awards import as_json, document, render
from majung.report.awards.blocks import practices_block, refusal_block, refusals_block, rules_block
from majung.report.awards.charts import CHARTS
from majung.report.awards.entries import awards_listed, near_misses_listed
from majung.report.awards.quality import noise_of, quality_of
from majung.report.awards.sentences import findings, headline, rival, support
from majung.report.awards.why import drivers_of
from majung.report.figures.fonts import cut_fonts, lend
from majung.report.figures.panels import Specification
from majung.report.figures.pictures import letters, to_svg

WIDTHS = (920, 350)
NBSP = "\N{NO-BREAK SPACE}"
LEVEL = f"95{NBSP}%"


def svg_of(specification: Specification) -> str:
    return to_svg(specification, lend(cut_fonts(letters(specification))), name="x", label="y")


@pytest.fixture(scope="module", params=LANGUAGES)
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Lang, str]:
    out = tmp_path_factory.mktemp("page") / "report.html"
    render(allocation(), scenario(), lang=request.param, out=out, pictures=False)
    return request.param, out.read_text(encoding="utf-8")


def words_of(written: str) -> str:
    return " ".join(written.split())


def test_the_page_says_all_of_an_allocation(page: tuple[Lang, str]) -> None:
    lang, found, one = page[0], Page(page[1]), allocation()
    for sentence in (headline(one, lang), *support(one, lang, LEVEL), *findings(one, lang, LEVEL).values()):
        assert words_of(sentence) in found.text
    for considered in (*one.awards, *one.near_misses[: document.MOST_ENTRIES]):
        assert words_of(considered.firm_name.text(lang)) in found.text
        assert considered.application in found.text
    for refused in one.ineligible:
        assert refused.application in found.text
        assert f"applications.csv {text('where.row', lang, row=refused.places[0].row)}" in found.text
    for rule in one.rules:
        assert rule.title.text(lang) in found.text
        assert rule.clause in found.text
    for practice in one.practices:
        assert practice.title.label(lang)[1:] in found.text
    for name, said in (*quality_of(one, lang, LEVEL), *noise_of(one, lang, LEVEL)):
        assert words_of(name) in found.text
        assert words_of(said) in found.text
    for key in ("real", "reconstructed", "reading", "use", "intended", "not_intended", "identity"):
        assert catalogue(lang)[f"report.page.{key}"] in found.text
    assert scenario().real.text(lang) in found.text
    assert one.run_id in found.text
    assert one.result_hash in found.text
    ids = {attributes.get("id") for _, attributes in found.tags}
    assert {f"figure-{key}" for key in CHARTS} <= ids


def test_every_award_says_why_down_to_rules_and_rows(page: tuple[Lang, str]) -> None:
    lang, found = page[0], Page(page[1])
    folded = [attributes["id"] for tag, attributes in found.tags if tag == "details" and "id" in attributes]
    assert folded == [f"award-{n}" for n in range(1, 28)] + [f"near-{n}" for n in range(1, document.MOST_ENTRIES + 1)]
    drivers = ("stage", "reputation", "need", "focus", "opening", "crowding_out", "others", "paid", "survival")
    for driver in drivers:
        name = catalogue(lang)[f"report.awards.driver.{driver}.name"]
        assert found.text.count(name) >= len(folded)
    targets = {attributes["href"] for tag, attributes in found.tags if tag == "a" and "href" in attributes}
    ids = {f"#{attributes['id']}" for _, attributes in found.tags if "id" in attributes}
    assert {target for target in targets if target is not None and target.startswith("#")} <= ids
    assert {"#rule-1", "#rule-2"} <= targets
    assert "unknown-rule" in found.text


def test_the_page_asks_nothing_of_a_network_and_runs_nothing(page: tuple[Lang, str]) -> None:
    found = Page(page[1])
    assert not {tag for tag, _ in found.tags} & {"script", "iframe", "object", "embed", "img", "link", "base", "form"}
    assert not any("src" in attributes or any(n.startswith("on") for n in attributes) for _, attributes in found.tags)
    assert not re.search(r"url\((?!data:font/|#)", page[1])
    ids = [attributes["id"] for _, attributes in found.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_names_are_words_and_not_code(page: tuple[Lang, str]) -> None:
    assert "<script" not in page[1]
    assert "<b>굵은" not in page[1]
    assert NASTY.text(page[0]) in Page(page[1]).text
    assert LONG.text(page[0]) in Page(page[1]).text


def test_addresses_are_links_and_other_sources_are_words(page: tuple[Lang, str]) -> None:
    links = {attributes["href"] for tag, attributes in Page(page[1]).tags if tag == "a"}
    assert "https://example.org/notice" in links
    assert all(str(link).startswith(("#", "https://")) for link in links)


def plain(one: Allocation, folder: Path, lang: Lang = "en") -> str:
    """Write a page without charts, which take most of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(document, "CHARTS", {})
        return render(one, scenario(), lang=lang, out=folder / "r.html", pictures=False).read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_long_list_is_folded_and_says_all(tmp_path: Path, lang: Lang) -> None:
    written = plain(allocation(awards=50, nears=300, refused=120), tmp_path, lang)
    found = Page(written)
    assert len(written) < 2_000_000
    assert sum(tag == "details" for tag, _ in found.tags) == 50 + document.MOST_ENTRIES + 3
    assert text("report.awards.page.more_rows", lang, count=300 - document.MOST_ENTRIES) in found.text
    for place in range(350):
        assert f"a{place:03d}" in found.text


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, "ineligible"),
        ({"applications": 0, "ineligible": (), "documents": 0}, "nobody"),
        ({"eligible": 3}, "no_budget"),
        ({"eligible": 3, "budget": 9.0}, "no_gain"),
    ],
)
def test_nothing_awarded_is_said_with_its_reason(tmp_path: Path, lang: Lang, changes: dict[str, Any], why: str) -> None:
    one = nothing(**changes)
    assert support(one, lang, LEVEL) == [text(f"report.awards.nothing.{why}", lang)]
    assert all(chart(one, lang, width, LEVEL) is None for chart in CHARTS.values() for width in WIDTHS)
    found = Page(plain(one, tmp_path, lang))
    assert words_of(headline(one, lang)) in found.text
    assert "nan" not in found.text.lower()


def beside(*differences: Interval) -> Allocation:
    found = practices()[: len(differences)]
    pairs = zip(found, differences, strict=True)
    return allocation(practices=tuple(replace(one, difference=difference) for one, difference in pairs))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_headline_does_not_claim_more_than_the_numbers(lang: Lang) -> None:
    sure, unsure, worse = interval(900.0, 300.0), interval(200.0, 420.0), interval(-80.0, 20.0)
    for differences, verdict, place in [
        ((sure, interval(1500.0, 100.0)), "beats", 0),
        ((sure, unsure), "unsure", 1),
        ((sure, worse), "behind", 1),
        # One that is ahead on average, but of which nobody knows how surely.
        ((sure, Interval(1500.0, math.nan, math.nan)), "unsure", 1),
    ]:
        one = beside(*differences)
        nearest = rival(one)
        assert nearest is not None
        assert (nearest.verdict, nearest.practice.id) == (verdict, one.practices[place].id)
        # What stands between the values, and the particles that follow them.
        fixed = re.split(r"\{\w+\}’?(?:\w\(\w\))?", catalogue(lang)[f"report.awards.headline.{verdict}"])
        assert all(part in headline(one, lang) for part in fixed)
    alone = allocation(practices=())
    assert rival(alone) is None
    assert text("report.awards.finding.no_practices", lang) == findings(alone, lang, LEVEL)["practices"]
    assert len(support(alone, lang, LEVEL)) == 2


def test_the_headline_in_english() -> None:
    one = allocation(awards=4, practices=practices()[:3])
    assert headline(one, "en").replace(NBSP, " ") == (
        "4 awards of KRW 550 million create KRW 1.16 billion of private domestic sales, "
        "more than any of today’s practices"
    )
    first, second, third = (sentence.replace(NBSP, " ") for sentence in support(one, "en", LEVEL))
    assert first.startswith("Each KRW awarded creates 2.10 KRW of private domestic sales")
    assert "(95 % interval 1.75 to 2.45)" in first
    assert second.startswith("In 4.0 % of these worlds")
    assert "KRW 1.9 billion more (95 % interval KRW 1.4 billion to KRW 2.4 billion)" in third


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("key", CHARTS)
def test_a_chart_is_a_valid_specification_that_fits_its_width(key: str, lang: Lang, width: int) -> None:
    specification = CHARTS[key](allocation(awards=50, nears=300), lang, width, LEVEL)
    assert specification is not None
    alt.Chart.from_dict(specification, validate=True)
    svg = svg_of(specification)
    drawn = re.search(r'<svg [^>]*width="([0-9.]+)"', svg)
    assert drawn is not None
    assert width * 0.7 < float(drawn[1]) <= width + 24
    if lang == "ko":
        assert re.search("[가-힣]", svg)


def test_what_has_no_score_is_not_drawn_and_is_counted() -> None:
    one = allocation(awards=10, nears=3)
    specification = CHARTS["scatter"](one, "en", 920, LEVEL)
    assert specification is not None
    (rows,) = [rows for rows in specification["datasets"].values() if len(rows) == 12]
    assert all(math.isfinite(row["score"]) for row in rows)
    assert "for want of a score or a value: 1" in " ".join(specification["title"]["subtitle"])


def test_an_objective_that_is_no_money_is_not_written_as_money() -> None:
    one = allocation(objective="live_ventures", portfolio_value=interval(12.5, 3.0), single_values=13.0, cvar=8.0)
    assert "create 12.5 of" in headline(one, "en")
    assert not any("KRW" in said for _, said in quality_of(one, "en", LEVEL)[:2])
    assert len(support(one, "en", LEVEL)) == 1


def test_drivers_say_what_the_figures_mean() -> None:
    one = awarded(1)
    changed = replace(one, drivers=replace(one.drivers, opening=0.9, need=0.1, takeoff=None, growth=math.nan))
    found = {driver.name: driver for driver in drivers_of(changed, parse_unit("million KRW"), "en")}
    assert found["Opening or riding"].words == "opens a market of its own"
    assert found["Opening or riding"].share == pytest.approx(0.9)
    assert found["Need of money"].words == "can pay for itself"
    assert "does not take off" in found["Stage of the technology"].words
    assert found["Sales of others"].figure.replace(NBSP, " ") == "−KRW 120 million"
    assert "takes from other domestic firms" in found["Sales of others"].words


@pytest.mark.parametrize("lang", LANGUAGES)
def test_lists_and_tables_hold_what_the_allocation_holds(lang: Lang) -> None:
    one = allocation()
    listed = awards_listed(one, lang)
    assert [entry.name for entry in listed.entries] == [award.firm_name.text(lang) for award in one.awards]
    assert all(len(entry.shown) == len(listed.head) - 1 for entry in listed.entries)
    assert all(entry.sentence.lower() == REASON.label(lang).lower() for entry in listed.entries)
    missed = near_misses_listed(one, lang, 5)
    assert len(missed.entries) == 5
    assert missed.entries[1].shown[3].main == text("report.awards.no_budget", lang)
    assert missed.entries[0].sentence.lower() == CHANGE.label(lang).lower()
    for block in (
        refusals_block(one, lang),
        refusal_block("ineligible", one.ineligible, one, lang),
        rules_block(one, lang),
        practices_block(one, lang, LEVEL),
    ):
        assert {len(row) for row in block.rows} == {len(block.head)}
    assert len(practices_block(one, lang, LEVEL).rows) == 1 + len(one.practices)
    counted = sum(int(row[1].main) for row in refusals_block(one, lang).rows)
    assert counted == len([refusal for refusal in one.ineligible if not refusal.document])


def test_the_same_allocation_is_the_same_bytes_however_long_it_took(tmp_path: Path) -> None:
    for name, seconds in (("a", 1.0), ("b", 99.0)):
        one = allocation(awards=3, nears=2, refused=2, rules=2, seconds={"values": seconds})
        render(one, scenario(), lang="ko", out=tmp_path / name / "report.html")
    files = sorted(path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*.*"))
    assert {file.suffix for file in files} == {".html", ".svg", ".png"}
    assert [f for f in files if (tmp_path / "a" / f).read_bytes() != (tmp_path / "b" / f).read_bytes()] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_json_has_the_names_that_others_build_on(lang: Lang) -> None:
    one = allocation()
    found = json.loads(json.dumps(as_json(one, lang, {"report": "r.html"}), allow_nan=False))
    bounds = {"mean", "low", "high"}
    for award in found["awards"]:
        assert {"firm", "line", "instrument", "amount", "quarter", "value", "reason", "rules"} <= award.keys()
        assert award["value"].keys() == bounds
    assert found["spent"] == pytest.approx(sum(award["amount"] for award in found["awards"]))
    assert all({"firm", "rule", "clause", "found", "required"} <= entry.keys() for entry in found["ineligible"])
    assert len(found["near_misses"]) == 40
    assert found["portfolio_value"].keys() == bounds
    assert found["gap"] == {"mean": 40.0, "high": 130.0}
    assert [practice["id"] for practice in found["practices"]] == ["score", "pro-rata", "lottery", "small-first"]
    for practice in found["practices"]:
        assert practice["value"].keys() == practice["difference"].keys() == bounds
    assert found["seconds"]["values"] == 21.2
    assert found["run_id"] == one.run_id
    assert found["files"] == {"report": "r.html"}


def test_json_has_null_for_what_is_no_number() -> None:
    one = allocation(near_misses=(near(3, extra=math.inf, score=math.nan),), gap=Gap(0.0, math.inf), cvar=math.nan)
    found = as_json(one, "en", {})
    (miss,) = found["near_misses"]
    assert miss["extra"] is None
    assert miss["score"] is None
    assert found["gap"]["high"] is None
    assert found["cvar"] is None
    assert as_json(nothing(), "en", {})["portfolio_value"] == {"mean": 0.0, "low": None, "high": None}


def test_phrases_of_the_allocation_are_put_into_the_readers_language() -> None:
    one = allocation(awards=1)
    assert as_json(one, "ko", {})["awards"][0]["reason"] == Phrase("report.instrument.subsidy").label("ko")
    assert as_json(one, "ko", {})["ineligible"][1]["required"] == Phrase("report.class.sme").label("ko")
