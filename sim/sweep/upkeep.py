"""Upkeep of a run folder: does every file still hold what was acknowledged, and are there too many small ones?"""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from sim.errors import InnomotorError
from sim.store.folders import MANIFEST, locked
from sim.store.ledger import LEDGER, Ledger, StoredFile
from sim.store.parts import STORAGE_ERRORS, damage, reason, sweep_up, written_whole
from sim.store.tables import CONNECTION, quoted
from sim.sweep.driver import take_receipts

PACKS = "packs"
PACK_BYTES = 128 * 2**20
"""Size that packs are filled to [bytes]."""


@dataclass(frozen=True)
class Damage:
    """A file that does not hold what was acknowledged."""

    path: str
    what: str
    """``missing`` or ``changed``."""
    tasks: int
    """How many results it held."""


@dataclass(frozen=True)
class Verdict:
    """What a look at every file gave."""

    files: int
    damaged: tuple[Damage, ...]
    forgotten: bool
    """Whether the damaged were struck from the ledger, so that the sweep computes them anew."""


def verify(folder: Path) -> Verdict:
    """Compare every file with the ledger; what is damaged is struck, so that starting the sweep again mends it.

    Raises:
        UserMistakes: there are no results.
        BusyError: a sweep is under way in the folder.
    """
    with closing(Ledger(folder)) as ledger:
        files = list(ledger.files())
    damaged = [(file, what) for file in files if (what := damage(folder, file))]
    if not damaged:
        return Verdict(len(files), (), False)
    if not os.access(folder, os.W_OK) or not os.access(folder / LEDGER, os.W_OK):
        return Verdict(len(files), tuple(Damage(file.path, what, 0) for file, what in damaged), False)
    with _alone(folder), closing(Ledger(folder, write=True)) as ledger:
        found = tuple(Damage(file.path, what, len(ledger.forget(file.path))) for file, what in damaged)
        for name in (MANIFEST, *(file.path for file, _ in damaged)):
            with suppress(OSError):
                (folder / name).unlink()
    return Verdict(len(files), found, True)


def compact(folder: Path) -> tuple[int, int]:
    """Put many small parts into few large files; gives how many there were and are.

    Each pack is written beside, read back and compared row for row with what it replaces, and takes its place in one
    transaction of the ledger; then the parts are removed.

    Raises:
        UserMistakes: there are no results.
        BusyError: a sweep is under way in the folder.
        InnomotorError: a part is damaged, or the disk is full; nothing is lost.
    """
    with closing(Ledger(folder)):
        pass
    with _alone(folder), closing(Ledger(folder, write=True)) as ledger:
        take_receipts(folder, ledger)
        before = list(ledger.files())
        try:
            for batch in _batches(before):
                pack = _packed(folder, batch)
                ledger.replace([file.path for file in batch], pack)
                for file in batch:
                    with suppress(OSError):
                        (folder / file.path).unlink()
        except STORAGE_ERRORS as error:
            raise InnomotorError(f"{folder} could not be compacted: {reason(error)}. Nothing is lost.") from error
        after = list(ledger.files())
    _tidy(folder, {file.path for file in after})
    return len(before), len(after)


def _alone(folder: Path) -> AbstractContextManager[None]:
    target = folder.resolve()
    return locked(target.parent / f".{target.name}.lock", folder)


def _batches(files: list[StoredFile]) -> Iterator[list[StoredFile]]:
    """Small files of one kind, together as large as a pack; never one alone."""
    by_kind: dict[str, list[StoredFile]] = defaultdict(list)
    for file in files:
        if file.bytes < PACK_BYTES / 2:
            by_kind[file.kind].append(file)
    for small in by_kind.values():
        batch: list[StoredFile] = []
        for file in small:
            batch.append(file)
            if sum(one.bytes for one in batch) >= PACK_BYTES:
                yield batch
                batch = []
        if len(batch) > 1:
            yield batch


def _packed(folder: Path, batch: list[StoredFile]) -> StoredFile:
    """One file with the rows of several, compared with them before it is trusted."""
    for file in batch:
        if what := damage(folder, file):
            raise InnomotorError(f"{file.path} is {what}. Run innomotor results verify first; nothing is lost.")
    kind, rows = batch[0].kind, sum(file.rows for file in batch)
    content = hashlib.sha256("".join(file.sha256 for file in batch).encode()).hexdigest()
    listed = ", ".join(quoted(str(folder / file.path)) for file in batch)
    source = f"SELECT * FROM read_parquet([{listed}], union_by_name = true)"  # noqa: S608 paths are quoted
    order = "variant, strategy, innovation, replicate" + (", month" if kind == "curves" else "")

    def write(file: Path) -> None:
        with duckdb.connect(":memory:", config=dict(CONNECTION)) as connection:
            target = quoted(str(file))
            connection.execute(f"COPY ({source} ORDER BY {order}) TO {target} (FORMAT parquet, COMPRESSION zstd)")
            made = f"SELECT * FROM read_parquet({target})"  # noqa: S608 quoted
            for one, other in ((source, made), (made, source)):
                differing = connection.execute(f"SELECT count(*) FROM ({one} EXCEPT ALL {other})").fetchone()  # noqa: S608
                if differing is None or differing[0]:
                    raise InnomotorError(f"a pack of {kind} differs from its parts. Nothing is lost.")

    return written_whole(folder, f"{PACKS}/{content[:32]}.{kind}.parquet", kind, rows, write)


def _tidy(folder: Path, wanted: set[str]) -> None:
    """Remove what no ledger names: parts that were replaced, half-written files, empty folders."""
    sweep_up(folder)
    for place in ("parts", PACKS):
        for path in sorted((folder / place).rglob("*"), reverse=True):
            with suppress(OSError):
                if path.is_dir():
                    path.rmdir()
                elif path.suffix == ".parquet" and path.relative_to(folder).as_posix() not in wanted:
                    path.unlink()
