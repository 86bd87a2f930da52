"""Strategies compared at the same lever budget."""

import numpy as np
import pytest
from builders import source

from sim import experiment

STRATEGIES = {
    "let": "let_it_happen",
    "help": "help_it_happen",
    "half": {"use": "help_it_happen", "levers": {"training": 0.2, "protected_time": 0.0}},
    "make": "make_it_happen",
    "free": {"use": "let_it_happen", "levers": {"visibility": 0.5}},
}


def lever_cost(result):
    return float(np.quantile(result.final["cost_levers_sek"], 0.5, method="inverted_cdf"))


@pytest.fixture(scope="module")
def equal():
    return experiment.compare(source(strategies=STRATEGIES, months=24, replicates=20), equal_budget=3_000_000)


def test_purchasable_levers_are_scaled_to_the_budget(equal):
    """Each strategy that can buy more or less ends within 1 % of the budget, and the factor is told."""
    budget = equal.equal_budget
    assert set(budget.factors) == {"help", "half"}
    for name in budget.factors:
        assert lever_cost(equal.strategies[name]) == pytest.approx(3_000_000, rel=0.01)


def test_strategies_that_cannot_be_scaled_stand_apart(equal):
    """What buys nothing is left as it is, with the reason."""
    assert dict(equal.equal_budget.apart) == {
        "let": "nothing_to_buy",
        "make": "nothing_to_buy",
        "free": "costs_nothing",
    }


def test_the_default_budget_is_the_cheapest_strategy_s():
    """Without an amount, the cheapest strategy that costs anything sets the budget."""
    question = source(strategies={k: STRATEGIES[k] for k in ("let", "help", "half")}, months=24, replicates=20)
    own = experiment.compare(question)
    cheapest = min(cost for result in own.strategies.values() if (cost := lever_cost(result)) > 0)
    made = experiment.compare(question, equal_budget=True)
    assert made.equal_budget is not None
    assert made.equal_budget.budget_sek == cheapest
    assert lever_cost(made.strategies["help"]) == pytest.approx(cheapest, rel=0.01)


def test_a_budget_below_what_cannot_be_scaled_is_told():
    """Where a mandate's administration alone costs more than the budget, the strategy stands apart and says so."""
    both = {"use": "make_it_happen", "levers": {"facilitators_fte": 1}}
    made = experiment.compare(source(strategies={"both": both}, months=24, replicates=5), equal_budget=1000.0)
    assert made.equal_budget is not None
    assert dict(made.equal_budget.apart) == {"both": "over_budget"}
