"""The plan in the clinics: agreement, overload, and the plain statement when they do not agree."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from portfolio.board import Portfolio
from portfolio.choice import choose as choosing
from portfolio.clinics import MOST_ROUNDS, tried_in_clinics
from portfolio.forecast import Adoption, Commitment, Load, adoption_of, lengthened
from portfolio.initiative import Initiative
from portfolio.requirements import GATES


def adopted(level: float) -> Adoption:
    """In use at that share of full effect from the first month."""
    whole = np.full((4, 24), level)
    return Adoption("simulation", whole, whole, 10, {"clinic_hours": np.full((4, 24), 10.0)})


class Clinics:
    """Clinics in which some initiatives lose a share of their effect whenever another one shares them."""

    def __init__(self, kept: Mapping[str, float], asked: float = 10.0, usable: float = 100.0) -> None:
        self.kept, self.asked, self.usable = kept, asked, usable

    def adoption(self, name: str, initiative: Initiative, strategy: str) -> Adoption:
        """Full effect at once."""
        return adopted(1.0)

    def clinics(self, group: str) -> int:
        """Ten."""
        return 10

    def change_capacity(self, group: str) -> float:
        """More than enough."""
        return 1000.0

    def together(self, group: str, plan: tuple[Commitment, ...], months: int) -> Load:
        """Each keeps its share where there are others."""
        alone = {one.initiative: adopted(1.0) for one in plan}
        share = {one.initiative: self.kept.get(one.initiative, 1.0) if len(plan) > 1 else 1.0 for one in plan}
        quarters = months // 3
        hours = np.full(quarters, self.asked * len(plan))
        beside = {name: adopted(kept) for name, kept in share.items()}
        return Load(group, hours, hours, np.full(quarters, self.usable), alone, beside, np.zeros(quarters))


def board(budget: float, **scores: float) -> Portfolio:
    """Simulated initiatives that share one group of clinics, each at a cost of 10."""
    initiatives = {
        name: {
            "gates": dict.fromkeys(GATES, "yes"),
            "scores": {"a": score},
            "cost": {"fixed_sek": 10},
            "benefit": {"scenario": "s.yaml"},
            "latest": "2026-Q1",
        }
        for name, score in scores.items()
    }
    base = {"years": [2026, 2027], "horizon_years": 2, "groups": {"g": {"scenario": "s.yaml"}}}
    limits = {"budget_sek": budget}
    return Portfolio.model_validate(
        base | {"criteria": {"a": {"weight": 1}}, "limits": limits, "initiatives": initiatives}
    )


def tried(given: Portfolio, clinics: Clinics):
    """The rounds of a plan in these clinics."""
    ready = choosing.prepared(given, clinics)
    return tried_in_clinics(given, ready, choosing.choose(ready, given), clinics)


def test_a_plan_that_stays_best_agrees_at_once():
    """Sharing the clinics takes a little from both, and the same two are still best; the value is the joint one."""
    found = tried(board(20, x=5, y=5, z=2), Clinics({"x": 0.9, "y": 0.9}))
    assert found.agreed
    assert len(found.rounds) == 1
    assert found.rounds[0].kept == {"x": 0.9, "y": 0.9}
    assert found.choice.value == 0.9 * 2


def test_an_initiative_that_loses_beside_the_others_is_left_for_one_that_does_not():
    """Knowing that y keeps a tenth, z takes its place, and with z the plan stands."""
    found = tried(board(20, x=5, y=4.8, z=3), Clinics({"y": 0.1}))
    assert [one.initiative for one in found.rounds[0].choice.commitments] == ["x", "y"]
    assert [one.initiative for one in found.choice.commitments] == ["x", "z"]
    assert found.agreed
    assert len(found.rounds) == 2


def test_plans_that_chase_each_other_are_said_not_to_agree():
    """Whoever is chosen loses, so the plan goes round; that is told, not hidden."""

    class Rivals(Clinics):
        def together(self, group: str, plan: tuple[Commitment, ...], months: int) -> Load:
            self.turn = getattr(self, "turn", -1) + 1
            names = {one.initiative for one in plan}
            self.kept = {name: 0.2 if name in names and name != "x" else 1.0 for name in ("x", "y", "z")}
            load = super().together(group, plan, months)
            known = {"y": 1.0, "z": 1.0} if self.turn else {}
            return Load(
                group,
                load.hours,
                load.wanted,
                load.capacity,
                load.alone | {n: adopted(1) for n in known if n not in names},
                load.together | {n: adopted(1) for n in known if n not in names},
                load.fatigue,
            )

    found = tried(board(20, x=5, y=4, z=3.9), Rivals({}))
    assert not found.agreed
    assert found.ending in {"goes_round", "out_of_rounds"}
    assert len(found.rounds) <= MOST_ROUNDS


def test_an_overload_is_told_by_group_and_quarter_with_its_hours():
    """Every quarter in which more is asked than the clinics have."""
    found = tried(board(20, x=5, y=5), Clinics({}, asked=60.0, usable=100.0))
    overloads = found.rounds[0].overloads
    assert [one.quarter for one in overloads][:2] == ["2026-Q1", "2026-Q2"]
    assert len(overloads) == 8
    assert (overloads[0].asked_hours, overloads[0].usable_hours) == (120.0, 100.0)


def test_without_a_scenario_there_is_nothing_to_test():
    """That is said in so many words."""
    given = Portfolio.model_validate(
        {
            "years": [2026],
            "criteria": {"a": {"weight": 1}},
            "groups": {"g": {"clinics": 3}},
            "initiatives": {"x": {"scores": {"a": 3}, "clinics": {"g": 2}}},
        }
    )
    assert tried(given, Clinics({})).ending == "nothing_to_test"


def test_a_forecast_that_is_too_short_goes_on_as_it_ended():
    """Lengthened by its last month, cut where it is too long, and by hand where the file says so."""
    assert lengthened(adopted(0.4), 36).use.shape == (4, 36)
    assert lengthened(adopted(0.4), 36).booked["clinic_hours"][0, -1] == 10
    assert lengthened(adopted(0.4), 12).use.shape == (4, 12)
    by_hand = Initiative.model_validate({"benefit": {"ramp": {"by_hand": [0.5, 1]}}})
    curve = adoption_of("x", by_hand, "plan", 36, Clinics({})).use[0]
    np.testing.assert_allclose(curve[[11, 23, 35]], [0.5 * 11.5 / 12, 0.5 + 0.5 * 11.5 / 12, 1])
