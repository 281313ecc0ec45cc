from __future__ import annotations

import json
from typing import Any

import pytest
from selenium.webdriver import Chrome
from tests.browser.test_report import WIDTHS, shown
from tests.unit.awards_data import allocation, scenario

from majung.messages import LANGUAGES, Lang
from majung.report.awards import render

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[Lang, str]:
    folder = tmp_path_factory.mktemp("awards")
    one = allocation(awards=50, nears=300, refused=120)
    return {
        lang: render(one, scenario(), lang=lang, out=folder / lang / "report.html", pictures=False).as_uri()
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
    outside: list[str] = browser.execute_script(
        "return [...document.querySelectorAll('main :is(td, th, dd, dt, li, p, summary span)')]"
        ".filter(e => e.getBoundingClientRect().right > innerWidth + 1 && e.getBoundingClientRect().width > 1)"
        ".map(e => e.textContent.slice(0, 60))"
    )
    assert outside == []
    visible = browser.execute_script(
        "return [...document.querySelectorAll('figure')].map(f => [...f.children]"
        ".filter(d => d.getBoundingClientRect().height > 50).length)"
    )
    assert visible == [1, 1, 1]


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
                // The same words in white lie under those that are read.
                if (words !== others && wide > 2 && high > 4) wrong.push(words + ' | ' + others);
            }));
        }
        return wrong;
        """
    )
    assert found == []


@pytest.mark.parametrize("size", WIDTHS)
def test_an_award_unfolds_to_its_drivers_rules_and_rows(browser: Chrome, pages: dict[Lang, str], size: str) -> None:
    shown(browser, pages["ko"], WIDTHS[size])
    entry = browser.find_element("id", "award-2")
    reasons = entry.find_element("class name", "reasons")
    assert not reasons.is_displayed()
    summary = entry.find_element("tag name", "summary")
    # At once, not smoothly: a click does not wait until the page stands still.
    browser.execute_script("arguments[0].scrollIntoView({behavior: 'instant', block: 'center'})", summary)
    summary.click()
    assert reasons.is_displayed()
    assert "평판" in reasons.text
    assert "applications.csv 3행" in reasons.text
    target = reasons.find_element("css selector", "a").get_attribute("href")
    assert target is not None
    assert target.endswith("#rule-1")


def test_lists_stay_short_on_a_telephone(browser: Chrome, pages: dict[Lang, str]) -> None:
    shown(browser, pages["ko"], WIDTHS["telephone"])
    heights: list[float] = browser.execute_script(
        "return [...document.querySelectorAll('.entry')].map(e => e.getBoundingClientRect().height)"
    )
    assert len(heights) == 80
    assert max(heights[5:]) < 220


def test_the_first_award_stands_on_the_first_two_screens(browser: Chrome, pages: dict[Lang, str]) -> None:
    shown(browser, pages["ko"], WIDTHS["desk"])
    bottom = browser.execute_script("return document.querySelector('.entry').getBoundingClientRect().bottom")
    assert bottom < 2 * WIDTHS["desk"][1]


@pytest.mark.parametrize("where", ["h1", "figure .wide svg text", "summary span", "td, th"])
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
