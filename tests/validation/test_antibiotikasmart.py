"""Criteria, diploma and routines work in the direction that the evaluation tells, by as much as their numbers say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from builders import compared, followed, model

from sim.metrics import Comparison
from sim.model import SpreadModel

WAGE = 450
"""Default of the parameter [SEK/hour]."""
PLUGIN = "antibiotikasmart"


def strategy(**settings: Any) -> dict[str, Any]:
    return {"use": "help_it_happen", "plugins": {PLUGIN: settings}}


def trial(changes: dict[str, Any] | None = None, **strategies: dict[str, Any]) -> Comparison:
    """Strategies that differ in what they say to the plugin, in the same 30 worlds, estimates fixed."""
    return compared(
        **{
            "months": 84,
            "replicates": 30,
            "innovations": {"smart": {"effort": {"trial_hours": 10, "adjust_hours": 10, "implement_hours": 60}}},
            "clinics": {"regions": {"Norrdal": 24, "Sörvik": 16}},
            "plugins": {PLUGIN: {}},
            "estimates": "fixed",
            "strategies": strategies,
            **(changes or {}),
        }
    )


def gain(made: Comparison, metric: str, a: str, b: str) -> tuple[float, float]:
    """Mean paired difference and its standard error."""
    d = made.strategies[a].final[metric] - made.strategies[b].final[metric]
    return float(d.mean()), float(d.std(ddof=1) / np.sqrt(len(d)))


def alone(months: int, settings: dict[str, Any], **changes: Any) -> SpreadModel:
    """One strategy after some months."""
    asked = {"plugins": {PLUGIN: settings}, "months": 90, "estimates": "fixed", "innovations": {"smart": {}}}
    return followed(model(**{**asked, **changes}), months)


@pytest.fixture(scope="module")
def diplomas() -> Comparison:
    return trial(
        lasting=strategy(),
        expires=strategy(diploma="expires"),
        none=strategy(diploma="off"),
        desk=strategy(criteria="at_a_desk"),
    )


def test_the_process_takes_a_year_to_two(diplomas: Comparison) -> None:
    """From preparation to release it takes twelve to twenty-four months (B:2862-2863); a desk takes nine."""
    months = diplomas.strategies["lasting"].final[f"{PLUGIN}.months_to_release"]
    assert 12 <= np.quantile(months, 0.05) <= np.quantile(months, 0.95) <= 24
    assert (diplomas.strategies["desk"].final[f"{PLUGIN}.months_to_release"] == 4 + 3 + 2).all()


def test_every_version_has_fewer_criteria(diplomas: Comparison) -> None:
    """After v versions 12 + 18 e^(-0.07 v) criteria are left; at a desk all thirty stay."""
    final = diplomas.strategies["lasting"].final
    expected = 12 + 18 * np.exp(-0.07 * final[f"{PLUGIN}.versions"])
    np.testing.assert_allclose(final[f"{PLUGIN}.criteria"], expected, rtol=1e-5)
    assert (diplomas.strategies["desk"].final[f"{PLUGIN}.criteria"] == 30).all()


def test_nobody_but_pilots_begins_before_the_release() -> None:
    """After ten months six pilots have begun and nobody else."""
    made = alone(10, {})
    spread = made.world.spreads[0]
    begun = spread.stage > 1
    assert spread.antibiotikasmart_pilot.sum(axis=1).tolist() == [6] * 5
    assert not (begun & ~spread.antibiotikasmart_pilot).any()
    assert begun.any()


def test_engaged_units_make_more_versions_and_guidelines_fewer() -> None:
    """As many versions as pilots with remarks: twice the rate where engaged, half of it where guidelines exist."""
    versions = {}
    for ground in ("engaged", "ordinary", "guidelines"):
        made = alone(14, {"areas": {"primary_care_centre": ground}, "pilots": 12}, replicates=40)
        versions[ground] = made.world.spreads[0].antibiotikasmart_versions.mean()
    chance = {ground: -np.expm1(-0.2 * more) for ground, more in (("engaged", 2), ("ordinary", 1), ("guidelines", 0.5))}
    for ground in ("engaged", "guidelines"):
        assert versions[ground] / versions["ordinary"] == pytest.approx(chance[ground] / chance["ordinary"], rel=0.25)


def test_fewer_criteria_bring_more_into_use(diplomas: Comparison) -> None:
    """The pilots' criteria come later and are nevertheless in use in more units after seven years."""
    mean, error = gain(diplomas, "reach", "lasting", "desk")
    assert mean > 2 * error


def test_a_diploma_that_expires_costs_hours_and_has_fewer_hollow_ones(diplomas: Comparison) -> None:
    """Renewal takes hours; of the diplomas that are left fewer stand for routines that have decayed."""
    hours, error = gain(diplomas, f"{PLUGIN}.document_hours", "expires", "lasting")
    assert hours > 2 * error
    hollow, error = gain(diplomas, f"{PLUGIN}.hollow", "expires", "lasting")
    assert hollow < -2 * error
    assert (diplomas.strategies["none"].final[f"{PLUGIN}.diplomas"] == 0).all()


def test_routines_decay_where_nobody_attends() -> None:
    """Without attention depth falls by the yearly rate; with attention it does not."""
    made = alone(1, {"diploma": "off"}, innovations={"smart": {"begins": {"region": "Norrdal", "clinics": 4}}})
    routines = next(part for part in made.mechanisms if part.name == "antibiotikasmart_routines")
    spread = made.world.spreads[0]
    users, depth = spread.in_use, spread.depth.copy()
    spread.antibiotikasmart_attention[users] = 1e-6
    spread.champion_lost[:] = False
    routines(made.world)
    np.testing.assert_allclose(spread.depth[users] / depth[users], np.exp(-0.35 / 12), rtol=1e-4)
    assert (spread.depth[~users] == depth[~users]).all()


def test_documents_wait_while_an_enthusiast_is_missed() -> None:
    """A unit whose enthusiast has left writes nothing that month (B:2981-2982)."""
    made = alone(1, {}, innovations={"smart": {"begins": {"region": "Norrdal", "clinics": 4, "stage": "sustained"}}})
    diploma = next(part for part in made.mechanisms if part.name == "antibiotikasmart_diploma")
    spread = made.world.spreads[0]
    users = spread.in_use
    before = spread.antibiotikasmart_documented.copy()
    spread.champion_lost[:] = True
    diploma(made.world)
    assert (spread.antibiotikasmart_documented == before).all()
    spread.champion_lost[:] = False
    diploma(made.world)
    written = (spread.antibiotikasmart_documented - before)[users]
    np.testing.assert_allclose(written, np.minimum(spread.supply[users] / 5, 1 - before[users]), rtol=1e-5)


def test_citizens_strengthen_the_pull() -> None:
    """The same diplomas draw half as many again where citizens know them."""
    pull = {}
    for known in (False, True):
        made = alone(1, {"citizens": known})
        spread = made.world.spreads[0]
        spread.antibiotikasmart_until[:, :6] = 1e6
        spread.stage[:, :6], spread.depth[:, :6] = 8, 0.9
        next(part for part in made.mechanisms if part.name == "antibiotikasmart_diploma")(made.world)
        (pull[known],) = (rate for source, rate in spread.influences.items() if "diploma: diploma" in source)
    np.testing.assert_allclose(pull[True], 1.5 * pull[False], rtol=1e-5)
    np.testing.assert_allclose(pull[False][:, :12], 0.12 * 6 / 12, rtol=1e-5)
