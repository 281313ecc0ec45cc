from __future__ import annotations

import json
from typing import Any

import pytest
from selenium.webdriver import Chrome
from tests.browser.test_report import WIDTHS, shown
from tests.unit.takeoff_data import not_yet, steps, unsaid, vcr, verdict

from majung.messages import LANGUAGES, Lang
from majung.report.takeoff import render

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[Lang, str]:
    folder = tmp_path_factory.mktemp("takeoff")
    long = "Korean firms of ten and more employees that use artificial intelligence"
    verdicts = [verdict(), not_yet(), unsaid(), not_yet("long", long), not_yet("ko", "인공지능을 쓰는 기업")]
    return {
        lang: render(
            verdicts,
            later={"vcr": vcr()},
            replays={"vcr": steps()},
            lang=lang,
            out=folder / lang / "report.html",
            pictures=False,
        ).as_uri()
        for lang in LANGUAGES
    }


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("size", WIDTHS)
def test_the_page_opens_without_errors_or_a_network(
    browser: Chrome, pages: dict[Lang, str], lang: Lang, size: str
) -> None:
    browser.get_log("browser")  # what other pages left there
    shown(browser, pages[lang], WIDTHS[size])
    requested: list[Any] = browser.execute_script("return performance.getEntriesByType('resource').map(e => e.name)")
    assert [name for name in requested if not name.startswith("data:")] == []
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []
    assert browser.execute_script("return document.documentElement.lang") == lang


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("size", WIDTHS)
def test_nothing_is_wider_than_the_window_even_unfolded(
    browser: Chrome, pages: dict[Lang, str], lang: Lang, size: str
) -> None:
    shown(browser, pages[lang], WIDTHS[size])
    browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert browser.execute_script("return document.documentElement.scrollWidth") <= WIDTHS[size][0]
    visible = browser.execute_script(
        "return [...document.querySelectorAll('figure')].map(f => [...f.children]"
        ".filter(d => d.getBoundingClientRect().height > 50).length)"
    )
    assert len(visible) == 7
    assert set(visible) == {1}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("size", WIDTHS)
def test_no_words_of_a_picture_lie_on_others_or_outside(
    browser: Chrome, pages: dict[Lang, str], lang: Lang, size: str
) -> None:
    shown(browser, pages[lang], WIDTHS[size])
    found: list[str] = browser.execute_script(
        """
        const wrong = [];
        for (const svg of document.querySelectorAll('figure svg')) {
            const frame = svg.getBoundingClientRect();
            if (!frame.width) continue;
            const texts = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]);
            const seen = texts.filter(([words, box]) => words.trim() && box.width);
            for (const [words, box] of seen)
                if (box.left < frame.left - 2 || box.right > frame.right + 2) wrong.push('outside: ' + words);
            seen.forEach(([words, a], i) => seen.slice(i + 1).forEach(([others, b]) => {
                const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
                const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
                if (wide > 2 && high > 4) wrong.push(words + ' | ' + others);
            }));
        }
        return wrong;
        """
    )
    assert found == []


def test_the_answer_of_the_first_series_stands_on_the_first_screens(browser: Chrome, pages: dict[Lang, str]) -> None:
    shown(browser, pages["ko"], WIDTHS["desk"])
    bottom = browser.execute_script("return document.querySelector('#answer tbody tr').getBoundingClientRect().bottom")
    assert bottom < WIDTHS["desk"][1]


@pytest.mark.parametrize("where", ["h1", "figure .wide svg text", "td, th"])
def test_letters_come_from_the_font_of_the_report(browser: Chrome, pages: dict[Lang, str], where: str) -> None:
    shown(browser, pages["ko"], WIDTHS["desk"])
    browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    browser.execute_cdp_cmd("DOM.enable", {})
    browser.execute_cdp_cmd("CSS.enable", {})
    root = browser.execute_cdp_cmd("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
    nodes = browser.execute_cdp_cmd("DOM.querySelectorAll", {"nodeId": root, "selector": where})["nodeIds"]
    assert nodes
    fonts = set()
    for node in nodes[:200]:
        found = browser.execute_cdp_cmd("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
        fonts |= {(font["familyName"], font["isCustomFont"]) for font in found}
    assert fonts
    assert all("Pretendard" in name and custom for name, custom in fonts), json.dumps(sorted(fonts))
