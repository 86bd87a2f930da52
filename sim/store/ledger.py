"""The ledger of a run folder: a result exists if and only if it is written here.

SQLite with a write-ahead log that is on the disk before a result counts (``synchronous=FULL``). One process writes,
the one that holds the folder's lock; whatever ends it, what it had acknowledged is there. Where many machines share a
folder (NFS, object stores) SQLite has no place: there every shard has ``Receipts`` of its own, which are merged.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from sim.errors import InnomotorError, Mistake, UserMistakes

LEDGER = "ledger.sqlite"
LEDGER_SCHEMA = 1
"""Version of the ledger's tables and of the parts that they name."""

_TABLES = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS results (
  task TEXT PRIMARY KEY, seconds REAL NOT NULL, attempts INTEGER NOT NULL, digest TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (path TEXT PRIMARY KEY, kind TEXT NOT NULL, bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL, rows INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS held (task TEXT NOT NULL, path TEXT NOT NULL, PRIMARY KEY (task, path)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS held_by_path ON held (path);
CREATE TABLE IF NOT EXISTS faults (
  task TEXT PRIMARY KEY, error TEXT NOT NULL, attempts INTEGER NOT NULL, what TEXT NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that holds results."""

    path: str
    """Inside the run folder, with ``/``."""
    kind: str
    """Which table it is a part of, such as ``outcomes`` or ``curves``."""
    bytes: int
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True)
class Result:
    """What is known of a task that is done."""

    task: str
    files: tuple[StoredFile, ...]
    seconds: float
    """Time that it took [s]."""
    attempts: int = 1

    @property
    def digest(self) -> str:
        """What its files hold, whatever files they are moved to later."""
        return "".join(file.sha256 for file in sorted(self.files, key=lambda file: file.kind))


class Book(Protocol):
    """Where results are acknowledged."""

    def has(self, task: str) -> bool:
        """Whether the task's result exists."""

    def count(self) -> int:
        """How many tasks are done."""

    def add(self, result: Result) -> None:
        """Acknowledge a result; it is on the disk when this returns."""

    def fault(self, task: str, error: str, attempts: int, what: Mapping[str, Any]) -> None:
        """Note a task that was given up."""


class Ledger:
    """The ledger of a run folder, open for reading and, by one process at a time, for writing."""

    def __init__(self, folder: Path, *, write: bool = False) -> None:
        """Open it; with ``write``, make it if it is not there.

        Raises:
            UserMistakes: there is none, or it was written by a newer version.
        """
        file = folder / LEDGER
        if not write and not file.is_file():
            raise UserMistakes(
                Mistake("DIR", f"{folder} holds no results of a sweep", "Name a folder that a sweep made")
            )
        self._connection = _opened(file, write=write)
        version = self._about("schema_version")
        if version is None and write:
            with self._connection:
                self._connection.execute("INSERT INTO about VALUES ('schema_version', ?)", (str(LEDGER_SCHEMA),))
        elif version is not None and int(version) > LEDGER_SCHEMA:
            found = f"{folder} was written by a newer innomotor (schema {version}, this one knows {LEDGER_SCHEMA})"
            raise UserMistakes(Mistake("DIR", found, "Install that version, or choose another folder"))

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def has(self, task: str) -> bool:
        """Whether the task's result exists."""
        return self._connection.execute("SELECT 1 FROM results WHERE task = ?", (task,)).fetchone() is not None

    def add(self, result: Result) -> None:
        """Acknowledge a result; it is on the disk when this returns."""
        with self._connection as ledger:
            _insert(ledger, result)

    def add_all(self, results: Iterable[Result]) -> None:
        """Acknowledge several results at once."""
        with self._connection as ledger:
            for result in results:
                _insert(ledger, result)

    def fault(self, task: str, error: str, attempts: int, what: Mapping[str, Any]) -> None:
        """Note a task that was given up."""
        with self._connection as ledger:
            row = (task, error, attempts, json.dumps(what, ensure_ascii=False, sort_keys=True))
            ledger.execute("INSERT OR REPLACE INTO faults VALUES (?, ?, ?, ?)", row)

    def clear_faults(self) -> None:
        """Let what was given up be tried again."""
        with self._connection as ledger:
            ledger.execute("DELETE FROM faults")

    def count(self) -> int:
        """How many tasks are done."""
        return int(self._connection.execute("SELECT count(*) FROM results").fetchone()[0])

    def seconds(self) -> float:
        """Computing time of all results together [s]."""
        return float(self._connection.execute("SELECT coalesce(sum(seconds), 0) FROM results").fetchone()[0])

    def bytes(self) -> int:
        """Size of all files together [bytes]."""
        return int(self._connection.execute("SELECT coalesce(sum(bytes), 0) FROM files").fetchone()[0])

    def faults(self) -> list[tuple[str, str, int, dict[str, Any]]]:
        """Tasks that were given up: key, error, attempts, what they were."""
        rows = self._connection.execute("SELECT task, error, attempts, what FROM faults ORDER BY what, task")
        return [(task, error, attempts, json.loads(what)) for task, error, attempts, what in rows]

    def files(self, kind: str | None = None) -> Iterator[StoredFile]:
        """The files that hold results, by path."""
        chosen = "" if kind is None else "WHERE kind = :kind"
        query = f"SELECT path, kind, bytes, sha256, rows FROM files {chosen} ORDER BY path"  # noqa: S608 no outside text
        return (StoredFile(*row) for row in self._connection.execute(query, {"kind": kind}))

    def files_of(self, task: str) -> list[StoredFile]:
        """The files that hold one task's result."""
        query = "SELECT path, kind, bytes, sha256, rows FROM files NATURAL JOIN held WHERE task = ?"
        return [StoredFile(*row) for row in self._connection.execute(query, (task,))]

    def digests(self) -> Iterator[tuple[str, str]]:
        """Every task and what its result holds, by key."""
        return iter(self._connection.execute("SELECT task, digest FROM results ORDER BY task"))

    def forget(self, path: str) -> list[str]:
        """Strike a file and the results that it held; gives their tasks, which will be computed anew."""
        with self._connection as ledger:
            tasks = [task for (task,) in ledger.execute("SELECT task FROM held WHERE path = ? ORDER BY task", (path,))]
            for task in tasks:
                ledger.execute("DELETE FROM results WHERE task = ?", (task,))
                ledger.execute("DELETE FROM held WHERE task = ?", (task,))
            ledger.execute("DELETE FROM files WHERE path NOT IN (SELECT path FROM held)")
        return tasks

    def replace(self, old: Iterable[str], new: StoredFile) -> None:
        """Say in one move that what several files held is now in one."""
        with self._connection as ledger:
            ledger.execute("INSERT INTO files VALUES (:path, :kind, :bytes, :sha256, :rows)", asdict(new))
            for path in old:
                ledger.execute("UPDATE held SET path = ? WHERE path = ?", (new.path, path))
                ledger.execute("DELETE FROM files WHERE path = ?", (path,))

    def _about(self, name: str) -> str | None:
        row = self._connection.execute("SELECT value FROM about WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])


class Receipts:
    """Results acknowledged as lines of a file that one shard alone writes; for shared file systems."""

    def __init__(self, file: Path) -> None:
        """Open the file, make it if it is not there, and let go of a last line that was never finished."""
        file.parent.mkdir(parents=True, exist_ok=True)
        self._results, self.faults, whole = _read_receipts(file)
        self._descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
        os.ftruncate(self._descriptor, whole)
        os.lseek(self._descriptor, 0, os.SEEK_END)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)

    def has(self, task: str) -> bool:
        """Whether the task's result exists."""
        return task in self._results

    def count(self) -> int:
        """How many tasks are done."""
        return len(self._results)

    def add(self, result: Result) -> None:
        """Acknowledge a result; it is on the disk when this returns."""
        self._write({"result": asdict(result)})
        self._results[result.task] = result

    def fault(self, task: str, error: str, attempts: int, what: Mapping[str, Any]) -> None:
        """Note a task that was given up."""
        self._write({"fault": {"task": task, "error": error, "attempts": attempts, "what": dict(what)}})

    def _write(self, line: Mapping[str, Any]) -> None:
        os.write(self._descriptor, json.dumps(line, ensure_ascii=False).encode() + b"\n")
        os.fsync(self._descriptor)


def receipts_in(file: Path) -> tuple[list[Result], list[dict[str, Any]]]:
    """Results and faults that a shard has acknowledged."""
    results, faults, _ = _read_receipts(file)
    return list(results.values()), faults


def _read_receipts(file: Path) -> tuple[dict[str, Result], list[dict[str, Any]], int]:
    """Results by task, faults, and how many bytes are whole lines."""
    raw = file.read_bytes() if file.exists() else b""
    whole = raw.rfind(b"\n") + 1
    results, faults = {}, []
    for line in raw[:whole].splitlines():
        said = json.loads(line)
        if "fault" in said:
            faults.append(said["fault"])
            continue
        row = said["result"]
        files = tuple(StoredFile(**stored) for stored in row["files"])
        results[row["task"]] = Result(row["task"], files, row["seconds"], row["attempts"])
    return results, [fault for fault in faults if fault["task"] not in results], whole


def _opened(file: Path, *, write: bool) -> sqlite3.Connection:
    mode = "rwc" if write else "ro"
    try:
        connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode={mode}", uri=True, isolation_level="IMMEDIATE")
        if write:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.executescript(_TABLES)
        connection.execute("SELECT 1 FROM about").fetchone()
    except sqlite3.OperationalError:
        if write:
            raise
        with suppress(sqlite3.Error):  # a folder that may not be written: there is nobody else who writes
            connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
            connection.execute("SELECT 1 FROM about").fetchone()
            return connection
        raise InnomotorError(f"{file} cannot be read.") from None
    return connection


def _insert(ledger: sqlite3.Connection, result: Result) -> None:
    row = (result.task, result.seconds, result.attempts, result.digest)
    ledger.execute("INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?)", row)
    ledger.execute("DELETE FROM faults WHERE task = ?", (result.task,))
    for file in result.files:
        ledger.execute("INSERT OR REPLACE INTO files VALUES (:path, :kind, :bytes, :sha256, :rows)", asdict(file))
        ledger.execute("INSERT OR REPLACE INTO held VALUES (?, ?)", (result.task, file.path))
