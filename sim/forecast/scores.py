"""How good forecasts were: how often their bands held what came, and how far off they were."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.calibration.abc import weighted_quantile

Floats = NDArray[np.float64]


def crps(values: Floats, weights: Floats, came: Floats) -> Floats:
    """Continuous ranked probability score of an ensemble; for a single value it is the absolute error.

    Mean distance to what came less half the mean distance between two members (Gneiting & Raftery 2007,
    doi:10.1198/016214506000001437, eq. 21).

    Args:
        values: ``(members, times)``.
        weights: ``(members,)``, summing to 1.
        came: ``(times,)``.

    Returns:
        ``(times,)``, in the unit of the values; less is better.
    """
    order = np.argsort(values, axis=0, kind="stable")
    ordered, share = np.take_along_axis(values, order, axis=0), weights[order]
    below = np.cumsum(share, axis=0) - share / 2
    apart = 2 * (share * ordered * (2 * below - 1)).sum(axis=0)
    return np.asarray((weights[:, None] * np.abs(values - came)).sum(axis=0) - apart / 2)


def covered(values: Floats, weights: Floats, came: Floats, share: float) -> NDArray[np.bool_]:
    """Whether the central band of this share holds what came: ``(times,)``."""
    low = weighted_quantile(values, weights, (1 - share) / 2)
    high = weighted_quantile(values, weights, (1 + share) / 2)
    return np.asarray((low <= came) & (came <= high))
