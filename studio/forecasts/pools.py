"""Pools of best portfolios that have been found before are read, not sought again."""

from __future__ import annotations

import hashlib
import zipfile
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from portfolio.choice.choose import PATIENCE, Pool, Search, search
from portfolio.choice.program import Program
from studio.forecasts.cache import write_arrays

Floats = NDArray[np.float64]


def remembered_search(folder: Path) -> Search:
    """`search`, but a pool is kept in the folder under a key of all that it depends on."""

    def remembered(ready: Program, own: NDArray[np.bool_], value: Floats) -> Pool:
        file = folder / f"pool-{_key(ready, own, value)}.npz"
        found = _read(file)
        if found is None:
            found = search(ready, own, value)
            _write(file, found)
        return found

    return remembered


def _key(ready: Program, own: NDArray[np.bool_], value: Floats) -> str:
    limits = ready.limits()
    digest = hashlib.sha256(f"{version('scipy')}|{PATIENCE}|{value.shape}|{limits.matrix.shape}".encode())
    for part in (limits.matrix.toarray(), limits.low, limits.high, own, value):
        digest.update(np.ascontiguousarray(part).tobytes())
    return digest.hexdigest()


def _read(file: Path) -> Pool | None:
    try:
        with np.load(file, allow_pickle=False) as arrays:
            return Pool(arrays["portfolios"], int(arrays["solved"]))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return None


def _write(file: Path, pool: Pool) -> None:
    write_arrays(file, {"portfolios": pool.portfolios, "solved": np.array(pool.solved)})
