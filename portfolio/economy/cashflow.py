"""What an initiative costs and gives year by year, as a function of its uncertain inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from portfolio.amounts import Amount
from portfolio.board import Portfolio
from portfolio.economy.discounting import present_value
from portfolio.forecast import Adoption, Commitment
from portfolio.initiative import Initiative, Plan
from portfolio.numbers import discount_rate, horizon_years

Floats = NDArray[np.float64]


COST_AND_GAIN = (
    *("fixed_sek", "per_clinic_sek", "per_year_sek", "per_clinic_year_sek", "qaly", "revenue_sek", "saved_sek"),
    *("freed_hours", "plan_fixed_sek", "plan_per_year_sek"),
)
"""Names of the amounts that an initiative's flows may rest on."""


@dataclass(frozen=True, eq=False)
class Uptake:
    """Adoption by year of the plan, ``(replicates, years)`` each; the start is put where it is committed to."""

    use: Floats
    """Full-effect years."""
    new: Floats
    """Clinics that begin."""
    running: Floats
    """Share of the year in which it is under way: ``(years,)``."""
    introduced: Floats
    """Share of the year in which it is introduced: ``(years,)``."""
    start: int
    """Year of the start."""
    clinics: int
    booked: Mapping[str, Floats]
    """What the simulation books in the year."""


@dataclass(frozen=True, eq=False)
class Flows:
    """Amounts of each year, ``(draws, years)`` each, undiscounted; with the initiative less without it."""

    cost_sek: Floats
    """Money spent."""
    income_sek: Floats
    """Money in: cost coverage, and spending that is avoided."""
    qaly: Floats
    """Quality-adjusted life years."""
    freed_hours: Floats
    """Staff-hours freed; not money."""
    change_hours: Floats
    """Staff-hours that the clinics give to the change; not money."""

    @property
    def net_sek(self) -> Floats:
        """Money in less money out."""
        return self.income_sek - self.cost_sek

    def net_benefit(self, threshold: float, rate: float, hour_sek: float = 0.0) -> Floats:
        """Net monetary benefit over the horizon, discounted [SEK]: ``(draws,)``.

        Args:
            threshold: what a quality-adjusted life year is taken to be worth [SEK].
            rate: discount rate.
            hour_sek: what an hour is taken to be worth; 0 leaves time apart from money.
        """
        time = hour_sek * (self.freed_hours - self.change_hours)
        return present_value(self.net_sek + threshold * self.qaly + time, rate)


def inputs_of(initiative: Initiative, strategy: str) -> dict[str, Amount]:
    """The amounts that the flows rest on, by name; those that are exactly zero left out."""
    cost, gain = initiative.cost, initiative.benefit.per_year
    named = {
        "fixed_sek": cost.fixed_sek,
        "per_clinic_sek": cost.per_clinic_sek,
        "per_year_sek": cost.per_year_sek,
        "per_clinic_year_sek": cost.per_clinic_year_sek,
        "qaly": gain.qaly,
        "revenue_sek": gain.revenue_sek,
        "saved_sek": gain.saved_sek,
        "freed_hours": gain.freed_hours,
    }
    plan = initiative.strategies.get(strategy) if isinstance(initiative.strategies, dict) else None
    if isinstance(plan, Plan):
        named |= {"plan_fixed_sek": plan.fixed_sek, "plan_per_year_sek": plan.per_year_sek}
    return {name: amount for name, amount in named.items() if not (amount.exact and amount.likely == 0)}


def uptake(portfolio: Portfolio, commitment: Commitment, adoption: Adoption) -> Uptake:
    """Adoption by year of the plan, for a commitment.

    Args:
        portfolio: gives the horizon.
        commitment: gives the start.
        adoption: month by month from the start, at least as long as the horizon.
    """
    years, late = horizon_years(portfolio), 3 * commitment.quarter
    one = portfolio.initiatives[commitment.initiative]

    def yearly(series: Floats) -> Floats:
        shifted = np.concatenate([np.zeros((len(series), late)), series], axis=1)[:, : 12 * years]
        return shifted.reshape(len(series), years, 12).sum(axis=2)

    months = np.arange(adoption.use.shape[1])[None, :]
    under_way = (months < round(12 * one.cost.facilitators_years)).astype(np.float64)
    new = np.diff(adoption.begun, axis=1, prepend=0.0) * adoption.clinics
    return Uptake(
        yearly(adoption.use) / 12,
        yearly(new),
        yearly(np.ones_like(months, np.float64))[0] / 12,
        yearly(under_way)[0] / 12,
        late // 12,
        adoption.clinics,
        {name: yearly(series) for name, series in adoption.booked.items()},
    )


def flows(initiative: Initiative, inputs: Mapping[str, Floats], taken: Uptake, worlds: NDArray[np.int64]) -> Flows:
    """What it costs and gives in each world and year.

    Args:
        initiative: whose flows.
        inputs: value of each of `inputs_of` in each world: ``(draws,)``.
        taken: its uptake; world w takes replicate w, again from the first when they are used up.
        worlds: numbers of the worlds: ``(draws,)``.
    """

    def amount(name: str) -> Floats:
        return inputs[name][:, None] if name in inputs else np.zeros((len(worlds), 1))

    def booked(name: str) -> Floats:
        series = taken.booked.get(name)
        return np.zeros((1, taken.use.shape[1])) if series is None else series[worlds % len(series)]

    use, new = taken.use[worlds % len(taken.use)], taken.new[worlds % len(taken.new)]
    at_start = (np.arange(taken.use.shape[1]) == taken.start).astype(np.float64)
    cost = (
        (amount("fixed_sek") + amount("plan_fixed_sek")) * at_start
        + amount("per_clinic_sek") * new
        + amount("per_year_sek") * taken.running
        + amount("per_clinic_year_sek") * use * taken.clinics
        + amount("plan_per_year_sek") * taken.introduced
        + booked("levers_sek")
        + booked("innovation_sek")
    )
    hours = booked("clinic_hours") if "clinic_hours" in taken.booked else initiative.cost.change_hours_per_clinic * new
    return Flows(
        cost,
        (amount("revenue_sek") + amount("saved_sek")) * use + booked("saved_sek"),
        amount("qaly") * use + booked("qaly"),
        amount("freed_hours") * use + booked("freed_hours"),
        np.broadcast_to(hours, cost.shape),
    )


def net_benefit_sek(portfolio: Portfolio, flow: Flows, hour_sek: float = 0.0) -> Floats:
    """Net monetary benefit at the board's threshold and discount rate [SEK]: ``(draws,)``."""
    return flow.net_benefit(portfolio.thresholds.used, discount_rate(portfolio), hour_sek)
