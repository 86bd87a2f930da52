"""The journal: nothing is lost, nothing can be changed unseen."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import ValidationError

from portfolio import journal
from portfolio.journal import Decision, FollowUp, Journal, chain, records
from sim.errors import BusyError, UserMistakes

ROOT = Path(journal.__file__).resolve().parents[2]
SNAPSHOT = journal.taken({"portfolio": {"title": "Prov"}, "forecasts": {}})


def decision(number: int = 1, **changes: object) -> Decision:
    said = {
        "portfolio": "Prov",
        "initiative": "fett_b",
        "date": dt.date(2026, 3, 14),
        "recorded_at": dt.datetime(2026, 3, 14, 12, tzinfo=dt.UTC),
        "step": "start",
        "outcome": "approved",
        "level": "committee",
        "diary_number": f"RS 2026-{number:04}",
        "decided_by": "Hälso- och sjukvårdsnämnden",
        "reason": "Störst nytta för pengarna",
        "snapshot": SNAPSHOT.key,
    }
    return Decision.model_validate({**said, **changes})


def follow_up(**changes: object) -> FollowUp:
    said = {
        "portfolio": "Prov",
        "initiative": "fett_b",
        "date": dt.date(2027, 1, 20),
        "recorded_at": dt.datetime(2027, 1, 20, 12, tzinfo=dt.UTC),
        "period": "2026",
        "adoption": 0.21,
        "cost_sek": 2.4e6,
        "reported_by": "Folktandvården",
        "source": "Journalsystemet, uttag 2027-01-15",
    }
    return FollowUp.model_validate({**said, **changes})


@pytest.fixture
def book(tmp_path) -> Journal:
    """A journal with five lines."""
    made = Journal(tmp_path / "journal.sqlite")
    for number in range(1, 5):
        made.add(lambda _, n=number: decision(n), SNAPSHOT)
    made.add(lambda _: follow_up())
    return made


def tampered(file: Path, *statements: str) -> None:
    """Change the file as somebody with a database tool would, the guards taken away and put back."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        for _, sql in guards:
            connection.execute(sql)


def test_what_was_written_is_read_back(book):
    """Records come back as they were given, in order, with their snapshot."""
    entries = book.entries()
    assert [entry.line.number for entry in entries] == [1, 2, 3, 4, 5]
    assert entries[1].record == decision(2)
    assert entries[4].record == follow_up()
    assert book.snapshot(SNAPSHOT.key).content() == {"portfolio": {"title": "Prov"}, "forecasts": {}}
    assert book.verify() == []


@pytest.mark.parametrize("number", [1, 3, 5])
@pytest.mark.parametrize("column", ["body", "hash", "previous", "number"])
def test_any_changed_line_is_found(book, number, column):
    """One sign changed in any column of any line is found, and told at that line or the next."""
    change = {
        "body": "replace(body, 'Prov', 'prov')",
        "hash": "'a' || substr(hash, 2)",
        "previous": "'b' || substr(previous, 2)",
        "number": "number + 100",
    }[column]
    tampered(book.file, f"UPDATE lines SET {column} = {change} WHERE number = {number}")  # noqa: S608
    found = book.verify()
    assert found
    assert {fault.number for fault in found} <= {number, number + 1, number + 100, *range(6, 105)}


def test_a_line_taken_away_put_in_or_moved_is_found(book):
    """A gap, a forged line in between, and two lines exchanged each show."""
    tampered(book.file, "DELETE FROM lines WHERE number = 3")
    assert [(fault.number, fault.why) for fault in book.verify()] == [(3, "missing"), (4, "unlinked")]
    forged = chain.linked(3, book.entries()[1].line.hash, '{"forged":true}')
    tampered(book.file, f"INSERT INTO lines VALUES (3, '{forged.previous}', '{forged.body}', '{forged.hash}')")  # noqa: S608
    assert [(fault.number, fault.why) for fault in book.verify()] == [(4, "unlinked")]


def test_a_journal_written_anew_or_cut_off_is_found_by_a_receipt(book):
    """The chain alone cannot see a last line that is gone; the hash in the minutes can."""
    last = book.entries()[-1].line
    tampered(book.file, "DELETE FROM lines WHERE number = 5")
    assert book.verify() == []
    assert [(fault.number, fault.why) for fault in book.verify({5: last.hash[:12]})] == [(5, "receipt")]


def test_the_file_refuses_changes_and_says_when_it_no_longer_does(book):
    """Triggers stop a change by mistake; their absence is a fault."""
    with closing(sqlite3.connect(book.file)) as connection:
        for change in ("UPDATE lines SET body = ''", "DELETE FROM lines", "DELETE FROM snapshots"):
            with pytest.raises(sqlite3.IntegrityError, match="only added to"):
                connection.execute(change)
        connection.execute("DROP TRIGGER lines_update")
        connection.commit()
    assert [fault.why for fault in book.verify()] == ["unprotected"]


def test_a_changed_snapshot_is_found(book):
    """What a decision rested on cannot be changed afterwards either."""
    tampered(book.file, "UPDATE snapshots SET body = replace(body, 'Prov', 'Annat')")
    assert [(fault.number, fault.why) for fault in book.verify()] == [(n, "snapshot") for n in range(1, 5)]


WRITER = """
import sys
sys.path[:0] = {path!r}
from pathlib import Path
from portfolio.journal import Journal
from test_journal import SNAPSHOT, decision
book = Journal(Path(sys.argv[1]))
for number in range(int(sys.argv[2])):
    entry = book.add(lambda before: decision(number, decided_by=sys.argv[3]), SNAPSHOT)
    print(entry.line.number, entry.line.hash, flush=True)
"""


def writer(file: Path, count: int, name: str) -> subprocess.Popen[str]:
    code = WRITER.format(path=[str(ROOT), str(Path(__file__).parent)])
    return subprocess.Popen(
        [sys.executable, "-c", code, str(file), str(count), name], stdout=subprocess.PIPE, text=True
    )


def test_two_processes_at_once_lose_nothing(tmp_path):
    """Two writers on a file that is not there yet: every line of both is there, in one chain."""
    book = Journal(tmp_path / "new" / "journal.sqlite")
    for process in [writer(book.file, 25, name) for name in ("a", "b")]:
        assert process.wait(60) == 0
        process.stdout.close()
    entries = book.entries()
    assert [entry.line.number for entry in entries] == list(range(1, 51))
    assert sorted(entry.record.decided_by for entry in entries) == ["a"] * 25 + ["b"] * 25
    assert book.verify() == []


def test_killed_in_the_middle_keeps_all_that_was_said_to_be_written(tmp_path):
    """After a kill -9 the journal is whole and holds every line whose receipt was given."""
    book = Journal(tmp_path / "journal.sqlite")
    process = writer(book.file, 10_000, "a")
    receipts = dict(process.stdout.readline().split() for _ in range(20))
    os.kill(process.pid, signal.SIGKILL)
    receipts |= dict(line.split() for line in process.stdout if line.endswith("\n") and len(line.split()) == 2)
    process.wait(60)
    process.stdout.close()
    assert book.verify({int(number): given for number, given in receipts.items()}) == []
    assert len(book.entries()) >= len(receipts) >= 20


def test_a_refusal_writes_nothing(book):
    """What may not be written leaves no trace, not even its snapshot."""

    def refuse(_: object) -> Decision:
        raise UserMistakes(())

    with pytest.raises(UserMistakes):
        book.add(refuse, journal.taken({"other": 1}))
    assert len(book.entries()) == 5
    with pytest.raises(UserMistakes, match="holds no snapshot"):
        book.snapshot(journal.taken({"other": 1}).key)


def test_another_file_is_not_taken_for_a_journal(tmp_path):
    """A missing file, another kind of file, another database and a newer form are each told, and left as they were."""
    with pytest.raises(UserMistakes, match="there is no journal"):
        Journal(tmp_path / "none.sqlite").entries()
    assert not (tmp_path / "none.sqlite").exists()
    text = tmp_path / "notes.txt"
    text.write_text("not a database, but long enough to be taken for one " * 40, encoding="utf-8")
    other = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE mine (x)")
    for file in (text, other):
        before = file.read_bytes()
        for use in (Journal(file).entries, lambda f=file: Journal(f).add(lambda _: decision(), SNAPSHOT)):
            with pytest.raises(UserMistakes, match="is not a journal"):
                use()
        assert file.read_bytes() == before


def test_a_newer_form_is_refused(book):
    """A journal of a later innomotor is not guessed at."""
    with closing(sqlite3.connect(book.file)) as connection:
        connection.execute("PRAGMA user_version = 2")
    with pytest.raises(UserMistakes, match="form 2"):
        book.entries()


def test_a_writer_that_never_ends_is_told(book, monkeypatch):
    """Waiting has an end, and the message says what happened."""
    monkeypatch.setattr("portfolio.journal.book.PATIENCE", 0.05)
    with closing(sqlite3.connect(book.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BusyError, match="another process"):
            book.add(lambda _: decision(), SNAPSHOT)
        other.execute("ROLLBACK")


@pytest.mark.parametrize(
    "wrong",
    [{"reason": "  "}, {"reason": "a\u202eb"}, {"snapshot": "abc"}, {"step": "begin"}, {"diary_number": "x" * 201}],
)
def test_what_a_decision_must_say(wrong):
    """No empty reason, no hidden characters, no snapshot that is none, no unknown step."""
    with pytest.raises(ValidationError):
        decision(**wrong)


@pytest.mark.parametrize("wrong", [{"adoption": 1.2}, {"cost_sek": -1}, {"adoption": None, "cost_sek": None}])
def test_what_a_follow_up_must_say(wrong):
    """A share is a share, a cost is no income, and something is said."""
    with pytest.raises(ValidationError):
        follow_up(**wrong)


def test_the_hash_can_be_checked_without_innomotor(book):
    """The chain is plain SHA-256 of number, hash before and text; the text is canonical JSON."""
    line = book.entries()[2].line
    told = hashlib.sha256(f"3\n{line.previous}\n{line.body}".encode()).hexdigest()
    assert told == line.hash
    assert json.dumps(json.loads(line.body), sort_keys=True, separators=(",", ":"), ensure_ascii=False) == line.body
    assert records.parsed(line.body) == decision(3)
