"""Approximate Bayesian computation with regression adjustment (Beaumont, Zhang & Balding 2002, PMID 12524368).

The simulations nearest to what was observed are weighted by the Epanechnikov kernel; a local linear regression of the
targets on the statistics then moves each of them to where it would be had it hit the observation exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FARTHEST = 2.0
"""How far from the accepted simulations' mean the regression may reach, in their standard deviations."""


@dataclass(frozen=True, eq=False)
class Accepted:
    """The simulations nearest to an observation."""

    rows: NDArray[np.int64]
    """Their rows in the reference table, rising: ``(accepted,)``."""
    weights: Floats
    """Epanechnikov, summing to 1: ``(accepted,)``."""
    away: Floats
    """Statistics less those observed: ``(accepted, statistics)``."""
    distance: float
    """Distance of the nearest that was not accepted."""

    @property
    def effective(self) -> float:
        """Effective sample size (Kish 1965): as many equally weighted simulations say as much."""
        return float(1 / (self.weights**2).sum())

    def adjusted(self, targets: Floats) -> Floats:
        """The accepted simulations' targets, moved to the observation.

        What the regression explains by chance is given back: their spread grows by its degrees of freedom. They are
        moved no further than ``FARTHEST`` from their mean: beyond the simulations a line is a guess, and a
        guess must not look like knowledge.

        Args:
            targets: unbounded (such as logits), ``(accepted, targets)``.
        """
        mean = self.weights @ self.away
        spread = np.sqrt(self.weights @ (self.away - mean) ** 2)
        goal = np.clip(0.0, mean - FARTHEST * spread, mean + FARTHEST * spread)
        basis = np.hstack([np.ones((len(self.away), 1)), self.away])
        root = np.sqrt(self.weights)[:, None]
        coefficients, *_ = np.linalg.lstsq(root * basis, root * targets, rcond=None)
        moved = targets - (self.away - goal) @ coefficients[1:]
        middle = self.weights @ moved
        free = max(self.effective - self.away.shape[1] - 1, 1.0)
        return np.asarray(middle + (moved - middle) * np.sqrt(max(self.effective, 1.0) / free))


def accept(statistics: Floats, observed: Floats, share: float, among: NDArray[np.bool_] | None = None) -> Accepted:
    """The simulations whose statistics are nearest to those observed.

    Args:
        statistics: of every simulation, ``(simulations, statistics)``, on scales on which a distance makes sense.
        observed: ``(statistics,)``.
        share: how many to accept, of all that are among them.
        among: which simulations may be accepted; by default all.
    """
    away = statistics - observed
    far = np.sqrt((away**2).sum(axis=1))
    if among is not None:
        far = np.where(among, far, np.inf)
    possible = int(np.isfinite(far).sum())
    count = min(max(round(share * possible), 2), possible - 1)
    order = np.argsort(far, kind="stable")
    limit = float(far[order[count]])
    rows = np.sort(order[:count])
    weights = np.maximum(1 - (far[rows] / limit) ** 2, 0) if limit > 0 else np.ones(count)
    weights = weights + (weights.sum() == 0)
    return Accepted(rows, weights / weights.sum(), away[rows], limit)


def weighted_quantile(values: Floats, weights: Floats, share: float) -> Floats:
    """The smallest value that holds at least the share of the weight, along the first axis.

    Args:
        values: ``(draws, …)``.
        weights: ``(draws,)``, summing to 1.
        share: 0 to 1.
    """
    order = np.argsort(values, axis=0, kind="stable")
    held = np.cumsum(weights[order], axis=0)
    place = np.minimum((held < share * (1 - 1e-12)).sum(axis=0), len(values) - 1)
    ordered = np.take_along_axis(values, order, axis=0)
    return np.take_along_axis(ordered, place[None], axis=0)[0]


def logit(values: Floats, low: Floats | float, high: Floats | float) -> Floats:
    """From between bounds to the whole line; the bounds themselves are taken a hair inside."""
    inside = np.clip((values - low) / (np.asarray(high) - low), 1e-6, 1 - 1e-6)
    return np.log(inside / (1 - inside))


def unlogit(values: Floats, low: Floats | float, high: Floats | float) -> Floats:
    """The inverse of ``logit``."""
    return np.asarray(low + (np.asarray(high) - low) / (1 + np.exp(-np.clip(values, -700, 700))))
