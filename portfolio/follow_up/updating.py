"""A forecast after what has been seen: worlds that came close to it weigh more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Evidence:
    """What was seen of one quantity, and what the worlds had said."""

    said: Floats
    """By the worlds: ``(worlds, sightings)``."""
    seen: Floats
    """``(sightings,)``."""
    quarters: Floats
    """When: quarters from the start of the plan, ``(sightings,)``."""
    discrepancy: float
    """Standard deviation of what lies between any model and reality, in the quantity's unit."""


def log_likelihood(evidence: Evidence, persistence: float) -> Floats:
    """Log density of what was seen in each world, up to a constant: ``(worlds,)``.

    What is seen is what the world says plus a discrepancy: normal, and correlated ``persistence ** quarters`` apart,
    since a model that was wrong last quarter is so this quarter too; so ten sightings in a row are not ten proofs
    (Kennedy & O'Hagan 2001, doi:10.1111/1467-9868.00294).
    """
    gaps = np.abs(evidence.quarters[:, None] - evidence.quarters[None, :])
    root = np.linalg.cholesky(persistence**gaps + 1e-9 * np.eye(len(evidence.seen)))
    residual = np.linalg.solve(root, (evidence.seen - evidence.said).T / evidence.discrepancy)
    return np.asarray(-0.5 * np.sum(residual**2, axis=0), np.float64)


def weights(log_likelihoods: ArrayLike) -> Floats:
    """Weights of the worlds, their sum 1; every world had the same weight before: ``(worlds,)``.

    >>> weights([0.0, np.log(3.0)]).round(2).tolist()
    [0.25, 0.75]
    """
    log = np.asarray(log_likelihoods, np.float64)
    raw = np.exp(log - log.max())
    return np.asarray(raw / raw.sum(), np.float64)


def effective_worlds(weight: ArrayLike) -> float:
    """How many equally weighted worlds the weighted ones are worth (Kish 1965): 1 / sum of squares.

    >>> effective_worlds([0.25] * 4)
    4.0
    """
    w = np.asarray(weight, np.float64)
    return float(1 / np.sum((w / w.sum()) ** 2))
