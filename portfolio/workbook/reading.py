"""Reads a workbook back: what it says as the portfolio's file would, where each part stands, and what is wrong."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portfolio.workbook import guard, sheets
from portfolio.workbook.layout import Sheet
from portfolio.workbook.mistakes import in_file
from portfolio.workbook.said import Reading
from portfolio.workbook.words import Words
from sim.api import UserMistakes

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet


def read(file: Path, languages: Sequence[Words]) -> Reading:
    """What a workbook says, with all that is wrong in its cells.

    Args:
        file: the workbook.
        languages: it may be in any of these.

    Raises:
        UserMistakes: it cannot be opened as a workbook.
    """
    guard.check(file)
    reading = Reading(file)
    for page, sheet, words in _known(_opened(file), languages, reading):
        _whole(page, reading)
        one = sheets.Page(page, sheet, words, reading)
        (sheets.read_values if sheet.single else sheets.read_rows)(one)
    _tidy(reading.document)
    return reading


def _opened(file: Path) -> Any:
    from openpyxl import load_workbook  # noqa: PLC0415 an extra, and slow to load

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells of decorations that it does not know
            return load_workbook(file, keep_links=False)
    except Exception as error:  # whatever a malformed part leads openpyxl to
        found, remedy = f"cannot be read as a workbook ({type(error).__name__})", "Open it in Excel and save it again"
        raise UserMistakes(in_file(file, found, remedy)) from error


def _known(book: Any, languages: Sequence[Words], reading: Reading) -> Iterator[tuple[Worksheet, Sheet, Words]]:
    """The sheets that hold the portfolio, each once; unknown ones are mistakes."""
    seen: dict[str, str] = {}
    for page in book.worksheets:
        if any(page.title in (words("read_me"), words("lists")) for words in languages):
            continue
        found = next(((sheet, words) for words in languages if (sheet := words.sheet(page.title))), None)
        if found is None:
            reading.wrong(page, "A1", "unknown sheet", "Take it away, or give it the name it has in the template")
        elif found[0].key in seen:
            reading.wrong(page, "A1", f"the same sheet as {seen[found[0].key]}", "Keep one of them")
        else:
            seen[found[0].key] = page.title
            yield page, *found
    for chart in book.chartsheets:
        reading.mistakes.append(in_file(reading.file, f"the sheet {chart.title} is a chart", "Take it away"))


def _whole(page: Worksheet, reading: Reading) -> None:
    """What would be lost or cannot be trusted: merged cells, formulas, errors, hidden rows, comments."""
    for merged in page.merged_cells.ranges:
        reading.wrong(page, merged.coord, "merged cells", "Split them and write the value in each")
    for cell in _filled(page):
        value = cell.value
        if cell.data_type == "f" or (isinstance(value, str) and value.lstrip().startswith("=")):
            reading.wrong(page, cell.coordinate, "a formula, or text that begins with =", "Write the value itself")
        elif cell.data_type == "e":
            reading.wrong(page, cell.coordinate, f"the error {value}", "Write the value itself")
        if cell.comment is not None:
            reading.wrong(page, cell.coordinate, "a comment, which is not read", "Move it into a cell, or take it away")
        if page.row_dimensions[cell.row].hidden or page.column_dimensions[cell.column_letter].hidden:
            reading.wrong(page, cell.coordinate, "a value in a hidden row or column", "Show it, or take it away")


def _filled(page: Worksheet) -> list[Cell]:
    """Every cell with a value, row by row."""
    return [cell for row in page.iter_rows() for cell in row if cell.value is not None]


def _tidy(document: dict[str, Any]) -> None:
    """Short forms: an amount with one value, a text in one language, strategies that are names only."""
    for initiative in document.get("initiatives", {}).values():
        plans = initiative.get("strategies")
        if plans and not any(plans.values()):
            initiative["strategies"] = list(plans)
    _shorten(document)


def _shorten(within: dict[str, Any]) -> None:
    for key, value in within.items():
        if not isinstance(value, dict):
            continue
        if value.keys() == {"likely"}:
            within[key] = value["likely"]
        elif len(value) == 1 and key in ("title", "about", "note") and value.keys() <= {"sv", "en"}:
            within[key] = next(iter(value.values()))
        else:
            _shorten(value)
