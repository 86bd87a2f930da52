"""How an initiative comes into use over time: from a simulation through `Forecast`, from a Bass curve, or by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from portfolio.initiative import Bass, Initiative, Plan, Ramp
from sim.api import Text

Floats = NDArray[np.float64]
Source = Literal["simulation", "bass", "by_hand", "at_once"]

BOOKED = ("qaly", "saved_sek", "freed_hours", "levers_sek", "innovation_sek", "clinic_hours", "facilitators_fte")
"""What a simulation books each month: gains, money spent, staff-hours of the clinics, and facilitators at work."""


@dataclass(frozen=True, eq=False)
class Adoption:
    """How an initiative comes into use, month by month from its start; without simulation one replicate."""

    source: Source
    """Where it comes from."""
    use: Floats
    """Share of full effect in each month: ``(replicates, months)``."""
    begun: Floats
    """Share of the clinics that have begun, at the end of each month: ``(replicates, months)``."""
    clinics: int
    """How many clinics it concerns; 0 where it is not about clinics."""
    booked: Mapping[str, Floats] = field(default_factory=dict)
    """Of each of `BOOKED`, the amount of the month: ``(replicates, months)``; empty without simulation."""
    support_hours_per_clinic: Mapping[str, float] = field(default_factory=dict)
    """Hours of each support function for each clinic that begins, as the simulation has them."""
    strategy_title: Text | None = None
    """What the scenario or the plan calls the strategy."""


@dataclass(frozen=True, eq=False)
class Load:
    """What a plan asks of one group of clinics when its initiatives share them."""

    group: str
    hours: Floats
    """Staff-hours spent on change by all its clinics: ``(quarters,)``, mean over replicates."""
    wanted: Floats
    """Hours that the same initiatives spend when each has the clinics to itself: ``(quarters,)``."""
    capacity: Floats
    """Hours that the clinics have for change: ``(quarters,)``."""
    alone: Mapping[str, Adoption]
    """By initiative, its adoption with the clinics to itself, from its own start."""
    together: Mapping[str, Adoption]
    """By initiative, its adoption beside the others, from its own start."""
    fatigue: Floats
    """Mean change fatigue, 0 to 1: ``(quarters,)``."""


@dataclass(frozen=True)
class Commitment:
    """A chosen initiative: how, and from when."""

    initiative: str
    strategy: str
    quarter: int
    """Quarter of the plan in which it starts, from 0."""


class Forecast(Protocol):
    """What the portfolio asks of the simulation; `studio` passes in an adapter over the engine."""

    def adoption(self, name: str, initiative: Initiative, strategy: str) -> Adoption:
        """How a simulated initiative comes into use under one of its scenario's strategies."""

    def clinics(self, group: str) -> int:
        """How many clinics a group has."""

    def change_capacity(self, group: str) -> float:
        """Staff-hours that a group's clinics have for change [hours/year]."""

    def together(self, group: str, plan: tuple[Commitment, ...], months: int) -> Load:
        """The plan's initiatives in one group of clinics at once, and each with the clinics to itself."""


class NoForecast:
    """Where nothing can be simulated."""

    def adoption(self, name: str, initiative: Initiative, strategy: str) -> Adoption:
        """Refuses: there is no simulation."""
        raise LookupError(f"{name} names a scenario ({initiative.benefit.scenario}), but nothing simulates it")

    def clinics(self, group: str) -> int:
        """Refuses: there is no simulation."""
        raise LookupError(f"the clinics of {group} are not known")

    def change_capacity(self, group: str) -> float:
        """Refuses: there is no simulation."""
        raise LookupError(f"the change capacity of {group} is not known")

    def together(self, group: str, plan: tuple[Commitment, ...], months: int) -> Load:
        """Refuses: there is no simulation."""
        raise LookupError(f"nothing simulates {group}")


def adoption_of(name: str, initiative: Initiative, strategy: str, months: int, forecast: Forecast) -> Adoption:
    """How an initiative comes into use under a strategy, over that many months; the source says from where.

    A simulation that is shorter goes on as it ended.
    """
    if initiative.benefit.scenario is not None:
        return lengthened(forecast.adoption(name, initiative, strategy), months)
    plan = initiative.strategies.get(strategy) if isinstance(initiative.strategies, dict) else None
    ramp = plan.ramp if isinstance(plan, Plan) and plan.ramp is not None else initiative.benefit.ramp
    source, curve = _ramp(ramp, months)
    title = plan.title if isinstance(plan, Plan) else None
    clinics = sum(initiative.clinics.values())
    return Adoption(source, curve[None, :], curve[None, :], clinics, strategy_title=title)


def _ramp(ramp: Ramp | None, months: int) -> tuple[Source, Floats]:
    if ramp is None:
        return "at_once", np.ones(months)
    if ramp.bass is not None:
        return "bass", bass_curve(ramp.bass, (np.arange(months) + 0.5) / 12)
    shares = np.array((0.0, *(ramp.by_hand or ())))
    return "by_hand", np.interp((np.arange(months) + 0.5) / 12, np.arange(len(shares)), shares)


def bass_curve(bass: Bass, years: Floats) -> Floats:
    """Share in use after that many years: m (1 - e^-(p+q)t) / (1 + q/p e^-(p+q)t) (Bass 1969).

    >>> bass_curve(Bass(p=0.03, q=0.0), np.array([1.0])).round(4).tolist()
    [0.0296]
    """
    decay = np.exp(-(bass.p + bass.q) * years)
    return np.asarray(bass.ceiling * (1 - decay) / (1 + bass.q / bass.p * decay), np.float64)


def lengthened(adoption: Adoption, months: int) -> Adoption:
    """The same adoption over that many months: cut, or going on as in its last month."""

    def fitted(series: Floats) -> Floats:
        missing = months - series.shape[1]
        if missing <= 0:
            return series[:, :months]
        return np.concatenate([series, np.repeat(series[:, -1:], missing, axis=1)], axis=1)

    booked = {name: fitted(series) for name, series in adoption.booked.items()}
    return replace(adoption, use=fitted(adoption.use), begun=fitted(adoption.begun), booked=booked)
