"""``innomotor portfolio report``: the board pack, as a page, a PDF and a workbook."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.errors import Mistake, UserMistakes
from studio.cli.options import JsonOption, LangOption, print_json, texts_in
from studio.cli.portfolio.common import PortfolioArgument, console, opened, say
from studio.cli.portfolio.journals import JournalOption, journal_of

if TYPE_CHECKING:
    from portfolio.board import Portfolio
    from studio.reports.board.pack import Pack
    from studio.texts import Texts

_NAMES = {"html": "board.html", "pdf": "board.pdf", "excel": "board.xlsx"}


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("report", epilog="Example: innomotor portfolio report portfolio_exempelregion --lang sv")(report)


def report(
    portfolio: PortfolioArgument,
    *,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the report. [default: results/PORTFOLIO]")
    ] = None,
    draws: Annotated[int, typer.Option(min=1, help="In how many possible worlds to seek the best portfolio.")] = 200,
    journal: JournalOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but mistakes.")] = False,
) -> None:
    """Write the board pack: one HTML page, a PDF printed by an installed Chromium, and every table in Excel."""
    from studio.cli.shipped import found  # noqa: PLC0415 slow to load, and --help does not need it
    from studio.reports.board import page  # noqa: PLC0415

    texts, file = texts_in(lang), found(portfolio)
    folder = out if out is not None else Path("results") / file.stem
    _check_folder(folder)
    board, key = _read(file)
    if board.initiatives:
        pack = _gathered(portfolio, file, draws, journal, texts, quiet=quiet or as_json)
        pages, key = page.parts(pack, texts), pack.key
    else:
        pages = page.balance_parts(board, texts)
    try:
        failed = page.write(folder, board, pages, texts)
    except OSError as error:
        raise UserMistakes(_unwritable(folder, error)) from error
    written = {kind: folder / name for kind, name in _NAMES.items() if kind not in failed}
    if as_json:
        print_json({**{kind: str(path) for kind, path in written.items()}, "not_written": failed, "key": key})
    elif not quiet:
        _tell(written, failed, texts)


def _read(file: Path) -> tuple[Portfolio, str]:
    """The portfolio, and the key of what results of it rest on."""
    from portfolio.file import read  # noqa: PLC0415
    from studio.criteria import brought  # noqa: PLC0415

    board = read(file, brought)
    return board, key_of(board, file)


def _gathered(portfolio: str, file: Path, draws: int, journal: Path | None, texts: Texts, *, quiet: bool) -> Pack:
    from studio.cli.portfolio.follow import outcome  # noqa: PLC0415
    from studio.forecasts.pools import remembered_search  # noqa: PLC0415
    from studio.reports.board.pack import gathered  # noqa: PLC0415

    board, forecast = opened(portfolio, texts, quiet=quiet)
    book = journal_of(portfolio, journal)
    entries = book.entries() if journal is not None or book.file.exists() else []
    followed = outcome(book, entries) if entries else None
    key = key_of(board, file)
    pool_of = remembered_search
    return gathered(board, file, key, forecast, solved=draws, pool_of=pool_of, journal=entries, followed=followed)


def key_of(board: Portfolio, file: Path) -> str:
    """SHA-256 of what the results rest on: the portfolio, the scenarios that it names, its own numbers, the engine."""
    from portfolio.journal import taken  # noqa: PLC0415
    from portfolio.numbers import own_defaults  # noqa: PLC0415
    from sim.store import engine_version  # noqa: PLC0415

    named = {one.benefit.scenario for one in board.initiatives.values()} | {g.scenario for g in board.groups.values()}
    scenarios = {name: (file.parent / name).read_bytes() for name in sorted(filter(None, named))}
    content: dict[str, Any] = {
        "portfolio": board.model_dump(mode="json", exclude_defaults=True),
        "scenarios": {name: hashlib.sha256(said).hexdigest() for name, said in scenarios.items()},
        "numbers": {name: one.value for name, one in own_defaults().items()},
        "engine": engine_version(),
    }
    return taken(content).key


def _check_folder(folder: Path) -> None:
    """Refuse a place where nothing can be written, before anything is computed."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".innomotor-probe"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise UserMistakes(_unwritable(folder, error)) from error


def _unwritable(folder: Path, error: OSError) -> Mistake:
    return Mistake("--out", f"{folder} cannot be written ({error.strerror})", "Choose another folder")


def _tell(written: dict[str, Path], failed: dict[str, str], texts: Texts) -> None:
    where = console()
    for kind, path in written.items():
        where.print(texts(f"board.cli_{kind}", path=path), markup=False, highlight=False, soft_wrap=True)
    if "pdf" in failed:
        say(where, texts("board.cli_no_pdf", why=texts(f"board.pdf_{failed['pdf']}")))
    if "excel" in failed:
        say(where, texts("board.cli_no_excel"))
