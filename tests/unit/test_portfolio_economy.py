"""The economy's methods against closed forms and sums done by hand."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from portfolio.board import Portfolio
from portfolio.choice import choose as choosing
from portfolio.economy import acceptability, cashflow, discounting, icer, information, payback, tornado
from portfolio.economy.appraisal import appraise
from portfolio.forecast import Commitment, NoForecast, bass_curve
from portfolio.initiative import Bass
from portfolio.requirements import GATES
from portfolio.unknowns import worth_finding_out

RNG = np.random.default_rng(11)


def test_extended_dominance_needs_a_loop():
    """Taking out one alternative exposes another that was not dominated before."""
    rows = icer.increments(list("abcd"), np.array([0.0, 10, 18, 24]), np.array([0.0, 1, 1.9, 3]))
    assert [(row.name, row.status) for row in rows] == [
        ("a", "on_frontier"),
        ("d", "on_frontier"),
        ("c", "extendedly_dominated"),
        ("b", "extendedly_dominated"),
    ]
    assert rows[1].icer == 8


def test_every_rate_on_the_frontier_rises():
    """Whatever the alternatives, the cost of one more unit rises along the frontier."""
    for _ in range(50):
        cost, effect = RNG.random(8), RNG.random(8)
        rates = [row.icer for row in icer.increments([str(i) for i in range(8)], cost, effect) if row.icer is not None]
        assert rates == sorted(rates)
        assert all(rate > 0 for rate in rates)


def test_of_two_that_are_equal_one_stays():
    """Two alternatives with the same cost and effect: one is kept, so that somebody is on the frontier."""
    rows = icer.increments(["a", "b"], np.array([1.0, 1]), np.array([1.0, 1]))
    assert sorted(row.status for row in rows) == ["dominated", "on_frontier"]


def test_information_is_per_person_or_for_all():
    """What one person's knowledge is worth times the persons of the years, discounted, is what it is worth to all."""
    assert information.population(2.0, 50, 3, 0.03) == pytest.approx(2 * 50 * (1 + 1 / 1.03 + 1 / 1.03**2))


def test_the_likeliest_best_need_not_be_the_best_on_average():
    """With a skewed benefit the acceptability frontier follows the mean, and lies below the highest curve."""
    skewed = np.where(RNG.random(5000) < 0.2, 10.0, -1.0)
    effect = np.stack([np.zeros(5000), skewed], axis=1)
    curves = acceptability.acceptability(np.zeros((5000, 2)), effect, np.array([1.0]))
    assert curves.best[0] == 1
    assert curves.frontier[0] == pytest.approx(0.2, abs=0.03)
    np.testing.assert_allclose(curves.probability.sum(axis=1), 1)


def test_payback_ends_where_the_sum_turns_for_good():
    """Within a year money comes evenly; a later loss puts the payback off; what never comes is infinite."""
    flow = np.array([[-10.0, 5, 5, 5], [10.0, -20, 5, 30], [-10.0, 1, 1, 1], [1.0, 1, 1, 1]])
    np.testing.assert_allclose(payback.payback_years(flow), [3.0, 3 + 5 / 30, np.inf, 0])


def test_an_annuity_pays_off_the_cost():
    """The yearly costs, discounted, sum to the amount."""
    yearly = discounting.annuity(1000, 0.03, 10)
    assert discounting.present_value(np.full(10, yearly), 0.03) == pytest.approx(1000)


def test_a_bass_curve_solves_its_equation():
    """The growth of the curve is (p + q F)(m - m F) at every time, F being its share of the ceiling."""
    bass, years, step = Bass(p=0.03, q=0.4, ceiling=0.8), np.linspace(0, 20, 50), 1e-5
    growth = (bass_curve(bass, years + step) - bass_curve(bass, years - step)) / (2 * step)
    share = bass_curve(bass, years) / bass.ceiling
    np.testing.assert_allclose(growth, (bass.p + bass.q * share) * bass.ceiling * (1 - share), rtol=1e-5)


def test_a_tornado_is_sorted_and_flags_where_the_decision_turns():
    """The longest bar comes first; a bar that crosses zero is flagged."""
    found = tornado.bars(
        lambda given: 1 + 3 * given.get("x", 0) + 0.5 * given.get("y", 0), {"y": (-1, 1), "x": (-1, 1)}
    )
    assert [(bar.input, bar.at_low, bar.at_high, bar.flips) for bar in found] == [
        ("x", -2, 4, True),
        ("y", 0.5, 1.5, False),
    ]


def plain(**more) -> Portfolio:
    """One initiative whose sums can be done by hand."""
    one = {
        "cost": {"fixed_sek": 1000, "per_clinic_sek": 10, "per_year_sek": 120, "per_clinic_year_sek": 6,
                 "change_hours_per_clinic": 8},
        "benefit": {"per_year": {"qaly": 2, "saved_sek": 300, "freed_hours": 40}},
        "clinics": {"g": 5},
    } | more  # fmt: skip
    base = {"years": [2026, 2027], "horizon_years": 3, "groups": {"g": {"clinics": 5}}, "doubt": {"draws": 100}}
    return Portfolio.model_validate(base | {"criteria": {"a": {"weight": 1}}, "initiatives": {"x": one}})


def test_a_cash_flow_is_the_sum_of_its_parts_and_undiscounted():
    """At once in full use from the third quarter: one-off costs in the first year, half of the yearly ones."""
    found = appraise(plain(), Commitment("x", "plan", 2), NoForecast()).flows
    np.testing.assert_allclose(found.cost_sek[0], [1000 + 50 + 60 + 15, 150, 150])
    np.testing.assert_allclose(found.income_sek[0], [150, 300, 300])
    np.testing.assert_allclose(found.qaly[0], [1, 2, 2])
    np.testing.assert_allclose(found.freed_hours[0], [20, 40, 40])
    np.testing.assert_allclose(found.change_hours[0], [40, 0, 0])


def test_freed_time_is_not_money():
    """The net benefit leaves hours out; valued at the wage they are told beside it."""
    found = appraise(plain(), Commitment("x", "plan", 0), NoForecast())
    factors = discounting.discount_factors(0.03, 3)
    money = (np.array([300 - 1050 - 150, 150, 150]) @ factors) + 500_000 * 2 * factors.sum()
    assert found.net_benefit.mean() == pytest.approx(money)
    assert found.net_benefit_with_time.mean() == pytest.approx(money + 450 * (40 * factors.sum() - 40))


def test_break_even_is_where_the_net_benefit_vanishes():
    """Income and health gains times the factor cover the cost exactly."""
    given_ = plain(benefit={"per_year": {"saved_sek": 300}})
    factor = appraise(given_, Commitment("x", "plan", 0), NoForecast()).break_even
    raised = plain(benefit={"per_year": {"saved_sek": 300 * factor}})
    assert appraise(raised, Commitment("x", "plan", 0), NoForecast()).net_benefit.mean() == pytest.approx(0, abs=1e-6)


def test_information_about_one_initiative_is_told_per_patient():
    """The value of knowing all, for all, divided by the patients of the horizon, discounted like they are."""
    doubtful = {"patients_per_year": 20, "per_year": {"saved_sek": {"low": 0, "likely": 500, "high": 1200}}}
    found = appraise(plain(benefit=doubtful), Commitment("x", "plan", 0), NoForecast())
    assert found.evpi > 0
    assert found.evpi_per_person == pytest.approx(found.evpi / information.population(1, 20, 3, 0.03))
    assert set(found.evppi) == {"saved_sek"}
    assert found.evppi["saved_sek"] == pytest.approx(found.evpi, rel=0.1)


def test_inputs_are_named_only_where_they_are_something():
    """An amount that is exactly zero is not an input."""
    assert set(cashflow.inputs_of(plain(benefit={}).initiatives["x"], "plan")) == {
        "fixed_sek",
        "per_clinic_sek",
        "per_year_sek",
        "per_clinic_year_sek",
    }


def test_what_it_is_worth_to_know_within_limits_is_that_of_every_portfolio_within_them():
    """With every choice written out, the worth of knowing before choosing under a budget is the same."""
    doubtful = {"low": 0, "likely": 1, "high": 8}
    costs, gains = {"x": 3.0, "y": 2.0, "z": 2.0}, {"x": doubtful, "y": {"low": 1, "likely": 1, "high": 3}, "z": 1.6}
    given_ = Portfolio.model_validate(
        {
            "years": [2026],
            "horizon_years": 1,
            "discount_rate": 0.0,
            "limits": {"budget_sek": 4.0},
            "criteria": {"a": {"weight": 1}},
            "doubt": {"draws": 1000},
            "initiatives": {
                name: {
                    "gates": dict.fromkeys(GATES, "yes"),
                    "scores": {"a": 3},
                    "cost": {"fixed_sek": costs[name]},
                    "benefit": {"per_year": {"revenue_sek": gains[name]}},
                    "latest": "2026-Q1",
                }
                for name in costs
            },
        }
    )
    ready = choosing.prepared(given_, NoForecast())
    found = worth_finding_out(given_, choosing.choose(ready, given_), NoForecast())
    net = {name: one.net_benefit for name, one in found.appraisals.items()}
    allowed = [some for n in range(4) for some in combinations(costs, n) if sum(costs[name] for name in some) <= 4]
    every = np.stack([sum((net[name] for name in some), np.zeros(1000)) for some in allowed], axis=1)
    expected = every.max(axis=1).mean() - every.mean(axis=0).max()
    assert expected > 0.1
    assert found.within_limits == pytest.approx(expected, rel=1e-9)
    assert found.within_limits != pytest.approx(found.evpi_all, rel=0.01)
    worth = {(one.initiative, one.input): one.within_limits_sek for one in found.unknowns}
    assert max(worth, key=worth.get) == ("x", "revenue_sek")
    assert all(0 <= one <= found.within_limits for one in worth.values())
