"""The workshop in a real browser: what trainers do, with keyboard and mouse, offline and in both languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from playwright.sync_api import Page, expect

from studio import texts
from studio.cli import shipped
from studio.web import questions, runs, telling
from studio.web.opened import Opened
from studio.web.pages.start import STORIES


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
    told = telling.payload(found, None, texts.load("sv"))["strategies"]["help"]["bands"]["reach"]["median"]
    assert told[-1] == round(float(middle), 4)


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


def test_a_lever_keeps_the_past_and_only_its_own_strategy_changes(watched: Any) -> None:
    """A decision under `let` from month 6 on changes what comes after, there and nowhere else."""
    page = watched.stage()
    last = state(page)["months"]
    before = [to_month(page, month) for month in (5, last)]
    to_month(page, 6)
    page.click("#levers summary")
    page.select_option("#lever_strategy", "let")
    page.select_option("#lever", "mandate")
    page.click("#pull")
    watched.ready()
    after = [to_month(page, month) for month in (5, last)]
    assert after[0] == before[0]
    assert after[1]["let"] != before[1]["let"]
    assert after[1]["help"] == before[1]["help"]


def test_playback_goes_on_without_a_network(watched: Any) -> None:
    """Once loaded, play, step, back and scrub need nobody; what needs the server says so."""
    page = watched.stage()
    page.context.set_offline(True)
    page.select_option("#speed", "0")
    page.click("#play")
    assert state(page)["room"]["month"] == state(page)["months"]
    page.click("#back")
    assert state(page)["room"]["month"] == state(page)["months"] - 1
    page.click("#again")
    expect(page.locator("#mistakes")).to_contain_text("Servern svarar inte")
    watched.wrong.clear()  # the browser notes that it was offline


def test_the_stage_is_played_by_keyboard_alone(watched: Any) -> None:
    """Tab reaches every control; arrows step, r begins anew, p is for the projector, u undoes."""
    page = watched.stage()
    page.locator("#main").evaluate("main => main.focus()")
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    assert state(page)["room"]["month"] == 1
    page.keyboard.press("r")
    assert state(page)["room"]["month"] == 0
    page.keyboard.press("p")
    expect(page.locator("#projector")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("p")
    for summary in page.locator("aside summary").all():
        summary.press("Enter")
    reached = set()
    for _ in range(90):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("() => document.activeElement.id || document.activeElement.dataset.event"))
    controls = {"play", "back", "step", "reset", "month", "speed", "again", "mark", "pandemic", "lever", "dose", "pull"}
    controls |= {"guess_strategy", "s-let", "clinic", "why", "more_choice"}
    assert controls | {f"p-{name}" for name in questions.SLIDERS} <= reached


def test_a_slider_asks_anew_and_is_remembered(watched: Any) -> None:
    """What the room has chosen is in the address: a reload and the other language keep it."""
    page = watched.stage()
    last = state(page)["months"]
    before = to_month(page, last)
    page.locator("#p-peer_influence").evaluate("p => { p.value = p.max; p.dispatchEvent(new Event('input')); }")
    page.wait_for_timeout(200)
    watched.ready()
    changed = to_month(page, last)
    assert changed != before
    page.click("#language")
    watched.ready()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert state(page)["counts"] == changed


def test_any_parameter_can_become_a_slider(watched: Any) -> None:
    """Those of a plugin too, in words, with its unit."""
    page = watched.stage(scenario="fett_b")
    options = page.locator("#more_choice option").evaluate_all("all => all.map(one => one.value)")
    assert len(options) > 100
    own = [name for name in options if name.startswith("vasterbotten.")]
    assert own
    page.locator("details:has(#more_choice) summary").click()
    page.select_option("#more_choice", own[0])
    expect(page.locator("#more .slider")).to_have_count(1)


def test_reduced_motion_comes_to_the_end_at_once(watched: Any) -> None:
    """Who does not want things to move gets the last month."""
    watched.page.emulate_media(reduced_motion="reduce")
    page = watched.stage()
    page.click("#play")
    assert state(page)["room"]["month"] == state(page)["months"]


def test_a_guess_is_laid_beside_the_run(watched: Any) -> None:
    """The room's guess and its hands are kept, and at the end the page says how it went."""
    page = watched.stage()
    page.click("#guess summary")
    page.fill("#guess_36", "99")
    page.fill("#hands_let", "12")
    page.fill("#hands_make", "8")
    page.keyboard.press("Tab")
    expect(page.locator("#guess_result")).to_have_text("")
    to_month(page, 36)
    expect(page.locator("#guess_result")).to_contain_text("Rummet gissade 99")
    expect(page.locator("#guess_result")).to_contain_text("av 20")


def test_a_clinic_tells_why_it_waited(watched: Any) -> None:
    """By name and by a click on it: timeline, what held it back, what would have tipped it, whom it listens to."""
    page = watched.stage()
    page.click("#whys summary")
    page.fill("#clinic", "Norrdal 09")
    page.click("#why")
    expect(page.locator("#drawer_body h3")).to_have_count(4)
    expect(page.locator("#drawer_title")).to_contain_text("Norrdal 09")
    assert watched.findings() == []
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()
    page.locator("canvas[role=img]").first.click(position=place_of(page, 9))
    expect(page.locator("#drawer_title")).to_be_visible()
    assert page.locator("#clinic").input_value() in page.locator("#drawer_title").inner_text()


def place_of(page: Page, clinic: int) -> Any:
    """Where a clinic stands on the first canvas."""
    spot = watched_clinics(page)
    box = page.locator("canvas[role=img]").first.bounding_box() or {"width": 0, "height": 0}
    return {"x": spot["x"][clinic] * box["width"], "y": spot["y"][clinic] * box["height"]}


def watched_clinics(page: Page) -> dict[str, Any]:
    """The clinics as the server tells them."""
    ask = """async () => (await fetch('/api/clinics', {method: 'POST', body: JSON.stringify({scenario: 'smallest'}),
        headers: {'x-innomotor-token': document.querySelector('meta[name="innomotor-token"]').content}})).json()"""
    found: dict[str, Any] = page.evaluate(ask)
    return found


def test_the_debrief_tells_what_was_done_and_its_files_open(watched: Any, tmp_path: Path) -> None:
    """Timeline, bookmarks side by side; PNG, CSV, YAML and PDF are what they say."""
    page = watched.stage()
    page.click("#mark")
    to_month(page, 9)
    page.click('[data-event="champions_leave"]')
    watched.ready()
    page.click('a[href*="/debrief"]')
    watched.ready()
    expect(page.locator("#timeline li")).to_have_count(2)
    expect(page.locator("#left_deeds")).to_have_text("Inget är ändrat")
    expect(page.locator("#right_deeds")).to_contain_text("eldsjälarna")
    starts = {"pdf": b"%PDF", "png": b"\x89PNG", "csv": b"\xef\xbb\xbfstrategy", "yaml": b"# yaml"}
    for kind, start in starts.items():
        with page.expect_download() as download:
            page.click(f"#{kind}")
        file = tmp_path / f"home.{kind}"
        download.value.save_as(file)
        assert file.read_bytes().startswith(start)
        assert download.value.suggested_filename == f"smallest.{kind}"
    assert yaml.safe_load((tmp_path / "home.yaml").read_text(encoding="utf-8"))["events"] == [
        {"month": 9, "champions_leave": {"share": 0.5}}
    ]
    page.goto(f"{watched.site}/?lang=sv")
    page.set_input_files("#file", tmp_path / "home.yaml")
    page.wait_for_url("**/stage?scenario=opened-*")
    watched.ready()
    assert state(page)["clinics"] == 40


def test_a_wrong_file_is_told_on_the_page(watched: Any, tmp_path: Path) -> None:
    """With file, line and remedy; markup in it is text."""
    page = watched.page
    page.goto(f"{watched.site}/?lang=sv")
    wrong = tmp_path / "wrong.yaml"
    text = shipped.all_by_name()["smallest"].read_text(encoding="utf-8")
    wrong.write_text(text.replace("months: 36", "monhts: 36\n<b onclick=x>: 1"), encoding="utf-8")
    page.set_input_files("#file", wrong)
    expect(page.locator("#mistakes")).to_contain_text("wrong.yaml:")
    expect(page.locator("#mistakes")).to_contain_text("months")
    assert page.locator("#mistakes b").count() == 0
    watched.wrong.clear()  # the refusal is a 422, which the browser notes


def test_the_comparison_says_what_is_open(watched: Any) -> None:
    """Three views of the same worlds, the answer in words, and the strategies in pairs."""
    page = watched.page
    page.goto(f"{watched.site}/compare?scenario=smallest&lang=sv")
    watched.ready()
    assert page.locator("#answer li").count() >= 3
    assert page.locator("#pairs tbody tr").count() == 6
    assert "bättre i" in page.locator("#pairs").inner_text()
    expect(page.locator("#worlds")).to_contain_text("av 20 världar")
    page.click("#twin summary")
    for view, rows in (("differences", 4), ("distribution", 4), ("curves", 4)):
        page.check(f'input[value="{view}"]')
        expect(page.locator("#twin_table tbody tr")).to_have_count(rows)
        assert watched.findings() == []
    assert page.locator("#dots canvas").get_attribute("aria-label")


def test_every_canvas_is_drawn_and_told_in_words(watched: Any) -> None:
    """No canvas is blank, and each says what it shows; the tables hold the same."""
    page = watched.stage()
    to_month(page, state(page)["months"])
    for canvas in page.locator("canvas[role=img]").all():
        inked = canvas.evaluate("c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(v => v > 0)")
        assert inked
        assert "av 40 använder" in (canvas.get_attribute("aria-label") or "")
    page.click("#twins summary")
    assert page.locator("#table_figures tbody tr").count() == len(telling.SHORT)
    assert page.locator("#table_regions tbody tr").count() == 2
    assert page.locator("#table_reach tbody tr").count() == 4
    assert watched.findings() == []


def test_it_says_what_just_happened(watched: Any) -> None:
    """In words, about the world on the stage, and in both languages."""
    for lang, word in (("sv", "Månad"), ("en", "Month")):
        page = watched.stage(lang=lang)
        said = set()
        for month in range(6, 37, 5):
            to_month(page, month)
            said.add(page.locator("#news").inner_text())
        assert len(said - {""}) > 2
        assert all(text.startswith(word) for text in said - {""})


@pytest.mark.parametrize("story", STORIES)
def test_a_story_opens_with_its_lesson_and_notes(watched: Any, story: str) -> None:
    """Its title, its lesson, and notes for the presenter on a page of their own."""
    page = watched.page
    for lang in texts.LANGUAGES:
        told = texts.load(lang)
        page.goto(f"{watched.site}/notes?scenario={story}&lang={lang}")
        expect(page.locator(".lesson")).to_have_text(told(f"web.story.{story}.lesson"))
        assert page.locator("article li").count() == 5
