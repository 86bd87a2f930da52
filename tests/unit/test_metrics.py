"""What a run reports: order statistics, paired differences, ties, months to a share, and the shape of the summary."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from builders import compared
from hypothesis import given
from hypothesis import strategies as st

from sim.metrics import METRICS, PARTS, difference, months_to, probability_positive, quantile

INF = np.inf


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([3, 1, 2], 0.5, 2),
        ([4, 3, 2, 1], 0.5, 2),  # the lower of the two in the middle, not 2.5
        ([1, 2, INF, INF], 0.5, 2),
        ([1, INF, INF, INF], 0.5, INF),
        ([1, INF, INF, INF], 0.25, 1),
        ([INF, INF], 0.05, INF),
        ([-INF, 0, INF], 0.5, 0),
        ([7], 0.95, 7),
        (list(range(1, 21)), 0.05, 1),
        (list(range(1, 21)), 0.95, 19),
        (list(range(1, 101)), 0.95, 95),
    ],
)
def test_quantiles_are_values_that_occurred(values: list[float], share: float, expected: float) -> None:
    """The smallest value with at least this share of the replicates at or below it; nothing is interpolated."""
    assert quantile(np.array(values, float), share) == expected


@given(
    st.lists(st.floats(-1e9, 1e9) | st.just(INF), min_size=1, max_size=60),
    st.sampled_from([0.05, 0.25, 0.5, 0.75, 0.95]),
)
def test_quantile_is_the_order_statistic(values: list[float], share: float) -> None:
    """Against sorting and counting: rank ceil(share n)."""
    hundredths = round(share * 100)
    rank = -(-len(values) * hundredths // 100)
    assert quantile(np.array(values), share) == sorted(values)[rank - 1]


def test_two_that_never_happened_are_a_tie() -> None:
    """Never minus never is 0, never minus 5 is inf, 5 minus never is -inf; the inputs stay as they were."""
    a, b = np.array([INF, INF, 5.0, 7.0]), np.array([INF, 5.0, INF, 4.0])
    np.testing.assert_array_equal(difference(a, b), [0, INF, -INF, 3])
    assert a[0] == INF
    assert b[0] == INF


def test_a_tie_counts_half() -> None:
    """P(> 0) + half P(= 0): two wins, one tie and one loss in four are .625; never both is .5."""
    assert probability_positive(np.array([3.0, INF, 0.0, -INF])) == pytest.approx(0.625)
    assert probability_positive(np.zeros(3)) == pytest.approx(0.5)


def test_months_to_a_share_is_the_first_month_with_it() -> None:
    """At once, in month 2, never, and the first time where it falls back and rises again."""
    curve = np.float32([[0.5, 0.6, 0.7], [0, 0.49, 0.5], [0, 0.1, 0.2], [0, 0.5, 0.1]])
    np.testing.assert_array_equal(months_to(curve, 0.5), [0, 2, INF, 1])


@pytest.mark.parametrize("clinics", [10, 20, 30, 40, 70, 110, 1200])
@pytest.mark.parametrize("percent", [10, 50, 80])
def test_exactly_the_share_is_enough(clinics: int, percent: int) -> None:
    """The least whole number of clinics that is the share counts as having reached it, without rounding trouble."""
    users = -(-clinics * percent // 100)
    curve = np.array([[(users - 1) / clinics, users / clinics]]).astype(np.float32)
    assert months_to(curve, percent / 100).tolist() == [1]


@pytest.fixture(scope="module")
def summary() -> dict[str, Any]:
    """Two strategies, two innovations."""
    made = compared(
        strategies={"let": "let_it_happen", "make": "make_it_happen"},
        innovations={"b": {"begins": {"region": "Norrdal", "clinics": 2}}, "a": {}},
        months=6,
    )
    found: dict[str, Any] = made.summary()
    return found


def test_the_summary_has_the_agreed_shape(summary: dict[str, Any]) -> None:
    """Keys and their order are a promise to those who read the JSON."""
    about = ["scenario", "key", "seed", "replicates", "months", "clinics"]
    assert list(summary) == [*about, "strategies", "differences", "curves", "innovations"]
    assert list(summary["strategies"]) == ["let", "make"]
    for metrics in summary["strategies"].values():
        assert [m for m in metrics if m in METRICS] == list(METRICS)
        assert set(metrics) - set(METRICS) <= set(PARTS)
        assert all(list(bands) == ["median", "p5", "p25", "p75", "p95"] for bands in metrics.values())
    assert list(summary["differences"]) == ["let-make"]
    assert list(summary["differences"]["let-make"]) == list(METRICS)
    for bands in summary["differences"]["let-make"].values():
        assert list(bands) == ["median", "p5", "p95", "probability_positive"]
    for curves in summary["curves"].values():
        assert curves["month"] == list(range(7))
        assert list(curves)[:5] == ["month", "reach", "sustained", "nominal", "abandoned"]
        bands = [curves[name] for name in curves if name != "month"]
        assert all(list(band) == ["median", "p5", "p95"] for band in bands)
        assert all(len(values) == 7 for band in bands for values in band.values())
    assert list(summary["innovations"]) == ["b", "a"]
    for one in summary["innovations"].values():
        assert list(one) == ["strategies", "differences", "curves"]


def test_the_summary_is_strict_json(summary: dict[str, Any]) -> None:
    """What never happened is null: no NaN, no Infinity, and reading it back gives the same."""
    assert json.loads(json.dumps(summary, allow_nan=False)) == summary
    assert summary["strategies"]["let"]["months_to_80"]["median"] is None


def test_quantiles_rise(summary: dict[str, Any]) -> None:
    """p5 <= p25 <= median <= p75 <= p95 for every metric, null being the largest."""
    for metrics in summary["strategies"].values():
        for name, bands in metrics.items():
            rising = [INF if bands[k] is None else bands[k] for k in ("p5", "p25", "median", "p75", "p95")]
            assert rising == sorted(rising), name


def test_differences_are_paired() -> None:
    """The median of the differences is taken replicate by replicate, and a strategy against itself is a tie."""
    made = compared(
        strategies={"a": "let_it_happen", "b": "make_it_happen", "c": "let_it_happen"}, replicates=9, months=36
    )
    a, b = (made.strategies[name].final["reach"] for name in "ab")
    found = made.summary()["differences"]
    assert list(found) == ["a-b", "a-c", "b-c"]
    assert found["a-b"]["reach"]["median"] == pytest.approx(sorted(a - b)[4])
    ties = {"median": 0, "p5": 0, "p95": 0, "probability_positive": 0.5}
    assert all(bands == ties for bands in found["a-c"].values())


def test_the_chance_of_the_goal_is_a_share_of_worlds() -> None:
    """The goal is met where reach was at least so high in some month up to the one named."""
    made = compared(goal={"reach": 0.3, "by_month": 30}, months=36, replicates=40)
    met = (made.strategies["let"].curves["reach"][:, :31] >= np.float32(0.3)).any(axis=1)
    assert made.goal_probability() == {"let": met.mean()}
    assert 0 < met.mean() < 1
    assert compared().goal_probability() == {}
