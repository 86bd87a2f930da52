"""What a decision promised: adoption and cost by quarter in every world, kept with the decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from portfolio.amounts import Amount
from portfolio.board import Portfolio
from portfolio.forecast import Adoption, Commitment, Forecast, Source, adoption_of
from portfolio.initiative import Plan, quarter_name, quarter_number
from sim.api import Draws

Floats = NDArray[np.float64]

LEAST_WORLDS = 200
"""Draws of uncertain costs where the adoption has fewer worlds."""
_FIGURES = 6


@dataclass(frozen=True, eq=False)
class Promise:
    """The forecast that a decision rested on."""

    source: Source
    """Where the adoption comes from; only a simulation says how sure it is."""
    quarters: tuple[str, ...]
    """The plan's quarters, such as ``2026-Q1``."""
    adoption: Floats
    """Share of the clinics that have begun, at the end of each quarter: ``(worlds, quarters)``."""
    cost_sek: Floats
    """Money spent in each quarter [SEK]: ``(worlds, quarters)``."""

    def plain(self) -> dict[str, Any]:
        """As JSON, with six significant figures."""
        series = {name: _rounded(getattr(self, name)).tolist() for name in ("adoption", "cost_sek")}
        return {"source": self.source, "quarters": list(self.quarters), **series}

    def at(self, what: str, period: str) -> Floats:
        """Adoption at the end of a year or quarter, or cost during it, in every world: ``(worlds,)``.

        Raises:
            KeyError: the plan does not hold the period.
        """
        inside = [i for i, quarter in enumerate(self.quarters) if quarter == period or quarter[:4] == period]
        if not inside:
            raise KeyError(period)
        return self.adoption[:, inside[-1]] if what == "adoption" else self.cost_sek[:, inside].sum(axis=1)


def kept(plain: dict[str, Any]) -> Promise:
    """A promise from its JSON."""
    series = {name: np.array(plain[name], np.float64) for name in ("adoption", "cost_sek")}
    return Promise(cast("Source", plain["source"]), tuple(plain["quarters"]), **series)


def promised(portfolio: Portfolio, commitment: Commitment, forecast: Forecast) -> Promise:
    """What starting an initiative so, and then, would give in every world.

    World ``i`` takes the simulation's world ``i``, and draws each uncertain amount once.
    """
    one = portfolio.initiatives[commitment.initiative]
    quarters = 4 * len(portfolio.years)
    adoption = adoption_of(commitment.initiative, one, commitment.strategy, 3 * quarters, forecast)
    worlds = np.arange(max(LEAST_WORLDS, adoption.begun.shape[0]))
    pick = worlds % adoption.begun.shape[0]
    money = _money(portfolio, commitment, adoption, worlds)
    late, first = 3 * commitment.quarter, quarter_number(f"{portfolio.years[0]}-Q1")
    return Promise(
        adoption.source,
        tuple(quarter_name(first + quarter) for quarter in range(quarters)),
        _late(adoption.begun[pick], late)[:, 2::3],
        _late(money, late).reshape(len(worlds), quarters, 3).sum(axis=2),
    )


def _money(portfolio: Portfolio, commitment: Commitment, adoption: Adoption, worlds: NDArray[np.int64]) -> Floats:
    """Money spent [SEK/month] from the start: ``(worlds, months)``."""
    one = portfolio.initiatives[commitment.initiative]
    pick = worlds % adoption.begun.shape[0]
    months = np.arange(adoption.begun.shape[1])
    first, introduced = (months == 0).astype(np.float64), months < round(12 * one.cost.facilitators_years)
    begin = np.diff(adoption.begun, axis=1, prepend=0.0)[pick] * adoption.clinics

    def drawn(label: str, amount: Amount) -> Floats:
        u = Draws(portfolio.seed, "portfolio cost", commitment.initiative, label).uniform(worlds)
        return amount.at(u)[:, None]

    money = (
        first * drawn("fixed_sek", one.cost.fixed_sek)
        + begin * drawn("per_clinic_sek", one.cost.per_clinic_sek)
        + drawn("per_year_sek", one.cost.per_year_sek) / 12
        + adoption.use[pick] * adoption.clinics * drawn("per_clinic_year_sek", one.cost.per_clinic_year_sek) / 12
    )
    plan = one.strategies.get(commitment.strategy) if isinstance(one.strategies, dict) else None
    if isinstance(plan, Plan):
        money = money + first * drawn("plan fixed_sek", plan.fixed_sek)
        money = money + introduced * drawn("plan per_year_sek", plan.per_year_sek) / 12
    booked = [adoption.booked[what][pick] for what in ("levers_sek", "innovation_sek") if what in adoption.booked]
    return np.asarray(money + sum(booked), np.float64)


def _late(series: Floats, late: int) -> Floats:
    """A series that begins so many months late, as long as before: ``(worlds, months)``."""
    return np.concatenate([np.zeros((len(series), late)), series[:, : series.shape[1] - late]], axis=1)


def _rounded(values: Floats) -> Floats:
    """With so many significant figures, so that a decision does not take more room than it needs."""
    size = np.where(values == 0, 1.0, np.abs(values))
    scale = 10.0 ** (_FIGURES - 1 - np.floor(np.log10(size)))
    return np.asarray(np.round(values * scale) / scale, np.float64)
