"""SMAA-2: how robust a ranking is when weights and scores are uncertain.

Lahdelma & Salminen 2001, doi:10.1287/opre.49.3.444.11220. Values are ``(draws, alternatives)``, higher is better.
Alternatives that tie in a draw share their places equally.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Values = NDArray[np.floating[Any]]
"""In single or double precision."""

_CHUNK, _AT_MOST = 2**21, 250
"""Numbers, and draws, that are worked on at once; small products are not worth several threads."""


def overall(values: Values, weights: Floats) -> Values:
    """Additive value of every alternative in every draw: ``(draws, alternatives)``.

    Args:
        values: on [0, 1], ``(alternatives, criteria, draws)``.
        weights: ``(draws, criteria)``.
    """
    by_criterion = np.ascontiguousarray(weights.T, values.dtype)
    total = np.empty((values.shape[0], values.shape[2]), values.dtype)
    for own, one in zip(total, values, strict=True):
        np.einsum("kd,kd->d", one, by_criterion, out=own)
    return np.ascontiguousarray(total.T)


def rank_acceptability(value: Values) -> Floats:
    """How often an alternative gets a place: ``(alternatives, places)``; rows and columns sum to 1."""
    draws, n = value.shape
    order = np.argsort(-value, axis=1)  # those that tie may come in any order: they share their places
    falling = np.take_along_axis(value, order, axis=1)
    tied = (falling[:, 1:] == falling[:, :-1]).any(axis=1)
    counts = np.zeros((n, n))
    place = np.arange(n)
    for where, column in enumerate(order[~tied].T):
        counts[:, where] += np.bincount(column, minlength=n)
    for alternatives, sorted_values in zip(order[tied], falling[tied], strict=True):
        starts = np.flatnonzero(np.r_[True, sorted_values[1:] != sorted_values[:-1]])
        for start, end in zip(starts, np.r_[starts[1:], n], strict=True):
            counts[np.ix_(alternatives[start:end], place[start:end])] += 1 / (end - start)
    return counts / draws


def first_place(value: Values) -> Floats:
    """How far each alternative is first in each draw: 1, or a share where several tie: ``(draws, alternatives)``."""
    best = (value == value.max(axis=1, keepdims=True)).astype(np.float64)
    return best / best.sum(axis=1, keepdims=True)


def central_weights(first: Floats, weights: Floats) -> Floats:
    """Mean weights that put an alternative first: ``(alternatives, criteria)``; NaN where none does."""
    times = first.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        centre: Floats = (first.T @ weights) / times[:, None]
    return centre


def confidence_factors(values: Values, centre: Floats) -> Floats:
    """How often an alternative is first at its own central weights, scores alone uncertain; NaN where it has none.

    Args:
        values: ``(alternatives, criteria, draws)``.
        centre: ``(alternatives, criteria)``.
    """
    factors = np.full(len(centre), np.nan)
    able = np.flatnonzero(~np.isnan(centre).any(axis=1))
    weights, (n, _, draws) = centre[able].astype(values.dtype), values.shape
    first, chunk = np.zeros(len(able)), min(_AT_MOST, max(16, _CHUNK // max(1, n * len(able))))
    for start in range(0, draws, chunk):
        value = weights @ values[:, :, start : start + chunk]  # (alternatives, whose central weights, draws)
        best = value.max(axis=0)
        whose, draw = np.nonzero(value[able, np.arange(len(able))] == best)
        ties = np.count_nonzero(value[:, whose, draw] == best[whose, draw], axis=0)
        first += np.bincount(whose, 1 / ties, minlength=len(able))
    factors[able] = first / draws
    return factors


def pairwise_winning(value: Values) -> Floats:
    """How often the row beats the column, a tie counting as half: ``(alternatives, alternatives)``."""
    by_alternative = np.ascontiguousarray(value.T)
    n, draws = by_alternative.shape
    wins = np.full((n, n), 0.5)
    for i in range(n - 1):
        others = by_alternative[i + 1 :]
        more = np.array([np.count_nonzero(row) for row in by_alternative[i] > others])
        less = np.array([np.count_nonzero(row) for row in by_alternative[i] < others])
        wins[i, i + 1 :] = 0.5 + 0.5 * (more - less) / draws
        wins[i + 1 :, i] = 1 - wins[i, i + 1 :]
    return wins


def entropy(acceptability: Floats) -> float:
    """How undecided the ranking is, from 0 (one possible order) to 1 (all orders alike), in the base of the places."""
    n = len(acceptability)
    shares = acceptability[acceptability > 0]
    return float(-(shares * np.log2(shares)).sum() / (n * np.log2(n))) if n > 1 else 0.0


def sampling_error(share: Floats, draws: int) -> Floats:
    """Standard error of a share that is counted over independent draws."""
    return np.sqrt(np.maximum(share * (1 - share), 0) / draws)
