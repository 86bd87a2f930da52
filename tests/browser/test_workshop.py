"""The workshop in a real browser: what trainers do, with keyboard and mouse, offline and in both languages."""

from __future__ import annotations

import http.client
import json
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from studio import texts
from studio.web import questions, runs, telling
from studio.web.opened import Opened


def state(page: Page) -> dict[str, Any]:
    """What the page says of itself."""
    found: dict[str, Any] = page.evaluate("() => window.spread.state()")
    return found


def to_month(page: Page, month: int) -> dict[str, Any]:
    """The counts after scrubbing to a month."""
    page.evaluate(
        "t => { const m = document.getElementById('month'); m.value = t; m.dispatchEvent(new Event('input')); }",
        month,
    )
    return dict(state(page)["counts"])


def test_the_stage_shows_the_engine_s_own_worlds(watched: Any) -> None:
    """The counts at the horizon are those of the same world in the engine, and the bands its quantiles."""
    page = watched.stage()
    shown = state(page)
    found = runs.answer(questions.Questions(Opened()).asked({"scenario": "smallest"}).source())
    world = shown["room"]["world"]
    counts = to_month(page, shown["months"])
    for name, result in found.results.items():
        users = counts[name]["using"] + counts[name]["sustained"] + counts[name]["nominal"]
        assert users == round(float(result.final["reach"][world]) * shown["clinics"])
        assert counts[name]["sustained"] == round(float(result.final["sustained"][world]) * shown["clinics"])
    middle = np.quantile(found.results["help"].curves["reach"][:, -1], 0.5, method="inverted_cdf")
    assert telling.payload(found, None, texts.load("sv"))["strategies"]["help"]["bands"]["reach"]["median"][
        -1
    ] == round(float(middle), 4)


def test_an_event_keeps_the_past_and_changes_the_future(watched: Any) -> None:
    """Months before a pandemic are as they were; undo brings the whole run back."""
    page = watched.stage()
    last = state(page)["months"]
    before = [to_month(page, month) for month in (3, 8, last)]
    to_month(page, 8)
    page.click('[data-event="pandemic"]')
    watched.ready()
    expect(page.locator("#happened li")).to_have_count(1)
    after = [to_month(page, month) for month in (3, 8, last)]
    assert after[:2] == before[:2]
    assert after[2] != before[2]
    page.click("#undo")
    watched.ready()
    assert [to_month(page, month) for month in (3, 8, last)] == before


def test_playback_goes_on_without_a_network(watched: Any) -> None:
    """Once loaded, play, step, back and scrub need nobody."""
    page = watched.stage()
    page.context.set_offline(True)
    page.select_option("#speed", "0")
    page.click("#play")
    assert state(page)["room"]["month"] == state(page)["months"]
    page.click("#back")
    assert state(page)["room"]["month"] == state(page)["months"] - 1


def test_the_stage_is_played_by_keyboard_alone(watched: Any) -> None:
    """Tab reaches every control; arrows step, r begins anew, p is for the projector."""
    page = watched.stage()
    page.locator("#main").evaluate("main => { main.tabIndex = -1; main.focus(); }")
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    assert state(page)["room"]["month"] == 1
    page.keyboard.press("r")
    assert state(page)["room"]["month"] == 0
    page.keyboard.press("p")
    expect(page.locator("#projector")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("p")
    reached = set()
    for _ in range(80):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("() => document.activeElement.id || document.activeElement.dataset.event"))
    controls = {"play", "back", "step", "reset", "month", "speed", "again", "projector", "language", "pandemic"}
    assert controls | {f"p-{name}" for name in questions.SLIDERS} <= reached


def test_a_slider_asks_anew_and_is_remembered(watched: Any) -> None:
    """What the room has chosen is in the address: a reload and the other language keep it."""
    page = watched.stage()
    last = state(page)["months"]
    before = to_month(page, last)
    page.locator("#p-peer_influence").press("End")
    page.wait_for_timeout(200)
    watched.ready()
    changed = to_month(page, last)
    assert changed != before
    page.click("#language")
    watched.ready()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert state(page)["counts"] == changed


def test_nothing_is_wider_than_the_projector(watched: Any) -> None:
    """1024 x 768, twice the type size, and a phone: no sideways scrolling."""
    page = watched.stage()
    for width, zoom in ((1024, 1), (1024, 2), (390, 1)):
        page.set_viewport_size({"width": width // zoom, "height": 768})
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), (width, zoom)


def test_every_canvas_is_drawn_and_told_in_words(watched: Any) -> None:
    """No canvas is blank, and each says what it shows; the table holds the same."""
    page = watched.stage()
    to_month(page, state(page)["months"])
    for canvas in page.locator("canvas[role=img]").all():
        inked = canvas.evaluate("c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(v => v > 0)")
        assert inked
        assert "av 40 använder" in (canvas.get_attribute("aria-label") or "")
    page.click("#twins summary")
    assert page.locator("#table_figures tbody tr").count() == len(telling.SHORT)
    assert page.locator("#table_regions tbody tr").count() == 2


# --- what is refused --------------------------------------------------------------------------------------------------


def posted(site: str, body: bytes, path: str = "/api/runs", **headers: str) -> tuple[int, str]:
    """Status and text of a POST that no page made."""
    there = http.client.HTTPConnection(urlsplit(site).netloc, timeout=120)
    with closing(there):
        there.request("POST", path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = there.getresponse()
        return answer.status, answer.read().decode()


@pytest.fixture
def token(watched: Any) -> str:
    """This start's token, as a page has it."""
    watched.page.goto(f"{watched.site}/")
    return str(watched.page.locator('meta[name="innomotor-token"]').get_attribute("content"))


def test_only_the_own_pages_may_ask(site: str, token: str) -> None:
    """Without the token, from another origin, under another name or with too much: refused."""
    asked = json.dumps({"scenario": "smallest"}).encode()
    assert posted(site, asked)[0] == 403
    assert posted(site, asked, X_Innomotor_Token=token, Origin="http://elsewhere.example")[0] == 403
    assert posted(site, asked, X_Innomotor_Token=token, Host="elsewhere.example")[0] == 400
    assert posted(site, b"0" * 1_100_000, X_Innomotor_Token=token)[0] == 413
    assert posted(site, asked, X_Innomotor_Token=token)[0] == 200


@pytest.mark.parametrize(
    ("content", "status", "told"),
    [
        (b"{", 400, "not JSON"),
        (b"[" * 100_000, 400, "not JSON"),
        (b"[]", 422, "Write one of"),
        (b'{"scenario": "../secret"}', 422, "there is no '../secret'"),
        (b'{"scenario": "smallest", "changes": {"plugins": {"x": {}}}}', 422, "plugins"),
        (b'{"scenario": "smallest", "changes": {"months": 1000000000}}', 422, "months"),
        (b'{"scenario": "smallest", "changes": {"parameters": {"peer_influense": 1}}}', 422, "peer_influence"),
        (b'{"scenario": "smallest", "changes": {"events": [{"month": 1, "<script>": {}}]}}', 422, "events"),
    ],
)
def test_a_bad_request_is_told_and_kills_nothing(site: str, token: str, content: bytes, status: int, told: str) -> None:
    """Each mistake is named, and the server answers the next."""
    found = posted(site, content, X_Innomotor_Token=token)
    assert found[0] == status, found
    assert told in json.loads(found[1])["mistakes"][0]
    assert posted(site, b'{"scenario": "smallest"}', X_Innomotor_Token=token)[0] == 200


def test_every_answer_carries_the_policy(watched: Any) -> None:
    """Nothing inline, nothing from elsewhere, on every kind of answer."""
    for address in ("/", "/stage?scenario=smallest", "/static/stage.js", "/nowhere"):
        answer = watched.page.request.get(watched.site + address)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
