"""The pages on the built wheel, in a clean environment and a real browser: the whole matrix, and how fast it is."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import threading
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from studio.web.pages.start import STORIES
from tests.browser import serving

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "tests" / "vendor" / "axe-core-4.14.1" / "axe.min.js"
LANGUAGES = ("sv", "en")
PAGES = (
    "/?",
    *(f"/{page}?scenario={story}&" for story in STORIES for page in ("stage", "compare", "debrief", "notes")),
)
FRAMES = """async () => {
  const month = document.getElementById('month');
  const [drawn, shown] = [[], []];
  for (let i = 0; i < 60; i++) {
    const began = performance.now();
    month.value = i;
    month.dispatchEvent(new Event('input'));
    drawn.push(performance.now() - began);
    await new Promise(requestAnimationFrame);
    shown.push(performance.now() - began);
  }
  return [drawn, shown];
}"""


def matrix(folder: Path) -> str:
    """Every page and story in both languages on the built wheel: axe, widths, print, offline, nobody else asked."""
    with _installed(folder) as site, _browser() as browser:
        for lang in LANGUAGES:
            for address in PAGES:
                _looked_at(browser, site, f"{site}{address}lang={lang}")
        return f"{len(PAGES)} pages in 2 languages: axe, 1024 and 512 px, print, offline; {_first_page(browser, site)}"


def ten_at_once(folder: Path) -> str:
    """Ten pages play at once, and each is as smooth as one alone."""
    with serving.site() as site, _browser() as browser:
        alone = _frames(_open(browser, site, "self_monitoring"))
        pages = [_open(browser, site, "smallest") for _ in range(9)]
        for page in pages:
            page.click("#play")
        together = _frames(_open(browser, site, "self_monitoring"))
    assert together[0] < 1000 / 30, together
    return "1,201 clinics under four strategies, " + "; ".join(
        f"{where}: {drawn:.0f} ms to draw a month, {1000 / shown:.0f} frames a second"
        for where, (drawn, shown) in (("alone", alone), ("beside nine that play", together))
    )


def _open(browser: Browser, site: str, scenario: str) -> Page:
    page = browser.new_context().new_page()
    page.goto(f"{site}/stage?scenario={scenario}&lang=sv")
    page.wait_for_selector('#stage[aria-busy="false"]', timeout=300_000)
    return page


def _frames(page: Page) -> tuple[float, float]:
    """Time to draw a month, and from one frame to the next [ms]; lower quartiles, as other work only slows it."""
    drawn, shown = page.evaluate(FRAMES)
    return statistics.quantiles(drawn, n=4)[0], statistics.quantiles(shown, n=4)[0]


def _looked_at(browser: Browser, site: str, address: str) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: message.type in ("error", "warning") and wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: request.url.startswith((site, "blob:", "data:")) or wrong.append(request.url))
    page.goto(address)
    if page.locator("#stage").count():
        page.wait_for_selector('#stage[aria-busy="false"]', timeout=300_000)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("async () => (await axe.run()).violations.map(one => one.id)")
    assert not found, (address, found)
    for width in (1024, 512):
        page.set_viewport_size({"width": width, "height": 768})
        page.wait_for_timeout(300)
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), (address, width)
    assert page.pdf().startswith(b"%PDF")
    if page.locator("#play").count():
        context.set_offline(True)
        page.select_option("#speed", "0")
        page.click("#play")
        page.click("#back")
        assert int(page.locator("#now").inner_text()) > 0
    assert not wrong, (address, wrong)
    context.close()


def _first_page(browser: Browser, site: str) -> str:
    """How much the first page loads, and when it can be used."""
    page = browser.new_context().new_page()
    page.goto(f"{site}/?lang=sv", timeout=120_000)
    page.wait_for_selector("#offline:not(:empty)", timeout=120_000)
    told: dict[str, Any] = page.evaluate(
        """() => ({
          bytes: performance.getEntries().reduce((sum, one) => sum + (one.transferSize ?? 0), 0),
          ready: performance.getEntriesByType('navigation')[0].domInteractive,
        })"""
    )
    assert told["bytes"] < 150_000, told
    return f"first page {told['bytes'] / 1000:.0f} kB, interactive after {told['ready']:.0f} ms"


@contextmanager
def _browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=serving.chromium(), args=list(serving.QUIET))
        yield started
        started.close()


@contextmanager
def _installed(folder: Path) -> Iterator[str]:
    """The built wheel in an environment of its own, and its workshop running from a folder that holds nothing else."""
    folder.mkdir(parents=True, exist_ok=True)
    wheel = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(wheel, check=True, capture_output=True)
    venv.create(folder / "env", with_pip=True)
    built = next(folder.glob("innomotor-*.whl"))
    python = folder / "env" / "bin" / "python"
    pins = ["--constraint", str(ROOT / "constraints.txt")]
    install = [str(python), "-m", "pip", "install", "--quiet", *pins, f"{built}[web]"]
    subprocess.run(install, check=True, capture_output=True, cwd=folder)
    command = [str(python.with_name("innomotor")), "workshop", "--no-open"]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    with subprocess.Popen(command, cwd=folder, env=clean, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield _address(server)
        finally:
            server.terminate()


def _address(server: subprocess.Popen[str]) -> str:
    """What the command prints first; read in a thread so that a silent server is noticed."""
    said: list[str] = []
    stdout = server.stdout
    reader = threading.Thread(target=lambda: said.append(stdout.readline() if stdout else ""), daemon=True)
    reader.start()
    reader.join(120)
    found = re.match(r"(http://127\.0\.0\.1:\d+)/", said[0] if said else "")
    assert found, said
    time.sleep(1)
    return found[1]
