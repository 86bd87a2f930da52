"""The network looks like measured ones: degree, shares, clustering, and leaders who are somewhat earlier."""

from __future__ import annotations

from functools import cache
from typing import Any

import networkx as nx
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import spearmanr

from sim import evidence, network, population
from sim.network import NATIONAL, Network, within
from sim.network.choice import Choice
from sim.population import Attributes, Population
from sim.scenario import Scenario

DEFAULTS = {name: estimate.value for name, estimate in evidence.defaults().items()}
SEEDS = range(6)


@cache
def sweden(seed: int, **parameters: float) -> tuple[Population, Attributes, Network]:
    """The 21 regions with this seed."""
    return made("sweden", seed, **parameters)


def made(regions: Any, seed: int = 1, **parameters: float) -> tuple[Population, Attributes, Network]:
    """The clinics of these regions and their ties."""
    question = Scenario.model_validate(
        {
            "clinics": {"regions": regions},
            "innovations": {"a": {}},
            "strategies": {"let": "let_it_happen"},
            "seed": seed,
        }
    )
    values = DEFAULTS | parameters
    people = population.build(question)
    own = population.attributes(people, question, values)
    return people, own, network.build(question, people, own, values)


def clustering(people: Population, net: Network) -> tuple[float, float]:
    """Mean local clustering of the undirected ties within regions, and of all."""
    every = net.to_networkx().to_undirected()
    within = nx.Graph(edge for edge in every.edges if people.region[edge[0]] == people.region[edge[1]])
    within.add_nodes_from(every)
    return nx.average_clustering(within), nx.average_clustering(every)


def months_of_adoption(own: Attributes, seed: int) -> NDArray[np.float64]:
    """Month of adoption under Bass diffusion where all see the mean, with hazards proportional to exp(z).

    p = .02, q = .45 a year, sigma_z = 1; each clinic adopts when its hazard has used up an exponential draw.
    """
    eager = np.exp(own.innovativeness.astype(np.float64))
    left = np.random.default_rng(seed).exponential(size=len(eager)) / (eager / eager.mean())
    month, when = 0, np.full(len(eager), np.inf)
    gone = 0.0
    while np.isinf(when).any():
        gone += (0.02 + 0.45 * np.isfinite(when).mean()) / 12
        when[np.isinf(when) & (left < gone)] = month
        month += 1
    return when


def test_clinics_name_four_others_and_four_fifths_of_them_in_the_region() -> None:
    """Out-degree exactly 4; the share within is .8 with a standard error of .0017 in six populations."""
    shares = []
    for seed in SEEDS:
        people, _, net = sweden(seed)
        assert (net.out_degree == 4).all()
        shares.append((people.region[net.listeners] == people.region[net.adviser]).mean())
    assert np.mean(shares) == pytest.approx(0.8, abs=0.006)


def test_a_number_of_ties_between_two_whole_numbers() -> None:
    """3.5 named ties are 3 or 4, each for half of the clinics (standard error .006)."""
    degree = made({"A": 4000, "B": 4000}, named_ties=3.5)[2].out_degree
    assert set(degree.tolist()) == {3, 4}
    assert degree.mean() == pytest.approx(3.5, abs=0.025)


def test_clustering_within_regions_is_the_parameter_and_overall_about_thirty_per_cent() -> None:
    """Mean over six populations, by networkx."""
    within, overall = np.mean([clustering(*sweden(seed)[::2]) for seed in SEEDS], axis=0)
    assert within == pytest.approx(0.40, abs=0.02)
    assert overall == pytest.approx(0.29, abs=0.02)


@pytest.mark.parametrize("target", [0.35, 0.40, 0.45])
def test_clustering_follows_its_parameter(target: float) -> None:
    """In large regions too, where hardly any triangle closes by chance."""
    people, _, net = made({"A": 2500, "B": 2500}, clustering=target)
    assert clustering(people, net)[0] == pytest.approx(target, abs=0.03)


@pytest.mark.parametrize("ties", [3.0, 6.0, 8.0])
def test_clustering_holds_for_other_numbers_of_ties(ties: float) -> None:
    """From three ties on; two cannot close so many triangles."""
    people, _, net = made({"A": 2500, "B": 2500}, named_ties=ties)
    assert clustering(people, net)[0] == pytest.approx(0.4, abs=0.04)


def setting(clinics: int, seed: int) -> Choice:
    """One region where all are alike."""
    question = Scenario.model_validate(
        {"clinics": {"regions": {"A": clinics}}, "innovations": {"a": {}}, "strategies": {"let": "let_it_happen"}}
    )
    people = population.build(question)
    own = population.attributes(people, question, DEFAULTS)
    return Choice.of(people, own, DEFAULTS | {"prestige_pull": 0.0}, 6.0, seed)


def test_the_ring_is_the_ring_of_watts_and_strogatz() -> None:
    """Clinics that name all their neighbours make networkx's graph without rewiring, up to the names of the nodes."""
    alike = setting(300, seed=1)
    ends = within._neighbours_named(alike, np.full(300, 6), np.full(300, 3))
    spot = within._Ring.of(alike).spot
    ours = nx.Graph(zip(spot[ends[0]].tolist(), spot[ends[1]].tolist(), strict=True))
    textbook = nx.watts_strogatz_graph(300, 6, 0.0)
    assert set(map(frozenset, ours.edges)) == set(map(frozenset, textbook.edges))
    assert nx.average_clustering(ours) == pytest.approx(within.ring_clustering(6))


@pytest.mark.parametrize("share", [0.05, 0.2, 0.5])
def test_rewiring_clusters_as_watts_and_strogatz_do(share: float) -> None:
    """A ring of 2,000, six neighbours, every edge rewired with the same probability: equal within 4 standard errors."""

    def ours(seed: int) -> float:
        alike = setting(2000, seed)
        order = within._Ring.of(alike).order
        listener = np.repeat(order, 3)
        adviser = order[(np.repeat(np.arange(2000), 3) + np.tile([1, 2, 3], 2000)) % 2000]
        by_listener = np.argsort(listener, kind="stable")
        moved = within._referred(alike, listener[by_listener], adviser[by_listener], share)
        return nx.average_clustering(nx.Graph(zip(listener[by_listener].tolist(), moved.tolist(), strict=True)))

    mine = [ours(seed) for seed in range(8)]
    theirs = [nx.average_clustering(nx.watts_strogatz_graph(2000, 6, share, seed=seed)) for seed in range(8)]
    error = np.hypot(np.std(mine, ddof=1), np.std(theirs, ddof=1)) / np.sqrt(8)
    assert np.mean(mine) == pytest.approx(np.mean(theirs), abs=4 * error + 0.001)


def test_the_prestigious_are_named_more_often_and_adopt_somewhat_earlier() -> None:
    """Spearman(in-degree, month) between -.14 and -.25 in Bass diffusion (three adoption data sets)."""
    with_prestige, with_month = [], []
    for seed in SEEDS:
        _, own, net = sweden(seed)
        with_prestige.append(spearmanr(net.in_degree, own.prestige).statistic)
        with_month += [spearmanr(net.in_degree, months_of_adoption(own, 10 * seed + n)).statistic for n in range(3)]
    assert 0.3 < np.mean(with_prestige) < 0.55
    assert -0.25 < np.mean(with_month) < -0.14


def test_without_prestige_pull_in_degree_tells_nothing_but_who_leads() -> None:
    """Inside regions it is unrelated to prestige (standard error .012 in six populations)."""
    found = []
    for seed in SEEDS:
        people, own, net = made("sweden", seed, prestige_pull=0.0)
        inside = people.region[net.listeners] == people.region[net.adviser]
        found.append(spearmanr(np.bincount(net.adviser[inside], minlength=len(people)), own.prestige).statistic)
    assert np.mean(found) == pytest.approx(0, abs=0.05)


def test_leaders_are_a_tenth_and_hear_from_the_whole_country() -> None:
    """They are those of most prestige in their region, and have about three times as many listeners as others."""
    for seed in SEEDS:
        people, own, net = sweden(seed)
        assert own.leader.mean() == pytest.approx(0.1, abs=0.01)
        ratio = net.in_degree[own.leader].mean() / net.in_degree[~own.leader].mean()
        assert 2 < ratio < 4
        assert own.leader[net.adviser[net.layer == NATIONAL]].all()
        assert len(people) == 1201


def test_a_hundred_thousand_clinics_have_the_same_statistics() -> None:
    """Size changes nothing."""
    people, _, net = made({"A": 60_000, "B": 30_000, "C": 10_000})
    assert (net.out_degree == 4).all()
    assert (people.region[net.listeners] == people.region[net.adviser]).mean() == pytest.approx(0.8, abs=0.004)
