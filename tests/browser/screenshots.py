"""`make screenshots`: every page in both languages as a picture, to be looked at; the best stand in the README."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.browser import serving

ROOT = Path(__file__).resolve().parents[2]
ALL = ROOT / "results" / "screenshots"
BEST = ROOT / "studio" / "web" / "pictures"
COLOURS = 128
WINDOW: Any = {"width": 1440, "height": 1080}
README = {"stage": "en", "compare": "en", "debrief": "en"}
"""Pictures that stand in the README, and in which language."""

PAGES = {
    "start": "/?",
    "stage": "/stage?scenario=decree",
    "projector": "/stage?scenario=all_present",
    "why": "/stage?scenario=handover",
    "compare": "/compare?scenario=decree",
    "debrief": "/debrief?scenario=coordinator",
    "notes": "/notes?scenario=pilot",
}


def main() -> None:
    """Take them all."""
    ALL.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, serving.site() as site:
        browser = playwright.chromium.launch(executable_path=serving.chromium(), args=list(serving.QUIET))
        for lang in ("sv", "en"):
            for name, address in PAGES.items():
                page = browser.new_context(viewport=WINDOW).new_page()
                page.goto(f"{site}{address}&lang={lang}")
                _prepare(page, name)
                file = ALL / f"{name}_{lang}.png"
                page.screenshot(path=file)
                sys.stdout.write(f"{file.relative_to(ROOT)}\n")
                page.context.close()
                if README.get(name) == lang:
                    Image.open(file).convert("RGB").quantize(COLOURS).save(BEST / f"{name}.png", optimize=True)
        browser.close()


def _prepare(page: Page, name: str) -> None:
    """What is to be seen on it."""
    if page.locator("#stage").count():
        page.wait_for_selector('#stage[aria-busy="false"]', timeout=120_000)
    if name in ("stage", "projector", "compare"):
        month = "t => { const m = document.getElementById('month'); m.value = t; m.dispatchEvent(new Event('input')); }"
        page.evaluate(month, 44 if name == "stage" else 60)
    if name == "projector":
        page.keyboard.press("p")
    if name == "why":
        page.click("#whys summary")
        page.fill("#clinic", "Lindö 12")
        page.click("#why")
        page.wait_for_selector("#drawer_body h3", timeout=60_000)
    page.wait_for_timeout(500)


if __name__ == "__main__":
    main()
