"""Which unknown is worth finding out before deciding, in SEK."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from portfolio.board import Portfolio
from portfolio.choice import solver
from portfolio.choice.choose import Choice, Search, search
from portfolio.economy.appraisal import Appraisal, appraise
from portfolio.economy.cashflow import flows, inputs_of, net_benefit_sek, uptake
from portfolio.forecast import Commitment, Forecast, adoption_of
from portfolio.numbers import horizon_years
from portfolio.scoring import amount_draws
from sim.api import value_of_information

Floats = NDArray[np.float64]

DRAWS = 2_000
"""Possible worlds over which portfolios within the limits are compared."""
SOLVED = 60
"""In how many of them the best portfolio within the limits is sought."""


@dataclass(frozen=True)
class Unknown:
    """One uncertain input of one initiative."""

    initiative: str
    input: str
    """Its name, such as qaly, saved_sek or adoption."""
    evppi_sek: float
    """What it is worth to know it before deciding whether to carry the initiative out [SEK, all patients]."""
    within_limits_sek: float
    """What it is worth to know it before choosing among all initiatives within the limits [SEK, all patients]."""


@dataclass(frozen=True, eq=False)
class Unknowns:
    """What is worth finding out."""

    unknowns: tuple[Unknown, ...]
    """The most valuable first."""
    appraisals: Mapping[str, Appraisal]
    """Of every initiative that may be chosen, as chosen, or as it could first be carried out."""
    evpi_all: float
    """What it is worth to know everything before deciding on each initiative [SEK]."""
    within_limits: float
    """What it is worth to know everything before choosing within the limits, at least [SEK]."""
    within_limits_error: float
    """Standard error of that from the number of draws [SEK]."""


@dataclass(frozen=True, eq=False)
class Limited:
    """Portfolios that keep the limits, by what they are worth in money and health."""

    portfolios: NDArray[np.bool_]
    """``(portfolios, options)``; the best on average is among them, and the best of some possible worlds."""
    net_benefit: Floats
    """Of each in each world [SEK]: ``(draws, portfolios)``."""


def worth_finding_out(portfolio: Portfolio, choice: Choice, forecast: Forecast, pool_of: Search = search) -> Unknowns:
    """The value of information of every initiative that may be chosen and is not decided already.

    Told in two ways, both by net benefit at the board's threshold. For each initiative by itself: carried out where
    that is above zero, money being no hindrance. And for all together within the limits: that portfolio is carried out
    which has the highest net benefit, so to know that one is bad is worth what another does with its money.

    Args:
        portfolio: threshold, discount rate, initiatives.
        choice: says how each is carried out, and what the limits are.
        forecast: simulates where a scenario is named.
        pool_of: finds the portfolios; a caller may remember them.
    """
    open_ = [name for name in choice.program.names if portfolio.initiatives[name].must is None]
    appraisals = {name: appraise(portfolio, _as_chosen(choice, name), forecast) for name in open_}
    net = limited(portfolio, choice, forecast, pool_of).net_benefit
    limited_evpi = value_of_information.perfect(net)
    unknowns = [
        Unknown(name, key, value, min(limited_evpi, value_of_information.partial(net, one.inputs[key][: len(net)])))
        for name, one in appraisals.items()
        for key, value in one.evppi.items()
    ]
    # decisions are separate, so the value of knowing everything is the sum over them
    total = sum(
        value_of_information.perfect(np.stack([np.zeros_like(a.net_benefit), a.net_benefit], 1))
        for a in appraisals.values()
    )
    regret = net.max(axis=1) - net[:, net.mean(axis=0).argmax()]
    return Unknowns(
        tuple(sorted(unknowns, key=lambda one: (-one.within_limits_sek, -one.evppi_sek, one.initiative, one.input))),
        appraisals,
        total,
        limited_evpi,
        float(regret.std() / np.sqrt(len(regret))),
    )


def limited(portfolio: Portfolio, choice: Choice, forecast: Forecast, pool_of: Search = search) -> Limited:
    """Portfolios within the limits, and their net benefit in every possible world.

    The pool holds the best on average and the best of up to `SOLVED` worlds; the worth of knowing more is reckoned over
    the pool, and so told as at least so much.
    """
    ready, worlds = choice.program, np.arange(min(DRAWS, portfolio.doubt.draws))
    each = np.stack([_net_benefit(portfolio, one.commitment, forecast, worlds) for one in ready.options], axis=1)
    nothing = np.zeros(len(ready.synergies))  # synergies are told in value, not in money
    average = solver.best(np.r_[each.mean(axis=0), nothing], ready.limits(), gap=1e-4)
    columns = np.concatenate([each, np.zeros((len(each), len(nothing)))], axis=1)
    portfolios = pool_of(ready, average.chosen, columns[:SOLVED]).portfolios[:, : len(ready.options)]
    return Limited(portfolios, each @ portfolios.T.astype(np.float64))


def _net_benefit(portfolio: Portfolio, commitment: Commitment, forecast: Forecast, worlds: NDArray[np.int64]) -> Floats:
    """Net benefit of an initiative so carried out, in every world [SEK]: ``(draws,)``."""
    name = commitment.initiative
    one = portfolio.initiatives[name]
    adoption = adoption_of(name, one, commitment.strategy, 12 * horizon_years(portfolio), forecast)
    amounts = inputs_of(one, commitment.strategy)
    drawn = {key: amount_draws(amount, portfolio.seed, worlds, name, key) for key, amount in amounts.items()}
    return net_benefit_sek(portfolio, flows(one, drawn, uptake(portfolio, commitment, adoption), worlds))


def _as_chosen(choice: Choice, name: str) -> Commitment:
    """How an initiative is carried out in the choice, or its first option."""
    chosen = (one for one in choice.commitments if one.initiative == name)
    first = (option.commitment for option in choice.program.options if option.commitment.initiative == name)
    return next(chosen, None) or next(first)
