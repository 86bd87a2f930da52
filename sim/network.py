"""Who takes advice from whom: directed ties within and across regions.

Every clinic names about as many others as the parameter `named_ties` says. Most are near it in the region's own small
world (a ring of clinics, Watts & Strogatz 1998, doi:10.1038/30918), a few are well-known clinics of the region, and the
rest are in other regions. Near or far, the more prestigious are named more often. Each choice is an addressed draw on
the clinics' own ids, so that a clinic more in one region leaves the ties inside another as they were.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from sim.errors import Mistake, UserMistakes
from sim.population import Attributes, Parameter, Population, fixed
from sim.randomness import Draws, identity
from sim.scenario import Scenario

LAYERS = ("region_line", "referral", "profession", "national")
"""The layers of ties: near in the region, well known in the region, same kind elsewhere, opinion leaders elsewhere."""
REGION_LINE, REFERRAL, PROFESSION, NATIONAL = range(4)

SCALE = 2**20
"""A tie of weight 1 as a whole number, so that sums are exact in any order."""

SHARED_BY_REPLICATES = (
    "named_ties",
    "ties_within_region",
    "clustering",
    "leader_share",
    "leader_weight",
    "not_invented_here",
    "prestige_pull",
    "national_share",
    "introduced_share",
)
"""Parameters that cannot be drawn in every replicate, because all replicates share one network."""

MOST_COMPLETE = 3_000
MOST_TEXTBOOK = 200_000
MOST_TIES = 50_000_000

Whole = NDArray[np.int64]


class Advisers(NamedTuple):
    """Ties grouped by the clinic that listens."""

    start: NDArray[np.int64]
    """Advisers of clinic i are adviser[start[i]:start[i+1]], `(clinics + 1,)`."""
    adviser: NDArray[np.int32]
    """Whom it listens to, `(ties,)`."""
    tie: NDArray[np.int64]
    """Place of the tie in the network's own arrays, `(ties,)`."""


@dataclass(frozen=True, eq=False)
class Network:
    """Directed ties i → j (i takes advice from j), grouped by the adviser j for pushing its use to its listeners."""

    listeners_start: NDArray[np.int64]
    """Listeners of clinic j are listeners[listeners_start[j]:listeners_start[j+1]], `(clinics + 1,)`."""
    listeners: NDArray[np.int32]
    """Who listens, rising within each adviser, `(ties,)`."""
    weight: NDArray[np.int32]
    """Share of the listener's named ties x 2^20, less where not invented here, `(ties,)`."""
    layer: NDArray[np.int8]
    """Place in `LAYERS`, `(ties,)`."""

    def __len__(self) -> int:
        """Number of clinics."""
        return len(self.listeners_start) - 1

    @property
    def in_degree(self) -> NDArray[np.int64]:
        """How many listen to each clinic, `(clinics,)`."""
        return np.diff(self.listeners_start)

    @property
    def out_degree(self) -> NDArray[np.int64]:
        """How many each clinic takes advice from, `(clinics,)`."""
        return np.bincount(self.listeners, minlength=len(self))

    @property
    def adviser(self) -> NDArray[np.int32]:
        """The adviser of each tie, `(ties,)`."""
        return np.repeat(np.arange(len(self), dtype=np.int32), self.in_degree)

    def advisers(self) -> Advisers:
        """The same ties grouped by the clinic that listens."""
        tie = np.argsort(self.listeners, kind="stable")
        return Advisers(_starts(self.listeners, len(self)), self.adviser[tie], tie)

    def to_networkx(self) -> nx.DiGraph:
        """The ties as a networkx graph of clinic places, with the weight as a share and the layer's name."""
        graph = nx.DiGraph()
        graph.add_nodes_from(range(len(self)))
        ends = zip(self.listeners.tolist(), self.adviser.tolist(), strict=True)
        about = zip((self.weight / SCALE).tolist(), self.layer.tolist(), strict=True)
        graph.add_edges_from(
            (i, j, {"weight": weight, "layer": LAYERS[layer]})
            for (i, j), (weight, layer) in zip(ends, about, strict=True)
        )
        return graph


class _Ties(NamedTuple):
    """Ties in any order."""

    listener: Whole
    adviser: Whole
    layer: NDArray[np.int8]

    def and_(self, other: _Ties) -> _Ties:
        """These ties and the others."""
        return _Ties(
            np.concatenate((self.listener, other.listener)),
            np.concatenate((self.adviser, other.adviser)),
            np.concatenate((self.layer, other.layer)),
        )


# --- building ---------------------------------------------------------------------------------------------------


def build(
    scenario: Scenario, population: Population, attributes: Attributes, parameters: Mapping[str, Parameter]
) -> Network:
    """The network of a scenario; all replicates share it.

    Args:
        scenario: its `network` names the generator and perhaps the mean number of ties; its seed addresses the draws.
        population: the clinics.
        attributes: their prestige and who of them leads.
        parameters: each parameter by name; those in `SHARED_BY_REPLICATES` are single numbers.

    Raises:
        UserMistakes: a parameter of the network is drawn in every replicate, or the graph would be too large.
    """
    ties = scenario.network.ties
    named = fixed(parameters, "named_ties") if ties is None else ties
    generator = scenario.network.generator
    if generator == "complete":
        return _network(_everyone(population), population, attributes, parameters)
    if generator != "clinics":
        graph = _textbook(generator, len(population), named, fixed(parameters, "clustering"), scenario.seed)
        return from_networkx(graph, population, attributes, parameters)
    if min(named, len(population)) * len(population) > MOST_TIES:
        found = f"{named:g} ties of each of {len(population):,} clinics"
        raise UserMistakes(Mistake("network.ties", found, f"Give at most {MOST_TIES:,} ties in all"))
    setting = _Setting.of(population, attributes, parameters, named, scenario.seed)
    wanted = _wanted(setting)
    within = _within(setting, wanted.within)
    across = _across(setting, wanted.across, within)
    return _network(within.and_(across), population, attributes, parameters)


@dataclass(frozen=True, eq=False)
class _Setting:
    """What the choice of ties rests on."""

    population: Population
    pull: NDArray[np.float64]
    """How much each clinic draws others, `(clinics,)`."""
    leader: NDArray[np.bool_]
    named: float
    share_within: float
    clustering: float
    national_share: float
    introduced_share: float
    seed: int

    @classmethod
    def of(
        cls,
        population: Population,
        attributes: Attributes,
        parameters: Mapping[str, Parameter],
        named: float,
        seed: int,
    ) -> Self:
        """The setting from the parameters by name."""
        pull = fixed(parameters, "prestige_pull")
        return cls(
            population=population,
            pull=np.exp(pull * attributes.prestige.astype(np.float64)),
            leader=attributes.leader,
            named=named,
            share_within=fixed(parameters, "ties_within_region") if len(population.regions) > 1 else 1.0,
            clustering=fixed(parameters, "clustering"),
            national_share=fixed(parameters, "national_share"),
            introduced_share=fixed(parameters, "introduced_share"),
            seed=seed,
        )

    def draws(self, purpose: str) -> Draws:
        """The stream of draws for one purpose."""
        return Draws(self.seed, "network", purpose)

    def region_of(self, clinic: Whole) -> tuple[Whole, Whole]:
        """First and last + 1 of the clinics in the region of each of these."""
        region = self.population.region[clinic]
        return self.population.region_start[region], self.population.region_start[region + 1]


def _network(
    ties: _Ties, population: Population, attributes: Attributes, parameters: Mapping[str, Parameter]
) -> Network:
    """The ties sorted by adviser and listener, with their weights."""
    order = np.argsort(ties.adviser * len(population) + ties.listener, kind="stable")
    listener, adviser = ties.listener[order], ties.adviser[order]
    return Network(
        listeners_start=_starts(adviser, len(population)),
        listeners=listener.astype(np.int32),
        weight=tie_weights(
            listener,
            adviser,
            region=population.region,
            leader=attributes.leader,
            leader_weight=fixed(parameters, "leader_weight"),
            not_invented_here=fixed(parameters, "not_invented_here"),
        ),
        layer=ties.layer[order],
    )


def tie_weights(
    listener: NDArray[Any],
    adviser: NDArray[Any],
    *,
    region: NDArray[np.int16],
    leader: NDArray[np.bool_],
    leader_weight: float,
    not_invented_here: float,
) -> NDArray[np.int32]:
    """Weight of each tie: `(1 + b leader_j)`, made to sum to 1 for each listener, then `nu` where the regions differ.

    Args:
        listener: who listens, `(ties,)`.
        adviser: to whom, `(ties,)`.
        region: region of each clinic, `(clinics,)`.
        leader: who leads opinion, `(clinics,)`.
        leader_weight: b, how much more a leader counts.
        not_invented_here: nu, what is left of a tie across regions.

    Returns:
        Weights x 2^20, rounded, `(ties,)`.
    """
    leads = leader[adviser]
    ties = np.bincount(listener, minlength=len(region))
    led = np.bincount(listener[leads], minlength=len(region))
    total = ties + leader_weight * led
    share = np.where(leads, 1.0 + leader_weight, 1.0) / total[listener]
    far = region[listener] != region[adviser]
    weights: NDArray[np.int32] = np.rint(SCALE * share * np.where(far, not_invented_here, 1.0)).astype(np.int32)
    return weights


def _starts(group: NDArray[Any], groups: int) -> Whole:
    """First place of each group in an array sorted by group, and the number of all, `(groups + 1,)`."""
    return np.concatenate(([0], np.cumsum(np.bincount(group, minlength=groups)))).astype(np.int64)


# --- how many ties ------------------------------------------------------------------------------------------------


class _Wanted(NamedTuple):
    """How many ties each clinic names, `(clinics,)` each."""

    within: Whole
    across: Whole


def _wanted(setting: _Setting) -> _Wanted:
    """Whole numbers of ties with the wanted means; what a small region cannot hold goes across, and the reverse."""
    population = setting.population
    near = np.diff(population.region_start)[population.region] - 1
    far = len(population) - 1 - near
    u, v = (setting.draws("ties").uniform(0, population.clinic_id, purpose) for purpose in range(2))
    total = _rounded(setting.named, u)
    across = np.minimum(_rounded(setting.named * (1.0 - setting.share_within), v), total)
    within = np.minimum(total - np.minimum(across, far), near)
    return _Wanted(within, np.minimum(total - within, far))


def _rounded(mean: float, u: NDArray[np.float64]) -> Whole:
    """Whole numbers next to the mean, with that mean over uniform draws."""
    return np.floor(mean + u).astype(np.int64)


# --- ties within the region ---------------------------------------------------------------------------------------


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


def _within(setting: _Setting, wanted: Whole) -> _Ties:
    """Ties inside the regions: ring neighbours, some of them exchanged for well-known clinics of the region."""
    mean = setting.named * setting.share_within
    reach = np.maximum(neighbourhood(mean), wanted + wanted % 2) // 2
    listener, adviser = _neighbours_named(setting, wanted, reach)
    referred = _referred(setting, listener, adviser, rewiring(setting.clustering, mean) if mean > 0 else 0.0)
    layer = np.where(referred == adviser, REGION_LINE, REFERRAL).astype(np.int8)
    return _Ties(listener, referred, layer)


_CELLS = 2_000_000
"""Clinics times neighbours that are looked at together."""


class _Ring(NamedTuple):
    """The rings of all regions, one after the other."""

    order: Whole
    """The clinic at each spot, `(clinics,)`."""
    spot: Whole
    """The spot of each clinic, `(clinics,)`."""

    @classmethod
    def of(cls, setting: _Setting) -> Self:
        """Rings in an order that is drawn on each clinic's own id."""
        by_draw = setting.draws("ring").bits(clinic=setting.population.clinic_id)
        order = np.lexsort((by_draw, setting.population.region))
        spot = np.empty_like(order)
        spot[order] = np.arange(len(order))
        return cls(order, spot)

    def around(self, setting: _Setting, clinic: Whole, reach: Whole, widest: int) -> tuple[Whole, NDArray[np.bool_]]:
        """The neighbours on both sides of these clinics, and which of them are within reach and different.

        Returns:
            Places and whether they count, `(these clinics, 2 widest)` each.
        """
        start, stop = (edge[:, None] for edge in setting.region_of(clinic))
        steps, size = np.arange(1, widest + 1), stop - start
        near = steps <= reach[clinic][:, None]
        counts = np.concatenate((near & (steps <= size // 2), near & (steps <= (size - 1) // 2)), axis=1)
        spot = self.spot[clinic][:, None] - start + np.concatenate((steps, -steps))
        return self.order[start + spot % size], counts


def _neighbours_named(setting: _Setting, wanted: Whole, reach: Whole) -> tuple[Whole, Whole]:
    """Whom each clinic names on the ring of its region: the first to arrive of its neighbours.

    A neighbour arrives after Exp(1) / pull, so that the more prestigious tend to be first.

    Args:
        setting: what the choice rests on.
        wanted: how many it names, `(clinics,)`.
        reach: how far it looks to either side, `(clinics,)`.

    Returns:
        Listener and adviser of each tie, sorted by listener, `(ties,)` each.
    """
    ids, ring, race = setting.population.clinic_id, _Ring.of(setting), setting.draws("race")
    widest = min(int(reach.max()), (int(np.diff(setting.population.region_start).max()) + 1) // 2)
    rows = max(1, _CELLS // max(1, 2 * widest))
    named = []
    for first in range(0, len(ids), rows):
        clinic = np.arange(first, min(first + rows, len(ids)))
        neighbour, counts = ring.around(setting, clinic, reach, widest)
        u = race.uniform(clinic=ids[clinic][:, None], occurrence=ids[neighbour])
        arrival = np.where(counts, -np.log(u) / setting.pull[neighbour], np.inf)
        order = np.argsort(arrival, axis=1, kind="stable")
        in_order = np.take_along_axis(neighbour, order, axis=1)
        named.append(in_order[np.arange(2 * widest) < wanted[clinic][:, None]])
    return np.repeat(np.arange(len(ids)), wanted), np.concatenate(named)


def _referred(setting: _Setting, listener: Whole, adviser: Whole, share: float) -> Whole:
    """The adviser of each tie after a share of them went to clinics of the region chosen by their pull.

    A tie stays where it was when its new end would be the clinic itself or someone it names already.
    """
    own, named = setting.population.clinic_id[listener], setting.population.clinic_id[adviser]
    moves = np.flatnonzero(setting.draws("referral").uniform(clinic=own, occurrence=named) < share)
    u = setting.draws("referred").uniform(clinic=own[moves], occurrence=named[moves])
    cumulated = _cumulated(setting.pull)
    low, high = (cumulated[edge] for edge in setting.region_of(listener[moves]))
    target = _found(cumulated, low + np.floor(u * (high - low)).astype(np.int64))
    moved = _possible(listener, adviser, moves, target, len(setting.population))
    result = adviser.copy()
    result[moves[moved]] = target[moved]
    return result


def _possible(listener: Whole, adviser: Whole, ties: Whole, target: Whole, size: int) -> NDArray[np.bool_]:
    """Which of these ties may lead to their targets instead: not to the clinic itself, nor twice to the same.

    Args:
        listener: who listens, `(all ties,)`.
        adviser: to whom now, `(all ties,)`.
        ties: places of the ties that would move, `(moving,)`.
        target: where each would lead, `(moving,)`.
        size: number of clinics.
    """
    key = listener[ties] * size + target
    new = ~_among(key, np.sort(listener * size + adviser))
    new &= _first(key) & (target != listener[ties])
    return new


def _among(sought: Whole, rising: Whole) -> NDArray[np.bool_]:
    """Whether each is one of the rising values; a search, where numpy's isin would hash them all."""
    found: NDArray[np.bool_] = np.searchsorted(rising, sought, "left") < np.searchsorted(rising, sought, "right")
    return found


def _first(key: Whole) -> NDArray[np.bool_]:
    """Whether no earlier element is the same."""
    first = np.zeros(len(key), dtype=np.bool_)
    first[np.unique(key, return_index=True)[1]] = True
    return first


def _cumulated(pull: NDArray[np.float64]) -> Whole:
    """Running sum of pulls as whole numbers, exact however long, `(clinics + 1,)`."""
    whole = np.maximum(1, np.rint(pull * 2**20)).astype(np.int64)
    return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(whole)))


def _found(cumulated: Whole, mark: Whole) -> Whole:
    """Place whose stretch of the running sum holds each mark."""
    return np.searchsorted(cumulated, mark, side="right") - 1


# --- ties across regions ------------------------------------------------------------------------------------------


_ROUNDS = 40


def _across(setting: _Setting, wanted: Whole, within: _Ties) -> _Ties:
    """Ties to other regions: to opinion leaders, to the same kind of clinic, or to whom one's advisers name."""
    listener = np.repeat(np.arange(len(wanted)), wanted)
    slot = np.arange(len(listener)) - np.repeat(np.cumsum(wanted) - wanted, wanted)
    own = setting.population.clinic_id[listener]
    national = setting.draws("national").uniform(clinic=own, occurrence=slot) < setting.national_share
    pools = _Pools(setting)
    adviser = np.full(len(listener), -1)
    missing = np.arange(len(listener))
    for attempt in range(_ROUNDS):
        u = setting.draws("across").uniform(attempt, own[missing], slot[missing])
        adviser[missing] = pools.pick(listener[missing], national[missing] & (attempt < _ROUNDS // 2), u)
        missing = np.flatnonzero(~_first(listener * len(wanted) + adviser))
        if not len(missing):
            break
    _fill(setting, listener, adviser, missing)
    layer = np.where(national & setting.leader[adviser], NATIONAL, PROFESSION).astype(np.int8)
    return _introduced(setting, within, _Ties(listener, adviser, layer), slot)


def _fill(setting: _Setting, listener: Whole, adviser: Whole, missing: Whole) -> None:
    """Give the ties that are still missing, where almost everyone is named already, to the winners of a race."""
    population = setting.population
    for clinic in np.unique(listener[missing]):
        slots = missing[listener[missing] == clinic]
        first, last = np.searchsorted(listener, [clinic, clinic + 1])
        free = population.region != population.region[clinic]
        free[np.delete(adviser[first:last], slots - first)] = False
        places = np.flatnonzero(free)
        u = setting.draws("fill").uniform(clinic=population.clinic_id[clinic], occurrence=population.clinic_id[places])
        order = np.argsort(-np.log(u) / setting.pull[places], kind="stable")
        adviser[slots] = places[order[: len(slots)]]


def _introduced(setting: _Setting, within: _Ties, across: _Ties, slot: Whole) -> _Ties:
    """The ties across regions after a share of them became ties to a clinic that an adviser in the region names.

    So triangles close across regions as well (triad formation, Holme & Kim 2002, doi:10.1103/PhysRevE.65.026107).
    Both kinds of ties are sorted by listener; `slot` numbers each clinic's ties across.
    """
    size, own = len(setting.population), setting.population.clinic_id[across.listener]
    near, far = _starts(within.listener, size), _starts(across.listener, size)
    u, v, w = (setting.draws("introduced").uniform(part, own, slot) for part in range(3))
    moves = np.flatnonzero((u < setting.introduced_share) & (np.diff(near)[across.listener] > 0))
    introducer = within.adviser[_one_of(near, across.listener[moves], v[moves])]
    known = np.diff(far)[introducer] > 0
    moves, introducer = moves[known], introducer[known]
    copied = _one_of(far, introducer, w[moves])
    moved = _possible(across.listener, across.adviser, moves, across.adviser[copied], size)
    adviser, layer = across.adviser.copy(), across.layer.copy()
    adviser[moves[moved]] = across.adviser[copied[moved]]
    layer[moves[moved]] = across.layer[copied[moved]]
    return _Ties(across.listener, adviser, layer)


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
        return cls(key, _cumulated(pull[key % len(pull)]))

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
        place[some] = self.key[_found(self.cumulated, mark[some])] % size
        return place


class _Pools:
    """Where ties across regions may lead: opinion leaders, clinics of the same kind, and failing these any clinic."""

    def __init__(self, setting: _Setting) -> None:
        size = len(setting.population)
        everyone, one_group = np.arange(size), np.zeros(size, dtype=np.int64)
        self._setting = setting
        self._leaders = _Pool.of(np.flatnonzero(setting.leader), one_group, setting.pull)
        self._kinds = _Pool.of(everyone, setting.population.kind, setting.pull)
        self._all = _Pool.of(everyone, one_group, setting.pull)

    def pick(self, listener: Whole, national: NDArray[np.bool_], u: NDArray[np.float64]) -> Whole:
        """A clinic outside each listener's region, `(ties,)`."""
        size, near = len(self._setting.population), self._setting.region_of(listener)
        one_group, kind = np.zeros(len(listener), dtype=np.int64), self._setting.population.kind[listener]
        place = np.where(national, self._leaders.pick(one_group, near, u, size), -1)
        place = np.where(place < 0, self._kinds.pick(kind, near, u, size), place)
        return np.where(place < 0, self._all.pick(one_group, near, u, size), place)


# --- textbook graphs and networkx ---------------------------------------------------------------------------------


def _refuse_above(most: int, clinics: int, generator: str) -> None:
    if clinics > most:
        found = f"{generator} for {clinics:,} clinics"
        raise UserMistakes(Mistake("network.generator", found, f"Give at most {most:,}, or write generator: clinics"))


def _everyone(population: Population) -> _Ties:
    """Everyone takes advice from everyone else."""
    size = len(population)
    _refuse_above(MOST_COMPLETE, size, "complete")
    listener, adviser = np.nonzero(~np.eye(size, dtype=np.bool_))
    near = population.region[listener] == population.region[adviser]
    return _Ties(listener, adviser, np.where(near, REGION_LINE, PROFESSION).astype(np.int8))


def _textbook(generator: str, clinics: int, named: float, clustering: float, seed: int) -> nx.Graph:
    """A textbook graph of the clinics in their order; every edge is two ties."""
    if generator == "none":
        return nx.empty_graph(clinics)
    _refuse_above(MOST_TEXTBOOK, clinics, generator)
    number = identity(seed, "network")
    if generator == "erdos_renyi":
        return nx.fast_gnp_random_graph(clinics, min(1.0, named / max(1, clinics - 1)), seed=number)
    degree = min(2 * max(1, round(named / 2)), clinics - 1)
    kept = (clustering / ring_clustering(degree)) ** (1 / 3) if degree > 2 else 1.0
    return nx.watts_strogatz_graph(clinics, degree, 1.0 - min(1.0, kept), seed=number)


def from_networkx(
    graph: nx.Graph | nx.DiGraph, population: Population, attributes: Attributes, parameters: Mapping[str, Parameter]
) -> Network:
    """The network of a networkx graph whose nodes are the clinics' places 0 … clinics - 1.

    An edge i → j means that i takes advice from j; an undirected edge is two ties. An edge may name its `layer`, one of
    `LAYERS`; otherwise it is the region line within a region and the profession across. Weights are computed anew.

    Raises:
        ValueError: other nodes, an edge from a clinic to itself, parallel edges, or an unknown layer.
    """
    size = len(population)
    if set(graph.nodes) != set(range(size)):
        raise ValueError(f"the nodes of the graph must be the places 0 to {size - 1} of the population")
    if graph.is_multigraph() or any(i == j for i, j in graph.edges):
        raise ValueError("a clinic cannot take advice from itself, nor twice from the same")
    edges = [(i, j, layer) for i, j, layer in graph.edges(data="layer")]
    if not graph.is_directed():
        edges += [(j, i, layer) for i, j, layer in edges]
    unknown = {layer for _, _, layer in edges} - {None, *LAYERS}
    if unknown:
        raise ValueError(f"unknown layers {sorted(map(str, unknown))}; write some of {', '.join(LAYERS)}")
    ends = np.array([(i, j) for i, j, _ in edges], dtype=np.int64).reshape(-1, 2)
    near = population.region[ends[:, 0]] == population.region[ends[:, 1]]
    given = np.array([-1 if layer is None else LAYERS.index(layer) for _, _, layer in edges], dtype=np.int8)
    layer = np.where(given >= 0, given, np.where(near, REGION_LINE, PROFESSION)).astype(np.int8)
    return _network(_Ties(ends[:, 0], ends[:, 1], layer), population, attributes, parameters)
