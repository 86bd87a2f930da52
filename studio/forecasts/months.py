"""A strategy month by month: what each innovation books, who has begun, what the clinics are asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim import experiment
from sim.experiment import Experiment
from sim.model import SpreadModel
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
    blocks = [_block(ready, strategy, replicates) for replicates in ready.blocks()]
    names = blocks[0].innovations
    return Months(
        blocks[0].clinics,
        np.concatenate([block.wage for block in blocks]),
        {key: np.concatenate([block.shared[key] for block in blocks]) for key in SHARED},
        {
            name: {key: np.concatenate([block.innovations[name][key] for block in blocks]) for key in SPREAD}
            for name in names
        },
    )


def _block(ready: Experiment, strategy: str, replicates: NDArray[np.int64]) -> Months:
    setting = ready.setting(replicates)
    model = SpreadModel(setting, ready.schedules[strategy], ready.parts)
    world, months, rows = model.world, ready.scenario.months, len(replicates)
    shared = {key: np.zeros((rows, months)) for key in SHARED}
    own = {spread.name: {key: np.zeros((rows, months)) for key in SPREAD} for spread in world.spreads}
    for month in range(months):
        before = {spread.name: dict(spread.amounts) for spread in world.spreads}
        levers = world.amounts.get("cost_levers_sek", 0.0)
        model.step()
        for spread in world.spreads:
            _follow(spread, before[spread.name], own[spread.name], month)
        shared["cost_levers_sek"][:, month] = world.amounts.get("cost_levers_sek", 0.0) - levers
        _follow_all(world, shared, month)
    for record in model.records:
        curves, name = record.curves, record.spread.name
        genuine = curves["reach"] - curves["nominal"]
        own[name]["use"] = (genuine * curves["depth"])[:, 1:].astype(np.float64)
    wage = np.broadcast_to(setting.parameters.wage, (rows, 1))[:, 0].astype(np.float64)
    model.release()
    return Months(len(ready.population.clinic_id), wage, shared, own)


def _follow(spread: Spread, before: dict[str, Floats], own: dict[str, Floats], month: int) -> None:
    for part in ("qaly", "benefit_sek", "cost_innovation_sek", "clinic_hours"):
        own[part][:, month] = spread.amounts.get(part, 0.0) - np.asarray(before.get(part, 0.0))
    for part, amounts in spread.amounts.items():
        if part == "cost_levers_sek":  # what a lever costs for this innovation alone
            own["cost_innovation_sek"][:, month] += amounts - np.asarray(before.get(part, 0.0))
    waiting = spread.count[:, [Stage.UNAWARE, Stage.AWARE, Stage.DECLINED]].sum(axis=1)
    own["begun"][:, month] = 1 - waiting / spread.world.shape[1]


def _follow_all(world: World, shared: dict[str, Floats], month: int) -> None:
    rows = world.shape[0]
    needed = np.broadcast_to(world.needed_hours, world.shape)
    shared["needed_hours"][:, month] = needed.sum(axis=1, dtype=np.float64)
    shared["usable_hours"][:, month] = usable_hours(world).sum(axis=1, dtype=np.float64)
    shared["fatigue"][:, month] = np.broadcast_to(world.fatigue, world.shape).mean(axis=1, dtype=np.float64)
    shared["facilitators_fte"][:, month] = np.broadcast_to(world.levers.facilitators_fte, (rows, 1))[:, 0]


def usable_hours(world: World) -> NDArray[np.float32]:
    """Hours that each clinic can give to change this month, bought time included: ``(replicates, clinics)``."""
    from sim.mechanisms.work import effective_slack, usable_slack  # noqa: PLC0415 beside its only use

    hours = np.broadcast_to(world.attributes.hours, world.shape)
    slack = usable_slack(world, effective_slack(world)) + world.levers.protected_time * world.shock * hours
    return np.asarray(np.broadcast_to(slack * world.season, world.shape))
