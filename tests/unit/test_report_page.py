from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import binom
from tests.unit.report_data import TITLES, Case, case

from majung.decision.statistics import mean_interval
from majung.ensemble import as_statistics
from majung.messages import LANGUAGES, Lang, catalogue
from majung.parameters import LocalText
from majung.report import FIGURES, document, drawing, render
from majung.report.page import blocks
from majung.report.page.certainty import chance_of_best, lead
from majung.report.page.sections import sections
from majung.report.page.sentences import finding, headline
from majung.report.series import Results, chain_order

SMALL: dict[str, Any] = {
    "strategies": tuple(TITLES)[:4],
    "technologies": ("content", "software", "cloud"),
    "replications": 12,
}
NASTY = '<script>alert("x")</script>&\'{{ 7 * 7 }}'


@pytest.fixture(scope="module")
def made() -> Case:
    return case(**SMALL)


def results(made: Case) -> Results:
    return Results(made.dataset, made.scenario, made.summaries)


class Page(HTMLParser):
    """What a reader and a browser find in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._within: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "style":
            self._within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._within and tag == self._within[-1]:
            self._within.pop()

    def handle_data(self, data: str) -> None:
        if not self._within:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def rendered(made: Case, folder: Path, lang: Lang = "en") -> str:
    """Write a page with empty charts, which take most of the time; the charts have tests of their own."""
    empty = dict.fromkeys(FIGURES if len(made.summaries) > 1 else ("net_gain", "sales"), ({}, {}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(document, "at_both_widths", lambda charts: empty)
        patch.setattr(drawing, "to_svg", lambda *_, **__: "<svg></svg>")
        path = render(
            made.dataset, made.scenario, made.summaries, lang=lang, out=folder / "report.html", pictures=False
        )
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module", params=LANGUAGES)
def whole(request: pytest.FixtureRequest, made: Case, tmp_path_factory: pytest.TempPathFactory) -> tuple[Lang, str]:
    """A page with its charts."""
    out = tmp_path_factory.mktemp("page") / "report.html"
    render(made.dataset, made.scenario, made.summaries, lang=request.param, out=out, pictures=False)
    return request.param, out.read_text(encoding="utf-8")


def test_the_page_holds_all_that_was_promised(made: Case, whole: tuple[Lang, str]) -> None:
    lang, page = whole[0], Page(whole[1])
    words = catalogue(lang)
    for key in ("ranking", "programmes", "time", "money", "supported", "survival", "chain", "takeoff"):
        assert words[f"report.topic.{key}"] in page.text
    for key in ("real", "reconstructed", "intended", "not_intended", "identity", "calibration", "sources"):
        assert words[f"report.page.{key}"] in page.text
    assert made.scenario.real.text(lang) in page.text
    assert made.scenario.reconstructed.text(lang) in page.text
    for name in SMALL["strategies"]:
        assert TITLES[name].text(lang) in page.text
    for key in ("run_id", "result_hash", "scenario_hash", "majung_version"):
        assert str(made.dataset.attrs[key]) in page.text
    for name in made.scenario.parameters:
        assert name in page.text
    ids = {attributes.get("id") for _, attributes in page.tags}
    assert {f"figure-{key}" for key in FIGURES} <= ids


def test_the_page_asks_nothing_of_a_network_and_runs_nothing(whole: tuple[Lang, str]) -> None:
    text = whole[1]
    page = Page(text)
    assert not {tag for tag, _ in page.tags} & {"script", "iframe", "object", "embed", "img", "link", "base", "form"}
    for tag, attributes in page.tags:
        assert not any(name.startswith("on") for name in attributes)
        assert "src" not in attributes
        if "href" in attributes and tag != "a":
            assert (attributes["href"] or "").startswith("#")
    assert not re.search(r"url\((?!data:font/|#)", text)
    assert "@import" not in text
    assert len(text.encode()) < 3_000_000


def test_the_ids_of_a_page_are_unique(whole: tuple[Lang, str]) -> None:
    ids = [attributes["id"] for _, attributes in Page(whole[1]).tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_titles_are_words_and_not_markup(tmp_path: Path) -> None:
    titles = dict(TITLES) | {"blanket": LocalText(ko=NASTY, en=NASTY)}
    made = case(replications=4, titles=titles)
    links = tuple(replace(source, url="javascript:alert(1)") for source in made.scenario.sources)
    nasty = LocalText(ko=NASTY, en=NASTY)
    scenario = replace(made.scenario, title=nasty, description=nasty, real=nasty, reconstructed=nasty, sources=links)
    text = rendered(replace(made, scenario=scenario), tmp_path)
    page = Page(text)
    assert "script" not in {tag for tag, _ in page.tags}
    assert "javascript:" not in text
    assert "49" not in page.text.split(NASTY)[0]
    assert NASTY in page.text


@pytest.mark.parametrize(
    ("effects", "expected"),
    [
        ({"small-first": 0.5, "blanket": 0.0}, "‘Selective mix, small firms first’ gains most"),
        ({"small-first": -0.2, "blanket": -0.1}, "Nobody beats hands-off"),
    ],
)
def test_the_headline_says_what_the_numbers_say(effects: dict[str, float], expected: str) -> None:
    made = case(strategies=("hands-off", *effects), effects=effects)
    assert headline(results(made), "en").sentence.startswith(expected)


def test_the_headline_admits_doubt() -> None:
    made = case(strategies=("hands-off", "blanket", "small-first"), effects={"small-first": 0.5}, replications=12)
    best = max(made.summaries, key=lambda summary: summary.net_gain.mean)
    unsure = replace(best, net_gain=replace(best.net_gain, low=-best.net_gain.mean))
    torn = replace(best, probability_best=0.4)
    for changed, expected in ((unsure, "is not certain"), (torn, "is best in only 40")):
        summaries = tuple(changed if summary.id == best.id else summary for summary in made.summaries)
        assert expected in headline(results(replace(made, summaries=summaries)), "en").sentence


def test_the_best_is_held_against_the_next_best_in_the_same_worlds() -> None:
    made = case(strategies=("hands-off", "blanket", "small-first"), effects={"small-first": 0.5, "blanket": 0.1})
    found = results(made)
    ahead = lead(found)
    assert ahead is not None
    assert [ahead.first.id, ahead.second.id] == ["small-first", "blanket"]
    outcomes = found.array("sample_outcomes")
    gains = outcomes.sel(outcome="private_domestic_sales") - found.outcomes.marginal_cost * outcomes.sel(
        outcome="public_spent"
    )
    expected = mean_interval((gains.sel(strategy="small-first") - gains.sel(strategy="blanket")).values, 0.95)
    assert [ahead.difference.mean, ahead.difference.low, ahead.difference.high] == pytest.approx(
        [expected.mean, expected.low, expected.high]
    )
    (said,) = (words for words in headline(found, "en").support if "next best" in words)
    assert "cannot be told apart" not in said


def test_strategies_alike_cannot_be_told_apart() -> None:
    made = case(strategies=("hands-off", "blanket", "small-first"), effects={"small-first": 0.1, "blanket": 0.1})
    assert any("cannot be told apart" in words for words in headline(results(made), "en").support)


def test_the_chance_of_being_best_has_the_exact_interval() -> None:
    found = results(case(**SMALL))
    third = replace(found.summaries[0], probability_best=0.25)
    chance = chance_of_best(third, found)
    assert chance is not None
    tail = (1 - found.confidence) / 2
    # By its definition: at either end 3 of 12 worlds or fewer, or 3 or more, are as rare as the level allows.
    assert [binom.cdf(3, 12, chance.high), binom.sf(2, 12, chance.low)] == pytest.approx([tail, tail])


def test_difference_less_money_spent_is_the_net_gain_as_written() -> None:
    made = case(strategies=("hands-off", "blanket", "small-first"), effects={"small-first": 0.5, "blanket": 0.1})
    for row in blocks.ranking(results(made), "en").rows:
        gain, difference, spent = (row[at].main.replace("−", "-").replace(",", "") for at in (1, 3, 4))
        decimals = {len(written.partition(".")[2]) for written in (gain, difference, spent) if written != "0"}
        assert len(decimals) < 2
        step = 10.0 ** -max(decimals, default=0)
        assert float(difference) - float(spent) == pytest.approx(float(gain), abs=1.01 * step)


@pytest.mark.parametrize("alike", [True, False])
def test_a_table_of_takeoffs_that_says_one_thing_is_folded(alike: bool, made: Case) -> None:
    first = str(made.dataset["quarter"].values[0])
    quarters: list[dict[str, str | None]] = [
        dict.fromkeys(summary.takeoff_quarter, first) for summary in made.summaries
    ]
    if not alike:
        quarters[0] = dict.fromkeys(quarters[0])
    summaries = tuple(replace(s, takeoff_quarter=q) for s, q in zip(made.summaries, quarters, strict=True))
    section = sections(results(replace(made, summaries=summaries)), "en", ())[-1]
    assert (len(section.parts[0].tables), len(section.parts[0].folded)) == ((1, 1) if alike else (2, 0))


def test_a_korean_page_writes_quarters_in_one_way(made: Case, tmp_path: Path) -> None:
    words = Page(rendered(made, tmp_path, "ko")).text
    assert re.search(r"\d{4}년 [1-4]분기", words)
    assert not re.search(r"\d{4}Q[1-4]", words)


def test_hands_off_alone_is_a_report_too(tmp_path: Path) -> None:
    made = case(strategies=("hands-off",), replications=8)
    text = Page(rendered(made, tmp_path)).text
    assert "Only hands-off was run" in text
    assert "money flows" not in text.lower()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_one_world_has_no_intervals(tmp_path: Path, lang: Lang) -> None:
    made = case(replications=1)
    text = Page(rendered(made, tmp_path, lang)).text
    assert "nan" not in text.lower().split()


def test_one_technology_and_one_firm_are_enough(tmp_path: Path) -> None:
    made = case(technologies=("cloud",), firms=1, replications=6, quarters=3)
    assert "Cloud" in Page(rendered(made, tmp_path)).text


def test_a_failed_world_is_left_out_and_counted(tmp_path: Path) -> None:
    made = case(replications=10)
    for name in ("private_final_sales", "budget", "live_ventures", "private_raised"):
        made.dataset[name][1, 3] = np.nan
    found = results(made)
    assert (found.replications, found.failed) == (9, 1)
    text = Page(rendered(made, tmp_path)).text
    assert "9; 1 more failed under some strategy and are not compared" in text


@pytest.mark.parametrize(("replications", "said"), [(1024, False), (1030, True)])
def test_what_is_of_the_first_worlds_only_says_so(replications: int, said: bool, tmp_path: Path) -> None:
    made = case(strategies=("hands-off", "blanket"), technologies=("cloud",), quarters=6, replications=replications)
    shown = json.dumps(FIGURES["sales"](results(made), "en", 920))
    assert ("first 1,024 of 1,030 worlds" in shown) is said
    text = Page(rendered(made, tmp_path)).text
    assert (catalogue("en")["report.identity.sampled"] in text) is said


def test_statistics_and_whole_worlds_are_the_same_page(made: Case, tmp_path: Path) -> None:
    statistics = replace(made, dataset=as_statistics(made.dataset))
    assert rendered(statistics, tmp_path / "a") == rendered(made, tmp_path / "b")


def test_every_finding_is_a_sentence_without_a_hole(made: Case) -> None:
    found = results(made)
    keys = (
        "ranking",
        "sales",
        "difference",
        "money",
        "raised",
        "supported",
        "survival",
        "chain",
        "chain_difference",
        "takeoff",
    )
    for lang in LANGUAGES:
        for key in keys:
            sentence = finding(key, found, lang)
            assert sentence
            assert not re.search(r"[{}]|nan|\(를\)|\(은\)|\(가\)", sentence)


def test_strategies_stand_in_the_order_of_their_net_gain(made: Case) -> None:
    gains = [summary.net_gain.mean for summary in results(made).summaries]
    assert gains == sorted(gains, reverse=True)


def test_the_chain_runs_from_users_to_makers(made: Case) -> None:
    order = chain_order(made.scenario)
    users, makers = made.scenario.inputs.technology, made.scenario.inputs.input
    ids = list(made.scenario.technologies.id)
    assert sorted(order) == sorted(ids)
    assert all(order.index(ids[user]) < order.index(ids[maker]) for user, maker in zip(users, makers, strict=True))


def test_the_report_is_whole_or_not_there(made: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "report.html"
    target.write_text("the last one")

    def fail(self: Path, target: Path) -> Path:
        raise OSError("no space left")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="no space"):
        rendered(made, tmp_path)
    assert target.read_text() == "the last one"
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_the_same_run_is_the_same_page(made: Case, tmp_path: Path) -> None:
    assert rendered(made, tmp_path / "a") == rendered(made, tmp_path / "b")
