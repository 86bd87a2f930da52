"""Ensembles that are looked into: what could have been observed of an innovation, by month and region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.experiment import Experiment, Progress
from sim.metrics import Final
from sim.model import SpreadModel
from sim.strategies import Schedule

Counts = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Followed:
    """What can be observed of an innovation, by replicate, month and region."""

    in_use: Counts
    """Clinics that use it, in name or not: ``(replicates, months + 1, regions)``, column 0 being the start."""
    begun: Counts
    """Clinics that have ever used it, of the same shape; it never falls."""
    sustained: NDArray[np.float32]
    """Share of all clinics in ordinary operation: ``(replicates, months + 1)``."""
    final: Final
    """Every metric of the report at the end, over all innovations: ``(replicates,)`` each."""

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The same as named arrays, to be kept."""
        final = {f"final.{name}": values for name, values in self.final.items()}
        return {"in_use": self.in_use, "begun": self.begun, "sustained": self.sustained, **final}

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Followed:
        """The inverse of ``arrays``."""
        final = {name.removeprefix("final."): a for name, a in arrays.items() if name.startswith("final.")}
        return cls(arrays["in_use"], arrays["begun"], arrays["sustained"], final)


def followed(
    experiment: Experiment,
    schedules: Sequence[Schedule],
    replicates: NDArray[np.int64],
    innovation: str,
    progress: Progress | None = None,
) -> dict[str, Followed]:
    """Strategies in some replicates of an experiment, by name.

    Args:
        experiment: a scenario made ready; how many replicates it has does not matter.
        schedules: what to follow.
        replicates: numbers of the replicates, each once, rising.
        innovation: which one to look at.
        progress: told (months done, in all).
    """
    scenario = experiment.scenario.model_copy(update={"replicates": len(replicates)})
    some = replace(experiment, scenario=scenario, chosen=replicates)
    eyes = _Eyes(some, schedules, innovation)
    results = some.run(schedules, progress, eyes)
    return {
        name: Followed(
            eyes.in_use[name], eyes.begun[name], result.innovations[innovation].curves["sustained"], result.final
        )
        for name, result in results.items()
    }


class _Eyes:
    """Counts who uses it, and who ever has."""

    def __init__(self, experiment: Experiment, schedules: Sequence[Schedule], innovation: str) -> None:
        scenario, regions = experiment.scenario, len(experiment.population.regions)
        shape = (scenario.replicates, scenario.months + 1, regions)
        self.in_use = {schedule.name: np.zeros(shape, np.int32) for schedule in schedules}
        self.begun = {schedule.name: np.zeros(shape, np.int32) for schedule in schedules}
        self._place = sorted(scenario.innovations).index(innovation)
        self._ever: dict[tuple[str, int], NDArray[np.bool_]] = {}

    def __call__(self, model: SpreadModel, rows: slice, month: int) -> None:
        """Look at one block under one strategy."""
        world = model.world
        strategy, now = world.schedule.name, world.spreads[self._place].in_use
        block = (strategy, rows.start)
        ever = self._ever[block] = self._ever[block] | now if month else now.copy()
        self.in_use[strategy][rows, month] = world.region_sums(now)
        self.begun[strategy][rows, month] = world.region_sums(ever)
        if month == world.scenario.months:
            del self._ever[block]
