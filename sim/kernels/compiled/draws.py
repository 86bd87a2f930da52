"""Addressed draws at chosen cells."""

from __future__ import annotations

import numpy as np

from sim import randomness
from sim.kernels.compiled.compiling import loop
from sim.kernels.compiled.operands import row_at

_mix = loop(randomness.mix)
OCCURRENCE = randomness.OCCURRENCE


@loop
def uniform(of_replicate, clinic_id, flat, occurrence):
    """As in ``plain``."""
    clinics, row = len(clinic_id), 0
    u = np.empty(len(flat), np.float64)
    for k in range(len(flat)):
        row = row_at(flat[k], row, clinics)
        x = _mix(of_replicate[row] ^ clinic_id[flat[k] - row * clinics])
        x = _mix(x + (np.uint64(occurrence[k]) + np.uint64(1)) * OCCURRENCE)
        u[k] = (np.float64(x >> np.uint64(12)) + 0.5) * 2.0**-52
    return u


@loop
def uniform_everywhere(of_replicate, clinic_id):
    """As in ``plain``."""
    u = np.empty((len(of_replicate), len(clinic_id)), np.float64)
    for r in range(len(of_replicate)):
        for i in range(len(clinic_id)):
            x = _mix(_mix(of_replicate[r] ^ clinic_id[i]) + OCCURRENCE)
            u[r, i] = (np.float64(x >> np.uint64(12)) + 0.5) * 2.0**-52
    return u


@loop
def draw_next(wound, of_replicate, clinic_id, flat):
    """As in ``plain``."""
    count = wound.reshape(-1)
    u = uniform(of_replicate, clinic_id, flat, count[flat])
    for place in flat:
        count[place] += np.uint16(1)
    return u
