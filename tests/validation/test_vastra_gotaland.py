"""Västra Götaland's ways work in the direction that the report tells, by as much as their parameters say."""

from __future__ import annotations

from typing import Any

import numpy as np
from builders import compared, followed, model

from sim.model import SpreadModel

NOTHING = {
    "team_stays": 0,
    "anchoring": [],
    "patient_panel": False,
    "perspective_forum": False,
    "after_pilot": "nothing",
}
BEGUN = {
    "service": {
        "begins": {"region": "Norrdal", "clinics": 8, "stage": "implementing"},
        "effort": {"implement_hours": 2000},
    }
}
ALL = ["short_teaching", "walking_alongside", "development_group"]


def alone(
    months: int, settings: dict[str, Any], parameters: dict[str, float] | None = None, **more: Any
) -> SpreadModel:
    """One strategy after some months, with eight clinics under way."""
    asked = {
        "innovations": BEGUN,
        "plugins": {"vastra_gotaland": {**NOTHING, **settings}},
        "parameters": {"external_influence": 0.001, **(parameters or {})},
        "months": 60,
        **more,
    }
    return followed(model(**asked), months)


def test_with_everything_off_it_is_not_there() -> None:
    """With every way switched off the plugin changes no bit."""
    off = {"use": "let_it_happen", "plugins": {"vastra_gotaland": "off"}}
    made = compared(plugins={"vastra_gotaland": NOTHING}, strategies={"none": "let_it_happen", "off": off})
    for curve, values in made.strategies["none"].curves.items():
        np.testing.assert_array_equal(values, made.strategies["off"].curves[curve])


def test_the_team_is_in_as_many_clinics_as_it_has_posts_for() -> None:
    """Three clinics at a time with 2.4 posts of .8 each; after five months it moves on to others."""
    made = alone(1, {"team_stays": 5})
    spread = made.world.spreads[0]
    first = spread.vgr_present.copy()
    assert first.sum(axis=1).tolist() == [3] * made.world.shape[0]
    for _ in range(5):
        made.step()
    assert not (spread.vgr_present & first).any()
    assert spread.vgr_stayed[first].max() == 5
    assert np.median(spread.vgr_stayed[first]) == 5  # one that gives it up is left before
    assert (spread.vgr_present.sum(axis=1) == 3).all()


def test_ownership_is_lost_while_the_team_drives_it_unless_it_is_anchored() -> None:
    """Bare it falls by six tenths a year; with the three efforts it falls less, and then rises."""
    bare, anchored = (alone(12, {"team_stays": 12, "anchoring": efforts}).world.spreads[0] for efforts in ([], ALL))
    none = alone(12, {}).world.spreads[0]
    there = bare.vgr_stayed == 12
    assert there.any()
    lost = bare.ownership[there] / none.ownership[there]
    np.testing.assert_allclose(lost, (1 - 0.6 / 12) ** 12, rtol=0.02)
    assert (anchored.ownership[there] > bare.ownership[there]).all()
    np.testing.assert_allclose(anchored.vgr_anchored[there], 1 - np.exp(-3.0), rtol=1e-4)


def test_phases_are_passed_where_there_is_time_and_raise_fit() -> None:
    """No more than five; a clinic with more slack has passed more of them."""
    made = alone(8, {"team_stays": 8}, replicates=60)
    spread = made.world.spreads[0]
    there = spread.vgr_stayed == 8
    phases, slack = spread.vgr_phase[there], np.broadcast_to(made.world.slack, there.shape)[there]
    assert phases.max() == 5
    assert phases[slack > np.median(slack)].mean() > phases[slack <= np.median(slack)].mean()
    none = alone(8, {}, replicates=60).world.spreads[0]
    gain = (1 - spread.fit[there]) / (1 - none.fit[there])
    np.testing.assert_allclose(gain, (1 - 0.06) ** phases, rtol=1e-4)


def test_what_the_team_did_is_nobodys_work_when_it_has_gone() -> None:
    """A clinic comes to depend on it by six tenths a year, and others take over by eight tenths a year."""
    made = alone(12, {"team_stays": 12})
    spread = made.world.spreads[0]
    there = spread.vgr_stayed == 12
    np.testing.assert_allclose(spread.vgr_depends[there], 1 - np.exp(-0.6), rtol=1e-4)
    for _ in range(6):
        made.step()
    np.testing.assert_allclose(spread.vgr_depends[there], (1 - np.exp(-0.6)) * np.exp(-0.4), rtol=1e-4)


def test_resources_after_the_pilot_are_paid_for_a_year_and_a_fund_runs_dry() -> None:
    """What was promised reaches every clinic that the team has left; a small fund reaches fewer."""
    cost = {}
    for way in ("nothing", "promised", "fund"):
        made = compared(
            plugins={"vastra_gotaland": {**NOTHING, "team_stays": 3, "after_pilot": way}},
            innovations=BEGUN,
            parameters={"vastra_gotaland.fund_sek_per_year": 100000, "vastra_gotaland.after_supply": 0.0},
            strategies={"let": "let_it_happen"},
            months=24,
        )
        cost[way] = made.strategies["let"].final["cost_levers_sek"]
    assert (cost["promised"] > cost["fund"]).all()
    assert (cost["fund"] > cost["nothing"]).all()
    assert (cost["fund"] - cost["nothing"] <= 2 * 100000 + 1).all()


def test_a_panel_grows_like_the_patients_and_a_forum_fades_between_meetings() -> None:
    """The panel is 1 - e^(-.8) alike after a year; the common picture jumps by four tenths and fades."""
    made = alone(12, {"patient_panel": True, "perspective_forum": True})
    np.testing.assert_allclose(made.world.vgr_panel[:, 0], 1 - np.exp(-0.8), rtol=1e-4)
    picture = [float(alone(months, {"perspective_forum": True}).world.vgr_picture[0, 0]) for months in (1, 6, 7)]
    np.testing.assert_allclose(picture[0], 0.4, rtol=1e-5)
    np.testing.assert_allclose(picture[1], 0.4 * np.exp(-0.7 * 5 / 12), rtol=1e-4)
    assert picture[2] > picture[0]
