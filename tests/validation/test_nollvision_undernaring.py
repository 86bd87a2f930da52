"""Test beds, framing and handover work in the direction that the evaluation tells, by as much as their numbers say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from builders import compared, followed, model

from sim.metrics import Comparison
from sim.model import SpreadModel
from sim.world import Stage

PLUGIN = "nollvision_undernaring"
MEALS = {"meals": {"effort": {"trial_hours": 10, "adjust_hours": 10, "implement_hours": 60}}}


def strategy(**settings: Any) -> dict[str, Any]:
    return {"use": "help_it_happen", "plugins": {PLUGIN: settings}}


def alone(months: int, settings: dict[str, Any] | None = None, **changes: Any) -> SpreadModel:
    """One strategy after some months."""
    asked = {"plugins": {PLUGIN: settings or {}}, "months": 96, "estimates": "fixed", "innovations": MEALS}
    return followed(model(**{**asked, **changes}), months)


def part(made: SpreadModel, name: str) -> Any:
    return next(one for one in made.mechanisms if one.name == f"{PLUGIN}_{name}")


@pytest.fixture(scope="module")
def handovers() -> Comparison:
    return compared(
        months=72,
        replicates=40,
        estimates="fixed",
        innovations=MEALS,
        clinics={"regions": {"Norrdal": 24, "Sörvik": 16}},
        plugins={PLUGIN: {}},
        strategies={name: strategy(handover=name) for name in ("none", "plan", "owner", "shared_budget")},
    )


def test_an_agreement_keeps_units_from_reverting(handovers: Comparison) -> None:
    """Each agreement has fewer reversions than none, and an owner fewer than a plan, in the same worlds."""
    reverted = {name: made.final[f"{PLUGIN}.ever_reverted"] for name, made in handovers.strategies.items()}
    for fewer, more in (("plan", "none"), ("owner", "plan"), ("shared_budget", "none")):
        d = reverted[more] - reverted[fewer]
        assert d.mean() > 2 * d.std(ddof=1) / np.sqrt(len(d))


def test_what_became_of_the_projects_is_all_of_reach(handovers: Comparison) -> None:
    """Taken over, still a project and nobody's are together those in use."""
    for made in handovers.strategies.values():
        parts = sum(made.final[f"{PLUGIN}.{name}"] for name in ("routine", "project", "nobodys"))
        np.testing.assert_allclose(parts, made.final["reach"], atol=1e-6)


def test_nothing_reverts_before_the_project_ends() -> None:
    """With a year of project nobody has gone back in eleven months of use; afterwards some have."""
    begun = {"meals": {"begins": {"region": "Norrdal", "clinics": 10}}}
    early, late = (alone(months, innovations=begun, replicates=20) for months in (11, 36))
    assert not early.world.spreads[0].nollvision_undernaring_reverted.any()
    assert late.world.spreads[0].nollvision_undernaring_reverted.any()


def test_without_takers_units_revert_at_the_rate() -> None:
    """Where nobody takes over e^(-rate t) of the units are left; results are as good as elsewhere."""
    nobody = {f"{PLUGIN}.takers_{name}": 0.0 for name in ("none", "resonance", "depth")}
    begun = {"meals": {"begins": {"region": "Norrdal", "clinics": 12, "stage": "sustained"}}}
    still = {"abandonment_deep_medium": 1e-6, "abandonment_shallow_medium": 1e-6, "peer_influence": 0.0}
    made = alone(12 + 12, innovations=begun, parameters={**nobody, **still}, replicates=60)
    reverted = made.world.spreads[0].nollvision_undernaring_reverted[:, :12]
    assert reverted.mean() == pytest.approx(1 - np.exp(-13 / 12), abs=0.05)


def test_a_reverted_unit_is_given_up_as_any_other() -> None:
    """Nothing is left of it, and it may come back without being abandoned by an old clock."""
    begun = {"meals": {"begins": {"region": "Norrdal", "clinics": 10}}}
    made = alone(30, innovations=begun, replicates=20)
    spread = made.world.spreads[0]
    gone = spread.stage == int(Stage.ABANDONED)
    assert gone.any()
    assert (spread.depth[gone] == 0).all()
    assert np.isinf(spread.clock("abandonment").left[gone]).all()


def test_test_beds_try_again_until_it_works() -> None:
    """A test bed that fails is back in a test the same month, with a better fit; others that fail are not."""
    hard = {"meals": {"attributes": {"relative_advantage": 0.2, "compatibility": 0.1}}}
    made = alone(24, {"testbeds": 6}, innovations=hard, replicates=40)
    spread = made.world.spreads[0]
    beds, tries = spread.nollvision_undernaring_test_bed, spread.nollvision_undernaring_tries
    assert beds.sum(axis=1).tolist() == [6] * 40
    assert tries[beds].mean() > 0.5
    assert tries.max() <= 4
    assert (tries[~beds] == 0).all()
    begun, declined = spread.stage >= int(Stage.TESTING), spread.stage == int(Stage.DECLINED)
    assert not (declined & beds & (tries < 4)).any()
    assert begun[beds].mean() > begun[~beds].mean()


def test_framing_and_distance_keep_others_away() -> None:
    """Where the matter is food, health care starts at four tenths of its rate; other regions at half."""
    away = {}
    for settings in ({}, {"care_kinds": ["primary_care_centre"]}, {"home_region": "Norrdal", "care_kinds": []}):
        made = alone(0, {**settings, "testbeds": 0}, innovations=MEALS)
        spread = made.world.spreads[0]
        spread.start_hazard = np.full(made.world.shape, 0.2, np.float32)
        part(made, "resonance")(made.world)
        away[next(iter(settings), "none")] = spread.start_hazard[0] / 0.2
    np.testing.assert_allclose(away["care_kinds"], 1 - 0.6, rtol=1e-5)  # every unit here is of that kind
    home = away["home_region"]
    np.testing.assert_allclose(home[:12], 1, rtol=1e-5)
    np.testing.assert_allclose(home[12:], 0.5, rtol=1e-5)


def test_sharing_the_cost_wins_back_hesitation() -> None:
    """A gap of 0.6 becomes one of 0.1 when the region bears half: the hazard rises by e^0.5."""
    pays = {"meals": {"pocket": {"cost_borne": 1.0, "gain_kept": 0.4}}}
    rate = {}
    for handover in ("owner", "shared_budget"):
        made = alone(0, {"handover": handover, "care_kinds": [], "testbeds": 0}, innovations=pays)
        spread = made.world.spreads[0]
        spread.start_hazard = np.full(made.world.shape, 0.2, np.float32)
        part(made, "resonance")(made.world)
        rate[handover] = spread.start_hazard.mean()
    assert rate["shared_budget"] / rate["owner"] == pytest.approx(np.exp(0.5), rel=1e-3)
