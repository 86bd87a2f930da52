"""From scores to value on [0, 1], and what the scores might be instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from portfolio.amounts import Amount
from portfolio.board import Criterion, Doubt
from portfolio.initiative import Initiative
from sim.api import Draws

Floats = NDArray[np.float64]

_QUANTILES = (np.arange(512) + 0.5) / 512


def value_function(criterion: Criterion) -> Callable[[Floats], Floats]:
    """The value of scores on this criterion: straight between its points, flat beyond them."""
    scores, worths = np.array(criterion.points()).T
    return lambda score: np.interp(score, scores, worths)


def expected_values(initiatives: Sequence[Initiative], criteria: Mapping[str, Criterion]) -> Floats:
    """Expected value of each initiative on each criterion: ``(initiatives, criteria)``."""
    table = [
        [
            float(value_function(criterion)(one.scores[name].at(_QUANTILES)).mean())
            for name, criterion in criteria.items()
        ]
        for one in initiatives
    ]
    return np.array(table, np.float64).reshape(len(initiatives), len(criteria))


def drawn_values(
    initiatives: Mapping[str, Initiative], criteria: Mapping[str, Criterion], doubt: Doubt, seed: int
) -> Floats:
    """Possible values: ``(initiatives, criteria, draws)``.

    The errors of one initiative's scores, and of one criterion's, go together (a Gaussian copula with a factor for
    each initiative and one for each criterion), since who is too hopeful about one score is about the next.
    A score's draws do not depend on which other initiatives there are.
    """
    worlds = np.arange(doubt.draws)
    together = doubt.same_initiative + doubt.same_criterion > 0
    values = np.empty((len(initiatives), len(criteria), doubt.draws))
    shared = {name: _normal(seed, worlds, "criterion", name) for name in criteria} if together else {}

    def fill(row: int, name: str, one: Initiative) -> None:
        sure = all(one.scores[criterion].exact for criterion in criteria)
        own = _normal(seed, worlds, "initiative", name) if together and not sure else 0.0
        for column, (label, criterion) in enumerate(criteria.items()):
            amount = one.scores[label]
            if amount.exact:
                values[row, column] = value_function(criterion)(np.array([amount.likely]))
                continue
            u = Draws(seed, "portfolio score", name, label).uniform(worlds)
            if together:
                u = _correlated(u, own, shared[label], doubt)
            values[row, column] = value_function(criterion)(amount.at(u))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda job: fill(*job), [(i, name, one) for i, (name, one) in enumerate(initiatives.items())]))
    return values


def _normal(seed: int, worlds: NDArray[np.int64], *labels: str) -> Floats:
    return Draws(seed, "portfolio factor", *labels).normal(worlds)


def _correlated(u: Floats, own: Floats | float, shared: Floats, doubt: Doubt) -> Floats:
    """Probabilities whose normal scores share a factor with the initiative's and the criterion's other scores."""
    rest = 1 - doubt.same_initiative - doubt.same_criterion
    z = np.sqrt(rest) * ndtri(u) + np.sqrt(doubt.same_initiative) * own + np.sqrt(doubt.same_criterion) * shared
    return np.clip(ndtr(z), 1e-15, 1 - 1e-15)


def amount_draws(amount: Amount, seed: int, worlds: NDArray[np.int64], *labels: str) -> Floats:
    """Possible values of an amount, one for each world."""
    if amount.exact:
        return np.full(len(worlds), amount.likely)
    return amount.at(Draws(seed, "portfolio amount", *labels).uniform(worlds))
