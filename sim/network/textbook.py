"""Textbook graphs of the clinics, and networks that come as networkx graphs."""

from __future__ import annotations

from collections.abc import Mapping

import networkx as nx
import numpy as np

from sim.errors import Mistake, UserMistakes
from sim.network.ties import LAYERS, PROFESSION, REGION_LINE, Network, Ties, weighted
from sim.network.within import ring_clustering
from sim.population import Attributes, Population
from sim.randomness import identity

MOST_COMPLETE = 3_000
MOST_TEXTBOOK = 200_000


def _refuse_above(most: int, clinics: int, generator: str) -> None:
    if clinics > most:
        found = f"{generator} for {clinics:,} clinics"
        raise UserMistakes(Mistake("network.generator", found, f"Give at most {most:,}, or write generator: clinics"))


def everyone(population: Population) -> Ties:
    """Everyone takes advice from everyone else."""
    size = len(population)
    _refuse_above(MOST_COMPLETE, size, "complete")
    listener, adviser = np.nonzero(~np.eye(size, dtype=np.bool_))
    near = population.region[listener] == population.region[adviser]
    return Ties(listener, adviser, np.where(near, REGION_LINE, PROFESSION).astype(np.int8)).sorted(size)


def textbook(generator: str, clinics: int, named: float, clustering: float, seed: int) -> nx.Graph:
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
    graph: nx.Graph | nx.DiGraph, population: Population, attributes: Attributes, parameters: Mapping[str, float]
) -> Network:
    """The network of a networkx graph whose nodes are the clinics' places 0 … clinics - 1.

    An edge i → j means that i takes advice from j; an undirected edge is two ties. An edge may name its `layer`, one of
    `LAYERS`; otherwise it is the region line within a region and the profession across. Weights are computed anew.

    Raises:
        ValueError: other nodes, an edge from a clinic to itself, parallel edges, or an unknown layer.
    """
    return weighted(named_in(graph, population), population, attributes, parameters)


def named_in(graph: nx.Graph | nx.DiGraph, population: Population) -> Ties:
    """The ties of a networkx graph, sorted; as in `from_networkx`."""
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
    return Ties(ends[:, 0], ends[:, 1], layer).sorted(size)
