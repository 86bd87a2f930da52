"""The economy of one initiative as it is carried out, with its uncertainty: the value model's second half."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from portfolio.board import Portfolio
from portfolio.economy import information
from portfolio.economy.acceptability import Acceptability, acceptability
from portfolio.economy.cashflow import Flows, Uptake, flows, inputs_of, net_benefit_sek, uptake
from portfolio.economy.discounting import annuity, present_value
from portfolio.economy.icer import Increment, increments
from portfolio.economy.payback import break_even_factor, payback_years
from portfolio.economy.tornado import Bar, bars
from portfolio.forecast import Commitment, Forecast, adoption_of
from portfolio.numbers import discount_rate, horizon_years, hour_sek
from portfolio.scoring import amount_draws
from sim.api import value_of_information

Floats = NDArray[np.float64]

USE = "adoption"
"""Name of the uncertain adoption among the inputs."""


@dataclass(frozen=True, eq=False)
class Appraisal:
    """What an initiative costs and gives; with it less without it."""

    commitment: Commitment
    source: str
    """Where its adoption comes from: simulation, bass, by_hand, at_once."""
    flows: Flows
    """In every possible world: ``(draws, years)``; undiscounted, as a budget impact is."""
    inputs: Mapping[str, Floats]
    """Uncertain inputs in every world, the adoption among them: ``(draws,)``."""
    net_benefit: Floats
    """Net monetary benefit, discounted, freed time left apart [SEK]: ``(draws,)``."""
    net_benefit_with_time: Floats
    """The same with freed hours less hours spent at the wage [SEK]: ``(draws,)``."""
    cost: Floats
    """Money out less money in, discounted [SEK]: ``(draws,)``."""
    qaly: Floats
    """Quality-adjusted life years, discounted: ``(draws,)``."""
    payback: Floats
    """Years until the money is back; inf where it never is: ``(draws,)``."""
    break_even: float
    """Factor on income and health gains at which expected net benefit is zero."""
    cost_per_year: float
    """Expected running cost of an ordinary year, with the fixed cost written off [SEK/year]."""
    acceptability: Acceptability
    """Against not doing it (alternative 0), over the thresholds."""
    tornado: tuple[Bar, ...]
    """Net benefit with each input at its low and high end."""
    evpi: float
    """What it is worth to know all before deciding on it [SEK, the whole population]."""
    evppi: Mapping[str, float]
    """What it is worth to know one input [SEK]."""
    evpi_per_person: float | None
    """The same for each patient concerned [SEK]; None where their number is not given."""


def appraise(portfolio: Portfolio, commitment: Commitment, forecast: Forecast) -> Appraisal:
    """The economy of an initiative under a strategy from a quarter.

    Args:
        portfolio: horizon, thresholds, discount rate, the initiative.
        commitment: which, how, from when.
        forecast: simulates where a scenario is named.
    """
    name, rate = commitment.initiative, discount_rate(portfolio)
    one = portfolio.initiatives[name]
    adoption = adoption_of(name, one, commitment.strategy, 12 * horizon_years(portfolio), forecast)
    taken, worlds = uptake(portfolio, commitment, adoption), np.arange(portfolio.doubt.draws)
    amounts = inputs_of(one, commitment.strategy)
    drawn = {key: amount_draws(amount, portfolio.seed, worlds, name, key) for key, amount in amounts.items()}
    flow = flows(one, drawn, taken, worlds)
    net, cost, qaly = (
        net_benefit_sek(portfolio, flow),
        present_value(-flow.net_sek, rate),
        present_value(flow.qaly, rate),
    )
    uncertain = {key: values for key, values in drawn.items() if not amounts[key].exact} | _adoption_input(
        taken, worlds
    )
    against_nothing = np.stack([np.zeros_like(net), net], axis=1)
    spent, gained = present_value(flow.cost_sek, rate).mean(), net.mean() + present_value(flow.cost_sek, rate).mean()
    evpi = value_of_information.perfect(against_nothing)
    persons = one.benefit.patients_per_year
    concerned = None if persons is None else information.population(1.0, persons, horizon_years(portfolio), rate)
    return Appraisal(
        commitment,
        adoption.source,
        flow,
        uncertain,
        net,
        net_benefit_sek(portfolio, flow, hour_sek()),
        cost,
        qaly,
        payback_years(flow.net_sek),
        break_even_factor(float(spent), float(gained)),
        _ordinary_year(portfolio, commitment, flow),
        acceptability(_beside_nothing(cost), _beside_nothing(qaly), np.array(portfolio.thresholds.sek_per_qaly)),
        _tornado(portfolio, commitment, taken),
        evpi,
        {key: min(evpi, value_of_information.partial(against_nothing, values)) for key, values in uncertain.items()},
        None if concerned is None else evpi / concerned,
    )


def compared(portfolio: Portfolio, appraisals: Iterable[Appraisal]) -> dict[str, tuple[Increment, ...]]:
    """Initiatives that solve the same problem, and doing nothing, beside each other: by the word they share."""
    groups: dict[str, list[Appraisal]] = {}
    for one in appraisals:
        label = portfolio.initiatives[one.commitment.initiative].alternative
        if label is not None:
            groups.setdefault(label, []).append(one)
    found = {}
    for label, members in groups.items():
        names = ["nothing", *(one.commitment.initiative for one in members)]
        cost = np.array([0.0, *(one.cost.mean() for one in members)])
        effect = np.array([0.0, *(one.qaly.mean() for one in members)])
        found[label] = increments(names, cost, effect)
    return found


def _beside_nothing(values: Floats) -> Floats:
    return np.stack([np.zeros_like(values), values], axis=1)


def _adoption_input(taken: Uptake, worlds: NDArray[np.int64]) -> dict[str, Floats]:
    """The adoption as one uncertain input: full-effect years over the horizon; nothing where it is not uncertain."""
    years = taken.use.sum(axis=1)
    return {USE: years[worlds % len(years)]} if len(years) > 1 else {}


def _ordinary_year(portfolio: Portfolio, commitment: Commitment, flow: Flows) -> float:
    """Expected cost of the last year, with the fixed cost as an annuity where it is written off."""
    cost = portfolio.initiatives[commitment.initiative].cost
    written_off = 0.0
    if cost.depreciation_years is not None:
        written_off = annuity(cost.fixed_sek.mean, discount_rate(portfolio), cost.depreciation_years)
    return float(flow.cost_sek[:, -1].mean()) + written_off


def _tornado(portfolio: Portfolio, commitment: Commitment, taken: Uptake) -> tuple[Bar, ...]:
    """Each uncertain input at its 5 and 95 %, the others as expected."""
    one = portfolio.initiatives[commitment.initiative]
    amounts = inputs_of(one, commitment.strategy)
    ends = {
        key: (float(low), float(high))
        for key, amount in amounts.items()
        if not amount.exact
        for low, high in [amount.at(np.array([0.05, 0.95]))]
    }
    years = taken.use.sum(axis=1)
    order = np.argsort(years, kind="stable")
    if len(years) > 1:
        ends[USE] = tuple(float(np.quantile(years, at, method="inverted_cdf")) for at in (0.05, 0.95))  # type: ignore[assignment]
    everyone = np.arange(len(taken.use))

    def result(given: Mapping[str, float]) -> float:
        inputs = {key: np.full(len(everyone), given.get(key, amount.mean)) for key, amount in amounts.items()}
        net = net_benefit_sek(portfolio, flows(one, inputs, taken, everyone))
        if USE not in given:
            return float(net.mean())
        return float(net[order[np.searchsorted(years[order], given[USE])]])

    return bars(result, ends)
