"""The cells of one sheet: single values line by line, or rows under headings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portfolio.workbook import values
from portfolio.workbook.layout import Column, Sheet
from portfolio.workbook.layout import Path as Place
from portfolio.workbook.said import Reading
from portfolio.workbook.words import Words

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

_SEARCHED = 12
"""Rows in which the headings are looked for."""


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet that is being read."""

    page: Worksheet
    sheet: Sheet
    words: Words
    reading: Reading

    def wrong(self, cell: str, found: str, remedy: str) -> None:
        """Note a mistake in a cell."""
        self.reading.wrong(self.page, cell, found, remedy)


def read_values(one: Page) -> None:
    """Lines of name and value; the third column explains."""
    for name, cell, *more in one.page.iter_rows(min_row=3, max_col=max(3, one.page.max_column)):
        for extra in more[1:]:
            if extra.value is not None:
                one.wrong(extra.coordinate, "nothing is read here", "Take it away")
        column = one.words.column(one.sheet, str(name.value)) if name.value is not None else None
        if column is not None and usable(cell):
            _take(one, cell, column, ())
        elif column is None and (name.value is not None or cell.value is not None):
            one.wrong(name.coordinate, f"{name.value!r} is not known", "Use the words of the template")


def read_rows(one: Page) -> None:
    """Rows under headings."""
    heads = _heads(one)
    if heads is None:
        first = one.words(f"column.{one.sheet.columns[0].key}")
        one.wrong("A1", f"no row of headings that begins with {first!r}", "Take the headings of the template")
        return
    columns = _columns(one, heads)
    for row in one.page.iter_rows(min_row=heads[0].row + 1):
        if not values.only([cell.value for cell in row]) and not _explains(one, row, columns):
            _read_row(one, row, columns)


def usable(cell: Cell) -> bool:
    """Whether a cell says something that has not been refused already."""
    if cell.value is None or cell.data_type in ("f", "e"):
        return False
    return not isinstance(cell.value, str) or (bool(cell.value.strip()) and not cell.value.lstrip().startswith("="))


def _heads(one: Page) -> Sequence[Cell] | None:
    """The row of the first rows that has most of the sheet's headings."""
    known = [
        (sum(one.words.column(one.sheet, str(cell.value)) is not None for cell in row), row)
        for row in one.page.iter_rows(max_row=_SEARCHED)
    ]
    most, row = max(known, key=lambda pair: pair[0], default=(0, None))
    return row if most >= min(2, len(one.sheet.columns)) else None


def _columns(one: Page, heads: Sequence[Cell]) -> dict[int, Column]:
    """Which column stands where; unknown and doubled headings are mistakes."""
    found: dict[int, Column] = {}
    for cell in heads:
        if cell.value is None:
            continue
        column = one.words.column(one.sheet, str(cell.value))
        if column is None:
            one.wrong(cell.coordinate, f"unknown heading {cell.value!r}", "Use the headings of the template")
        elif column in found.values():
            one.wrong(cell.coordinate, f"the heading {cell.value!r} again", "Keep one of the columns")
        else:
            found[cell.column] = column
    return found


def _explains(one: Page, row: Sequence[Cell], columns: Mapping[int, Column]) -> bool:
    """Whether this is the template's row of explanations."""
    said = [(columns[cell.column], cell.value) for cell in row if cell.column in columns and cell.value is not None]
    return bool(said) and all(value == one.words(f"about.{column.key}") for column, value in said)


def _read_row(one: Page, row: Sequence[Cell], columns: Mapping[int, Column]) -> None:
    for cell in row:
        if cell.column not in columns and cell.value is not None:
            one.wrong(cell.coordinate, "a value under no heading", "Move it, or take it away")
    by_key = {columns[cell.column].key: cell for cell in row if cell.column in columns}
    place = _place(one, row[0].row, by_key)
    if place is None:
        return
    if (one.sheet.key, place) in one.reading.rows:
        sheet, other = one.reading.cells[place]
        one.wrong(row[0].coordinate, f"the same as {sheet}!{other}", "Keep one of the rows")
        return
    one.reading.rows.add((one.sheet.key, place))
    given = [column for column in one.sheet.values if column.key in by_key and usable(by_key[column.key])]
    if any(column.path for column in one.sheet.values):
        one.reading.section(place)
    elif not given:
        wanted = one.words(f"column.{one.sheet.values[0].key}")
        one.wrong(row[0].coordinate, "a row without a value", f"Fill in {wanted!r}, or take the row away")
    one.reading.cells.setdefault(place, (one.page.title, row[0].coordinate))
    for column in given:
        _take(one, by_key[column.key], column, place)


def _place(one: Page, number: int, by_key: Mapping[str, Cell]) -> Place | None:
    """Where a row belongs; None, and a mistake, where a key is missing or wrong."""
    steps: list[str] = []
    keys = {column.key: column for column in one.sheet.keys}
    for step in one.sheet.place:
        column = keys.get(step[1:-1]) if step.startswith("{") else None
        if column is None:
            steps.append(step)
            continue
        cell = by_key.get(column.key)
        if cell is None or not usable(cell):
            if not column.optional:
                where = f"A{number}" if cell is None else cell.coordinate
                one.wrong(where, f"{one.words(f'column.{column.key}')!r} is empty", "Fill it in, or empty the row")
                return None
            continue
        try:
            said = str(values.read(cell.value, column, one.words))
        except values.WrongValueError as error:
            one.wrong(cell.coordinate, error.found, error.remedy)
            return None
        steps += said.split(".") if column.kind == "choice" else [said]
    return tuple(steps)


def _take(one: Page, cell: Cell, column: Column, place: Place) -> None:
    """Put a cell's value where it belongs, or note what is wrong with it."""
    try:
        value = values.read(cell.value, column, one.words)
    except values.WrongValueError as error:
        one.wrong(cell.coordinate, error.found, error.remedy)
        return
    one.reading.take(one.page, cell.coordinate, (*place, *column.path), value)
