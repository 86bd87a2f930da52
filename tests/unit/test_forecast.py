"""Forecasts: the past stays, the future differs, and their quality is measured as in the books."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from sim import ensemble, experiment, observed, strategies
from sim.calibration import posterior, table
from sim.errors import UserMistakes
from sim.forecast import baselines, conditioned, scores
from sim.forecast.from_here import strategies_from
from sim.parameters import draw_of
from tests.builders import scenario, source

SEVERAL = {
    "strategies": {"let": "let_it_happen", "help": "help_it_happen", "make": "make_it_happen", "phased": "phased"}
}
OPEN = {
    **SEVERAL,
    "estimates": "fixed",
    "uncertain": {"external_influence": {"uniform": [0.001, 0.07]}, "ceiling": {"uniform": [0.3, 1.0]}},
    "goal": {"reach": 0.3, "by_month": 24},
}
RNG = np.random.default_rng(12)


def test_the_score_of_a_normal_forecast_is_known():
    """CRPS of N(0, 1) at y is y(2Φ(y) − 1) + 2φ(y) − 1/√π (Gneiting & Raftery 2007)."""
    members = norm.ppf((np.arange(20_000) + 0.5) / 20_000)[:, None]
    weights = np.full(20_000, 1 / 20_000)
    for came in (0.0, 0.7, -2.0):
        exact = came * (2 * norm.cdf(came) - 1) + 2 * norm.pdf(came) - 1 / np.sqrt(np.pi)
        assert scores.crps(members, weights, np.array([came]))[0] == pytest.approx(exact, abs=2e-4)


def test_weights_count_as_repeated_members():
    """A member of twice the weight scores as the same member twice; a single member by its distance."""
    twice = scores.crps(np.array([[0.0], [1.0], [1.0]]), np.full(3, 1 / 3), np.array([0.4]))
    once = scores.crps(np.array([[0.0], [1.0]]), np.array([1 / 3, 2 / 3]), np.array([0.4]))
    assert once == pytest.approx(twice)
    assert scores.crps(np.array([[0.9]]), np.array([1.0]), np.array([0.4]))[0] == pytest.approx(0.5)


def test_bands_hold_as_often_as_they_say():
    """Central bands of an even ensemble hold draws from it so often."""
    members, came = RNG.standard_normal((4_000, 1)), RNG.standard_normal(2_000)
    inside = scores.covered(np.repeat(members, 2_000, axis=1), np.full(4_000, 1 / 4_000), came, 0.9)
    assert inside.mean() == pytest.approx(0.9, abs=0.03)


def test_a_bass_fit_finds_the_curve_that_made_the_figures():
    """Without noise the fitted curve is the true one, beyond the figures too."""
    months = np.arange(0.0, 61.0, 3)
    shares = baselines.bass_curve(months / 12, 0.02, 0.6, 0.8, 0.05)
    ahead = np.array([72.0, 96.0])
    found = baselines.bass(months, shares, ahead)
    assert np.median(found, axis=0) == pytest.approx(baselines.bass_curve(ahead / 12, 0.02, 0.6, 0.8, 0.05), abs=0.005)


def test_the_last_trend_goes_on():
    """A straight line goes on straight; the band of a jagged one widens."""
    months, ahead = np.arange(12.0), np.array([12.0, 15.0, 20.0])
    straight = baselines.last_trend(months, 0.01 * months, ahead)
    assert np.median(straight, axis=0) == pytest.approx(0.01 * ahead, abs=1e-9)
    jagged = baselines.last_trend(months, 0.01 * months + 0.004 * (np.arange(12) % 2), ahead)
    assert np.all(np.diff(jagged.std(axis=0)) > 0)


def test_all_strategies_share_their_past():
    """Until the month in which they part, every strategy from here on is the one that was followed, bit for bit."""
    ready = experiment.prepare(source(**SEVERAL), threads=1)
    plans = strategies_from(ready.scenario, "help", 9)
    assert list(plans) == ["help", "let", "make", "phased"]
    schedules = [strategies.schedule(name, one, 20) for name, one in plans.items()]
    found = ensemble.followed(ready, schedules, np.arange(5), "shared_notes")
    alone = ensemble.followed(ready, [ready.schedules["help"]], np.arange(5), "shared_notes")["help"]
    assert np.array_equal(found["help"].in_use, alone.in_use)
    for one in found.values():
        assert np.array_equal(one.in_use[:, :10], alone.in_use[:, :10])
        assert np.array_equal(one.begun[:, :10], alone.begun[:, :10])
    assert not np.array_equal(found["make"].in_use, alone.in_use)


def test_from_the_start_it_is_the_strategy_itself():
    """A strategy that takes over in month 0 is that strategy."""
    ready = experiment.prepare(source(**SEVERAL), threads=1)
    plans = strategies_from(ready.scenario, "let", 0)
    schedules = [strategies.schedule(name, one, 20) for name, one in plans.items()]
    found = ensemble.followed(ready, schedules, np.arange(5), "shared_notes")
    whole = ensemble.followed(ready, list(ready.schedules.values()), np.arange(5), "shared_notes")
    for name in plans:
        assert np.array_equal(found[name].in_use, whole[name].in_use), name


def test_strategies_with_other_plugins_have_another_past():
    """What cannot be compared from here on is refused, with what to write instead."""
    apart = {"let": "let_it_happen", "other": {"use": "let_it_happen", "plugins": {"vasterbotten": "off"}}}
    with pytest.raises(UserMistakes, match=r"strategies\.other\.plugins"):
        strategies_from(scenario(strategies=apart, plugins={"vasterbotten": {}}), "let", 6)


@pytest.fixture(scope="module")
def made():
    fit = table.prepared(source(**OPEN), strategy="let", simulations=400, threads=2)
    simulated = table.simulated(fit, 12)
    counts = simulated.followed.in_use.sum(axis=2)
    fast = int(np.argsort(counts[:, 12], kind="stable")[-40])
    months = np.arange(13)
    seen = observed.Observed("in_use", (), months, np.full(13, -1), counts[fast].astype(float), np.full(13, 20.0), ())
    found = posterior.posterior(
        fit, simulated, seen, posterior.reference(fit, simulated, seen, draw_of(fit.replicates))
    )
    return fit, conditioned.forecast(fit, found)


def test_the_forecast_begins_where_the_figures_end(made):
    """At the last figure the fan's median is within a clinic of it, and above what was expected before."""
    forecast = made[1]
    now = float(forecast.quantiles(forecast.courses["let"].reach[:, 12], 0.5)[0])
    assert now == pytest.approx(forecast.posterior.observed.shares[-1], abs=0.051)
    assert now > np.median(forecast.before.reach[:, 12])


def test_going_on_as_now_is_the_yardstick(made):
    """Going on differs from itself by nothing, and a mandate gives more reach in most worlds."""
    forecast = made[1]
    assert not forecast.difference("let", "reach").any()
    assert forecast.chance_of_more("let", "reach") == pytest.approx(0.5)
    assert forecast.chance_of_more("make", "reach") > 0.8
    assert 0 <= forecast.chance("let") <= forecast.chance("make") <= 1


def test_shares_stay_shares(made):
    """What the regression moves stays between 0 and 1, and routine use never exceeds use."""
    for course in made[1].courses.values():
        assert course.reach.min() >= 0
        assert course.begun.max() <= 1
        assert (course.sustained <= course.reach).all()
        assert (course.begun >= course.reach).all()


def test_the_effective_sample_is_told(made):
    """Weighted simulations count as fewer than they are, and a forecast from few says that it is thin."""
    fit, forecast = made
    assert 1 < forecast.effective < len(forecast.weights)
    assert forecast.is_thin == (forecast.effective < conditioned.FEW)
    assert len(forecast.weights) == pytest.approx(0.2 * fit.simulations, abs=1)
