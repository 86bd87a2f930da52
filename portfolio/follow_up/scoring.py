"""How good a forecast was: probability scores, coverage and bias, from draws of the forecast and what was seen."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

Floats = NDArray[np.float64]


def crps(draws: ArrayLike, seen: float, weights: ArrayLike | None = None) -> float:
    """Continuous ranked probability score: how far the whole forecast lies from what was seen, in its unit.

    E|X - y| - E|X - X'| / 2; the absolute error where the forecast is one number (Gneiting & Raftery 2007, eq. 21,
    doi:10.1198/016214506000001437).

    >>> crps([3.0], 5.0), crps([0.0, 1.0], 0.0)
    (2.0, 0.25)

    Args:
        draws: of the forecast: ``(draws,)``.
        seen: what came true.
        weights: of the draws; by default equal.
    """
    order = np.argsort(np.asarray(draws, np.float64), kind="stable")
    x = np.asarray(draws, np.float64)[order]
    w = np.full(len(x), 1 / len(x)) if weights is None else np.asarray(weights, np.float64)[order]
    w = w / w.sum()
    below = np.cumsum(w) - w / 2
    spread = 2 * float(np.sum(w * x * (2 * below - 1)))  # E|X - X'| of the weighted draws, from their order
    return float(np.sum(w * np.abs(x - seen)) - spread / 2)


def quantiles(draws: ArrayLike, shares: ArrayLike, weights: ArrayLike | None = None) -> Floats:
    """Order statistics of weighted draws: the least value up to which at least that share of the weight lies.

    >>> quantiles([3, 1, 2], [0.05, 0.5, 0.95]).tolist()
    [1.0, 2.0, 3.0]
    """
    order = np.argsort(np.asarray(draws, np.float64), kind="stable")
    x = np.asarray(draws, np.float64)[order]
    w = np.ones(len(x)) if weights is None else np.asarray(weights, np.float64)[order]
    reached = np.cumsum(w) / w.sum()
    places = np.searchsorted(reached, np.asarray(shares, np.float64) - 1e-12)
    return x[np.minimum(places, len(x) - 1)]


def place_among(draws: ArrayLike, seen: float) -> float:
    """Share of the forecast below what was seen, ties counted half (the probability integral transform)."""
    x = np.asarray(draws, np.float64)
    return float(np.mean(x < seen) + np.mean(x == seen) / 2)


def share_interval(hits: int, cases: int, level: float = 0.95) -> tuple[float, float]:
    """Where the true share lies, given so many hits (Wilson 1927, doi:10.1080/01621459.1927.10502953).

    >>> [round(end, 3) for end in share_interval(9, 10)]
    [0.596, 0.982]
    """
    if cases == 0:
        return 0.0, 1.0
    z, share = float(norm.ppf((1 + level) / 2)), hits / cases
    middle = (share + z**2 / (2 * cases)) / (1 + z**2 / cases)
    half = z * np.sqrt(share * (1 - share) / cases + z**2 / (4 * cases**2)) / (1 + z**2 / cases)
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))
