"""The store that all commands of a user share: named arrays by the key of their question, computed once.

Ask for what is kept, or let it be made and kept::

    key = shared.key_of("pool of portfolios", code=(portfolio.choice,), limits=…, worlds=…)
    found = shared.remembered(key, lambda: Kept({"portfolios": …}, {"solved": 12}))

A key holds all that the answer rests on, the source of the code that makes it among it: changed code, another
parameter, plugin or library asks another question, so an old answer is never given to a new one. An answer is one file
that is there whole or not at all and is compared with its acknowledged hash whenever it is read; whatever is wrong
with the store costs time, never the answer. Beyond its size it lets go of what was asked for longest ago. The folder is
the user's cache (``INNOMOTOR_STORE`` names another; empty, and nothing is kept); it may be removed at any time.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sqlite3
import zipfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from platformdirs import user_cache_path

from sim.errors import InnomotorError
from sim.store.key import canonical, source_tree_hash
from sim.store.ledger import LEDGER, Ledger, Result, StoredFile
from sim.store.parts import PARTS, STORAGE_ERRORS, sha256_of, written_whole

MOST_BYTES = 2 * 2**30
"""Size of the store [bytes]."""
LARGEST = 2**29
"""Size in memory of an answer that is still kept [bytes]."""
_ABOUT = "about.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_TROUBLE = (*STORAGE_ERRORS, sqlite3.Error, zipfile.BadZipFile, InnomotorError, ValueError, KeyError, EOFError)


@dataclass(frozen=True, eq=False)
class Kept:
    """What answers a question."""

    arrays: Mapping[str, NDArray[Any]]
    """By name; any shape, of numbers, booleans or texts."""
    about: Mapping[str, Any] = field(default_factory=dict)
    """What goes with them: plain JSON."""


def folder() -> Path | None:
    """Where the store is; None where nothing shall be kept."""
    chosen = os.environ.get("INNOMOTOR_STORE")
    if chosen == "":
        return None
    return Path(chosen) if chosen else user_cache_path("innomotor", appauthor=False) / "store"


def key_of(what: str, *, code: Iterable[ModuleType] = (), **rests_on: Any) -> str:
    """The key of a question: 64 hexadecimal digits.

    Args:
        what: names the kind of question; the engine's own are known by ``store.content_key``.
        code: packages and modules that make the answer; their source is part of the key.
        rests_on: all else that may change the answer: plain JSON, arrays, bytes.

    >>> key_of("sum", terms=[1, 2]) == key_of("sum", terms=[1, 3])
    False
    """
    content = {name: _content(value) for name, value in rests_on.items()}
    source = {module.__name__: _source(str(module.__file__)) for module in code}
    return hashlib.sha256(canonical({"what": what, "code": source, "rests_on": content})).hexdigest()


def remembered(key: str, make: Callable[[], Kept]) -> Kept:
    """The answer from the store, or else made and put there."""
    found = find(key)
    if found is None:
        found = make()
        keep(key, found)
    return found


def find(key: str) -> Kept | None:
    """The answer to a question, or None where there is none that is whole."""
    place = folder()
    if place is None or not (place / LEDGER).is_file():
        return None
    try:
        with closing(Ledger(place)) as ledger:
            files = ledger.files_of(key)
        if not files:
            return None
        content = (place / files[0].path).read_bytes()
        if hashlib.sha256(content).hexdigest() != files[0].sha256:
            _forget(place, files[0])
            return None
        with suppress(OSError):
            os.utime(place / files[0].path)
        return _read(content)
    except _TROUBLE:
        return None


def keep(key: str, answer: Kept) -> bool:
    """Put an answer into the store; False where it cannot be, or is too large; no reason to fail."""
    place = folder()
    if place is None or sum(array.nbytes for array in answer.arrays.values()) > LARGEST:
        return False
    try:
        place.mkdir(parents=True, exist_ok=True)
        path = f"{PARTS}/{key[:2]}/{key}.npz"
        file = written_whole(place, path, "answer", len(answer.arrays), lambda beside: _write(beside, answer))
        with closing(Ledger(place, write=True)) as ledger:
            ledger.add(Result(key, (file,), 0.0))
            _let_go(place, ledger)
    except _TROUBLE:
        return False
    return True


def _content(value: Any) -> Any:
    """A part of a question as JSON: arrays and bytes by their hash."""
    if isinstance(value, np.ndarray):
        content = hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()
        return {"dtype": value.dtype.str, "shape": list(value.shape), "sha256": content}
    if isinstance(value, bytes):
        return {"sha256": hashlib.sha256(value).hexdigest()}
    if isinstance(value, Mapping):
        return {str(name): _content(one) for name, one in value.items()}
    return [_content(one) for one in value] if isinstance(value, (list, tuple)) else value


@cache
def _source(file: str) -> str:
    """Hash of a module's file, or of a package's folder."""
    path = Path(file)
    return source_tree_hash(path.parent) if path.name == "__init__.py" else sha256_of(path)


def _write(file: Path, answer: Kept) -> None:
    """A file that numpy reads as well: an array each, and what goes with them as JSON; the same bytes each time."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as pack:
        for name, array in answer.arrays.items():
            with pack.open(_entry(f"{name}.npy"), "w", force_zip64=True) as stream:
                np.lib.format.write_array(stream, np.asarray(array, order="C"), allow_pickle=False)
        pack.writestr(_entry(_ABOUT), json.dumps(dict(answer.about), ensure_ascii=False, allow_nan=False))


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _read(content: bytes) -> Kept:
    with zipfile.ZipFile(io.BytesIO(content)) as pack:
        arrays = {
            name.removesuffix(".npy"): np.lib.format.read_array(io.BytesIO(pack.read(name)), allow_pickle=False)
            for name in pack.namelist()
            if name != _ABOUT
        }
        return Kept(arrays, json.loads(pack.read(_ABOUT)))


def _forget(place: Path, file: StoredFile) -> None:
    with closing(Ledger(place, write=True)) as ledger:
        ledger.forget(file.path)
    with suppress(OSError):
        (place / file.path).unlink()


def _let_go(place: Path, ledger: Ledger) -> None:
    """Drop the answers that were asked for longest ago, until the store has its size."""
    surplus = ledger.bytes() - MOST_BYTES
    if surplus <= 0:
        return
    for file in sorted(ledger.files(), key=lambda file: _asked(place / file.path)):
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
