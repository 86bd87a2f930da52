"""How operands broadcast, and where cells stand."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Flat = NDArray[np.int64]
"""Rising positions in a flattened array of (replicates, clinics)."""
Bools = NDArray[np.bool_]


def places_between(stage: NDArray[np.int8], first: int, last: int) -> Flat:
    """Flat places of the cells from one stage to another, rising."""
    return np.flatnonzero((stage >= first) & (stage <= last))


def at_cells(shape: tuple[int, ...], row: Flat, column: Flat, values: NDArray[Any]) -> Any:
    """Values at these rows and columns, of anything that broadcasts to the shape."""
    return np.broadcast_to(values, shape)[row, column]


def of_rows(values: Floats, row: Flat) -> Any:
    """Values of a ``(1 or replicates, 1)`` operand in these rows."""
    return values[0, 0] if values.shape[0] == 1 else values[row, 0]
