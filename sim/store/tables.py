"""Tables as files: Parquet through DuckDB, and CSV that any program reads and no spreadsheet executes."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

Columns = Mapping[str, NDArray[Any]]
"""A table: columns of equal length by name."""
Piece = tuple[Mapping[str, str], Columns]
"""A piece of a table: texts that are the same in all its rows, and its columns."""

CONNECTION = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "temp_directory": "",
    "threads": "1",
}
"""How DuckDB is opened everywhere: it fetches nothing, writes nowhere else, and gives the same bytes each time."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_parquet(file: Path, parts: Sequence[Piece], *, never_is_null: bool = True) -> None:
    """Write one Parquet file; what is not known (NaN) becomes null.

    Args:
        file: where to write.
        parts: pieces of the table one below the other, each with the texts that are the same in all its rows.
        never_is_null: what never happened (infinite) becomes null too, for readers that know no infinity; without it
            it stays, so that quantiles of it are right.
    """
    connection = _database().cursor()
    queries = []
    try:
        for i, (constants, columns) in enumerate(parts):
            connection.register(f"part_{i}", dict(columns))
            texts = [f"{quoted(value)} AS {named(name)}" for name, value in constants.items()]
            numbers = [_known(name, column, never_is_null=never_is_null) for name, column in columns.items()]
            queries.append(f"SELECT {', '.join(texts + numbers)} FROM part_{i}")  # noqa: S608 names and texts are quoted
        target = f"COPY ({' UNION ALL '.join(queries)}) TO {quoted(str(file))} (FORMAT parquet, COMPRESSION zstd)"
        connection.execute(target).fetchall()
    finally:
        connection.close()


def write_large_parquet(file: Path, pieces: Iterable[Piece]) -> None:
    """Write one Parquet file as ``write_parquet`` does, piece by piece, so that they are never in memory together.

    Args:
        file: where to write; parts of it lie beside it meanwhile.
        pieces: of one table, one below the other.
    """
    parts: list[Path] = []
    try:
        for number, piece in enumerate(pieces):
            parts.append(file.with_name(f".{file.name}.{number}"))
            write_parquet(parts[-1], [piece])
        names = ", ".join(quoted(str(part)) for part in parts)
        query = f"COPY (SELECT * FROM read_parquet([{names}])) TO {quoted(str(file))}"  # noqa: S608 names are quoted
        connection = _database().cursor()
        connection.execute(f"{query} (FORMAT parquet, COMPRESSION zstd)").fetchall()
        connection.close()
    finally:
        for part in parts:
            part.unlink(missing_ok=True)


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """One database without content for the whole process: opening one takes longer than writing a table."""
    return duckdb.connect(":memory:", config=dict(CONNECTION))


def write_csv(file: Path, parts: Sequence[Piece]) -> None:
    """Write one CSV file (RFC 4180, UTF-8); floats keep every digit, a number that is not finite becomes empty.

    Args:
        file: where to write.
        parts: as in ``write_parquet``.
    """
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        for i, (constants, columns) in enumerate(parts):
            if i == 0:
                writer.writerow([*constants, *columns])
            fixed = [safe_text(value) for value in constants.values()]
            written = [_written(column) for column in columns.values()]
            writer.writerows([*fixed, *row] for row in zip(*written, strict=True))


def safe_text(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula.

    >>> safe_text("=1+1")
    "'=1+1"
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def _written(column: NDArray[Any]) -> list[str]:
    if column.dtype.kind == "f":
        return [
            text if finite else ""
            for text, finite in zip(column.astype("U").tolist(), np.isfinite(column), strict=True)
        ]
    if column.dtype.kind in "iu":
        return [str(value) for value in column.tolist()]
    return [safe_text(str(value)) for value in column.tolist()]


def _known(name: str, column: NDArray[Any], *, never_is_null: bool) -> str:
    shown = named(name)
    if column.dtype.kind != "f":
        return shown
    return f"CASE WHEN {f'isfinite({shown})' if never_is_null else f'NOT isnan({shown})'} THEN {shown} END AS {shown}"


def quoted(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def named(name: str) -> str:
    """A column's or table's name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'
