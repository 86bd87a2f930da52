"""Month-by-month tables of all replicates: in memory while they are small, else in a temporary file without a name.

Such a file vanishes with the table. Its pages are the system's to keep or to drop, so that what a run holds in memory
grows neither with the months nor with the replicates; whoever reads a table does so some months at a time.
"""

from __future__ import annotations

import errno
import mmap
import os
import tempfile
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import InnomotorError

IN_MEMORY = 128 * 2**20
"""Tables of a run up to this size are held in memory [bytes]."""
AT_ONCE = 2**21
"""How many numbers of a table are worked on at a time."""


def table(curves: int, replicates: int, months: int, *, spilled: bool) -> NDArray[np.float32]:
    """An empty table, ``(curves, replicates, months)``, in which a month's numbers lie side by side.

    Args:
        curves: how many are followed.
        replicates: how many worlds.
        months: how many months.
        spilled: in a temporary file (where the environment's TMPDIR says), not in memory.

    Raises:
        InnomotorError: the disk has no room for it.
    """
    shape = (curves, months, replicates)
    values = _in_file(shape) if spilled else np.zeros(shape, np.float32)
    return values.transpose(0, 2, 1)


def _in_file(shape: tuple[int, ...]) -> NDArray[np.float32]:
    size = 4 * int(np.prod(shape))
    with tempfile.TemporaryFile(prefix="innomotor-") as file:
        try:
            _reserve(file.fileno(), size)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT):
                raise
            found = f"{size / 2**30:.1f} GiB of temporary results do not fit in {tempfile.gettempdir()}"
            raise InnomotorError(f"{found}. Set TMPDIR to a larger disk, or lower replicates or months.") from error
        return np.memmap(file, np.float32, "r+", shape=shape)


def _reserve(file: int, size: int) -> None:
    """Room on the disk beforehand: a mapped page that finds none would end the program."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file, 0, size)
    else:
        os.truncate(file, size)


def let_go(values: NDArray[Any]) -> None:
    """Tell the system that a table in a file is not needed in memory for now; nothing is lost."""
    pages = getattr(values, "_mmap", None)
    if pages is not None and hasattr(pages, "madvise") and hasattr(mmap, "MADV_DONTNEED"):
        pages.flush()
        pages.madvise(mmap.MADV_DONTNEED)


def in_parts(values: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    """The table some months at a time: ``(…, replicates, months)`` cut along its months."""
    step = max(1, AT_ONCE // max(1, int(np.prod(values.shape[:-1]))))
    for start in range(0, values.shape[-1], step):
        yield values[..., start : start + step]
    let_go(values)


def quantiles(values: NDArray[np.float32], shares: Sequence[float]) -> NDArray[np.float32]:
    """Order statistics of every month over the replicates, none interpolated: ``(shares, months)``.

    Args:
        values: a curve, ``(replicates, months)``.
        shares: such as .05, .5, .95.
    """
    parts = [np.quantile(part, shares, axis=0, method="inverted_cdf") for part in in_parts(values)]
    return np.concatenate(parts, axis=1)


def means(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """Mean of every month over the replicates: ``(…, replicates, months)`` to ``(…, months)``."""
    return np.concatenate([part.mean(axis=-2, dtype=np.float64) for part in in_parts(values)], axis=-1)
