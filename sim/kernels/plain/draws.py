"""Addressed draws at chosen cells."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import randomness
from sim.kernels.plain.operands import Flat


def uniform(
    of_replicate: NDArray[np.uint64], clinic_id: NDArray[np.uint64], flat: Flat, occurrence: NDArray[np.integer[Any]]
) -> NDArray[np.float64]:
    """Addressed uniform draws on (0, 1) at flat places, as `sim.randomness.Draws.uniform` gives them.

    Args:
        of_replicate: ``(replicates,)`` the stream within each replicate.
        clinic_id: ``(clinics,)``.
        flat: ``(places,)`` places in ``(replicates, clinics)``.
        occurrence: ``(places,)`` number of the draw at each.
    """
    row = flat // len(clinic_id)
    with np.errstate(over="ignore"):
        x = randomness.mix(of_replicate[row] ^ clinic_id[flat - row * len(clinic_id)])
        x = randomness.mix(x + (occurrence.astype(np.uint64) + np.uint64(1)) * randomness.OCCURRENCE)
    return randomness.as_uniform(x)


def uniform_everywhere(of_replicate: NDArray[np.uint64], clinic_id: NDArray[np.uint64]) -> NDArray[np.float64]:
    """The first draw at every place: ``(replicates, clinics)``; operands as in `uniform`."""
    with np.errstate(over="ignore"):
        x = randomness.mix(of_replicate[:, None] ^ clinic_id)
        return randomness.as_uniform(randomness.mix(x + randomness.OCCURRENCE))


def draw_next(
    wound: NDArray[np.uint16], of_replicate: NDArray[np.uint64], clinic_id: NDArray[np.uint64], flat: Flat
) -> NDArray[np.float64]:
    """The next draw at flat places, and one more in ``wound``, which counts them; other operands as in `uniform`."""
    count = wound.reshape(-1)
    u = uniform(of_replicate, clinic_id, flat, count[flat])
    count[flat] += np.uint16(1)
    return u
