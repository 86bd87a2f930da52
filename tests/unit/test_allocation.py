"""Who gets a facilitator under each rule, how many there are, and that the rule of today is the one by lot."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from builders import compared, followed, model, same

from sim.actors.allocation import depth_gained, evenly_over_regions, in_turn
from sim.model import SpreadModel
from sim.world import Stage

WORLDS: dict[str, Any] = {
    "clinics": {"regions": {"Norrdal": 30, "Sörvik": 10}},
    "innovations": {"x": {"begins": {"region": "Norrdal", "clinics": 6}}},
    "strategies": {"one": {"use": "let_it_happen", "levers": {"facilitators_fte": 1}}},
    "parameters": {"external_influence": 0.06},
}


def given(rule: str, **changes: Any) -> SpreadModel:
    """The model after the first allocation by a rule: twelve places in each of five worlds."""
    made = model(**WORLDS | {"actors": {"innovation_support": {"rule": rule, **changes}}})
    return followed(made, 2)


def test_support_that_is_named_without_settings_does_as_before() -> None:
    """By lot is the rule of a scenario that says nothing, bit for bit."""
    plain = compared(**WORLDS).strategies["one"]
    named = compared(**WORLDS, actors={"innovation_support": {}}).strategies["one"]
    assert same(plain, named)


def test_the_most_innovative_come_first() -> None:
    """Of those that know of it, the twelve with the highest innovativeness have a facilitator."""
    made = given("early_adopters")
    held = made.world.spreads[0].facilitated
    eager = np.broadcast_to(made.world.attributes.innovativeness, held.shape)
    assert (held.sum(axis=1) == 12).all()
    for row in range(len(held)):
        assert eager[row][held[row]].min() >= np.sort(eager[row])[-12]


def test_the_least_ready_come_first() -> None:
    """Facilitated clinics were less ready than the others at month 0."""
    made = given("unready")
    held = made.world.spreads[0].facilitated
    first = model(**WORLDS).world.spreads[0]
    ready = np.broadcast_to(first.readiness, held.shape)
    for row in range(len(held)):
        assert ready[row][held[row]].max() <= np.sort(ready[row])[11] + 1e-6


def test_those_who_ask_have_begun_or_have_a_champion() -> None:
    """Nobody else is given a facilitator, even where places are left."""
    made = followed(model(**WORLDS, actors={"innovation_support": {"rule": "those_who_ask"}}), 1)
    spread = made.world.spreads[0]
    begun = (spread.stage >= Stage.TESTING) & (spread.stage <= Stage.USING)
    assert spread.facilitated.any()
    assert (begun | spread.champion)[spread.facilitated].all()


def test_support_that_is_asked_for_works_better() -> None:
    """The hazard ratio is higher by the bonus on the SMD scale, at the same number of clinics."""
    asked, lot = (given(rule).world.spreads[0].facilitation_hazard_ratio for rule in ("those_who_ask", "by_lot"))
    assert (asked > lot).all()


def test_evenly_gives_each_region_its_share() -> None:
    """Twelve places over 30 and 10 clinics are nine and three, in every world."""
    held = given("evenly").world.spreads[0].facilitated
    assert held[:, :30].sum(axis=1).tolist() == [9] * 5
    assert held[:, 30:].sum(axis=1).tolist() == [3] * 5


def test_the_gain_is_what_the_closed_forms_say() -> None:
    """Deeper by (1 - D)(e^-sT - e^-fT) under way; sooner by e^-hT - e^-rhT times half a spell where it waits."""
    one = np.ones((1, 1), np.float32)
    gained = depth_gained(np.array([[True, False]]), 0.1 * one, 0 * one, one, 1.2 * one, 4 * one, 1.5 * one)
    sooner = (np.exp(-0.15) - np.exp(-0.6)) * (1 - np.exp(-2.4 * 0.75))
    deeper = np.exp(-1.8) - np.exp(-3.6)
    np.testing.assert_allclose(gained, [[sooner, deeper]], rtol=1e-6)


def test_where_it_gains_most_is_better_than_by_lot() -> None:
    """With the same facilitators the mean depth over all clinics is higher than by lot, clearly over 60 worlds."""
    ends = {}
    for rule in ("by_lot", "marginal_gain"):
        chosen = WORLDS | {"months": 24, "replicates": 60, "actors": {"innovation_support": {"rule": rule}}}
        ends[rule] = followed(model(**chosen), 24).world.spreads[0].depth.mean(axis=1)
    gain = ends["marginal_gain"] - ends["by_lot"]
    assert gain.mean() > 3 * gain.std(ddof=1) / np.sqrt(60)


def test_no_more_facilitators_than_there_are() -> None:
    """A strategy that wants two gets the one that can be had, and pays for one."""
    two = {"one": {"use": "let_it_happen", "levers": {"facilitators_fte": 2}}}
    capped = compared(**WORLDS | {"strategies": two}, actors={"innovation_support": {"facilitators": 1}})
    assert same(capped.strategies["one"], compared(**WORLDS).strategies["one"])


def test_ties_are_broken_by_lot() -> None:
    """Equal scores stand in the order of the lot, lower scores before them."""
    lot = np.array([[3, 1, 0, 2]])
    assert in_turn(np.array([[5.0, 5.0, 1.0, 5.0]]), lot).tolist() == [[2, 3, 1, 0]]


def test_regions_that_have_less_come_first() -> None:
    """A region of 2 with none held comes before a region of 4 with one held."""
    asks = np.array([[False, True, True, True, True, True]])
    held = np.array([[True, False, False, False, False, False]])
    region = np.array([0, 0, 0, 0, 1, 1])
    scores = evenly_over_regions(asks, held, np.array([[0, 1, 2, 3, 4, 5]]), region, np.array([4, 2]))
    np.testing.assert_allclose(scores, [[np.inf, 2 / 4, 3 / 4, 4 / 4, 1 / 2, 2 / 2]])


@pytest.mark.parametrize("rule", ["evenly", "early_adopters", "those_who_ask", "unready", "marginal_gain"])
def test_a_rule_does_not_depend_on_the_block(rule: str) -> None:
    """A world gets the same facilitators alone as beside others."""
    together = given(rule).world.spreads[0].facilitated
    made = model(**WORLDS | {"actors": {"innovation_support": {"rule": rule}}, "replicates": 1})
    np.testing.assert_array_equal(followed(made, 2).world.spreads[0].facilitated[0], together[0])
