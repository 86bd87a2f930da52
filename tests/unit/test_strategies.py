"""A strategy of a scenario as the schedule that will be carried out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from builders import followed, model, scenario

from sim import evidence
from sim.scenario import Inclusion, Mandate, Preset
from sim.strategies import NUMERIC, PURCHASABLE, Dose, End, Schedule, preset, schedule

P = {name: one.value for name, one in evidence.defaults().items()}


def scheduled(strategy: Any, **parameters: float) -> Schedule:
    """The schedule of one strategy for 114 clinics."""
    return schedule("one", scenario(strategies={"one": strategy}).strategies["one"], 114, parameters)


def test_let_does_nothing() -> None:
    """Let it happen is the neutral dose and cannot be scaled into something."""
    (step,) = scheduled("let_it_happen").steps
    assert step.dose == Dose()
    assert not scheduled("let_it_happen").bought
    assert scheduled("let_it_happen").scaled(5).steps == scheduled("let_it_happen").steps


def test_help_buys_support() -> None:
    """One facilitator for 57 clinics, 1 % of staff hours, training, meeting places, champions, guided reinvention."""
    dose = scheduled("help_it_happen").steps[0].dose
    assert dose.facilitators_fte == pytest.approx(2)
    assert dose.protected_time == pytest.approx(0.01)
    assert (dose.training, dose.meeting_places, dose.early_adopter_investment) == (1, 1, pytest.approx(0.2))
    assert (dose.reinvention, dose.transition_plan, dose.visibility, dose.mandate) == ("guided", 1, 1, None)


def test_make_mandates_and_buys_nothing() -> None:
    """A monitored mandate, restricted reinvention, the old way removed."""
    dose = scheduled("make_it_happen").steps[0].dose
    assert dose == Dose(reinvention="restricted", remove_old_way=1.0, mandate=Mandate())
    assert not dose.bought


def test_levers_replace_what_they_name_and_nothing_else() -> None:
    """A lever of the strategy stands in for the preset's; a null lever leaves it."""
    dose = scheduled({"use": "help_it_happen", "levers": {"facilitators_fte": 7, "training": None}}).steps[0].dose
    assert dose.facilitators_fte == 7
    assert dose.training == 1
    assert dose.protected_time == pytest.approx(0.01)


def test_a_parameter_of_the_scenario_changes_the_preset() -> None:
    """Doses of the presets are parameters like others."""
    assert scheduled("help_it_happen", help_clinics_per_facilitator=38).steps[0].dose.facilitators_fte == pytest.approx(
        3
    )


def test_phased_is_let_then_help_then_make() -> None:
    """Let ends at reach .10 or month 12, help at reach .50; levers hold for all phases but the first."""
    steps = scheduled({"use": "phased", "levers": {"training": 2}}).steps
    assert [step.name for step in steps] == [Preset.LET, Preset.HELP, Preset.MAKE]
    assert [step.until for step in steps] == [End(month=12, reach=0.10), End(reach=0.50), None]
    assert [step.dose.training for step in steps] == [0, 2, 2]


@pytest.mark.parametrize("level", Inclusion)
def test_inclusion_counts_from_consultation(level: Inclusion) -> None:
    """Passive is -2, consultation 0, ownership 3."""
    dose = scheduled({"use": "let_it_happen", "levers": {"inclusion": level.value}}).steps[0].dose
    assert (
        dose.inclusion
        == {"passive": -2, "information": -1, "consultation": 0, "functional": 1, "interactive": 2, "ownership": 3}[
            level
        ]
    )


def test_scaling_touches_what_money_buys() -> None:
    """Purchasable levers are multiplied, visibility from 1; mandate, reinvention and plan stay."""
    levers = {"visibility": 1.5, "facilitators_fte": 4, "transition_plan": True, "mandate": {}, "remove_old_way": 1}
    whole = scheduled({"use": "let_it_happen", "levers": levers})
    half, none = whole.scaled(0.5).steps[0].dose, whole.scaled(0).steps[0].dose
    assert (half.visibility, half.facilitators_fte) == (1.25, 2)
    assert (none.visibility, none.facilitators_fte) == (1, 0)
    for kept in ("transition_plan", "mandate", "remove_old_way", "reinvention"):
        assert getattr(half, kept) == getattr(whole.steps[0].dose, kept)
    assert whole.scaled(1) == whole
    assert whole.bought
    assert not whole.scaled(0).bought


def test_every_purchasable_lever_is_a_number() -> None:
    """What money buys can be multiplied, and every preset knows it."""
    assert set(PURCHASABLE) <= set(NUMERIC)
    assert all(preset(use, 100, P) for use in (Preset.LET, Preset.HELP, Preset.MAKE))


def test_phases_follow_by_month_by_reach_and_by_event() -> None:
    """A phase ends at the first of its conditions, in each replicate for itself."""
    phases = [
        {"levers": {"training": 1}, "until": {"month": 3}},
        {"levers": {"training": 2}, "until": {"event": "funding_ends"}},
        {"levers": {"lead_by_example": 0.5}, "until": {"reach": 0.3}},
        {"levers": {"lead_by_example": 1}},
    ]
    made = model(
        strategies={"one": {"phases": phases}},
        events=[{"month": 6, "funding_ends": {"transition_plan": True}}],
        replicates=40,
        months=48,
        parameters={"external_influence": 0.5},
    )
    seen = []
    began = np.full(40, -1)
    for month in range(48):
        reach = made.world.spreads[0].in_use.mean(axis=1)
        made.step()
        training, lead = made.world.levers.training[:, 0], made.world.levers.lead_by_example[:, 0]
        seen.append(training[0])
        funded = np.float32(0.5)  # kept_after_funding
        if month >= 6:
            last = lead == 1 * funded
            began = np.where((began < 0) & last, month, began)
            assert (reach[began == month] >= 0.3).all()
            assert (reach[began < 0] < 0.3).all()
    assert seen[:7] == [1, 1, 1, 2, 2, 2, 0]
    assert len(set(began.tolist())) > 1


def test_a_mandate_rises_holds_and_is_lifted() -> None:
    """M is a sixth in its first month, one in its sixth, and 0 from the month of the lift."""
    levers = {"mandate": {"from_month": 2, "lift_month": 12}}
    made = model(strategies={"one": {"use": "let_it_happen", "levers": levers}}, months=20)
    force = []
    for _ in range(16):
        followed(made, 1)
        force.append(float(made.world.mandate.max()))
    assert force == pytest.approx([0, 0, *(k / 6 for k in range(1, 7)), 1, 1, 1, 1, 0, 0, 0, 0])


def test_a_mandate_holds_in_its_regions_only() -> None:
    """The scope names regions, however they are written."""
    made = model(
        clinics={"regions": {"Skåne": 3, "Uppsala": 4}},
        innovations={"x": {}},
        strategies={"one": {"use": "make_it_happen", "levers": {"mandate": {"scope": ["Region Skåne"]}}}},
    )
    followed(made, 8)
    assert made.world.mandate[0].tolist() == [1, 1, 1, 0, 0, 0, 0]


def test_an_event_lifts_what_is_in_force_and_not_what_comes_later() -> None:
    """The event lifts every mandate in force; one that begins afterwards does come into force."""
    phases = [
        {"use": "let_it_happen", "levers": {"mandate": {"from_month": 0}}, "until": {"month": 12}},
        {"use": "make_it_happen"},
    ]
    made = model(strategies={"one": {"phases": phases}}, events=[{"month": 8, "mandate_lifts": {}}], months=30)
    force = [float(followed(made, 1).world.mandate.max()) for _ in range(20)]
    assert force[7] == 1
    assert force[8:12] == [0, 0, 0, 0]
    assert force[12] == pytest.approx(1 / 6)


def test_a_mandate_goes_on_from_phase_to_phase() -> None:
    """Where the next phase has a mandate as well, it stays in full force and does not begin to rise anew."""
    phases = [{"use": "make_it_happen", "until": {"month": 10}}, {"use": "make_it_happen", "levers": {"training": 1}}]
    made = model(strategies={"one": {"phases": phases}})
    force = [float(followed(made, 1).world.mandate.max()) for _ in range(14)]
    assert force[5:] == [1] * 9
