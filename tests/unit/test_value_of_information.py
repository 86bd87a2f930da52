"""What knowing more is worth, beside closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom, norm

from sim.api import value_of_information

RNG = np.random.default_rng(11)


def normal_perfect(mean: float, sd: float) -> float:
    """EVPI of doing or not when net benefit is normal (unit normal loss)."""
    z = abs(mean) / sd
    return float(sd * (norm.pdf(z) - z * norm.sf(z)))


def test_perfect_information_of_a_normal_benefit_is_known():
    """The estimate agrees with the unit normal loss within five standard errors."""
    net = 3.0 + 10.0 * RNG.standard_normal(200_000)
    found = value_of_information.perfect(np.stack([np.zeros_like(net), net], axis=1))
    assert found == pytest.approx(normal_perfect(3, 10), abs=0.06)


def test_partial_information_of_a_linear_benefit_is_known():
    """With net benefit a X + b Y, knowing X is worth what a benefit with X's part of the doubt would be."""
    x, y = RNG.standard_normal((2, 40_000))
    net = np.stack([np.zeros_like(x), 2.0 + 6.0 * x + 8.0 * y], axis=1)
    assert value_of_information.partial(net, x) == pytest.approx(normal_perfect(2, 6), abs=0.12)
    assert value_of_information.partial(net, y) == pytest.approx(normal_perfect(2, 8), abs=0.15)
    assert value_of_information.partial(net, np.stack([x, y], 1)) == pytest.approx(
        value_of_information.perfect(net), abs=0.1
    )
    assert value_of_information.partial(net, RNG.standard_normal(40_000)) == pytest.approx(0, abs=0.05)


def test_partial_information_sees_through_a_bend():
    """An input that matters only by its square has no linear effect, yet knowing it is worth all there is."""
    x = RNG.standard_normal(20_000)
    net = np.stack([np.zeros_like(x), 4.0 * (x**2 - 1)], axis=1)
    assert value_of_information.partial(net, x) == pytest.approx(value_of_information.perfect(net), rel=0.02)


def test_what_an_idle_input_seems_to_be_worth_is_known():
    """An input that matters is worth more than every shuffle of it; of forty idle ones few pass nine in ten."""
    x, *idle = RNG.standard_normal((41, 400))
    net = np.stack([np.zeros_like(x), 1.0 + 6.0 * x + 8.0 * RNG.standard_normal(400)], axis=1)
    orders = np.array([RNG.permutation(400) for _ in range(50)])
    by_chance = value_of_information.by_chance(net, x, orders)
    assert value_of_information.partial(net, x) > by_chance.max()
    passing = sum(value_of_information.partial(net, one) > np.quantile(by_chance, 0.9) for one in idle)
    assert passing <= binom.ppf(0.999, 40, 0.2)  # the quantile itself is known from fifty shuffles only
