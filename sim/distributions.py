"""Distributions as functions of standard normal draws, so that whatever is correlated is so by its draws."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, betaln, ndtr

Floats = NDArray[np.float64]
Parameter = float | Floats
"""A number, or one for each draw of the parameters: `(replicates, 1)`."""


def lognormal(z: Floats, median: Parameter, spread: Parameter) -> Floats:
    """Lognormal values of standard normal draws.

    Args:
        z: standard normal, `(clinics,)`.
        median: median of the result.
        spread: standard deviation of its logarithm.
    """
    return np.asarray(median * np.exp(spread * z))


def correlated(shared: Floats, own: Floats, correlation: Parameter) -> Floats:
    """Standard normal values that have the given correlation with the shared part.

    Args:
        shared: standard normal, `(clinics,)`.
        own: standard normal and independent of it, `(clinics,)`.
        correlation: -1 to 1.
    """
    return np.asarray(correlation * shared + np.sqrt(1.0 - np.square(correlation)) * own)


def beta_by_mean(z: Floats, mean: Parameter, concentration: Parameter) -> Floats:
    """Beta values of standard normal draws, by mean and concentration (alpha + beta)."""
    return beta(z, np.multiply(mean, concentration), np.multiply(np.subtract(1.0, mean), concentration))


def beta(z: Floats, alpha: Parameter, beta: Parameter) -> Floats:
    """Beta values of standard normal draws: the Beta quantile at each draw's probability.

    The quantile function is a monotone cubic through 2,049 points of the normal scale; its error is below 1e-7 where
    both shapes are at least 1 and below 1e-5 from 0.1 on. A draw's value does not depend on the other draws.

    Args:
        z: standard normal, `(clinics,)` (correlated draws may be `(replicates, clinics)`).
        alpha: first shape, a number or `(replicates, 1)`.
        beta: second shape, a number or `(replicates, 1)`.

    Returns:
        `(clinics,)`, or `(replicates, clinics)` where a shape or the draws differ between replicates.
    """
    if np.ndim(alpha) == np.ndim(beta) == 0:
        return _quantile(float(alpha), float(beta))(z)
    first, second = np.broadcast_arrays(np.ravel(alpha), np.ravel(beta))
    rows = np.broadcast_to(z, (len(first), z.shape[-1]))
    return np.stack([_quantile(float(a), float(b))(row) for a, b, row in zip(first, second, rows, strict=True)])


_REACH = 8.5
"""Draws of 53 bits stay within this many standard deviations."""
_GRID = np.linspace(-_REACH, _REACH, 2049)


@lru_cache(maxsize=512)
def _quantile(alpha: float, beta: float) -> Callable[[Floats], Floats]:
    """Beta quantile as a function of the normal scale; a shape of 0 gives the limit, all 0 or all 1."""
    if alpha <= 0:
        return np.zeros_like
    if beta <= 0:
        return np.ones_like
    below = _lower_tail(alpha, beta, ndtr(_GRID[_GRID < 0]))
    above = 1 - _lower_tail(beta, alpha, ndtr(-_GRID[_GRID >= 0]))
    curve = monotone_cubic(-_REACH, _REACH, np.concatenate((below, above)))
    return lambda draws: np.clip(curve(draws), 0.0, 1.0)


def _lower_tail(alpha: float, beta: float, p: Floats) -> Floats:
    """Beta quantile at small probabilities; where scipy's search gives up, the leading term (p alpha B)^(1/alpha)."""
    found = betaincinv(alpha, beta, p)
    leading = np.exp((np.log(p) + np.log(alpha) + betaln(alpha, beta)) / alpha)
    return np.where(np.isfinite(found), found, np.minimum(leading, 1.0))


def monotone_cubic(low: float, high: float, values: Floats) -> Callable[[Floats], Floats]:
    """A smooth curve through values at equal steps that rises only where they rise and falls only where they fall.

    Source: Fritsch & Butland 1984, doi:10.1137/0905021, with their one-sided slopes at the ends.

    >>> [float(x) for x in monotone_cubic(0.0, 2.0, np.array([0.0, 1.0, 4.0]))(np.array([0.0, 0.5, 1.0, 2.0]))]
    [0.0, 0.3125, 1.0, 4.0]

    Args:
        low: where the first value stands.
        high: where the last value stands.
        values: at least three.

    Returns:
        The curve, for points from ``low`` to ``high``.
    """
    slopes = _slopes(values)
    step = (high - low) / (len(values) - 1)
    rise = np.diff(values)
    square = 3 * rise - 2 * slopes[:-1] - slopes[1:]
    cube = slopes[:-1] + slopes[1:] - 2 * rise

    def curve(points: Floats) -> Floats:
        along = (points - low) / step
        piece = np.clip(along.astype(np.intp), 0, len(rise) - 1)
        t = along - piece
        found: Floats = values[piece] + t * (slopes[piece] + t * (square[piece] + t * cube[piece]))
        return found

    return curve


def _slopes(values: Floats) -> Floats:
    """Slope at each value for a step of 1: the harmonic mean of the steps beside it, 0 at a turn."""
    rise = np.diff(values)
    before, after = rise[:-1], rise[1:]
    same = before * after > 0
    inner = np.divide(2 * before * after, before + after, out=np.zeros_like(before), where=same)
    return np.concatenate(([_end(rise[0], rise[1])], inner, [_end(rise[-1], rise[-2])]))


def _end(nearest: np.float64, next_one: np.float64) -> np.float64:
    """Slope at an end, from the two steps nearest to it, kept so that the curve does not turn."""
    slope = (3 * nearest - next_one) / 2
    if slope * nearest <= 0:
        return np.float64(0)
    turns = nearest * next_one < 0 and abs(slope) > 3 * abs(nearest)
    return np.float64(3 * nearest if turns else slope)
