from __future__ import annotations

import base64
import io
import json
import re
import struct
from pathlib import Path

import altair as alt
import pandas as pd
import pytest
from fontTools.ttLib import TTFont
from tests.unit.report_data import Case, case

from majung.ensemble import Progress
from majung.messages import Lang
from majung.report import FIGURES, render
from majung.report.figures.fonts import cut_fonts, font_faces, lend
from majung.report.figures.panels import Rows, Specification
from majung.report.figures.pictures import letters, to_png, to_svg, with_faces
from majung.report.series import Results

WIDTHS = (920, 350)


@pytest.fixture(scope="module")
def results() -> Results:
    made = case(replications=24)
    return Results(made.dataset, made.scenario, made.summaries)


@pytest.mark.parametrize(("width", "lang"), [(920, "ko"), (350, "en")])
@pytest.mark.parametrize("key", FIGURES)
def test_a_chart_is_a_valid_specification_that_fits_its_width(
    results: Results, key: str, width: int, lang: Lang
) -> None:
    specification = specified(results, key, lang, width)
    alt.Chart.from_dict(specification, validate=True)
    assert len(json.dumps(specification)) < 250_000
    drawn = re.search(r'<svg [^>]*width="([0-9.]+)"', svg_of(specification))
    assert drawn is not None
    assert width * 0.7 < float(drawn[1]) <= width + 24


def test_charts_without_anything_to_show_are_left_out() -> None:
    made = case(strategies=("hands-off",), replications=4)
    alone = Results(made.dataset, made.scenario, made.summaries)
    shown = {key for key, chart in FIGURES.items() if chart(alone, "en", 920) is not None}
    assert shown == {"net_gain", "sales", "ventures", "chain"}


def test_one_world_has_no_bands_and_says_so() -> None:
    made = case(replications=1)
    results = Results(made.dataset, made.scenario, made.summaries)
    for key in ("sales", "difference", "ventures"):
        specification = json.dumps(specified(results, key))
        assert "One world only, so no bands" in specification
        assert '"area"' not in specification


def test_more_technologies_than_colours_are_put_together() -> None:
    made = case(technologies=tuple(f"technology-{number}" for number in range(11)), replications=3)
    results = Results(made.dataset, made.scenario, made.summaries)
    svg = svg_of(specified(results, "money_by_technology"))
    assert ">others<" in svg


def test_a_failed_world_draws_no_hole() -> None:
    made = case(replications=6)
    made.dataset["private_final_sales"][1, 3] = float("nan")
    results = Results(made.dataset, made.scenario, made.summaries)
    assert not results.fan("difference").isna().any().any()


def test_pictures_lie_beside_the_report(tmp_path: Path) -> None:
    made = case(strategies=("hands-off", "blanket", "late"), technologies=("cloud", "hbm"), replications=6)
    render(made.dataset, made.scenario, made.summaries, lang="ko", out=tmp_path / "report.html")
    names = {path.name for path in (tmp_path / "figures").iterdir()}
    assert names == {f"{key}.{kind}" for key in FIGURES for kind in ("svg", "png")}
    width, height = struct.unpack(">II", (tmp_path / "figures" / "sales.png").read_bytes()[16:24])
    assert width > 1700
    assert height > 300


def test_an_svg_brings_the_letters_that_it_shows() -> None:
    words = "뷁 마중물 쫓뚫 & <b>"
    svg = with_faces(svg_of(text_chart(words)), font_faces(cut_fonts(words)))
    fonts = re.findall(r'font-weight:(\d+);.*?base64,([A-Za-z0-9+/=]+)\) format\("woff"\)', svg)
    assert {weight for weight, _ in fonts} == {"400", "600"}
    for _, font in fonts:
        letters = TTFont(io.BytesIO(base64.b64decode(font))).getBestCmap()
        assert {ord(letter) for letter in words} <= letters.keys()


def test_korean_is_drawn_and_not_as_boxes() -> None:
    """Letters that a font lacks are all drawn as the same box; ours differ, and differ from a letter no font has."""
    charts = [text_chart(words) for words in ("뷁뷁", "쀍쀍", "마마", "\U0010fffd\U0010fffd")]
    shown = [to_png(svg_of(chart), family_of(chart)) for chart in charts]
    assert len(set(shown)) == 4


def test_a_chart_is_drawn_alike_in_every_report_of_a_process() -> None:
    chart = text_chart("마중물 −12.3")
    alone = svg_of(chart)
    other = lend(cut_fonts(letters(chart) + "다른 보고서의 글자"))
    assert to_svg(chart, other, name="x", label="y") == alone
    assert to_png(alone, other) == to_png(alone, family_of(chart))
    assert other not in alone


def test_rows_that_are_missing_are_null() -> None:
    rows = Rows()
    assert rows.named(pd.DataFrame({"a": [1.5, None], "b": ["x", "y"]})) == {"name": "rows0"}
    assert rows.datasets == {"rows0": [{"a": 1.5, "b": "x"}, {"a": None, "b": "y"}]}


def test_every_picture_is_counted(tmp_path: Path) -> None:
    made = case(strategies=("hands-off",), technologies=("cloud",), replications=2)
    told: list[Progress] = []
    render(made.dataset, made.scenario, made.summaries, out=tmp_path / "report.html", progress=told.append)
    assert told == [Progress(done, 12) for done in range(1, 13)]


def test_an_interrupt_between_pictures_leaves_no_page(tmp_path: Path) -> None:
    made = case(strategies=("hands-off",), technologies=("cloud",), replications=2)

    def stop(progress: Progress) -> None:
        if progress.done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render(made.dataset, made.scenario, made.summaries, out=tmp_path / "report.html", progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_ids_inside_a_picture_carry_its_name(results: Results) -> None:
    svg = svg_of(specified(results, "chain"), name="chain-w")
    assert all(found.startswith("chain-w-") for found in re.findall(r'\bid="([^"]+)"', svg))
    assert all(found.startswith("chain-w-") for found in re.findall(r"url\(#([^)]+)\)", svg))


def test_a_label_cannot_leave_its_attribute(results: Results) -> None:
    svg = svg_of(specified(results, "net_gain"), label='"><script>')
    assert "<script>" not in svg


def test_shares_of_the_chain_add_up(results: Results) -> None:
    chain = results.chain_totals().set_index(["strategy", "technology"])
    sales = results.fan("sales").groupby("strategy")["mean"].sum()
    together = (chain["final"] + chain["derived"]).groupby("strategy").sum()
    pd.testing.assert_series_equal(together.sort_index(), sales.sort_index(), check_names=False, check_index_type=False)


def test_money_is_the_same_money_however_it_is_split(results: Results) -> None:
    frames = (results.money_by_instrument(), results.money_by_class(), results.money_by_technology())
    spent = {summary.id: summary.public_spent for summary in results.summaries}
    for frame in frames:
        paid = frame[frame.iloc[:, 1] != "returned"].groupby("strategy")["amount"].sum()
        assert {name: pytest.approx(amount) for name, amount in paid.items()} == spent


def text_chart(words: str) -> Specification:
    return alt.Chart(pd.DataFrame({"words": [words]})).mark_text(fontSize=30).encode(text="words:N").to_dict()


def specified(results: Results, key: str, lang: Lang = "en", width: int = 920) -> Specification:
    specification = FIGURES[key](results, lang, width)
    assert specification is not None
    return specification


def family_of(specification: Specification) -> str:
    return lend(cut_fonts(letters(specification)))


def svg_of(specification: Specification, *, name: str = "x", label: str = "y") -> str:
    return to_svg(specification, family_of(specification), name=name, label=label)


def test_a_case_is_made_up_alike_every_time() -> None:
    one: Case = case(replications=3)
    assert one.dataset.identical(case(replications=3).dataset)
