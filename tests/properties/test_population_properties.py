"""What holds for every population: order changes nothing, and a clinic more leaves the others as they were."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import evidence, network, population
from sim.population import ClinicRow
from sim.scenario import Scenario

DEFAULTS = {name: estimate.value for name, estimate in evidence.defaults().items()}

Sizes = st.dictionaries(st.sampled_from(["A", "B", "C", "D"]), st.integers(1, 12), min_size=1)


def scenario(regions: Any, ties: float = 4.0) -> Scenario:
    """A scenario of these regions."""
    return Scenario.model_validate(
        {
            "clinics": {"regions": regions},
            "network": {"ties": ties},
            "innovations": {"a": {}},
            "strategies": {"let": "let_it_happen"},
        }
    )


def rows_of(sizes: dict[str, int]) -> list[ClinicRow]:
    """Clinics of these regions, of two kinds."""
    return [ClinicRow(region, f"{n}", kind="ab"[n % 2]) for region, size in sizes.items() for n in range(size)]


def named_ties(rows: list[ClinicRow], ties: float = 4.0) -> set[tuple[str, str, str, str]]:
    """Who listens to whom, by region and name."""
    question = scenario({"csv": "x.csv"}, ties)
    people = population.build(question, tuple(rows))
    net = network.build(question, people, population.attributes(people, question, DEFAULTS), DEFAULTS)
    name = [(people.regions[region], people.names[place]) for place, region in enumerate(people.region)]
    return {(*name[i], *name[j]) for i, j in zip(net.listeners.tolist(), net.adviser.tolist(), strict=True)}


@settings(max_examples=40, deadline=None)
@given(Sizes, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(sizes: dict[str, int], chance: Any) -> None:
    """The same clinics in another order are the same population with the same ties."""
    rows = rows_of(sizes)
    other = list(rows)
    chance.shuffle(other)
    assert named_ties(rows) == named_ties(other)


@settings(max_examples=60, deadline=None)
@given(Sizes, st.floats(0.3, 30))
def test_ties_are_sound_for_any_sizes(sizes: dict[str, int], ties: float) -> None:
    """Nobody listens to itself or twice to the same; everyone names as many as wanted where there are so many."""
    question = scenario(sizes, ties)
    people = population.build(question)
    net = network.build(question, people, population.attributes(people, question, DEFAULTS), DEFAULTS)
    assert (net.listeners != net.adviser).all()
    assert len(set(zip(net.listeners.tolist(), net.adviser.tolist(), strict=True))) == len(net.listeners)
    most = len(people) - 1
    assert net.out_degree.max() <= min(most, np.ceil(ties))
    assert net.out_degree.min() >= min(most, np.floor(ties))


@settings(max_examples=40, deadline=None)
@given(Sizes, st.integers(1, 5))
def test_clinics_more_in_one_region_leave_the_ties_inside_another(sizes: dict[str, int], more: int) -> None:
    """Ties inside A, B and C do not depend on how many clinics the region Z has, as long as there is room across."""

    def inside(rows: list[ClinicRow]) -> set[tuple[str, str, str, str]]:
        return {tie for tie in named_ties(rows) if tie[0] == tie[2] != "Z"}

    assert inside(rows_of(sizes | {"Z": 5})) == inside(rows_of(sizes | {"Z": 5 + more}))
