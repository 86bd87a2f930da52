"""Strategies at the same lever budget: what can be bought is bought more or less of, by one factor."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from sim.metrics import EqualBudget, SpreadResult, StrategyResult, WhyApart
from sim.strategies import Schedule

Run = Callable[[Sequence[Schedule]], Mapping[str, StrategyResult]]


def equalised(
    run: Run, schedules: Mapping[str, Schedule], results: Mapping[str, StrategyResult], budget: float | None
) -> tuple[dict[str, StrategyResult], EqualBudget]:
    """The strategies with their purchasable levers scaled to one median lever cost, within 1 %.

    Args:
        run: runs schedules and gives their results by name.
        schedules: the strategies.
        results: the strategies at their own cost.
        budget: what to aim at [SEK]; by default the cheapest strategy's lever cost that is above 0.
    """
    costs = {name: _lever_cost(result) for name, result in results.items()}
    own = min((cost for cost in costs.values() if cost > 0), default=0.0)
    target = own if budget is None else budget
    factors: dict[str, float] = {}
    apart: dict[str, WhyApart] = {}
    scaled = dict(results)
    for name, chosen in schedules.items():
        if not chosen.bought:
            apart[name] = "nothing_to_buy"
        elif costs[name] <= 0:
            apart[name] = "costs_nothing"
        elif abs(costs[name] - target) <= 0.01 * target:
            factors[name] = 1.0
        else:
            found = _scaled_to(run, chosen, costs[name], target)
            if isinstance(found, str):
                apart[name] = found
            else:
                factors[name], scaled[name] = found
    return scaled, EqualBudget(target, factors, apart)


def _lever_cost(result: SpreadResult) -> float:
    return float(np.quantile(result.final["cost_levers_sek"], 0.5, method="inverted_cdf"))


def _scaled_to(run: Run, chosen: Schedule, cost: float, target: float) -> tuple[float, StrategyResult] | WhyApart:
    """The factor and what the scaled strategy gives, by regula falsi kept inside a bracket; or why there is none."""

    def at(factor: float) -> tuple[float, StrategyResult]:
        result = run([chosen.scaled(factor)])[chosen.name]
        return _lever_cost(result), result

    low, low_cost = 0.0, None
    high, high_cost = (1.0, cost) if cost > target else (None, None)
    factor = target / cost
    for _ in range(24):
        now, result = at(factor)
        if abs(now - target) <= 0.01 * target:
            return factor, result
        if now > target:
            high, high_cost = factor, now
        else:
            low, low_cost = factor, now
        if high is None:
            factor *= max(1.05, target / max(now, 1e-9))
        elif low_cost is None:
            low_cost = at(0.0)[0]
            if low_cost > target * 1.01:
                return "over_budget"
            factor = _between(low, low_cost, high, high_cost or 0.0, target)
        else:
            factor = _between(low, low_cost, high, high_cost or 0.0, target)
    return "not_reached"


def _between(low: float, low_cost: float, high: float, high_cost: float, target: float) -> float:
    """Straight line between two costs, kept a tenth away from both ends."""
    way = (target - low_cost) / max(high_cost - low_cost, 1e-9)
    return low + (high - low) * min(max(way, 0.1), 0.9)
