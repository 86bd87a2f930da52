"""One cell: from what Excel holds to what the file says, and back."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Sequence
from typing import Any

from portfolio.workbook.layout import OPEN_CHOICES, Column
from portfolio.workbook.words import Words

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_QUARTER = re.compile(r"(\d{4})[- ]?[QK]([1-4])", re.IGNORECASE)
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class WrongValueError(ValueError):
    """A value that does not fit its column: what was found, and what to write."""

    def __init__(self, found: str, remedy: str) -> None:
        """Say what is wrong.

        Args:
            found: what was found.
            remedy: what to write instead.
        """
        super().__init__(found)
        self.found, self.remedy = found, remedy


def read(value: Any, column: Column, words: Words) -> Any:
    """What the file says for a cell's value.

    Args:
        value: as openpyxl gives it; not empty.
        column: its column.
        words: in the language of the sheet.

    Raises:
        WrongValueError: it does not fit.
    """
    if column.kind == "name" and column.choices in OPEN_CHOICES:
        return words.chosen(column.choices, str(value)) or _name(value)
    if column.kind in ("choice", "flag"):
        return _choice(value, column, words)
    return _READERS[column.kind](value)


def shown(value: Any, column: Column, words: Words) -> Any:
    """What a cell shows for what the file says."""
    if column.kind == "flag":
        return words.choices("flag")["yes" if value else "no"]
    if column.kind == "choice" or column.choices in OPEN_CHOICES:
        return words.choices(column.choices).get(str(value), value)
    if column.kind == "labels":
        return "\n".join(value) + ("\n" if len(value) == 1 and ";" in value[0] else "")
    if column.kind in ("names", "numbers"):
        return "; ".join(f"{item:g}" if isinstance(item, float) else str(item) for item in value)
    return value


def _choice(value: Any, column: Column, words: Words) -> Any:
    said = ("yes" if value else "no") if isinstance(value, bool) else str(value)
    found = words.chosen(column.choices, said)
    if found is None:
        raise WrongValueError(f"{said!r} is not a choice here", f"Write {_one_of(words.choices(column.choices))}")
    return found == "yes" if column.kind == "flag" else found


def _one_of(choices: dict[str, str]) -> str:
    *first, last = choices.values()
    return f"{', '.join(first)} or {last}" if first else last


def _number(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise WrongValueError(f"{value!r} is not a number", "Write figures only, and see that the cell is no text")
    if not math.isfinite(value):
        raise WrongValueError(f"{value!r} is not a number", "Write figures only")
    return int(value) if value == int(value) else value


def _whole(value: Any) -> int:
    number = _number(value)
    if not isinstance(number, int):
        raise WrongValueError(f"{number!r} is not a whole number", "Write it without decimals")
    return number


def _text(value: Any) -> str:
    if isinstance(value, dt.date):  # datetimes are dates too
        return value.strftime("%Y-%m-%d")
    if isinstance(value, bool):
        raise WrongValueError(f"{value!r} is not a text", "Write words")
    return f"{value:g}" if isinstance(value, float) else str(value).strip()


def _name(value: Any) -> str:
    name = _text(value)
    if not _NAME.fullmatch(name):
        plain = name.lower().translate(str.maketrans("åäöéü", "aaoeu"))
        slug = re.sub(r"[^a-z0-9]+", "_", plain).strip("_0123456789")
        rule = "Write small letters a-z, figures and _, beginning with a letter"
        raise WrongValueError(f"the name {name!r} does not fit here", f"{rule}, such as {slug}" if slug else rule)
    return name


def _month(value: Any) -> str:
    if isinstance(value, dt.date):
        return value.strftime("%Y-%m")
    if not _MONTH.fullmatch(said := str(value).strip()):
        raise WrongValueError(f"{said!r} is not a month", "Write it as 2026-06")
    return said


def _quarter(value: Any) -> str:
    match = _QUARTER.fullmatch(str(value).strip())
    if match is None:
        raise WrongValueError(f"{value!r} is not a quarter", "Write it as 2026-Q2")
    return f"{match[1]}-Q{match[2]}"


def _parts(value: Any) -> list[str]:
    """The items of a list in one cell: one a line, or with semicolons between."""
    text = str(value)
    return [part.strip() for part in text.split("\n" if "\n" in text else ";") if part.strip()]


def _numbers(value: Any) -> list[int | float]:
    if isinstance(value, int | float):
        return [_number(value)]
    return [_from_text(part) for part in _parts(value)]


def _from_text(part: str) -> int | float:
    try:
        return _number(float(part.replace(",", ".").replace("\u202f", "").replace("\u00a0", "").replace(" ", "")))
    except ValueError as error:
        raise WrongValueError(f"{part!r} is not a number", "Write numbers with semicolons between") from error


def _names(value: Any) -> list[str]:
    return [_name(part) for part in _parts(value)]


_READERS: dict[str, Callable[[Any], Any]] = {
    "text": _text,
    "number": _number,
    "share": _number,
    "whole": _whole,
    "name": _name,
    "month": _month,
    "quarter": _quarter,
    "names": _names,
    "labels": _parts,
    "numbers": _numbers,
}


def only(values: Sequence[Any]) -> bool:
    """Whether all of these cells are empty."""
    return all(value is None or (isinstance(value, str) and not value.strip()) for value in values)
