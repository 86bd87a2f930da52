"""Two real series, forecast across a change of policy; the full figures come from ``make evidence``."""

from __future__ import annotations

import pytest

from sim.forecast.backtest import OURS, backtest
from tests.evidence.learning import SERIES, calibrated, opened

SIMULATIONS = 300


@pytest.mark.parametrize("name", SERIES)
def test_across_the_change_of_policy_the_model_beats_simple_forecasts(name, record_property):
    """Seen until the policy changes, the model's forecast of what came after beats a Bass fit and the last trend."""
    fit, series, made = opened(name, SIMULATIONS)
    found = backtest(fit, made, series, SERIES[name][1])
    record_property("scores", {who: vars(score) for who, score in found.scores.items()})
    assert found.beats_both
    assert found.scores[OURS].crps < 0.1


def test_posteriors_of_the_engine_hold_what_they_say():
    """Simulated figures of a scenario are taken for observed: the true parameters' ranks are even."""
    found = calibrated("smallest", "help", 18, SIMULATIONS)
    for name in found.names:
        assert found.p_value(name) > 1e-4
        assert found.coverage(name, 0.9) == pytest.approx(0.9, abs=0.07)
