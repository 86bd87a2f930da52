"""Posteriors beside closed forms; what is not known is not said to be known."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from sim import observed
from sim.calibration import abc, checking, posterior, statistics, table
from sim.errors import UserMistakes
from sim.parameters import draw_of
from tests.builders import source

RNG = np.random.default_rng(6)


def test_the_posterior_of_a_normal_mean_is_known():
    """With a normal prior and normal data the posterior is normal, with mean s0/(1+v) and variance v/(1+v)."""
    noise, seen, many = 0.5, np.array([1.2]), 40_000
    mean = RNG.standard_normal((many, 1))
    figures = mean + noise * RNG.standard_normal((many, 1))
    accepted = abc.accept(figures, seen, 0.2)
    found = accepted.adjusted(mean[accepted.rows])[:, 0]
    middle = float(accepted.weights @ found)
    spread = float(np.sqrt(accepted.weights @ (found - middle) ** 2))
    assert middle == pytest.approx(1.2 / (1 + noise**2), abs=5 * 0.447 / np.sqrt(accepted.effective))
    assert spread == pytest.approx(np.sqrt(noise**2 / (1 + noise**2)), rel=0.05)
    raw = float(np.sqrt(np.cov(mean[accepted.rows, 0], aweights=accepted.weights)))
    assert spread < raw


def test_the_regression_does_not_reach_beyond_the_simulations():
    """Far outside, the accepted simulations are moved by two of their deviations and no further."""
    mean = RNG.standard_normal((2_000, 1))
    accepted = abc.accept(mean + 0.1 * RNG.standard_normal((2_000, 1)), np.array([40.0]), 0.1)
    assert accepted.adjusted(mean[accepted.rows]).max() < mean.max() + 3


def test_weights_are_epanechnikov_and_count_as_fewer():
    """Weights fall with the square of the distance, sum to 1, and say less than as many equal ones."""
    accepted = abc.accept(np.linspace(-1, 1, 201)[:, None], np.array([0.0]), 0.5)
    inside = accepted.away[:, 0] / accepted.distance
    assert accepted.weights == pytest.approx((1 - inside**2) / (1 - inside**2).sum())
    assert accepted.effective == pytest.approx(len(accepted.rows) * 5 / 6, rel=0.02)  # (2/3)^2 / (8/15)


def test_weighted_quantiles_are_order_statistics():
    """The quantile is a value that occurred, the first that holds the share of the weight."""
    values = np.array([[3.0], [1.0], [2.0]])
    weights = np.array([0.2, 0.5, 0.3])
    assert [float(abc.weighted_quantile(values, weights, share)[0]) for share in (0.05, 0.5, 0.8, 0.81)] == [1, 1, 2, 3]


def test_logits_go_back_and_forth():
    """A value between its bounds comes back; the bounds themselves stay finite."""
    values = np.array([0.2, 1.0, 1.8])
    assert abc.unlogit(abc.logit(values, 0.2, 1.8), 0.2, 1.8) == pytest.approx(values, abs=1e-5)


@pytest.fixture(scope="module")
def invented():
    """Series that a logistic curve gives: pace and ceiling are drawn, and `idle` does nothing."""
    many, clinics, months = 3_000, 60, np.arange(1, 25)
    low, high = np.array([0.05, 0.3, 0.0]), np.array([0.35, 1.0, 1.0])
    parameters = low + (high - low) * RNG.random((many, 3))
    pace, ceiling = parameters[:, 0, None], parameters[:, 1, None]
    share = ceiling / (1 + np.exp(-pace * (np.arange(25) - 14)))
    counts = RNG.binomial(clinics, np.minimum(share, 1))[:, :, None].astype(np.int32)
    followed = SimpleNamespace(in_use=counts, begun=counts)
    seen = observed.Observed(
        "in_use", (), months, np.full(24, -1), counts[7, months, 0].astype(float), np.full(24, 60.0), ()
    )
    fit = SimpleNamespace(low=low, high=high, names=("pace", "ceiling", "idle"))
    made = table.Table(parameters, followed)
    return fit, made, seen, posterior.reference(fit, made, seen, draw_of(np.arange(2 * many)[::2]))


def test_what_the_figures_tell_is_told_apart_from_what_they_do_not(invented):
    """Pace and ceiling become known, each within its band; what does nothing is weakly known and stays as it was."""
    fit, made, seen, ready = invented
    found = {one.name: one for one in posterior.posterior(fit, made, seen, ready).parameters}
    assert found["idle"].known == "weakly"
    assert found["idle"].quantile(0.95) - found["idle"].quantile(0.05) > 0.8
    assert found["ceiling"].known == "well"
    for place, name in enumerate(fit.names[:2]):
        assert found[name].quantile(0.005) <= made.parameters[7, place] <= found[name].quantile(0.995)


def test_a_series_that_the_model_cannot_give_is_outside(invented):
    """Figures that jump up and down are outside; one of the simulations is not."""
    fit, made, seen, ready = invented
    assert not posterior.posterior(fit, made, seen, ready).outside
    jumping = observed.Observed("in_use", (), seen.months, seen.region, np.tile([55.0, 5.0], 12), seen.of, ())
    assert posterior.posterior(fit, made, jumping, ready).outside


def test_ranks_of_true_values_are_even(invented):
    """Simulation-based calibration: ranks are uniform, and bands of 50 and 90 % hold as often as they say."""
    ready = invented[3]
    found = checking.checked(ready, 400)
    for name in ready.names:
        assert found.p_value(name) > 1e-4
        assert found.coverage(name, 0.5) == pytest.approx(0.5, abs=0.1)
        assert found.coverage(name, 0.9) == pytest.approx(0.9, abs=0.06)


def test_the_check_notices_bands_that_are_too_narrow(invented):
    """Without regression's honest spread, here halved, ranks pile up at the ends and the check says so."""
    ready = invented[3]
    rows = np.arange(0, 3_000, 10)
    ranks = []
    for row in rows:
        accepted = abc.accept(ready.values, ready.values[row], 0.2, ready.draw != ready.draw[row])
        adjusted = accepted.adjusted(ready.unbounded[accepted.rows])
        middle = accepted.weights @ adjusted
        ranks.append(accepted.weights @ (middle + (adjusted - middle) / 2 < ready.unbounded[row]))
    narrow = checking.Checked(ready.names, np.array(ranks))
    assert narrow.p_value("idle") < 1e-4
    assert narrow.coverage("idle", 0.9) < 0.8


FITTED = {"estimates": "fixed", "uncertain": {"internalisation": {"uniform": [0.0, 0.5]}}}


def test_what_is_fitted_is_what_the_scenario_leaves_open():
    """By default p, q and m, unless they are set, and what the scenario itself draws; within their ranges."""
    found = table.prepared(source(**FITTED, parameters={"ceiling": 0.9}), simulations=200, threads=1)
    assert found.names == ("external_influence", "peer_influence", "internalisation")
    assert found.low.tolist() == pytest.approx([0.001, 0.0, 0.0])
    assert found.source.scenario.uncertain["peer_influence"].bounds == (0.0, 0.70)
    own = table.prepared(source(**FITTED, parameters={"ceiling": 0.9}), fit=["ceiling"], simulations=200, threads=1)
    assert own.names == ("ceiling",)
    assert "ceiling" not in own.source.scenario.parameters


def test_unknown_names_are_told():
    """A parameter, strategy or innovation that is not there is told with the one that was probably meant."""
    with pytest.raises(UserMistakes) as caught:
        table.prepared(source(), fit=["peer_influense", "known"], strategy="lett", innovation="notes")
    told = {one.place: str(one) for one in caught.value.mistakes}
    assert "Did you mean 'let'?" in told["--strategy"]
    assert "peer_influence" in str(caught.value)
    assert "--innovation" in told


@pytest.fixture(scope="module")
def simulated():
    fit = table.prepared(source(**FITTED), simulations=200, threads=2)
    return fit, table.simulated(fit, 12)


def test_the_table_holds_the_worlds_of_the_scenario(simulated, monkeypatch):
    """A row shows what that replicate shows when the scenario is run whole, to the last clinic."""
    monkeypatch.setenv("INNOMOTOR_STORE", "")
    fit, made = simulated
    whole = fit.experiment.run([fit.experiment.schedules["let"]])["let"]
    assert np.array_equal((made.followed.in_use.sum(axis=2) / 20).astype(np.float32), whole.curves["reach"][:, :13])
    assert (np.diff(made.followed.begun, axis=1) >= 0).all()
    assert (made.followed.begun >= made.followed.in_use).all()


def test_nothing_seen_makes_nothing_known(simulated):
    """Three figures of a roll-out that has not begun leave every parameter weakly known, or known to be low."""
    fit, made = simulated
    seen = observed.Observed("in_use", (), np.arange(3), np.full(3, -1), np.full(3, 2.0), np.full(3, 20.0), ())
    found = posterior.posterior(fit, made, seen, posterior.reference(fit, made, seen, draw_of(fit.replicates)))
    assert {one.known for one in found.parameters} == {"weakly"}


def test_counts_become_logits_that_are_finite():
    """None and all have finite logits, and half has none."""
    assert statistics.logits(np.array([0.0, 10.0, 20.0]), np.full(3, 20.0)) == pytest.approx(
        [-3.7136, 0, 3.7136], abs=1e-4
    )
