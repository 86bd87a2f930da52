"""The programme's stages, support and exit strategy work in the direction that the evaluation tells."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from builders import compared, followed, model

from sim.metrics import Comparison
from sim.model import SpreadModel

PLUGIN = "programme"


def alone(months: int, **settings: Any) -> SpreadModel:
    """One strategy after some months."""
    made = model(plugins={PLUGIN: settings}, months=96, estimates="fixed", strategies={"help": "help_it_happen"})
    return followed(made, months)


def momentum(made: SpreadModel) -> float:
    return float(made.world.programme_momentum.mean())


@pytest.fixture(scope="module")
def endings() -> Comparison:
    """Two years after the money, in the same worlds."""
    help_it = {"use": "help_it_happen"}
    return compared(
        months=84,
        replicates=30,
        estimates="fixed",
        clinics={"regions": {"Norrdal": 24, "Sörvik": 16}},
        plugins={PLUGIN: {}},
        strategies={
            "exit": help_it,
            "late": {**help_it, "plugins": {PLUGIN: {"exit_strategy": "last_year"}}},
            "none": {**help_it, "plugins": {PLUGIN: {"exit_strategy": "none"}}},
        },
    )


def test_momentum_follows_its_equation() -> None:
    """Without support, stages or exit m = d - (d - m0) e^(-b t), within the error of monthly steps."""
    bare = {"stages": [60], "open_meetings": False, "coaching": False, "exit_strategy": "none", "calibration": False}
    assert momentum(alone(24, **bare)) == pytest.approx(0.7 - (0.7 - 0.15) * np.exp(-0.6 * 2), abs=0.01)


def test_a_hard_change_stops_the_support_and_costs_momentum() -> None:
    """Six months around the change 60 % of the time is gone; a seamless one takes a tenth."""
    hard, seamless = (alone(16, change=change) for change in ("hard", "seamless"))
    assert hard.world.programme_lost[0, 0] == pytest.approx(6 * 0.6)
    assert seamless.world.programme_lost[0, 0] == pytest.approx(6 * 0.1)
    assert momentum(hard) < momentum(seamless)
    during = alone(13, change="hard", calibration=False)
    assert during.world.bought_share[0, 0] == pytest.approx(0.4)


def test_calibration_costs_some_momentum_and_gives_more_later() -> None:
    """After its seven months less has gathered than without it, at the end of the programme more."""
    early, late = ({on: momentum(alone(m, calibration=on)) for on in (False, True)} for m in (15, 60))
    assert early[True] < early[False]
    assert late[True] > late[False]


@pytest.mark.parametrize("support", ["open_meetings", "coaching", "planning_grant"])
def test_support_gathers_actors_sooner(support: str) -> None:
    """After three years more has gathered with it than without."""
    assert momentum(alone(36)) > momentum(alone(36, **{support: False}))


def test_what_is_not_anchored_disappears(endings: Comparison) -> None:
    """Asked from the start permanent actors carry most, in the last year some, otherwise nothing."""
    anchored = {name: made.final["programme.anchored"].mean() for name, made in endings.strategies.items()}
    assert anchored["exit"] > anchored["late"] > anchored["none"] == 0
    left = {name: made.final["programme.momentum"].mean() for name, made in endings.strategies.items()}
    assert left["exit"] > left["late"] > left["none"]


def test_bought_support_goes_on_at_the_anchored_share(endings: Comparison) -> None:
    """After the end the levers cost the share that permanent actors carry; without an exit strategy nothing."""
    made = alone(62)
    assert made.world.bought_share[0, 0] == pytest.approx(made.world.programme_anchored[0, 0])
    ended = endings.strategies["none"].final["support_end_month"]
    assert (ended == 60).all()
    assert np.isinf(endings.strategies["exit"].final["support_end_month"]).all()


def test_the_grant_is_five_million_a_year(endings: Comparison) -> None:
    """With the programme the levers cost 25 million more than the same levers for five years."""
    without = compared(
        months=84,
        replicates=30,
        estimates="fixed",
        clinics={"regions": {"Norrdal": 24, "Sörvik": 16}},
        plugins={PLUGIN: {}},
        parameters={"programme.seamless_change": 0.0, "programme.grant_sek": 0.0},
        strategies={"none": {"use": "help_it_happen", "plugins": {PLUGIN: {"exit_strategy": "none"}}}},
    )
    with_grant = compared(
        months=84,
        replicates=30,
        estimates="fixed",
        clinics={"regions": {"Norrdal": 24, "Sörvik": 16}},
        plugins={PLUGIN: {}},
        parameters={"programme.seamless_change": 0.0},
        strategies={"none": {"use": "help_it_happen", "plugins": {PLUGIN: {"exit_strategy": "none"}}}},
    )
    cost = [made.strategies["none"].final["cost_levers_sek"] for made in (with_grant, without)]
    np.testing.assert_allclose(cost[0] - cost[1], 25e6, rtol=1e-6)
