"""Answers to scenarios: from the store where the same question has been asked before, else computed and kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import experiment, store
from sim.experiment import Progress
from sim.metrics import CURVES, Comparison, EqualBudget, SpreadResult, StrategyResult
from sim.scenario import Scenario
from sim.scenario_file import ScenarioFile
from sim.store import shared
from sim.store.shared import Kept


@dataclass(frozen=True)
class Answer:
    """An answer, and where it comes from."""

    comparison: Comparison
    computed: datetime | None
    """When it was computed, if it comes from the store."""


def answer(
    source: ScenarioFile,
    *,
    fresh: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
    equal_budget: float | bool = False,
) -> Answer:
    """The answer to a scenario, bit for bit the same whether it is computed or comes from the store.

    Args:
        source: the scenario.
        fresh: compute it even if it is in the store.
        threads: as in ``experiment.compare``.
        progress: as there.
        equal_budget: as there.
    """
    if not fresh:
        grounds = experiment.rests_on(source, equal_budget)
        kept = shared.find(store.content_key(source.scenario, grounds))
        if kept is not None:
            return Answer(_comparison(source, kept, grounds), datetime.fromisoformat(kept.about["computed"]))
    comparison = experiment.compare(source, threads=threads, progress=progress, equal_budget=equal_budget)
    _keep(comparison)
    return Answer(comparison, None)


def stored_strategies(scenario: Scenario, key: str) -> dict[str, StrategyResult] | None:
    """The strategies' results of a question by its key, if the store has them."""
    kept = shared.find(key)
    return None if kept is None else _strategies(scenario, kept)


def _keep(comparison: Comparison) -> None:
    budget = comparison.equal_budget
    about = {
        "computed": datetime.now(UTC).isoformat(timespec="seconds"),
        "clinics": comparison.clinics,
        "regions": list(comparison.regions),
        "equal_budget": None if budget is None else _plain(budget),
        "measures": {who: list(spread.final) for who, spread in _spreads(comparison)},
    }
    arrays: dict[str, NDArray[Any]] = {}
    for who, spread in _spreads(comparison):
        arrays[f"{who}.final"] = np.stack(list(spread.final.values()))
        arrays |= {f"{who}.curves.{name}": spread.curves[name] for name in CURVES}
        arrays[f"{who}.stages"] = spread.stages
    shared.keep(comparison.key, Kept(arrays, about))


def _plain(budget: EqualBudget) -> dict[str, Any]:
    return {**asdict(budget), "factors": dict(budget.factors), "apart": dict(budget.apart)}


def _comparison(source: ScenarioFile, kept: Kept, grounds: Mapping[str, Any]) -> Comparison:
    budget = kept.about["equal_budget"]
    return experiment.comparison_of(
        source,
        grounds,
        clinics=kept.about["clinics"],
        regions=tuple(kept.about["regions"]),
        strategies=_strategies(source.scenario, kept),
        equal_budget=None if budget is None else EqualBudget(**budget),
    )


def _spreads(comparison: Comparison) -> Iterator[tuple[str, SpreadResult]]:
    """Every strategy and innovation, by what they are called in the store."""
    for strategy, whole in comparison.strategies.items():
        yield strategy, whole
        for innovation, spread in whole.innovations.items():
            yield f"{strategy}.{innovation}", spread


def _strategies(scenario: Scenario, kept: Kept) -> dict[str, StrategyResult]:
    found = {}
    for name in scenario.strategies:
        whole = _spread(kept, name)
        apart = {one: _spread(kept, f"{name}.{one}") for one in sorted(scenario.innovations)}
        found[name] = StrategyResult(whole.final, whole.curves, whole.stages, apart)
    return found


def _spread(kept: Kept, who: str) -> SpreadResult:
    return SpreadResult(
        dict(zip(kept.about["measures"][who], kept.arrays[f"{who}.final"], strict=True)),
        {name: kept.arrays[f"{who}.curves.{name}"] for name in CURVES},
        kept.arrays[f"{who}.stages"],
    )
