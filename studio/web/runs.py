"""The answer to a page's question: bands over all worlds, and one world clinic by clinic and month by month."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.experiment import Cancelled, Experiment, prepare
from sim.metrics import SpreadResult, quantile
from sim.model import SpreadModel
from sim.scenario_file import ScenarioFile
from sim.world import Spread, Stage
from studio.web import places

STATES = ("none", "under_way", "nominal", "using", "sustained", "abandoned")
"""What a clinic shows on the stage."""
CURVES = ("reach", "sustained", "nominal", "abandoned", "depth")
KEY_FIGURES = ("reach", "sustained", "nominal", "abandoned", "months_to_50", "cost_sek", "clinic_hours", "equity_gap")
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
    results: Mapping[str, SpreadResult]
    states: Mapping[str, NDArray[np.uint8]]
    """Place in `STATES` by strategy, ``(worlds, months + 1, clinics)``."""

    def typical(self) -> int:
        """The world that is nearest the median reach over the months, all strategies together."""
        away = 0.0
        for result in self.results.values():
            reach = result.curves["reach"]
            away = away + np.abs(reach - np.median(reach, axis=0)).sum(axis=1)
        return int(np.argmin(away))


def answer(source: ScenarioFile, stop: threading.Event | None = None) -> Answer:
    """Run a scenario with the first innovation's stages written down for every clinic.

    Args:
        source: small enough for a page.
        stop: set when nobody waits for it any more.

    Raises:
        Cancelled: it was stopped.
    """
    experiment = prepare(source)
    worlds, clinics = experiment.scenario.replicates, len(experiment.population.clinic_id)
    states = {
        name: np.empty((worlds, experiment.scenario.months + 1, clinics), np.uint8) for name in experiment.schedules
    }

    def seen(model: SpreadModel, rows: slice, month: int) -> None:
        if stop is not None and stop.is_set():
            raise Cancelled
        states[model.world.schedule.name][rows, month] = shown(model.world.spreads[0])

    return Answer(experiment, experiment.run(list(experiment.schedules.values()), watcher=seen), states)


def shown(spread: Spread) -> NDArray[np.uint8]:
    """Place in `STATES` of every clinic: ``(replicates, clinics)``."""
    state = _SHOWN[spread.stage]
    return np.where(spread.nominal & spread.in_use, np.uint8(STATES.index("nominal")), state)


# --- as the page takes it ---------------------------------------------------------------------------------------------


def payload(found: Answer, world: int | None = None) -> dict[str, Any]:
    """What the stage shows: bands and key figures of each strategy, and one world.

    Args:
        found: all worlds.
        world: which to show; by default the typical one.
    """
    scenario = found.experiment.scenario
    number = found.typical() if world is None else world % scenario.replicates
    return {
        "months": scenario.months,
        "start": scenario.start,
        "worlds": scenario.replicates,
        "world": number,
        "seed": scenario.seed,
        "strategies": {
            name: {
                "bands": {curve: _band(result.curves[curve]) for curve in CURVES},
                "figures": {metric: _spread(result.final[metric]) for metric in KEY_FIGURES},
                "changes": changes(found.states[name][number]),
                "own": {curve: _rounded(result.curves[curve][number]) for curve in ("reach", "sustained")},
            }
            for name, result in found.results.items()
        },
        "better": _better(found.results),
    }


def stage(found: Answer) -> dict[str, Any]:
    """The clinics of a question: where they stand, what they are called, and who listens to whom."""
    experiment = found.experiment
    people = experiment.population
    ties = experiment.setting(np.arange(1)).network.of(0)
    spot = places.places(people)
    return {
        "regions": list(people.regions),
        "region": people.region.tolist(),
        "names": [str(name) for name in people.names],
        "x": [round(float(x), 4) for x in spot[:, 0]],
        "y": [round(float(y), 4) for y in spot[:, 1]],
        "labels": places.labels(people, spot),
        "ties": np.stack([ties.listeners, ties.adviser], axis=1).ravel().tolist(),
    }


def changes(states: NDArray[np.uint8]) -> list[list[int]]:
    """One world's changes of state, a list for each month: clinic, state, clinic, state …; month 0 tells all but none.

    Args:
        states: ``(months + 1, clinics)``.
    """
    before = np.zeros_like(states[0])
    told = []
    for now in states:
        moved = np.flatnonzero(now != before)
        told.append(np.stack([moved, now[moved]], axis=1).ravel().tolist())
        before = now
    return told


def _band(curves: NDArray[np.float32]) -> dict[str, list[float]]:
    """Median, 5 and 95 % of every month."""
    low, middle, high = np.quantile(curves, (0.05, 0.5, 0.95), axis=0, method="inverted_cdf")
    return {"low": _rounded(low), "median": _rounded(middle), "high": _rounded(high)}


def _rounded(values: NDArray[Any]) -> list[float]:
    return [round(float(value), 4) for value in values]


def _spread(values: NDArray[np.float64]) -> dict[str, float | None]:
    return {name: _finite(quantile(values, share)) for name, share in (("low", 0.05), ("median", 0.5), ("high", 0.95))}


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _better(results: Mapping[str, SpreadResult]) -> dict[str, dict[str, float]]:
    """In what share of the worlds each strategy has more sustained use than each other; a tie counts half."""
    names: Sequence[str] = list(results)
    return {
        one: {
            other: float(np.mean(np.sign(_sustained(results[one]) - _sustained(results[other])) / 2 + 0.5))
            for other in names
            if other != one
        }
        for one in names
    }


def _sustained(result: SpreadResult) -> NDArray[np.float64]:
    return result.final["sustained"]


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
