"""Which values the variants have: grids, Latin hypercubes and Saltelli's matrices."""

from __future__ import annotations

import itertools
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.randomness import Draws
from sim.sweep import designs
from sim.sweep.plan import Plan
from sim.sweep.tasks import short_names


def plan(design="grid", **factors):
    return Plan.model_validate({"base": "x.yaml", "factors": factors, "design": design, "seed": 5})


@given(st.lists(st.integers(1, 5), min_size=1, max_size=4))
def test_a_grid_is_the_product_in_its_order(lengths):
    """Variant by variant, a grid is what itertools.product gives; its columns say the same."""
    values = [tuple(range(10 * i, 10 * i + length)) for i, length in enumerate(lengths)]
    grid = designs.Grid(tuple(values))
    product = [list(combination) for combination in itertools.product(*values)]
    assert [grid.levels(i) for i in range(len(grid))] == product
    assert np.array_equal(np.stack([grid.column(i) for i in range(len(values))], axis=1), np.array(product))


def test_a_range_is_evenly_spaced_with_both_ends():
    """Steps of a range are numbers as one would write them."""
    assert designs.combinations(plan(a={"uniform": [0.2, 0.8], "steps": 4})).column(0).tolist() == [0.2, 0.4, 0.6, 0.8]


@pytest.mark.parametrize("points", [2, 7, 50, 1000])
def test_a_latin_hypercube_meets_every_share_once(points):
    """In each factor there is exactly one point in each of n equal shares, and the factors are not tied."""
    unit = designs.latin_hypercube(points, [Draws(1, "design", name) for name in "abc"])
    assert np.array_equal(np.sort((unit * points).astype(int), axis=0), np.arange(points)[:, None].repeat(3, axis=1))
    if points == 1000:  # standard error of a correlation is 1 / sqrt(n)
        assert np.abs(np.corrcoef(unit.T) - np.eye(3)).max() < 4 / np.sqrt(points)


def test_sampled_values_follow_their_distributions():
    """A hypercube of a triangular factor has the quantiles of the triangle; a list is met in equal shares."""
    found = designs.combinations(
        plan({"latin_hypercube": 1000}, a={"triangular": [0.0, 0.2, 1.0]}, b=["x", "y", "z", "w"])
    )
    median = 1 - np.sqrt(0.5 * 0.8)  # F(x) = 1 - (1 - x)^2 / 0.8 above the mode
    assert abs(np.median(found.column(0)) - median) < 1 / 1000 * 2
    assert {name: int((found.column(1) == name).sum()) for name in "xyzw"} == dict.fromkeys("xyzw", 250)
    assert found.levels(3) == [found.column(0)[3], found.column(1)[3]]


def test_saltelli_gives_the_sobol_indices_of_ishigami():
    """First-order and total indices of the Ishigami function agree with their closed form.

    Ishigami & Homma 1990, doi:10.1109/ISUMA.1990.151285; a = 7, b = 0.1.
    """
    factors, points = 3, 4096
    x = (2 * designs.saltelli(points, 1, factors) - 1) * np.pi
    y = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    y = y.reshape(points, factors + 2)
    a, mixed, b = y[:, [0]], y[:, 1:-1], y[:, [-1]]
    variance = np.var(np.concatenate([a, b]))
    first = (b * (mixed - a)).mean(axis=0) / variance
    total = 0.5 * ((a - mixed) ** 2).mean(axis=0) / variance
    np.testing.assert_allclose(first, [0.3139, 0.4424, 0.0], atol=0.01)
    np.testing.assert_allclose(total, [0.5576, 0.4424, 0.2437], atol=0.01)


def test_the_same_plan_has_the_same_variants():
    """A design is a function of its seed."""
    one, same = (designs.combinations(plan({"latin_hypercube": 20}, a={"uniform": [0, 1]})) for _ in range(2))
    assert np.array_equal(one.column(0), same.column(0))
    assert one.levels(7) == same.levels(7)
    other = plan({"latin_hypercube": 20}, a={"uniform": [0, 1]}).model_copy(update={"seed": 6})
    assert not np.array_equal(designs.combinations(other).column(0), one.column(0))


def test_a_million_variants_are_not_held():
    """A grid of 10^6 variants takes no memory until it is asked for one."""
    tracemalloc.start()
    grid = designs.combinations(plan(a=list(range(1000)), b=list(range(1000))))
    assert (len(grid), grid.levels(999_999)) == (1_000_000, [999, 999])
    assert tracemalloc.get_traced_memory()[1] < 1e6
    tracemalloc.stop()


def test_columns_have_short_names_that_tell_them_apart():
    """The end of a factor's place names its column; never one that the tables have already."""
    assert short_names(["a.b.x", "a.c.x", "peer_influence", "clinics.regions.Norrdal"]) == [
        "b_x",
        "c_x",
        "peer_influence",
        "Norrdal",
    ]
    assert short_names(["events.1.month"]) == ["month_"]
