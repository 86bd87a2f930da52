"""A strategy month by month: what each innovation books, who has begun, what the clinics are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim import experiment
from sim.model import SpreadModel
from sim.scenario import Scenario
from sim.scenario_file import ScenarioFile
from sim.world import Spread, Stage, World

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]

SPREAD = ("use", "begun", "qaly", "benefit_sek", "cost_innovation_sek", "clinic_hours")
"""What is followed for each innovation: shares of the clinics, and amounts of the month."""
SHARED = ("cost_levers_sek", "facilitators_fte", "needed_hours", "usable_hours", "fatigue")
"""What is followed for all together."""


@dataclass(frozen=True, eq=False)
class Months:
    """Everything that is followed, ``(replicates, months)`` each."""

    clinics: int
    wage: Floats
    """SEK per staff-hour: ``(replicates,)``."""
    shared: dict[str, Floats]
    innovations: dict[str, dict[str, Floats]]


def followed(source: ScenarioFile, strategy: str, threads: int | None = None) -> Months:
    """A strategy of a scenario, month by month, in the same worlds as `experiment.compare` runs it in."""
    ready = experiment.prepare(source, threads)
    book = _Book(ready.scenario)
    result = ready.run([ready.schedules[strategy]], watcher=book)[strategy]
    for name, own in book.innovations.items():
        curves = result.innovations[name].curves
        own["use"] = ((curves["reach"] - curves["nominal"]) * curves["depth"])[:, 1:].astype(np.float64)
    return Months(len(ready.population.clinic_id), book.wage, book.shared, book.innovations)


class _Book:
    """Watches a strategy, and takes down what each month adds."""

    def __init__(self, scenario: Scenario) -> None:
        shape = (scenario.replicates, scenario.months)
        self.wage = np.zeros(scenario.replicates)
        self.shared = {key: np.zeros(shape) for key in SHARED}
        self.innovations = {name: {key: np.zeros(shape) for key in SPREAD} for name in sorted(scenario.innovations)}
        self._before: dict[tuple[int, str, str], Floats] = {}
        """What had been booked by a month ago: by first replicate of a block, whose, and what."""

    def __call__(self, model: SpreadModel, rows: slice, month: int) -> None:
        """Take down the month that has passed."""
        world = model.world
        if month == 0:
            self.wage[rows] = np.broadcast_to(world.parameters.wage, (world.shape[0], 1))[:, 0]
            return
        self.shared["cost_levers_sek"][rows, month - 1] = self._added(rows, "", "cost_levers_sek", world.amounts)
        for spread in world.spreads:
            self._follow(spread, rows, month - 1)
        self._follow_all(world, rows, month - 1)

    def _added(self, rows: slice, whose: str, part: str, amounts: Mapping[str, Floats]) -> Floats:
        now = np.asarray(amounts.get(part, 0.0))
        before = self._before.get((rows.start, whose, part), 0.0)
        self._before[rows.start, whose, part] = now
        return now - before

    def _follow(self, spread: Spread, rows: slice, month: int) -> None:
        own = self.innovations[spread.name]
        for part in ("qaly", "benefit_sek", "cost_innovation_sek", "clinic_hours"):
            own[part][rows, month] = self._added(rows, spread.name, part, spread.amounts)
        # what a lever costs for this innovation alone
        own["cost_innovation_sek"][rows, month] += self._added(rows, spread.name, "cost_levers_sek", spread.amounts)
        waiting = spread.count[:, [Stage.UNAWARE, Stage.AWARE, Stage.DECLINED]].sum(axis=1)
        own["begun"][rows, month] = 1 - waiting / spread.world.shape[1]

    def _follow_all(self, world: World, rows: slice, month: int) -> None:
        shared = self.shared
        needed = np.broadcast_to(world.needed_hours, world.shape)
        shared["needed_hours"][rows, month] = needed.sum(axis=1, dtype=np.float64)
        shared["usable_hours"][rows, month] = usable_hours(world).sum(axis=1, dtype=np.float64)
        shared["fatigue"][rows, month] = np.broadcast_to(world.fatigue, world.shape).mean(axis=1, dtype=np.float64)
        shared["facilitators_fte"][rows, month] = np.broadcast_to(world.levers.facilitators_fte, (world.shape[0], 1))[
            :, 0
        ]


def usable_hours(world: World) -> NDArray[np.float32]:
    """Hours that each clinic can give to change this month, bought time included: ``(replicates, clinics)``."""
    from sim.mechanisms.work import effective_slack, usable_slack  # noqa: PLC0415 beside its only use

    hours = np.broadcast_to(world.attributes.hours, world.shape)
    slack = usable_slack(world, effective_slack(world)) + world.levers.protected_time * world.shock * hours
    return np.asarray(np.broadcast_to(slack * world.season, world.shape))
