"""How operands broadcast, and where cells stand."""

from __future__ import annotations

import numpy as np

from sim.kernels.compiled.compiling import loop


@loop
def number_for(values, r):
    """What an operand of ``(1 or replicates, 1)`` has for a replicate."""
    return values[r if values.shape[0] > 1 else 0, 0]


@loop
def row_for(values, r, spare):
    """What an operand that broadcasts has for the clinics of a replicate; one number fills ``spare``."""
    row = values[r if values.shape[0] > 1 else 0]
    if len(row) == len(spare):
        return row
    spare[:] = row[0]
    return spare


@loop
def row_at(place, row, clinics):
    """Row of a flat place, sought from the row of the place before; quicker than a division where places rise."""
    while place >= (row + 1) * clinics:
        row += 1
    while place < row * clinics:
        row -= 1
    return row


@loop
def first_of_rows(flat, rows, clinics):
    """Where each row's places begin among rising ones, and the number of all: ``(rows + 1,)``."""
    return np.searchsorted(flat, clinics * np.arange(rows + 1))


@loop
def how_many(mask):
    """Number of places where it is true."""
    n = np.int32(0)
    for i in range(len(mask)):
        n += np.int32(mask[i])
    return n
