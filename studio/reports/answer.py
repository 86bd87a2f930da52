"""The answer in a few plain sentences, computed from the results: what is best, how sure that is, and what is open."""

from __future__ import annotations

from collections.abc import Mapping

from sim.metrics import Comparison, StrategyResult, difference, probability_positive, quantile
from studio.reports import words
from studio.texts import Texts

OPEN = (0.2, 0.8)
"""Between these probabilities, both left out, a difference is open."""
_SEEN = 0.05


def is_open(probability: float) -> bool:
    """Whether it is open which of two strategies is better."""
    return OPEN[0] < probability < OPEN[1]


def sentences(comparison: Comparison, texts: Texts) -> list[str]:
    """The answer: reach, sustained use, and the chance of the goal."""
    names = words.strategy_names(comparison.scenario, texts)
    called = {name: words.quoted(text, texts) for name, text in names.items()}
    if len(called) == 1:
        said = [_single(comparison, called, texts)]
    else:
        said = [
            _reach(comparison, called, texts),
            *_in_name_only(comparison, texts),
            _sustained(comparison, called, texts),
        ]
    return [*said, *_goal(comparison, called, texts), *_budget(comparison, called, texts)]


def best_of(results: Mapping[str, StrategyResult], metric: str) -> tuple[str, str, float]:
    """The strategy with the highest median, its hardest rival, and the probability that it beats that rival."""
    best = max(results, key=lambda name: quantile(results[name].final[metric], 0.5))
    chances = {
        name: probability_positive(difference(results[best].final[metric], result.final[metric]))
        for name, result in results.items()
        if name != best
    }
    rival = min(chances, key=lambda name: (chances[name], -quantile(results[name].final[metric], 0.5)))
    if chances[rival] < 0.5:  # equal medians, or nearly: name the one that wins more often first
        return rival, best, 1 - chances[rival]
    return best, rival, chances[rival]


def _reach(comparison: Comparison, called: Mapping[str, str], texts: Texts) -> str:
    best, rival, chance = best_of(comparison.strategies, "reach")
    key = "answer.reach_open" if is_open(chance) else "answer.reach"
    return texts(
        key,
        strategy=called[best],
        other=called[rival],
        n=words.of_100(chance),
        what=_innovation(comparison, texts),
        months=comparison.scenario.months,
        **_shares(comparison, best, "reach", texts),
    )


def _in_name_only(comparison: Comparison, texts: Texts) -> list[str]:
    """A warning where the widest reach is in good part in name only."""
    best, _, _ = best_of(comparison.strategies, "reach")
    nominal = quantile(comparison.strategies[best].final["nominal"], 0.5)
    return [texts("answer.reach_nominal", nominal=words.short_percent(nominal, texts))] if nominal >= _SEEN else []


def _sustained(comparison: Comparison, called: Mapping[str, str], texts: Texts) -> str:
    best, rival, chance = best_of(comparison.strategies, "sustained")
    medians = {round(quantile(r.final["sustained"], 0.5), 6) for r in comparison.strategies.values()}
    if len(medians) == 1 and is_open(chance):
        return texts("answer.tie", sustained=words.short_percent(medians.pop(), texts))
    return texts(
        "answer.sustained_open" if is_open(chance) else "answer.sustained",
        strategy=called[best],
        other=called[rival],
        n=words.of_100(chance),
        other_sustained=_shares(comparison, rival, "sustained", texts)["sustained"],
        **_shares(comparison, best, "sustained", texts),
    )


def _single(comparison: Comparison, called: Mapping[str, str], texts: Texts) -> str:
    name = next(iter(called))
    depth = _shares(comparison, name, "sustained", texts)
    return texts(
        "answer.single",
        strategy=called[name],
        what=_innovation(comparison, texts),
        months=comparison.scenario.months,
        sustained=depth["sustained"],
        sustained_low=depth["low"],
        sustained_high=depth["high"],
        **_shares(comparison, name, "reach", texts),
    )


def _goal(comparison: Comparison, called: Mapping[str, str], texts: Texts) -> list[str]:
    chances = comparison.goal_probability()
    if not chances:
        return []
    aim = words.goal(comparison.scenario, texts)
    if not any(chances.values()):
        return [texts("answer.goal_never", goal=aim)]
    if len(chances) == 1:
        return [texts("answer.goal_single", goal=aim, n=words.of_100(next(iter(chances.values()))))]
    said = [texts("answer.chance", strategy=called[name], n=words.of_100(chance)) for name, chance in chances.items()]
    return [texts("answer.goal", goal=aim, chances=", ".join(said))]


def _budget(comparison: Comparison, called: Mapping[str, str], texts: Texts) -> list[str]:
    budget = comparison.equal_budget
    if budget is None:
        return []
    amount = f"{texts.numbers.millions(budget.budget_sek)}\u00a0{texts('unit.msek')}"
    apart = [
        texts("answer.apart", strategy=called[name], reason=texts(f"apart.{reason}"))
        for name, reason in budget.apart.items()
    ]
    return [texts("answer.equal_budget", budget=amount), *apart]


def _shares(comparison: Comparison, name: str, metric: str, texts: Texts) -> dict[str, str]:
    """Median of a share under the metric's name, and the ends of its range."""
    values = comparison.strategies[name].final[metric]
    low, middle, high = (quantile(values, share) for share in (0.05, 0.5, 0.95))
    bottom, top = words.share_range(low, high, texts).split("–")
    return {metric: words.short_percent(middle, texts), "low": bottom, "high": top}


def _innovation(comparison: Comparison, texts: Texts) -> str:
    return texts("innovations.one" if len(comparison.scenario.innovations) == 1 else "innovations.several")
