"""What a scenario says of its clinics is measured against ordinary clinics; what it leaves open is not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from builders import followed, model, outcome

from sim import evidence
from sim.reference import LEVELS

QUIET = {"months": 24, "replicates": 8, "events": []}


def relative(**changes: Any) -> float:
    """Mean readiness beside that of ordinary clinics, at month 0."""
    spread = model(**QUIET | changes).world.spreads[0]
    return float((spread.readiness / spread.reference_readiness).mean())


def test_clinics_of_which_nothing_is_said_are_ordinary() -> None:
    """Fixed or drawn, their readiness is 1 on average beside themselves."""
    assert relative() == pytest.approx(1, rel=1e-6)
    assert relative(estimates="drawn") == pytest.approx(1, rel=1e-6)


@pytest.mark.parametrize("level", LEVELS)
def test_saying_the_usual_changes_nothing(level: str) -> None:
    """A level that is said to be what it would be anyway gives the same result to the last bit."""
    said = outcome({}, **QUIET, parameters={level: evidence.defaults()[level].value})
    unsaid = outcome({}, **QUIET)
    for name, curve in unsaid.curves.items():
        np.testing.assert_array_equal(said.curves[name], curve)


def test_half_the_capability_is_about_the_root_of_a_half_of_the_readiness() -> None:
    """R goes as the root of the weakest capability: with narrow distributions the ratio is (0.3 / 0.6)^1/2."""
    narrow = {"capability_concentration": 30.0, "capability_correlation": 0.0}
    able, unable = (relative(parameters=narrow | {"capability_mean": mean}) for mean in (0.6, 0.3))
    assert unable / able == pytest.approx(np.sqrt(0.5), abs=0.03)


@pytest.mark.parametrize("level", ["capability_mean", "need_mean", "manager_support_mean", "slack_mean"])
def test_a_system_that_lacks_it_starts_later(level: str) -> None:
    """At the low end of its range fewer begin in two years than at the high end, in the same worlds."""
    known = evidence.defaults()[level]
    low, high = (
        outcome({}, **QUIET, parameters={level: value, "external_influence": 0.07}).curves["reach"][:, -1].mean()
        for value in (max(known.low, 0.01), known.high)
    )
    assert low < high


def test_capabilities_and_slack_of_the_scenario_s_own_clinics_count() -> None:
    """Means by capability set clinics apart as the parameter does."""
    weak = {"clinics": {"regions": {"Norrdal": 12, "Sörvik": 8}, "capability": {"change_leadership": 0.2}}}
    assert relative(**weak) < 0.9
    assert followed(model(**QUIET | weak), 3).world.month == 3
