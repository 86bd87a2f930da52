"""A gate decision from the words of a meeting to a line of the journal, with a snapshot of what it rests on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from portfolio.board import Portfolio
from portfolio.follow_up import promised
from portfolio.forecast import Commitment, Forecast
from portfolio.gates import gate_cards
from portfolio.initiative import Initiative, quarter_name, quarter_number
from portfolio.journal import Decision, Entry, FollowUp, Journal, Snapshot, order, taken
from portfolio.journal.records import Level, Outcome, Step
from sim.api import Mistake, UserMistakes, nearest


@dataclass(frozen=True)
class Decided:
    """What a meeting decided about one initiative."""

    initiative: str
    step: Step
    outcome: Outcome
    level: Level
    diary_number: str
    decided_by: str
    """A body or a role."""
    reason: str
    date: dt.date | None = None
    """Day of the decision; None for today."""
    strategy: str | None = None
    """How it is spread; needed to start where there are several ways."""
    start: str | None = None
    """Quarter from which, such as 2026-Q2."""
    conditions: str | None = None
    """What the decision depends on."""
    corrects: int | None = None
    """Number of an earlier line that this one replaces."""


def today() -> dt.date:
    """The day where this runs."""
    return dt.datetime.now(dt.UTC).astimezone().date()


def known(board: Portfolio, name: str) -> Initiative:
    """The initiative of that name.

    Raises:
        UserMistakes: the portfolio has none, with the nearest name.
    """
    if name not in board.initiatives:
        meant = nearest(name, board.initiatives)
        remedy = f"Did you mean {meant!r}?" if meant else f"Write one of {', '.join(board.initiatives)}"
        raise UserMistakes(Mistake("initiative", f"the portfolio has no {name!r}", remedy))
    return board.initiatives[name]


def record(
    board: Portfolio, title: str, decided: Decided, book: Journal, forecast: Callable[[], Forecast], engine: str
) -> Entry:
    """Write a decision into the journal; nothing is written if anything is wrong with it.

    Args:
        board: the portfolio that was decided on.
        title: what the portfolio is called in the journal.
        decided: what the meeting decided.
        book: the journal; made if it is not there.
        forecast: gives what simulates; asked only where the decision promises adoption and cost.
        engine: version of what computed the promise.

    Raises:
        UserMistakes: every mistake, at the name of a field of ``Decided``.
        BusyError: another writer held the journal for a minute.
    """
    one = known(board, decided.initiative)
    earlier = _earlier(book.entries() if book.file.exists() else [], decided.initiative)
    commitment = _commitment(board, decided, earlier)
    snapshot = _snapshot(board, commitment, forecast, engine)
    card = gate_cards(board)[decided.initiative]
    said = {
        **vars(decided),
        "portfolio": title,
        "date": decided.date or today(),
        "recorded_at": dt.datetime.now(dt.UTC).replace(microsecond=0),
        "snapshot": snapshot.key,
        "strategy": commitment.strategy if commitment else decided.strategy,
        "start": quarter_name(4 * board.years[0] + commitment.quarter) if commitment else decided.start,
        "stopped_by": card.those("no") if one.must is None else (),
        "unknown": card.those("unknown") if one.must is None else (),
    }
    return book.add(lambda entries: _checked(said, one, entries), snapshot)


def validated(said: dict[str, Any], kind: str) -> Any:
    """A record of what was said: a ``decision``, or else a ``follow_up``.

    Raises:
        UserMistakes: which fields do not fit.
    """
    model = Decision if kind == "decision" else FollowUp
    try:
        return model.model_validate({name: value for name, value in said.items() if value is not None})
    except ValidationError as error:
        raise UserMistakes(_mistake(one) for one in error.errors(include_url=False)) from None


def _earlier(entries: Sequence[Entry], initiative: str) -> Decision | None:
    """The last approved decision that said how and from when."""
    said = [one for one in order.decisions(entries, initiative) if one.outcome is Outcome.APPROVED and one.strategy]
    return said[-1] if said else None


def _commitment(board: Portfolio, decided: Decided, earlier: Decision | None) -> Commitment | None:
    """What an approved decision sets going or keeps going; None for all others."""
    if decided.outcome is not Outcome.APPROVED or decided.step not in (Step.START, Step.CONTINUE, Step.ADJUST):
        return None
    name = decided.initiative
    strategies, first = board.initiatives[name].strategy_names(), 4 * board.years[0]
    only = strategies[0] if len(strategies) == 1 else None
    strategy = decided.strategy or (earlier.strategy if earlier else None) or only
    start = decided.start or (earlier.start if earlier else None)
    if start is None and board.initiatives[name].must == "started":
        start = f"{board.years[0]}-Q1"
    mistakes = []
    if strategy not in strategies:
        found = "does not say how it is to be spread" if strategy is None else f"{name} has no strategy {strategy!r}"
        mistakes.append(Mistake("strategy", found, f"Write one of {', '.join(strategies)}"))
    quarter = -1
    try:
        quarter = quarter_number(start) - first if start is not None else -1
    except ValueError as error:
        found, _, remedy = str(error).partition(". ")
        mistakes.append(Mistake("start", found, remedy))
    else:
        if not 0 <= quarter < 4 * len(board.years):
            found = "does not say from when" if start is None else f"{start} is outside the plan's years"
            span = f"{board.years[0]}-Q1 to {board.years[-1]}-Q4"
            mistakes.append(Mistake("start", found, f"Write a quarter from {span}"))
    if mistakes or strategy is None:
        raise UserMistakes(mistakes)
    return Commitment(name, strategy, quarter)


def _snapshot(
    board: Portfolio, commitment: Commitment | None, forecast: Callable[[], Forecast], engine: str
) -> Snapshot:
    """What the decision rests on: the portfolio as it is, the engine, and what the commitment promises."""
    promises = {}
    if commitment is not None:
        promises[commitment.initiative] = promised(board, commitment, forecast()).plain()
    content: dict[str, Any] = {
        "portfolio": board.model_dump(mode="json", exclude_defaults=True),
        "engine": engine,
        "promises": promises,
    }
    return taken(content)


def _checked(said: dict[str, Any], initiative: Initiative, entries: Sequence[Entry]) -> Decision:
    """The record, if it may follow on what the journal holds."""
    made: Decision = validated(said, "decision")
    mistakes = [*order.wrong_correction(made, entries), *order.out_of_order(made, initiative, entries)]
    if made.date > today():
        mistakes.append(Mistake("date", f"{made.date} has not come yet", "Write the day of the decision"))
    if mistakes:
        raise UserMistakes(mistakes)
    return made


def _mistake(error: Any) -> Mistake:
    name = str(error["loc"][0]) if error["loc"] else "record"
    found, _, remedy = str(error.get("ctx", {}).get("error", error["msg"])).partition(". ")
    return Mistake(name, found, remedy or "Write it otherwise")
