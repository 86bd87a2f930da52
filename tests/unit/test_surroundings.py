"""What an innovation meets around it and inside clinics: each mechanism's direction and size, and when it runs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from builders import LET, everything_but, followed, model, outcome, scenario
from numpy.typing import NDArray

from sim import builtin, plugin_host
from sim.mechanisms.inside import logistic
from sim.mechanisms.surroundings import pocket_gap
from sim.model import SpreadModel
from sim.world import Stage

REGIONS = {"Norrdal": 12, "Sörvik": 8}
ASKED = sorted(m.name for m in builtin.innomotor_mechanisms() if not m.by_default)


def hazards(said: dict[str, Any], months: int = 1, **changes: Any) -> NDArray[np.float32]:
    """Start hazard in every clinic and world where nobody has begun, with what the innovation says."""
    made = followed(model(innovations={"x": said}, **{"events": [], **changes}), months)
    hazard: NDArray[np.float32] = made.world.spreads[0].start_hazard
    return hazard


def ratio(said: dict[str, Any], months: int = 1, **changes: Any) -> NDArray[np.float32]:
    """The hazard beside that of an innovation that says nothing, where both are above 0."""
    quiet = {"mechanisms": everything_but(*HAZARD, "wrong_pocket", "contact_fear", "existing_network", "events")}
    with_it, without = (hazards(one, months, **quiet | changes) for one in (said, {}))
    there = without > 0
    found: NDArray[np.float32] = with_it[there] / without[there]
    return found


HAZARD = ("outer_influence", "start_hazard")


def test_who_bears_the_cost_of_others_gain_hesitates() -> None:
    """All of the cost and a fifth of the gain is a gap of 0.8: the hazard is e^-0.8 of what it was."""
    pocket = {"pocket": {"cost_borne": 1, "gain_kept": 0.2}}
    np.testing.assert_allclose(ratio(pocket), np.exp(-0.8), rtol=1e-5)
    np.testing.assert_allclose(ratio({"pocket": {"cost_borne": 1, "gain_kept": 0.2, "reimbursed": 0.8}}), 1, rtol=1e-6)


@pytest.mark.parametrize(("borne", "kept", "back", "gap"), [(1, 0.2, 0, 0.8), (1, 0.2, 0.5, 0.3), (0.3, 0.6, 0, 0)])
def test_the_gap_is_cost_that_stays_less_gain_that_stays(borne: float, kept: float, back: float, gap: float) -> None:
    """Nobody is eager for having more of the gain than of the cost."""
    assert pocket_gap(borne, kept, np.float32(back)) == pytest.approx(gap)


def test_reimbursement_may_change() -> None:
    """From the month of the event on the clinic is paid back, and does not hesitate."""
    pocket = {"pocket": {"cost_borne": 1, "gain_kept": 0}}
    event = {"events": [{"month": 2, "reimbursement_changes": {"reimbursed": 1}}]}
    np.testing.assert_allclose(ratio(pocket, 2, **event), np.exp(-1), rtol=1e-5)
    np.testing.assert_allclose(ratio(pocket, 3, **event), 1, rtol=1e-6)


def test_fear_of_companies_fades_and_a_framework_halves_it() -> None:
    """0.3 of the starts at first, half of that after four years, and half of it with an ethical framework."""
    np.testing.assert_allclose(ratio({"company": {}}), 1 - 0.3, rtol=1e-5)
    later = 1 - 0.3 * 2 ** (-12 / 12 / 4)
    np.testing.assert_allclose(ratio({"company": {}}, 13), later, rtol=1e-5)
    framed = {"company": {"ethical_framework_month": 12}}
    np.testing.assert_allclose(ratio(framed, 13), (1 + later) / 2, rtol=1e-5)


def test_members_of_an_existing_network_start_sooner() -> None:
    """Half of the clinics have a hazard 1.5 times as high, the others what they had."""
    found = ratio({"existing_network": 0.5}, replicates=40)
    assert set(np.round(found, 4)) == {1.0, 1.5}
    assert abs((found > 1.2).mean() - 0.5) < 4 * 0.5 / np.sqrt(len(found))


@pytest.mark.parametrize(("inclusion", "lost"), [("consultation", 0.3), ("ownership", 0.3 * 0.4)])
def test_threatened_roles_hold_back_less_where_they_are_included(inclusion: str, lost: float) -> None:
    """Where a role is threatened readiness is 0.7 of what it was; three levels of inclusion win 3 x 0.2 of it back."""
    chosen = {"strategies": {"one": {"use": "let_it_happen", "levers": {"inclusion": inclusion}}}}
    ready = [
        followed(model(innovations={"x": said}, **chosen), 1).world.spreads[0].readiness
        for said in ({"threatens": 1.0}, {})
    ]
    np.testing.assert_allclose(ready[0] / ready[1], 1 - lost, rtol=1e-5)


def test_what_nobody_measures_convinces_nobody() -> None:
    """Users lose a tenth of the advantage they see in a year, and peers' influence is 0.7 of what it was."""
    begins = {"begins": {"region": "Norrdal", "clinics": 12}}
    running = everything_but("peer_exposure", "unmeasured_results")
    silent, told = (
        followed(model(innovations={"x": begins | said}, mechanisms=running), 12).world.spreads[0]
        for said in ({"measured": 0.0}, {"measured": 1.0})
    )
    np.testing.assert_allclose(silent.advantage[:, :12], 0.5 * np.exp(-0.1), rtol=1e-5)
    np.testing.assert_allclose(silent.advantage[:, 12:], 0.5)
    np.testing.assert_allclose(silent.influences["peers"], 0.7 * told.influences["peers"], rtol=1e-5)


def asked(*names: str, months: int = 12, only: tuple[str, ...] = (), **changes: Any) -> SpreadModel:
    """A model that runs these mechanisms, which a scenario has to ask for, beside those named in ``only``."""
    off = everything_but(*names, *only)["off"] if only else []
    return followed(model(**{"mechanisms": {"on": list(names), "off": off}, "months": months} | changes), months)


def begun(stage: str = "using", clinics: int = 12) -> dict[str, Any]:
    return {"x": {"begins": {"region": "Norrdal", "clinics": clinics, "stage": stage}}}


def test_use_spreads_among_colleagues_as_a_logistic_curve() -> None:
    """After a year from 0.15 towards 1 - 0.6 x 0.5 = 0.7 it is what the closed form says, month by month exact."""
    made = asked("share_of_use", only=("season",), innovations=begun())
    closed = 0.7 / (1 + (0.7 / 0.15 - 1) * np.exp(-3.0))
    np.testing.assert_allclose(made.world.spreads[0].use_share[:, :12], closed, rtol=1e-4)
    assert (made.world.spreads[0].use_share[:, 12:] == 0).all()
    whole, half = np.float32(1), np.float32(0.5)
    assert logistic(half, whole, np.float32(0)) == half


def test_benefit_follows_the_share_of_use() -> None:
    """In all consultations benefit would be larger; where there is no old way to choose nobody opts out in the end."""
    gains = {}
    innovations = {"x": {"begins": {"region": "Norrdal", "clinics": 12}, "benefit": {"staff_hours_per_month": 10}}}
    for name, on, levers in (
        ("all", [], {}),
        ("some", ["share_of_use"], {}),
        ("no_choice", ["share_of_use"], {"remove_old_way": 1}),
    ):
        chosen = {"mechanisms": {"on": on, "off": ["abandonment"]}, "months": 60, "innovations": innovations}
        gains[name] = outcome(levers, **chosen).final["benefit_sek"].mean()
    assert gains["all"] > gains["no_choice"] > gains["some"]


def test_a_pilot_takes_no_deeper_root_until_it_is_more_than_a_pilot() -> None:
    """Below a quarter of the region depth stays at 0.6; with half of the region or an owner it grows."""
    few, many = (
        asked(
            "pilot_status",
            months=24,
            innovations=begun("using", n),
            mechanisms={"on": ["pilot_status"], "off": ["own_results", "start"]},
        )
        for n in (2, 8)
    )
    planned = asked(
        "pilot_status", months=24, innovations=begun("using", 2),
        strategies={"one": {"use": "let_it_happen", "levers": {"transition_plan": True}}},
    )  # fmt: skip
    deepest = [made.world.spreads[0].depth[:, :12].max() for made in (few, many, planned)]
    assert deepest[0] <= 0.6 + 1e-6
    assert deepest[1] > 0.6
    assert deepest[2] > 0.6


def test_own_results_make_a_pilot_a_decision() -> None:
    """Where a clinic's own results have raised what it perceives, it may come into ordinary operation."""
    made = asked("pilot_status", months=48, innovations=begun("using", 2))
    one = made.world.spreads[0]
    assert (one.stage == Stage.SUSTAINED).any()


def test_results_convince_in_the_own_region() -> None:
    """Advantage moves towards 0.5 + 0.2 in the region where all use it, and to 0.5 + 0.2 x 0.2 in the other."""
    made = asked("local_results", months=60, only=("season",), innovations=begun("using", 11))
    one, share = made.world.spreads[0], 11 / 12
    waiting = made.world.spreads[0].stage == Stage.AWARE
    near = 1 - (1 - 0.5 / 12) ** 60
    np.testing.assert_allclose(one.advantage[:, :12][waiting[:, :12]], 0.5 + 0.2 * share * near, rtol=1e-4)
    np.testing.assert_allclose(one.advantage[:, 12:], 0.5 + 0.2 * 0.2 * share * near, rtol=1e-4)


def test_what_receivers_change_comes_back_to_the_first() -> None:
    """The first users' fit is higher than without it where others have adapted, for a compromise of 0.05 once."""
    lively = {"parameters": {"external_influence": 0.07, "startup_probability": 0.38}, "replicates": 20, "months": 48}
    with_it = asked("adaptation_returns", innovations=begun("sustained", 3), **lively).world.spreads[0]
    without = followed(model(innovations=begun("sustained", 3), **lively), 48).world.spreads[0]
    first = with_it.fidelity == np.float32(0.95)
    first &= ~with_it.adapted
    assert 0 < first.sum() <= 3 * 20
    assert (with_it.fit[first] > without.fit[first]).all()
    number = with_it.adapted.sum(axis=1)[:, None]
    expected = 1 - (1 - without.fit) * np.exp(-0.02 * number)
    np.testing.assert_allclose(with_it.fit[first], expected[first], rtol=1e-4)


def test_a_finished_adoption_teaches_once() -> None:
    """In ordinary operation the demanded capability is c + 0.05 (1 - c), the others are as before."""
    innovations = {"x": {**begun("sustained")["x"], "demands": {"measurement": 1.0}}}
    made = asked("learning", only=("season",), innovations=innovations)
    before, after = made.world.attributes.capability[4], made.world.capability[4]
    np.testing.assert_allclose(
        after[:, :12], np.broadcast_to(before + 0.05 * (1 - before), after.shape)[:, :12], rtol=1e-5
    )
    np.testing.assert_allclose(after[:, 12:], np.broadcast_to(before, after.shape)[:, 12:])
    np.testing.assert_array_equal(
        made.world.capability[0], np.broadcast_to(made.world.attributes.capability[0], after.shape)
    )


def test_documents_outlive_persons() -> None:
    """Where champions leave after two years of a plan most losses are not felt, and all are where there is no plan."""
    leave = [{"month": 24, "champions_leave": {"share": 1.0}}]
    felt = {}
    for plan in (True, False):
        chosen = {"one": {"use": "let_it_happen", "levers": {"transition_plan": plan}}}
        made = asked(
            "early_documents", months=25, only=("events",), innovations=begun("using"), strategies=chosen,
            events=leave, replicates=60,
        )  # fmt: skip
        felt[plan] = made.world.spreads[0].champion_lost[:, :12].mean()
    documented = _documents(24)
    assert felt[False] == 1.0
    assert abs(felt[True] - (1 - documented)) < 4 * np.sqrt(documented * (1 - documented) / 720)


def _documents(months: int) -> float:
    """D after so many months of d' = (1 - d) - 0.2 d, by Euler as the model has it, in the month of the event."""
    d = 0.0
    for _ in range(months + 1):
        d += ((1 - d) - 0.2 * d) / 12
    return d


@pytest.mark.parametrize("name", ASKED)
def test_what_is_not_asked_for_does_not_run(name: str) -> None:
    """It is not in the month of a scenario that says nothing, and it is where the scenario asks for it."""
    plain, on = (plugin_host.parts_of(scenario(mechanisms={"on": given})) for given in ([], [name]))
    assert name not in {part.name for part in plain.mechanisms}
    assert name in {part.name for part in on.mechanisms}


@pytest.mark.parametrize(
    "changes",
    [
        *({"mechanisms": {"on": [name]}} for name in ASKED),
        *(
            {"innovations": {"x": {**begun("using", 4)["x"], **said}}}
            for said in (
                {"pocket": {"gain_kept": 0.1}},
                {"company": {}},
                {"threatens": 0.5},
                {"existing_network": 0.5},
                {"measured": 0.2},
            )
        ),
    ],
    ids=str,
)
def test_a_mechanism_does_not_depend_on_the_block(changes: dict[str, Any]) -> None:
    """The first two of six worlds end alike, whether or not the others are there."""
    base = {"innovations": begun("using", 4), "strategies": LET, "events": [{"month": 6, "champions_leave": {}}]}
    together, alone = (followed(model(**base | changes | {"replicates": rows}), 20).world.spreads[0] for rows in (6, 2))
    for state in ("stage", "depth", "advantage", "fidelity"):
        np.testing.assert_array_equal(getattr(together, state)[:2], getattr(alone, state))


def test_own_results_convince_those_that_use_it() -> None:
    """Perceived advantage nears 0.5 + 0.2 x fit at 0.5 a year in genuine use, and stays where nobody uses it."""
    innovations = {"x": {"attributes": {"compatibility": 0.7}, "begins": {"region": "Norrdal", "clinics": 12}}}
    only = everything_but("own_results")
    spread = followed(model(innovations=innovations, mechanisms=only, months=24), 24).world.spreads[0]
    goal = 0.5 + 0.2 * spread.fit[:, :12]
    np.testing.assert_allclose(spread.advantage[:, :12], goal - (goal - 0.5) * (1 - 0.5 / 12) ** 24, rtol=1e-4)
    assert (spread.advantage[:, 12:] == 0.5).all()
