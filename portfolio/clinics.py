"""The plan tested in the clinics: simulated together, overload told, and chosen anew until plan and clinics agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from portfolio.board import Portfolio
from portfolio.choice.choose import Choice, choose
from portfolio.choice.options import group_of
from portfolio.choice.program import Program, Used
from portfolio.forecast import Commitment, Forecast, Load
from portfolio.initiative import quarter_name

MOST_ROUNDS = 5
"""Rounds after which plan and clinics are said not to agree."""

Ending = Literal["agrees", "goes_round", "out_of_rounds", "nothing_to_test"]


@dataclass(frozen=True)
class Overload:
    """More is asked of a group's clinics in a quarter than they have."""

    group: str
    quarter: str
    asked_hours: float
    usable_hours: float


@dataclass(frozen=True, eq=False)
class Round:
    """A plan, and how it went in the clinics."""

    choice: Choice
    loads: Mapping[str, Load]
    """By group of clinics; groups without a scenario cannot be simulated."""
    kept: Mapping[str, float]
    """Of each initiative: adoption beside the others as a share of that with the clinics to itself."""
    overloads: tuple[Overload, ...]


@dataclass(frozen=True, eq=False)
class Tested:
    """The rounds of plan and simulation."""

    rounds: tuple[Round, ...]
    ending: Ending
    """agrees; goes_round (an earlier plan came back); out_of_rounds; nothing_to_test (no group has a scenario)."""

    @property
    def agreed(self) -> bool:
        """Whether the last plan is still the best one when it is known how it goes in the clinics."""
        return self.ending == "agrees"

    @property
    def choice(self) -> Choice:
        """The last plan."""
        return self.rounds[-1].choice


def tried_in_clinics(portfolio: Portfolio, ready: Program, first: Choice, forecast: Forecast) -> Tested:
    """Simulate the plan's initiatives together, choose anew knowing what came of it, until nothing changes.

    Args:
        portfolio: groups of clinics and initiatives.
        ready: the programme that the plan was chosen from.
        first: the plan.
        forecast: simulates.
    """
    rounds: list[Round] = []
    seen: list[frozenset[Commitment]] = []
    known: dict[str, float] = {}
    heavier: dict[tuple[str, str], float] = {}
    choice = first
    for _ in range(MOST_ROUNDS):
        one = _simulated(portfolio, choice, forecast)
        rounds.append(one)
        if not one.loads:
            return Tested(tuple(rounds), "nothing_to_test")
        seen.append(frozenset(choice.commitments))
        known |= one.kept
        heavier |= _heavier(one, ready)
        choice = choose(_knowing(ready, known, heavier), portfolio)
        if frozenset(choice.commitments) == seen[-1]:
            return Tested((*rounds[:-1], replace(one, choice=choice)), "agrees")
        if frozenset(choice.commitments) in seen:
            return Tested(tuple(rounds), "goes_round")
    return Tested(tuple(rounds), "out_of_rounds")


def _simulated(portfolio: Portfolio, choice: Choice, forecast: Forecast) -> Round:
    months = 12 * len(portfolio.years)
    loads = {}
    for name, group in portfolio.groups.items():
        plan = _in_group(portfolio, choice.commitments, name)
        if group.scenario is not None and plan:
            loads[name] = forecast.together(name, plan, months)
    kept = {}
    for load in loads.values():
        for name, alone in load.alone.items():
            usual = float(alone.use.mean(axis=0).sum())
            beside = float(load.together[name].use.mean(axis=0).sum())
            kept[name] = beside / usual if usual > 0 else 1.0
    return Round(choice, loads, kept, tuple(_overloads(portfolio, loads)))


def _in_group(portfolio: Portfolio, plan: Sequence[Commitment], group: str) -> tuple[Commitment, ...]:
    """The plan's initiatives that ask something of a group's clinics."""
    found = []
    for commitment in plan:
        one = portfolio.initiatives[commitment.initiative]
        simulated = one.benefit.scenario is not None and group_of(portfolio, one) == group
        by_hand = one.benefit.scenario is None and group in one.clinics and one.cost.change_hours_per_clinic > 0
        if simulated or by_hand:
            found.append(commitment)
    return tuple(found)


def _overloads(portfolio: Portfolio, loads: Mapping[str, Load]) -> list[Overload]:
    first = 4 * portfolio.years[0]
    return [
        Overload(name, quarter_name(first + int(quarter)), float(load.hours[quarter]), float(load.capacity[quarter]))
        for name, load in loads.items()
        for quarter in np.flatnonzero(load.hours > load.capacity)
    ]


def _heavier(one: Round, ready: Program) -> dict[tuple[str, str], float]:
    """Where a group is overloaded: by how much the initiatives' hours there exceed the plan's."""
    found: dict[tuple[str, str], float] = {}
    for name in {overload.group for overload in one.overloads}:
        rows = [i for i, r in enumerate(ready.resources) if r.kind == "change_capacity" and r.which == name]
        planned = sum(one.choice.used[i].used for i in rows)
        asked = float(one.loads[name].hours.sum())
        if planned > 0:
            found |= {(initiative, name): max(1.0, asked / planned) for initiative in one.loads[name].alone}
    return found


def _knowing(ready: Program, kept: Mapping[str, float], heavier: Mapping[tuple[str, str], float]) -> Program:
    """The programme with what is known: less comes of what shares the clinics, and it may take more of them."""
    options = tuple(
        replace(option, delivered=option.delivered * kept.get(option.commitment.initiative, 1.0))
        for option in ready.options
    )
    return replace(ready, options=options, usage=Used(heavier).applied(ready.usage, ready.resources, options))
