"""A portfolio's file as rows of the workbook; whatever the workbook has no place for is told, not dropped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from portfolio.workbook.layout import CHOICES, SHEETS, Column, Path, Sheet

Row = dict[str, Any]
"""What the file says, by the key of the column."""


def rows(document: Mapping[str, Any]) -> dict[str, list[Row]]:
    """The rows of every sheet.

    Args:
        document: a portfolio as plain data, such as ``Portfolio.model_dump(mode="json", exclude_defaults=True)``.

    Returns:
        Rows by the sheet's key; a sheet of single values has one.

    Raises:
        LookupError: the document holds something that no column is for.
    """
    plain = _plain(document)
    told: set[Path] = set()
    found = {sheet.key: list(_rows(sheet, plain, told)) for sheet in SHEETS}
    left = sorted(".".join(path) for path in _leaves(plain) if not any(path[: len(t)] == t for t in told))
    if left:
        raise LookupError(f"no column for {', '.join(left)}")
    return found


def _rows(sheet: Sheet, document: Any, told: set[Path]) -> Iterator[Row]:
    for blanks, path, within in _matches(sheet, document):
        row: Row = dict(blanks)
        for column in sheet.values:
            there, value = _at(within, column.path)
            if there and (column.path or not isinstance(value, dict)):
                row[column.key] = value
                told.add((*path, *column.path))
        says = any(column.key in row for column in sheet.values)
        if says or (sheet.keys and (within == {} or sheet.key in _NAMED_ALONE)):
            yield row


_NAMED_ALONE = ("initiatives", "criteria", "groups", "environments")
"""Sheets whose rows also stand for what other sheets say more about."""


def _matches(sheet: Sheet, document: Any) -> Iterator[tuple[Row, Path, Any]]:
    """Every part of the document that a row of the sheet stands for: blanks filled in, path, content."""
    columns = {column.key: column for column in sheet.keys}
    found: list[tuple[Row, Path, Any]] = [({}, (), document)]
    for step in sheet.place:
        found = [further for one in found for further in _further(one, step, columns)]
    yield from found


def _further(one: tuple[Row, Path, Any], step: str, columns: Mapping[str, Column]) -> Iterator[tuple[Row, Path, Any]]:
    """One step down from a match; a blank takes each of the keys, a choice may take several steps at once."""
    row, path, within = one
    column = columns.get(step[1:-1]) if step.startswith("{") else None
    if column is not None and column.optional and not isinstance(within, dict):
        yield row, path, within
    elif not isinstance(within, dict):
        return
    elif column is None:
        if step in within:
            yield row, (*path, step), within[step]
    elif column.kind == "choice":
        for word in CHOICES[column.choices]:
            there, value = _at(within, tuple(word.split(".")))
            if there:
                yield {**row, column.key: word}, (*path, *word.split(".")), value
    else:
        for name, value in within.items():
            yield {**row, column.key: _number(name) if column.kind != "name" else name}, (*path, name), value


def _number(name: str) -> float | int:
    number = float(name)
    return int(number) if number == int(number) else number


def _at(within: Any, path: Path) -> tuple[bool, Any]:
    for step in path:
        if not isinstance(within, dict) or step not in within:
            return False, None
        within = within[step]
    return True, within


def _plain(value: Any, path: Path = ()) -> Any:
    """The document with text keys, exact amounts as their one value, and names of strategies as empty plans."""
    if isinstance(value, dict):
        if path[:1] == ("initiatives",) and value.get("low") == value.get("high") and {"low", "likely"} <= value.keys():
            return {"likely": value["likely"]}
        return {str(key): _plain(one, (*path, str(key))) for key, one in value.items() if one is not None}
    if isinstance(value, list | tuple) and path[-1:] == ("strategies",):
        return {name: {} for name in value}
    return value


def _leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _leaves(one, (*path, key))
    else:
        yield path
