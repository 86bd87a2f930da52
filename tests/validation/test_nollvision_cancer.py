"""Test bed, fees, outreach and standing abroad work in the direction that they say, by as much as their numbers say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from builders import compared, followed, model

from sim.metrics import Comparison
from sim.model import SpreadModel
from sim.world import Cells, Stage

PLUGIN = "nollvision_cancer"
REGIONS = {f"Region {letter}": 4 for letter in "ABCDEFGHIJ"}
USED = {"screening": {"begins": [{"region": name, "clinics": 3} for name in REGIONS]}}


def strategy(**settings: Any) -> dict[str, Any]:
    return {"use": "let_it_happen", "plugins": {PLUGIN: settings}}


def alone(months: int, settings: dict[str, Any], **changes: Any) -> SpreadModel:
    """One strategy after some months."""
    asked = {"plugins": {PLUGIN: settings}, "months": 96, "estimates": "fixed", "innovations": USED, "replicates": 12}
    return followed(model(**{**asked, "clinics": {"regions": REGIONS}, **changes}), months)


@pytest.fixture(scope="module")
def endings() -> Comparison:
    return compared(
        months=60,
        replicates=30,
        estimates="fixed",
        clinics={"regions": REGIONS},
        innovations=USED,
        plugins={PLUGIN: {"testbed_until": 36}},
        strategies={
            "closes": strategy(afterwards="closes"),
            "idles": strategy(),
            "fee": strategy(afterwards="fee"),
            "abroad": strategy(afterwards="fee", international=True),
            "partners": strategy(outreach="partners"),
        },
    )


def service(made: SpreadModel) -> float:
    return float(made.world.nollvision_cancer_service.mean())


def test_competence_follows_its_equation() -> None:
    """While it is funded c = 1 - (1 - c0) e^(-b t); on a low flame it fades to a share of a share."""
    funded = 1 - (1 - 0.2) * np.exp(-0.5 * 3)
    assert service(alone(36, {})) == pytest.approx(funded, abs=0.01)
    # two years at a fifth of running: c' = 0.5 x 0.2 (1 - c) - 0.4 x 0.8 c
    rest, rate = 0.1 / 0.42, 0.42
    left = 0.2 * (rest + (funded - rest) * np.exp(-rate * 2))
    assert service(alone(60, {"testbed_until": 36})) == pytest.approx(left, abs=0.01)


def test_a_low_flame_leaves_more_than_closing_and_a_fee_more_still(endings: Comparison) -> None:
    """What is left two years after the funding: nothing, a tenth or so, and more where regions pay."""
    left = {name: made.final[f"{PLUGIN}.survives"].mean() for name, made in endings.strategies.items()}
    assert left["closes"] == 0 < left["idles"] < left["fee"] < left["abroad"]
    members = {name: made.final[f"{PLUGIN}.members"].mean() for name, made in endings.strategies.items()}
    assert members["idles"] == 0 < members["fee"] < members["abroad"]


def test_each_that_leaves_makes_it_dearer_for_the_rest() -> None:
    """With members enough to share the cost, one whose use is worth 650,000 stays; alone it leaves."""
    made = alone(1, {"testbed_until": 0, "afterwards": "fee"}, parameters={f"{PLUGIN}.decisions": 1000.0})
    bed = next(part for part in made.mechanisms if part.name == "nollvision_cancer_test_bed")
    view = bed.__dict__["_guard_view"]
    for number, stays in ((10, True), (1, False)):
        bed._worth[:] = 2e6 * (650 / 1000)  # competence 1 and use nowhere: half of it
        bed._competence[:] = 1
        made.world.spreads[0].stage[:] = int(Stage.AWARE)
        bed._members[:] = False
        bed._members[:, :number] = True
        bed._decide_on_fee(view, np.ones((1, 1), bool))
        assert bed._members[:, 0].all() == stays


def test_a_vacant_post_halts_what_is_built_unless_structure_exists() -> None:
    """Nine months without a coordinator cost competence; with structure from the start hardly any."""
    leaves = [{"month": 6, "coordinator_leaves": {"months": 9}}]
    planned = {"one": {"use": "let_it_happen", "levers": {"transition_plan": True}}}
    undisturbed, vacant = alone(18, {}), alone(18, {}, events=leaves)
    structured = alone(18, {}, events=leaves, strategies=planned)
    assert service(vacant) < service(structured) < service(undisturbed)
    assert service(undisturbed) - service(structured) < (service(undisturbed) - service(vacant)) / 3


def test_partners_reach_more_at_high_risk_and_the_effect_follows(endings: Comparison) -> None:
    """More of those at high risk are reached, at more hours; each unit's effect is that share of the whole."""
    for metric in (f"{PLUGIN}.reached", "clinic_hours"):
        d = endings.strategies["partners"].final[metric] - endings.strategies["idles"].final[metric]
        assert d.mean() > 2 * d.std(ddof=1) / np.sqrt(len(d))
    made = alone(24, {"outreach": "places"})
    spread = made.world.spreads[0]
    users = spread.in_use
    np.testing.assert_allclose(
        spread.fidelity[users], (spread.nollvision_cancer_whole * spread.nollvision_cancer_reached)[users], rtol=1e-5
    )
    first = users & (spread.since == 0)
    expected = 0.5 - (0.5 - 0.15) * (1 - 1 / 12) ** 24
    np.testing.assert_allclose(spread.nollvision_cancer_reached[first], expected, rtol=1e-3)


def test_finds_that_fail_to_come_cost_faith() -> None:
    """Where three in ten are reached and four expected, perceived advantage falls; where five are, it rises."""
    change = {}
    for outreach in ("letters", "partners"):
        made = alone(12, {"outreach": outreach})
        spread = made.world.spreads[0]
        part = next(one for one in made.mechanisms if one.name == "nollvision_cancer_high_risk")
        users = spread.in_use
        spread.nollvision_cancer_reached[users] = 0.35 if outreach == "letters" else 0.6
        before = spread.advantage[users].copy()
        part(made.world)
        change[outreach] = float((spread.advantage[users] - before).mean())
    assert change["letters"] == pytest.approx(0.3 * (0.35 - 0.4) / 12, rel=0.05)
    assert change["partners"] == pytest.approx(0.3 * (0.6 - 0.4) / 12, rel=0.05)


def test_shared_tests_take_fewer_of_the_units_hours() -> None:
    """A test that begins now takes half of its hours where the service is full."""
    made = alone(1, {})
    spread, world = made.world.spreads[0], made.world
    begins = Cells.where(spread.stage == int(Stage.AWARE))
    spread.advance(begins, Stage.AWARE)
    world.nollvision_cancer_service[:] = 1
    before = begins.of(spread.work)
    next(one for one in made.mechanisms if one.name == "nollvision_cancer_shared_tests")(world)
    np.testing.assert_allclose(begins.of(spread.work), before * 0.5)
