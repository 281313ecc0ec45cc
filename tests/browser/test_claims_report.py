from __future__ import annotations

from typing import Any

import pytest
from selenium.webdriver import Chrome
from tests.browser.test_report import WIDTHS, shown
from tests.unit import claims_data, explore_data, search_data

from majung.messages import LANGUAGES, Lang
from majung.report import claims, explore, search

pytestmark = pytest.mark.browser

FIGURES = {"claims": 12, "explore": 6, "search": 7}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, Lang], str]:
    folder = tmp_path_factory.mktemp("studies")
    found: dict[tuple[str, Lang], str] = {}
    for lang in LANGUAGES:
        out = {name: folder / lang / f"{name}.html" for name in FIGURES}
        plain, dated = claims_data.scenario(), search_data.scenario()
        claims.render(claims_data.claims(), plain, lang=lang, out=out["claims"], pictures=False)
        explore.render(explore_data.exploration(), plain, lang=lang, out=out["explore"], pictures=False)
        search.render(search_data.search(), dated, lang=lang, out=out["search"], pictures=False)
        found |= {(name, lang): path.as_uri() for name, path in out.items()}
    return found


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("size", WIDTHS)
def test_the_page_opens_whole_without_errors_or_a_network(
    browser: Chrome, pages: dict[tuple[str, Lang], str], name: str, lang: Lang, size: str
) -> None:
    shown(browser, pages[name, lang], WIDTHS[size])
    requested: list[Any] = browser.execute_script("return performance.getEntriesByType('resource').map(e => e.name)")
    assert [name for name in requested if not name.startswith("data:")] == []
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []
    browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert browser.execute_script("return document.documentElement.scrollWidth") <= WIDTHS[size][0]
    visible = browser.execute_script(
        "return [...document.querySelectorAll('figure')].map(f => [...f.children]"
        ".filter(d => d.getBoundingClientRect().height > 50).length)"
    )
    assert visible == [1] * FIGURES[name]


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("size", WIDTHS)
def test_no_words_of_a_picture_lie_on_others_or_outside(
    browser: Chrome, pages: dict[tuple[str, Lang], str], name: str, lang: Lang, size: str
) -> None:
    shown(browser, pages[name, lang], WIDTHS[size])
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
def test_verdicts_are_of_one_size_whatever_they_say(
    browser: Chrome, pages: dict[tuple[str, Lang], str], size: str
) -> None:
    shown(browser, pages["claims", "ko"], WIDTHS[size])
    sizes = browser.execute_script(
        "return [...document.querySelectorAll('header .tone')].map(e => getComputedStyle(e).fontSize)"
    )
    assert len(sizes) == 4
    assert len(set(sizes)) == 1


def test_the_first_verdict_stands_on_the_first_screen(browser: Chrome, pages: dict[tuple[str, Lang], str]) -> None:
    shown(browser, pages["claims", "ko"], WIDTHS["desk"])
    bottom = browser.execute_script("return document.querySelector('header .tone').getBoundingClientRect().bottom")
    assert bottom < WIDTHS["desk"][1]
