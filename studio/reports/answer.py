"""The answer in a few plain sentences, computed from the results: what is best, what it costs, how sure that is."""

from __future__ import annotations

from collections.abc import Mapping

from sim.metrics import Comparison, Conclusion, StrategyResult, difference, quantile
from studio.reports import budget, words
from studio.texts import Texts

_SEEN = 0.05
_NET = "net_benefit_sek"
_MOST_NAMED = 3

Results = Mapping[str, StrategyResult]


def sentences(comparison: Comparison, texts: Texts) -> list[str]:
    """The answer: reach, sustained use, money, the chance of the goal, and the budget where it is equal."""
    names = words.strategy_names(comparison.scenario, texts)
    called = {name: words.quoted(text, texts) for name, text in names.items()}
    results = budget.compared(comparison)
    if len(results) == 1:
        name = next(iter(results))
        said = [_single(comparison, name, called, texts), _single_money(comparison, name, called, texts)]
    else:
        said = [
            _reach(comparison, results, called, texts),
            _sustained(comparison, results, called, texts),
            _money(comparison, results, called, texts),
            *_order(comparison, results, called, texts),
        ]
    return [*said, *_goal(comparison, called, texts), *_budget(comparison, called, texts)]


def best_of(comparison: Comparison, results: Results, metric: str) -> tuple[str, str, Conclusion]:
    """The strategy with the highest median, its hardest rival, and how sure it is that it beats that rival."""
    best = max(results, key=lambda name: quantile(results[name].final[metric], 0.5))
    found = {
        name: comparison.concluded(results[best], result, metric) for name, result in results.items() if name != best
    }
    rival = min(found, key=lambda name: (found[name].worlds, -quantile(results[name].final[metric], 0.5)))
    if found[rival].worlds < 0.5:  # equal medians, or nearly: name the one that wins more often first
        return rival, best, found[rival].reversed
    return best, rival, found[rival]


def _reach(comparison: Comparison, results: Results, called: Mapping[str, str], texts: Texts) -> str:
    best, rival, chance = best_of(comparison, results, "reach")
    return texts(
        "answer.reach_open" if chance.is_open else "answer.reach",
        strategy=called[best],
        other=called[rival],
        worlds=_worlds(chance, results, (best, rival), "reach", texts),
        what=_innovation(comparison, texts),
        months=comparison.scenario.months,
        in_name=_in_name_only(results[best], texts),
        **_shares(results[best], "reach", texts),
    )


def _in_name_only(result: StrategyResult, texts: Texts) -> str:
    """A warning where reach is in good part in name only."""
    nominal = quantile(result.final["nominal"], 0.5)
    return texts("answer.in_name", nominal=texts.numbers.number(100 * nominal)) if nominal >= _SEEN else ""


def _sustained(comparison: Comparison, results: Results, called: Mapping[str, str], texts: Texts) -> str:
    best, rival, chance = best_of(comparison, results, "sustained")
    medians = {round(quantile(r.final["sustained"], 0.5), 6) for r in results.values()}
    if len(medians) == 1 and chance.is_open:
        return texts("answer.tie", sustained=words.short_percent(medians.pop(), texts))
    return texts(
        "answer.sustained_open" if chance.is_open else "answer.sustained",
        strategy=called[best],
        other=called[rival],
        worlds=_worlds(chance, results, (best, rival), "sustained", texts),
        it=_it(comparison, texts),
        other_sustained=_shares(results[rival], "sustained", texts)["sustained"],
        **_shares(results[best], "sustained", texts),
    )


def _money(comparison: Comparison, results: Results, called: Mapping[str, str], texts: Texts) -> str:
    """Cost and net benefit of the strategy with most sustained use and of the one with the best net benefit."""
    deepest, _, _ = best_of(comparison, results, "sustained")
    best, rival, chance = best_of(comparison, results, _NET)
    chosen = deepest if deepest != best else rival
    return texts(
        "answer.money_open" if chance.is_open else "answer.money",
        strategy=called[best],
        net=_median_amount(results[best], _NET, texts),
        cost=_median_amount(results[best], "cost_sek", texts),
        other=called[rival],
        worlds=_worlds(chance, results, (best, rival), _NET, texts),
        beside=texts(
            "answer.money_beside",
            strategy=called[chosen],
            net=_median_amount(results[chosen], _NET, texts),
            cost=_median_amount(results[chosen], "cost_sek", texts),
        ),
        pays=_none_pays(comparison, comparison.strategies, "answer.none_pays", texts),
    )


def _order(comparison: Comparison, results: Results, called: Mapping[str, str], texts: Texts) -> list[str]:
    """Over what share of the assumptions the order by sustained use holds, and what it hangs on."""
    found = comparison.order("sustained", results)
    if found.holds is None or len(found.best_first) < 3:
        return []
    first, second, *_ = found.best_first
    named = [words.parameter(name, texts) for name in comparison.hangs_on(first, second, "sustained")][:_MOST_NAMED]
    joint = texts.entries["report.and"]
    hangs = texts("answer.hangs_on", strategy=called[first], other=called[second], names=words.listed(named, joint))
    said = texts(
        "answer.order_open" if found.is_open else "answer.order",
        order=", ".join(called[name] for name in found.best_first),
        share=words.held(found.holds, texts),
    )
    return [said + hangs if named else said]


def _none_pays(comparison: Comparison, results: Results, key: str, texts: Texts) -> str:
    """Says so where none of the strategies' median net benefit is above 0; else nothing."""
    if any(quantile(result.final[_NET], 0.5) >= 0 for result in results.values()):
        return ""
    health = any(result.final["qaly"].any() for result in results.values())
    valued = texts("answer.qaly_at", threshold=words.qaly_threshold(comparison.scenario, texts)) if health else ""
    return texts(key, valued=valued)


def _single(comparison: Comparison, name: str, called: Mapping[str, str], texts: Texts) -> str:
    result = comparison.strategies[name]
    depth = _shares(result, "sustained", texts)
    return texts(
        "answer.single",
        strategy=called[name],
        what=_innovation(comparison, texts),
        it=_it(comparison, texts),
        months=comparison.scenario.months,
        sustained=depth["sustained"],
        sustained_low=depth["low"],
        sustained_high=depth["high"],
        **_shares(result, "reach", texts),
    )


def _single_money(comparison: Comparison, name: str, called: Mapping[str, str], texts: Texts) -> str:
    result = comparison.strategies[name]
    low, high = (words.amount(quantile(result.final[_NET], share), texts) for share in (0.05, 0.95))
    return texts(
        "answer.money_single",
        strategy=called[name],
        cost=_median_amount(result, "cost_sek", texts),
        net=_median_amount(result, _NET, texts),
        low=low,
        high=high,
        pays=_none_pays(comparison, {name: result}, "answer.does_not_pay", texts),
    )


def _goal(comparison: Comparison, called: Mapping[str, str], texts: Texts) -> list[str]:
    chances = comparison.goal_probability()
    if not chances:
        return []
    aim, replicates = words.goal(comparison.scenario, texts), comparison.scenario.replicates
    if not any(chances.values()):
        return [texts("answer.goal_never", goal=aim)]
    if len(chances) == 1:
        chance = next(iter(chances.values()))
        return [texts("answer.goal_single", goal=aim, worlds=words.worlds(chance, replicates, texts))]
    said = [
        texts("answer.chance", strategy=called[name], n=words.won(chance, replicates, texts))
        for name, chance in chances.items()
    ]
    return [texts("answer.goal", goal=aim, chances=", ".join(said), m=words.out_of(replicates))]


def _budget(comparison: Comparison, called: Mapping[str, str], texts: Texts) -> list[str]:
    """At which budget the strategies are compared, who sets it, and who stands apart."""
    equal = comparison.equal_budget
    if equal is None:
        return []
    setters = words.listed([called[name] for name in budget.set_by(comparison)], texts.entries["report.and"])
    if not setters and equal.apart.keys() >= comparison.strategies.keys():
        return [texts("answer.budget_for_none")]
    amount = words.amount(equal.budget_sek, texts)
    by = texts("answer.budget_set_by", strategy=setters) if setters else ""
    own = [
        texts("answer.apart_one", strategy=called[name], reason=texts(f"apart.{equal.apart[name]}"))
        for name in budget.apart(comparison)
    ]
    apart = [texts("answer.apart", strategies="; ".join(own))] if own else []
    return [texts("answer.equal_budget", budget=amount, by=by), *apart]


def _worlds(chance: Conclusion, results: Results, pair: tuple[str, str], metric: str, texts: Texts) -> str:
    """In how many worlds, and under how many of the assumptions tried, the first of a pair is better.

    How ties count is said where there are any.
    """
    first, second = (results[name].final[metric] for name in pair)
    ties = not difference(first, second).all()
    said = texts(
        "answer.worlds_ties" if ties else "answer.worlds",
        worlds=words.worlds(chance.worlds, len(first), texts),
    )
    return (
        said if chance.draws is None else texts("answer.and_draws", worlds=said, draws=words.held(chance.draws, texts))
    )


def _median_amount(result: StrategyResult, metric: str, texts: Texts) -> str:
    return words.amount(quantile(result.final[metric], 0.5), texts)


def _shares(result: StrategyResult, metric: str, texts: Texts) -> dict[str, str]:
    """Median of a share under the metric's name, and the ends of its range."""
    values = result.final[metric]
    low, middle, high = (quantile(values, share) for share in (0.05, 0.5, 0.95))
    bottom, top = words.share_range(low, high, texts).split("–")
    return {metric: words.short_percent(middle, texts), "low": bottom, "high": top}


def _innovation(comparison: Comparison, texts: Texts) -> str:
    return texts("innovations.one" if len(comparison.scenario.innovations) == 1 else "innovations.several")


def _it(comparison: Comparison, texts: Texts) -> str:
    return texts("innovations.it" if len(comparison.scenario.innovations) == 1 else "innovations.them")
