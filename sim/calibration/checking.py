"""Whether posteriors can be trusted: simulated figures are taken for observed ones, whose parameters are known.

Where the method is right, the true value's rank in its posterior is uniform (Talts et al. 2018, arXiv:1804.06788), and
bands of 50 and 90 % hold it so often.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chisquare

from sim.calibration import abc
from sim.calibration.posterior import ACCEPTED, Reference

Floats = NDArray[np.float64]

BINS = 10


@dataclass(frozen=True, eq=False)
class Checked:
    """What the check gave."""

    names: tuple[str, ...]
    ranks: Floats
    """Share of the posterior below the true value: ``(checks, parameters)``."""

    def histogram(self, name: str) -> NDArray[np.int64]:
        """How many ranks fall into each of ten equal parts."""
        return np.histogram(self._of(name), BINS, (0, 1))[0]

    def p_value(self, name: str) -> float:
        """Chance of a histogram as uneven as this if ranks are uniform (chi-squared)."""
        return float(chisquare(self.histogram(name)).pvalue)

    def coverage(self, name: str, share: float) -> float:
        """How often the central band of this share holds the true value."""
        return float((np.abs(self._of(name) - 0.5) <= share / 2).mean())

    def _of(self, name: str) -> Floats:
        return self.ranks[:, self.names.index(name)]


def checked(ready: Reference, checks: int) -> Checked:
    """Posteriors of simulations taken for observations, each from the simulations of all other draws.

    Args:
        ready: the table.
        checks: how many, spread evenly over the table.
    """
    rows = np.unique(np.linspace(0, len(ready.values) - 1, checks).astype(np.int64))
    ranks = np.array([_rank(ready, row) for row in rows])
    return Checked(ready.names, ranks)


def _rank(ready: Reference, row: int) -> Floats:
    others = ready.draw != ready.draw[row]
    accepted = abc.accept(ready.values, ready.values[row], ACCEPTED, others)
    adjusted = accepted.adjusted(ready.unbounded[accepted.rows])
    return np.asarray(accepted.weights @ (adjusted < ready.unbounded[row]))
