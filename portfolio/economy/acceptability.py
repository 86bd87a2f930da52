"""How likely each alternative is to be the best at each worth of a unit of effect (Fenwick, Claxton & Sculpher 2001).

doi:10.1002/hec.635. Net benefit is threshold x effect - cost. Costs and effects are ``(draws, alternatives)``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Acceptability:
    """Curves over thresholds."""

    thresholds: Floats
    """What a unit of effect is taken to be worth: ``(thresholds,)``."""
    probability: Floats
    """Probability that an alternative has the highest net benefit: ``(thresholds, alternatives)``; ties are shared."""
    best: NDArray[np.intp]
    """The alternative with the highest expected net benefit: ``(thresholds,)``."""
    expected: Floats
    """Expected net benefit: ``(thresholds, alternatives)``."""

    @property
    def frontier(self) -> Floats:
        """Probability that the alternative that is best on average is the best (CEAF): ``(thresholds,)``."""
        return self.probability[np.arange(len(self.best)), self.best]


def acceptability(cost: Floats, effect: Floats, thresholds: Floats) -> Acceptability:
    """Acceptability curves and frontier."""
    probability = np.empty((len(thresholds), cost.shape[1]))
    expected = np.empty_like(probability)
    for k, threshold in enumerate(thresholds):
        net = threshold * effect - cost
        first = net == net.max(axis=1, keepdims=True)
        probability[k] = (first / first.sum(axis=1, keepdims=True)).mean(axis=0)
        expected[k] = net.mean(axis=0)
    return Acceptability(thresholds, probability, expected.argmax(axis=1), expected)


def incremental_benefit(cost: Floats, effect: Floats, thresholds: Floats, of: int, against: int) -> Floats:
    """Net benefit of one alternative less another's in every draw: ``(thresholds, draws)``."""
    more, gain = cost[:, of] - cost[:, against], effect[:, of] - effect[:, against]
    return np.asarray(thresholds[:, None] * gain - more)
