"""Over what share of the assumptions a conclusion holds: cases made up so that the answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.conclusions import Assumptions, hangs_on, is_open, order_of, share_positive, variance_of, without_luck


def drawn(draws: int, worlds: int = 2, **values: np.ndarray) -> Assumptions:
    return Assumptions(np.repeat(np.arange(draws), worlds), values or {"any": np.arange(draws, dtype=float)})


def worlds_of(expected: np.ndarray, luck: float, seed: int, worlds: int = 2) -> np.ndarray:
    """A number in every world: what its draw leads one to expect, and luck."""
    noise = np.random.default_rng(seed).normal(0, luck, len(expected) * worlds)
    return np.repeat(expected, worlds) + noise


@pytest.mark.parametrize("luck", [0.0, 0.3, 1.0, 2.0])
@pytest.mark.parametrize("middle", [-0.5, 0.0, 0.8416, 1.5])
def test_the_share_of_normal_assumptions_is_known(middle: float, luck: float) -> None:
    """Expected differences N(middle, 1) are above 0 in a share of Phi(middle), however large luck is.

    Counting worlds would give Phi(middle / sqrt(1 + luck^2)): .66 and not .80 for middle .84 and luck 2.
    """
    many = 20_000
    expected = middle + np.random.default_rng(1).normal(0, 1, many)
    found = share_positive(worlds_of(expected, luck, seed=2), drawn(many))
    # the error of the mean and of the variances, each of the order of (1 + luck^2) / sqrt(many), moves Phi by less
    tolerance = 4 * np.sqrt((1 + luck**2) / many) * (1 + luck**2)
    assert found == pytest.approx(stats.norm.cdf(middle), abs=tolerance)


def test_two_kinds_of_assumptions_are_counted_as_they_are() -> None:
    """Where 70 % of the assumptions give +1 and the others -1, and luck is small, the share is .70, not a normal's."""
    expected = np.where(np.arange(1000) % 10 < 7, 1.0, -1.0)
    assert share_positive(worlds_of(expected, 0.1, seed=3), drawn(1000)) == pytest.approx(0.7, abs=0.002)


def test_luck_alone_is_no_verdict() -> None:
    """Without any difference in expectation the share is a half on average, and seldom at 0 or 1."""
    found = [share_positive(worlds_of(np.zeros(100), 1.0, seed), drawn(100)) for seed in range(400)]
    assert np.mean(found) == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(400))
    assert np.mean([0.05 < share < 0.95 for share in found]) > 0.8


def test_a_hundred_draws_are_enough() -> None:
    """With 100 draws and luck as large as the assumptions, the share is right on average and within .15."""
    found = []
    for seed in range(200):
        expected = 0.8416 + np.random.default_rng((5, seed)).normal(0, 1, 100)
        found.append(share_positive(worlds_of(expected, 1.0, (6, seed)), drawn(100)))
    assert np.mean(found) == pytest.approx(0.8, abs=0.015)
    assert np.quantile(np.abs(np.array(found) - 0.8), 0.95) < 0.15


def test_luck_and_assumptions_are_told_apart() -> None:
    """Variances of the two sources are found, also where the last draw has one world only."""
    expected = np.random.default_rng(7).normal(0, 3, 20_000)
    values = worlds_of(expected, 2.0, seed=8)[:-1]
    assumptions = Assumptions(np.repeat(np.arange(20_000), 2)[:-1], {"any": expected})
    found = variance_of(values, assumptions)
    assert found.luck == pytest.approx(4, rel=0.05)
    assert found.assumptions == pytest.approx(9, rel=0.05)
    assert np.var(without_luck(values, assumptions), ddof=1) == pytest.approx(found.assumptions)


def test_always_is_always_and_a_tie_is_a_half() -> None:
    """Differences that never change their sign hold everywhere; no difference at all is a half."""
    assert share_positive(np.full(40, 2.0), drawn(20)) == 1
    assert share_positive(np.full(40, -2.0), drawn(20)) == 0
    assert share_positive(np.zeros(40), drawn(20)) == 0.5


def test_with_few_draws_nothing_is_said() -> None:
    """Fewer than ten draws, nothing drawn, or one world a draw: no share, no order, nothing that it hangs on."""
    ones = np.ones(18)
    for assumptions in (drawn(9), Assumptions(np.repeat(np.arange(20), 1), {"any": ones}), Assumptions(np.arange(18))):
        values = np.ones(len(assumptions.draw))
        assert share_positive(values, assumptions) is None
        assert order_of({"a": values, "b": values + 1}, assumptions).holds is None
        assert hangs_on(values, assumptions) == {}
    assert order_of({"a": ones, "b": ones + 1}, None).best_first == ("b", "a")


def test_the_order_holds_where_every_step_of_it_does() -> None:
    """A beats b under 3/4 of the assumptions and c always comes last; with luck the share stays."""
    high = np.arange(800) % 4 < 3
    values = {
        "c": worlds_of(np.zeros(800), 0.05, seed=1),
        "b": worlds_of(np.where(high, 1.0, 3.0), 0.05, seed=2),
        "a": worlds_of(np.full(800, 2.0), 0.05, seed=3),
    }
    found = order_of(values, drawn(800))
    assert found.best_first == ("a", "b", "c")
    assert found.holds == pytest.approx(0.75, abs=0.01)
    assert found.first == pytest.approx({"a": 0.75, "b": 0.25, "c": 0.0}, abs=0.01)
    assert found.is_open


def test_what_a_conclusion_hangs_on_is_named() -> None:
    """The parameter behind the difference comes first, one that pulls the other way is negative, others are not."""
    draws = np.random.default_rng(9)
    others = {f"p{i}": draws.random(200) for i in range(80)}
    values = others | {"much": draws.random(200), "less": draws.random(200), "fixed": np.ones(200)}
    difference = worlds_of(3 * values["much"] ** 3 - values["less"], 0.3, seed=10)
    found = hangs_on(difference, drawn(200, **values))
    assert list(found) == ["much", "less"]
    assert found["much"] > 0.5
    assert found["less"] < 0
    rank = stats.spearmanr(difference.reshape(200, 2).mean(axis=1), values["much"]).statistic
    assert found["much"] == pytest.approx(rank)


def test_luck_seldom_seems_to_be_a_cause() -> None:
    """Among 100 parameters that do nothing, one is named in about 1 of 100 cases."""
    named = 0
    for seed in range(200):
        draws = np.random.default_rng((11, seed))
        assumptions = drawn(100, **{f"p{i}": draws.random(100) for i in range(100)})
        named += bool(hangs_on(draws.normal(0, 1, 200), assumptions))
    assert named <= stats.binom.ppf(0.9999, 200, 0.01)


@pytest.mark.parametrize(
    ("worlds", "draws", "verdict"),
    [
        (0.9, None, False),
        (0.79, None, True),
        (0.1, None, False),
        (0.9, 0.79, True),
        (0.79, 0.9, True),
        (0.9, 0.1, True),
    ],
)
def test_open_is_what_worlds_or_assumptions_leave_open(worlds: float, draws: float | None, verdict: bool) -> None:
    """Below 80 % of the worlds or of the draws, or where the two disagree."""
    assert is_open(worlds, draws) is verdict


def test_ranks_of_equals_are_their_mean() -> None:
    """A correlation is Spearman's, as scipy gives it, where values occur several times as well."""
    rng = np.random.default_rng(3)
    values = {"a": rng.integers(0, 4, 60).astype(float), "b": rng.normal(size=60)}
    seen = np.repeat(np.round(values["a"] + rng.normal(0, 0.3, 60)), 2)
    found = hangs_on(seen, drawn(60, **values))
    assert list(found) == ["a"]
    assert found["a"] == pytest.approx(stats.spearmanr(values["a"], seen[::2]).statistic, abs=1e-12)
