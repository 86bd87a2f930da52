"""The addressed draws are random along every axis of their address, and depend on nothing but it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from sim.randomness import Draws

MANY = 100_000
ALPHA = 1e-4
"""Chance that a sound generator fails one of these tests; the seed is fixed, so it fails never or always."""
AXES = {"replicate": 0, "clinic": 1, "occurrence": 2}


def along(axis: str, seed: int = 11, count: int = MANY, start: int = 0) -> tuple[NDArray[np.int64] | int, ...]:
    """Addresses that differ on one axis only."""
    address: list[NDArray[np.int64] | int] = [3, 5, 0]
    address[AXES[axis]] = start + np.arange(count)
    return tuple(address)


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("seed", [0, 1, 2**63 - 1])
def test_uniform_along_every_axis(axis: str, seed: int) -> None:
    """Draws whose addresses differ on one axis are uniform on (0, 1), seed 0 included."""
    u = Draws(seed, "test").uniform(*along(axis))
    assert 0 < u.min() < u.max() < 1
    assert stats.kstest(u, "uniform").pvalue > ALPHA
    counts = np.bincount((u * 256).astype(int), minlength=256)
    assert stats.chisquare(counts).pvalue > ALPHA


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("lag", [1, 2, 3, 64])
def test_neighbours_are_independent(axis: str, lag: int) -> None:
    """Neighbouring addresses have uncorrelated draws, and pairs of them fill the square evenly."""
    u = Draws(7, "test").uniform(*along(axis))
    a, b = u[:-lag], u[lag:]
    assert abs(np.corrcoef(a, b)[0, 1]) < stats.norm.isf(ALPHA / 2) / np.sqrt(len(a))
    cells = (a * 16).astype(int) * 16 + (b * 16).astype(int)
    assert stats.chisquare(np.bincount(cells[:: 2 * lag], minlength=256)).pvalue > ALPHA


@pytest.mark.parametrize("other", [(7, "other"), (8, "test"), (7, "test", "x"), (7, "test", 0)])
def test_streams_are_independent(other: tuple[int | str, ...]) -> None:
    """Another seed, purpose or innovation gives draws that have nothing to do with these."""
    seed, *labels = other
    a = Draws(7, "test").uniform(*along("clinic"))
    b = Draws(int(seed), *labels).uniform(*along("clinic"))
    assert abs(np.corrcoef(a, b)[0, 1]) < stats.norm.isf(ALPHA / 2) / np.sqrt(MANY)


@pytest.mark.parametrize("axis", AXES)
def test_each_of_the_64_bits_is_balanced(axis: str) -> None:
    """Every bit is 1 in half of the draws, within a binomial tolerance for 64 looks."""
    bits = Draws(0, "test").bits(*along(axis))
    ones = np.array([np.count_nonzero(bits >> np.uint64(k) & np.uint64(1)) for k in range(64)])
    assert np.abs(ones - MANY / 2).max() < stats.norm.isf(ALPHA / 128) * np.sqrt(MANY / 4)


@pytest.mark.parametrize("axis", AXES)
def test_one_bit_of_the_address_changes_half_of_the_bits(axis: str) -> None:
    """Avalanche: flipping any of the lowest 16 bits of an address flips each output bit with chance one half."""
    base = along(axis, count=4_000)
    place = AXES[axis]
    reference = Draws(3, "test").bits(*base)
    for k in range(16):
        flipped = list(base)
        flipped[place] = base[place] ^ (1 << k)
        change = reference ^ Draws(3, "test").bits(*flipped)
        rate = np.array([np.count_nonzero(change >> np.uint64(b) & np.uint64(1)) for b in range(64)]) / len(change)
        pairs = len(change) / 2  # x and x ^ bit give the same change
        assert np.abs(rate - 0.5).max() < stats.norm.isf(ALPHA / (128 * 16)) * 0.5 / np.sqrt(pairs)


def test_exponential_has_its_moments() -> None:
    """Mean 1, variance 1, and the whole distribution by Kolmogorov-Smirnov."""
    x = Draws(0, "clock").exponential(0, np.arange(MANY)).astype(np.float64)
    assert abs(x.mean() - 1) < stats.norm.isf(ALPHA / 2) / np.sqrt(MANY)
    assert abs(x.var() - 1) < stats.norm.isf(ALPHA / 2) * np.sqrt(8 / MANY)  # Var(sample variance) = (mu4 - 1) / n
    assert stats.kstest(x, "expon").pvalue > ALPHA


def test_normal_has_its_moments() -> None:
    """Mean 0, variance 1, no skewness, kurtosis 3, and the whole distribution."""
    z = Draws(0, "noise").normal(0, np.arange(MANY))
    limit = stats.norm.isf(ALPHA / 2) / np.sqrt(MANY)
    assert abs(z.mean()) < limit
    assert abs(z.var() - 1) < limit * np.sqrt(2)
    assert abs(stats.skew(z)) < limit * np.sqrt(6)
    assert abs(stats.kurtosis(z)) < limit * np.sqrt(24)
    assert stats.kstest(z, "norm").pvalue > ALPHA


def test_no_two_addresses_share_a_draw() -> None:
    """A million addresses give a million different 64-bit numbers (a collision has chance 3e-8)."""
    bits = Draws(1, "test").bits(np.arange(100)[:, None, None], np.arange(100)[:, None], np.arange(100))
    assert len(np.unique(bits)) == bits.size


def test_a_draw_depends_on_its_address_only() -> None:
    """Asked for one by one, in another order or in a larger batch, each address gives the same bits."""
    draws = Draws(5, "test", "x")
    whole = draws.bits(np.arange(7)[:, None], np.arange(50), 2)
    assert whole.shape == (7, 50)
    alone = np.array([[draws.bits(r, c, 2)[0] for c in range(50)] for r in range(7)])
    np.testing.assert_array_equal(whole, alone)
    np.testing.assert_array_equal(draws.bits(np.arange(7)[::-1, None], np.arange(50), 2), whole[::-1])
    np.testing.assert_array_equal(
        draws.exponential(6, np.arange(20, 50), 2), draws.exponential(6, np.arange(50), 2)[20:]
    )


def test_labels_do_not_run_together() -> None:
    """("ab", "c"), ("a", "bc") and the number 1 beside the text "1" are different purposes."""
    names = [("ab", "c"), ("a", "bc"), ("abc",), ("abc", ""), (1,), ("1",)]
    assert len({int(Draws(0, *labels).bits()[0]) for labels in names}) == len(names)
