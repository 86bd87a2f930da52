"""Who gets a facilitator: the rules as pure functions that give each clinic's place in the queue, lowest first.

Each takes and gives arrays of ``(replicates, clinics)``; ties are broken by the lot of `in_turn`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.world import Bools, Floats

Scores = NDArray[np.floating[Any]]


def in_turn(scores: Scores, lot: NDArray[np.intp]) -> NDArray[np.intp]:
    """Clinics in rising order of their score, those of equal score in the order of a lot.

    Args:
        scores: ``(replicates, clinics)``.
        lot: clinics in an order drawn by lot, ``(replicates, clinics)``.
    """
    drawn = np.take_along_axis(np.broadcast_to(scores, lot.shape), lot, axis=1)
    turn: NDArray[np.intp] = np.take_along_axis(lot, np.argsort(drawn, axis=1, kind="stable"), axis=1)
    return turn


def evenly_over_regions(
    asks: Bools, held: Bools, lot: NDArray[np.intp], region: NDArray[np.integer[Any]], sizes: NDArray[np.int64]
) -> Scores:
    """Each region gets its share: places that it would then have, beside its number of clinics.

    Args:
        asks: would take a facilitator.
        held: has one.
        lot: clinics in an order drawn by lot.
        region: of each clinic, ``(clinics,)``.
        sizes: clinics of each region, ``(regions,)``.
    """
    scores = np.full(asks.shape, np.inf)
    for number, size in enumerate(sizes.tolist()):
        inside = region[lot] == number
        waiting = np.take_along_axis(asks, lot, axis=1) & inside
        there = np.count_nonzero(held & (region == number), axis=1)[:, None]
        would_have = np.where(waiting, there + np.cumsum(waiting, axis=1), np.inf) / size
        rows, places = np.nonzero(waiting)
        scores[rows, lot[rows, places]] = would_have[rows, places]
    return scores


def depth_gained(
    waiting: Bools, start_hazard: Floats, depth: Floats, effort: Floats, rate: Floats, ratio: Floats, years: Floats
) -> Floats:
    """Depth that a facilitator adds to a clinic in a spell, expected.

    Where it is under way depth grows as 1 - D = (1 - D0) exp(-rate effort t), with effort times sqrt(ratio) under
    facilitation. Where it waits, the chance of having started within the spell rises from 1 - exp(-h T) to
    1 - exp(-ratio h T), and one that starts is on average half a spell under way.

    Args:
        waiting: is aware and has not begun.
        start_hazard: h [1/year].
        depth: D0.
        effort: E without a facilitator.
        rate: kappa / X [1/year].
        ratio: hazard ratio of facilitation.
        years: T, length of a spell.
    """
    slow, fast = rate * effort, rate * effort * np.sqrt(ratio)
    deeper = (1 - depth) * (np.exp(-slow * years) - np.exp(-fast * years))
    sooner = np.exp(-start_hazard * years) - np.exp(-ratio * start_hazard * years)
    gained: Floats = np.where(waiting, sooner * (1 - np.exp(-fast * years / 2)), deeper)
    return gained
