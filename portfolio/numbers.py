"""Numbers that the board leaves open, each from ``parameters.yaml`` with its range, unit and source."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import yaml

from portfolio.board import Portfolio
from sim.api import Estimate, defaults


@cache
def own_defaults() -> Mapping[str, Estimate]:
    """The portfolio's own parameters by name."""
    rows = yaml.load((files("portfolio") / "parameters.yaml").read_bytes(), Loader=yaml.CSafeLoader)
    return MappingProxyType({name: Estimate(**row) for name, row in rows.items()})


def discount_rate(portfolio: Portfolio) -> float:
    """Yearly discount rate in force."""
    return portfolio.discount_rate if portfolio.discount_rate is not None else own_defaults()["discount_rate"].value


def horizon_years(portfolio: Portfolio) -> int:
    """Years over which costs and benefits are summed; at least the budget years."""
    chosen = portfolio.horizon_years or int(own_defaults()["horizon_years"].value)
    return max(chosen, len(portfolio.years))


def hour_sek() -> float:
    """What a staff-hour costs [SEK]: the engine's wage."""
    return defaults()["wage"].value


def usual_change_hours() -> float:
    """Staff-hours for change that a clinic of ordinary size has to spare [hours/year]: the engine's defaults."""
    engine = defaults()
    per_month = engine["staff_median"].value * engine["hours_per_staff"].value
    return 12 * per_month * engine["slack_mean"].value * engine["effective_slack"].value
