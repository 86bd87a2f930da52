"""A real server on this machine and a real Chromium that looks at it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from studio.web import questions
from tests.browser import serving

FEW_WORLDS = 20
AXE = Path(__file__).parents[1] / "vendor" / "axe-core-4.14.1" / "axe.min.js"


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address of a running server whose answers hold few worlds; `make torture` has all."""
    with pytest.MonkeyPatch.context() as patch, serving.site() as address:
        patch.setattr(questions, "MOST_WORLDS", FEW_WORLDS)
        yield address


@pytest.fixture(scope="session")
def playing() -> Iterator[Playwright]:
    """Playwright."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playing: Playwright) -> Iterator[Browser]:
    """The system's Chromium."""
    found = serving.chromium()
    if not found:
        missing = "the pages are looked at in Chromium, and there is none. Write: sudo apt-get install chromium"
        pytest.fail(missing) if os.environ.get("REQUIRE_BROWSER") else pytest.skip(missing)
    started = playing.chromium.launch(executable_path=found, args=list(serving.QUIET))
    yield started
    started.close()


class Watched:
    """A page with all that went wrong on it, and all that it asked for."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site
        self.wrong: list[str] = []
        self.elsewhere: list[str] = []
        page.on("console", lambda message: message.type in ("error", "warning") and self.wrong.append(message.text))
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("request", lambda request: request.url.startswith(site) or self.elsewhere.append(request.url))

    def stage(self, lang: str = "sv", scenario: str = "smallest", wish: str = "") -> Page:
        """The stage, ready to play."""
        self.page.goto(f"{self.site}/stage?scenario={scenario}&lang={lang}{wish}")
        return self.ready()

    def ready(self) -> Page:
        """The page when the answer is on it."""
        self.page.wait_for_selector('#stage[aria-busy="false"]', timeout=60_000)
        return self.page

    def findings(self) -> list[str]:
        """What axe finds wrong with the page for people who do not see or use it as others do."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("async () => (await axe.run()).violations")
        return [f"{one['id']}: {node['html']}" for one in found for node in one["nodes"]]


@pytest.fixture
def watched(browser: Browser, site: str) -> Iterator[Watched]:
    """A fresh page; afterwards nothing must have gone wrong, and nothing must have been asked of anybody else."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    made = Watched(context.new_page(), site)
    yield made
    context.close()
    assert not made.wrong
    assert not made.elsewhere
