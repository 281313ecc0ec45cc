"""The report on a search: what the page says, its tables, its object, the same bytes."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import altair as alt
import numpy as np
import openpyxl
import pytest
from tests.unit.search_data import OWN, scenario, search
from tests.unit.test_report_page import Page

from majung.decision.search.result import Found, Search, difference
from majung.decision.statistics import mean_interval
from majung.messages import LANGUAGES, Lang, catalogue
from majung.parameters import LocalText
from majung.report.search import as_json, finding, headline, render, strategy_words, write_search
from majung.report.search.blocks import contenders_block
from majung.report.search.charts import CHARTS, budgets_chart
from majung.report.search.words import best_own, contender_name, rivals, support


def words_of(written: str) -> str:
    return " ".join(written.split())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_says_all_of_a_search(tmp_path: Path, lang: Lang) -> None:
    one = search()
    written = render(one, scenario(), lang=lang, out=tmp_path / "report.html", pictures=False).read_text("utf-8")
    found = Page(written)
    for sentence in (headline(one, lang), *support(one, lang), *(finding(found, one, lang) for found in one.budgets)):
        assert words_of(sentence) in found.text
    for of_budget in one.budgets:
        for contender in of_budget.contenders:
            assert words_of(contender_name(contender, lang)) in found.text
            assert words_of(strategy_words(contender.strategy, one.unit, lang)) in found.text
    assert one.run_id in found.text
    assert one.result_hash in found.text
    assert "<script" not in written
    ids = {attributes.get("id") for _, attributes in found.tags}
    assert {"figure-budgets", *(f"figure-budget-{place}-{key}" for place in (1, 2) for key in CHARTS)} <= ids
    pictures = [attributes for tag, attributes in found.tags if tag == "svg"]
    assert len(pictures) == 2 * (1 + 2 * len(CHARTS))
    assert all(len(attributes.get("aria-label") or "") > 30 for attributes in pictures)


def test_a_strategy_is_said_in_words() -> None:
    said = strategy_words(OWN, "million KRW", "en")
    assert said.startswith(
        "Subsidy 100\N{NO-BREAK SPACE}%; KRW\N{NO-BREAK SPACE}100\N{NO-BREAK SPACE}million a quarter"
    )
    assert "for 10 quarters, from quarter 1 on" in said
    assert strategy_words(OWN, "million KRW", "en", brief=True) == ". ".join(said.split(". ")[:2]).rstrip(".") + "."
    assert strategy_words(OWN.model_copy(update={"budget": 0.0}), "million KRW", "ko") == "사업 없음"


def test_findings_do_not_claim_more_than_was_found() -> None:
    one = search()
    found = one.budgets[0]
    own = best_own(found)
    assert own is not None
    assert found.winner.id != own.id
    assert "more than ‘What is on the table’" in finding(found, one, "en")
    beaten = replace(found, choices={**found.choices, "expected": own.id}, gain=None)
    assert finding(beaten, one, "en").startswith(
        "With KRW\N{NO-BREAK SPACE}1\N{NO-BREAK SPACE}billion the scenario’s own ‘What is on the table’ was chosen"
    )
    assert any(
        "one of the scenario’s own was chosen" in said for said in support(replace(one, budgets=(beaten,)), "en")
    )
    alone = replace(found, gain=None, contenders=tuple(one for one in found.contenders if not one.own))
    assert "more than" not in finding(alone, one, "en")
    assert headline(replace(one, budgets=()), "ko") == "찾은 예산이 없습니다"


def made_up(budget: float, *by_world: tuple[float, ...]) -> Found:
    """Return what was found for a budget: finalists of these values in fresh worlds, the first the chosen one."""
    found = search().budgets[0]
    plain = found.contenders[0]
    finalists = tuple(
        replace(
            plain,
            strategy=plain.strategy.model_copy(update={"id": f"s{place}", "title": LocalText(en=f"S{place}", ko="")}),
            own=False,
            value=mean_interval(np.array(values), 0.95),
            by_world=dict(enumerate(values, 100)),
        )
        for place, values in enumerate(by_world)
    )
    return replace(found, budget=budget, contenders=finalists, choices=dict.fromkeys(found.choices, "s0"), gain=None)


def of_budgets(*found: Found, objective: str = "gain_per_budget") -> Search:
    return replace(search(), budgets=found, objective=objective)


LITTLE, MUCH, NOISY = (0.1, 0.5, 0.9, 0.4), (0.2, 0.6, 1.0, 0.52), (3.0, -1.0, -2.0, 4.0)


def test_which_budget_goes_furthest_is_said_only_where_the_worlds_tell() -> None:
    # Their own intervals overlap by far; world by world one is always ahead.
    sure = of_budgets(made_up(1000.0, LITTLE), made_up(5000.0, MUCH))
    assert sure.budgets[0].value.high > sure.budgets[1].value.mean
    said = headline(sure, "en")
    assert said.startswith("Of 2 budgets, KRW\N{NO-BREAK SPACE}5\N{NO-BREAK SPACE}billion goes furthest: 0.580 (")
    assert said.endswith(") units of private sales per unit of budget. On average it makes less than it costs")
    assert any("billion is ahead of KRW" in line and "0.105 (0.0" in line for line in support(sure, "en"))
    unsure = of_budgets(made_up(1000.0, MUCH), made_up(5000.0, NOISY))
    assert headline(unsure, "en").startswith("It cannot be told which of 2 budgets goes furthest; ")
    assert any("billion is ahead of KRW" in line and "\N{MINUS SIGN}" in line for line in support(unsure, "en"))
    assert "가릴 수 없습니다" in headline(unsure, "ko")
    level = of_budgets(made_up(1000.0, LITTLE), made_up(5000.0, MUCH), objective="private_domestic_sales")
    assert "makes most: " in headline(level, "en")
    assert "costs" not in headline(level, "en")


def test_differences_are_of_the_worlds_that_the_figures_are_of() -> None:
    found = search().budgets[0]
    own = best_own(found)
    assert own is not None
    assert found.gain == difference(found.winner, own, 0.95)
    assert np.mean(list(found.winner.by_world.values())) == pytest.approx(found.value.mean)
    assert found.differences(0.95).keys() == {one.id for one in found.runner_ups}
    # All at once is wider than one by one.
    assert found.differences(0.95)[own.id].half_width > found.gain.half_width


def test_budgets_that_share_no_world_cannot_be_told_apart() -> None:
    bare = made_up(1000.0, LITTLE)
    bare = replace(bare, contenders=tuple(replace(one, by_world={}) for one in bare.contenders))
    said = of_budgets(bare, made_up(5000.0, MUCH))
    assert headline(said, "en").startswith("It cannot be told")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((0.2, 0.3, 0.25, 0.26), "It makes surely less than it costs"),
        ((0.1, 1.4, 0.9, 0.2), "On average it makes less than it costs"),
        ((1.1, 1.4, 0.9, 1.2), ""),
    ],
)
def test_what_makes_less_than_it_costs_is_called_so(values: tuple[float, ...], said: str) -> None:
    one = of_budgets(made_up(1000.0, values))
    for sentence in (headline(one, "en"), finding(one.budgets[0], one, "en")):
        assert sentence.endswith(said or "per unit of budget")


def test_a_finalist_that_does_better_in_fresh_worlds_is_named() -> None:
    found = made_up(1000.0, LITTLE, MUCH, NOISY, (0.0, 0.1, 0.2, 0.1))
    one = of_budgets(found)
    sure, unsure = rivals(found, one, "en")
    assert "surely more was made in the fresh worlds than by the chosen ‘S0’: by ‘S1’, 0.105 (0.0" in sure
    assert "but they cannot be told apart: by ‘S2’, 0.525 (" in unsure
    assert "S3" not in sure + unsure
    assert set(support(one, "en")) >= {sure, unsure}
    assert rivals(made_up(1000.0, MUCH, LITTLE), one, "en") == []
    table = contenders_block(found, one, "en")
    assert table.rows[0][3].main == "–"
    assert table.rows[1][3].main == "0.105"
    ahead = [row["ahead"] for row in as_json(one, "en")["budgets"][0]["finalists"]]
    assert ahead[0] is None
    assert [row["mean"] for row in ahead[1:]] == pytest.approx([0.105, 0.525, -0.375])


@pytest.mark.parametrize(("lang", "width"), [("en", 920), ("ko", 350)])
def test_a_chart_is_a_valid_specification(lang: Lang, width: int) -> None:
    one = search()
    drawn = [budgets_chart(one, lang, width), *(chart(one.budgets[0], one, lang, width) for chart in CHARTS.values())]
    for found in drawn:
        assert found is not None
        alt.Chart.from_dict(found)


def test_json_has_no_nan_and_names_the_best() -> None:
    one = search()
    found = as_json(one, "en", {"report": "report.html"})
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    first = found["budgets"][0]
    assert first["best"] == one.budgets[0].winner.id
    assert first["value"]["mean"] == one.budgets[0].value.mean
    assert len(first["finalists"]) == len(one.budgets[0].contenders)
    assert first["worlds"] == {"search": 8, "choice": 16, "report": 16}
    assert first["finalists"][0]["figures"]["winners"] == one.budgets[0].contenders[0].strategy.winners


@pytest.mark.parametrize("lang", LANGUAGES)
def test_tables_hold_every_finalist_and_the_workbook_opens(tmp_path: Path, lang: Lang) -> None:
    one = search()
    files = write_search(one, tmp_path, lang, scenario())
    assert set(files) == {"finalists", "objectives", "figures", "xlsx"}
    with files["finalists"].open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    contenders = [contender for found in one.budgets for contender in found.contenders]
    assert [row["strategy"] for row in rows] == [contender.id for contender in contenders]
    assert [float(row["value_mean"]) for row in rows] == pytest.approx([each.value.mean for each in contenders])
    assert sum(int(row["expected"]) for row in rows) == len(one.budgets)
    book = openpyxl.load_workbook(files["xlsx"])
    names = [catalogue(lang)[f"report.search.sheet.name.{name}"] for name in ("finalists", "objectives", "figures")]
    assert book.sheetnames == [*names, catalogue(lang)["report.study.about"]]
    assert next(sheet.max_row for sheet in book) == 1 + len(contenders)
    again = write_search(one, tmp_path / "again", lang, scenario())
    assert all(files[name].read_bytes() == again[name].read_bytes() for name in files)
