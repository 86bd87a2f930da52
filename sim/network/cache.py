"""Ties that need not be chosen twice: kept in memory, and those of many clinics on disk, by what they rest on."""

from __future__ import annotations

import os
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from platformdirs import user_cache_path

from sim.network.choice import Choice
from sim.network.ties import Ties

FOLDER = "INNOMOTOR_CACHE"
"""Environment variable: another folder for what is kept between runs; empty, and nothing is."""

SCHEME = 1
"""Goes up when clinics with the same choice would name others."""

MOST_IN_MEMORY = 64 * 2**20
"""Ties kept in memory [bytes]."""
MOST_ON_DISK = 512 * 2**20
"""Ties kept on disk [bytes]; the oldest go first."""
WORTH_A_FILE = 20_000
"""Clinics from which it is faster to read the ties than to choose them anew."""

_memory: OrderedDict[str, Ties] = OrderedDict()
_lock = threading.Lock()


def kept(choice: Choice, choose: Callable[[Choice], Ties]) -> Ties:
    """The ties of a choice, chosen when nobody has done so before.

    Args:
        choice: what the ties rest on; its content is the key.
        choose: makes the ties; a pure function of the choice.
    """
    key = content_key(choice)
    with _lock:
        if key in _memory:
            _memory.move_to_end(key)
            return _memory[key]
    file = _file(key) if len(choice.population) >= WORTH_A_FILE else None
    ties = _read(file) if file else None
    if ties is None:
        ties = choose(choice)
        if file:
            _write(file, ties)
    with _lock:
        _memory[key] = ties
        while len(_memory) > 1 and sum(map(_size, _memory.values())) > MOST_IN_MEMORY:
            _memory.popitem(last=False)
    return ties


def content_key(choice: Choice) -> str:
    """Hash of everything that the ties rest on: the clinics, who leads and draws others, the numbers, the seed."""
    people = choice.population
    digest = blake2b(digest_size=20)
    arrays = (people.clinic_id, people.region, people.kind, choice.pull, choice.leader)
    for array in arrays:
        digest.update(str((array.dtype.str, array.shape)).encode())
        digest.update(np.ascontiguousarray(array).data)
    numbers = (choice.named, choice.share_within, choice.clustering, choice.national_share, choice.introduced_share)
    digest.update(repr((SCHEME, choice.seed, [float(number) for number in numbers])).encode())
    return digest.hexdigest()


def _size(ties: Ties) -> int:
    return sum(array.nbytes for array in ties)


def _file(key: str) -> Path | None:
    """Where the ties are kept between runs; None when nothing shall be."""
    chosen = os.environ.get(FOLDER)
    if chosen == "":
        return None
    return (Path(chosen) if chosen else user_cache_path("innomotor")) / "networks" / f"{key}.npz"


def _read(file: Path) -> Ties | None:
    """The ties of a file; None when it is not there or not whole."""
    try:
        with np.load(file, allow_pickle=False) as arrays:
            ties = Ties(arrays["listener"], arrays["adviser"], arrays["layer"])
        with suppress(OSError):
            os.utime(file)
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None
    return ties


def _write(file: Path, ties: Ties) -> None:
    """Keep the ties, if the disk allows; the file appears whole or not at all."""
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=file.parent, suffix=".part")
        try:
            with os.fdopen(descriptor, "wb") as open_file:
                np.savez(open_file, **ties._asdict())
            Path(temporary).replace(file)
        finally:
            Path(temporary).unlink(missing_ok=True)
        _forget_oldest(file.parent)


def _forget_oldest(folder: Path) -> None:
    files = sorted(folder.glob("*.npz"), key=lambda file: file.stat().st_mtime, reverse=True)
    total = 0
    for number, file in enumerate(files):
        total += file.stat().st_size
        if number and total > MOST_ON_DISK:
            file.unlink(missing_ok=True)
