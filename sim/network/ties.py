"""The ties themselves: who takes advice from whom, by adviser and by listener, with their weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from sim.population import Attributes, Population

LAYERS = ("region_line", "referral", "profession", "national")
"""The layers of ties: near in the region, well known in the region, same kind elsewhere, opinion leaders elsewhere."""
REGION_LINE, REFERRAL, PROFESSION, NATIONAL = range(4)

SCALE = 2**20
"""A tie of weight 1 as a whole number, so that sums are exact in any order."""

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
        return Advisers(starts(self.listeners, len(self)), self.adviser[tie], tie)

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


class Ties(NamedTuple):
    """Ties, before they have weights."""

    listener: Whole
    """Who takes advice, `(ties,)`."""
    adviser: Whole
    """From whom, `(ties,)`."""
    layer: NDArray[np.int8]
    """Place in `LAYERS`, `(ties,)`."""

    def and_(self, other: Ties) -> Ties:
        """These ties and the others."""
        return Ties(
            np.concatenate((self.listener, other.listener)),
            np.concatenate((self.adviser, other.adviser)),
            np.concatenate((self.layer, other.layer)),
        )

    def sorted(self, clinics: int) -> Ties:
        """The same by adviser, and by listener within each.

        Args:
            clinics: how many there are.
        """
        order = np.argsort(self.adviser * clinics + self.listener, kind="stable")
        return Ties(self.listener[order], self.adviser[order], self.layer[order])


def weighted(ties: Ties, population: Population, attributes: Attributes, parameters: Mapping[str, float]) -> Network:
    """The ties, sorted by adviser and listener, with their weights."""
    return Network(
        listeners_start=starts(ties.adviser, len(population)),
        listeners=ties.listener.astype(np.int32),
        weight=tie_weights(
            ties.listener,
            ties.adviser,
            region=population.region,
            leader=attributes.leader,
            leader_weight=parameters["leader_weight"],
            not_invented_here=parameters["not_invented_here"],
        ),
        layer=ties.layer,
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


def starts(group: NDArray[Any], groups: int) -> Whole:
    """First place of each group in an array sorted by group, and the number of all, `(groups + 1,)`."""
    return np.concatenate(([0], np.cumsum(np.bincount(group, minlength=groups)))).astype(np.int64)
