"""Parts: one task's rows as Parquet under their final name, whole or not at all."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import duckdb

from sim.store.folders import sync
from sim.store.ledger import StoredFile
from sim.store.tables import Piece, write_parquet

PARTS = "parts"
_MAKING = ".making-"


def part_path(task: str, kind: str) -> str:
    """Where a task's part of a table lies in the run folder."""
    return f"{PARTS}/{task[:2]}/{task}.{kind}.parquet"


def write_part(folder: Path, path: str, kind: str, pieces: Sequence[Piece]) -> StoredFile:
    """Write a part; when this returns it is on the disk under its name.

    Args:
        folder: the run folder.
        path: where in it.
        kind: which table it is a part of.
        pieces: as in ``write_parquet``.

    Raises:
        OSError, duckdb.Error: the disk is full or refuses; nothing is left behind.
    """
    rows = sum(len(next(iter(columns.values()))) for _, columns in pieces)
    return written_whole(folder, path, kind, rows, partial(write_parquet, parts=pieces, never_is_null=False))


def written_whole(folder: Path, path: str, kind: str, rows: int, write: Callable[[Path], None]) -> StoredFile:
    """A file that takes its name only when all of it is on the disk."""
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f"{_MAKING}{secrets.token_hex(4)}")
    try:
        write(beside)
        sync(beside)
        digest, size = sha256_of(beside), beside.stat().st_size
        beside.replace(target)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise
    sync(target.parent)
    return StoredFile(path, kind, size, digest, rows)


def sha256_of(file: Path) -> str:
    """Hash of a file's content."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sweep_up(folder: Path) -> int:
    """Remove what killed workers left half-written; how many files that was."""
    left = [path for path in folder.rglob(f"{_MAKING}*") if path.is_file()] if folder.is_dir() else []
    for path in left:
        with suppress(OSError):
            path.unlink()
    return len(left)


def damage(folder: Path, file: StoredFile) -> str:
    """What is wrong with a file: ``missing``, ``changed``, or nothing."""
    path = folder / file.path
    try:
        if path.stat().st_size != file.bytes or sha256_of(path) != file.sha256:
            return "changed"
    except OSError:
        return "missing"
    return ""


def reason(error: Exception) -> str:
    """An error of the disk in a few words."""
    told = getattr(error, "strerror", None)
    text = told or str(error).splitlines()[0] if str(error) or told else type(error).__name__
    full = ("No space left", "disk is full")  # the system's words, and SQLite's
    return "No space left on device" if any(words in str(error) for words in full) else str(text)


STORAGE_ERRORS = (OSError, duckdb.Error)
"""What writing raises when the disk is full or refuses."""
