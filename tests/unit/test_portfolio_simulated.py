"""The adapter over the engine: strategies that set in later, and the shipped portfolio's own scenarios."""

from __future__ import annotations

from pathlib import Path

import pytest

from portfolio import file
from sim.scenario import Preset, Strategy
from studio.criteria import brought
from studio.forecasts import SimulatedForecast
from studio.forecasts.shifted import later

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@pytest.mark.parametrize("name", ["portfolio_exempelregion", "portfolio_visionsdriven_halsa"])
def test_a_shipped_portfolio_names_strategies_that_its_scenarios_have(name):
    """A scenario may be changed by those who never think of the portfolio; then this fails, not the board's report."""
    board = file.read(SCENARIOS / f"{name}.yaml", brought)
    forecast = SimulatedForecast(board, SCENARIOS)
    for group, one in board.groups.items():
        if one.scenario is not None:
            assert forecast.clinics(group) > 0
            assert forecast.change_capacity(group) > 0


def test_a_strategy_that_sets_in_later_keeps_what_it_says_of_plugins():
    """Moving a strategy adds a phase of waiting and changes nothing else."""
    strategy = Strategy.model_validate({"title": "Egen", "use": "help_it_happen", "plugins": {"vasterbotten": "off"}})
    moved = later(strategy, 6)
    assert moved.plugins == strategy.plugins
    assert moved.title == strategy.title
    assert [phase.use for phase in moved.phases or ()] == [Preset.LET, Preset.HELP]
    assert later(strategy, 0) is strategy
