"""The workbook that a board fills in: a sheet for each part, explanations above the columns, drop-downs in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portfolio.workbook import values
from portfolio.workbook.layout import CHOICES, OFTEN, OPEN_CHOICES, SHEETS, Column, Sheet
from portfolio.workbook.rows import Row, rows
from portfolio.workbook.tables import fit, put, save
from portfolio.workbook.words import Words

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

HEADINGS = 4
"""Row of the headings in a sheet of rows; the explanations stand below them, the rows below those."""
FIRST = HEADINGS + 2
"""First row to fill in."""
LAST = 600
"""Last row with drop-downs; rows below are read all the same."""

_DEEP, _QUIET, _PALE, _KEY = "0B3C5D", "52606D", "F1F5F8", "FFF7E0"
_LONGEST_PROMPT = 255
_WIDTHS = {"number": 14, "whole": 12, "share": 12, "choice": 20, "flag": 12, "month": 12, "quarter": 12}


def write(file: Path, words: Words, document: Mapping[str, Any]) -> None:
    """Write the workbook, whole or not at all.

    Args:
        file: where; an earlier one is replaced.
        words: in the language of the reader.
        document: what is filled in already, as for ``rows``; may be empty.

    Raises:
        UserMistakes: it cannot be written there.
    """
    from openpyxl import Workbook  # noqa: PLC0415 an extra, and slow to load

    book = Workbook()
    _read_me(book.worksheets[0], words)
    filled = rows(document)
    for sheet in SHEETS:
        page = book.create_sheet(words(f"sheet.{sheet.key}"))
        page.sheet_properties.tabColor = _DEEP if sheet.key in OFTEN else "B0BCC7"
        (_single if sheet.single else _table)(page, sheet, words, filled[sheet.key])
    _lists(book.create_sheet(words("lists")), words)
    save(book, file)


def _read_me(page: Worksheet, words: Words) -> None:
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415

    page.title = words("read_me")
    page.sheet_view.showGridLines = False
    page.column_dimensions["A"].width = 30
    page.column_dimensions["B"].width = 100
    _title(page, words("title"))
    number = 0
    while f"read_me.{number}" in words.entries:
        put(page.cell(3 + number, 1), words(f"read_me.{number}"))
        page.cell(3 + number, 1).alignment = Alignment(vertical="top")
        number += 1
    for row, sheet in enumerate(SHEETS, 4 + number):
        name, about = page.cell(row, 1), page.cell(row, 2)
        put(name, words(f"sheet.{sheet.key}"))
        put(about, words(f"about_sheet.{sheet.key}"))
        name.hyperlink = f"#'{name.value}'!A1"
        name.font = Font(color=_DEEP, underline="single", bold=sheet.key in OFTEN)
        name.alignment = about.alignment = Alignment(vertical="top", wrap_text=True)


def _single(page: Worksheet, sheet: Sheet, words: Words, filled: Sequence[Row]) -> None:
    """One line for each value: what it is, the value, an explanation."""
    from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415

    _head(page, sheet, words)
    for letter, width in zip("ABC", (34, 46, 80), strict=True):
        page.column_dimensions[letter].width = width
    said = filled[0] if filled else {}
    for row, column in enumerate(sheet.columns, HEADINGS):
        name, cell, about = (page.cell(row, place) for place in (1, 2, 3))
        put(name, words(f"column.{column.key}"))
        put(about, words(f"about.{column.key}"))
        name.font, about.font = Font(bold=True, color=_DEEP), Font(italic=True, color=_QUIET)
        cell.fill = PatternFill("solid", fgColor=_KEY)
        name.alignment = about.alignment = Alignment(vertical="top", wrap_text=True)
        cell.alignment = Alignment(vertical="top", wrap_text=True, horizontal="left")
        if column.key in said:
            put(cell, values.shown(said[column.key], column, words))
        _drop_down(page, column, words, f"B{row}")
    page.freeze_panes = f"B{HEADINGS}"
    fit(page, HEADINGS)


def _table(page: Worksheet, sheet: Sheet, words: Words, filled: Sequence[Row]) -> None:
    """Headings, explanations, rows."""
    from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    _head(page, sheet, words)
    for place, column in enumerate(sheet.columns, 1):
        letter, heading = get_column_letter(place), words(f"column.{column.key}")
        top, about = page.cell(HEADINGS, place), page.cell(HEADINGS + 1, place)
        put(top, heading)
        put(about, words(f"about.{column.key}"))
        top.font, about.font = Font(bold=True, color="FFFFFF"), Font(italic=True, size=9, color=_QUIET)
        top.fill = PatternFill("solid", fgColor=_DEEP)
        about.fill = PatternFill("solid", fgColor=_KEY if column in sheet.keys else _PALE)
        top.alignment = about.alignment = Alignment(wrap_text=True, vertical="top")
        page.column_dimensions[letter].width = max(_WIDTHS.get(column.kind, 26), len(heading) + 3)
        _drop_down(page, column, words, f"{letter}{FIRST}:{letter}{LAST}")
        for row, said in enumerate(filled, FIRST):
            if column.key in said:
                cell = page.cell(row, place)
                put(cell, values.shown(said[column.key], column, words))
                cell.alignment = Alignment(wrap_text=column.kind in ("text", "labels"), vertical="top")
                if column.kind in ("number", "share"):
                    cell.number_format = "#,##0.##" if abs(said[column.key]) >= 1000 else "General"
    page.row_dimensions[HEADINGS + 1].height = 76
    page.freeze_panes = page.cell(FIRST, len(sheet.keys) + 1)
    fit(page, HEADINGS)


def _head(page: Worksheet, sheet: Sheet, words: Words) -> None:
    _title(page, words(f"sheet.{sheet.key}"))
    put(page["A2"], words(f"about_sheet.{sheet.key}"))


def _title(page: Worksheet, text: str) -> None:
    from openpyxl.styles import Font  # noqa: PLC0415

    put(page["A1"], text)
    page["A1"].font = Font(bold=True, size=15, color=_DEEP)


def _drop_down(page: Worksheet, column: Column, words: Words, cells: str) -> None:
    """A list to choose from, or the explanation beside the cell; names that are not in the list are told on import."""
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    source = _source(column, words)
    rule = DataValidation(type="list" if source else None, formula1=source, allow_blank=True)
    rule.promptTitle = words(f"column.{column.key}")[:32]
    rule.prompt = words(f"about.{column.key}")[:_LONGEST_PROMPT]
    rule.showInputMessage = True
    rule.showErrorMessage = bool(source) and column.kind in ("choice", "flag")
    rule.errorTitle, rule.error = rule.promptTitle, words("not_in_list")
    rule.add(cells)
    page.add_data_validation(rule)


def _source(column: Column, words: Words) -> str | None:
    """Where the choices of a drop-down stand."""
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    if column.choices.startswith("@"):
        return f"='{words(f'sheet.{column.choices[1:]}')}'!$A${FIRST}:$A${LAST}"
    if not column.choices:
        return None
    letter = get_column_letter(1 + list(_listed()).index(column.choices))
    return f"='{words('lists')}'!${letter}$2:${letter}${1 + len(words.choices(column.choices))}"


def _lists(page: Worksheet, words: Words) -> None:
    """The choices, on a sheet of their own that need not be seen."""
    for place, name in enumerate(_listed(), 1):
        put(page.cell(1, place), name)
        for row, text in enumerate(words.choices(name).values(), 2):
            put(page.cell(row, place), text)
    page.sheet_state = "hidden"


def _listed() -> tuple[str, ...]:
    return (*CHOICES, *OPEN_CHOICES)
