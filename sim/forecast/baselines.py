"""The simple forecasts that ours has to beat: a Bass curve fitted to the figures, and the last trend drawn on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares
from scipy.special import ndtri

from sim.randomness import Draws

Floats = NDArray[np.float64]

MEMBERS = 400
_FEW = 5
"""With fewer figures the ceiling is not fitted but taken to be all clinics."""


def bass_curve(years: Floats, p: float, q: float, m: float, first: float) -> Floats:
    """Bass 1969 from a level at time 0 on, doi:10.1287/mnsc.15.5.215: ``(times,)``.

    >>> bass_curve(np.array([0.0]), 0.02, 0.4, 0.9, 0.1).round(6).tolist()
    [0.1]
    """
    share = min(max(first / m, 0.0), 1 - 1e-9)
    began = np.log((1 + share * q / p) / (1 - share)) / (p + q)
    grown = np.exp(-(p + q) * (np.maximum(years, 0) + began))
    return np.asarray(m * (1 - grown) / (1 + q / p * grown))


def bass(months: Floats, shares: Floats, ahead: Floats) -> Floats:
    """A Bass curve by least squares, drawn on; the band is a bootstrap of its residuals.

    Args:
        months: of the figures, ``(figures,)``.
        shares: the figures, 0 to 1.
        ahead: months to forecast, ``(times,)``.

    Returns:
        ``(members, times)``, equally likely.
    """
    years, later = (months - months[0]) / 12, (ahead - months[0]) / 12
    top = max(float(shares.max()), 1e-3)
    fixed = len(shares) < _FEW

    def curve(x: Floats, at: Floats) -> Floats:
        return bass_curve(at, x[0], x[1], 1.0 if fixed else x[2], min(max(shares[0], 0.0), top))

    def fitted(figures: Floats, start: Floats) -> Floats:
        low = [1e-5, 0.0] + ([] if fixed else [top])
        high = [1.0, 5.0] + ([] if fixed else [1.0 + 1e-9])
        begin = np.clip(start, np.array(low) + 1e-9, np.array(high) - 1e-9)

        def residuals(x: Floats) -> Floats:
            return np.asarray(curve(x, years) - figures)

        return np.asarray(least_squares(residuals, begin, bounds=(low, high)).x)

    starts = [np.array([p, q] + ([] if fixed else [m])) for p in (0.01, 0.05) for q in (0.2, 1.0) for m in (top, 1.0)]
    tried = [fitted(shares, one) for one in starts]
    best = tried[int(np.argmin([((curve(x, years) - shares) ** 2).sum() for x in tried]))]
    residual = shares - curve(best, years)
    spread = float(np.sqrt((residual**2).sum() / max(len(shares) - len(best), 1)))
    noise = _normal("bass", len(shares)) * spread
    last = _normal("bass ahead", len(ahead)) * spread
    made = [curve(fitted(curve(best, years) + error, best), later) for error in noise]
    return np.clip(np.array(made) + last, 0, 1)


def last_trend(months: Floats, shares: Floats, ahead: Floats, months_back: float = 12) -> Floats:
    """The mean pace of the last year (at least of the last three figures), drawn on as a random walk with drift.

    Args:
        months: of the figures, ``(figures,)``.
        shares: the figures, 0 to 1.
        ahead: months to forecast, ``(times,)``.
        months_back: how far back the trend is taken from.

    Returns:
        ``(members, times)``, equally likely.
    """
    back = max(int((months >= months[-1] - months_back).sum()), 3)
    at, level = months[-back:], shares[-back:]
    span = at[-1] - at[0]
    pace = (level[-1] - level[0]) / span
    steps = np.diff(level) - pace * np.diff(at)
    variance = float((steps**2 / np.diff(at)).sum() / max(len(steps) - 1, 1))
    far = ahead - months[-1]
    walk = np.sqrt(np.diff(far, prepend=0.0)) * _normal("trend", len(ahead))
    drift = np.sqrt(variance / span) * _normal("drift", 1)
    return np.clip(level[-1] + (pace + drift) * far + np.sqrt(variance) * np.cumsum(walk, axis=1), 0, 1)


def _normal(purpose: str, count: int) -> Floats:
    """Standard normal draws, always the same: ``(members, count)``."""
    return np.asarray(ndtri(Draws(0, "baseline", purpose).uniform(np.arange(MEMBERS)[:, None], np.arange(count))))
