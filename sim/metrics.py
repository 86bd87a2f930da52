"""What a run reports, and how: metrics, quantiles over replicates, paired differences, the summary as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim import monthly
from sim.conclusions import Assumptions, Order, hangs_on, is_open, order_of, share_positive
from sim.parameters import ALWAYS_DRAWN
from sim.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

METRICS = (
    "reach",
    "sustained",
    "reported",
    "nominal",
    "abandoned",
    "months_to_10",
    "months_to_50",
    "months_to_80",
    "cost_sek",
    "clinic_hours",
    "benefit_sek",
    "net_benefit_sek",
    "fatigue",
    "equity_gap",
    "queue_months",
)
"""The metrics of every strategy, in the order of the report; definitions in README.md and ``innomotor explain``."""

PARTS = (
    "qaly",
    "cost_levers_sek",
    "cost_innovation_sek",
    "cost_support_functions_sek",
    "cost_clinic_hours_sek",
)
"""What stands behind the sums: quality-adjusted life years, and the four parts of ``cost_sek``."""

RATIOS = ("cost_per_sustained_sek", "cost_per_qaly_sek")
"""``cost_sek`` for each clinic (and innovation) in ordinary operation, and for each QALY; inf where there is none."""

AFTER_SUPPORT = ("support_end_month", "sustained_12_after_support", "sustained_24_after_support")
"""What is left when leadership lets go: the month from which no bought lever and no mandate is in force, inf if that
is not before the end or nothing ever was; the sustained share so many months later, NaN if that is not seen."""

CURVES = ("reach", "sustained", "nominal", "abandoned", "reported", "depth", "fatigue")
"""What is followed month by month: shares of all clinics, mean depth of the clinics in use, mean fatigue."""

STAGES = (
    "unaware",
    "aware",
    "declined",
    "testing",
    "adjusting",
    "blocked",
    "implementing",
    "using_in_name",
    "using",
    "sustained",
    "abandoned",
)
"""Groups of the stacked stages; they sum to all clinics. Nominal use stands apart from genuine use."""

MEASURES = (*METRICS, *PARTS, *RATIOS, *AFTER_SUPPORT)
"""Every number that a replicate ends with."""

ORDERED = ("reach", "sustained", "net_benefit_sek")
"""Metrics by which the strategies are put in order, the highest first."""

Final = Mapping[str, NDArray[np.float64]]
Curves = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, eq=False)
class SpreadResult:
    """How it went, replicate by replicate: of one innovation, or of all taken together."""

    final: Final
    """Every one of ``MEASURES``: ``(replicates,)``; months that were never reached are inf, what is not seen is NaN."""
    curves: Curves
    """Every one of ``CURVES``: ``(replicates, months + 1)``, column 0 being the start."""
    stages: NDArray[np.float32]
    """Share of the clinics in each of ``STAGES``: ``(stages, replicates, months + 1)``."""


@dataclass(frozen=True, eq=False)
class StrategyResult(SpreadResult):
    """How one strategy went."""

    innovations: Mapping[str, SpreadResult] = field(default_factory=dict)
    """The same for each innovation apart, by name (also when there is only one)."""


WhyApart = Literal["nothing_to_buy", "costs_nothing", "over_budget", "not_reached"]
"""No purchasable lever; they cost nothing here; the other levers alone cost more; more of them does not cost more."""


@dataclass(frozen=True)
class EqualBudget:
    """What it took to bring the strategies to the same lever budget."""

    budget_sek: float
    """Median lever cost that was aimed at [SEK]."""
    factors: Mapping[str, float]
    """By strategy: the factor on its purchasable levers."""
    apart: Mapping[str, WhyApart]
    """Strategies that could not be brought to the budget, each with the reason."""


@dataclass(frozen=True)
class Conclusion:
    """That one strategy has more of something than another."""

    worlds: float
    """Share of the worlds in which it has, a tie counting half."""
    draws: float | None
    """Share of the draws of the parameters under which that is to be expected; None where too few were drawn."""

    @property
    def is_open(self) -> bool:
        """Which of the two has more is open."""
        return is_open(self.worlds, self.draws)

    @property
    def reversed(self) -> Conclusion:
        """The same of the other strategy."""
        return Conclusion(1 - self.worlds, None if self.draws is None else 1 - self.draws)


@dataclass(frozen=True, eq=False)
class Comparison:
    """The answer to a scenario: its strategies on common random numbers."""

    scenario: Scenario
    key: str
    """Content key: the same question has the same key."""
    clinics: int
    regions: tuple[str, ...]
    strategies: Mapping[str, StrategyResult]
    """By name, in the order of the scenario."""
    provenance: Mapping[str, Any]
    """Versions, seed, scheme of the draws: what the result rests on."""
    grades: Mapping[str, str]
    """What every parameter rested on: its grade (A, B, C), ``uncertain`` (drawn) or ``scenario`` (set there)."""
    equal_budget: EqualBudget | None = None
    assumptions: Assumptions | None = None
    """The draws of the parameters that the replicates tried; None where none is drawn."""

    def __repr__(self) -> str:
        names = ", ".join(self.strategies)
        return (
            f"<Comparison of {names}: {self.clinics} clinics, {self.scenario.replicates} replicates, {self.key[:12]}>"
        )

    def summary(self) -> Mapping[str, Any]:
        """The comparison as plain JSON data; what never happened is null."""
        return self._summary

    @cached_property
    def _summary(self) -> dict[str, Any]:
        together = self._summary_of(self.strategies)
        names = list(self.scenario.innovations)
        return {
            "scenario": self.scenario.title.en,
            "key": self.key,
            "seed": self.scenario.seed,
            "replicates": self.scenario.replicates,
            "months": self.scenario.months,
            "clinics": self.clinics,
            **together,
            "innovations": {
                name: self._summary_of({s: result.innovations[name] for s, result in self.strategies.items()})
                for name in names
            },
            "orders": {metric: _plain_order(self.order(metric)) for metric in ORDERED},
            "assumptions": self.summary_of_assumptions(),
            **({"equal_budget": _plain_budget(self.equal_budget)} if self.equal_budget else {}),
        }

    def summary_of_assumptions(self) -> dict[str, Any]:
        """What was drawn, how often, and what is drawn whatever is said of estimates, since use can never show it."""
        drawn = list(self.assumptions.values) if self.assumptions else []
        return {
            "estimates": self.scenario.estimates,
            "draws": len(self.assumptions.worlds) if self.assumptions else 0,
            "drawn": drawn,
            "never_seen_in_use": [name for name in ALWAYS_DRAWN if name in drawn],
        }

    def _summary_of(self, results: Mapping[str, SpreadResult]) -> dict[str, Any]:
        strategies = {
            name: {metric: _quantiles(result.final[metric]) for metric in (*MEASURES, *plugins_own(result))}
            for name, result in results.items()
        }
        differences = {
            f"{a}-{b}": {
                metric: self._difference(results[a], results[b], metric)
                for metric in (*METRICS, *both_report(results[a], results[b]))
            }
            for a, b in combinations(results, 2)
        }
        curves = {name: _curve_summary(result.curves) for name, result in results.items()}
        return {"strategies": strategies, "differences": differences, "curves": curves}

    def _difference(self, a: SpreadResult, b: SpreadResult, metric: str) -> dict[str, Any]:
        d, found = difference(a.final[metric], b.final[metric]), self.concluded(a, b, metric)
        return {
            "median": _number(quantile(d, 0.5)),
            "p5": _number(quantile(d, 0.05)),
            "p95": _number(quantile(d, 0.95)),
            "probability_positive": found.worlds,
            "draws_positive": None if found.draws is None else round(found.draws, 6),
            "open": found.is_open,
            "hangs_on": hangs_on(self._expected_difference(a, b, metric), self.assumptions),
        }

    def concluded(self, a: SpreadResult, b: SpreadResult, metric: str) -> Conclusion:
        """How sure it is that the first has more of a metric than the second."""
        worlds = probability_positive(difference(a.final[metric], b.final[metric]))
        if self.assumptions is None:
            return Conclusion(worlds, None)
        return Conclusion(worlds, share_positive(self._expected_difference(a, b, metric), self.assumptions))

    def hangs_on(self, a: str, b: str, metric: str) -> dict[str, float]:
        """Parameters that the difference of two strategies rises or falls with (``sim.conclusions.hangs_on``)."""
        return hangs_on(self._expected_difference(self.strategies[a], self.strategies[b], metric), self.assumptions)

    def order(self, metric: str, names: Iterable[str] | None = None) -> Order:
        """The strategies (or those named), the highest first, and over what share of the draws that order holds."""
        chosen = list(names or self.strategies)
        return order_of({name: self.strategies[name].final[metric] for name in chosen}, self.assumptions)

    def _expected_difference(self, a: SpreadResult, b: SpreadResult, metric: str) -> NDArray[np.float64]:
        """Paired differences that have a mean: what never happens counts as the month after the end."""
        most = self.scenario.months + 1.0 if metric.rpartition(".")[2].startswith("months_to_") else np.inf
        return np.minimum(a.final[metric], most) - np.minimum(b.final[metric], most)

    def table(self) -> pd.DataFrame:
        """Median and 5-95 % of every metric by strategy, for notebooks."""
        import pandas as pd  # noqa: PLC0415 - comes with Mesa; only for notebooks

        rows = {
            (name, metric): values
            for name, metrics in self.summary()["strategies"].items()
            for metric, values in metrics.items()
        }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis(["strategy", "metric"])

    def outcomes(self) -> pd.DataFrame:
        """Every metric of every replicate and strategy, for notebooks."""
        import pandas as pd  # noqa: PLC0415

        parts = {name: pd.DataFrame(dict(result.final)) for name, result in self.strategies.items()}
        return pd.concat(parts, names=["strategy", "replicate"])

    def curve_table(self) -> pd.DataFrame:
        """Median and 5-95 % of every curve by strategy and month, for notebooks."""
        import pandas as pd  # noqa: PLC0415

        parts = {
            (name, curve): pd.DataFrame(bands[curve])
            for name, bands in self.summary()["curves"].items()
            for curve in CURVES
        }
        return pd.concat(parts, names=["strategy", "curve", "month"])

    def _repr_html_(self) -> str:
        return str(self.table()["median"].unstack("strategy").to_html())

    def goal_probability(self) -> dict[str, float]:
        """Chance that each strategy meets the scenario's goal; empty without a goal."""
        goal = self.scenario.goal
        if goal is None:
            return {}
        chance = {}
        for name, result in self.strategies.items():
            met = np.ones(self.scenario.replicates, bool)
            for curve, least in (("reach", goal.reach), ("sustained", goal.sustained)):
                if least is not None:
                    met &= (result.curves[curve][:, : goal.by_month + 1] >= least).any(axis=1)
            chance[name] = float(met.mean())
        return chance


def quantile(values: NDArray[np.floating[Any]], share: float) -> float:
    """Order statistic without interpolation, so that what never happened (inf) stays apart from what did.

    What cannot be known (NaN) is left out; NaN where nothing is known.
    """
    known = values[~np.isnan(values)]
    return float(np.quantile(known, share, method="inverted_cdf")) if len(known) else float("nan")


def difference(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Paired difference a - b by replicate; two that never happened are a tie."""
    both = np.isinf(a) & np.isinf(b)
    return np.subtract(a, b, out=np.zeros_like(a), where=~both)


def probability_positive(d: NDArray[np.float64]) -> float:
    """P(difference > 0) + half of P(difference = 0)."""
    return float((d > 0).mean() + 0.5 * (d == 0).mean())


def months_to(curve: NDArray[np.float32], share: float) -> NDArray[np.float64]:
    """First month with ``curve >= share``, or inf: ``(replicates, months + 1)`` to ``(replicates,)``."""
    there = curve >= np.float32(share)
    return np.where(there.any(axis=1), there.argmax(axis=1).astype(float), np.inf)


def sustained_after(sustained: NDArray[np.float32], ended: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Every one of ``AFTER_SUPPORT``.

    Args:
        sustained: share in ordinary operation, ``(replicates, months + 1)``.
        ended: month from which nothing is in force, inf where that did not happen: ``(replicates,)``.
    """
    found = {"support_end_month": ended}
    for months in (12, 24):
        seen = ended + months < sustained.shape[1]
        column = np.where(seen, ended + months, 0).astype(np.intp)
        shares = sustained[np.arange(len(ended)), column].astype(np.float64)
        found[f"sustained_{months}_after_support"] = np.where(seen, shares, np.nan)
    return found


def ratio(amount: NDArray[np.float64], gained: NDArray[np.float64]) -> NDArray[np.float64]:
    """An amount for each unit gained, inf where nothing was: ``(replicates,)`` each."""
    return np.divide(amount, gained, out=np.full_like(amount, np.inf), where=gained > 0)


def _quantiles(values: NDArray[np.float64]) -> dict[str, float | None]:
    shares = (("median", 0.5), ("p5", 0.05), ("p25", 0.25), ("p75", 0.75), ("p95", 0.95))
    return {label: _number(quantile(values, share)) for label, share in shares}


def with_more(result: SpreadResult, more: Final) -> SpreadResult:
    """The same with what plugins report."""
    return replace(result, final={**result.final, **more})


def plugins_own(result: SpreadResult) -> list[str]:
    """What plugins report, as ``plugin.name``."""
    return [name for name in result.final if "." in name]


def both_report(a: SpreadResult, b: SpreadResult) -> list[str]:
    """What plugins report of both; a strategy without the plugin, or one innovation of several, has nothing of it."""
    return [name for name in plugins_own(a) if not (np.isnan(a.final[name]).any() or np.isnan(b.final[name]).any())]


def _curve_summary(curves: Curves) -> dict[str, Any]:
    bands: dict[str, Any] = {"month": list(range(curves["reach"].shape[1]))}
    for name in CURVES:
        low, mid, high = monthly.quantiles(curves[name], (0.05, 0.5, 0.95))
        bands[name] = {"median": _numbers(mid), "p5": _numbers(low), "p95": _numbers(high)}
    return bands


def _number(x: float) -> float | None:
    return float(f"{x:.9g}") if np.isfinite(x) else None


def _numbers(values: NDArray[np.floating[Any]]) -> list[float | None]:
    return [_number(float(v)) for v in values]


def _plain_order(order: Order) -> dict[str, Any]:
    return {
        "best_first": list(order.best_first),
        "holds": order.holds,
        "open": order.is_open,
        "first": dict(order.first),
    }


def _plain_budget(budget: EqualBudget) -> dict[str, Any]:
    return {"budget_sek": budget.budget_sek, "factors": dict(budget.factors), "apart": dict(budget.apart)}
