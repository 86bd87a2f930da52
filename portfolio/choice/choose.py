"""The choice of a portfolio: best at the board's weights, how sure that is, and what another limit would change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from portfolio import scoring, smaa, weights
from portfolio.board import Portfolio
from portfolio.choice import robust, solver
from portfolio.choice.options import options
from portfolio.choice.program import Program, Resource, program
from portfolio.forecast import Commitment, Forecast
from portfolio.initiative import YearlyLimit
from portfolio.numbers import own_defaults, usual_change_hours
from portfolio.ranking import ranked_names
from sim.api import Mistake, UserMistakes

Floats = NDArray[np.float64]
Standing = Literal["must", "core", "borderline", "out"]

SOLVED_DRAWS = 200
"""Possible worlds in which the best portfolio is sought."""
PATIENCE = 60
"""The search ends when so many worlds in a row have brought no new portfolio."""
STEPS = (0.4, 0.6, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5)
"""Budgets of the frontier, as shares of the given one."""


@dataclass(frozen=True)
class UsedResource:
    """How much of a resource the choice uses."""

    resource: Resource
    used: float


@dataclass(frozen=True)
class Price:
    """What 5 % more or less of a resource would change."""

    kind: str
    """budget_sek, facilitators_fte, support_hours or change_capacity."""
    more: float
    """Change of the portfolio's value with 5 % more."""
    less: float
    """Change with 5 % less, zero or below."""
    amount: float
    """What 5 % is, summed over the plan's periods, in the resource's unit."""


@dataclass(frozen=True, eq=False)
class Robustness:
    """How sure the choice is; arrays follow ``names``."""

    names: tuple[str, ...]
    pool: NDArray[np.bool_]
    """Portfolios that were best in some world: ``(portfolios, options and synergies)``."""
    nondominated: NDArray[np.bool_]
    """Which of them no other one in the pool beats for all weights and scores."""
    core_index: Floats
    """Share of the non-dominated portfolios that hold the initiative (RPM)."""
    acceptability: Floats
    """Share of the worlds in which it is in the best portfolio of the pool."""
    error: Floats
    """Standard error of that share."""
    standing: tuple[Standing, ...]
    """Core, borderline or out, by the acceptability index."""
    solved: int
    """In how many worlds the best portfolio was sought."""
    draws: int
    """In how many the pool was compared."""


@dataclass(frozen=True, eq=False)
class Choice:
    """A portfolio that is best at the board's weights, within the limits."""

    program: Program
    commitments: tuple[Commitment, ...]
    """What is chosen, how and from when; in the order of the start."""
    value: float
    """Value of the portfolio: an initiative that scores best throughout and works in full from the first day is 1."""
    gap: float
    """How much better the best possible choice may be at most, as a share; 0 when proven best."""
    used: tuple[UsedResource, ...]
    delivered: Mapping[str, float]
    """Of each chosen initiative the share of its full effect that comes about over the horizon, discounted."""
    sources: Mapping[str, str]
    """Of each initiative where its adoption comes from: simulation, bass, by_hand, at_once."""
    values: Mapping[str, float]
    """Expected value of each initiative in full use, 0 to 1."""
    robustness: Robustness | None = None
    frontier: tuple[tuple[float, float], ...] = ()
    """(budget over the plan [SEK], value of the best portfolio)."""
    prices: tuple[Price, ...] = ()


def capacity_of(portfolio: Portfolio, forecast: Forecast) -> dict[str, YearlyLimit]:
    """Staff-hours for change by group of clinics [hours/year]: the board's, or what the clinics have to spare."""
    given = portfolio.limits.change_capacity
    if not isinstance(given, str):
        return dict(given)
    found: dict[str, YearlyLimit] = {}
    for name, group in portfolio.groups.items():
        simulated = group.scenario is not None
        clinics = group.clinics or (forecast.clinics(name) if simulated else 0)
        found[name] = forecast.change_capacity(name) if simulated else clinics * usual_change_hours()
    return found


def prepared(portfolio: Portfolio, forecast: Forecast) -> Program:
    """The programme of the initiatives that may proceed or must."""
    decided = tuple(sorted(name for name, one in portfolio.initiatives.items() if one.must is not None))
    names = (*decided, *(name for name in ranked_names(portfolio) if name not in decided))
    return program(portfolio, options(portfolio, names, forecast), capacity_of(portfolio, forecast))


def expected(portfolio: Portfolio, names: Sequence[str]) -> dict[str, float]:
    """Expected value of each initiative in full use at the board's weights; 0 where it is not scored."""
    scored = [name for name in names if portfolio.initiatives[name].scores]
    table = scoring.expected_values([portfolio.initiatives[name] for name in scored], portfolio.criteria)
    value = table @ weights.given(portfolio.criteria) if portfolio.criteria else np.zeros(len(scored))
    return dict.fromkeys(names, 0.0) | dict(zip(scored, value.tolist(), strict=True))


def choose(ready: Program, portfolio: Portfolio, *, seconds: float = 20.0, gap: float = 1e-4) -> Choice:
    """The best portfolio at the board's weights and the expected scores and adoption.

    Raises:
        UserMistakes: what must be chosen cannot be; which limits are too tight, and by how much.
    """
    worth = expected(portfolio, ready.names)
    value = np.array([worth[o.commitment.initiative] * o.delivered.mean() for o in ready.options], np.float64)
    limits = ready.limits()
    answer = solver.best(np.r_[value, ready.synergy_values], limits, seconds=seconds, gap=gap)
    if not answer.found:
        raise UserMistakes(_infeasible(ready, answer.status))
    chosen = [option for option, taken in zip(ready.options, answer.chosen, strict=False) if taken]
    spent = ready.usage @ answer.chosen[: len(ready.options)]
    return Choice(
        ready,
        tuple(sorted((o.commitment for o in chosen), key=lambda c: (c.quarter, c.initiative))),
        answer.value,
        answer.gap,
        tuple(UsedResource(resource, float(use)) for resource, use in zip(ready.resources, spent, strict=True)),
        {o.commitment.initiative: float(o.delivered.mean()) for o in chosen},
        {o.commitment.initiative: o.source for o in ready.options},
        worth,
    )


@dataclass(frozen=True, eq=False)
class Pool:
    """Portfolios that are best in some possible world."""

    portfolios: NDArray[np.bool_]
    """``(portfolios, options and synergies)``, the choice first."""
    solved: int
    """In how many worlds the best was sought."""


Search = Callable[[Program, NDArray[np.bool_], Floats], Pool]
"""How a pool is found: programme, the choice's columns, value of the columns in each world."""


def search(ready: Program, own: NDArray[np.bool_], value: Floats) -> Pool:
    """The best portfolio of every world in turn, until many worlds in a row bring none that is new.

    Args:
        ready: limits.
        own: columns of the choice, which is in every pool.
        value: of each column in each world: ``(worlds, columns)``.
    """
    limits = ready.limits()
    taken, seen, without_news, tried = [own], {own.tobytes()}, 0, 0
    for worth in value:
        answer = solver.best(worth, limits, seconds=2.0, gap=2e-3)
        tried += 1
        without_news = without_news + 1 if not answer.found or answer.chosen.tobytes() in seen else 0
        if answer.found and without_news == 0:
            seen.add(answer.chosen.tobytes())
            taken.append(answer.chosen)
        if without_news >= PATIENCE:
            break
    return Pool(np.array(taken, bool), tried)


def with_robustness(
    choice: Choice, portfolio: Portfolio, *, solved: int = SOLVED_DRAWS, pool_of: Search = search
) -> Choice:
    """The choice with its core and acceptability indices, over joint draws of weights, scores and simulated worlds.

    Args:
        choice: the best at the board's weights.
        portfolio: criteria, doubt, seed.
        solved: in how many of the draws the best portfolio is sought; all draws are then compared on those found.
        pool_of: finds the pool; a caller may remember it.
    """
    ready, seed, draws = choice.program, portfolio.seed, portfolio.doubt.draws
    own, criteria = weights.given(portfolio.criteria), list(portfolio.criteria)
    scored = {name: portfolio.initiatives[name] for name in ready.names if portfolio.initiatives[name].scores}
    possible = weights.drawn(portfolio.doubt.weights, own, criteria, seed, draws)
    drawn = scoring.drawn_values(scored, portfolio.criteria, portfolio.doubt, seed)
    value = _column_values(ready, list(scored), smaa.overall(drawn, possible))
    pool = pool_of(ready, _columns(choice), value[:solved])
    membership = _membership(ready, pool.portfolios)
    share = membership[robust.best_in_pool(pool.portfolios, value)].mean(axis=0)
    low, high = _ends(ready, list(scored), drawn, len(criteria))
    corners = robust.extreme_weights(portfolio.doubt.weights, own, possible)
    kept = robust.nondominated(pool.portfolios, low, high, corners)
    return replace(
        choice,
        robustness=Robustness(
            ready.names,
            pool.portfolios,
            kept,
            robust.core_index(membership, kept),
            share,
            smaa.sampling_error(share, draws),
            tuple(_standing(name, float(s), ready) for name, s in zip(ready.names, share, strict=True)),
            pool.solved,
            draws,
        ),
    )


def with_prices(choice: Choice, portfolio: Portfolio) -> Choice:
    """The choice with the frontier of value against budget, and what 5 % of each kind of resource is worth."""
    ready, worth = choice.program, choice.values
    own = np.array([worth[o.commitment.initiative] * o.delivered.mean() for o in ready.options], np.float64)
    value = np.r_[own, ready.synergy_values]

    def reached(kind: str, scale: float) -> float | None:
        uses = (one for one in choice.used if one.resource.kind == kind)
        if scale < 1 and all(one.used <= scale * one.resource.limit for one in uses):
            return choice.value  # the choice still fits, and it was the best where there was more
        answer = solver.best(value, ready.limits({kind: scale}), seconds=5.0, gap=1e-4)
        return answer.value if answer.found else None

    kinds = sorted({resource.kind for resource in ready.resources})
    totals = {kind: sum(r.limit for r in ready.resources if r.kind == kind) for kind in kinds}
    prices = []
    for kind in kinds:
        more, less = reached(kind, 1.05), reached(kind, 0.95)
        fewer = -np.inf if less is None else min(0.0, less - choice.value)
        prices.append(Price(kind, max(0.0, (more or 0.0) - choice.value), fewer, 0.05 * totals[kind]))
    points = []
    for step in STEPS if "budget_sek" in kinds else ():
        best = choice.value if step == 1 else reached("budget_sek", step)
        if best is not None:
            points.append((step * totals["budget_sek"], best))
    return replace(choice, prices=tuple(prices), frontier=tuple(points))


def _column_values(ready: Program, scored: list[str], overall: smaa.Values) -> Floats:
    """Value of each option and synergy in each draw: ``(draws, columns)``; draw d takes the simulation's world d."""
    draws = overall.shape[0]
    place = {name: i for i, name in enumerate(scored)}
    value = np.zeros((draws, len(ready.options) + len(ready.synergies)))
    for column, option in enumerate(ready.options):
        row = place.get(option.commitment.initiative)
        if row is not None:
            value[:, column] = overall[:, row] * option.delivered[np.arange(draws) % len(option.delivered)]
    value[:, len(ready.options) :] = ready.synergy_values
    return value


def _columns(choice: Choice) -> NDArray[np.bool_]:
    """The choice as chosen columns."""
    ready, chosen = choice.program, set(choice.commitments)
    own = [option.commitment in chosen for option in ready.options]
    both = [_holds(choice, one) and _holds(choice, other) for one, other, _ in ready.synergies]
    return np.array([*own, *both], bool)


def _holds(choice: Choice, name: str) -> bool:
    return any(commitment.initiative == name for commitment in choice.commitments)


def _membership(ready: Program, pool: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether each portfolio holds each initiative, however and whenever: ``(portfolios, initiatives)``."""
    return np.stack([pool[:, ready.of(name)].any(axis=1) for name in ready.names], axis=1)


def _ends(ready: Program, scored: list[str], drawn: smaa.Values, criteria: int) -> tuple[Floats, Floats]:
    """Lowest and highest value of each column on each criterion (5 and 95 % of the draws): ``(columns, criteria)``."""
    columns = len(ready.options) + len(ready.synergies)
    low, high = np.zeros((columns, criteria)), np.zeros((columns, criteria))
    place = {name: i for i, name in enumerate(scored)}
    ends = np.quantile(drawn, [0.05, 0.95], axis=2) if scored else np.zeros((2, 0, criteria))
    for column, option in enumerate(ready.options):
        row = place.get(option.commitment.initiative)
        if row is not None:
            low[column], high[column] = (end[row] * option.delivered.mean() for end in ends)
    low[len(ready.options) :] = high[len(ready.options) :] = ready.synergy_values[:, None]
    return low, high


def _standing(name: str, share: float, ready: Program) -> Standing:
    if name in ready.must:
        return "must"
    own = own_defaults()
    return "core" if share >= own["core_share"].value else "out" if share <= own["out_share"].value else "borderline"


def _infeasible(ready: Program, status: str) -> list[Mistake]:
    """Why nothing can be chosen: the limits that would have to give way, and by how much."""
    if status == "none_in_time":
        return [Mistake("limits", "no choice was found in time", "Give fewer strategies or starting quarters")]
    limits = ready.limits()
    soft = np.arange(len(limits.low)) < len(ready.resources)
    lacking = solver.shortage(limits, soft, np.zeros(limits.matrix.shape[1], bool))
    musts = ", ".join(sorted(ready.must)) or "nothing"
    if np.isnan(lacking).any():
        found = f"what must be done ({musts}) contradicts requires and excludes"
        return [Mistake("initiatives", found, "Take away a must, or the dependency that stands against it")]
    return [
        Mistake(
            ".".join(filter(None, ("limits", resource.kind, resource.which, resource.period))),
            f"what must be done ({musts}) takes {resource.limit + lack:_.0f}, {lack:_.0f} more than the limit",
            f"Raise the limit to at least {np.ceil(resource.limit + lack):.0f}, or take away a must",
        )
        for resource, lack in zip(ready.resources, lacking, strict=False)
        if lack > solver.TOLERANCE * max(1.0, resource.limit)
    ]
