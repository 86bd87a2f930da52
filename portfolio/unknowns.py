"""Which unknown is worth finding out before deciding, in SEK."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from portfolio.board import Portfolio
from portfolio.choice.choose import Choice
from portfolio.economy import information
from portfolio.economy.appraisal import Appraisal, appraise
from portfolio.forecast import Commitment, Forecast


@dataclass(frozen=True)
class Unknown:
    """One uncertain input of one initiative."""

    initiative: str
    input: str
    """Its name, such as qaly, saved_sek or adoption."""
    evppi_sek: float
    """What it is worth to know it before deciding whether to carry the initiative out [SEK, all patients]."""


@dataclass(frozen=True, eq=False)
class Unknowns:
    """What is worth finding out."""

    unknowns: tuple[Unknown, ...]
    """The most valuable first."""
    appraisals: Mapping[str, Appraisal]
    """Of every initiative that may be chosen, as chosen, or as it could first be carried out."""
    evpi_all: float
    """What it is worth to know everything before deciding on each initiative [SEK]."""


def worth_finding_out(portfolio: Portfolio, choice: Choice, forecast: Forecast) -> Unknowns:
    """The value of information of every initiative that may be chosen and is not decided already.

    Each is decided on by its own net benefit at the board's threshold: carried out where that is above zero. Limits
    that make initiatives compete are left out, so the sum is what knowing all would be worth with money for all.

    Args:
        portfolio: threshold, discount rate, initiatives.
        choice: says how each is carried out.
        forecast: simulates where a scenario is named.
    """
    open_ = [name for name in choice.program.names if portfolio.initiatives[name].must is None]
    appraisals = {name: appraise(portfolio, _as_chosen(choice, name), forecast) for name in open_}
    unknowns = [Unknown(name, key, value) for name, one in appraisals.items() for key, value in one.evppi.items()]
    # decisions are separate, so the value of knowing everything is the sum over them
    total = sum(
        information.perfect(np.stack([np.zeros_like(a.net_benefit), a.net_benefit], 1)) for a in appraisals.values()
    )
    return Unknowns(
        tuple(sorted(unknowns, key=lambda one: (-one.evppi_sek, one.initiative, one.input))), appraisals, total
    )


def _as_chosen(choice: Choice, name: str) -> Commitment:
    """How an initiative is carried out in the choice, or its first option."""
    chosen = (one for one in choice.commitments if one.initiative == name)
    first = (option.commitment for option in choice.program.options if option.commitment.initiative == name)
    return next(chosen, None) or next(first)
