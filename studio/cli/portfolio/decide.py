"""``innomotor portfolio decide``: write a gate decision into the journal, with what it rests on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from portfolio.journal.records import Level, Outcome, Step
from sim.errors import Mistake, UserMistakes
from sim.evidence import nearest
from studio.cli.options import JsonOption, LangOption, print_json, texts_in
from studio.cli.portfolio.common import PortfolioArgument, console, opened, say, title_of
from studio.cli.portfolio.journals import JournalOption, journal_of, plain
from studio.reports.board import entries as words

if TYPE_CHECKING:
    from portfolio.board import Portfolio
    from portfolio.forecast import Commitment
    from portfolio.initiative import Initiative
    from portfolio.journal import Decision, Entry, Snapshot
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
    from portfolio import file  # noqa: PLC0415 slow to load, and --help does not need it
    from portfolio.gates import gate_cards  # noqa: PLC0415
    from studio.cli.shipped import found  # noqa: PLC0415

    texts = texts_in(lang)
    board = file.read(found(portfolio))
    one = _known(board, initiative)
    book = journal_of(portfolio, journal)
    earlier = _earlier(book.entries() if book.file.exists() else [], initiative)
    commitment = _commitment(board, initiative, step, outcome, (strategy, start), earlier)
    snapshot = _snapshot(portfolio, board, commitment, texts)
    card = gate_cards(board)[initiative]
    said = {
        "portfolio": board.title.in_language(texts.language),
        "initiative": initiative,
        "step": step,
        "outcome": outcome,
        "level": level,
        "diary_number": diary,
        "date": (date or dt.datetime.now(dt.UTC).astimezone()).date(),
        "recorded_at": dt.datetime.now(dt.UTC).replace(microsecond=0),
        "decided_by": by,
        "reason": reason,
        "snapshot": snapshot.key,
        "strategy": commitment.strategy if commitment else strategy,
        "start": _quarter_of(board, commitment) if commitment else start,
        "conditions": conditions,
        "corrects": corrects,
        "stopped_by": card.those("no") if one.must is None else (),
        "unknown": card.those("unknown") if one.must is None else (),
    }
    entry = book.add(lambda entries: _checked(said, one, entries), snapshot)
    if as_json:
        print_json({**plain(entry), "journal": str(book.file)})
    else:
        _tell(entry, board, book.file, texts)


def _known(board: Portfolio, name: str) -> Initiative:
    if name not in board.initiatives:
        meant = nearest(name, board.initiatives)
        remedy = f"Did you mean {meant!r}?" if meant else f"Write one of {', '.join(board.initiatives)}"
        raise UserMistakes(Mistake("INITIATIVE", f"the portfolio has no {name!r}", remedy))
    return board.initiatives[name]


def _earlier(entries: Sequence[Entry], initiative: str) -> Decision | None:
    """The last approved decision that said how and from when."""
    from portfolio.journal.order import decisions  # noqa: PLC0415

    said = [one for one in decisions(entries, initiative) if one.outcome is Outcome.APPROVED and one.strategy]
    return said[-1] if said else None


def _commitment(
    board: Portfolio,
    name: str,
    step: Step,
    outcome: Outcome,
    given: tuple[str | None, str | None],
    earlier: Decision | None,
) -> Commitment | None:
    """What an approved decision sets going or keeps going; None for all others.

    Raises:
        UserMistakes: it does not say how, or from when, or says what the portfolio does not have.
    """
    from portfolio.forecast import Commitment  # noqa: PLC0415
    from portfolio.initiative import quarter_number  # noqa: PLC0415

    if outcome is not Outcome.APPROVED or step not in (Step.START, Step.CONTINUE, Step.ADJUST):
        return None
    strategies, first = board.initiatives[name].strategy_names(), 4 * board.years[0]
    strategy = given[0] or (earlier.strategy if earlier else None) or (strategies[0] if len(strategies) == 1 else None)
    start = given[1] or (earlier.start if earlier else None)
    if start is None and board.initiatives[name].must == "started":
        start = f"{board.years[0]}-Q1"
    mistakes = []
    if strategy not in strategies:
        found = "does not say how it is to be spread" if strategy is None else f"{name} has no strategy {strategy!r}"
        mistakes.append(Mistake("--strategy", found, f"Write one of {', '.join(strategies)}"))
    quarter = -1
    try:
        quarter = quarter_number(start) - first if start is not None else -1
    except ValueError as error:
        found, _, remedy = str(error).partition(". ")
        mistakes.append(Mistake("--start", found, remedy))
    else:
        if not 0 <= quarter < 4 * len(board.years):
            found = "does not say from when" if start is None else f"{start} is outside the plan's years"
            span = f"{board.years[0]}-Q1 to {board.years[-1]}-Q4"
            mistakes.append(Mistake("--start", found, f"Write a quarter from {span}"))
    if mistakes or strategy is None:
        raise UserMistakes(mistakes)
    return Commitment(name, strategy, quarter)


def _quarter_of(board: Portfolio, commitment: Commitment) -> str:
    from portfolio.initiative import quarter_name  # noqa: PLC0415

    return quarter_name(4 * board.years[0] + commitment.quarter)


def _snapshot(portfolio: str, board: Portfolio, commitment: Commitment | None, texts: Texts) -> Snapshot:
    """What the decision rests on: the portfolio as it is, the engine, and what the commitment promises."""
    from portfolio.follow_up import promised  # noqa: PLC0415
    from portfolio.journal import taken  # noqa: PLC0415
    from sim.store import engine_version  # noqa: PLC0415

    promises = {}
    if commitment is not None:
        _, forecast = opened(portfolio, texts, quiet=True)
        promises[commitment.initiative] = promised(board, commitment, forecast).plain()
    content: dict[str, Any] = {
        "portfolio": board.model_dump(mode="json", exclude_defaults=True),
        "engine": engine_version(),
        "promises": promises,
    }
    return taken(content)


def _checked(said: dict[str, Any], initiative: Initiative, entries: Sequence[Entry]) -> Decision:
    """The record, if it may follow on what the journal holds."""
    from portfolio.journal import order  # noqa: PLC0415

    record = validated(said, "decision")
    mistakes = [*order.wrong_correction(record, entries), *order.out_of_order(record, initiative, entries)]
    if record.date > dt.datetime.now(dt.UTC).astimezone().date():
        mistakes.append(Mistake("--date", f"{record.date} has not come yet", "Write the day of the decision"))
    if mistakes:
        raise UserMistakes(mistakes)
    return record


_OPTIONS = {"diary_number": "--diary", "decided_by": "--by", "reported_by": "--by", "cost_sek": "--cost"}


def validated(said: dict[str, Any], kind: str) -> Any:
    """A record of what the options said.

    Raises:
        UserMistakes: which options do not fit.
    """
    from pydantic import ValidationError  # noqa: PLC0415

    from portfolio.journal.records import Decision, FollowUp  # noqa: PLC0415

    model = Decision if kind == "decision" else FollowUp
    try:
        return model.model_validate({name: value for name, value in said.items() if value is not None})
    except ValidationError as error:
        raise UserMistakes(_mistake(one) for one in error.errors(include_url=False)) from None


def _mistake(error: Any) -> Mistake:
    name = str(error["loc"][0]) if error["loc"] else "options"
    found, _, remedy = str(error.get("ctx", {}).get("error", error["msg"])).partition(". ")
    option = _OPTIONS.get(name, f"--{name}" if error["loc"] else name)
    return Mistake(option, found, remedy or "Write it as 'innomotor portfolio decide --help' says")


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
