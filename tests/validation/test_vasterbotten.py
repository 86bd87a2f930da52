"""The region's ways work in the direction that the report tells, by as much as their parameters say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from builders import compared, followed, model

from sim.metrics import Comparison
from sim.model import SpreadModel
from sim.world import Stage

NOTHING = {
    "innovation_clinics": 0,
    "open_invitation": False,
    "study_visits": "off",
    "generalise": "never",
    "partnership": "off",
    "nodes": False,
    "escalation": False,
}
BEGUN = {"flow": {"begins": {"region": "Norrdal", "clinics": 3}}}
SUPPORT_WAGE = 550
"""Default of the parameter [SEK/hour]."""


def strategy(**settings: Any) -> dict[str, Any]:
    return {"use": "let_it_happen", "plugins": {"vasterbotten": settings}}


def trial(changes: dict[str, Any] | None = None, **strategies: dict[str, Any]) -> Comparison:
    """Strategies that differ in what they say to the plugin, in the same 30 worlds."""
    return compared(
        **{
            "months": 36,
            "replicates": 30,
            "innovations": BEGUN,
            "clinics": {"regions": {"Norrdal": 24, "Sörvik": 16}},
            "plugins": {"vasterbotten": NOTHING},
            "strategies": {"none": strategy(), **strategies},
            **(changes or {}),
        }
    )


def gain(made: Comparison, metric: str, a: str, b: str = "none") -> tuple[float, float]:
    """Mean paired difference and its standard error."""
    d = made.strategies[a].final[metric] - made.strategies[b].final[metric]
    return float(d.mean()), float(d.std(ddof=1) / np.sqrt(len(d)))


def alone(months: int, settings: dict[str, Any], **changes: Any) -> SpreadModel:
    """One strategy after some months."""
    asked = {"innovations": BEGUN, "plugins": {"vasterbotten": {**NOTHING, **settings}}, "months": 60, **changes}
    return followed(model(**asked), months)


def test_with_everything_off_it_is_not_there() -> None:
    """With every way switched off the plugin changes no bit."""
    made = trial(without={"use": "let_it_happen", "plugins": {"vasterbotten": "off"}})
    for curve, values in made.strategies["none"].curves.items():
        np.testing.assert_array_equal(values, made.strategies["without"].curves[curve])


def test_three_innovation_clinics_begin() -> None:
    """Where nobody has begun, three clinics in every world test it from the first month."""
    made = alone(1, {"innovation_clinics": 3}, innovations={"flow": {}}, parameters={"external_influence": 0.001})
    spread = made.world.spreads[0]
    assert spread.vasterbotten_innovation_clinic.sum(axis=1).tolist() == [3] * 5
    assert spread.champion[spread.vasterbotten_innovation_clinic].all()
    assert (spread.stage[spread.vasterbotten_innovation_clinic] >= Stage.TESTING).all()


def test_those_that_have_begun_are_the_innovation_clinics() -> None:
    """No further clinic is drawn where enough have begun."""
    made = alone(1, {"innovation_clinics": 2})
    clinics = made.world.spreads[0].vasterbotten_innovation_clinic
    assert clinics.sum(axis=1).tolist() == [2] * 5
    assert (made.world.spreads[0].stage[clinics] == Stage.USING).all()


def test_an_open_invitation_lets_the_ready_choose_themselves() -> None:
    """Those that start under it are readier than those that start without, and own it more."""
    started, owned = {}, {}
    for on in (False, True):
        made = alone(30, {"open_invitation": on}, replicates=60, clinics={"regions": {"Norrdal": 60}})
        spread = made.world.spreads[0]
        begun = spread.is_between(Stage.DECLINED, Stage.ABANDONED)
        reference = np.broadcast_to(spread.readiness / spread.reference_readiness, begun.shape)
        started[on], owned[on] = reference[begun].mean(), spread.ownership[begun].mean()
    assert started[True] > started[False]
    assert owned[True] == pytest.approx(owned[False] + 0.05, abs=0.03)


def test_visits_convince_and_both_ways_more_than_one() -> None:
    """More clinics use it with visits; twice the hours are booked both ways, for those that have visited."""
    hours = {"parameters": {"vasterbotten.visit_hours": 60}}
    ways = {"two": strategy(study_visits="two_way"), "one": strategy(study_visits="one_way")}
    dear, cheap = (trial(changes, **ways) for changes in (hours, {"parameters": {"vasterbotten.visit_hours": 8}}))
    mean, error = gain(cheap, "reach", "two")
    assert mean > 2 * error
    for name, each in (("two", 2), ("one", 1)):
        visited = cheap.strategies[name].final["vasterbotten.visited"] * 40
        more = dear.strategies[name].final["clinic_hours"] - cheap.strategies[name].final["clinic_hours"]
        np.testing.assert_allclose(more, each * (60 - 8) * visited, rtol=1e-5)
    assert (cheap.strategies["none"].final["vasterbotten.visited"] == 0).all()


def test_generalising_before_the_second_clinic_lets_nobody_start_meanwhile() -> None:
    """Six months without a start; afterwards the others' fit is higher and the originators' lower."""
    before = alone(5, {"generalise": "before_second"})
    spread = before.world.spreads[0]
    assert (spread.count[:, Stage.TESTING : Stage.USING].sum(axis=1) == 0).all()
    using = spread.in_use.copy()
    fit = spread.fit.copy()
    before.step()
    before.step()
    change = spread.fit - fit
    np.testing.assert_allclose(change[using & (fit > 0.05)], -0.05, atol=1e-6)
    np.testing.assert_allclose(change[~using & (fit < 0.9)], 0.08, atol=1e-6)


def test_generalising_after_the_second_waits_for_it() -> None:
    """Nothing is spent in worlds where no further clinic has come into use; 600 hours where one has."""
    made = alone(24, {"generalise": "after_second"}, replicates=40)
    spread = made.world.spreads[0]
    ever = spread.in_use.sum(axis=1) + (spread.stage == Stage.ABANDONED).sum(axis=1) > 3
    made.step()
    spent = spread.amounts.get("cost_innovation_sek", np.zeros(40))
    assert set(np.unique(spent)) == {0.0, 600.0 * SUPPORT_WAGE}
    assert (spent[ever] > 0).all()


def test_exit_points_save_what_leads_nowhere() -> None:
    """Where it does not spread, the parties stop after a year instead of three; the region bears its own hours."""
    nowhere = {"parameters": {"external_influence": 0.001, "peer_influence": 0.0, "outer_pressure": 0.0}}
    made = trial(nowhere, exit=strategy(partnership="exit_points"), end=strategy(partnership="to_the_end"))
    month = 60 * SUPPORT_WAGE
    cost = {name: np.median(made.strategies[name].final["cost_innovation_sek"]) for name in ("none", "exit", "end")}
    # three have begun, so the first point is passed by their number and the second is not
    assert cost["exit"] - cost["none"] == pytest.approx(25 * month)
    assert cost["end"] - cost["none"] == pytest.approx(36 * month)


def test_nodes_cost_hours_and_help_it_take_root() -> None:
    """Sixty hours a month in each of two regions, and more use that lasts in the same worlds."""
    made = trial({"parameters": {"external_influence": 0.07}, "replicates": 120}, nodes=strategy(nodes=True))
    for metric in ("reach", "sustained"):  # mean depth may fall, since it is taken over the newcomers as well
        mean, error = gain(made, metric, "nodes")
        assert mean > 2 * error
    assert gain(made, "cost_levers_sek", "nodes")[0] == pytest.approx(60 * SUPPORT_WAGE * 2 * 36)


def test_escalation_shortens_the_wait() -> None:
    """Behind a queue that hardly moves, a clinic waits three months and then some four more."""
    stuck = {"innovations": {"flow": {**BEGUN["flow"], "obstacles": {"it": 500}}}, "months": 60}
    made = trial({**stuck, "parameters": {"external_influence": 0.07}}, line=strategy(escalation=True))
    waits = {name: result.final["queue_months"].mean() for name, result in made.strategies.items()}
    assert waits["none"] > 10
    assert 4 < waits["line"] < 9
