"""``innomotor portfolio journal show | export | verify``: what has been decided, and whether it is as written."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.errors import Mistake, UserMistakes
from studio.cli.options import JsonOption, LangOption, print_json, texts_in
from studio.cli.portfolio.common import console, say, table
from studio.reports.board import entries as words

if TYPE_CHECKING:
    from portfolio.journal import Entry, Journal
    from portfolio.workbook.tables import Table
    from studio.texts import Texts

JournalArgument = Annotated[
    str, typer.Argument(metavar="PORTFOLIO", help="Portfolio whose journal it is, or the journal's own file.")
]
JournalOption = Annotated[
    Path | None, typer.Option("--journal", metavar="FILE", help="The journal. [default: beside the portfolio]")
]
SUFFIX = ".journal.sqlite"
_RECEIPT = re.compile(r"(\d+):([0-9a-f]{8,64})")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_SHOWN_REASON = 60

_app = typer.Typer(name="journal", help="The decisions: show, export, verify.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the group of commands."""
    _app.command("show", epilog="Example: innomotor portfolio journal show portfolio.yaml")(show)
    _app.command("export", epilog="Example: innomotor portfolio journal export portfolio.yaml --out journal.xlsx")(
        export
    )
    _app.command("verify", epilog="Example: innomotor portfolio journal verify portfolio.yaml --receipt 12:3fa9c0d1")(
        verify
    )
    app.add_typer(_app)


def show(journal: JournalArgument, *, lang: LangOption = None, as_json: JsonOption = False) -> None:
    """Show every decision and follow-up, in the order of writing."""
    entries = journal_of(journal).entries()
    if as_json:
        print_json({"lines": [plain(entry) for entry in entries]})
        return
    texts, where = texts_in(lang), console()
    headings = [texts(f"portfolio.journal.{key}") for key in ("number", "date", "initiative", "what", "who", "reason")]
    where.print(
        table(texts("portfolio.journal.title"), headings, [_row(entry, texts) for entry in entries], len(headings))
    )
    if entries:
        last = entries[-1].line
        say(where, texts("portfolio.journal.receipt", receipt=f"{last.number}:{last.hash[:16]}"))


def export(
    journal: JournalArgument,
    *,
    out: Annotated[
        Path,
        typer.Option(
            metavar="FILE", help="A .json (whole, verifiable), .csv or .xlsx file, or minutes as .html or .pdf."
        ),
    ],
    day: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day of the meeting, for minutes. [default: all]")
    ] = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the journal to a file: JSON that can be verified anywhere, a table to read, or minutes of a meeting."""
    texts, book = texts_in(lang), journal_of(journal)
    entries = book.entries()
    if out.suffix == ".xlsx":
        _write_xlsx(out, entries, texts)
    elif out.suffix in (".json", ".csv"):
        _write_text(out, _json(book, entries) if out.suffix == ".json" else _csv(entries, texts))
    elif out.suffix in (".html", ".pdf"):
        _write_minutes(out, journal, entries, day.date() if day is not None else None, texts)
    else:
        raise UserMistakes(
            Mistake("--out", f"{out} is of no known kind", "End it with .json, .csv, .xlsx, .html or .pdf")
        )
    if as_json:
        print_json({"file": str(out), "lines": len(entries)})
    else:
        typer.echo(texts("portfolio.journal.exported", path=out, n=len(entries)))


def verify(
    journal: JournalArgument,
    *,
    receipt: Annotated[
        list[str] | None, typer.Option(metavar="LINE:HASH", help="A receipt from the minutes; may be given again.")
    ] = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check that no line has been changed, moved or taken away; ends with 1 if one has."""
    from portfolio.journal import chain  # noqa: PLC0415

    texts, receipts = texts_in(lang), _receipts(receipt or [])
    if journal.endswith(".json"):
        lines = _exported(Path(journal))
        faults = chain.faults(lines, receipts)
    else:
        book = journal_of(journal)
        faults, lines = book.verify(receipts), book.lines()
    if as_json:
        told = [{"line": fault.number, "why": fault.why} for fault in faults]
        print_json({"whole": not faults, "lines": len(lines), "faults": told})
    elif not faults:
        last = f"{lines[-1].number}:{lines[-1].hash[:16]}" if lines else "–"
        typer.echo(texts("portfolio.journal.whole", n=len(lines), receipt=last))
    for fault in faults if not as_json else ():
        typer.echo(texts(f"portfolio.fault.{fault.why}", n=fault.number))
    if faults:
        raise typer.Exit(1)


def place_of(portfolio: str, journal: Path | None) -> Path:
    """Where a portfolio's journal lies: as told, beside the portfolio's file, or here for one that is shipped."""
    if journal is not None:
        return journal
    given = Path(portfolio)
    if given.name.endswith(".sqlite"):
        return given
    from studio.cli.shipped import found  # noqa: PLC0415

    file = found(portfolio)
    return (file if given.exists() else Path(file.name)).with_suffix(SUFFIX)


def journal_of(argument: str, journal: Path | None = None) -> Journal:
    """The journal that is meant."""
    from portfolio.journal import Journal  # noqa: PLC0415

    return Journal(place_of(argument, journal))


def plain(entry: Entry) -> dict[str, Any]:
    """A line as JSON data."""
    line = entry.line
    said = entry.record.model_dump(mode="json", exclude_none=True)
    return {"number": line.number, "previous": line.previous, "hash": line.hash, **said}


def _row(entry: Entry, texts: Texts) -> list[str]:
    record = entry.record
    reason = record.reason if record.kind == "decision" else record.source
    short = reason if len(reason) <= _SHOWN_REASON else f"{reason[:_SHOWN_REASON]}…"
    number = str(entry.line.number)
    if record.corrects is not None:
        number = texts("portfolio.journal.corrects", n=number, of=record.corrects)
    told, by = words.what(entry, texts), words.who(entry, texts)
    return [number, record.date.isoformat(), record.initiative, told, by, short]


def _table(entries: list[Entry], texts: Texts) -> Table:
    from portfolio.workbook.tables import Table  # noqa: PLC0415

    keys = ("number", "date", "initiative", "what", "who", "reason", "conditions", "snapshot", "recorded_at", "hash")
    rows = tuple(
        (
            entry.line.number,
            record.date.isoformat(),
            record.initiative,
            words.what(entry, texts),
            words.who(entry, texts),
            record.reason if record.kind == "decision" else record.source,
            (record.conditions or "") if record.kind == "decision" else "",
            record.snapshot if record.kind == "decision" else "",
            record.recorded_at.isoformat(),
            entry.line.hash,
        )
        for entry in entries
        for record in (entry.record,)
    )
    title = texts("portfolio.journal.title")
    return Table(title, title, tuple(texts(f"portfolio.journal.{key}") for key in keys), rows)


def _write_xlsx(out: Path, entries: list[Entry], texts: Texts) -> None:
    from portfolio.workbook import tables  # noqa: PLC0415
    from studio.cli.portfolio.workbook import check_excel  # noqa: PLC0415

    check_excel()
    tables.write(out, [_table(entries, texts)])


def _write_minutes(out: Path, portfolio: str, entries: list[Entry], day: dt.date | None, texts: Texts) -> None:
    from portfolio import file  # noqa: PLC0415
    from studio.cli.shipped import found  # noqa: PLC0415
    from studio.criteria import brought  # noqa: PLC0415
    from studio.reports.board import minutes, pdf  # noqa: PLC0415

    if Path(portfolio).name.endswith(".sqlite"):
        raise UserMistakes(Mistake("PORTFOLIO", "minutes name initiatives", "Write the portfolio, not its journal"))
    told = minutes.html(file.read(found(portfolio), brought), entries, day, texts)
    if out.suffix == ".html":
        _write_text(out, told)
        return
    try:
        pdf.of_text(told, out)
    except pdf.NotPrintedError as error:
        why = texts(f"board.pdf_{error}")
        raise UserMistakes(Mistake("--out", f"no PDF: {why}", "Write an .html file and print it")) from error


def _json(book: Journal, entries: list[Entry]) -> str:
    lines = [vars_of(entry) for entry in entries]
    return json.dumps({"lines": lines, "snapshots": book.snapshots()}, ensure_ascii=False, indent=1) + "\n"


def vars_of(entry: Entry) -> dict[str, Any]:
    """A line as it is kept, its text unbroken so that its hash can be checked."""
    line = entry.line
    return {"number": line.number, "previous": line.previous, "body": line.body, "hash": line.hash}


def _csv(entries: list[Entry], texts: Texts) -> str:
    """With semicolons, as Excel in Swedish reads it; what begins as a formula would begins with an apostrophe."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    made = _table(entries, texts)
    for row in (made.columns, *made.rows):
        writer.writerow([f"'{text}" if (text := str(value)).startswith(_FORMULA) else text for value in row])
    return "\ufeff" + written.getvalue()


def _write_text(out: Path, text: str) -> None:
    beside = out.with_name(f".{out.name}.making")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, encoding="utf-8", newline="")
        beside.replace(out)
    except OSError as error:
        raise UserMistakes(
            Mistake("--out", f"{out} cannot be written ({error.strerror})", "Choose another place")
        ) from error


def _receipts(given: list[str]) -> dict[int, str]:
    found = {}
    for one in given:
        match = _RECEIPT.fullmatch(one)
        if match is None:
            raise UserMistakes(Mistake("--receipt", f"{one!r} is not a receipt", "Write it as 12:3fa9c0d1…"))
        found[int(match[1])] = match[2]
    return found


def _exported(file: Path) -> list[Any]:
    """The lines of a journal that was exported as JSON."""
    from portfolio.journal import Line  # noqa: PLC0415

    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        fields = ("number", "previous", "body", "hash")
        lines = [Line(*(one[field] for field in fields)) for one in said["lines"]]
        return sorted(lines, key=lambda line: int(line.number))
    except (OSError, ValueError, KeyError, TypeError) as error:
        found = f"{file} is not a journal that was exported"
        raise UserMistakes(
            Mistake("journal", found, "Write it with 'portfolio journal export --out x.json'")
        ) from error
