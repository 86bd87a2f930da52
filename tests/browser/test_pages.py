"""Every page once in a real browser and in both languages: sound, accessible, and asking nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

PAGES = {
    "first page": "/?",
    "stage": "/stage?scenario=smallest",
    "compare": "/compare?scenario=smallest",
    "debrief": "/debrief?scenario=smallest",
    "notes": "/notes?scenario=pilot",
}
"""Address of every page, by what it is."""


def fits(page: Page) -> bool:
    """Whether nothing is wider than the window, once charts have followed it."""
    for _ in range(50):
        if page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"):
            return True
        page.wait_for_timeout(100)
    return False


@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_sound_and_accessible(watched: Any, name: str, lang: str) -> None:
    """In its language, without findings of axe, without a word on the console, fit for a projector of 1024 x 768."""
    page = watched.page
    page.goto(f"{watched.site}{PAGES[name]}&lang={lang}")
    if page.locator("#stage").count():
        watched.ready()
    expect(page.locator("html")).to_have_attribute("lang", lang)
    expect(page.locator(".mistakes:not(:empty)")).to_have_count(0)
    assert watched.findings() == []
    for width in (1024, 512):
        page.set_viewport_size({"width": width, "height": 768})
        assert fits(page), width


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_what_cannot_be_shown_is_said(watched: Any, lang: str) -> None:
    """An unknown scenario is a page that says so, and accessible too."""
    watched.page.goto(f"{watched.site}/stage?scenario=none&lang={lang}")
    assert watched.findings() == []
    watched.wrong.clear()  # it is a 404, which the browser notes
