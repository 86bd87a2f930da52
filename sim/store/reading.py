"""Results by SQL: a connection with one view for each table of a folder, which can read those files and nothing else.

A view names the files that the ledger vouches for, never what happens to lie in the folder.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from sim.errors import Mistake, UserMistakes
from sim.store.ledger import LEDGER, Ledger
from sim.store.tables import CONNECTION, named, quoted

TABLES = ("variants", "outcomes", "curves")
"""What may be asked: factors by variant, final outcomes, curves over the months."""


@dataclass(frozen=True)
class Rows:
    """What a query gave."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


@contextmanager
def tables(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a folder's results: of a sweep, or of a run.

    Raises:
        UserMistakes: there are no results in the folder.
    """
    files = files_of(folder)
    if not files:
        found = f"{folder} holds no results"
        raise UserMistakes(Mistake("DIR", found, "Name a folder that innomotor run or sweep made"))
    with duckdb.connect(":memory:", config={**CONNECTION, "threads": "2"}) as connection:
        for name, paths in files.items():
            listed = ", ".join(quoted(str(path)) for path in paths)
            source = f"read_parquet([{listed}], union_by_name = true)"
            connection.execute(f"CREATE VIEW {named(name)} AS SELECT * FROM {source}")  # noqa: S608 paths are quoted
        allowed = ", ".join(quoted(str(path)) for paths in files.values() for path in paths)
        connection.execute(f"SET allowed_paths = [{allowed}]")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        yield connection


def query(folder: Path, sql: str, parameters: Sequence[Any] = ()) -> Rows:
    """The answer to an SQL query over the views `variants`, `outcomes` and `curves`.

    Raises:
        UserMistakes: the query is wrong, in DuckDB's words, or there are no results.
    """
    with tables(folder) as connection:
        try:
            answer = connection.execute(sql, list(parameters))
            columns = tuple(column[0] for column in answer.description or ())
            return Rows(columns, answer.fetchall() if columns else [])
        except duckdb.Error as error:
            first, *rest = [line for line in str(error).splitlines() if line.strip()]
            remedy = next((line.strip() for line in rest if "Did you mean" in line or "Candidate" in line), "")
            raise UserMistakes(Mistake("SQL", first, remedy or "Ask of variants, outcomes and curves")) from None


def files_of(folder: Path) -> dict[str, list[Path]]:
    """The files behind each table of a folder; empty where there are no results."""
    found: dict[str, list[Path]] = {}
    if (folder / LEDGER).is_file():
        with closing(Ledger(folder)) as ledger:
            for file in ledger.files():
                found.setdefault(file.kind, []).append((folder / file.path).resolve())
        if found:
            found["variants"] = [(folder / "variants.parquet").resolve()]
        return found
    plain = {name: [(folder / f"{name}.parquet").resolve()] for name in TABLES}
    return {name: paths for name, paths in plain.items() if paths[0].is_file()}
