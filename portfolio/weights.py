"""Weights of the criteria: swing weights, rank-order centroids, and what they might be instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from portfolio.board import Criterion
from portfolio.numbers import own_defaults
from sim.api import Draws

Floats = NDArray[np.float64]
Kind = Literal["none", "around", "order", "ignorance"]


def swing(points: Floats) -> Floats:
    """Weights that sum to 1 from swing points (von Winterfeldt & Edwards 1986).

    Raises:
        ValueError: the points sum to nothing.
    """
    total = points.sum()
    if not total > 0:
        raise ValueError("the weights sum to nothing. Give at least one criterion a weight above 0")
    return points / total


def rank_order_centroid(ranks: Floats) -> Floats:
    """Weights from a ranking alone: the mean of all weights that agree with it.

    Criteria with the same rank share what theirs would give together (Barron & Barrett 1996,
    doi:10.1287/mnsc.42.11.1515).

    >>> rank_order_centroid(np.array([1.0, 2.0, 3.0])).round(4).tolist()
    [0.6111, 0.2778, 0.1111]
    """
    n = len(ranks)
    centroid = np.array([sum(1 / i for i in range(k, n + 1)) / n for k in range(1, n + 1)])
    order = np.argsort(ranks, kind="stable")
    weights = np.empty(n)
    weights[order] = centroid
    for rank in np.unique(ranks):
        weights[ranks == rank] = weights[ranks == rank].mean()
    return weights


def given(criteria: Mapping[str, Criterion]) -> Floats:
    """The board's weights, in the order of the criteria: swing weights, or rank-order centroids of its ranking."""
    if all(criterion.rank is not None for criterion in criteria.values()):
        return rank_order_centroid(np.array([float(criterion.rank or 0) for criterion in criteria.values()]))
    return swing(np.array([criterion.weight or 0.0 for criterion in criteria.values()]))


def drawn(kind: Kind, weights: Floats, names: list[str], seed: int, draws: int) -> Floats:
    """Possible weights: ``(draws, criteria)``, each row summing to 1.

    Args:
        kind: what is sure of them: all, about as given, their order, or nothing.
        weights: the given ones.
        names: of the criteria; a criterion's draws do not depend on where it stands.
        seed: of the draws.
        draws: how many.
    """
    if kind == "none":
        return np.broadcast_to(weights, (draws, len(weights)))
    uniform = np.stack([Draws(seed, "portfolio weight", name).uniform(np.arange(draws)) for name in names], axis=1)
    if kind == "around":
        gammas = gammaincinv(np.maximum(own_defaults()["weight_concentration"].value * weights, 1e-12), uniform)
        return gammas / gammas.sum(axis=1, keepdims=True)
    anywhere = -np.log(uniform)
    anywhere /= anywhere.sum(axis=1, keepdims=True)
    return _in_order(anywhere, weights, uniform) if kind == "order" else anywhere


def _in_order(anywhere: Floats, weights: Floats, lots: Floats) -> Floats:
    """The same weights dealt out in the order of the given ones; among equals the order is drawn by lot."""
    falling = -np.sort(-anywhere, axis=1)
    order = np.lexsort((lots, np.broadcast_to(-weights, lots.shape)), axis=1)
    dealt = np.empty_like(falling)
    np.put_along_axis(dealt, order, falling, axis=1)
    return dealt
