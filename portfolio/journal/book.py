"""The journal as a file: SQLite, lines are added and never changed; two writers take turns."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rfc8785

from portfolio.journal import chain, records, snapshots
from portfolio.journal.chain import Fault, Line
from portfolio.journal.records import Decision, FollowUp
from portfolio.journal.snapshots import Snapshot
from sim.api import BusyError, Mistake, UserMistakes

PATIENCE = 60.0
"""How long one writer waits for another [s]."""

_APPLICATION = 0x696E6D6A
_FORM = 1
_TABLES = f"""
CREATE TABLE lines (number INTEGER PRIMARY KEY, previous TEXT NOT NULL, body TEXT NOT NULL, hash TEXT NOT NULL);
CREATE TABLE snapshots (key TEXT PRIMARY KEY, body TEXT NOT NULL);
PRAGMA application_id = {_APPLICATION};
PRAGMA user_version = {_FORM};
"""
_GUARDED = ("lines", "snapshots")
_GUARDS = {
    f"{table}_{act.lower()}": f"CREATE TRIGGER {table}_{act.lower()} BEFORE {act} ON {table} "
    "BEGIN SELECT RAISE(ABORT, 'the journal is only added to'); END"
    for table in _GUARDED
    for act in ("UPDATE", "DELETE")
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line and what it says."""

    line: Line
    record: Decision | FollowUp


@dataclass(frozen=True, slots=True)
class Journal:
    """A journal in a file, which the first line makes."""

    file: Path

    def add(self, make: Callable[[Sequence[Entry]], Decision | FollowUp], snapshot: Snapshot | None = None) -> Entry:
        """Add a line; when this returns, it is on the disk.

        Args:
            make: gives the record, from all that the journal holds when the line's turn has come; may refuse.
            snapshot: what the record rests on.

        Raises:
            UserMistakes: the file is no journal or cannot be written, or ``make`` refuses.
            BusyError: another writer held it for a minute.
        """
        with self._writing() as connection:
            before = _entries(connection, self.file)
            record = make(before)
            last = before[-1].line if before else None
            body = rfc8785.dumps(record.model_dump(mode="json", exclude_none=True)).decode()
            line = chain.linked(last.number + 1 if last else 1, last.hash if last else chain.GENESIS, body)
            if snapshot is not None:
                connection.execute("INSERT OR IGNORE INTO snapshots VALUES (?, ?)", (snapshot.key, snapshot.body))
            connection.execute("INSERT INTO lines VALUES (?, ?, ?, ?)", (line.number, line.previous, body, line.hash))
        return Entry(line, record)

    def entries(self) -> list[Entry]:
        """Every line, in the order of writing.

        Raises:
            UserMistakes: there is no journal, or a line cannot be read.
        """
        with self._reading() as connection:
            return _entries(connection, self.file)

    def lines(self) -> list[Line]:
        """Every line as it is kept, readable or not.

        Raises:
            UserMistakes: there is no journal.
        """
        with self._reading() as connection:
            return [Line(*row) for row in connection.execute(_ALL)]

    def snapshots(self) -> dict[str, str]:
        """The text of every snapshot by its key.

        Raises:
            UserMistakes: there is no journal.
        """
        with self._reading() as connection:
            return dict(connection.execute("SELECT key, body FROM snapshots ORDER BY key").fetchall())

    def snapshot(self, key: str) -> Snapshot:
        """What a decision rested on.

        Raises:
            UserMistakes: there is no journal, or it holds no such snapshot.
        """
        with self._reading() as connection:
            found = connection.execute("SELECT body FROM snapshots WHERE key = ?", (key,)).fetchone()
        if found is None:
            raise _refusal(self.file, f"holds no snapshot with the key {key}", "Look at 'journal verify'")
        return Snapshot(key, found[0])

    def verify(self, receipts: Mapping[int, str] | None = None) -> list[Fault]:
        """Every line that is not as it was written; none if all is well.

        Args:
            receipts: hash by line number, kept elsewhere; see ``chain.faults``.

        Raises:
            UserMistakes: there is no journal.
        """
        with self._reading() as connection:
            lines = [Line(*row) for row in connection.execute(_ALL)]
            kept = dict(connection.execute("SELECT key, body FROM snapshots").fetchall())
            guards = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall())
        found = chain.faults(lines, receipts)
        found += [Fault(n, "snapshot") for n, key in _rested_on(lines) if not snapshots.whole(key, kept.get(key))]
        if guards != _GUARDS:
            found.append(Fault(0, "unprotected"))
        return sorted(found, key=lambda fault: fault.number)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A connection whose turn it is; what it did is on the disk at the end, or nothing of it."""
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with self._told(), closing(self._connection("rwc")) as connection:
                connection.execute("PRAGMA synchronous = EXTRA")
                connection.execute("BEGIN IMMEDIATE")
                try:
                    _prepare(connection, self.file)
                    yield connection
                except BaseException:
                    connection.execute("ROLLBACK")
                    raise
                connection.execute("COMMIT")
        except OSError as error:
            raise _refusal(self.file, f"cannot be written ({error.strerror})", "Choose another place") from error

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        if not self.file.is_file():
            raise _refusal(self.file, "there is no journal there", "The first 'portfolio decide' makes it")
        with self._told(), closing(self._connection("rw")) as connection:
            _check(connection, self.file)
            yield connection

    def _connection(self, mode: str) -> sqlite3.Connection:
        place = f"{self.file.resolve().as_uri()}?mode={mode}"
        return sqlite3.connect(place, uri=True, timeout=PATIENCE, isolation_level=None)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """SQLite's errors in the user's words."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if "locked" in str(error) or "busy" in str(error):
                raise BusyError(f"{self.file}: another process has been writing for a minute. Try again.") from error
            raise _refusal(self.file, f"cannot be used ({error})", "Choose another place with --journal") from error
        except sqlite3.DatabaseError as error:
            raise _no_journal(self.file) from error


_ALL = "SELECT number, previous, body, hash FROM lines ORDER BY number"


def _entries(connection: sqlite3.Connection, file: Path) -> list[Entry]:
    lines = [Line(*row) for row in connection.execute(_ALL)]
    try:
        return [Entry(line, records.parsed(line.body)) for line in lines]
    except ValueError as error:  # pydantic's errors are ValueErrors
        raise _refusal(file, "a line cannot be read", "'portfolio journal verify' says which was changed") from error


def _rested_on(lines: Sequence[Line]) -> list[tuple[int, str]]:
    """Number and snapshot's key of each line that has one and can be read."""
    found = []
    for line in lines:
        try:
            record: Any = records.parsed(line.body)
        except ValueError:  # the chain tells of it
            continue
        if isinstance(record, Decision):
            found.append((line.number, record.snapshot))
    return found


def _prepare(connection: sqlite3.Connection, file: Path) -> None:
    """Make the tables in an empty file; refuse a file that is something else."""
    if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
        for statement in (*filter(str.strip, _TABLES.split(";")), *_GUARDS.values()):
            connection.execute(statement)
    _check(connection, file)


def _check(connection: sqlite3.Connection, file: Path) -> None:
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    form = connection.execute("PRAGMA user_version").fetchone()[0]
    if application != _APPLICATION:
        raise _no_journal(file)
    if form != _FORM:
        raise _refusal(file, f"was written in form {form}", f"This innomotor reads form {_FORM}; use a newer one")


def _no_journal(file: Path) -> UserMistakes:
    return _refusal(file, "is not a journal of innomotor", "Name another file with --journal")


def _refusal(file: Path, found: str, remedy: str) -> UserMistakes:
    return UserMistakes(Mistake("journal", found, remedy, file=str(file)))
