"""When the money is back, and what it would take."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def payback_years(flow: Floats) -> Floats:
    """Years until the sum of the flow turns from below zero to zero or more for good; inf where it never does.

    Args:
        flow: money in less money out of each year: ``(…, years)``. Within a year it is taken to come evenly.

    >>> payback_years(np.array([[-100.0, 50.0, 100.0], [-1.0, 0.0, 0.0]])).tolist()
    [2.5, inf]
    """
    total = np.cumsum(flow, axis=-1)
    years = total.shape[-1]
    below = total < -1e-9
    last_below = np.where(below.any(axis=-1), years - 1 - np.argmax(below[..., ::-1], axis=-1), -1)
    following = np.minimum(last_below + 1, years - 1)
    owed = -np.take_along_axis(total, np.maximum(last_below, 0)[..., None], axis=-1)[..., 0]
    gained = np.take_along_axis(flow, following[..., None], axis=-1)[..., 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        within = last_below + 1 + owed / gained
    return np.where(last_below < 0, 0.0, np.where(last_below == years - 1, np.inf, within))


def break_even_factor(cost: float, gain: float) -> float:
    """By what factor the gain must be multiplied to cover the cost; inf where there is no gain.

    >>> break_even_factor(100.0, 80.0)
    1.25
    """
    return cost / gain if gain > 0 else float("inf")
