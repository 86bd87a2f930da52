"""``innomotor portfolio follow-up``: enter what came true, and see how the forecasts have held."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.errors import Mistake, UserMistakes
from studio.cli.options import JsonOption, LangOption, print_json, texts_in
from studio.cli.portfolio.common import PortfolioArgument, console, say, table, title_of
from studio.cli.portfolio.decide import told_by_option
from studio.cli.portfolio.journals import JournalOption, journal_of
from studio.reports.board import entries as words

if TYPE_CHECKING:
    from portfolio.board import Portfolio
    from portfolio.follow_up import Followed, Promise, Sighting, Updated, Verdict
    from portfolio.journal import Entry, FollowUp, Journal
    from studio.texts import Texts

_EXAMPLE = (
    "Example: innomotor portfolio follow-up portfolio.yaml --initiative fett_b --period 2026-Q4 --adoption 0.21 "
    '--cost 640000 --by Folktandvården --source "Uttag ur journalsystemet"'
)
_PERIOD = re.compile(r"\d{4}(-Q[1-4])?")


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("follow-up", epilog=_EXAMPLE)(follow_up)


def follow_up(
    portfolio: PortfolioArgument,
    *,
    initiative: Annotated[str | None, typer.Option(help="What was followed up; without it only the summary.")] = None,
    period: Annotated[str | None, typer.Option(help="A year or quarter that has ended: 2026 or 2026-Q3.")] = None,
    adoption: Annotated[
        float | None, typer.Option(metavar="SHARE", help="Share of the clinics that have begun, at its end, 0 to 1.")
    ] = None,
    cost: Annotated[float | None, typer.Option(metavar="SEK", help="What it cost during the period.")] = None,
    by: Annotated[str | None, typer.Option(metavar="BODY", help="Who reports it.")] = None,
    source: Annotated[str | None, typer.Option(metavar="TEXT", help="Where the figures come from.")] = None,
    date: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day of the follow-up. [default: today]")
    ] = None,
    corrects: Annotated[int | None, typer.Option(metavar="LINE", help="Earlier line that this one replaces.")] = None,
    journal: JournalOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Enter actual adoption and cost, score the forecasts, and update them."""
    from portfolio import file  # noqa: PLC0415 slow to load, and --help does not need it
    from studio.cli.shipped import found  # noqa: PLC0415

    board, texts, book = file.read(found(portfolio)), texts_in(lang), journal_of(portfolio, journal)
    given = {"period": period, "adoption": adoption, "cost_sek": cost, "reported_by": by, "source": source}
    if initiative is not None:
        today = dt.datetime.now(dt.UTC)
        said = {
            **given,
            "portfolio": board.title.in_language(texts.language),
            "initiative": initiative,
            "date": (date or today.astimezone()).date(),
            "recorded_at": today.replace(microsecond=0),
            "corrects": corrects,
        }
        with told_by_option():
            book.add(lambda entries: _checked(said, book, entries))
    elif any(value is not None for value in given.values()):
        raise UserMistakes(Mistake("--initiative", "does not say what was followed up", "Write --initiative NAME"))
    seen = outcome(book)
    if as_json:
        print_json(summary(seen))
    else:
        _show(seen, board, texts)


def outcome(book: Journal, entries: Sequence[Entry] | None = None) -> Followed:
    """How the forecasts of a journal have held."""
    from portfolio.follow_up import followed  # noqa: PLC0415

    known = book.entries() if entries is None else entries
    return followed(known, promises_of(book, known))


def promises_of(book: Journal, entries: Sequence[Entry]) -> dict[str, dict[str, Promise]]:
    """By snapshot's key, the promises that it holds, by initiative."""
    from portfolio.follow_up import kept  # noqa: PLC0415

    keys = {entry.record.snapshot for entry in entries if entry.record.kind == "decision"}
    contents = {key: book.snapshot(key).content() for key in sorted(keys)}
    return {key: {name: kept(one) for name, one in said["promises"].items()} for key, said in contents.items()}


def summary(seen: Followed) -> dict[str, Any]:
    """The scores and updates as plain JSON data."""
    inside, banded, interval = seen.coverage()
    return {
        "coverage": {"inside": inside, "of": banded, "expected": 0.9, "interval_95": list(interval)},
        "sightings": [{name: getattr(one, name) for name in one.__dataclass_fields__} for one in seen.sightings],
        "initiatives": [{name: getattr(one, name) for name in one.__dataclass_fields__} for one in seen.verdicts],
        "updates": [_update(one) for one in seen.updates],
    }


def _update(one: Updated) -> dict[str, Any]:
    bands = {
        f"{name}_{when}": dict(zip(("low", "median", "high"), band.tolist(), strict=True))
        for when, bands in (("before", one.before), ("after", one.after))
        for name, band in bands.items()
    }
    return {
        "initiative": one.initiative,
        "quarters": list(one.quarters),
        "worlds": len(one.weights),
        "effective_worlds": one.effective,
        "holds": one.holds,
        "total_cost_before": dict(zip(("low", "median", "high"), one.total_before.tolist(), strict=True)),
        "total_cost_after": dict(zip(("low", "median", "high"), one.total_after.tolist(), strict=True)),
        **bands,
    }


def _checked(said: dict[str, Any], book: Journal, entries: Sequence[Entry]) -> FollowUp:
    """The record, if a decision promised something for its period."""
    from portfolio.deciding import validated  # noqa: PLC0415
    from portfolio.follow_up import period_end  # noqa: PLC0415
    from portfolio.follow_up.followed import promise_for  # noqa: PLC0415
    from portfolio.journal import order  # noqa: PLC0415

    period = said["period"] or ""
    if not _PERIOD.fullmatch(period):
        raise UserMistakes(Mistake("--period", f"{period!r} is no period", "Write a year or quarter, such as 2026-Q3"))
    record: FollowUp = validated(said, "follow_up")
    mistakes = order.wrong_correction(record, entries)
    if period_end(period) > record.date.isoformat():
        mistakes.append(Mistake("--period", f"{period} has not ended on {record.date}", "Write one that has"))
    promise = promise_for(record, order.current(entries), promises_of(book, entries))
    name = record.initiative
    if promise is None:
        remedy = "Write the decision with 'portfolio decide' first"
        mistakes.append(Mistake("--initiative", f"no approved decision about {name!r} is in the journal", remedy))
    elif not any(quarter == period or quarter[:4] == period for quarter in promise.quarters):
        span = f"{promise.quarters[0]} to {promise.quarters[-1]}"
        mistakes.append(Mistake("--period", f"{period} is outside the plan", f"Write one from {span}"))
    same = [
        e for e in order.current(entries) if (e.record.initiative, getattr(e.record, "period", "")) == (name, period)
    ]
    if same and same[-1].line.number != record.corrects:
        number = same[-1].line.number
        found = f"line {number} already says how {name} went in {period}"
        mistakes.append(Mistake("--period", found, f"Write --corrects {number} to replace it"))
    if mistakes:
        raise UserMistakes(mistakes)
    return record


def _show(seen: Followed, board: Portfolio, texts: Texts) -> None:
    where = console()
    if not seen.sightings:
        say(where, texts("portfolio.follow_up.none"))
        return
    keys = ("initiative", "period", "seen", "forecast", "band", "crps")
    rows = [_sighting(one, board, texts) for one in seen.sightings]
    where.print(table(texts("portfolio.follow_up.title"), _headings(keys, texts), rows, 2))
    where.print()
    rows = [_verdict(one, board, texts) for one in seen.verdicts]
    summed = _headings(("initiative", "what", "bias", "crps", "covered"), texts)
    where.print(table(texts("portfolio.follow_up.by_initiative"), summed, rows, 2))
    where.print()
    updates = [words.updated(one, _name(board, one.initiative, texts), texts) for one in seen.updates]
    say(where, words.coverage(seen, texts), *updates)


def _headings(keys: Sequence[str], texts: Texts) -> list[str]:
    return [texts(f"portfolio.follow_up.{key}") for key in keys]


def _name(board: Portfolio, name: str, texts: Texts) -> str:
    return title_of(board, name, texts) if name in board.initiatives else name


def _sighting(one: Sighting, board: Portfolio, texts: Texts) -> list[str]:
    band = "–"
    if one.inside is not None:
        mark = texts("portfolio.follow_up.inside" if one.inside else "portfolio.follow_up.outside")
        band = f"{words.written(one.what, one.low, texts)} … {words.written(one.what, one.high, texts)} {mark}"
    return [
        _name(board, one.initiative, texts),
        one.period,
        words.written(one.what, one.seen, texts),
        words.written(one.what, one.median, texts),
        band,
        words.apart(one.what, one.crps, texts),
    ]


def _verdict(one: Verdict, board: Portfolio, texts: Texts) -> list[str]:
    bias = words.apart(one.what, one.bias, texts)
    return [
        _name(board, one.initiative, texts),
        texts(f"portfolio.follow_up.what_{one.what}"),
        bias if one.bias < 0 else f"+{bias}",
        words.apart(one.what, one.crps, texts),
        texts("portfolio.follow_up.of", n=one.covered, m=one.banded) if one.banded else texts.numbers.never,
    ]
