"""The report on claims: what the page says, that it is words and not code, its tables, its object, the same bytes."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np
import openpyxl
import pytest
from tests.unit.claims_data import CLAIMS, FACTORS, NASTY, box, claims, scenario
from tests.unit.test_report_page import Page

from majung.decision.claims.result import Claims
from majung.decision.explore.discovery import Limit
from majung.messages import LANGUAGES, Lang, catalogue
from majung.parameters import LocalText
from majung.report.claims import as_json, flip_words, render, rule_words, verdict_words, write_claims
from majung.report.claims.blocks import verdicts_block
from majung.report.claims.charts import CHARTS, mapped
from majung.report.claims.sentences import finding, flip_sentences, headline, support
from majung.report.claims.words import effect_scale, open_words, quantity, threshold_words
from majung.report.factors import factor_value, tendency
from majung.report.figures.worlds import Flag, beyond_words, binned

NBSP = "\N{NO-BREAK SPACE}"


def words_of(written: str) -> str:
    return " ".join(written.split())


@pytest.fixture(scope="module", params=LANGUAGES)
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Lang, str]:
    out = tmp_path_factory.mktemp("page") / "report.html"
    render(claims(), scenario(), lang=request.param, out=out, pictures=False)
    return request.param, out.read_text(encoding="utf-8")


def test_the_page_says_all_of_a_test(page: tuple[Lang, str]) -> None:
    lang, found, one = page[0], Page(page[1]), claims()
    for sentence in (headline(one, lang), *support(one, lang)):
        assert words_of(sentence) in found.text
    for test in one.tests:
        assert words_of(test.claim.sentence.text(lang)) in found.text
        assert words_of(finding(test, one, lang)) in found.text
        assert verdict_words(test, lang) in found.text
        for sentence in flip_sentences(test, one, lang):
            assert words_of(sentence) in found.text
    for factor in FACTORS:
        assert (factor.label.text(lang) or factor.name) in found.text
    for key in ("real", "reconstructed", "intended", "not_intended", "identity"):
        assert catalogue(lang)[f"report.page.{key}"] in found.text
    assert one.run_id in found.text
    assert one.result_hash in found.text
    ids = {attributes.get("id") for _, attributes in found.tags}
    assert {f"figure-claim-2-{key}" for key in CHARTS} <= ids
    assert "figure-claim-4-effects" not in ids


def test_names_are_words_and_every_picture_is_told(page: tuple[Lang, str]) -> None:
    written = page[1]
    assert "<script" not in written
    assert "49" not in words_of(Page(written).text).split("Waiting costs less.")[-1][:40]
    assert NASTY in Page(written).text
    pictures = [attributes for tag, attributes in Page(written).tags if tag == "svg"]
    assert len(pictures) == 2 * (3 + 4 + 4 + 1)
    assert all(len(attributes.get("aria-label") or "") > 30 for attributes in pictures)


def test_the_verdicts_stand_before_all_else_and_a_failure_in_the_same_type(page: tuple[Lang, str]) -> None:
    lang, written = page
    header = written[written.index("<header>") : written.index("</header>")]
    assert header.index('class="stack"') < header.index('class="two"')
    assert header.count('class="tone tone-') == len(CLAIMS)
    assert f'tone-fails">× {catalogue(lang)["report.claims.verdict.fails"]}' in header


def test_headline_counts_each_kind_of_verdict() -> None:
    assert headline(claims(), "en") == (
        "Of 4 claims, 1 holds, 1 is mixed (more worlds could still decide it), 1 fails and 1 says nothing, over 240 "
        "plausible worlds"
    )
    twice = replace(claims(), tests=claims().tests[:1] * 2)
    assert headline(twice, "ko") == "그럴듯한 세계 240개에서 주장 2건을 시험한 결과: 성립 2건"
    assert "none could be put to the test" in headline(replace(claims(), tests=()), "en")


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.4, 0.6, None),
        (0.25, 0.75, None),
        (0.5, 0.76, "could still hold with more worlds"),
        (0.24, 0.5, "could still fail with more worlds"),
        (0.2, 0.8, "too few worlds to tell"),
    ],
)
def test_a_claim_that_too_few_worlds_leave_mixed_is_told_from_one_that_divides_them(
    low: float, high: float, said: str | None
) -> None:
    test = replace(claims()["M2"], share_low=low, share_high=high)
    one = replace(claims(), tests=(claims()["M1"], test))
    assert test.verdict.value == "mixed"
    assert open_words(test, one.most, "en") == (said or "")
    assert ("△ mixed (" in finding(test, one, "en")) == bool(said)
    assert ("1 is mixed (more worlds could still decide it)" in headline(one, "en")) == bool(said)
    assert any("More worlds could still decide M2:" in line for line in support(one, "en")) == bool(said)
    assert verdicts_block(one, "en").rows[1][1].note == (said or "")
    assert verdicts_block(one, "en").rows[0][1].note == ""


def test_the_headline_counts_the_mixed_that_are_still_open() -> None:
    mixed = [replace(claims()["M2"], share_low=low, share_high=0.6) for low in (0.2, 0.4, 0.2)]
    some = replace(claims(), tests=tuple(mixed))
    assert "3 are mixed (more worlds could still decide 2 of them)" in headline(some, "en")
    every = replace(claims(), tests=(mixed[0], mixed[2]))
    assert "엇갈림 2건(세계가 더 많으면 판정이 날 수 있음)" in headline(every, "ko")


@pytest.mark.parametrize(
    ("outcome", "unit", "said"),
    [
        ("additionality", {}, "0.5 units of private sales per unit of public money"),
        ("gain_per_budget", {}, "0.5 units of private sales per unit of budget"),
        ("raised_per_unit", {}, "0.5 units of private investment per unit of public money"),
        ("additionality", {"unit": LocalText(en="of sales", ko="매출 대비")}, "0.5 of sales"),
    ],
)
def test_a_ratio_says_what_is_counted_and_what_it_is_divided_by(outcome: str, unit: dict[str, Any], said: str) -> None:
    one = replace(CLAIMS[0], outcome=outcome, smallest=0.5, **unit)
    assert threshold_words(one, "million KRW", "en") == said
    assert effect_scale(one, (), "million KRW", "en").label == said.removeprefix("0.5 ")


def test_a_rule_is_said_in_words_with_units() -> None:
    assert rule_words(box(), FACTORS, "en") == (
        f"mark-up over unit cost (large) is above 32{NBSP}% of cost and share of buyers who look beyond the suppliers "
        f"they know is below 20{NBSP}% and years of past output is between 1.5 years and 5 years"
    )
    assert rule_words(box(), FACTORS, "ko").endswith("‘누적 산출(몇 년분)’ 1.5년~5년")
    assert rule_words(replace(box(), limits=(Limit("no-such", None, 3.0),)), FACTORS, "en") == "no-such is below 3"
    assert flip_words(box(), FACTORS, flips_to=False, lang="en").endswith(
        f"covers 70{NBSP}% of the worlds in which it fails, and it fails in 85{NBSP}% of the worlds there."
    )
    assert flip_words(box(), FACTORS, flips_to=True, lang="en").startswith("Holds where")


@pytest.mark.parametrize("held_out", [0.5, 0.15, float("nan")])
def test_a_rule_by_which_the_other_answer_is_only_more_common_does_not_turn_a_claim(held_out: float) -> None:
    weak = replace(box(), density=0.31, base_rate=0.2, density_cv=held_out)
    said = flip_words(weak, FACTORS, flips_to=False, lang="en")
    assert said.startswith("Fails more often where")
    assert f"in 31{NBSP}% of the worlds there instead of 20{NBSP}% of all" in said
    assert flip_words(weak, FACTORS, flips_to=True, lang="ko").startswith("더 자주 성립하는 곳")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("markup.large", 0.4, f"40{NBSP}% of cost"),
        ("success_rate", 0.25, "0.25 a quarter"),
        ("public-need", 1.5, "1.5"),
        ("funding_base", -2.5, "−2.5"),
        ("unnamed", 0.123456, "0.123"),
    ],
)
def test_values_are_rounded_and_have_units(name: str, value: float, said: str) -> None:
    assert factor_value(value, {factor.name: factor for factor in FACTORS}[name], "en") == said


def test_tendency_is_the_sign_of_a_plain_trend() -> None:
    rng = np.random.default_rng(0)
    x = rng.random(200)
    assert tendency(x, x**3) == 1
    assert tendency(x, np.where(x > 0.9, np.nan, -x)) == -1
    assert tendency(x, rng.permutation(x)) == 0
    assert tendency(x, np.zeros(200)) == 0


def test_the_map_shows_the_factors_of_the_first_rule() -> None:
    assert mapped(claims()["M2"]) == ("markup.large", "search_share")
    assert mapped(replace(claims()["M2"], flips=())) == ("markup.large", "search_share")
    assert mapped(claims()["M4"]) is None


@pytest.mark.parametrize(("lang", "width"), [("en", 920), ("ko", 350)])
def test_a_chart_is_a_valid_specification(lang: Lang, width: int) -> None:
    drawn = 0
    for test in claims().tests[1:]:
        for chart in CHARTS.values():
            found = chart(test, claims(), lang, width)
            if found is not None:
                alt.Chart.from_dict(found)
                drawn += 1
    assert drawn == 9


def test_every_bar_is_of_one_side_and_counts_add_up() -> None:
    for test in claims().tests[:3]:
        found = CHARTS["effects"](test, claims(), "en", 920)
        assert found is not None
        rows = found["datasets"]["rows0"]
        held = sum(row["worlds"] for row in rows if row["side"] == "claim holds")
        assert held <= int(test.holds.sum()) <= held + 0.01 * test.counts.answered + 1
        assert sum(row["worlds"] for row in rows) >= 0.97 * test.counts.answered


@pytest.mark.parametrize(("worlds", "trimmed"), [(24, False), (99, False), (100, True)])
def test_a_histogram_leaves_out_no_world_without_saying_so(worlds: int, trimmed: bool) -> None:
    values = np.concatenate([np.linspace(0.0, 1.0, worlds - 2), [-50.0, 60.0]])
    found = binned(values, values >= 0.5, 0.5, [Flag(0.2, "", "black")])
    assert int(found.worlds.sum()) + found.beyond == worlds
    assert int(found.worlds[found.upper].sum()) == int((values >= 0.5).sum()) - trimmed
    assert beyond_words(found, "en") == ("2 worlds lie outside the picture, at its ends." if trimmed else "")
    one = binned(values[:-1], values[:-1] >= 0.5, 0.5, [Flag(-50.0, "", "black")])
    assert one.beyond == 0


def test_the_caption_of_a_histogram_says_what_lies_outside() -> None:
    effects = claims()["M1"].effects.copy()
    effects[20:22] = 99.0
    found = CHARTS["effects"](replace(claims()["M1"], effects=effects), claims(), "en", 920)
    assert found is not None
    assert "lie outside the picture" in " ".join(found["title"]["subtitle"])
    whole = CHARTS["effects"](claims(24)["M1"], claims(24), "en", 920)
    assert whole is not None
    assert "outside" not in " ".join(whole["title"]["subtitle"])
    assert sum(row["worlds"] for row in whole["datasets"]["rows0"]) == claims(24)["M1"].counts.answered


def test_json_has_its_names_and_no_nan() -> None:
    found = as_json(claims(), "en", {"report": "report.html"})
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert list(found) == [
        "run_id", "result_hash", "scenario", "worlds", "replications", "max_replications", "claims", "seconds", "files",
    ]  # fmt: skip
    one = found["claims"][1]
    assert list(one) == [
        "id", "sentence", "verdict", "share_of_worlds", "share_low", "share_high", "effect", "smallest", "direction",
        "worlds", "noise", "replications", "flips", "drivers",
    ]  # fmt: skip
    assert set(one["effect"]) == {"mean", "low", "high", "median", "p05", "p95", "central", "unit"}
    assert set(one["worlds"]) == {"answered", "outside", "undefined", "failed", "sure_for", "sure_against"}
    assert one["worlds"]["answered"] == 233
    assert one["flips"][0]["limits"][0] == {"parameter": "markup.large", "low": 0.325, "high": None}
    assert one["flips"][0]["flips_to"] == "fails"
    assert set(one["drivers"][0]) == {"parameter", "label", "index", "low", "high", "threshold", "matters"}
    assert [row["verdict"] for row in found["claims"]] == ["holds", "mixed", "fails", "mixed"]
    assert found["claims"][3]["share_of_worlds"] is None
    assert found["claims"][0]["effect"]["central"] is None


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_tables_hold_every_world_and_the_workbook_opens(tmp_path: Path, lang: Lang) -> None:
    one: Claims = claims()
    files = write_claims(one, tmp_path, lang, scenario())
    assert set(files) == {"claims", "flips", "drivers", "worlds", "points", "xlsx"}
    rows = read_csv(files["worlds"])
    assert len(rows) == one.worlds * len(one.tests)
    second = [row for row in rows if row["claim"] == "M2"]
    assert second[0] == {"world": "0", "claim": "M2", "effect": "", "error": "", "holds": ""}
    assert sum(row["holds"] == "1" for row in second) == int(one["M2"].holds.sum())
    points = read_csv(files["points"])
    assert float(points[5]["markup.large"]) == pytest.approx(one.points[5, 0])
    assert [row["parameter"] for row in read_csv(files["flips"])][:3] == [
        "markup.large",
        "search_share",
        "history_years",
    ]
    assert [row["verdict"] for row in read_csv(files["claims"])] == [
        catalogue(lang)[f"report.claims.verdict.{word}"] for word in ("holds", "mixed", "fails", "silent")
    ]
    assert len(read_csv(files["drivers"])) == 3 * len(FACTORS)
    book = openpyxl.load_workbook(files["xlsx"])
    names = [catalogue(lang)[f"report.claims.sheet.name.{name}"] for name in ("claims", "flips", "drivers", "worlds")]
    assert book.sheetnames == [*names, catalogue(lang)["report.study.about"]]
    assert [sheet.max_row for sheet in book][:4] == [5, 5, 1 + 3 * len(FACTORS), 1 + one.worlds * 4]
    about = [str(cell.value) for row in book.worksheets[-1].iter_rows() for cell in row]
    assert one.run_id in about
    assert headline(one, lang) in about


def test_the_same_test_is_the_same_bytes(tmp_path: Path) -> None:
    one = replace(claims(), tests=claims().tests[1:2])
    slower = replace(one, seconds={"simulating": 99.0})
    found: list[Any] = []
    for name, given in (("a", one), ("b", slower)):
        path = render(given, scenario(), lang="ko", out=tmp_path / name / "report.html", pictures=name == "a")
        tables = write_claims(given, tmp_path / name, "ko", scenario())
        found.append([path.read_bytes(), *(tables[key].read_bytes() for key in sorted(tables))])
    assert found[0] == found[1]
    assert sorted(path.name for path in (tmp_path / "a" / "figures").iterdir()) == sorted(
        f"claim-1-{key}.{end}" for key in CHARTS for end in ("svg", "png")
    )


@pytest.mark.parametrize(
    ("outcome", "given", "written"),
    [
        ("survival", {}, {"en": "8.81 percentage points", "ko": "8.81 %p"}),
        ("sme_sales", {"unit": LocalText(en="of sales", ko="매출 대비"), "percent": True},
         {"en": "8.81 % of sales", "ko": "매출 대비 8.81 %"}),
        ("leader_turnover", {"unit": LocalText(en="changes", ko="교체 횟수")},
         {"en": "0.0881 changes", "ko": "교체 횟수 0.0881"}),
    ],
)  # fmt: skip
def test_a_part_of_a_whole_is_written_in_per_cent(
    outcome: str, given: dict[str, Any], written: dict[Lang, str]
) -> None:
    unit = LocalText(en="share", ko="비율")
    one = replace(CLAIMS[0], **{"outcome": outcome, "unit": unit, "percent": outcome == "survival"} | given)
    for lang, expected in written.items():
        assert quantity(0.0881, one, "million KRW", lang) == expected
