"""Tables out to Excel: one sheet each, text always as text, numbers as numbers."""

from __future__ import annotations

import math
import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.api import Mistake, UserMistakes

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

Value = str | float | int | bool | date | None

_LOOKS_LIKE_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_FORBIDDEN_IN_NAME = re.compile(r"[\\/*?:\[\]']")
_LONGEST_NAME = 31
_WIDEST = 60
_LINE = 15
"""Height of a line of text [points]."""
_DEEP, _PALE = "0B3C5D", "F1F5F8"


@dataclass(frozen=True, slots=True)
class Table:
    """A table as the report shows it."""

    name: str
    """Name of the sheet; shortened where Excel wants it."""
    caption: str
    """What it shows, above it."""
    columns: tuple[str, ...]
    """Headings, with units."""
    rows: tuple[tuple[Value, ...], ...]
    formats: tuple[str, ...] = ()
    """Number format of each column, such as ``0 %``; empty for Excel's own."""


def write(file: Path, tables: Sequence[Table], note: str = "") -> None:
    """Write every table into one workbook, whole or not at all.

    Args:
        file: the workbook; an earlier one is replaced.
        tables: in the order of the sheets.
        note: stands above every table, such as that amounts are invented.

    Raises:
        UserMistakes: it cannot be written there.
    """
    from openpyxl import Workbook  # noqa: PLC0415 an extra, and slow to load

    book = Workbook()
    book.remove(book.worksheets[0])
    taken: set[str] = set()
    for table in tables:
        _fill(book.create_sheet(sheet_name(table.name, taken)), table, note)
    save(book, file)


def save(book: Any, file: Path) -> None:
    """Save an openpyxl workbook beside its place and put it there in one move."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(prefix=".innomotor-", suffix=".xlsx", dir=file.parent)
        os.close(handle)
        try:
            book.save(beside)
            Path(beside).chmod(0o644)
            Path(beside).replace(file)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise
    except OSError as error:
        found = f"{file} cannot be written ({error.strerror})"
        raise UserMistakes(Mistake("workbook", found, "Choose another place, and close it in Excel")) from error


def put(cell: Cell, value: Value) -> None:
    """Write a value; text stays text, also when it begins as a formula would and when somebody edits it.

    Args:
        cell: of openpyxl.
        value: what is not finite is written as an empty cell.
    """
    if isinstance(value, str):
        text = _UNSEEN.sub("", value)
        cell.value = text
        cell.data_type = "s"
        cell.quotePrefix = text.startswith(_LOOKS_LIKE_FORMULA)
    elif isinstance(value, float) and not math.isfinite(value):
        cell.value = None
    elif isinstance(value, datetime) and value.tzinfo is not None:
        cell.value = value.replace(tzinfo=None)
    else:
        cell.value = value


def sheet_name(name: str, taken: set[str]) -> str:
    """A name that Excel accepts and that no other sheet has; it is added to those taken.

    >>> sheet_name("Värde/budget", {"värde budget"})
    'Värde budget 2'
    """
    wished = _FORBIDDEN_IN_NAME.sub(" ", name)[:_LONGEST_NAME].strip() or "1"
    found, count = wished, 1
    while found.lower() in taken:
        count += 1
        found = f"{wished[: _LONGEST_NAME - len(f' {count}')]} {count}"
    taken.add(found.lower())
    return found


def _fill(sheet: Worksheet, table: Table, note: str) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415

    above = [text for text in (table.caption, note) if text]
    for row, text in enumerate(above, 1):
        put(_cell(sheet, row, 1), text)
    sheet["A1"].font = Font(bold=True, size=13, color=_DEEP)
    top = len(above) + 2
    for column, heading in enumerate(table.columns, 1):
        cell = _cell(sheet, top, column)
        put(cell, heading)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor=_DEEP)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    for row, values in enumerate(table.rows, top + 1):
        for column, value in enumerate(values, 1):
            cell = _cell(sheet, row, column)
            put(cell, value)
            cell.alignment = Alignment(wrap_text=isinstance(value, str), vertical="top")
            if table.formats and table.formats[column - 1] and not isinstance(value, str):
                cell.number_format = table.formats[column - 1]
    _widen(sheet, table)
    sheet.freeze_panes = _cell(sheet, top + 1, 2)
    sheet.print_title_rows = f"{top}:{top}"
    fit(sheet, top)


def fit(sheet: Worksheet, first: int) -> None:
    """Rows as high as their wrapped text needs, and one page wide on paper; programs differ in doing it themselves.

    Args:
        sheet: with its columns' widths set.
        first: row from which text is wrapped.
    """
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    for row in sheet.iter_rows(min_row=first):
        lines = [
            -(-len(cell.value) // max(1, int(sheet.column_dimensions[get_column_letter(cell.column)].width) - 1))
            for cell in row
            if isinstance(cell.value, str) and cell.alignment.wrap_text
        ]
        if max(lines, default=1) > 1 and sheet.row_dimensions[row[0].row].height is None:
            sheet.row_dimensions[row[0].row].height = _LINE * max(lines)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _widen(sheet: Worksheet, table: Table) -> None:
    """Columns wide enough for what they hold, within reason."""
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    for column, heading in enumerate(table.columns):
        longest = max([len(heading) / 1.5, *(len(str(row[column])) for row in table.rows)], default=10)
        sheet.column_dimensions[get_column_letter(column + 1)].width = min(_WIDEST, max(11, longest + 2))


def _cell(sheet: Worksheet, row: int, column: int) -> Cell:
    return sheet.cell(row, column)
