from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np
import pytest
from tests.unit.takeoff_data import REASON, VCR, WARNING, fit, not_yet, readings, steps, unsaid, vcr, verdict
from tests.unit.test_report_page import NASTY, Page

from majung.errors import InputError
from majung.evidence.series import Series
from majung.evidence.takeoff.curves import Axis
from majung.messages import LANGUAGES, Lang, catalogue
from majung.report.figures.fonts import cut_fonts, lend
from majung.report.figures.panels import Specification
from majung.report.figures.pictures import letters, to_svg
from majung.report.takeoff import MOST_SHOWN, document, render
from majung.report.takeoff.blocks import fits_block, rules_block, summary_block
from majung.report.takeoff.charts import series_chart
from majung.report.takeoff.overview import overview_chart, ranked
from majung.report.takeoff.replayed import hindsight_block, replay_block, replay_chart
from majung.report.takeoff.sentences import finding, headline, support
from majung.report.takeoff.shown import Shown, Span, year_of
from majung.report.takeoff.words import between, figure, grain_of, odds, period

WIDTHS = (920, 350)
NBSP = "\N{NO-BREAK SPACE}"


def shown(one: Any = None, **changes: Any) -> Shown:
    return Shown(key="series-1", verdict=verdict() if one is None else one, **changes)


def svg_of(specification: Specification) -> str:
    return to_svg(specification, lend(cut_fonts(letters(specification))), name="x", label="y")


def rows_of(specification: Specification, *columns: str) -> list[dict[str, Any]]:
    """Return the rows of the one dataset that has just these columns."""
    return next(rows for rows in specification["datasets"].values() if rows and set(rows[0]) == set(columns))


@pytest.fixture(scope="module", params=LANGUAGES)
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Lang, str]:
    out = tmp_path_factory.mktemp("page") / "report.html"
    render(
        [unsaid(), not_yet(), verdict()], later={"vcr": vcr()}, replays={"vcr": steps()}, lang=request.param, out=out,
        identity={"file": "series.csv"}, pictures=False,
    )  # fmt: skip
    return request.param, out.read_text(encoding="utf-8")


def test_the_page_says_all_of_every_series(page: tuple[Lang, str]) -> None:
    lang, found = page[0], Page(page[1])
    for one in (unsaid(), not_yet(), verdict()):
        assert one.series.name in found.text
        assert " ".join(finding(one, lang).split())[1:] in found.text
    for phrase in (REASON, WARNING):
        assert phrase.label(lang)[1:] in found.text
    assert readings()["penetration"].reason is not None
    assert readings()["penetration"].reason.label(lang) in found.text  # type: ignore[union-attr]
    for key in ("answer", "reading", "limits", "identity", "fits", "periods"):
        assert catalogue(lang)[f"report.takeoff.page.{key}"] in found.text
    assert "series.csv" in found.text
    ids = {attributes.get("id") for _, attributes in found.tags}
    assert {"figure-overview", "figure-series-1", "figure-series-3", "figure-series-3-replay"} <= ids


def test_the_page_asks_nothing_of_a_network_and_runs_nothing(page: tuple[Lang, str]) -> None:
    found = Page(page[1])
    assert not {tag for tag, _ in found.tags} & {"script", "iframe", "object", "embed", "img", "link", "base", "form"}
    assert not any("src" in attributes or any(n.startswith("on") for n in attributes) for _, attributes in found.tags)
    assert not re.search(r"url\((?!data:font/|#)", page[1])
    ids = [attributes["id"] for _, attributes in found.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_names_are_words_and_not_code(tmp_path: Path) -> None:
    one = verdict(vcr(8, name=NASTY))
    text = render([one, not_yet()], out=tmp_path / "report.html", pictures=False).read_text(encoding="utf-8")
    assert "<script" not in text
    assert "{{ 7 * 7 }}" in Page(text).text


def test_pictures_lie_beside_the_report_and_are_counted(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    render(
        [verdict(), not_yet()], replays={"vcr": steps()}, out=tmp_path / "here" / "r.html",
        counted=lambda done, total: told.append((done, total)),
    )  # fmt: skip
    names = {"overview", "series-1", "series-1-replay", "series-2"}
    files = {path.name for path in (tmp_path / "here" / "figures").iterdir()}
    assert files == {f"{name}.{kind}" for name in names for kind in ("svg", "png")}
    assert told == [(step, 12) for step in range(1, 13)]


def test_the_same_verdicts_are_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        render([verdict(), unsaid()], later={"vcr": vcr()}, out=tmp_path / name / "report.html", lang="ko")
    files = sorted(path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*.*"))
    assert files
    assert [f for f in files if (tmp_path / "a" / f).read_bytes() != (tmp_path / "b" / f).read_bytes()] == []


def test_of_very_many_series_some_stand_in_the_table_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MOST_SHOWN", 2)
    many = [unsaid("first"), *(not_yet(f"s{number}", f"Number {number}") for number in range(3))]
    page = Page(render(many, out=tmp_path / "r.html", pictures=False).read_text(encoding="utf-8"))
    assert MOST_SHOWN > 2
    assert "2 more series stand in the table at the top only" in page.text
    assert "One value only" in page.text
    assert sum(str(attributes.get("id")).startswith("figure-series") for _, attributes in page.tags) == 2


def test_a_report_on_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no series"):
        render([], out=tmp_path / "report.html")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", ["taken", "not_yet", "unsaid", "replay", "overview"])
def test_a_chart_is_a_valid_specification_that_fits_its_width(kind: str, lang: Lang, width: int) -> None:
    cases = {"taken": verdict(), "not_yet": not_yet(), "unsaid": unsaid()}
    if kind == "overview":
        chart = overview_chart([shown(one) for one in cases.values()], lang, width)
    elif kind == "replay":
        chart = replay_chart(shown(replay=steps()), lang, width)
    else:
        chart = series_chart(shown(cases[kind], later=vcr() if kind == "taken" else None), lang, width)
    assert chart is not None
    alt.Chart.from_dict(chart, validate=True)
    drawn = re.search(r'<svg [^>]*width="([0-9.]+)"', svg_of(chart))
    assert drawn is not None
    assert width * 0.6 < float(drawn[1]) <= width + 24


def test_what_came_later_is_drawn_hollow_and_so_is_a_revision() -> None:
    values = list(VCR)
    values[2] = 2222.0
    later = Series.of(values, start=1979, kind="per_period", unit="thousand units", id="vcr")
    found = shown(later=later)
    assert found.known()["value"].tolist() == list(VCR[:8])
    assert found.not_known().to_numpy().tolist() == [[1982.0, 2222.0], [1988.0, VCR[8]], [1989.0, VCR[9]]]
    chart = json.dumps(series_chart(found, "en", 920))
    assert "Hollow points" in chart
    assert "Hollow points" not in json.dumps(series_chart(shown(), "en", 920))
    assert len(shown().not_known()) == 0


def test_a_gap_is_no_point() -> None:
    series = Series.of([1.0, np.nan, 3.0], start=2000, kind="per_period")
    assert shown(verdict(series)).known()["year"].tolist() == [2001.0, 2003.0]


def test_the_curve_of_totals_is_drawn_through_totals() -> None:
    total = Series.of(np.cumsum(VCR), start=1979, kind="cumulative", unit="thousand units", id="vcr")
    made = replace(fit(vcr()), observed=Axis.of(total).observed)
    curve = shown(verdict(total, fits=(made,))).fitted()
    assert curve["year"].to_numpy() == pytest.approx(1980.0 + np.arange(10))
    # What had been sold by the end of the first year is a total, what came in each later year is on top.
    assert curve["value"].to_numpy() == pytest.approx(np.cumsum(made.fitted()))
    assert np.diff(curve["value"]) == pytest.approx(made.fitted()[1:])


def test_the_curve_of_totals_from_zero_begins_with_the_first_that_came() -> None:
    total = Series.of([0.0, *np.cumsum(VCR)], start=1978, kind="cumulative", unit="thousand units", id="vcr")
    made = replace(fit(vcr()), observed=Axis.of(total).observed)
    curve = shown(verdict(total, fits=(made,))).fitted()
    assert curve["year"].to_numpy() == pytest.approx(1980.0 + np.arange(10))
    assert curve["value"].iloc[-1] == pytest.approx(made.fitted().sum())


def test_the_curve_stands_over_the_periods_that_it_is_of() -> None:
    curve = shown().fitted()
    assert curve["year"].to_numpy() == pytest.approx(1980.0 + np.arange(8))
    assert curve["value"].to_numpy() == pytest.approx(VCR[:8], rel=0.35)
    assert shown(verdict(best_model=None)).fitted().empty


@pytest.mark.parametrize(
    ("low", "high", "span"),
    [
        (date(1981, 12, 31), date(1983, 12, 31), (1982.0, 1984.0)),
        (None, date(1983, 12, 31), (1975.0, 1984.0)),
        (date(1981, 12, 31), None, (1982.0, 1990.0)),
        (None, None, None),
        (date(1960, 12, 31), date(1961, 12, 31), None),
    ],
)
def test_an_interval_ends_where_the_picture_ends(low: date | None, high: date | None, span: Any) -> None:
    one = verdict(rules=readings(change_point={"low": low, "high": high}))
    assert shown(one).takeoff_span(Span(1975.0, 1990.0)) == span


def test_a_take_off_before_the_data_has_no_place_on_the_axis() -> None:
    one = verdict(rules=readings(change_point={"before_data": True}))
    assert shown(one).takeoff() is None
    assert shown(one).takeoff_span(Span(1975.0, 1990.0)) is None
    assert "or before" in finding(one, "en")


def test_years_end_at_whole_numbers() -> None:
    assert year_of(date(1999, 12, 31)) == 2000.0
    assert year_of(date(2000, 12, 31)) == 2001.0
    assert year_of(date(2023, 7, 2)) == pytest.approx(2023.5, abs=0.002)


@pytest.mark.parametrize(
    ("ends", "grain", "day", "written"),
    [
        (["2019", "2020"], "year", date(2020, 12, 31), ("2020", "2020년")),
        (["2019Q1", "2019Q2"], "quarter", date(2019, 6, 30), ("2019Q2", "2019년 2분기")),
        (["2019-01", "2019-02"], "month", date(2019, 2, 28), ("February 2019", "2019년 2월")),
        (["1950", "1960", "1965"], "year", date(1960, 12, 31), ("1960", "1960년")),
        (["2019-06-30", "2020-06-30"], "month", date(2020, 6, 30), ("June 2020", "2020년 6월")),
        (["2023-04-30", "2023-07-30", "2023-10-29"], "day", date(2023, 7, 30), ("30 July 2023", "2023년 7월 30일")),
    ],
)
def test_a_day_is_written_as_the_period_that_it_ends(
    ends: list[str], grain: str, day: date, written: tuple[str, str]
) -> None:
    series = Series.of(1.0 + np.arange(len(ends)), ends=ends, kind="per_period")
    assert grain_of(series) == grain
    assert (period(day, grain, "en"), period(day, grain, "ko")) == written
    assert grain_of(series, [date(2019, 5, 22)]) == "day"


@pytest.mark.parametrize(
    ("likely", "written"),
    [(1.0, f">{NBSP}99{NBSP}%"), (0.996, f">{NBSP}99{NBSP}%"), (0.99, f"99{NBSP}%"), (0.5, f"50{NBSP}%"),
     (0.004, f"<{NBSP}1{NBSP}%"), (0.0, f"<{NBSP}1{NBSP}%"), (None, "–"), (float("nan"), "–")],
)  # fmt: skip
def test_nothing_is_certain(likely: float | None, written: str) -> None:
    assert odds(likely) == written


def test_open_intervals_say_so() -> None:
    day = date(1983, 12, 31)
    assert between(None, day, "year", "en") == "1983 or before"
    assert between(day, None, "year", "en") == "1983 or later"
    assert between(day, day, "year", "ko") == "1983년"
    assert between(None, None, "year", "en") == ""


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.638091, "0.638"), (67980.9, "68,000"), (0.0000379, f"3.79{NBSP}×{NBSP}10⁻⁵"), (9e9, f"9.00{NBSP}×{NBSP}10⁹"),
     (0.0, "0"), (-2.5e-7, f"−2.50{NBSP}×{NBSP}10⁻⁷"), (None, "–")],
)  # fmt: skip
def test_a_number_of_any_size_has_three_digits(value: float | None, written: str) -> None:
    assert figure(value) == written


def test_the_answers_stand_in_the_order_of_their_odds() -> None:
    found = [shown(one) for one in (unsaid(), not_yet(), verdict())]
    assert [one.verdict.series.id for one in ranked(found)] == ["vcr", "holograms", "one"]
    block = summary_block(found, "en")
    assert [row[0].main for row in block.rows] == ["Video recorders, USA", "Holograms", "One value only"]
    said = dict(zip(block.head, block.rows[0], strict=True))
    assert (said["stage"].main, said["stage"].note) == ("growth", f"83{NBSP}%")
    assert said["has taken off"].main == f"97{NBSP}%"
    assert (said["take-off"].main, said["take-off"].note) == ("1982", "1981 to 1983")
    assert said["rules that see it"].main == "2 of 3"
    assert (said["peak"].main, said["peak"].note) == ("1986", "1985 or later")
    assert said["potential"].main.endswith(f"{NBSP}{verdict().series.unit}")
    assert block.rows[2][1].note == REASON.label("en")


def test_rules_stand_with_their_record_or_with_their_reason() -> None:
    rows = {row[0].main: row for row in rules_block(verdict(), "en").rows}
    assert [cell.main for cell in rows["threshold of growth"][1:]] == [
        "1982", "yes", f"21{NBSP}%", "1.0 years", f"90{NBSP}%",
    ]  # fmt: skip
    assert rows["elbow of the curve"][1].main == "no take-off"
    assert rows["2 % penetration"][1].note == readings()["penetration"].reason.label("en")  # type: ignore[union-attr]
    assert [cell.main for cell in rows["2 % penetration"][2:]] == ["–"] * 4
    assert rows["change of regime"][0].note == "the rule that decides"


def test_poor_fits_stay_in_the_table_with_what_is_wrong() -> None:
    good, poor = fits_block(verdict(), "en").rows
    assert good[0].note == "least squares on intervals · used for peak and forecast"
    assert good[1].main == "p 0.00659, q 0.638"
    assert good[1].note == f"p 3.79{NBSP}×{NBSP}10⁻⁵ to 0.00940, q 0.557 or later"
    assert poor[2].main.startswith("No curve fits soundly")
    assert [cell.main for cell in poor[4:]] == ["–", "–"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "took off in 1982 (1981 to 1983), with probability 97 %; now most likely in growth (83 %)"),
        (
            {"change_point": {"probability": 0.2}},
            "no take-off so far, probability 20 %; now most likely in growth",
        ),
        ({"change_point": {"date": None}}, "has taken off with probability 97 %, though the rule that dates it"),
        ({"change_point": {"probability": None}}, "took off in 1982 (1981 to 1983); now most likely in growth (83 %)"),
        ({"change_point": {"probability": None, "date": None}}, "no take-off so far; now most likely in growth"),
    ],
)
def test_a_finding_says_what_the_verdict_says(changes: dict[str, Any], said: str) -> None:
    found = finding(verdict(rules=readings(**changes)), "en").replace(NBSP, " ")
    assert found.startswith(said)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_headline_counts_what_has_taken_off(lang: Lang) -> None:
    some = [shown(one) for one in (unsaid(), not_yet(), verdict())]
    assert ("1 of 3" in headline(some, lang)) or ("3개 가운데 1개" in headline(some, lang))
    assert len(support(some, lang)) == 3
    assert headline(some[1:2], lang).startswith("Holograms: ")
    assert support(some[1:2], lang) == []
    none = headline(some[:2], lang)
    assert "none of 2" in none or "없습니다" in none


def test_a_peak_that_no_series_has_is_no_column() -> None:
    head = summary_block([shown(replace(verdict(), peak=None)), shown(unsaid())], "en").head
    assert "potential" in head
    assert "peak" not in head


def test_a_rule_without_odds_is_answered_with_yes_or_no() -> None:
    plain = readings(change_point={"probability": None})
    rows = summary_block([shown(verdict(rules=plain)), shown(not_yet())], "en").rows
    assert rows[0][2].main == "yes"


def test_few_series_and_very_many_have_no_overview() -> None:
    assert overview_chart([shown()], "en", 920) is None
    assert overview_chart([shown(unsaid()), shown()], "en", 920) is None
    assert overview_chart([shown()] * 81, "en", 920) is None


def test_the_overview_draws_a_year_in_its_middle() -> None:
    chart = overview_chart([shown(), shown(not_yet())], "en", 920)
    assert chart is not None
    assert rows_of(chart, "series", "year") == [{"series": "series-1", "year": 1982.5}]
    assert rows_of(chart, "series", "year", "high") == [{"series": "series-1", "year": 1981.5, "high": 1983.5}]


def test_the_overview_points_to_what_lies_before_the_data() -> None:
    early = readings(change_point={"before_data": True})
    chart = overview_chart([shown(verdict(rules=early)), shown(not_yet())], "en", 920)
    assert chart is not None
    assert rows_of(chart, "series", "year") == [{"series": "series-1", "year": 1982.5}]
    assert "triangle-left" in json.dumps(chart)
    assert "Arrow: before the data begin." in json.dumps(chart)


def test_a_replay_shows_each_day_until_the_next_and_nothing_where_a_rule_is_silent() -> None:
    chart = replay_chart(shown(replay=steps()), "en", 920)
    assert chart is not None
    tiles = rows_of(chart, "rule", "year", "end", "share")
    assert {tile["rule"] for tile in tiles} == {"together", "threshold", "elbow", "change_point"}
    own = [(tile["year"], tile["end"], tile["share"]) for tile in tiles if tile["rule"] == "threshold"]
    assert own[:3] == [(1982.0, 1983.0, 1.0), (1983.0, 1984.0, 0.0), (1984.0, 1985.0, 0.0)]
    assert rows_of(chart, "rule", "year")[0] == {"rule": "threshold", "year": 1983.0}
    assert replay_chart(shown(), "en", 920) is None


def test_hindsight_counts_how_often_each_rule_was_wrong() -> None:
    rows = {row[0].main: [cell.main for cell in row[1:]] for row in hindsight_block(shown(replay=steps()), "en").rows}
    # Held against 1982: the threshold rule spoke a year early and was silent in 1982 and 1983, of eight days.
    assert rows["threshold of growth"] == ["1981", "−1.0 years", f"38{NBSP}%", "8"]
    assert rows["elbow of the curve"] == ["1986", "4.0 years", f"50{NBSP}%", "8"]
    assert rows["2 % penetration"] == ["–", "–", "–", "0"]
    block = replay_block(shown(replay=steps()), "en")
    assert len(block.rows) == 8
    assert [cell.main for cell in block.rows[0]] == ["1981", f"5.0{NBSP}%", "1982", "–", "no take-off", "no take-off"]


@pytest.mark.parametrize(
    ("top", "lang", "words"), [(5e7, "en", "in millions"), (5e7, "ko", "만 단위"), (5e5, "en", "")]
)
def test_large_values_are_written_in_the_readers_powers(top: float, lang: Lang, words: str) -> None:
    series = Series.of(np.linspace(top / 10, top, 8), start=1990, kind="per_period", unit="units")
    one = verdict(series, fits=(), best_model=None, forecast=None)
    chart = series_chart(shown(one), lang, 920)
    assert (words in json.dumps(chart, ensure_ascii=False)) or not words
    assert ("in millions" in json.dumps(chart)) == (words == "in millions")
    highest = max(row["value"] for row in rows_of(chart, "year", "value"))
    assert highest == pytest.approx({"in millions": 50, "만 단위": 5000, "": 5e5}[words])
