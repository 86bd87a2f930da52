"""The choice as a 0/1 programme: a column for each option and each synergy, a row for each limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from portfolio.board import Portfolio
from portfolio.choice.options import Option
from portfolio.choice.solver import Limits
from portfolio.forecast import Commitment
from portfolio.initiative import YearlyLimit, by_year
from sim.api import Text

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Resource:
    """Something that there is only so much of in a period."""

    kind: str
    """budget_sek, facilitators_fte, support_hours or change_capacity."""
    which: str
    """The support function or the group of clinics; empty for money and facilitators."""
    period: str
    """Year, as 2026, or quarter, as 2026-Q1."""
    limit: float


@dataclass(frozen=True, eq=False)
class Program:
    """Options, limits and what they use."""

    options: tuple[Option, ...]
    resources: tuple[Resource, ...]
    usage: Floats
    """What each option uses of each resource: ``(resources, options)``."""
    must: frozenset[str]
    """Initiatives that have to be chosen."""
    excludes: tuple[tuple[str, str], ...]
    """Pairs of which at most one may be chosen."""
    requires: tuple[tuple[str, str, int], ...]
    """(initiative, the one before it, least quarters between)."""
    synergies: tuple[tuple[str, str, float], ...]
    """(one, the other, value of both beside the sum of each)."""

    @property
    def names(self) -> tuple[str, ...]:
        """Initiatives that have options, in order."""
        return tuple(dict.fromkeys(option.commitment.initiative for option in self.options))

    @property
    def synergy_values(self) -> Floats:
        """Value of each synergy column."""
        return np.array([value for _, _, value in self.synergies], np.float64)

    def strategy_title(self, commitment: Commitment) -> Text | None:
        """What the scenario or the plan calls the strategy of a commitment."""
        return next((option.strategy_title for option in self.options if option.commitment == commitment), None)

    def of(self, name: str) -> NDArray[np.intp]:
        """Columns of an initiative's options."""
        return np.flatnonzero([option.commitment.initiative == name for option in self.options])

    def limits(self, scale: Mapping[str, float] | None = None) -> Limits:
        """Every limit as a row over options and synergies.

        Args:
            scale: factor on all limits of a kind of resource, as ``{"budget_sek": 1.05}``.
        """
        rows = _Rows(len(self.options) + len(self.synergies))
        for resource, used in zip(self.resources, self.usage, strict=True):
            rows.add(np.flatnonzero(used), used[used != 0], high=resource.limit * (scale or {}).get(resource.kind, 1.0))
        for name in self.names:
            rows.sum_of(self.of(name), low=1.0 if name in self.must else -np.inf, high=1.0)
        for one, other in self.excludes:
            rows.sum_of(np.r_[self.of(one), self.of(other)], high=1.0)
        for later, before, between in self.requires:
            self._in_time(rows, later, before, between)
        for place, (one, other, _) in enumerate(self.synergies):
            _both(rows, len(self.options) + place, self.of(one), self.of(other))
        return rows.limits()

    def _in_time(self, rows: _Rows, later: str, before: str, between: int) -> None:
        """Whenever the later one has started, the one before it had started so many quarters earlier."""
        start = np.array([option.commitment.quarter for option in self.options])
        those, earlier = self.of(later), self.of(before)
        for quarter in np.unique(start[those]):
            begun, ready = those[start[those] <= quarter], earlier[start[earlier] <= quarter - between]
            rows.add(np.r_[begun, ready], np.r_[np.ones(len(begun)), -np.ones(len(ready))], high=0.0)


class _Rows:
    """Rows of a sparse matrix, one after another."""

    def __init__(self, columns: int) -> None:
        self._columns = columns
        self._entries: list[tuple[Floats, NDArray[np.intp]]] = []
        self._low: list[float] = []
        self._high: list[float] = []

    def add(self, columns: NDArray[np.intp], values: Floats, *, low: float = -np.inf, high: float = np.inf) -> None:
        self._entries.append((values, columns))
        self._low.append(low)
        self._high.append(high)

    def sum_of(self, columns: NDArray[np.intp], *, low: float = -np.inf, high: float = np.inf) -> None:
        self.add(columns, np.ones(len(columns)), low=low, high=high)

    def limits(self) -> Limits:
        rows = np.concatenate([np.full(len(c), i) for i, (_, c) in enumerate(self._entries)] or [np.zeros(0, int)])
        columns = np.concatenate([c for _, c in self._entries] or [np.zeros(0, int)]).astype(int)
        values = np.concatenate([v for v, _ in self._entries] or [np.zeros(0)])
        matrix = csr_array((values, (rows.astype(int), columns)), shape=(len(self._entries), self._columns))
        return Limits(matrix, np.array(self._low), np.array(self._high))


def _both(rows: _Rows, column: int, one: NDArray[np.intp], other: NDArray[np.intp]) -> None:
    """The synergy's column is chosen if and only if both initiatives are, whatever the sign of its value."""
    for side in (one, other):
        rows.add(np.r_[column, side], np.r_[1.0, -np.ones(len(side))], high=0.0)
    rows.add(np.r_[column, one, other], np.r_[-1.0, np.ones(len(one) + len(other))], high=1.0)


def program(portfolio: Portfolio, options: tuple[Option, ...], capacity: Mapping[str, YearlyLimit]) -> Program:
    """The programme of a portfolio.

    Args:
        portfolio: limits and dependencies.
        options: what may be chosen.
        capacity: staff-hours for change by group of clinics.
    """
    names = {option.commitment.initiative for option in options}
    kinds = _resources(portfolio, capacity)
    usage = np.array([[_used(option, resource, portfolio.years) for option in options] for resource in kinds])
    usage = usage.reshape(len(kinds), len(options))
    pairs = {
        tuple(sorted((name, other))): synergy.value
        for name, one in portfolio.initiatives.items()
        for other, synergy in one.synergy.items()
    }
    return Program(
        options,
        kinds,
        usage,
        frozenset(name for name, one in portfolio.initiatives.items() if one.must is not None and name in names),
        tuple(
            sorted(
                {
                    (min(n, o), max(n, o))
                    for n, one in portfolio.initiatives.items()
                    for o in one.excludes
                    if {n, o} <= names
                }
            )
        ),
        tuple(
            (name, before, between)
            for name, one in sorted(portfolio.initiatives.items())
            for before, between in sorted(one.requires.items())
            if name in names
        ),
        tuple((pair[0], pair[1], value) for pair, value in sorted(pairs.items()) if value and set(pair) <= names),
    )


@dataclass(frozen=True)
class Used:
    """By how much the clinics' hours differ from the forecasts' sum when the initiatives share them."""

    factor: Mapping[tuple[str, str], float]
    """By initiative and group of clinics."""

    def applied(self, usage: Floats, resources: Sequence[Resource], options: Sequence[Option]) -> Floats:
        """The usage with the clinics' hours multiplied."""
        changed = usage.copy()
        for row, resource in enumerate(resources):
            if resource.kind == "change_capacity":
                factors = [self.factor.get((o.commitment.initiative, resource.which), 1.0) for o in options]
                changed[row] *= np.array(factors)
        return changed


def _resources(portfolio: Portfolio, capacity: Mapping[str, YearlyLimit]) -> tuple[Resource, ...]:
    limits, years = portfolio.limits, portfolio.years
    found: list[Resource] = []
    yearly: list[tuple[str, str, YearlyLimit]] = []
    if limits.budget_sek is not None:
        yearly.append(("budget_sek", "", limits.budget_sek))
    yearly += [("support_hours", str(name), limit) for name, limit in limits.support_hours.items()]
    yearly += [("change_capacity", name, limit) for name, limit in capacity.items()]
    for kind, which, limit in yearly:
        found += [Resource(kind, which, str(year), amount) for year, amount in by_year(limit, years).items()]
    if limits.facilitators_fte is not None:
        staff = by_year(limits.facilitators_fte, years)
        found += [Resource("facilitators_fte", "", f"{y}-Q{q + 1}", staff[y]) for y in years for q in range(4)]
    return tuple(found)


def _used(option: Option, resource: Resource, years: tuple[int, ...]) -> float:
    year = years.index(int(resource.period[:4]))
    if resource.kind == "budget_sek":
        return float(option.money[year])
    if resource.kind == "facilitators_fte":
        return float(option.facilitators[4 * year + int(resource.period[-1]) - 1])
    series = (option.support if resource.kind == "support_hours" else option.hours).get(resource.which)
    return 0.0 if series is None else float(series[year])
