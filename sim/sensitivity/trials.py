"""Chosen parameters in the same few worlds, under every strategy; what has been run is kept and never run again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim import evidence, experiment, plugin_host, store
from sim.evidence import Estimate
from sim.experiment import Experiment, Progress, Trials
from sim.parameters import drawn_by_default, inverse_cdf, shares_draws_with
from sim.scenario_file import ScenarioFile
from sim.store import shared
from sim.store.shared import Kept

Floats = NDArray[np.float64]
Outcomes = Mapping[str, Mapping[str, Floats]]
"""By strategy and metric: ``(choices,)``."""

METRICS = ("reach", "sustained", "cost_sek", "net_benefit_sek")
"""What is kept of each choice."""
CHOICES = 64
"""How many choices are kept together: what an interruption may cost."""
ENDS = (0.01, 0.99)
"""How far into its range an assumption is moved, as quantiles: the ends themselves are limits rather than values."""


@dataclass(frozen=True, eq=False)
class Assumptions:
    """What is uncertain in a scenario, each with those that rise and fall with it."""

    names: tuple[str, ...]
    experiment: Experiment
    key: str
    """Content key of the scenario."""
    known: Mapping[str, Estimate]
    """What each rests on."""
    own: frozenset[str]
    """Those that the scenario itself draws."""

    def values(self, name: str, quantiles: Floats) -> Floats:
        """The values of an assumption at quantiles of its distribution."""
        return inverse_cdf(self.experiment.scenario.uncertain[name], np.asarray(quantiles, np.float64))

    def centre(self, choices: int) -> dict[str, Floats]:
        """Every assumption at its median, so many times."""
        return {name: np.full(choices, 0.5) for name in self.names}


def assumptions_of(source: ScenarioFile, threads: int | None = None) -> Assumptions:
    """The uncertain parameters of a scenario, ready to be tried."""
    scenario = source.scenario
    known = {**evidence.defaults(), **plugin_host.estimates_of(scenario)}
    drawn = [name for name in scenario.uncertain if name not in scenario.parameters]
    own = dict.fromkeys(shares_draws_with(name, known) for name in sorted(drawn))
    names = tuple(_drawn_for(name, drawn, known) for name in own)
    key = store.content_key(scenario, experiment.rests_on(source))
    asked = frozenset(scenario.uncertain) - drawn_by_default(scenario, plugin_host.estimates_of(scenario))
    return Assumptions(names, experiment.prepare(source, threads), key, known, asked)


def _drawn_for(shared_with: str, drawn: list[str], known: Mapping[str, Estimate]) -> str:
    """The parameter itself, or where it is not drawn the first of those that share its draws."""
    return shared_with if shared_with in drawn else min(n for n in drawn if shares_draws_with(n, known) == shared_with)


class Runner:
    """Tries choices; counts what is done of all that is to be tried."""

    def __init__(self, assumptions: Assumptions, planned: int, progress: Progress | None = None) -> None:
        """Ready to begin.

        Args:
            assumptions: of the scenario.
            planned: rows (choices times worlds) of the whole study.
            progress: told (rows done, in all).
        """
        self.assumptions = assumptions
        self._planned, self._progress, self._done = planned, progress, 0
        self._keys = {name: shares_draws_with(name, assumptions.known) for name in assumptions.names}

    def outcomes(self, quantiles: Mapping[str, Floats], worlds: int) -> Outcomes:
        """Mean metrics of every strategy for each choice, from the store where they have been run before.

        Args:
            quantiles: of every assumption, ``(choices,)`` each.
            worlds: how many every choice is tried in, always the first ones.
        """
        count = len(next(iter(quantiles.values())))
        parts = []
        for start in range(0, count, CHOICES):
            some = {self._keys[name]: values[start : start + CHOICES] for name, values in quantiles.items()}
            parts.append(self._remembered(some, worlds))
            self._done += worlds * min(CHOICES, count - start)
            self._tell(self._done)
        return {
            strategy: {metric: np.concatenate([part[f"{strategy}:{metric}"] for part in parts]) for metric in METRICS}
            for strategy in self.assumptions.experiment.schedules
        }

    def _remembered(self, quantiles: Mapping[str, Floats], worlds: int) -> Mapping[str, Floats]:
        key = shared.key_of("trials", scenario=self.assumptions.key, worlds=worlds, quantiles=dict(quantiles))
        return shared.remembered(key, lambda: Kept(self._run(quantiles, worlds))).arrays

    def _run(self, quantiles: Mapping[str, Floats], worlds: int) -> dict[str, Floats]:
        ready, trials = self.assumptions.experiment, Trials(quantiles, np.arange(worlds))
        scenario = ready.scenario.model_copy(update={"replicates": trials.rows})
        before = self._done

        def tell(done: int, total: int) -> None:
            self._tell(before + done * trials.rows // total)

        some = replace(ready, scenario=scenario, trials=trials)
        results = some.run(list(ready.schedules.values()), tell)
        return {
            f"{name}:{metric}": result.final[metric].reshape(-1, worlds).mean(axis=1)
            for name, result in results.items()
            for metric in METRICS
        }

    def _tell(self, done: int) -> None:
        if self._progress is not None:
            self._progress(min(done, self._planned), self._planned)


def leads(outcomes: Outcomes, metric: str, leader: str) -> Floats:
    """How far ahead of the best other strategy the leader is, below 0 where another is best: ``(choices,)``."""
    others = [own[metric] for name, own in outcomes.items() if name != leader]
    return np.asarray(outcomes[leader][metric] - np.max(others, axis=0))


def best(outcomes: Outcomes, metric: str) -> NDArray[np.int64]:
    """Place of the best strategy for each choice; the first of those that are alike: ``(choices,)``."""
    return np.argmax([own[metric] for own in outcomes.values()], axis=0)
