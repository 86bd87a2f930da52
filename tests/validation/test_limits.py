"""Limits with a closed form or an independent reference: logistic growth, Watts's cascade window, Lindley's queue."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import pytest
from builders import BASS, NEUTRAL, compared, everything_but, followed, model
from scipy import stats

from sim.world import Cells, Stage


@pytest.mark.parametrize("q", [0.6, 1.5])
def test_peers_alone_on_a_complete_graph_are_logistic(q: float) -> None:
    """SI on a complete graph: s e^{qt} / (1 - s + s e^{qt}), with the mean and noise of the month-by-month process.

    Who does not use it hears of users / (n - 1), themselves left out: a factor n / (n - 1) on q.
    """
    clinics, first, replicates, months = 400, 40, 150, 60
    begins = {"shared_notes": {"begins": {"region": "Norrdal", "clinics": first}}}
    layers = {"layer_ties": 1.0, "layer_region": 0.0, "layer_all": 0.0}
    reach = (
        compared(
            threads=2,
            months=months,
            replicates=replicates,
            clinics={"regions": {"Norrdal": clinics}},
            network={"generator": "complete"},
            innovations=begins,
            parameters=NEUTRAL | layers | {"peer_influence": q, "external_influence": 0.0},
            mechanisms=everything_but(*set(BASS) - {"outer_influence"}),
        )
        .strategies["let"]
        .curves["reach"]
        .astype(np.float64)
    )
    share, variance, rate = first / clinics, 0.0, q * clinics / (clinics - 1) / 12
    mean, noise = [share], [0.0]
    for _ in range(months):
        left, stay = 1 - share, np.exp(-rate * share)
        slope = stay + left * stay * rate
        share, variance = share + left * (1 - stay), slope**2 * variance + left * stay * (1 - stay) / clinics
        mean.append(share)
        noise.append(variance)
    deviation = np.sqrt(noise)
    z = stats.norm.isf(1e-4 / 2 / months)
    finite = 0.5 * q * months / 12 * deviation**2  # a finite population lags by variance x curvature
    tolerance = z * deviation / np.sqrt(replicates) + finite + 1e-7
    assert (np.abs(reach.mean(axis=0) - mean) <= tolerance).all()
    growth = np.exp(12 * rate * np.arange(months + 1) / 12)
    logistic = first / clinics * growth / (1 - first / clinics + first / clinics * growth)
    assert np.abs(np.array(mean) - logistic).max() < 0.3 * q / 12  # Euler's error is of the order of the month


WINDOW: dict[str, Any] = {
    "peer_influence": 1200.0,
    "contagion_exponent": 2.0**16,
    "external_influence": 0.0,
    "layer_ties": 1.0,
    "layer_region": 0.0,
    "layer_all": 0.0,
    "threshold_alpha": 0.18 * 20_000,
    "threshold_beta": 0.82 * 20_000,
}
"""Everybody joins once more than 18 % of their neighbours have: one is enough for those with 5 neighbours or fewer."""


@pytest.mark.parametrize(("ties", "inside"), [(0.6, False), (2.0, True), (4.0, True), (9.0, False)])
def test_cascades_run_inside_watts_s_window_only(ties: float, inside: bool) -> None:
    """On a random graph of mean degree z a single clinic moves many only where those moved by one neighbour percolate.

    The window is sum k (k - 1) p_k [k <= 5] > z for a Poisson degree (Watts 2002, doi:10.1073/pnas.082090499); each
    clinic of the largest cluster of the easily moved starts a cascade over all of it, one outside moves hardly anybody.
    """
    degrees = np.arange(1, 6)
    assert (np.sum(degrees * (degrees - 1) * stats.poisson.pmf(degrees, ties)) > ties) == inside
    clinics, worlds = 600, 12
    made = model(
        replicates=worlds,
        months=70,
        clinics={"regions": {"Norrdal": clinics}},
        network={"generator": "erdos_renyi", "ties": ties},
        innovations={"shared_notes": {"begins": {"region": "Norrdal", "clinics": 1}}},
        parameters=NEUTRAL | WINDOW,
        mechanisms=everything_but(*set(BASS) - {"outer_influence"}),
    )
    graph = made.world.network.of(0).to_networkx().to_undirected()
    easy = graph.subgraph([node for node, degree in graph.degree() if degree <= 5])
    cluster = max(nx.connected_components(easy), key=len)
    reached = set().union(cluster, *(graph.neighbors(node) for node in cluster))
    first = [int(np.flatnonzero(row)[0]) for row in made.world.spreads[0].in_use]
    found = followed(made, 70).world.spreads[0].in_use.sum(axis=1) / clinics
    if inside:
        starts_it = np.array([node in reached for node in first])
        assert len(cluster) / clinics > 0.15
        assert starts_it.any()
        assert (found[starts_it] > len(cluster) / clinics * 0.999).all()
        assert (found[~starts_it] < 0.1).all()
    else:
        assert len(cluster) / clinics < 0.1
        assert (found < 0.1).all()


def test_a_queue_with_chance_arrivals_follows_lindley() -> None:
    """The hours that wait before a support function follow W' = max(0, W + new - capacity), month by month.

    Lindley 1952, doi:10.1017/S0305004100027638. Arrivals are the engine's own, at a rate near the capacity.
    """
    clinics, hours, months = 400, 6.0, 60
    made = model(
        replicates=5,
        months=months,
        clinics={"regions": {"Norrdal": clinics}},
        network={"generator": "none"},
        innovations={"x": {"obstacles": {"it": hours}}},
        parameters=NEUTRAL | {"external_influence": 0.5, "peer_influence": 0.0, "support_it": 0.25},
        mechanisms=everything_but("obstacles", "outer_influence", "peer_exposure", "start_hazard", "start"),
    )
    spread, capacity = made.world.spreads[0], 0.25 * clinics
    waiting = np.zeros(5)
    came_before = np.zeros(5)
    busy = 0
    for _ in range(months):
        made.step()
        came = clinics - spread.count[:, Stage.AWARE]
        waiting = np.maximum(0, waiting + hours * (came - came_before) - capacity)
        came_before = came.astype(float)
        busy += int((waiting > 0).any())
        np.testing.assert_array_equal(spread.count[:, Stage.BLOCKED], np.ceil(waiting / hours - 1e-6))
    assert 5 < busy < months  # the queue was there, and it was empty


def test_a_full_queue_is_served_at_its_capacity() -> None:
    """With everybody in line the n-th leaves in month ceil(n hours / capacity): a desk that is never idle."""
    clinics, hours = 100, 7.0
    made = model(
        replicates=1,
        months=60,
        clinics={"regions": {"Norrdal": clinics}},
        innovations={"x": {"obstacles": {"legal": hours}}},
        parameters={"support_legal": 0.5},
        mechanisms=everything_but("obstacles"),
    )
    spread = made.world.spreads[0]
    spread.advance(Cells(np.arange(clinics), clinics), Stage.ADJUSTING)
    for month in range(1, 20):
        made.step()
        assert spread.count[0, Stage.USING] == min(clinics, np.floor(month * 50 / hours))
