"""From scores to value on [0, 1], and what the scores might be instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from portfolio.amounts import Amount
from portfolio.board import Criterion, Doubt
from portfolio.initiative import Initiative
from sim.api import Draws

Floats = NDArray[np.float64]

_QUANTILES = (np.arange(512) + 0.5) / 512
_FARTHEST, _STEPS = 5.0, 1024
_PER_UNIT = _STEPS / (2 * _FARTHEST)
_PROBABILITIES = ndtr(np.linspace(-_FARTHEST, _FARTHEST, _STEPS + 1))
"""Where the value of an uncertain score is worked out; between, it is taken to be straight in the normal number."""


def value_function(criterion: Criterion) -> Callable[[Floats], Floats]:
    """The value of scores on this criterion: straight between its points, flat beyond them."""
    scores, worths = np.array(criterion.points()).T
    return lambda score: np.interp(score, scores, worths)


def expected_values(initiatives: Sequence[Initiative], criteria: Mapping[str, Criterion]) -> Floats:
    """Expected value of each initiative on each criterion: ``(initiatives, criteria)``."""
    functions = {name: value_function(criterion) for name, criterion in criteria.items()}
    table = [
        [float(function(one.scores[name].at(_QUANTILES)).mean()) for name, function in functions.items()]
        for one in initiatives
    ]
    return np.array(table, np.float64).reshape(len(initiatives), len(criteria))


def drawn_values(
    initiatives: Mapping[str, Initiative], criteria: Mapping[str, Criterion], doubt: Doubt, seed: int
) -> NDArray[np.float32]:
    """Possible values, in single precision: ``(initiatives, criteria, draws)``.

    The errors of one initiative's scores, and of one criterion's, go together (a Gaussian copula with a factor for
    each initiative and one for each criterion), since who is too hopeful about one score is about the next.
    A score's draws do not depend on which other initiatives there are.
    """
    rest = 1 - doubt.same_initiative - doubt.same_criterion
    alone, by_initiative, by_criterion = (
        np.float32(_PER_UNIT * np.sqrt(share)) for share in (rest, doubt.same_initiative, doubt.same_criterion)
    )
    middle, names = np.float32(_STEPS / 2), list(criteria)
    shared = by_criterion * _normal(seed, doubt.draws, "portfolio factor", names) + middle
    functions = [value_function(criterion) for criterion in criteria.values()]
    values = np.empty((len(initiatives), len(criteria), doubt.draws), np.float32)
    for row, (name, one) in enumerate(initiatives.items()):
        amounts = [one.scores[label] for label in names]
        unsure = [column for column, amount in enumerate(amounts) if not amount.exact]
        place = alone * _normal(seed, doubt.draws, f"portfolio score {name}", [names[column] for column in unsure])
        if unsure:
            place += by_initiative * _normal(seed, doubt.draws, "portfolio factor of initiative", [name])
            place += shared[unsure]
        for column, (amount, function) in enumerate(zip(amounts, functions, strict=True)):
            if amount.exact:
                values[row, column] = function(np.array([amount.likely]))
        for column, own in zip(unsure, place, strict=True):
            values[row, column] = _at(functions[column](amounts[column].at(_PROBABILITIES)), own)
    return values


def _normal(seed: int, draws: int, purpose: str, names: Sequence[str]) -> NDArray[np.float32]:
    """Normal numbers at the middles of 65,536 equally likely strata, four from each address: ``(names, draws)``.

    A name's numbers do not depend on which others there are.
    """
    each = np.array([Draws(seed, purpose, name).bits()[0] for name in names], np.uint64)
    bits = Draws(seed, purpose).bits(np.arange(-(-draws // 4)), each[:, None])
    return _strata()[bits.astype("<u8").view("<u2")[:, :draws]]


@cache
def _strata() -> NDArray[np.float32]:
    return ndtri((np.arange(2**16) + 0.5) / 2**16).astype(np.float32)


def _at(curve: Floats, place: NDArray[np.float32]) -> NDArray[np.float32]:
    """A curve that is known at `_PROBABILITIES`, at places between the first (0) and the last; straight between."""
    heights = curve.astype(np.float32)
    rise = heights[1:] - heights[:-1]
    np.clip(place, 0, np.float32(_STEPS - 0.001), out=place)
    below = place.astype(np.intp)
    place -= below.astype(np.float32)
    place *= rise[below]
    place += heights[below]
    return place


def amount_draws(amount: Amount, seed: int, worlds: NDArray[np.int64], *labels: str) -> Floats:
    """Possible values of an amount, one for each world."""
    if amount.exact:
        return np.full(len(worlds), amount.likely)
    return amount.at(Draws(seed, "portfolio amount", *labels).uniform(worlds))
