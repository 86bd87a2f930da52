"""What may be chosen: each initiative under each strategy from each quarter, with what it gives and takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from portfolio.board import Portfolio
from portfolio.economy.discounting import discount_factors
from portfolio.forecast import Adoption, Commitment, Forecast, adoption_of
from portfolio.initiative import Initiative, Plan, quarter_number
from portfolio.numbers import discount_rate, horizon_years
from sim.api import Text

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Course:
    """One initiative under one strategy, month by month from its own start; amounts as expected."""

    adoption: Adoption
    money: Floats
    """Money spent [SEK/month]: ``(months,)``; income is not counted against it."""
    facilitators: Floats
    """Facilitators at work [full-time equivalents]: ``(months,)``."""
    support: Mapping[str, Floats]
    """Hours of each support function: ``(months,)``."""
    hours: Mapping[str, Floats]
    """Staff-hours for change in each group of clinics: ``(months,)``."""


@dataclass(frozen=True, eq=False)
class Option:
    """A course from a certain quarter of the plan."""

    commitment: Commitment
    delivered: Floats
    """Share of the full effect over the whole horizon that comes about, discounted: ``(replicates,)``."""
    money: Floats
    """Money spent [SEK/year]: ``(years,)``; what begins in the last year is charged its first twelve months, so that a
    late start does not look cheap because the plan ends."""
    facilitators: Floats
    """Facilitators needed [full-time equivalents]: ``(quarters,)``."""
    source: str
    """Where the adoption comes from."""
    support: Mapping[str, Floats] = field(default_factory=dict)
    """Hours of each support function [hours/year]: ``(years,)``."""
    hours: Mapping[str, Floats] = field(default_factory=dict)
    """Staff-hours for change in each group of clinics [hours/year]: ``(years,)``."""
    strategy_title: Text | None = None
    """What the scenario or the plan calls the strategy."""


def group_of(portfolio: Portfolio, initiative: Initiative) -> str | None:
    """The group of clinics in which a simulated initiative spreads."""
    same = (name for name, group in portfolio.groups.items() if group.scenario == initiative.benefit.scenario)
    return next(same, None) or next(iter(initiative.clinics), None)


def course(portfolio: Portfolio, name: str, strategy: str, months: int, forecast: Forecast) -> Course:
    """An initiative under a strategy over that many months from its start."""
    one = portfolio.initiatives[name]
    adoption = adoption_of(name, one, strategy, months, forecast)
    plan = one.strategies.get(strategy) if isinstance(one.strategies, dict) else None
    begun, use = adoption.begun.mean(axis=0), adoption.use.mean(axis=0)
    new = np.diff(begun, prepend=0.0) * adoption.clinics
    first = (np.arange(months) == 0).astype(np.float64)
    introduced = (np.arange(months) < round(12 * one.cost.facilitators_years)).astype(np.float64)
    money = (
        first * one.cost.fixed_sek.mean
        + new * one.cost.per_clinic_sek.mean
        + one.cost.per_year_sek.mean / 12
        + use * adoption.clinics * one.cost.per_clinic_year_sek.mean / 12
        + _booked(adoption, "levers_sek", months)
        + _booked(adoption, "innovation_sek", months)
    )
    facilitators = introduced * one.cost.facilitators_fte + _booked(adoption, "facilitators_fte", months)
    if isinstance(plan, Plan):
        money = money + first * plan.fixed_sek.mean + introduced * plan.per_year_sek.mean / 12
        facilitators = facilitators + introduced * plan.facilitators_fte
    return Course(adoption, money, facilitators, _support(one, adoption, first, new), _hours(portfolio, one, adoption))


def options(portfolio: Portfolio, names: tuple[str, ...], forecast: Forecast) -> tuple[Option, ...]:
    """Every way in which these initiatives may be carried out."""
    months = 12 * horizon_years(portfolio)
    made = []
    for name in names:
        for strategy in portfolio.initiatives[name].strategy_names():
            one = course(portfolio, name, strategy, months, forecast)
            made += [started(portfolio, name, strategy, one, quarter) for quarter in quarters(portfolio, name)]
    return tuple(made)


def quarters(portfolio: Portfolio, name: str) -> range:
    """Quarters of the plan in which an initiative may start.

    What has started already starts at once; what a gate is promised for starts in the quarter after that month.
    """
    one, first, last = portfolio.initiatives[name], 0, 4 * len(portfolio.years) - 1
    begin = 4 * portfolio.years[0]
    if one.must == "started":
        return range(1)
    if one.earliest is not None:
        first = max(first, quarter_number(one.earliest) - begin)
    for gate in one.gates.values():
        if gate.by is not None and one.must is None:
            year, month = (int(part) for part in gate.by.split("-"))
            first = max(first, 4 * year + (month - 1) // 3 + 1 - begin)
    if one.latest is not None:
        last = min(last, quarter_number(one.latest) - begin)
    return range(first, last + 1)


def started(portfolio: Portfolio, name: str, strategy: str, one: Course, quarter: int) -> Option:
    """A course from that quarter of the plan."""
    years, horizon, late = len(portfolio.years), horizon_years(portfolio), 3 * quarter
    factors = np.repeat(discount_factors(discount_rate(portfolio), horizon), 12)
    kept = 12 * horizon - late
    delivered = one.adoption.use[:, :kept] @ factors[late:] / factors.sum()

    def yearly(series: Floats) -> Floats:
        return _late(series, late, 12 * years).reshape(years, 12).sum(axis=1)

    money = yearly(one.money)
    if late > 12 * (years - 1):  # begun in the last year: charged its first twelve months, or what follows were free
        money[-1] = one.money[:12].sum()
    return Option(
        Commitment(name, strategy, quarter),
        delivered,
        money,
        _late(one.facilitators, late, 12 * years).reshape(4 * years, 3).max(axis=1),
        one.adoption.source,
        {function: yearly(series) for function, series in one.support.items()},
        {group: yearly(series) for group, series in one.hours.items()},
        one.adoption.strategy_title,
    )


def _late(series: Floats, late: int, months: int) -> Floats:
    """A series that begins so many months late, cut to the plan."""
    return np.concatenate([np.zeros(min(late, months)), series[: max(months - late, 0)]])


def _booked(adoption: Adoption, what: str, months: int) -> Floats:
    series = adoption.booked.get(what)
    return np.zeros(months) if series is None else np.asarray(series.mean(axis=0), np.float64)


def _support(one: Initiative, adoption: Adoption, first: Floats, new: Floats) -> dict[str, Floats]:
    total: dict[str, Floats] = {str(function): first * hours for function, hours in one.cost.support_hours.items()}
    per_clinic = dict(adoption.support_hours_per_clinic)
    for function, hours in one.cost.support_hours_per_clinic.items():
        per_clinic[str(function)] = per_clinic.get(str(function), 0.0) + hours
    for name, hours in per_clinic.items():
        total[name] = total.get(name, np.zeros_like(first)) + new * hours
    return total


def _hours(portfolio: Portfolio, one: Initiative, adoption: Adoption) -> dict[str, Floats]:
    booked = adoption.booked.get("clinic_hours")
    if booked is not None:
        group = group_of(portfolio, one)
        return {group: booked.mean(axis=0)} if group is not None else {}
    new = np.diff(adoption.begun.mean(axis=0), prepend=0.0) * one.cost.change_hours_per_clinic
    return {group: new * clinics for group, clinics in one.clinics.items()} if one.cost.change_hours_per_clinic else {}
