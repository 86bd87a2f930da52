"""The board's report: one HTML file that needs nothing else, a PDF of it, and its tables in Excel."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from portfolio.board import Portfolio
from sim.figures import files
from studio.reports.board import decision, grounds, pdf, plan, standing, worth
from studio.reports.board.grid import Grid, Paragraphs, Part, Picture
from studio.reports.board.pack import Pack
from studio.texts import Texts

HTML, PDF, EXCEL = "board.html", "board.pdf", "board.xlsx"
"""Names of the files in the report's folder."""

PARTS = (
    ("decision", decision.blocks),
    ("gates", standing.gates),
    ("ranking", standing.ranking),
    ("lights", standing.lights),
    ("money", plan.money),
    ("capacity", plan.capacity),
    ("standing", plan.standing),
    ("economy", worth.economy),
    ("information", worth.information),
    ("grounds", grounds.grounds),
)
"""The pages of a board pack, in their order."""


def parts(pack: Pack, texts: Texts) -> list[Part]:
    """The pages."""
    return [
        Part(number, key, texts(f"board.part.{key}"), tuple(blocks(pack, texts)))
        for number, (key, blocks) in enumerate(PARTS, 1)
    ]


def balance_parts(board: Portfolio, texts: Texts) -> list[Part]:
    """The page where there are no initiatives: the judgements of balance, and what they must not be used for."""
    return [Part(1, "lights", texts("board.part.lights"), (*standing.judgements(board, texts), grounds.misuse(texts)))]


def html(board: Portfolio, texts: Texts, pages: list[Part]) -> str:
    """The whole page."""
    return filled(board, texts, pages, texts("board.kind" if board.initiatives else "board.kind_balance"))


def filled(board: Portfolio, texts: Texts, pages: list[Part], kind: str) -> str:
    """A page of parts that needs nothing else, with the portfolio's note on every printed page.

    Args:
        board: the portfolio.
        texts: words.
        pages: the parts.
        kind: what it is, above the title.
    """
    note = board.note.in_language(texts.language) if board.note is not None else ""
    content: dict[str, Any] = {
        "t": texts,
        "kind": kind,
        "title": board.title.in_language(texts.language),
        "note": note,
        "on_every_page": _quoted(note),
        "page_word": _quoted(texts("board.page")),
        "parts": pages,
        "kind_of": kind_of,
        "source": data_uri,
    }
    return _templates().get_template("board/board.html.j2").render(content)


def grids(pages: list[Part]) -> list[Grid]:
    """Every table, in the order of the pages."""
    return [block for part in pages for block in part.blocks if isinstance(block, Grid)]


def write(folder: Path, board: Portfolio, pages: list[Part], texts: Texts) -> dict[str, str]:
    """Write HTML, and what else can be written here.

    Args:
        folder: made if it is not there; earlier reports in it are replaced.
        board: the portfolio.
        pages: the parts.
        texts: words in the reader's language.

    Returns:
        What could not be written and why: ``pdf`` by ``missing`` or ``failed``, ``excel`` by ``missing``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    failed: dict[str, str] = {}
    beside = folder / f".{HTML}.making"
    beside.write_text(html(board, texts, pages), encoding="utf-8")
    beside.replace(folder / HTML)
    try:
        pdf.write(folder / HTML, folder / PDF)
    except pdf.NotPrintedError as error:
        failed["pdf"] = str(error)
        (folder / PDF).unlink(missing_ok=True)  # an earlier one would be of another report
    try:
        from portfolio.workbook import tables  # noqa: PLC0415 an extra

        note = board.note.in_language(texts.language) if board.note is not None else ""
        tables.write(folder / EXCEL, [grid.table() for grid in grids(pages)], note)
    except ImportError:
        failed["excel"] = "missing"
        (folder / EXCEL).unlink(missing_ok=True)
    return failed


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("studio.reports", "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def kind_of(block: object) -> str:
    """What a block is: grid, picture or text."""
    return {Grid: "grid", Picture: "picture", Paragraphs: "text"}[type(block)]


def data_uri(picture: Picture) -> str:
    """A picture that stands in the page itself."""
    return f"data:image/svg+xml;base64,{base64.b64encode(files.svg(picture.figure)).decode()}"


def _quoted(text: str) -> str:
    """A text as a string in a style sheet, where nothing of it can end the string or the sheet."""
    safe = "".join(c if c.isalnum() or c in " .,–-:;()%/" else f"\\{ord(c):x} " for c in text)
    return f'"{safe}"'
