"""Centres, approvals, school and production work in the direction that they say, by as much as their numbers say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from builders import followed, model

from sim.model import SpreadModel
from sim.world import Cells, Stage

PLUGIN = "atmp2030"
REGIONS = {f"Region {letter}": 4 for letter in "ABCDEFG"}


def alone(months: int, settings: dict[str, Any], **changes: Any) -> SpreadModel:
    """One strategy after some months."""
    asked = {
        "plugins": {PLUGIN: settings},
        "months": 200,
        "estimates": "fixed",
        "replicates": 30,
        "innovations": {"t": {}},
    }
    return followed(model(**{**asked, "clinics": {"regions": REGIONS}, **changes}), months)


def progress(made: SpreadModel) -> Any:
    return made.world.atmp2030_progress[:, ::4]


def part(made: SpreadModel, name: str) -> Any:
    return next(one for one in made.mechanisms if one.name == f"{PLUGIN}_{name}")


def test_alone_each_centre_goes_its_own_way() -> None:
    """Without coordination progress is own rate x drive x years, a tenth a year on average."""
    made = alone(36, {"coordination": False})
    drive = part(made, "centres")._drive
    np.testing.assert_allclose(progress(made), np.minimum(0.1 * drive * 3, 1), rtol=1e-4)
    assert drive.mean() == pytest.approx(1, abs=0.1)


def test_coordination_brings_every_centre_forward_and_stops_with_the_money() -> None:
    """After three years no region has come less far than alone; two years of coordination give less than three."""
    without, two, three = (
        progress(alone(36, settings)) for settings in ({"coordination": False}, {"coordination_until": 24}, {})
    )
    assert (three >= two).all()
    assert (two >= without).all()
    assert three.mean() - without.mean() > 0.15
    assert (three > two).mean() > 0.5


def test_a_vacant_post_slows_the_network() -> None:
    """While nobody coordinates less is shared."""
    leaves = [{"month": 6, "coordinator_leaves": {"months": 18}}]
    assert progress(alone(24, {}, events=leaves)).mean() < progress(alone(24, {})).mean()


def test_without_a_centre_few_begin() -> None:
    """At no progress the start hazard is a fifth, with a centre whole."""
    made = alone(1, {})
    spread, world = made.world.spreads[0], made.world
    spread.start_hazard = np.full(world.shape, 0.2, np.float32)
    world.atmp2030_progress[:, :14], world.atmp2030_progress[:, 14:] = 0, 1
    part(made, "entry")(world)
    np.testing.assert_allclose(spread.start_hazard[:, :14], 0.04, rtol=1e-5)
    np.testing.assert_allclose(spread.start_hazard[:, 14:], 0.2, rtol=1e-5)


def test_approvals_are_a_queue() -> None:
    """Ten a year are granted, thirteen where applications are alike; until then no test ends."""
    granted = {}
    for coordinated in (False, True):
        made = alone(0, {"coordination": coordinated}, parameters={"external_influence": 0.001, "peer_influence": 0.0})
        spread = made.world.spreads[0]
        followed(made, 1)
        spread.advance(Cells.where(spread.stage == int(Stage.AWARE)), Stage.AWARE)
        followed(made, 12)
        granted[coordinated] = spread.atmp2030_approved.sum(axis=1).mean()
        waiting = (spread.stage == int(Stage.TESTING)) & ~spread.atmp2030_approved
        assert (spread.work[waiting] >= 1 - 20 / 3).all()
        assert not ((spread.stage > int(Stage.TESTING)) & ~spread.atmp2030_approved).any()
    assert granted[False] == pytest.approx(10, abs=1.5)
    assert granted[True] == pytest.approx(13, abs=1.5)


def test_the_school_gives_nothing_for_four_years_and_then_capability() -> None:
    """The first ten graduate after four years, and five cohorts in all unless somebody pays for more."""
    started = {"research_school_month": 0}
    early, first = alone(48, started), alone(49, started)
    before, after = (np.broadcast_to(made.world.capability[1], made.world.shape) for made in (early, first))
    assert early.world.atmp2030_graduates.max() == 0
    assert (first.world.atmp2030_graduates == 10).all()
    np.testing.assert_allclose(1 - after, (1 - before) * np.exp(-0.1 * 10 / 7), rtol=1e-4)
    ended = alone(150, started).world.atmp2030_graduates
    goes_on = alone(150, {**started, "school_afterwards": "upkeep"}).world.atmp2030_graduates
    assert (ended == 50).all()
    assert (goes_on == 90).all()


def test_production_opens_late_and_must_then_be_paid_for() -> None:
    """Half a year after the date the supply is whole; alone with few users it runs as far as they pay."""
    few = {"t": {"begins": {"region": "Region A", "clinics": 4}}}
    still = {"external_influence": 0.001, "peer_influence": 0.0, "outer_pressure": 0.0}
    service = {}
    for months in (18, 20, 40):
        made = alone(months, {"infrastructure_month": 12, "independent_month": 30}, innovations=few, parameters=still)
        service[months] = made.world.spreads[0].atmp2030_service[:, 0]
        users = (made.world.spreads[0].stage >= int(Stage.IMPLEMENTING)) & (made.world.spreads[0].stage < 9)
    assert (service[18] == 0).all()
    assert (service[20] == 1).all()
    np.testing.assert_allclose(service[40], 1.5 * users.sum(axis=1) / 20, atol=0.16)
    assert service[40].mean() < 0.4
