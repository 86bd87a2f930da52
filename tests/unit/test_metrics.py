"""What a run reports: order statistics, paired differences, ties, months to a share, and the shape of the summary."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from builders import compared
from hypothesis import given
from hypothesis import strategies as st

from sim.metrics import (
    MEASURES,
    METRICS,
    Comparison,
    difference,
    months_to,
    probability_positive,
    quantile,
    ratio,
    sustained_after,
)

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


def test_what_is_unknown_takes_no_part_in_a_quantile() -> None:
    """NaN is left out, and where nothing is known there is no quantile."""
    assert quantile(np.array([np.nan, 3.0, 1.0, np.nan, 2.0]), 0.5) == 2
    assert np.isnan(quantile(np.full(4, np.nan), 0.5))


def test_what_is_left_after_support_by_hand() -> None:
    """The sustained share 12 and 24 months after the end; unknown where support never ended or the end is too near."""
    sustained = np.arange(4 * 37, dtype=np.float32).reshape(4, 37)
    found = sustained_after(sustained, np.array([6.0, 20.0, 30.0, INF]))
    np.testing.assert_array_equal(found["sustained_12_after_support"], [18, 37 + 32, np.nan, np.nan])
    np.testing.assert_array_equal(found["sustained_24_after_support"], [30, np.nan, np.nan, np.nan])


def test_a_ratio_without_gain_has_no_end() -> None:
    """Cost for each unit gained, and inf where nothing was gained."""
    np.testing.assert_array_equal(ratio(np.array([10.0, 10.0]), np.array([4.0, 0.0])), [2.5, INF])


HELPED = [
    ({"phases": [{"use": "help_it_happen", "until": {"month": 8}}, {"use": "let_it_happen"}]}, [], 8),
    ("help_it_happen", [{"month": 10, "funding_ends": {"transition_plan": True}}], 10),
    ({"use": "make_it_happen", "levers": {"mandate": {"from_month": 3, "lift_month": 9}}}, [], 9),
    ({"use": "make_it_happen", "levers": {"training": 1}}, [{"month": 6, "mandate_lifts": {}}], INF),
    ("help_it_happen", [], INF),
    ("let_it_happen", [], INF),
]


@pytest.mark.parametrize(("strategy", "events", "month"), HELPED)
def test_support_ends_when_the_last_lever_or_mandate_does(strategy: Any, events: list[Any], month: float) -> None:
    """By a phase, by the end of funding, by a lift; never while something is in force, nor where nothing ever was."""
    made = compared(strategies={"s": strategy}, events=events, replicates=3, months=24)
    found = made.strategies["s"]
    assert found.final["support_end_month"].tolist() == [month] * 3
    told = made.summary()["strategies"]["s"]
    if month < INF:
        later = found.curves["sustained"][:, int(month) + 12]
        np.testing.assert_array_equal(found.final["sustained_12_after_support"], later)
        assert told["sustained_12_after_support"]["median"] == pytest.approx(quantile(later, 0.5))
    assert (told["sustained_12_after_support"]["median"] is None) == (month == INF)
    assert told["sustained_24_after_support"]["median"] is None


def test_support_ends_in_each_world_for_itself() -> None:
    """A phase that ends by reach ends in different months, and each world is followed from its own."""
    phases = [{"use": "help_it_happen", "until": {"reach": 0.3}}, {"use": "let_it_happen"}]
    found = compared(strategies={"s": {"phases": phases}}, replicates=12, months=60).strategies["s"]
    ends = found.final["support_end_month"]
    reach, rows = found.curves["reach"], np.flatnonzero(np.isfinite(ends))
    assert len(set(ends[rows])) > 1
    assert all((reach[row, int(ends[row])] >= np.float32(0.3)) for row in rows)


def test_cost_for_what_was_gained() -> None:
    """Cost per clinic in ordinary operation and per QALY, with several innovations over all of them together."""
    innovations = {
        "a": {"begins": {"region": "Norrdal", "clinics": 5, "stage": "sustained"}, "benefit": {"qaly_per_year": 0.5}},
        "b": {"begins": {"region": "Norrdal", "clinics": 4, "stage": "sustained"}},
    }
    made = compared(innovations=innovations, replicates=6)
    result = made.strategies["let"]
    for each, number in ((result, 2), (result.innovations["a"], 1)):
        operating = np.rint(each.final["sustained"] * made.clinics * number)
        np.testing.assert_allclose(each.final["cost_per_sustained_sek"] * operating, each.final["cost_sek"])
        np.testing.assert_allclose(each.final["cost_per_qaly_sek"] * each.final["qaly"], each.final["cost_sek"])
    assert np.isinf(result.innovations["b"].final["cost_per_qaly_sek"]).all()


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
    assert list(summary) == [*about, "strategies", "differences", "curves", "innovations", "orders", "assumptions"]
    assert list(summary["strategies"]) == ["let", "make"]
    for metrics in summary["strategies"].values():
        assert [m for m in metrics if m in METRICS] == list(METRICS)
        assert list(metrics) == list(MEASURES)
        assert all(list(bands) == ["median", "p5", "p25", "p75", "p95"] for bands in metrics.values())
    assert list(summary["differences"]) == ["let-make"]
    assert list(summary["differences"]["let-make"]) == list(METRICS)
    for bands in summary["differences"]["let-make"].values():
        known = ["median", "p5", "p95", "probability_positive", "draws_positive", "open", "hangs_on"]
        assert list(bands) == known
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
    ties = {"median": 0, "p5": 0, "p95": 0, "probability_positive": 0.5, "draws_positive": None}
    assert all(bands == ties | {"open": True, "hangs_on": {}} for bands in found["a-c"].values())


def test_the_chance_of_the_goal_is_a_share_of_worlds() -> None:
    """The goal is met where reach was at least so high in some month up to the one named."""
    made = compared(goal={"reach": 0.3, "by_month": 30}, months=36, replicates=40)
    met = (made.strategies["let"].curves["reach"][:, :31] >= np.float32(0.3)).any(axis=1)
    assert made.goal_probability() == {"let": met.mean()}
    assert 0 < met.mean() < 1
    assert compared().goal_probability() == {}


@pytest.fixture(scope="module")
def assumed() -> Comparison:
    """Two strategies under 40 draws of the parameters, on which their difference hangs."""
    drawn = {"internalisation": {"uniform": [0.0, 0.5]}, "peer_influence": {"uniform": [0.1, 0.7]}}
    strategies = {"let": "let_it_happen", "make": "make_it_happen"}
    return compared(strategies=strategies, uncertain=drawn, replicates=80, months=36)


def test_a_difference_says_over_what_share_of_the_assumptions_it_holds(assumed: Comparison) -> None:
    """The share stands beside the worlds', turns round with the pair, and decides what is open."""
    told = assumed.summary()
    reach = told["differences"]["let-make"]["reach"]
    assert (reach["probability_positive"], reach["draws_positive"], reach["open"]) == (0, 0, False)
    let, make = assumed.strategies.values()
    there, back = assumed.concluded(let, make, "sustained"), assumed.concluded(make, let, "sustained")
    assert there.draws is not None
    assert back.draws == pytest.approx(1 - there.draws)
    assert there.reversed.draws == pytest.approx(back.draws)
    assert told["differences"]["let-make"]["sustained"]["draws_positive"] == round(there.draws, 6)
    assert told["orders"]["reach"] == {
        "best_first": ["make", "let"],
        "holds": 1.0,
        "open": False,
        "first": {"make": 1.0, "let": 0.0},
    }
    assert told["assumptions"]["draws"] == 40
    assert told["assumptions"]["drawn"] == ["internalisation", "peer_influence"]
    assert told["assumptions"]["never_seen_in_use"] == ["internalisation"]
    json.dumps(told, allow_nan=False)


def test_what_a_difference_hangs_on_is_found_in_a_run(assumed: Comparison) -> None:
    """Use in name only lasts longer the slower it is internalised, and only under the mandate."""
    found = assumed.hangs_on("make", "let", "nominal")
    assert next(iter(found)) == "internalisation"
    assert found["internalisation"] < -0.5


def test_months_that_never_come_still_have_an_expected_difference(assumed: Comparison) -> None:
    """What is never reached counts as the month after the end, so that the share is known."""
    found = assumed.summary()["differences"]["let-make"]["months_to_80"]
    assert found["draws_positive"] is not None
