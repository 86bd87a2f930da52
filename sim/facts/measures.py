"""What is measured of firsts and curves, as pure functions: replicates come first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.facts.arms import Months
from sim.facts.intervals import Values


def cumulative(firsts: Months, months: int) -> NDArray[np.float64]:
    """Share of the clinics to which it has happened by each month: ``(replicates, months + 1)``."""
    return np.stack([(firsts <= month).mean(axis=1) for month in range(months + 1)], axis=1)


def months_to(share: float, curve: Values) -> float:
    """Month in which the mean curve reaches a share, between months in a straight line; its end if it never does.

    Args:
        share: of all clinics.
        curve: ``(replicates, months + 1)``.
    """
    risen = np.maximum.accumulate(curve.mean(axis=0))
    if risen[-1] < share:
        return float(len(risen) - 1)
    after = int(np.argmax(risen >= share))
    if after == 0:
        return 0.0
    return float(after - (risen[after] - share) / (risen[after] - risen[after - 1]))


def ratio(part: Values, whole: Values) -> float:
    """One mean over another."""
    return float(part.mean() / whole.mean())


def hazard(firsts: Months, begin: int, end: int) -> NDArray[np.float64]:
    """Events in the months after ``begin`` up to ``end``, and clinic-months at risk: ``(replicates, 2)``."""
    events = ((firsts > begin) & (firsts <= end)).sum(axis=1)
    at_risk = np.sum([(firsts > month).sum(axis=1) for month in range(begin, end)], axis=0)
    return np.stack([events, at_risk], axis=1).astype(np.float64)


def hazard_ratio(ours: Values, theirs: Values) -> float:
    """Events over clinic-months at risk, one over the other; each ``(replicates, 2)``."""
    (a, x), (b, y) = ours.sum(axis=0), theirs.sum(axis=0)
    return float(a / x / (b / y))
