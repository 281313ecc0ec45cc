from __future__ import annotations

import pytest
from selenium.webdriver import Chrome

pytestmark = pytest.mark.browser


def test_browser_renders_korean(browser: Chrome) -> None:
    browser.get("data:text/html;charset=utf-8,<title>마중</title><p>마중물</p>")
    assert browser.title == "마중"
    assert browser.find_element("tag name", "p").text == "마중물"
