"""Observed adoption: a CSV file read and checked, every mistake with its line.

One column says when (``month`` as 2025-03 or as a month of the scenario, or ``year``), one how many, and ``region`` may
say where. The name of the column of figures says what they are: clinics that use it now (``in_use``) or that have ever
used it (``cumulative``), as a share, with ``_percent`` or with ``_clinics``. Swedish names serve as well. A figure is
that of the end of its month or year.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.errors import Mistake, UserMistakes
from sim.evidence import nearest
from sim.population import Population, canonical_region
from sim.population.own_clinics import text_of
from sim.scenario import Scenario

Kind = Literal["in_use", "cumulative"]
Unit = Literal["share", "percent", "clinics"]

LEAST_MONTHS = 3
"""With fewer months nothing can be told from a level and a slope."""
_MOST_ROWS = 100_000
_MOST_MISTAKES = 100
_SWEDISH = {
    "månad": "month",
    "år": "year",
    "i_bruk": "in_use",
    "i_bruk_procent": "in_use_percent",
    "i_bruk_enheter": "in_use_clinics",
    "kumulativt": "cumulative",
    "kumulativt_procent": "cumulative_percent",
    "kumulativt_enheter": "cumulative_clinics",
}
_VALUES: Mapping[str, tuple[Kind, Unit]] = {
    "in_use": ("in_use", "share"),
    "in_use_percent": ("in_use", "percent"),
    "in_use_clinics": ("in_use", "clinics"),
    "cumulative": ("cumulative", "share"),
    "cumulative_percent": ("cumulative", "percent"),
    "cumulative_clinics": ("cumulative", "clinics"),
}
_COLUMNS = ("month", "year", "region", *_VALUES)
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,15})?(?:[eE][+-]?\d{1,2})?")
_SLACK = 1e-9


@dataclass(frozen=True)
class Gap:
    """Months without a figure between two that have one."""

    region: str | None
    first: int
    last: int
    line: int
    """Line of the first figure after it."""


@dataclass(frozen=True, eq=False)
class Observed:
    """What has been seen, in the order of the file's regions and months."""

    kind: Kind
    regions: tuple[str, ...]
    """Regions that have figures; empty where they are for all clinics together."""
    months: NDArray[np.int64]
    """Column of the model's curves for each figure: months passed since the start."""
    region: NDArray[np.int64]
    """Place among the population's regions for each figure; -1 for all clinics together."""
    clinics: NDArray[np.float64]
    """How many clinics each figure says, not always a whole number."""
    of: NDArray[np.float64]
    """How many clinics each figure is a part of."""
    gaps: tuple[Gap, ...]

    @property
    def last(self) -> int:
        """Last month with a figure."""
        return int(self.months.max())

    @property
    def shares(self) -> NDArray[np.float64]:
        """Each figure as a share of its clinics."""
        return self.clinics / self.of

    def until(self, month: int) -> Observed:
        """The figures of the months up to this one."""
        keep = self.months <= month
        gaps = tuple(gap for gap in self.gaps if gap.last < month)
        return Observed(
            self.kind, self.regions, self.months[keep], self.region[keep], self.clinics[keep], self.of[keep], gaps
        )

    def total(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Months in which all that is followed is known, and its share there."""
        whole = float(sum(self.of[self.region == place][0] for place in np.unique(self.region)))
        months = np.unique(self.months)
        full = [m for m in months if (self.months == m).sum() == len(np.unique(self.region))]
        return np.array(full, np.int64), np.array([self.clinics[self.months == m].sum() / whole for m in full])


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    month: int
    place: int
    value: float


def read(path: str | Path, scenario: Scenario, population: Population) -> Observed:
    """The figures of a CSV file (UTF-8; comma or semicolon, and with semicolon also decimal comma).

    Args:
        path: the file.
        scenario: what the figures are to be compared with; its ``start`` is month 0.
        population: its clinics.

    Raises:
        UserMistakes: everything that is wrong, each with its line.
    """
    label, text = str(path), text_of(Path(path), str(path))
    table = _Table(text, label, scenario, population)
    rows = table.rows()
    if table.mistakes:
        raise UserMistakes(_in_order(table.mistakes, label))
    mistakes = [*_order(rows, table), *_few(rows, table)]
    if mistakes:
        raise UserMistakes(_in_order(mistakes, label))
    return _observed(rows, table)


def _in_order(mistakes: Sequence[Mistake], label: str) -> list[Mistake]:
    shown = sorted(mistakes, key=lambda one: one.line or 0)[:_MOST_MISTAKES]
    if len(mistakes) > len(shown):
        shown.append(Mistake("file", f"{len(mistakes) - len(shown)} more mistakes", "Mend these first", label))
    return shown


class _Table:
    """The cells of the file, and what is wrong with them."""

    def __init__(self, text: str, label: str, scenario: Scenario, population: Population) -> None:
        self.label, self.scenario, self.population = label, scenario, population
        self.mistakes: list[Mistake] = []
        first = text.partition("\n")[0]
        self._comma = first.count(";") > first.count(",")
        self._lines = csv.reader(io.StringIO(text, newline=""), delimiter=";" if self._comma else ",", strict=True)
        self.columns: dict[str, int] = {}
        self.value = ""

    def tell(self, place: str, found: str, remedy: str, line: int) -> None:
        self.mistakes.append(Mistake(place, found, remedy, self.label, line))

    def rows(self) -> list[_Row]:
        """Every figure that can be read."""
        found: list[_Row] = []
        try:
            self._header(next(self._lines, []))
            if self.mistakes:
                return []
            for cells in self._lines:
                if any(cell.strip() for cell in cells):
                    found += self._row(cells, self._lines.line_num)
                if len(found) > _MOST_ROWS or len(self.mistakes) > _MOST_MISTAKES:
                    break
        except csv.Error as error:
            self.tell("row", f"not readable as CSV ({error})", "Close every quotation mark", self._lines.line_num)
        if len(found) > _MOST_ROWS:
            self.tell("rows", f"more than {_MOST_ROWS:,} figures", "Give fewer", self._lines.line_num)
        return found

    def _header(self, cells: Sequence[str]) -> None:
        names = [cell.strip().casefold().replace(" ", "_") for cell in cells]
        names = [_SWEDISH.get(name, name) for name in names]
        for place, name in enumerate(names):
            if name and name not in _COLUMNS:
                meant = nearest(name, (*_COLUMNS, *_SWEDISH))
                remedy = f"Did you mean {meant!r}?" if meant else f"Delete it, or write one of {', '.join(_COLUMNS)}"
                self.tell("columns", f"unknown column {cells[place].strip()!r}", remedy, 1)
            elif name in names[:place]:
                self.tell("columns", f"{name!r} twice", "Keep one of the two", 1)
        self.columns = {name: place for place, name in enumerate(names) if name in _COLUMNS}
        when = [name for name in ("month", "year") if name in self.columns]
        what = [name for name in _VALUES if name in self.columns]
        if len(when) != 1:
            self.tell("columns", " and ".join(when) or "no column of time", "Write one of month and year", 1)
        if len(what) != 1:
            found = " and ".join(what) or "no column of figures"
            self.tell("columns", found, f"Write one of {', '.join(_VALUES)}", 1)
        else:
            self.value = what[0]

    def _cell(self, cells: Sequence[str], column: str) -> str:
        place = self.columns.get(column, len(cells))
        return cells[place].strip() if place < len(cells) else ""

    def _row(self, cells: Sequence[str], line: int) -> Iterator[_Row]:
        before = len(self.mistakes)
        if any(cell.strip() for cell in cells[max(self.columns.values()) + 1 :]):
            remedy = "Separate by semicolons where figures have a decimal comma"
            self.tell("row", "more cells than columns", remedy, line)
        month, place, value = self._month(cells, line), self._place(cells, line), self._value(cells, line)
        if len(self.mistakes) == before and month is not None and value is not None:
            clinics = self._clinics(value, place, line)
            if clinics is not None:
                yield _Row(line, month, place, clinics)

    def _month(self, cells: Sequence[str], line: int) -> int | None:
        column = "year" if "year" in self.columns else "month"
        text, start = self._cell(cells, column), self.scenario.start
        calendar = re.fullmatch(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?", text)
        if column == "year" and re.fullmatch(r"\d{4}", text):
            month = _since(start, int(text), 12)
        elif column == "month" and calendar and 1 <= int(calendar[2]) <= 12:
            month = _since(start, int(calendar[1]), int(calendar[2]))
        elif column == "month" and re.fullmatch(r"\d{1,4}", text) and int(text) <= 1200:
            month = int(text)
        else:
            wanted = (
                "a year such as 2025" if column == "year" else "a month such as 2025-03, or a month of the scenario"
            )
            self.tell(column, f"{text!r}" if text else "an empty cell", f"Write {wanted}", line)
            return None
        if 0 <= month <= self.scenario.months:
            return month
        where = "before the scenario begins" if month < 0 else "after the scenario ends"
        what = f"start: {start}" if month < 0 else f"months: {self.scenario.months}"
        self.tell(column, f"{text!r} lies {where}", f"Leave the line out, or change `{what}` in the scenario", line)
        return None

    def _place(self, cells: Sequence[str], line: int) -> int:
        if "region" not in self.columns:
            return -1
        written = self._cell(cells, "region")
        place = self.population.region_index(canonical_region(written) or written)
        if place is not None:
            return place
        if not written:
            self.tell("region", "an empty cell", "Write the region, or delete the whole column", line)
            return -1
        meant = nearest(written, self.population.regions)
        known = ", ".join(self.population.regions[:6]) + (" …" if len(self.population.regions) > 6 else "")
        remedy = f"Did you mean {meant!r}?" if meant else f"The scenario has {known}"
        self.tell("region", f"{written!r} is not in the scenario", remedy, line)
        return -1

    def _value(self, cells: Sequence[str], line: int) -> float | None:
        text = self._cell(cells, self.value)
        plain = text.replace("\u00a0", "").replace("\u202f", "").removesuffix("%").strip()
        if not text:
            self.tell(self.value, "an empty cell", "Write the figure, or delete the line if there is none", line)
        elif text.endswith("%") and not self.value.endswith("_percent"):
            self.tell(self.value, f"{text!r}", f"Name the column {_VALUES[self.value][0]}_percent", line)
        elif not _NUMBER.fullmatch(plain) or ("," in plain and not self._comma):
            self.tell(self.value, f"{text!r} is not a number", "Write a number such as 0.12", line)
        else:
            return float(plain.replace(",", "."))
        return None

    def _clinics(self, value: float, place: int, line: int) -> float | None:
        """How many clinics a figure means."""
        kind, unit = _VALUES[self.value]
        of = self.of(place)
        most = {"share": 1.0, "percent": 100.0, "clinics": of}[unit]
        if value < 0:
            self.tell(self.value, f"{value:g} is below 0", "Write how many use it, 0 or more", line)
            return None
        if value > most + _SLACK:
            if unit == "share":
                found, remedy = f"{value:g} is a share above 1", f"Name the column {kind}_percent if it is per cent"
            elif unit == "percent":
                found, remedy = f"{value:g} is over 100 %", f"Name the column {kind}_clinics if it counts clinics"
            else:
                where = "the scenario" if place < 0 else self.population.regions[place]
                found, remedy = f"{value:g} clinics where {where} has {of:g}", "Give the scenario all your clinics"
            self.tell(self.value, found, remedy, line)
            return None
        return value * of / most

    def of(self, place: int) -> float:
        """How many clinics a region has; all of them for -1."""
        starts = self.population.region_start
        return float(starts[-1] if place < 0 else starts[place + 1] - starts[place])

    def name(self, place: int) -> str | None:
        """The region's name, None for all clinics together."""
        return None if place < 0 else self.population.regions[place]


def _since(start: str, year: int, month: int) -> int:
    """Months from the start until the end of a calendar month."""
    first_year, first_month = (int(part) for part in start.split("-")[:2])
    return 12 * (year - first_year) + month - first_month + 1


def _by_place(rows: Sequence[_Row]) -> dict[int, list[_Row]]:
    found: dict[int, list[_Row]] = {}
    for row in rows:
        found.setdefault(row.place, []).append(row)
    return found


def _order(rows: Sequence[_Row], table: _Table) -> Iterator[Mistake]:
    """Months twice or out of order, and what has ever been used becoming less."""
    when = "year" if "year" in table.columns else "month"
    for place, own in _by_place(rows).items():
        where = "" if place < 0 else f" of {table.name(place)}"
        seen: dict[int, _Row] = {}
        for before, row in zip([None, *own[:-1]], own, strict=True):
            if row.month in seen:
                found = f"the same {when}{where} as in line {seen[row.month].line}"
                yield Mistake(when, found, "Keep one of the two", table.label, row.line)
            elif before is not None and row.month < before.month:
                found = f"earlier than line {before.line}{where}"
                yield Mistake(when, found, "Write the lines in order of time", table.label, row.line)
            elif before is not None and table.value.startswith("cumulative") and row.value < before.value - _SLACK:
                found = f"falls below line {before.line}{where}, which what has ever been used cannot"
                remedy = "Mend the figure, or name the column in_use… if it is how many use it now"
                yield Mistake(table.value, found, remedy, table.label, row.line)
            seen.setdefault(row.month, row)


def _few(rows: Sequence[_Row], table: _Table) -> Iterator[Mistake]:
    months = {row.month for row in rows}
    if len(months) < LEAST_MONTHS:
        found = f"{len(months)} {'month' if len(months) == 1 else 'months'} with figures"
        remedy = f"Give at least {LEAST_MONTHS}: from fewer neither the pace nor its change can be told"
        yield Mistake("rows", found, remedy, table.label, rows[-1].line if rows else 1)


def _gaps(rows: Sequence[_Row], table: _Table) -> Iterator[Gap]:
    """Months without a figure, seen from the usual distance between figures."""
    for place, own in _by_place(rows).items():
        steps = np.diff([row.month for row in own])
        usual = int(np.median(steps)) if len(steps) else 1
        for before, row in pairwise(own):
            if row.month - before.month > usual:
                yield Gap(table.name(place), before.month + usual, row.month - usual, row.line)


def _observed(rows: Sequence[_Row], table: _Table) -> Observed:
    places = np.array([row.place for row in rows], np.int64)
    names = tuple(table.population.regions[place] for place in dict.fromkeys(places.tolist()) if place >= 0)
    return Observed(
        _VALUES[table.value][0],
        names,
        np.array([row.month for row in rows], np.int64),
        places,
        np.array([row.value for row in rows]),
        np.array([table.of(row.place) for row in rows]),
        tuple(_gaps(rows, table)),
    )
