"""``innomotor portfolio decide``: write a gate decision into the journal, with what it rests on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from portfolio.journal.records import Level, Outcome, Step
from sim.errors import UserMistakes
from studio.cli.options import JsonOption, LangOption, print_json, texts_in
from studio.cli.portfolio.common import PortfolioArgument, console, opened, say, title_of
from studio.cli.portfolio.journals import JournalOption, journal_of, plain
from studio.reports.board import entries as words

if TYPE_CHECKING:
    from portfolio.board import Portfolio
    from portfolio.forecast import Forecast
    from portfolio.journal import Entry
    from studio.texts import Texts

_EXAMPLE = (
    "Example: innomotor portfolio decide portfolio.yaml fett_b start --outcome approved --level committee "
    '--diary "RS 2026-0123" --by Regionstyrelsen --reason "Störst nytta" --strategy help --start 2026-Q2'
)


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("decide", epilog=_EXAMPLE)(decide)


def decide(
    portfolio: PortfolioArgument,
    initiative: Annotated[str, typer.Argument(metavar="INITIATIVE", help="Its name in the portfolio.")],
    step: Annotated[Step, typer.Argument(metavar="STEP", help="start, continue, adjust, hold, stop or hand_over.")],
    *,
    outcome: Annotated[Outcome, typer.Option(help="approved (bifall), rejected (avslag), referred_back (återremiss).")],
    level: Annotated[Level, typer.Option(help="Level of the decision.")],
    diary: Annotated[str, typer.Option(metavar="NUMBER", help="Diary number.")],
    by: Annotated[str, typer.Option(metavar="BODY", help="Who decided; a body or a role.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why.")],
    date: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day of the decision. [default: today]")
    ] = None,
    strategy: Annotated[
        str | None, typer.Option(help="How it is spread; needed to start where there are several.")
    ] = None,
    start: Annotated[str | None, typer.Option(metavar="QUARTER", help="From when, such as 2026-Q2.")] = None,
    conditions: Annotated[str | None, typer.Option(metavar="TEXT", help="What the decision depends on.")] = None,
    corrects: Annotated[int | None, typer.Option(metavar="LINE", help="Earlier line that this one replaces.")] = None,
    journal: JournalOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a gate decision into the journal, with a snapshot of what it rests on."""
    from portfolio import deciding, file  # noqa: PLC0415 slow to load, and --help does not need them
    from sim.store import engine_version  # noqa: PLC0415
    from studio.cli.shipped import found  # noqa: PLC0415

    texts = texts_in(lang)
    board, book = file.read(found(portfolio)), journal_of(portfolio, journal)
    day = date.date() if date is not None else None
    said = deciding.Decided(
        initiative, step, outcome, level, diary, by, reason, day, strategy, start, conditions, corrects
    )
    title = board.title.in_language(texts.language)

    def forecast() -> Forecast:
        return opened(portfolio, texts, quiet=True)[1]

    with told_by_option():
        entry = deciding.record(board, title, said, book, forecast, engine_version())
    if as_json:
        print_json({**plain(entry), "journal": str(book.file)})
    else:
        _tell(entry, board, book.file, texts)


_OPTIONS = {"diary_number": "--diary", "decided_by": "--by", "reported_by": "--by", "cost_sek": "--cost"}
_ARGUMENTS = {"initiative": "INITIATIVE", "step": "step", "journal": "journal"}


@contextmanager
def told_by_option() -> Iterator[None]:
    """Mistakes in a line of the journal, told at the option that said it."""
    try:
        yield
    except UserMistakes as told:
        raise UserMistakes(replace(one, place=_option(one.place)) for one in told.mistakes) from None


def _option(field: str) -> str:
    if field.startswith("--"):
        return field
    return _ARGUMENTS.get(field) or _OPTIONS.get(field) or f"--{field}"


def _tell(entry: Entry, board: Portfolio, file: Path, texts: Texts) -> None:
    record, line, where = entry.record, entry.line, console()
    say(
        where,
        texts(
            "portfolio.decide.written",
            n=line.number,
            title=title_of(board, record.initiative, texts),
            what=words.what(entry, texts),
            file=file,
        ),
    )
    for key, gates in (
        (("stopped", record.stopped_by), ("unknown", record.unknown)) if record.kind == "decision" else ()
    ):
        if gates:
            named = ", ".join(texts.entries.get(f"portfolio.gate.{gate}", gate) for gate in gates)
            say(where, texts(f"portfolio.decide.{key}", gates=named))
    say(where, texts("portfolio.decide.receipt", receipt=f"{line.number}:{line.hash[:16]}"))
