"""A table of results as a file that other programs read: CSV, Excel, and with extras NetCDF or Zarr."""

from __future__ import annotations

import csv
import importlib
import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sim.errors import InnomotorError, Mistake, UserMistakes
from sim.store import reading
from sim.store.parts import STORAGE_ERRORS, reason, written_whole
from sim.store.tables import named, safe_text

_EXCEL_ROWS = 1_048_575
_CHUNK = 10_000


def export(folder: Path, table: str, file: Path) -> int:
    """Write a table with its variants' values beside; gives the number of rows.

    Args:
        folder: of a sweep or a run.
        table: ``outcomes``, ``curves`` or ``variants``.
        file: its suffix says the kind: .csv, .xlsx, .nc or .zarr.

    Raises:
        UserMistakes: no such table or kind, a package that is not installed, too many rows for the kind.
    """
    write = _KINDS.get(file.suffix)
    if write is None:
        kinds = ", ".join(_KINDS)
        raise UserMistakes(
            Mistake("FILE", f"{file.name!r} has no kind that is known", f"Let it end with one of {kinds}")
        )
    with reading.tables(folder) as connection:
        there = {
            row[0] for row in connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
        }
        if table not in there:
            found = f"there is no table {table!r}"
            raise UserMistakes(Mistake("--table", found, f"Write one of {', '.join(sorted(there))}"))
        joined = "variants" in there and table != "variants"
        source = f"variants JOIN {named(table)} USING (variant)" if joined else named(table)
        query = f"SELECT * FROM {source}"  # noqa: S608 one of the tables that are there
        columns = [row[0] for row in connection.execute(f"DESCRIBE {query}").fetchall()]
        keys = [name for name in ("variant", "strategy", "innovation", "replicate", "month") if name in columns]
        answer = connection.execute(f"{query} ORDER BY {', '.join(map(named, keys))}")
        return _whole(file, lambda place: write(place, columns, _rows(answer), keys))


def _rows(answer: Any) -> Iterator[tuple[Any, ...]]:
    while chunk := answer.fetchmany(_CHUNK):
        yield from chunk


def _whole(file: Path, write: Callable[[Path], int]) -> int:
    count = 0

    def counted(place: Path) -> None:
        nonlocal count
        count = write(place)

    try:
        if file.suffix == ".zarr":  # a folder
            count = write(file)
        else:
            written_whole(file.parent, file.name, "export", 0, counted)
    except STORAGE_ERRORS as error:
        raise UserMistakes(
            Mistake("FILE", f"{file} cannot be written ({reason(error)})", "Choose another place")
        ) from error
    return count


def _csv(file: Path, columns: list[str], rows: Iterator[tuple[Any, ...]], _: list[str]) -> int:
    count = 0
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([safe_text(name) for name in columns])
        for count, row in enumerate(rows, start=1):  # noqa: B007 counted to the end
            writer.writerow([_cell(value) for value in row])
    return count


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return safe_text(value)
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _excel(file: Path, columns: list[str], rows: Iterator[tuple[Any, ...]], _: list[str]) -> int:
    openpyxl = _extra("openpyxl", "excel")
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("results")
    cell_of = importlib.import_module("openpyxl.cell").WriteOnlyCell

    def text(value: str) -> Any:
        cell = cell_of(sheet, value=value)
        cell.data_type = "s"  # never a formula, whatever it begins with
        return cell

    sheet.append([text(name) for name in columns])
    count = 0
    for count, row in enumerate(rows, start=1):
        if count > _EXCEL_ROWS:
            raise UserMistakes(
                Mistake("FILE", f"more than {_EXCEL_ROWS:_} rows, which Excel cannot hold", "Write .csv")
            )
        sheet.append([text(value) if isinstance(value, str) else _cell(value) for value in row])
    book.save(file)
    return count


def _labelled(columns: list[str], rows: Iterator[tuple[Any, ...]], keys: list[str]) -> Any:
    """An xarray dataset: dimensions variant, strategy, innovation, replicate, month; the factors along variant."""
    xarray, pandas = _extra("xarray", "netcdf"), importlib.import_module("pandas")
    frame = pandas.DataFrame.from_records(list(rows), columns=columns)
    made = xarray.Dataset.from_dataframe(frame.set_index(keys))
    if "variant" in keys:
        first = frame.drop_duplicates("variant").set_index("variant")
        for name in columns[1 : columns.index("strategy")] if "strategy" in columns else ():
            made[name] = ("variant", first[name].to_numpy())
    return made, len(frame)


def _netcdf(file: Path, columns: list[str], rows: Iterator[tuple[Any, ...]], keys: list[str]) -> int:
    for module in ("h5netcdf", "h5py"):
        _extra(module, "netcdf")
    made, count = _labelled(columns, rows, keys)
    made.to_netcdf(file, engine="h5netcdf")
    return int(count)


def _zarr(file: Path, columns: list[str], rows: Iterator[tuple[Any, ...]], keys: list[str]) -> int:
    _extra("zarr", "netcdf")
    made, count = _labelled(columns, rows, keys)
    made.to_zarr(file, mode="w", consolidated=False)  # consolidated metadata is no part of the format
    return int(count)


def _extra(module: str, extra: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError:
        raise InnomotorError(f"This needs {module}. Write pip install 'innomotor[{extra}]'.") from None


_KINDS: Mapping[str, Callable[[Path, list[str], Iterator[tuple[Any, ...]], list[str]], int]] = {
    ".csv": _csv,
    ".xlsx": _excel,
    ".nc": _netcdf,
    ".zarr": _zarr,
}
