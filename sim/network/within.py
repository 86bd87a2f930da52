"""Ties inside the regions: how many, to neighbours on the region's ring, and to its well-known clinics."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from sim.network.choice import Choice, place_of, possible, running_sum
from sim.network.ties import REFERRAL, REGION_LINE, Ties, Whole


class Wanted(NamedTuple):
    """How many ties each clinic names, `(clinics,)` each."""

    within: Whole
    across: Whole


def wanted_ties(choice: Choice) -> Wanted:
    """Whole numbers of ties with the wanted means; what a small region cannot hold goes across, and the reverse."""
    population = choice.population
    near = np.diff(population.region_start)[population.region] - 1
    far = len(population) - 1 - near
    u, v = (choice.draws("ties").uniform(0, population.clinic_id, purpose) for purpose in range(2))
    total = _rounded(choice.named, u)
    across = np.minimum(_rounded(choice.named * (1.0 - choice.share_within), v), total)
    within = np.minimum(total - np.minimum(across, far), near)
    return Wanted(within, np.minimum(total - within, far))


def _rounded(mean: float, u: NDArray[np.float64]) -> Whole:
    """Whole numbers next to the mean, with that mean over uniform draws."""
    return np.floor(mean + u).astype(np.int64)


def neighbourhood(named_within: float) -> int:
    """How many neighbours on the ring a clinic chooses among: even, half as many again as it names.

    >>> neighbourhood(3.2), neighbourhood(1.6)
    (6, 4)
    """
    return max(2, 2 * int(np.ceil(0.75 * named_within)))


def ring_clustering(neighbours: int) -> float:
    """Clustering of a ring where each node has ties to so many neighbours, an even number (Watts & Strogatz 1998).

    >>> ring_clustering(4), round(ring_clustering(6), 9)
    (0.5, 0.6)
    """
    return 0.75 * (neighbours - 2) / (neighbours - 1)


def expected_clustering(rewired: float, named_within: float) -> float:
    """Mean local clustering within a large region, the direction of ties left out.

    A clinic names each of its d ring neighbours with probability `a = (1 - p) k / d`; a pair is tied if either names
    the other, `s = 1 - (1 - a)^2`; 2 p k ties that lead elsewhere thin the neighbourhood and close no triangle.

    Args:
        rewired: p, the share of ties that go to other clinics of the region instead.
        named_within: k, ties that a clinic names in its region, above 0.
    """
    neighbours = neighbourhood(named_within)
    named = min(1.0, (1.0 - rewired) * named_within / neighbours)
    tied = 1.0 - (1.0 - named) ** 2
    ring = neighbours * tied
    return ring_clustering(neighbours) * tied * (ring / (ring + 2.0 * rewired * named_within)) ** 2


def rewiring(target: float, named_within: float) -> float:
    """Share of ties to send elsewhere in the region so that the expected clustering is the target, 0 to 1.

    0 where even the ring has less; that is so below three ties.
    """
    low, high = 0.0, 1.0
    if expected_clustering(low, named_within) <= target:
        return 0.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if expected_clustering(middle, named_within) > target else (low, middle)
    return low


def ties_within(choice: Choice, wanted: Whole) -> Ties:
    """Ties inside the regions: ring neighbours, some of them exchanged for well-known clinics of the region."""
    mean = choice.named * choice.share_within
    reach = np.maximum(neighbourhood(mean), wanted + wanted % 2) // 2
    listener, adviser = _neighbours_named(choice, wanted, reach)
    referred = _referred(choice, listener, adviser, rewiring(choice.clustering, mean) if mean > 0 else 0.0)
    layer = np.where(referred == adviser, REGION_LINE, REFERRAL).astype(np.int8)
    return Ties(listener, referred, layer)


_CELLS = 2_000_000
"""Clinics times neighbours that are looked at together."""


class _Ring(NamedTuple):
    """The rings of all regions, one after the other."""

    order: Whole
    """The clinic at each spot, `(clinics,)`."""
    spot: Whole
    """The spot of each clinic, `(clinics,)`."""

    @classmethod
    def of(cls, choice: Choice) -> Self:
        """Rings in an order that is drawn on each clinic's own id."""
        by_draw = choice.draws("ring").bits(clinic=choice.population.clinic_id)
        order = np.lexsort((by_draw, choice.population.region))
        spot = np.empty_like(order)
        spot[order] = np.arange(len(order))
        return cls(order, spot)

    def around(self, choice: Choice, clinic: Whole, reach: Whole, widest: int) -> tuple[Whole, NDArray[np.bool_]]:
        """The neighbours on both sides of these clinics, and which of them are within reach and different.

        Returns:
            Places and whether they count, `(these clinics, 2 widest)` each.
        """
        start, stop = (edge[:, None] for edge in choice.region_of(clinic))
        steps, size = np.arange(1, widest + 1), stop - start
        near = steps <= reach[clinic][:, None]
        counts = np.concatenate((near & (steps <= size // 2), near & (steps <= (size - 1) // 2)), axis=1)
        spot = self.spot[clinic][:, None] - start + np.concatenate((steps, -steps))
        return self.order[start + spot % size], counts


def _neighbours_named(choice: Choice, wanted: Whole, reach: Whole) -> tuple[Whole, Whole]:
    """Whom each clinic names on the ring of its region: the first to arrive of its neighbours.

    A neighbour arrives after Exp(1) / pull, so that the more prestigious tend to be first.

    Args:
        choice: what the choice rests on.
        wanted: how many it names, `(clinics,)`.
        reach: how far it looks to either side, `(clinics,)`.

    Returns:
        Listener and adviser of each tie, sorted by listener, `(ties,)` each.
    """
    ids, ring, race = choice.population.clinic_id, _Ring.of(choice), choice.draws("race")
    widest = min(int(reach.max()), (int(np.diff(choice.population.region_start).max()) + 1) // 2)
    rows = max(1, _CELLS // max(1, 2 * widest))
    named = []
    for first in range(0, len(ids), rows):
        clinic = np.arange(first, min(first + rows, len(ids)))
        neighbour, counts = ring.around(choice, clinic, reach, widest)
        u = race.uniform(clinic=ids[clinic][:, None], occurrence=ids[neighbour])
        arrival = np.where(counts, -np.log(u) / choice.pull[neighbour], np.inf)
        order = np.argsort(arrival, axis=1, kind="stable")
        in_order = np.take_along_axis(neighbour, order, axis=1)
        named.append(in_order[np.arange(2 * widest) < wanted[clinic][:, None]])
    return np.repeat(np.arange(len(ids)), wanted), np.concatenate(named)


def _referred(choice: Choice, listener: Whole, adviser: Whole, share: float) -> Whole:
    """The adviser of each tie after a share of them went to clinics of the region chosen by their pull.

    A tie stays where it was when its new end would be the clinic itself or someone it names already.
    """
    own, named = choice.population.clinic_id[listener], choice.population.clinic_id[adviser]
    moves = np.flatnonzero(choice.draws("referral").uniform(clinic=own, occurrence=named) < share)
    u = choice.draws("referred").uniform(clinic=own[moves], occurrence=named[moves])
    cumulated = running_sum(choice.pull)
    low, high = (cumulated[edge] for edge in choice.region_of(listener[moves]))
    target = place_of(cumulated, low + np.floor(u * (high - low)).astype(np.int64))
    moved = possible(listener, adviser, moves, target, len(choice.population))
    result = adviser.copy()
    result[moves[moved]] = target[moved]
    return result
