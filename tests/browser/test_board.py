"""The board's pages in a real browser: weighed anew, gathered in the background, decided with confirmation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from sim.sensitivity.study import Size
from studio.web.pages import matters

PORTFOLIO = Path(__file__).parents[1] / "browser" / "small_portfolio.yaml"
WAIT = 240_000


@pytest.fixture
def board(watched, monkeypatch, tmp_path):
    """A page's address on a portfolio that is quickly gathered, with its journal in a folder of its own."""
    from studio.web import boards  # noqa: PLC0415

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(boards, "names", lambda: {"small": PORTFOLIO})

    def go(page: str = "", lang: str = "sv"):
        watched.page.goto(f"{watched.site}/board{page}?portfolio=small&lang={lang}")
        return watched.page

    return go


def titles(page):
    """Who is ranked, best first."""
    return page.locator("#ranked tbody th a").all_inner_texts()


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_the_ranking_follows_the_sliders(board, watched, lang):
    """Another weight changes the order at once, with an arrow and words for what moved; the board's own come back."""
    page = board(lang=lang)
    before = titles(page)
    page.locator('[data-criterion="difference"]').fill("0")
    expect(page.locator("#ranked .moved").first).to_contain_text("▲")
    assert titles(page) == before[::-1]
    page.locator("#own").click()
    expect(page.locator("#ranked .moved").first).to_be_empty()
    assert titles(page) == before
    page.locator("#benefit figure").wait_for(timeout=WAIT)
    assert page.locator("#ranked tr.line").count() >= 1
    assert watched.findings() == []


def test_the_budget_line_moves_by_keyboard(board):
    """Less money moves the line up the table; the slider takes arrow keys."""
    page = board()
    page.locator("#benefit figure").wait_for(timeout=WAIT)
    page.locator("#budget").focus()
    page.keyboard.press("Home")
    expect(page.locator("#ranked tbody tr").first).to_have_class("line budget")
    expect(page.locator("#budget_out")).to_contain_text("0")


@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize("part", ["/decision", "/balance", "/plan", "/economy", "/information", "/initiative/eager"])
def test_every_part_is_shown(board, watched, part, lang):
    """The parts of the pack and a card are there in both languages, with nothing for axe to find."""
    page = board(part, lang)
    expect(page.locator("#part")).to_have_attribute("aria-busy", "false", timeout=WAIT)
    assert page.locator("#part table, #part p, #part figure").count() > 0
    assert page.locator("#mistakes").inner_text() == ""
    assert watched.findings() == []


def test_a_decision_is_read_once_more_and_then_written(board, watched, tmp_path):
    """Nothing is written before it is confirmed; then it stands in the journal with its receipt."""
    page = board("/meeting")
    page.locator("#agenda button").first.click()
    page.locator('[name="decided_by"]').fill("Nämnden <b>")
    page.locator('[name="diary_number"]').fill("RS 2026-0001")
    page.locator('[name="reason"]').fill("Störst nytta")
    page.locator('[name="start"]').select_option(index=1)
    page.locator('#decision [type="submit"]').click()
    expect(page.locator("#summary")).to_contain_text("Nämnden <b>")
    assert list(tmp_path.glob("*.sqlite")) == []
    assert watched.findings() == []
    page.locator("#write").click()
    expect(page.locator("#written")).to_contain_text("1:", timeout=WAIT)
    assert len(list(tmp_path.glob("*.sqlite"))) == 1
    expect(page.locator("#journal tbody tr")).to_have_count(1)
    page.locator("#agenda button").first.click()
    assert "start" not in page.locator('[name="step"] option').evaluate_all("all => all.map(one => one.value)")


def test_a_second_browser_is_told_what_has_been_decided(board, watched, browser):
    """Two who decide the same at once: one line is written, and the other learns why its own cannot follow."""
    page = board("/meeting")
    said = {"portfolio": "small", "initiative": "eager", "step": "start", "outcome": "approved", "level": "committee"}
    said |= {"diary_number": "1", "decided_by": "N", "reason": "R", "start": "2026-Q1", "confirmed": True}
    send = """async (said) => {
      const token = document.querySelector('meta[name="innomotor-token"]').content;
      const headers = { "content-type": "application/json", "x-innomotor-token": token };
      const one = () => fetch("/api/board/decide", { method: "POST", headers, body: JSON.stringify(said) });
      const answers = await Promise.all([one(), one()]);
      return Promise.all(answers.map(async (answer) => [answer.status, JSON.stringify(await answer.json())]));
    }"""
    answers = sorted(page.evaluate(send, said))
    assert [status for status, _ in answers] == [200, 422]
    assert "is running, so it cannot start" in answers[1][1]
    watched.wrong.clear()  # the browser tells of the refusal in its console
    unconfirmed = page.evaluate(send, {**said, "confirmed": False})
    assert [status for status, _ in unconfirmed] == [422, 422]
    assert "not confirmed" in json.loads(unconfirmed[0][1])["mistakes"][0]
    watched.wrong.clear()


def test_a_portfolio_is_opened_from_the_first_page(watched, tmp_path):
    """A file chosen on the first page is read by the same guard as on the command line and shown; a bad one is told."""
    watched.page.goto(f"{watched.site}/?lang=en")
    watched.page.locator("#file").set_input_files(PORTFOLIO)
    watched.page.wait_for_url("**/board?portfolio=opened-*")
    assert titles(watched.page)[0] == "Eager <initiative>"
    bad = tmp_path / "bad.yaml"
    bad.write_text(PORTFOLIO.read_text(encoding="utf-8").replace("weight: 20", "wieght: 20"), encoding="utf-8")
    watched.page.goto(f"{watched.site}/?lang=en")
    watched.page.locator("#file").set_input_files(bad)
    expect(watched.page.locator("#mistakes")).to_contain_text("Did you mean 'weight'?")
    watched.wrong.clear()  # the browser tells of the refusal in its console


def test_it_can_be_used_on_a_projector_and_on_a_telephone(board, watched):
    """At 1024 x 768, and at a telephone's width, nothing but a wide table needs scrolling sideways."""
    for width, height in ((1024, 768), (390, 844)):
        watched.page.set_viewport_size({"width": width, "height": height})
        for part in ("", "/plan", "/meeting"):
            page = board(part)
            page.wait_for_load_state("networkidle")
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (width, part)


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_what_matters_most_survives_a_reload(watched, monkeypatch, lang):
    """The study goes on behind the page while it is loaded anew, and is shown with its answer and pictures."""
    small = Size(trajectories=2, base=8, strongest=2, draws=64, worlds=1, side=2, bars=2, careful_worlds=1)
    monkeypatch.setattr(matters, "SIZE", small)
    page = watched.page
    page.goto(f"{watched.site}/matters?scenario=smallest&lang={lang}")
    expect(page.locator("#progress")).not_to_be_empty()
    page.reload()
    expect(page.locator("#study")).to_have_attribute("aria-busy", "false", timeout=WAIT)
    assert page.locator("#mistakes").inner_text() == ""
    assert page.locator("#study img").count() >= 2
    assert watched.findings() == []


def test_a_study_that_takes_too_long_is_refused(watched, monkeypatch):
    """A scenario that a page cannot wait for is told with the command that can."""
    monkeypatch.setattr(matters, "MOST_CELLS", 1000)
    watched.page.goto(f"{watched.site}/matters?scenario=fett_b&lang=en")
    expect(watched.page.locator("#mistakes")).to_contain_text("innomotor sensitivity", timeout=WAIT)
    watched.wrong.clear()  # the browser tells of the refusal in its console
