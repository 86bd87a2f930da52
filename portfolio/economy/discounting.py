"""What money and health of a later year are worth today."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def discount_factors(rate: float, years: int) -> Floats:
    """Worth today of one unit in year 0, 1, …: ``(years,)``; the first year counts in full.

    >>> discount_factors(0.03, 3).round(4).tolist()
    [1.0, 0.9709, 0.9426]
    """
    return np.asarray((1.0 + rate) ** -np.arange(years, dtype=np.float64))


def present_value(flow: Floats, rate: float) -> Floats:
    """Sum over the last axis (years), discounted."""
    return np.asarray(flow @ discount_factors(rate, flow.shape[-1]), np.float64)


def annuity(amount: float, rate: float, years: int) -> float:
    """The equal yearly cost that writes off an amount over that many years, the first at once.

    >>> round(annuity(100.0, 0.0, 4), 2)
    25.0
    """
    return amount / float(discount_factors(rate, years).sum())
