"""Ties to other regions: to opinion leaders, to the same kind of clinic, or to whom one's advisers name."""

from __future__ import annotations

from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from sim.network.choice import Choice, first_of_each, place_of, possible, running_sum
from sim.network.ties import NATIONAL, PROFESSION, Ties, Whole, starts

_ROUNDS = 40


def ties_across(choice: Choice, wanted: Whole, within: Ties) -> Ties:
    """Ties to other regions: to opinion leaders, to the same kind of clinic, or to whom one's advisers name."""
    listener = np.repeat(np.arange(len(wanted)), wanted)
    slot = np.arange(len(listener)) - np.repeat(np.cumsum(wanted) - wanted, wanted)
    own = choice.population.clinic_id[listener]
    national = choice.draws("national").uniform(clinic=own, occurrence=slot) < choice.national_share
    pools = _Pools(choice)
    adviser = np.full(len(listener), -1)
    missing = np.arange(len(listener))
    for attempt in range(_ROUNDS):
        u = choice.draws("across").uniform(attempt, own[missing], slot[missing])
        adviser[missing] = pools.pick(listener[missing], national[missing] & (attempt < _ROUNDS // 2), u)
        missing = np.flatnonzero(~first_of_each(listener * len(wanted) + adviser))
        if not len(missing):
            break
    _fill(choice, listener, adviser, missing)
    layer = np.where(national & choice.leader[adviser], NATIONAL, PROFESSION).astype(np.int8)
    return _introduced(choice, within, Ties(listener, adviser, layer), slot)


def _fill(choice: Choice, listener: Whole, adviser: Whole, missing: Whole) -> None:
    """Give the ties that are still missing, where almost everyone is named already, to the winners of a race."""
    population = choice.population
    for clinic in np.unique(listener[missing]):
        slots = missing[listener[missing] == clinic]
        first, last = np.searchsorted(listener, [clinic, clinic + 1])
        free = population.region != population.region[clinic]
        free[np.delete(adviser[first:last], slots - first)] = False
        places = np.flatnonzero(free)
        u = choice.draws("fill").uniform(clinic=population.clinic_id[clinic], occurrence=population.clinic_id[places])
        order = np.argsort(-np.log(u) / choice.pull[places], kind="stable")
        adviser[slots] = places[order[: len(slots)]]


def _introduced(choice: Choice, within: Ties, across: Ties, slot: Whole) -> Ties:
    """The ties across regions after a share of them became ties to a clinic that an adviser in the region names.

    So triangles close across regions as well (triad formation, Holme & Kim 2002, doi:10.1103/PhysRevE.65.026107).
    Both kinds of ties are sorted by listener; `slot` numbers each clinic's ties across.
    """
    size, own = len(choice.population), choice.population.clinic_id[across.listener]
    near, far = starts(within.listener, size), starts(across.listener, size)
    u, v, w = (choice.draws("introduced").uniform(part, own, slot) for part in range(3))
    moves = np.flatnonzero((u < choice.introduced_share) & (np.diff(near)[across.listener] > 0))
    introducer = within.adviser[_one_of(near, across.listener[moves], v[moves])]
    known = np.diff(far)[introducer] > 0
    moves, introducer = moves[known], introducer[known]
    copied = _one_of(far, introducer, w[moves])
    moved = possible(across.listener, across.adviser, moves, across.adviser[copied], size)
    adviser, layer = across.adviser.copy(), across.layer.copy()
    adviser[moves[moved]] = across.adviser[copied[moved]]
    layer[moves[moved]] = across.layer[copied[moved]]
    return Ties(across.listener, adviser, layer)


def _one_of(start: Whole, group: Whole, u: NDArray[np.float64]) -> Whole:
    """A place in each of these groups of a grouped array, from uniform draws; the groups are not empty."""
    return start[group] + np.floor(u * (start[group + 1] - start[group])).astype(np.int64)


class _Pool(NamedTuple):
    """Clinics to choose from by their pull, sorted by group and place."""

    key: Whole
    """Group x clinics + place, rising."""
    cumulated: Whole
    """Running sum of pulls in that order, exact."""

    @classmethod
    def of(cls, places: Whole, group: NDArray[Any], pull: NDArray[np.float64]) -> Self:
        """The clinics at these places, each group apart."""
        key = np.sort(group[places].astype(np.int64) * len(pull) + places)
        return cls(key, running_sum(pull[key % len(pull)]))

    def pick(self, group: NDArray[Any], near: tuple[Whole, Whole], u: NDArray[np.float64], size: int) -> Whole:
        """A clinic of the group that is not near, chosen by pull; -1 where there is none.

        Args:
            group: the group to choose from, `(ties,)`.
            near: first and last + 1 of the places that are left out, `(ties,)` each.
            u: uniform draws, `(ties,)`.
            size: number of clinics.
        """
        base = group.astype(np.int64) * size
        edges = (base, base + near[0], base + near[1], base + size)
        first, gap, after, last = (self.cumulated[np.searchsorted(self.key, edge)] for edge in edges)
        total = (last - first) - (after - gap)
        mark = first + np.floor(u * total).astype(np.int64)
        mark += np.where(mark >= gap, after - gap, 0)
        some = total > 0
        place = np.full(len(u), -1)
        place[some] = self.key[place_of(self.cumulated, mark[some])] % size
        return place


class _Pools:
    """Where ties across regions may lead: opinion leaders, clinics of the same kind, and failing these any clinic."""

    def __init__(self, choice: Choice) -> None:
        size = len(choice.population)
        everyone, one_group = np.arange(size), np.zeros(size, dtype=np.int64)
        self._choice = choice
        self._leaders = _Pool.of(np.flatnonzero(choice.leader), one_group, choice.pull)
        self._kinds = _Pool.of(everyone, choice.population.kind, choice.pull)
        self._all = _Pool.of(everyone, one_group, choice.pull)

    def pick(self, listener: Whole, national: NDArray[np.bool_], u: NDArray[np.float64]) -> Whole:
        """A clinic outside each listener's region, `(ties,)`."""
        size, near = len(self._choice.population), self._choice.region_of(listener)
        one_group, kind = np.zeros(len(listener), dtype=np.int64), self._choice.population.kind[listener]
        place = np.where(national, self._leaders.pick(one_group, near, u, size), -1)
        place = np.where(place < 0, self._kinds.pick(kind, near, u, size), place)
        return np.where(place < 0, self._all.pick(one_group, near, u, size), place)
