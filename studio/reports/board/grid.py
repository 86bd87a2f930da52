"""What a page is made of: paragraphs, pictures, and grids that page and Excel share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from matplotlib.figure import Figure

from portfolio.workbook.tables import Table, Value
from studio.texts import Texts


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows, and its value for a spreadsheet."""

    text: str
    value: Value = None
    below: str = ""
    """A second line in quiet type, such as a range."""
    look: str = ""
    """A class of the style sheet, such as a traffic light's colour."""
    format: str = ""
    """How a spreadsheet shows its number."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table."""

    name: str
    """For the sheet in Excel."""
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    left: int = 1
    """How many columns are set to the left; the others are figures."""
    look: str = ""

    def table(self) -> Table:
        """As a sheet: values where there are any, else the text."""
        rows = tuple(tuple(_value(cell) for cell in row) for row in self.rows)
        formats = tuple(
            next((row[column].format for row in self.rows if row[column].format), "")
            for column in range(len(self.columns))
        )
        return Table(self.name, self.caption, self.columns, rows, formats)


@dataclass(frozen=True, eq=False)
class Picture:
    """A figure with its words."""

    name: str
    heading: str
    caption: str
    alternative: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class Paragraphs:
    """Sentences, or a list of them under a heading."""

    sentences: tuple[str, ...]
    heading: str = ""
    bullets: bool = False
    look: str = ""


Block = Grid | Picture | Paragraphs


@dataclass(frozen=True)
class Part:
    """A page of the pack."""

    number: int
    key: str
    heading: str
    blocks: tuple[Block, ...]


def plain(text: str, look: str = "", below: str = "") -> Cell:
    """A cell of words."""
    return Cell(text, text or None, below, look)


def number(value: float | None, texts: Texts, decimals: int = 0, below: str = "") -> Cell:
    """A cell with a number."""
    known = value if value is not None and isfinite(value) else None
    return Cell(texts.numbers.number(value, decimals), known, below, format=_digits("#,##0", decimals))


def millions(sek: float, texts: Texts, ends: Sequence[float] = ()) -> Cell:
    """An amount in millions with one decimal, and its range."""
    below = " … ".join(texts.numbers.number(end / 1e6, 1) for end in ends)
    known = sek / 1e6 if isfinite(sek) else None
    return Cell(texts.numbers.number(sek / 1e6, 1), known, below, format=_digits("#,##0", 1))


def percent(share: float | None, texts: Texts, decimals: int = 0) -> Cell:
    """A share; in a spreadsheet between 0 and 1."""
    known = share if share is not None and isfinite(share) else None
    return Cell(texts.numbers.percent(share, decimals), known, format=f"{_digits('0', decimals)}%")


def _digits(whole: str, decimals: int) -> str:
    """A spreadsheet's number format; it shows the reader's own signs for thousands and decimals."""
    return f"{whole}.{'0' * decimals}" if decimals else whole


def _value(cell: Cell) -> Value:
    return cell.text if cell.value is None and cell.text not in ("–", "") else cell.value
