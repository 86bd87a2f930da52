"""What the board's pages compute: weights that are refused, packs that fail aloud, minutes of a meeting."""

from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path

import pytest

from portfolio import deciding, file
from portfolio.deciding import Decided
from portfolio.forecast import NoForecast
from portfolio.journal import Journal, Level, Outcome, Step
from portfolio.ranking import rank
from sim.errors import UserMistakes
from studio import texts
from studio.reports.board import minutes
from studio.web import boards, meeting
from studio.web.boards import Boards
from studio.web.opened import Opened

PORTFOLIO = Path(__file__).parents[1] / "browser" / "small_portfolio.yaml"


@pytest.fixture
def board():
    return file.read(PORTFOLIO)


def test_equal_weights_leave_the_ranking_as_it_is(board):
    """The board's own weights, said again, give the same ranking to the last draw."""
    same = boards.reranked(board, {"difference": 100, "learning": 20})
    own = rank(board)
    assert same.names == own.names
    assert (same.acceptability == own.acceptability).all()
    assert (same.interval == own.interval).all()


def test_the_other_weight_turns_the_order(board):
    """Weighing only what the second is best at puts it first."""
    assert boards.reranked(board, {"difference": 0, "learning": 100}).names == ("steady", "eager")


@pytest.mark.parametrize(
    ("weights", "told"),
    [
        ({"differance": 10}, "weights.differance"),
        ({"difference": 101}, "from 0 to 100"),
        ({"difference": True}, "from 0 to 100"),
        ({"difference": "much"}, "from 0 to 100"),
        ({"difference": float("nan")}, "from 0 to 100"),
        ({"difference": 0, "learning": 0}, "all are 0"),
    ],
)
def test_weights_that_say_nothing_are_refused(board, weights, told):
    """Each is told with what to write instead."""
    with pytest.raises(UserMistakes, match=told):
        boards.weighed(board, weights)


def test_a_pack_that_fails_says_so_and_is_tried_again(monkeypatch):
    """A fault while gathering is told on the page; the next who asks sets it going anew."""
    monkeypatch.setattr(boards, "names", lambda: {"small": PORTFOLIO})
    went = threading.Event()

    def fails(*_: object, **__: object) -> None:
        went.set()
        raise RuntimeError("no luck")

    monkeypatch.setattr(boards, "gathered", fails)
    known = Boards(Opened())
    first = known.pack("small")
    assert first.ended.wait(60)
    assert (first.step, "no luck" in first.told()["mistakes"][0], went.is_set()) == ("failed", True, True)
    assert known.pack("small") is not first


def test_a_pack_is_gathered_once(monkeypatch):
    """Two who ask get the same pack, and its key finds it without reading the file."""
    monkeypatch.setattr(boards, "names", lambda: {"small": PORTFOLIO})
    known = Boards(Opened())
    first, second = known.pack("small"), known.pack("small")
    assert first is second is known.packs.known(first.key)
    assert known.packs.known("another") is None
    assert first.ended.wait(120)
    assert first.step == "ready"


def test_minutes_hold_the_decisions_of_the_day(board, tmp_path):
    """Of two decisions the one of the day is there, with reason, what was not known, and the receipt."""
    book = Journal(tmp_path / "b.sqlite")
    for name, day in (("eager", dt.date(2026, 3, 17)), ("steady", dt.date(2026, 4, 1))):
        said = Decided(name, Step.STOP, Outcome.REFERRED_BACK, Level.COMMITTEE, "RS 1", "Nämnden", f"<{name}>", day)
        deciding.record(board, "Liten", said, book, NoForecast, "1")
    entries = book.entries()
    told = minutes.html(board, entries, dt.date(2026, 3, 17), texts.load("sv"))
    assert "&lt;eager&gt;" in told
    assert "&lt;steady&gt;" not in told
    assert entries[0].line.hash[:16] in told
    assert "återremiss" in told
    assert "Inga beslut" in minutes.html(board, entries, dt.date(2026, 3, 18), texts.load("sv"))


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({}, "confirmed"),
        ({"confirmed": True}, "initiative"),
        ({"confirmed": True, "initiative": "eager", "step": "leap"}, "step: 'leap'"),
        ({"confirmed": True, "initiative": "eager", "reason": 7}, "reason"),
    ],
)
def test_what_is_no_decision_is_refused(board, tmp_path, said, told):
    """Nothing is written, and what is wrong is told."""
    book = Journal(tmp_path / "b.sqlite")
    with pytest.raises(UserMistakes, match=told):
        meeting.decide(board, book, said, NoForecast, texts.load("en"))
    assert not book.file.exists()
