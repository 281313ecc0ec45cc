from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome
from tests.unit.report_data import case

from majung.messages import LANGUAGES, Lang
from majung.report import render

pytestmark = pytest.mark.browser

WIDTHS = {"desk": (1280, 900), "telephone": (400, 860)}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[Lang, str]:
    made = case(strategies=("hands-off", "small-first", "late"), technologies=("content", "cloud"), replications=12)
    folder = tmp_path_factory.mktemp("report")
    return {
        lang: render(
            made.dataset,
            made.scenario,
            made.summaries,
            lang=lang,
            out=folder / lang / "report.html",
            pictures=lang == "ko",
        ).as_uri()
        for lang in LANGUAGES
    }


def shown(browser: Chrome, address: str, size: tuple[int, int]) -> None:
    width, height = size
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.get_log("browser")  # what other pages left there
    browser.get(address)
    browser.execute_script("return document.fonts.ready.then(() => true)")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("size", WIDTHS)
def test_the_page_opens_without_errors_or_a_network(
    browser: Chrome, pages: dict[Lang, str], lang: Lang, size: str
) -> None:
    shown(browser, pages[lang], WIDTHS[size])
    requested: list[Any] = browser.execute_script("return performance.getEntriesByType('resource').map(e => e.name)")
    assert [name for name in requested if not name.startswith("data:")] == []
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []
    assert browser.execute_script("return document.documentElement.lang") == lang


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("size", WIDTHS)
def test_nothing_is_wider_than_the_window(browser: Chrome, pages: dict[Lang, str], lang: Lang, size: str) -> None:
    shown(browser, pages[lang], WIDTHS[size])
    assert browser.execute_script("return document.documentElement.scrollWidth") <= WIDTHS[size][0]
    visible = browser.execute_script(
        "return [...document.querySelectorAll('figure')].map(f => [...f.children]"
        ".filter(d => d.getBoundingClientRect().height > 50).length)"
    )
    assert visible
    assert set(visible) == {1}


def test_what_is_real_stands_on_the_first_screen(browser: Chrome, pages: dict[Lang, str]) -> None:
    shown(browser, pages["ko"], WIDTHS["desk"])
    bottoms = browser.execute_script(
        "return [...document.querySelectorAll('.two > div')].map(d => d.getBoundingClientRect().bottom)"
    )
    assert len(bottoms) == 2
    assert max(bottoms) < WIDTHS["desk"][1]


@pytest.mark.parametrize("where", ["h1", "figure .wide svg text", "td, th"])
def test_korean_letters_come_from_the_font_of_the_report(browser: Chrome, pages: dict[Lang, str], where: str) -> None:
    """Ask the browser with which font it drew the letters."""
    shown(browser, pages["ko"], WIDTHS["desk"])
    browser.execute_cdp_cmd("DOM.enable", {})
    browser.execute_cdp_cmd("CSS.enable", {})
    root = browser.execute_cdp_cmd("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
    nodes = browser.execute_cdp_cmd("DOM.querySelectorAll", {"nodeId": root, "selector": where})["nodeIds"]
    assert nodes
    fonts = set()
    for node in nodes[:80]:
        found = browser.execute_cdp_cmd("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
        fonts |= {(font["familyName"], font["isCustomFont"]) for font in found}
    assert fonts
    assert all("Pretendard" in name and custom for name, custom in fonts), json.dumps(sorted(fonts))


def test_a_picture_alone_shows_korean_in_its_own_font(browser: Chrome, pages: dict[Lang, str]) -> None:
    picture = pages["ko"].replace("report.html", "figures/sales.svg")
    browser.get(picture)
    assert Path(picture.removeprefix("file://")).stat().st_size < 400_000
    loaded = browser.execute_script(
        "return document.fonts.ready.then(f => [...f].filter(x => x.status === 'loaded').length)"
    )
    assert loaded == 2
