"""The minutes of a meeting: its decisions as the journal holds them, with the receipt that goes into the protocol."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from portfolio.board import Portfolio
from portfolio.journal import Decision, Entry
from studio.reports.board import names, page
from studio.reports.board.grid import Block, Grid, Paragraphs, Part, plain
from studio.texts import Texts


def html(board: Portfolio, entries: Sequence[Entry], day: dt.date | None, texts: Texts) -> str:
    """The minutes as a page that needs nothing else.

    Args:
        board: the portfolio.
        entries: the whole journal.
        day: of the meeting; None for the whole journal.
        texts: words.
    """
    chosen = [entry for entry in entries if day is None or entry.record.date == day]
    title = texts("board.minutes") if day is None else texts("board.minutes_of", day=day.isoformat())
    part = Part(1, "minutes", title, tuple(_blocks(board, chosen, texts)))
    return page.filled(board, texts, [part], texts("board.minutes"))


def _blocks(board: Portfolio, entries: Sequence[Entry], texts: Texts) -> list[Block]:
    decided = [(entry.line, entry.record) for entry in entries if isinstance(entry.record, Decision)]
    if not decided:
        return [Paragraphs((texts("board.minutes_none"),))]
    found: list[Block] = [_decision(board, line.number, made, texts) for line, made in decided]
    last = decided[-1][0]
    receipt = f"{last.number}:{last.hash[:16]}"
    return [*found, Paragraphs((texts("portfolio.journal.receipt", receipt=receipt),), look="note")]


def _decision(board: Portfolio, number: int, made: Decision, texts: Texts) -> Grid:
    """One decision: what, by whom, on what grounds, and which must-requirements were not met."""
    step, outcome = texts(f"portfolio.step.{made.step}"), texts(f"portfolio.outcome.{made.outcome}")
    told = {
        "board.minutes_decision": f"{step}: {outcome}",
        "board.column.strategy": None
        if made.strategy is None
        else texts.entries.get(f"portfolio.strategy.{made.strategy}", made.strategy.replace("_", " ")),
        "board.column.start": made.start,
        "board.minutes_by": f"{made.decided_by} ({texts(f'portfolio.level.{made.level}')})",
        "board.minutes_diary": made.diary_number,
        "board.column.reason": made.reason,
        "board.minutes_conditions": made.conditions,
        "board.minutes_stopped": ", ".join(names.gate(gate, texts) for gate in made.stopped_by),
        "board.minutes_unknown": ", ".join(names.gate(gate, texts) for gate in made.unknown),
        "board.minutes_corrects": None if made.corrects is None else str(made.corrects),
        "board.minutes_snapshot": made.snapshot[:16],
    }
    rows = tuple((plain(texts(key)), plain(said)) for key, said in told.items() if said)
    title = texts("board.minutes_line", n=number, title=names.initiative(board, made.initiative, texts))
    return Grid(title, title, (texts("board.card_what"), made.date.isoformat()), rows, 2, "small")
