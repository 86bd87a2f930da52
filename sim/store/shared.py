"""The store that a user's runs share: answers by their key, so that the same question is never computed twice.

A changed parameter, plugin, library or line of the engine makes another key, so an old answer is never given to a new
question. The folder is the user's cache (``INNOMOTOR_STORE`` names another); it may be removed at any time.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray
from platformdirs import user_cache_path

from sim.errors import InnomotorError
from sim.store.ledger import LEDGER, Ledger, Result
from sim.store.parts import STORAGE_ERRORS, damage, part_path, write_part, written_whole
from sim.store.tables import CONNECTION, Piece, quoted

MOST_BYTES = 2 * 2**30
"""Size beyond which the answers that were asked for longest ago are let go [bytes]."""
_TABLES = ("outcomes", "curves")
_TROUBLE = (*STORAGE_ERRORS, sqlite3.Error, InnomotorError, ValueError, KeyError)

Tables = Mapping[str, Mapping[tuple[str, str], Mapping[str, NDArray[Any]]]]
"""Columns by table, and there by strategy and innovation; NaN where nothing is known."""


@dataclass(frozen=True)
class Kept:
    """An answer from the store."""

    tables: Tables
    about: Mapping[str, Any]
    """What was kept beside its tables."""


def folder() -> Path:
    """Where the answers are."""
    named = os.environ.get("INNOMOTOR_STORE")
    return Path(named) if named else user_cache_path("innomotor", appauthor=False) / "answers"


def find(key: str) -> Kept | None:
    """The answer to a question, or None where there is none that is whole."""
    place = folder()
    if not (place / LEDGER).is_file():
        return None
    try:
        with closing(Ledger(place)) as ledger:
            files = {file.kind: file for file in ledger.files_of(key)}
        if set(files) != {*_TABLES, "about"}:
            return None
        if any(damage(place, file) for file in files.values()):
            _forget(place, [file.path for file in files.values()])
            return None
        about = json.loads((place / files["about"].path).read_text(encoding="utf-8"))
        tables = {name: _read(place / files[name].path) for name in _TABLES}
        for file in files.values():
            os.utime(place / file.path)
    except _TROUBLE:
        return None
    return Kept(tables, about)


def keep(key: str, tables: Mapping[str, Sequence[Piece]], about: Mapping[str, Any]) -> bool:
    """Put an answer into the store; False where it cannot be written, which is no reason to fail.

    Args:
        key: content key of the question.
        tables: pieces of ``outcomes`` and ``curves``, each with its strategy and innovation.
        about: what is kept beside them.
    """
    place = folder()
    try:
        place.mkdir(parents=True, exist_ok=True)
        files = [write_part(place, part_path(key, name), name, tables[name]) for name in _TABLES]
        text = json.dumps(about, ensure_ascii=False, allow_nan=False)
        path = f"parts/{key[:2]}/{key}.about.json"
        files.append(written_whole(place, path, "about", 1, lambda file: _write(file, text)))
        with closing(Ledger(place, write=True)) as ledger:
            ledger.add(Result(key, tuple(files), 0.0))
            _let_go(place, ledger)
    except _TROUBLE:
        return False
    return True


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")


def _read(file: Path) -> dict[tuple[str, str], dict[str, NDArray[Any]]]:
    """A table's columns by strategy and innovation, in the order in which they were written."""
    with duckdb.connect(":memory:", config=dict(CONNECTION)) as connection:
        table = connection.execute(f"SELECT * FROM read_parquet({quoted(str(file))})").fetchnumpy()  # noqa: S608 quoted
    columns = {name: _filled(column) for name, column in table.items()}
    who = list(zip(columns.pop("strategy").tolist(), columns.pop("innovation").tolist(), strict=True))
    starts = [i for i, one in enumerate(who) if i == 0 or who[i - 1] != one]
    ends = [*starts[1:], len(who)]
    return {
        who[start]: {name: column[start:end] for name, column in columns.items()}
        for start, end in zip(starts, ends, strict=True)
    }


def _filled(column: Any) -> NDArray[Any]:
    if isinstance(column, np.ma.MaskedArray):
        return np.asarray(column.filled(np.nan) if column.dtype.kind == "f" else column.data)
    return np.asarray(column)


def _forget(place: Path, paths: Sequence[str]) -> None:
    with closing(Ledger(place, write=True)) as ledger:
        for path in paths:
            ledger.forget(path)
    for path in paths:
        with suppress(OSError):
            (place / path).unlink()


def _let_go(place: Path, ledger: Ledger) -> None:
    """Drop the answers that were asked for longest ago, until the store has its size."""
    files = list(ledger.files())
    surplus = sum(file.bytes for file in files) - MOST_BYTES
    if surplus <= 0:
        return
    for file in sorted(files, key=lambda file: _asked(place / file.path)):
        if surplus <= 0:
            return
        surplus -= file.bytes
        ledger.forget(file.path)
        with suppress(OSError):
            (place / file.path).unlink()


def _asked(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0
