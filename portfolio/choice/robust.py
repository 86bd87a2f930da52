"""How sure a choice is: a pool of portfolios, which of them can be best, and who is in those.

Robust portfolio modelling: Liesiö, Mild & Salo 2007, doi:10.1016/j.ejor.2005.12.041, and 2008,
doi:10.1016/j.ejor.2007.12.002. A portfolio is a row of booleans over columns that each have a value.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice, permutations, product

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Pool = NDArray[np.bool_]

MOST_ORDERS = 120
"""Most orders of criteria of equal weight that are spelt out; beyond, drawn weights stand for all."""
_ROUNDING = 1e-9


def nondominated(pool: Pool, low: Floats, high: Floats, weights: Floats) -> NDArray[np.bool_]:
    """Which portfolios no other one beats for all weights and scores: ``(portfolios,)``.

    One dominates another if, at every extreme weight, what only it has at its lowest is worth at least what only the
    other has at its highest, and more at one of them. What both have counts for neither.

    Args:
        pool: ``(portfolios, columns)``.
        low: lowest value of each column on each criterion: ``(columns, criteria)``.
        high: highest.
        weights: extreme points of the possible weights: ``(points, criteria)``.
    """
    lowest, highest = low @ weights.T, high @ weights.T
    least, most = pool @ lowest, pool @ highest
    doubt = highest - lowest
    kept = np.ones(len(pool), bool)
    for i in np.argsort(-least.sum(axis=1), kind="stable"):
        if not kept[i]:
            continue
        rivals = np.flatnonzero(kept)
        rivals = rivals[rivals != i]
        shared = (pool[rivals] & pool[i]) @ doubt
        ahead = least[i] + shared - most[rivals]
        beaten = (ahead >= -_ROUNDING).all(axis=1) & (ahead > _ROUNDING).any(axis=1)
        kept[rivals[beaten]] = False
    return kept


def core_index(pool: Pool, kept: NDArray[np.bool_]) -> Floats:
    """Share of the non-dominated portfolios that hold each column: ``(columns,)``. Their sum is not a portfolio."""
    return np.asarray(pool[kept].mean(axis=0), np.float64)


def extreme_weights(kind: str, weights: Floats, drawn: Floats) -> Floats:
    """Extreme points of the possible weights: ``(points, criteria)``.

    Args:
        kind: as in `portfolio.weights.drawn`.
        weights: the given ones.
        drawn: possible ones, which stand for the set where it has no corners (``around``).
    """
    n = len(weights)
    if kind == "none":
        return weights[None, :]
    if kind == "ignorance":
        return np.eye(n)
    if kind == "around":
        return drawn[:200]
    orders = list(islice(_orders(weights), MOST_ORDERS + 1))
    if len(orders) > MOST_ORDERS:
        return drawn[:200]
    corners = np.zeros((len(orders), n, n))
    for place, order in enumerate(orders):
        for k in range(n):
            corners[place, k, list(order[: k + 1])] = 1 / (k + 1)
    return np.unique(corners.reshape(-1, n), axis=0)


def _orders(weights: Floats) -> Iterator[tuple[int, ...]]:
    """Every order of the criteria by falling weight, those of equal weight in each possible order."""
    groups = [np.flatnonzero(weights == weight).tolist() for weight in np.unique(weights)[::-1]]
    for parts in product(*(permutations(group) for group in groups)):
        yield tuple(chain.from_iterable(parts))


def best_in_pool(pool: Pool, value: Floats) -> NDArray[np.intp]:
    """The portfolio of highest value in each draw, of equals the first: ``(draws,)``.

    Args:
        pool: ``(portfolios, columns)``.
        value: of each column in each draw: ``(draws, columns)``.
    """
    return np.asarray((value @ pool.T.astype(np.float64)).argmax(axis=1))
