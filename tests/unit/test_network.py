"""Who takes advice from whom: sound ties, exact weights, and the same graph through networkx."""

from __future__ import annotations

import doctest
from typing import Any

import networkx as nx
import numpy as np
import pytest

from sim import evidence, network, population
from sim.errors import UserMistakes
from sim.network import LAYERS, NATIONAL, PROFESSION, REFERRAL, REGION_LINE, SCALE, Network, from_networkx, within
from sim.population import Attributes, ClinicRow, Population
from sim.scenario import Scenario

DEFAULTS = {name: estimate.value for name, estimate in evidence.defaults().items()}


def scenario(regions: Any = "sweden", seed: int = 1, **about: Any) -> Scenario:
    """A scenario of these regions with this network."""
    return Scenario.model_validate(
        {
            "clinics": {"regions": regions},
            "network": about,
            "innovations": {"a": {}},
            "strategies": {"let": "let_it_happen"},
            "seed": seed,
        }
    )


def made(
    question: Scenario, rows: list[ClinicRow] | None = None, **parameters: Any
) -> tuple[Population, Attributes, Network]:
    """The clinics of a scenario and their ties."""
    values = DEFAULTS | parameters
    people = population.build(question, tuple(rows) if rows else None)
    own = population.attributes(people, question, values)
    return people, own, network.build(question, people, own, values)


def ties(net: Network) -> set[tuple[int, int]]:
    """Pairs of listener and adviser."""
    return set(zip(net.listeners.tolist(), net.adviser.tolist(), strict=True))


def test_examples_in_the_docstrings() -> None:
    """What the docstrings show is what happens."""
    assert doctest.testmod(within).failed == 0


def test_arrays_are_grouped_by_adviser() -> None:
    """Listeners rise within each adviser; types are those the kernels expect."""
    _, _, net = made(scenario())
    key = net.adviser.astype(np.int64) * len(net) + net.listeners
    assert (np.diff(key) > 0).all()
    assert (net.listeners != net.adviser).all()
    assert [a.dtype for a in (net.listeners_start, net.listeners, net.weight, net.layer)] == ["i8", "i4", "i4", "i1"]
    assert net.in_degree.sum() == net.out_degree.sum() == len(net.listeners) == net.listeners_start[-1]


def test_advisers_are_the_same_ties_the_other_way() -> None:
    """Every clinic's advisers, with the place of each tie."""
    _, _, net = made(scenario())
    start, adviser, tie = net.advisers()
    for clinic in (0, 17, 1200):
        mine = slice(start[clinic], start[clinic + 1])
        assert set(adviser[mine].tolist()) == {j for i, j in ties(net) if i == clinic}
        assert (net.listeners[tie[mine]] == clinic).all()
        assert (net.adviser[tie[mine]] == adviser[mine]).all()


@pytest.mark.parametrize(("leader_weight", "not_invented_here"), [(1.0, 0.7), (0.0, 1.0), (3.0, 0.3)])
def test_weights_are_shares_of_each_listener_times_nu(leader_weight: float, not_invented_here: float) -> None:
    """Worked out clinic by clinic, to half a unit of 2^-20."""
    people, own, net = made(
        scenario(["Gotland", "Kronoberg"]), leader_weight=leader_weight, not_invented_here=not_invented_here
    )
    start, adviser, tie = net.advisers()
    for clinic in range(len(people)):
        mine = slice(start[clinic], start[clinic + 1])
        raw = np.array([1 + leader_weight * own.leader[j] for j in adviser[mine]])
        nu = np.array([1 if people.region[j] == people.region[clinic] else not_invented_here for j in adviser[mine]])
        assert np.abs(net.weight[tie[mine]] - SCALE * raw / raw.sum() * nu).max() <= 0.5 + 1e-6


def test_layers_say_where_a_tie_leads() -> None:
    """The first two stay in the region, the others leave it; national ties lead to opinion leaders."""
    people, own, net = made(scenario())
    same = people.region[net.listeners] == people.region[net.adviser]
    assert (same == np.isin(net.layer, [REGION_LINE, REFERRAL])).all()
    assert own.leader[net.adviser[net.layer == NATIONAL]].all()
    assert set(net.layer.tolist()) == {REGION_LINE, REFERRAL, PROFESSION, NATIONAL}
    assert LAYERS[NATIONAL] == "national"


def test_professional_ties_stay_within_the_kind_where_they_can() -> None:
    """Two kinds in all regions, and a third that is alone with its kind and asks anyone."""
    rows = [ClinicRow(f"R{region}", f"{n}", kind="ab"[n % 2]) for region in range(5) for n in range(30)]
    question = scenario({"csv": "x.csv"})
    people, _, net = made(question, [*rows, ClinicRow("R9", "alone", kind="c")], introduced_share=0.0)
    professional = net.layer == PROFESSION
    listener, adviser = net.listeners[professional], net.adviser[professional]
    alone = people.kinds.index("c")
    ordinary = people.kind[listener] != alone
    assert (people.kind[listener] == people.kind[adviser])[ordinary].all()
    assert net.out_degree[people.kind == alone].tolist() == [4]


def test_a_region_of_one_looks_outside_and_a_population_of_one_region_inside() -> None:
    """Nobody goes without advice as long as there is anyone to ask."""
    people, _, net = made(scenario({"A": 1, "B": 3, "C": 40, "D": 7}))
    lone = net.listeners == people.region_start[0]
    assert lone.sum() == 4
    assert np.isin(net.layer[lone], [PROFESSION, NATIONAL]).all()
    assert (net.out_degree == 4).all()
    people, _, net = made(scenario({"A": 60}))
    assert np.isin(net.layer, [REGION_LINE, REFERRAL]).all()
    assert (net.out_degree == 4).all()


@pytest.mark.parametrize("sizes", [{"A": 1}, {"A": 2}, {"A": 1, "B": 1}, {"A": 3}, {"A": 2, "B": 1}])
def test_very_few_clinics_all_listen_to_all(sizes: dict[str, int]) -> None:
    """No clinic is named twice and none by itself."""
    people, _, net = made(scenario(sizes))
    everyone = range(len(people))
    assert ties(net) == {(i, j) for i in everyone for j in everyone if i != j}


def test_nearly_everyone_may_be_named() -> None:
    """With almost as many ties as clinics everybody has them all, and each once."""
    _, _, net = made(scenario({"A": 20, "B": 30}, ties=45))
    assert (net.out_degree == 45).all()
    assert len(ties(net)) == 45 * 50


def test_ties_of_one_region_do_not_depend_on_another() -> None:
    """Ten centres more in Skåne leave every tie inside Västerbotten as it was."""

    def inside(sizes: dict[str, int]) -> set[tuple[str, str]]:
        people, _, net = made(scenario(sizes))
        region = people.region_index("Västerbotten")
        return {
            (people.names[i], people.names[j]) for i, j in ties(net) if people.region[i] == people.region[j] == region
        }

    known = dict(population.known_regions())
    assert inside(known) == inside(known | {"Skåne": known["Skåne"] + 10})


def test_the_seed_decides() -> None:
    """The same seed gives the same ties, another seed others; 0 is a seed."""
    one, same, other = (made(scenario(["Skåne"], seed=seed))[2] for seed in (0, 0, 1))
    assert ties(one) == ties(same)
    assert len(ties(one) & ties(other)) < 0.2 * len(ties(one))


def test_too_many_ties_are_refused() -> None:
    """A million clinics with a thousand ties each would fill the memory."""
    people = population.build(scenario({"A": 60_000}))
    question = scenario({"A": 60_000}, ties=1000)
    own = population.attributes(people, question, DEFAULTS)
    with pytest.raises(UserMistakes, match=r"network\.ties: 1000 ties of each of 60,000 clinics"):
        network.build(question, people, own, DEFAULTS)


# --- textbook graphs ----------------------------------------------------------------------------------------------


def test_complete_and_none() -> None:
    """Everyone listens to everyone, or nobody to anybody."""
    people, own, net = made(scenario(["Gotland", "Blekinge"], generator="complete"))
    assert ties(net) == set(nx.complete_graph(len(people), nx.DiGraph).edges)
    assert ties(from_networkx(nx.complete_graph(len(people)), people, own, DEFAULTS)) == ties(net)
    assert len(made(scenario(["Gotland"], generator="none"))[2].listeners) == 0


def test_a_complete_graph_of_many_is_refused() -> None:
    """3,000 clinics have nine million ties."""
    with pytest.raises(UserMistakes, match=r"network\.generator: complete for 3,001 clinics"):
        made(scenario({"A": 3001}, generator="complete"))


@pytest.mark.parametrize("generator", ["watts_strogatz", "erdos_renyi"])
def test_textbook_graphs_have_two_ties_for_every_edge(generator: str) -> None:
    """Their mean degree is the number of named ties; the seed decides."""
    _, _, net = made(scenario(generator=generator))
    assert {(j, i) for i, j in ties(net)} == ties(net)
    assert net.out_degree.mean() == pytest.approx(4, abs=0.25)
    assert ties(net) == ties(made(scenario(generator=generator))[2])
    assert ties(net) != ties(made(scenario(generator=generator, seed=2))[2])


def test_textbook_small_world_has_the_wanted_clustering() -> None:
    """Rewired so that (1 - p)^3 C(0) is the parameter."""
    _, _, net = made(scenario({"A": 5000}, generator="watts_strogatz", ties=6))
    assert nx.average_clustering(net.to_networkx().to_undirected()) == pytest.approx(0.4, abs=0.02)


# --- networkx -----------------------------------------------------------------------------------------------------


def test_there_and_back_through_networkx() -> None:
    """The same ties, weights and layers."""
    people, own, net = made(scenario(["Gotland", "Skåne"]))
    back = from_networkx(net.to_networkx(), people, own, DEFAULTS)
    for name in ("listeners_start", "listeners", "weight", "layer"):
        assert (getattr(back, name) == getattr(net, name)).all(), name


def test_a_networkx_edge_points_to_the_adviser() -> None:
    """An edge i → j: i takes advice from j; weight as a share, layer by name."""
    _, _, net = made(scenario({"A": 2}))
    graph = net.to_networkx()
    assert graph.edges[0, 1]["weight"] == pytest.approx(1, abs=1e-6)
    assert graph.edges[0, 1]["layer"] == "region_line"


@pytest.mark.parametrize(
    ("graph", "why"),
    [
        (nx.path_graph(2), "nodes of the graph"),
        (nx.Graph([("a", "b"), ("b", "c")]), "nodes of the graph"),
        (nx.DiGraph([(0, 1), (2, 2)]), "cannot take advice from itself"),
        (nx.MultiGraph([(0, 1), (0, 1), (1, 2)]), "cannot take advice from itself"),
        (nx.DiGraph([(0, 1, {"layer": "rumour"}), (1, 2)]), "unknown layers"),
    ],
)
def test_graphs_that_are_refused(graph: Any, why: str) -> None:
    """Wrong nodes, loops, parallel edges and unknown layers."""
    people, own, _ = made(scenario({"A": 3}))
    with pytest.raises(ValueError, match=why):
        from_networkx(graph, people, own, DEFAULTS)
