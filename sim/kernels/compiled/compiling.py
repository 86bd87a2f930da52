"""How loops are compiled, and how long compiled code that is kept stays good."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numba

from sim import randomness
from sim.kernels import constants


def _stamp() -> str:
    """Hash of all the code that loops are made of: compiled code holds what it calls, whichever file that is in."""
    files = [*sorted(Path(__file__).parent.glob("*.py")), Path(constants.__file__), Path(randomness.__file__)]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


STAMP = _stamp()


def loop(function: Any) -> Any:
    """Compile without the interpreter's lock, so that blocks run side by side; keep it where a place can be written."""
    how: dict[str, Any] = {"nogil": True, "fastmath": False, "error_model": "numpy"}
    try:
        made = numba.njit(cache=True, **how)(function)
    except RuntimeError:  # neither the program's folder nor the user's cache can be written
        return numba.njit(**how)(function)
    made._cache._cache_file._source_stamp = STAMP  # numba's own is the time of the function's file alone
    return made
