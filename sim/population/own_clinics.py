"""The user's own clinics, from a CSV file, with every mistake in it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sim.errors import Mistake, UserMistakes
from sim.evidence import nearest
from sim.population.regions import canonical_region, tidy

MOST_CLINICS = 2_000_000
"""More clinics than this are refused."""
MOST_BYTES = 256 * 2**20
"""A larger file of clinics is refused [bytes]."""

_MOST_MISTAKES = 100
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class ClinicRow:
    """One clinic of the user's file."""

    region: str
    """Short name of a Swedish region, or the name as written."""
    name: str
    """Name of the clinic, unique in its region."""
    staff: float | None = None
    """Persons, or None where not given."""
    kind: str | None = None
    """What kind of unit, or None where not given."""
    slack: float | None = None
    """Share of staff hours free for change, 0 to 0.5, or None where not given."""


_COLUMNS = ("region", "clinic", "staff", "kind", "slack")
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def read_clinics_csv(path: Path, label: str) -> tuple[ClinicRow, ...]:
    """The clinics of a CSV file with the columns region and clinic, and if wished staff, kind and slack.

    UTF-8 with or without a byte order mark; comma or semicolon, and with semicolon also decimal comma.

    Args:
        path: the file.
        label: its name as the user wrote it, for the messages.

    Raises:
        UserMistakes: everything that is wrong with the file, each with its line.
    """
    text = text_of(path, label)
    semicolon = text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",")
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=";" if semicolon else ",", strict=True)
    mistakes: list[Mistake] = []
    rows: list[ClinicRow] = []
    try:
        columns = _header(next(lines, []), label, mistakes)
        reader = _Rows(columns, label, decimal_comma=semicolon)
        for cells in lines if {"region", "clinic"} <= columns.keys() else ():
            if any(cell.strip() for cell in cells):
                rows.append(reader.row(cells, lines.line_num, mistakes))
            if len(mistakes) > _MOST_MISTAKES or len(rows) > MOST_CLINICS:
                break
    except csv.Error as error:
        mistakes.append(
            Mistake("row", f"not readable as CSV ({error})", "Close every quotation mark", label, lines.line_num)
        )
    mistakes += _count_mistakes(len(rows), label) if not mistakes else []
    if mistakes:
        raise UserMistakes(_at_most(mistakes, label))
    return tuple(rows)


def text_of(path: Path, label: str) -> str:
    """The file's text, refused when it is too large, not UTF-8, or holds characters that cannot be seen."""
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UserMistakes(
            Mistake(
                "file", f"it cannot be read ({error.strerror or 'not a file'})", "Write the name of a CSV file", label
            )
        ) from None
    if len(raw) > MOST_BYTES:
        found = f"more than {MOST_BYTES // 2**20} MB"
        raise UserMistakes(Mistake("file", found, f"Give at most {MOST_BYTES // 2**20} MB", label))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        remedy = "Save the file as UTF-8 ('CSV UTF-8' in a spreadsheet)"
        raise UserMistakes(Mistake("file", "text that is not UTF-8", remedy, label, line)) from None
    unseen = _unseen(text, label)
    if unseen:
        raise UserMistakes(_at_most(unseen, label))
    return text


def _unseen(text: str, label: str) -> list[Mistake]:
    """The first control, direction and zero-width characters, each with its line."""
    hits = islice(_UNSEEN.finditer(text), _MOST_MISTAKES + 1)
    found = [(text.count("\n", 0, hit.start()) + 1, f"the unseen character U+{ord(hit[0]):04X}") for hit in hits]
    return [Mistake("text", what, "Delete it", label, line) for line, what in found]


def _header(cells: list[str], label: str, mistakes: list[Mistake]) -> dict[str, int]:
    """Place of each column by its name; what is wrong is added to the mistakes."""
    found = [cell.strip().casefold() for cell in cells]
    missing = [column for column in _COLUMNS if column not in found]
    for place, name in enumerate(found):
        if name and name not in _COLUMNS:
            meant = nearest(name, missing)
            advice = f"Did you mean {meant!r}?" if meant else f"Delete it, or write one of {', '.join(_COLUMNS)}"
            mistakes.append(Mistake("columns", f"unknown column {cells[place].strip()!r}", advice, label, 1))
            missing = [column for column in missing if column != meant]
        elif name and name in found[:place]:
            mistakes.append(Mistake("columns", f"{name!r} twice", "Keep one of the two", label, 1))
    needed = [column for column in ("region", "clinic") if column in missing]
    mistakes += [Mistake("columns", f"no column {name!r}", "Write it in the first line", label, 1) for name in needed]
    return {name: place for place, name in enumerate(found) if name}


class _Rows:
    """Makes clinics of the cells of a file, and notes what is wrong with them."""

    def __init__(self, columns: Mapping[str, int], label: str, *, decimal_comma: bool) -> None:
        self._columns = columns
        self._label = label
        self._number = re.compile(
            r"[+-]?[0-9]{1,15}(?:[.,][0-9]{1,15})?" if decimal_comma else r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?"
        )
        self._seen: dict[tuple[str, str], int] = {}
        self._width = len(columns)
        self._named = frozenset(columns.values())

    def row(self, cells: list[str], line: int, mistakes: list[Mistake]) -> ClinicRow:
        """The clinic of one line; what is wrong with it is added to the mistakes."""

        def tell(place: str, found: str, remedy: str) -> None:
            mistakes.append(Mistake(place, found, remedy, self._label, line))

        if len(cells) > self._width and any(cells[place].strip() for place in {*range(len(cells))} - self._named):
            tell("row", "more cells than columns", "Put a text that holds the separator in quotation marks")
        region = self._name(cells, "region", tell)
        name = self._name(cells, "clinic", tell)
        region = canonical_region(region) or region
        first = self._seen.setdefault((region, name), line)
        if first != line and region and name:
            tell(
                "clinic",
                f"{name!r} of {region} again, as in line {first}",
                "Give every clinic of a region its own name",
            )
        staff = self._quantity(cells, "staff", tell, lambda x: 0 < x <= 100_000, "a number of persons above 0")
        slack = self._quantity(cells, "slack", tell, lambda x: 0 <= x <= 0.5, "a share from 0 to 0.5, such as 0.05")
        kind = self._cell(cells, "kind")
        if len(kind) > _LONGEST_NAME:
            tell("kind", f"{len(kind)} characters", f"Write at most {_LONGEST_NAME}")
        return ClinicRow(region, name, staff, kind or None, slack)

    def _cell(self, cells: list[str], column: str) -> str:
        place = self._columns.get(column)
        return "" if place is None or place >= len(cells) else tidy(cells[place])

    def _name(self, cells: list[str], column: str, tell: Callable[[str, str, str], None]) -> str:
        name = self._cell(cells, column)
        if not name:
            tell(column, "no name", f"Write the name of the {column}")
        if len(name) > _LONGEST_NAME:
            tell(column, f"a name of {len(name)} characters", f"Write at most {_LONGEST_NAME}")
        return name

    def _quantity(
        self,
        cells: list[str],
        column: str,
        tell: Callable[[str, str, str], None],
        holds: Callable[[float], bool],
        what: str,
    ) -> float | None:
        text = self._cell(cells, column)
        if not text:
            return None
        value = float(text.replace(",", ".")) if self._number.fullmatch(text) else None
        if value is None or not holds(value):
            tell(column, repr(text), f"Write {what}, or leave the cell empty")
        return value


def _count_mistakes(count: int, label: str) -> list[Mistake]:
    if count == 0:
        return [Mistake("rows", "no clinics", "Write one clinic a line below the first line", label)]
    if count > MOST_CLINICS:
        return [Mistake("rows", f"more than {MOST_CLINICS:,} clinics", "Give fewer", label)]
    return []


def _at_most(mistakes: list[Mistake], label: str) -> list[Mistake]:
    """The first hundred, and a word on the rest."""
    if len(mistakes) <= _MOST_MISTAKES:
        return mistakes
    rest = Mistake("file", f"more than {_MOST_MISTAKES} mistakes", "Mend these first", label)
    return [*mistakes[:_MOST_MISTAKES], rest]
