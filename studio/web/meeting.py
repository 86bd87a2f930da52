"""A meeting with the board: what stands to be decided, decisions into the journal, and its minutes."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from portfolio import deciding
from portfolio.board import Portfolio
from portfolio.deciding import Decided
from portfolio.forecast import Forecast
from portfolio.gates import gate_cards
from portfolio.journal import Entry, Journal, Level, Outcome, order
from portfolio.journal.records import Step
from sim.errors import Mistake, UserMistakes
from sim.store import engine_version
from studio.cli.portfolio.journals import SUFFIX
from studio.reports.board import entries as words
from studio.reports.board import minutes, names, pdf
from studio.texts import Texts

_ASKED = ("initiative", "step", "outcome", "level", "diary_number", "decided_by", "reason")
_MAY = ("strategy", "start", "conditions")


def journal_of(path: Path) -> Journal:
    """The journal of a portfolio: in the folder where innomotor runs, under the name of the portfolio's file."""
    return Journal(Path(path.name).with_suffix(SUFFIX))


def entries_of(book: Journal) -> list[Entry]:
    """What the journal holds; nothing where there is none yet."""
    return book.entries() if book.file.exists() else []


def agenda(board: Portfolio, book: Journal, texts: Texts) -> dict[str, Any]:
    """Each initiative, where it stands, what may be decided, and what the journal holds.

    Args:
        board: the portfolio.
        book: its journal.
        texts: words.
    """
    known = entries_of(book)
    cards = gate_cards(board)
    rows = []
    for name, one in board.initiatives.items():
        stands = order.standing(one, order.decisions(known, name))
        card = cards[name]
        rows.append(
            {
                "name": name,
                "title": names.initiative(board, name, texts),
                "stands": texts(f"web.board.stands.{stands}"),
                "steps": list(order.NEXT[stands]),
                "strategies": [s for s in one.strategy_names() if s != "plan"],
                "stopped_by": [names.gate(gate, texts) for gate in card.those("no")] if one.must is None else [],
                "unknown": [names.gate(gate, texts) for gate in card.those("unknown")] if one.must is None else [],
            }
        )
    quarters = [names.quarter(board, number) for number in range(4 * len(board.years))]
    return {"rows": rows, "quarters": quarters, "lines": [_line(board, entry, texts) for entry in reversed(known)]}


def decide(
    board: Portfolio, book: Journal, said: Mapping[str, Any], forecast: Callable[[], Forecast], texts: Texts
) -> dict[str, Any]:
    """Write a decision that somebody has confirmed.

    Args:
        board: the portfolio.
        book: its journal.
        said: the fields of a decision, and ``confirmed``.
        forecast: gives what simulates, where the decision promises something.
        texts: words.

    Raises:
        UserMistakes: it is not confirmed, a field is missing, or it cannot follow on what the journal holds.
    """
    if said.get("confirmed") is not True:
        raise UserMistakes(Mistake("confirmed", "the decision is not confirmed", "Read it once more and confirm it."))
    entry = deciding.record(
        board, board.title.in_language(texts.language), _decided(said), book, forecast, engine_version()
    )
    return {"line": _line(board, entry, texts), **agenda(board, book, texts)}


def printed(board: Portfolio, book: Journal, day: dt.date | None, texts: Texts) -> bytes:
    """The minutes as a PDF.

    Raises:
        UserMistakes: no Chromium can print it.
    """
    with tempfile.TemporaryDirectory(prefix="innomotor-") as folder:
        file = Path(folder) / "minutes.pdf"
        try:
            pdf.of_text(minutes.html(board, entries_of(book), day, texts), file)
        except pdf.NotPrintedError as error:
            found = texts(f"board.pdf_{error}")
            raise UserMistakes(Mistake("minutes", found, "Print this page from the browser.")) from error
        return file.read_bytes()


def _decided(said: Mapping[str, Any]) -> Decided:
    """The decision, if every field is a text that may stand there."""
    kinds: dict[str, Any] = {"step": Step, "outcome": Outcome, "level": Level}
    mistakes = [
        Mistake(field, "is empty", "Write it.")
        for field in _ASKED
        if not isinstance(said.get(field), str) or not said[field].strip()
    ]
    mistakes += [
        Mistake(field, f"{said[field]!r}", f"Write one of {', '.join(kind)}.")
        for field, kind in kinds.items()
        if isinstance(said.get(field), str) and said[field] not in list(kind)
    ]
    mistakes += [
        Mistake(field, "is not a text", "Write a text.")
        for field in _MAY
        if said.get(field) is not None and not isinstance(said[field], str)
    ]
    if mistakes:
        raise UserMistakes(mistakes)
    fields: dict[str, Any] = {field: said.get(field) or None for field in _MAY}
    fields |= {field: kinds[field](said[field]) if field in kinds else said[field] for field in _ASKED}
    return Decided(**fields, date=day_of(said.get("date")))


def day_of(said: object) -> dt.date | None:
    """A day written as 2026-03-17; None for none.

    Raises:
        UserMistakes: it is no day.
    """
    if not said:
        return None
    try:
        return dt.date.fromisoformat(str(said))
    except ValueError as error:
        raise UserMistakes(Mistake("date", f"{said!r} is no day", "Write it as 2026-03-17.")) from error


def _line(board: Portfolio, entry: Entry, texts: Texts) -> dict[str, Any]:
    made = entry.record
    return {
        "number": entry.line.number,
        "date": made.date.isoformat(),
        "title": names.initiative(board, made.initiative, texts),
        "what": words.what(entry, texts),
        "who": words.who(entry, texts),
        "reason": made.reason if made.kind == "decision" else made.source,
        "receipt": f"{entry.line.number}:{entry.line.hash[:16]}",
    }
