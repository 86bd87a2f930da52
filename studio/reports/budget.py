"""An equal budget: which strategies are compared at it, which set it, and which stand apart at their own cost."""

from __future__ import annotations

from sim.metrics import Comparison, StrategyResult, quantile
from studio.reports import words
from studio.texts import Texts

_NEAR = 0.01
"""So near the budget a strategy is at it, as a share of the budget."""


def compared(comparison: Comparison) -> dict[str, StrategyResult]:
    """The strategies that compete: all of them, but for those apart at an equal budget."""
    left_out = apart(comparison)
    return {name: result for name, result in comparison.strategies.items() if name not in left_out}


def apart(comparison: Comparison) -> list[str]:
    """The strategies that stand at a cost of their own beside an equal budget; none where all of them do."""
    budget = comparison.equal_budget
    if budget is None:
        return []
    names = [name for name in comparison.strategies if name in budget.apart and not _at_budget(comparison, name)]
    return names if len(names) < len(comparison.strategies) else []


def set_by(comparison: Comparison) -> list[str]:
    """The strategies that cost the budget as they are."""
    budget = comparison.equal_budget
    if budget is None:
        return []
    as_they_are = {*budget.apart, *(name for name, factor in budget.factors.items() if factor == 1)}
    return [name for name in comparison.strategies if name in as_they_are and _at_budget(comparison, name)]


def marked_names(comparison: Comparison, texts: Texts) -> dict[str, str]:
    """Readable names of all strategies; those apart are said to be at their own cost."""
    names = words.strategy_names(comparison.scenario, texts)
    left_out = apart(comparison)
    return {
        name: texts("report.apart_name", strategy=text) if name in left_out else text for name, text in names.items()
    }


def _at_budget(comparison: Comparison, name: str) -> bool:
    budget = comparison.equal_budget
    cost = quantile(comparison.strategies[name].final["cost_levers_sek"], 0.5)
    return budget is not None and abs(cost - budget.budget_sek) <= _NEAR * budget.budget_sek and cost > 0
