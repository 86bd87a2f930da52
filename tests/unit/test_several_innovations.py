"""Innovations in one clinic share its hours, its attention, the support functions and the facilitators.

Each test runs the one or two mechanisms that it is about, and computes what they should give by hand.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from builders import NEUTRAL, everything_but, followed, model
from numpy.typing import NDArray

from sim.mechanisms.perceive import StartHazard
from sim.model import SpreadModel
from sim.world import Stage, World

REGIONS = {"Norrdal": 12, "Sörvik": 8}


def begun(stage: str = "testing", *regions: str, **changes: Any) -> dict[str, Any]:
    """An innovation that every clinic of these regions has begun with; by default every clinic."""
    begins = [{"region": region, "clinics": REGIONS[region], "stage": stage} for region in regions or REGIONS]
    return {"begins": begins, **changes}


def built(innovations: dict[str, Any], *running: str, **changes: Any) -> SpreadModel:
    """A model of these innovations in which only these mechanisms run."""
    return model(
        **{"innovations": innovations, "mechanisms": everything_but(*running), "clinics": {"regions": REGIONS}}
        | {"replicates": 2}
        | changes
    )


def usable(world: World) -> NDArray[np.float64]:
    """U = phi s (1 - busy) H [hours/month], without season, mandate and bought time: ``(1, clinics)``."""
    p, a = world.parameters, world.attributes
    free: NDArray[np.float64] = (
        p.effective_slack.item() * (1 - p.background_load.item()) * a.slack.astype(float) * a.hours.astype(float)
    )
    return free[None, :]


def test_innovations_share_the_slack_of_a_clinic() -> None:
    """Tests of 30 and 60 hours ask for 10 and 20 a month: both get 1 - exp(-U / 30), however little each asks for."""
    efforts = {"a": 30, "b": 60}
    tests = {name: begun(effort={"trial_hours": hours}) for name, hours in efforts.items()}
    made = built(tests, "work", "testing")
    slack = usable(made.world)
    followed(made, 1)
    share = 1 - np.exp(-slack / (10 + 20))
    np.testing.assert_allclose(made.world.needed_hours, 30, rtol=1e-6)
    for spread in made.world.spreads:
        hours = efforts[spread.name]
        np.testing.assert_allclose(spread.supply, np.repeat(share, 2, axis=0), rtol=1e-4)
        np.testing.assert_allclose(spread.work, np.repeat(hours - share * hours / 3, 2, axis=0), rtol=1e-4)
    spent = [spread.amounts["clinic_hours"] for spread in made.world.spreads]
    np.testing.assert_allclose(spent, [[(share * need).sum()] * 2 for need in (10, 20)], rtol=1e-4)
    np.testing.assert_allclose(
        np.broadcast_to(made.world.free_hours, made.world.shape), np.repeat(np.maximum(slack - 30, 0), 2, axis=0),
        rtol=1e-4, atol=1e-3,
    )  # fmt: skip


def test_a_second_innovation_slows_the_first_where_it_is() -> None:
    """Where b is tested too a gets fewer hours; where it is not, a gets what it would get alone."""
    alone = followed(built({"a": begun()}, "work", "testing"), 1).world.spreads[0].supply
    both = {"a": begun(), "b": begun("testing", "Norrdal")}
    shared = followed(built(both, "work", "testing"), 1).world.spreads[0].supply
    assert (shared[:, :12] < alone[:, :12]).all()
    np.testing.assert_array_equal(shared[:, 12:], alone[:, 12:])


def test_several_at_once_take_root_more_slowly() -> None:
    """The first month's depth is kappa / X / 12 L'(n), with L'(n) = 1 / (1 + (n - 1) / n0) and n from 1 to 3."""
    introduced = {
        "a": begun("implementing"),
        "b": begun("implementing", "Norrdal"),
        "c": begun("implementing", "Norrdal"),
    }
    made = built(introduced, "implementation", parameters={"overload": 4.0})
    rate = made.world.parameters.implementation_rate.item()  # of an innovation of complexity 1/2, where X = 1
    first = followed(made, 1).world.spreads[0]
    np.testing.assert_allclose(first.depth[:, :12], rate / 12 / (1 + 2 / 4), rtol=1e-5)
    np.testing.assert_allclose(first.depth[:, 12:], rate / 12, rtol=1e-5)


def test_clinics_that_are_busy_with_others_start_more_seldom() -> None:
    """The hazard of c is L(n) = 1 / (1 + n / n0) of what it is alone: n = 2 in Norrdal, 1 in Sörvik."""
    running = ("outer_influence", "start_hazard", "implementation")
    parameters = NEUTRAL | {"overload": 4.0, "external_influence": 0.1}
    others = {"a": begun("implementing"), "b": begun("implementing", "Norrdal")}
    alone = followed(built({"c": {}}, *running, parameters=parameters), 1).world.spreads[0]
    third = followed(built({**others, "c": {}}, *running, parameters=parameters), 1).world.spreads[2]
    assert third.name == "c"
    assert (alone.start_hazard > 0).all()
    ratio = third.start_hazard / alone.start_hazard
    np.testing.assert_allclose(ratio[:, :12], 1 / (1 + 2 / 4), rtol=1e-5)
    np.testing.assert_allclose(ratio[:, 12:], 1 / (1 + 1 / 4), rtol=1e-5)


def test_the_reader_is_told_that_others_are_in_the_way() -> None:
    """The trace's factors hold the same L(n), and it is 1 where nothing else is under way."""
    made = built({"a": begun("implementing", "Norrdal"), "c": {}}, "start_hazard", "implementation")
    hazard = next(m for m in made.mechanisms if isinstance(m, StartHazard))
    factor = hazard.factors(made.world, made.world.spreads[1])["other_adoptions"]
    assert (factor[:, :12] < 1).all()
    assert (factor[:, 12:] == 1).all()


def test_a_support_function_has_one_queue_for_all() -> None:
    """The tickets of b come after those of a: clinic r of 12 has waited until 12 x 4 + 6 r hours are served."""
    tickets = {
        "a": begun("testing", "Norrdal", obstacles={"it": 4}),
        "b": begun("testing", "Norrdal", obstacles={"it": 6}),
    }
    made = built(tickets, "obstacles", parameters={"support_it": 1.0})
    first, second = made.world.spreads
    rank = np.arange(1, 13)
    for month in range(1, 12):
        served = month * 1.0 * 12
        followed(made, 1)
        assert first.count[:, Stage.BLOCKED].tolist() == [(4 * rank > served).sum()] * 2
        assert second.count[:, Stage.BLOCKED].tolist() == [(12 * 4 + 6 * rank > served).sum()] * 2
    assert second.count[:, Stage.USING].tolist() == [12, 12]


def test_the_queue_of_one_function_does_not_hold_up_another() -> None:
    """What asks for legal advice does not wait for IT."""
    tickets = {"a": begun(obstacles={"it": 400}), "b": begun(obstacles={"legal": 1})}
    parameters = {"support_it": 1.0, "support_legal": 1.0}
    blocked, free = followed(built(tickets, "obstacles", parameters=parameters), 1).world.spreads
    assert (blocked.count[:, Stage.BLOCKED] == 20).all()
    assert (free.count[:, Stage.USING] == 20).all()


@pytest.mark.parametrize(("names", "each"), [("a", 12), ("ab", 6), ("abc", 4)])
def test_facilitators_are_split_over_the_innovations(names: str, each: int) -> None:
    """Three facilitators with four clinics each hold twelve clinics in all, and none of them more than four."""
    made = built(
        {name: {} for name in names},
        "innovation_support",
        strategies={"one": {"use": "let_it_happen", "levers": {"facilitators_fte": 3}}},
        parameters={"practices_per_facilitator": 4.0},
    )
    for spread in followed(made, 1).world.spreads:
        assert spread.facilitated.sum(axis=1).tolist() == [each, each]
        np.testing.assert_allclose(spread.clinics_per_facilitator, 4, rtol=1e-6)


def test_a_newcomer_takes_its_part_of_the_facilitators() -> None:
    """When the third innovation arrives the others give up places to it."""
    made = built(
        {"a": {}, "b": {}, "c": {"arrives_month": 2}},
        "innovation_support",
        strategies={"one": {"use": "let_it_happen", "levers": {"facilitators_fte": 3}}},
        parameters={"practices_per_facilitator": 4.0},
    )
    held = [[s.facilitated.sum(axis=1)[0] for s in followed(made, 1).world.spreads] for _ in range(3)]
    assert held == [[6, 6, 0], [6, 6, 0], [4, 4, 4]]


def test_the_load_that_tires_is_that_of_all_innovations() -> None:
    """Fatigue grows by gamma (load - 1) / 12 with load = busy + (n1 + n2) / (phi s H), in any order."""
    ends = []
    for efforts in ({"a": 30, "b": 60}, {"a": 60, "b": 30}):
        tests = {name: begun(effort={"trial_hours": hours}) for name, hours in efforts.items()}
        made = built(tests, "work", "testing", "fatigue", parameters={"fatigue_overload": 0.02})
        p, slack = made.world.parameters, usable(made.world)
        busy = p.background_load.item()
        load = busy + (10 + 20) * (1 - busy) / slack
        assert (load > 1).any()
        expected = np.minimum(np.maximum(load - 1, 0) * 0.02 / 12, 1)
        followed(made, 1)
        np.testing.assert_allclose(made.world.fatigue, np.repeat(expected, 2, axis=0), rtol=1e-3, atol=1e-6)
        ends.append(made.world.fatigue.copy())
    np.testing.assert_array_equal(*ends)
