"""Keeps a sweep going: one process with the folder's lock hands out tasks and acknowledges what comes back.

Durability comes from the store, the engine is only processor time: whatever is killed, what the ledger says is there,
and starting again computes the rest. The manifest is written last, when nothing is left to do.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from sim import store
from sim.errors import InnomotorError, Mistake, UserMistakes
from sim.executor import Executor, Limits, StopAll, Task
from sim.store.folders import MANIFEST, PROGRAM, locked
from sim.store.ledger import LEDGER, Book, Ledger, Receipts, receipts_in
from sim.store.machine import processor_features
from sim.store.parts import PARTS, reason, sweep_up, written_whole
from sim.store.tables import write_parquet
from sim.sweep.tasks import PLAN, Sweep, same_program, written
from sim.sweep.work import result

VARIANTS = "variants.parquet"
RECEIPTS = "receipts"
OWN_FILES = frozenset({PLAN, VARIANTS, MANIFEST, LEDGER, PARTS, RECEIPTS, "packs", f"{LEDGER}-wal", f"{LEDGER}-shm"})
"""What a run folder may hold."""
HOPELESS = 25
"""So many tasks given up in a row, with none that came right, end a sweep."""


@dataclass
class State:
    """How far a sweep has come."""

    total: int
    """Tasks of the plan, or of the shard."""
    before: int = 0
    """Done when this process began."""
    done: int = 0
    """Done by this process."""
    given_up: list[tuple[str, str, int]] = field(default_factory=list)
    """Tasks that were given up: what they were, why, how often they were tried."""
    seconds: float = 0.0
    """Time on the clock since this process began [s]."""

    @property
    def left(self) -> int:
        """Tasks still to do."""
        return self.total - self.before - self.done - len(self.given_up)

    @property
    def rate(self) -> float:
        """Tasks each second, or 0 while nothing is known."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Time that the rest will take at this rate [s]."""
        return self.left / self.rate if self.rate > 0 else None


Told = Callable[[State], None]


def carry_out(
    sweep: Sweep,
    folder: Path,
    executor: Executor,
    limits: Limits,
    *,
    shard: tuple[int, int] = (0, 1),
    tell: Told | None = None,
) -> State:
    """Compute what a folder still lacks of a sweep.

    Args:
        sweep: the plan, cut into tasks.
        folder: where the results are kept; made if it is not there.
        executor: what computes.
        limits: what a task may cost.
        shard: which of how many shares of the tasks; a share keeps receipts of its own, see `merge`.
        tell: told the state whenever it changes.

    Raises:
        UserMistakes: the folder belongs to another plan, holds something else or cannot be written.
        BusyError: another process works on the same folder or shard.
        InnomotorError: the disk is full, the scheduler is gone, or nothing comes right.
    """
    with _opened(sweep, folder, shard) as book:
        state = State(len(range(shard[0], len(sweep), shard[1])), before=book.count())
        began = time.monotonic()
        waiting = _missing(sweep, folder, shard, book)
        numbers: dict[str, int] = {}
        outcomes = executor.run(_noted(waiting, numbers), limits)
        try:
            for outcome in outcomes:
                what = _said(sweep, numbers.pop(outcome.key))
                if outcome.ok and outcome.receipt is not None:
                    book.add(result(outcome.key, outcome.receipt, outcome.attempts))
                    state.done += 1
                else:
                    book.fault(outcome.key, outcome.error, outcome.attempts, what)
                    state.given_up.append((json.dumps(what, ensure_ascii=False), outcome.error, outcome.attempts))
                state.seconds = time.monotonic() - began
                if tell is not None:
                    tell(state)
                _refuse_the_hopeless(state)
        except (StopAll, OSError, sqlite3.Error) as error:
            kept = state.before + state.done
            told = str(error) if isinstance(error, StopAll) else f"{folder.name} could not be written: {reason(error)}."
            raise InnomotorError(
                f"{told} {kept} of {state.total} tasks are kept; start the same command again to go on."
            ) from error
        finally:
            close = getattr(outcomes, "close", None)
            if close is not None:
                close()
        if shard == (0, 1) and state.left == 0 and not state.given_up:
            finish(sweep, folder)
    return state


def finish(sweep: Sweep, folder: Path) -> None:
    """Write the manifest: the sweep is whole."""
    content = {
        "program": PROGRAM,
        "kind": "sweep",
        "schema_version": store.LEDGER_SCHEMA,
        "key": sweep.key,
        "provenance": dict(sweep.rests_on),
        "processor": processor_features(),
        "scenario": sweep.base.with_values({}).scenario.model_dump(mode="json", exclude_none=True),
        "plan": sweep.plan.model_dump(mode="json"),
        "tasks": len(sweep),
        "digest": digest(folder),
    }
    _write_json(folder, MANIFEST, content)


def digest(folder: Path) -> str:
    """One hash for all that a folder's results hold, whatever order and files they were written in."""
    found = hashlib.sha256()
    with closing(Ledger(folder)) as ledger:
        for task, held in ledger.digests():
            found.update(f"{task}\0{held}\n".encode())
    return found.hexdigest()


def _missing(sweep: Sweep, folder: Path, shard: tuple[int, int], book: Book) -> Iterator[Task]:
    """The tasks whose results do not exist yet."""
    return (task for task in sweep.tasks(folder, shard) if not book.has(task.key))


def _noted(tasks: Iterator[Task], numbers: dict[str, int]) -> Iterator[Task]:
    for task in tasks:
        numbers[task.key] = task.payload["task"]
        yield task


def _said(sweep: Sweep, number: int) -> dict[str, Any]:
    """A task for people: its variants, and their values if it is one."""
    cells = sweep.cells(number)
    said: dict[str, Any] = {"variants": sorted({cell.variant for cell in cells})}
    if len(said["variants"]) == 1:
        said["values"] = sweep.values(cells[0].variant)
        said["replicates"] = [cells[0].first, cells[0].first + cells[0].replicates]
    return said


def _refuse_the_hopeless(state: State) -> None:
    if len(state.given_up) >= HOPELESS and state.done + state.before == 0:
        raise InnomotorError(
            f"The first {HOPELESS} tasks were all given up, so the sweep was stopped. The last said: "
            f"{state.given_up[-1][1]}"
        )


@contextmanager
def _opened(sweep: Sweep, folder: Path, shard: tuple[int, int]) -> Iterator[Book]:
    """The folder, claimed and made ready, and the book that results are acknowledged in."""
    _refuse_strange(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if shard != (0, 1):
            (folder / RECEIPTS).mkdir(exist_ok=True)
        lock = (
            folder / RECEIPTS / f".{_named(shard)}.lock" if shard != (0, 1) else folder.parent / f".{folder.name}.lock"
        )
        with locked(lock, folder):
            _make_ready(sweep, folder)
            same_program(sweep)
            if shard == (0, 1):
                sweep_up(folder)
                book: Any = Ledger(folder, write=True)
                take_receipts(folder, book)
                book.clear_faults()
            else:
                book = Receipts(folder / RECEIPTS / f"{_named(shard)}.jsonl")
            with closing(book):
                yield book
    except PermissionError as error:
        found = f"{folder} cannot be written ({error.strerror})"
        raise UserMistakes(Mistake("--out", found, "Choose another folder")) from error


def _named(shard: tuple[int, int]) -> str:
    return f"shard-{shard[0] + 1}-of-{shard[1]}"


def _refuse_strange(folder: Path) -> None:
    """Refuse a place that holds anything but nothing or a run folder."""
    if folder.exists() and not folder.is_dir():
        raise UserMistakes(Mistake("--out", f"{folder} is a file", "Choose another name for the folder"))
    if not folder.is_dir():
        return
    names = {path.name for path in folder.iterdir()}
    if names and PLAN not in names and not all(name.startswith(".making-") for name in names):
        found = f"{folder} holds files that are not an innomotor sweep"
        raise UserMistakes(Mistake("--out", found, "Choose an empty or new folder"))


def _make_ready(sweep: Sweep, folder: Path) -> None:
    """Write the plan and the table of variants, or see that they are this sweep's."""
    if (folder / PLAN).exists():
        if written(folder).key != sweep.key:
            raise _another(folder, written(folder).plain(), sweep.plain())
    else:
        _write_json(folder, PLAN, {"program": PROGRAM, "schema_version": store.LEDGER_SCHEMA, "sweep": sweep.plain()})
    if not (folder / VARIANTS).exists():
        columns = {"variant": np.arange(len(sweep.variants), dtype=np.int32)}
        columns |= {name: sweep.variants.column(place) for place, name in enumerate(sweep.columns.values())}
        written_whole(folder, VARIANTS, "variants", len(sweep.variants), lambda f: write_parquet(f, [({}, columns)]))


def _another(folder: Path, there: dict[str, Any], asked: dict[str, Any]) -> UserMistakes:
    """Why a sweep does not go on in a folder."""
    if all(there[name] == asked[name] for name in there if name not in ("label", "rests_on")):
        program = _differing({"rests_on": there["rests_on"]}, asked)
        found = f"{folder} was begun with another version of the program or its plugins (what differs: {program})"
        return UserMistakes(Mistake("--out", found, "Go on with that version, or choose another folder"))
    found = f"{folder} belongs to another plan (what differs: {_differing(there, asked)})"
    return UserMistakes(Mistake("--out", found, "Choose another folder, or give the plan that made it"))


def _differing(one: dict[str, Any], other: dict[str, Any]) -> str:
    parts: list[str] = []
    for name, value in one.items():
        beside = other.get(name)
        if name in ("label", "cut") or value == beside:
            continue
        if isinstance(value, dict) and isinstance(beside, dict):
            parts += [key for key in {**value, **beside} if value.get(key) != beside.get(key)]
        else:
            parts.append(name)
    return ", ".join(dict.fromkeys(parts)) or "how it is cut into tasks"


def _write_json(folder: Path, name: str, content: dict[str, Any]) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    written_whole(folder, name, "json", 0, lambda file: _write_text(file, text))


def _write_text(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")


def merge(folder: Path) -> tuple[int, int]:
    """Enter what the shards have acknowledged into the ledger; gives tasks done and tasks in all."""
    sweep = written(folder)
    with locked(folder.parent / f".{folder.name}.lock", folder), closing(Ledger(folder, write=True)) as ledger:
        take_receipts(folder, ledger)
        done = ledger.count()
    if done == len(sweep):
        finish(sweep, folder)
    return done, len(sweep)


def take_receipts(folder: Path, ledger: Ledger) -> None:
    """Enter what shards have acknowledged and the ledger does not know yet."""
    for file in sorted((folder / RECEIPTS).glob("shard-*.jsonl")):
        results, faults = receipts_in(file)
        ledger.add_all(one for one in results if not ledger.has(one.task))
        for fault in faults:
            if not ledger.has(fault["task"]):
                ledger.fault(fault["task"], fault["error"], fault["attempts"], fault["what"])


def free_bytes(folder: Path) -> int:
    """Room on the disk where a folder lies or will lie [bytes]."""
    there = next(place for place in (folder, *folder.resolve().parents) if place.exists())
    return shutil.disk_usage(there).free
