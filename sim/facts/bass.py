"""Bass's curve fitted to a curve of cumulative adoption (Bass 1969, doi:10.1287/mnsc.15.5.215)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Curve = NDArray[np.float64]


class BassFit(NamedTuple):
    """What the least-squares fit found."""

    p: float
    """Outer influence [1/year]."""
    q: float
    """Influence of those that have adopted [1/year]; below 0 where the eager came first and nobody followed."""
    m: float
    """Ceiling, share of the clinics."""
    delay: float
    """Time before which nothing comes [years]."""
    r2: float
    """Share of the curve's variance that the fit explains."""


def bass(t: Curve, p: float, q: float, m: float = 1.0) -> Curve:
    """Cumulative adoption m (1 - e^{-(p+q)t}) / (1 + (q/p) e^{-(p+q)t}), t in years.

    >>> bass(np.array([0.0, 10.0]), 0.02, 0.45).round(4).tolist()
    [0.0, 0.8235]
    """
    t = np.maximum(t, 0)
    decay = np.exp(-(p + q) * t)
    curve: Curve = m * (1 - decay) / (1 + q / p * decay)
    return curve


def fit(years: Curve, adopted: Curve, *, delayed: bool = False) -> BassFit:
    """Bass's curve nearest to cumulative adoption in least squares.

    Args:
        years: times [years], rising.
        adopted: share that has adopted by then.
        delayed: let the curve begin after a delay, as first use does behind a pipeline of tests and preparations.
    """

    def curve(x: Curve) -> Curve:
        p, slope, m = np.exp(x[0]), x[1], np.exp(x[2])
        return bass(years - (x[3] if delayed else 0.0), p, slope * p, m)  # q as a multiple of p: -1 < q/p

    def misfit(x: Curve) -> Curve:
        return curve(x) - adopted

    final = max(float(adopted[-1]), 1e-6)
    start = [np.log(0.05), 1.0, np.log(final), 0.5]
    low = [np.log(1e-4), -0.99, np.log(final / 2), 0.0]
    high = [np.log(2.0), 500.0, np.log(max(1.0, 2 * final)), 3.0]
    free = slice(4 if delayed else 3)
    from scipy.optimize import least_squares  # noqa: PLC0415 slow to load, and the report needs it not

    found = least_squares(misfit, start[free], bounds=(low[free], high[free]), x_scale=[1, 5, 0.3, 0.5][free])
    p, slope, m = float(np.exp(found.x[0])), float(found.x[1]), float(np.exp(found.x[2]))
    left = float((misfit(found.x) ** 2).sum() / ((adopted - adopted.mean()) ** 2).sum())
    return BassFit(p, slope * p, m, float(found.x[3]) if delayed else 0.0, 1 - left)
