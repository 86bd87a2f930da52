"""The answer to a page's question: all worlds of every strategy, clinic by clinic and month by month."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim import experiment as experiments
from sim.equal_budget import equalised
from sim.experiment import Cancelled, Experiment, prepare
from sim.metrics import Comparison, EqualBudget, StrategyResult
from sim.model import SpreadModel
from sim.scenario_file import ScenarioFile
from sim.strategies import Schedule
from sim.world import Spread, Stage

STATES = ("none", "under_way", "nominal", "using", "sustained", "abandoned")
"""What a clinic shows on the stage."""
CHAMPION = 8
"""Added to the place in `STATES` where an enthusiast carries it."""
KEPT_ANSWERS = 4

_SHOWN = np.zeros(len(Stage), np.uint8)
for _stage in Stage:
    _SHOWN[_stage] = STATES.index("under_way") if Stage.TESTING <= _stage < Stage.USING else 0
_SHOWN[Stage.USING], _SHOWN[Stage.SUSTAINED] = STATES.index("using"), STATES.index("sustained")
_SHOWN[Stage.ABANDONED] = STATES.index("abandoned")


@dataclass(frozen=True, eq=False)
class Answer:
    """All worlds of a question."""

    experiment: Experiment
    comparison: Comparison
    states: Mapping[str, NDArray[np.uint8]]
    """Place in `STATES`, plus `CHAMPION`, by strategy: ``(worlds, months + 1, clinics)``."""

    @property
    def results(self) -> Mapping[str, StrategyResult]:
        """How each strategy went."""
        return self.comparison.strategies

    def typical(self) -> int:
        """The world that is nearest the median reach over the months, all strategies together."""
        away = 0.0
        for result in self.results.values():
            reach = result.curves["reach"]
            away = away + np.abs(reach - np.median(reach, axis=0)).sum(axis=1)
        return int(np.argmin(away))


def answer(source: ScenarioFile, stop: threading.Event | None = None, equal_budget: bool = False) -> Answer:
    """Run a scenario with the first innovation's stages written down for every clinic.

    Args:
        source: small enough for a page.
        stop: set when nobody waits for it any more.
        equal_budget: bring the strategies to the cheapest one's lever budget.

    Raises:
        Cancelled: it was stopped.
    """
    experiment = prepare(source)
    results, states = _run(experiment, list(experiment.schedules.values()), stop)
    budget = None
    if equal_budget:
        last: dict[str, NDArray[np.uint8]] = {}

        def again(chosen: Sequence[Schedule]) -> dict[str, StrategyResult]:
            found, seen = _run(experiment, chosen, stop)
            last.update(seen)
            return found

        scaled, budget = equalised(again, experiment.schedules, results, None)
        states |= {name: last[name] for name in last if scaled[name] is not results[name]}
        results = scaled
    return Answer(experiment, _compared(source, experiment, results, budget), states)


def _compared(
    source: ScenarioFile, experiment: Experiment, results: Mapping[str, StrategyResult], budget: EqualBudget | None
) -> Comparison:
    return experiments.comparison_of(
        source,
        experiments.rests_on(source, budget is not None),
        clinics=len(experiment.population),
        regions=experiment.population.regions,
        strategies=results,
        equal_budget=budget,
    )


Runs = tuple[dict[str, StrategyResult], dict[str, NDArray[np.uint8]]]


def _run(experiment: Experiment, schedules: Sequence[Schedule], stop: threading.Event | None) -> Runs:
    """Results and states of the schedules by name."""
    scenario = experiment.scenario
    shape = (scenario.replicates, scenario.months + 1, len(experiment.population))
    states = {chosen.name: np.empty(shape, np.uint8) for chosen in schedules}

    def seen(model: SpreadModel, rows: slice, month: int) -> None:
        if stop is not None and stop.is_set():
            raise Cancelled
        states[model.world.schedule.name][rows, month] = shown(model.world.spreads[0])

    return experiment.run(schedules, watcher=seen), states


def shown(spread: Spread) -> NDArray[np.uint8]:
    """Place in `STATES` of every clinic, plus `CHAMPION`: ``(replicates, clinics)``."""
    state = np.where(spread.nominal & spread.in_use, np.uint8(STATES.index("nominal")), _SHOWN[spread.stage])
    return state + np.uint8(CHAMPION) * spread.champion.astype(np.uint8)


class Kept:
    """The last answers, so that another world or the same question costs nothing."""

    def __init__(self) -> None:
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str, make: Callable[[], Answer]) -> Answer:
        """The answer of a question, made when it is not kept.

        Args:
            key: of the question.
            make: runs it.
        """
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
        made = make()
        with self._lock:
            self._answers[key] = made
            while len(self._answers) > KEPT_ANSWERS:
                self._answers.popitem(last=False)
        return made
