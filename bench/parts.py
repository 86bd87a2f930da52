"""Where a month's time goes: mechanism by mechanism, and function by function."""

from __future__ import annotations

import cProfile
import pstats
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from bench import ours
from sim.experiment import Experiment
from sim.model import SpreadModel
from sim.world import World

OTHER = "records and the rest"


class _Timed:
    """A part of the month that adds up its time."""

    def __init__(self, part: Callable[[World], None]) -> None:
        owner = getattr(part, "__self__", part)
        self.name: str = owner.name
        self.seconds = 0.0
        self._part = part

    def __call__(self, world: World) -> None:
        begun = time.thread_time()
        self._part(world)
        self.seconds += time.thread_time() - begun


def by_part(ready: Experiment, strategy: str) -> dict[str, float]:
    """Processor time of every mechanism and actor over a run of a strategy [s]; what it sets off counts with it."""
    total: dict[str, float] = {}
    for replicates in ready.blocks():
        model = ours.model(ready, strategy, replicates.tolist())
        for name, seconds in _one_block(model, ready.scenario.months).items():
            total[name] = total.get(name, 0.0) + seconds
        model.release()
    return total


def _one_block(model: SpreadModel, months: int) -> dict[str, float]:
    timed = [_Timed(part) for part in model.month]
    model.month = timed
    begun = time.thread_time()
    for _ in range(months):
        model.step()
    whole = time.thread_time() - begun
    found = {part.name: part.seconds for part in timed}
    return {**found, OTHER: whole - sum(found.values())}


class Line(NamedTuple):
    """A function in a profile."""

    where: str
    calls: int
    own: float
    """Time in the function itself [s]."""
    within: float
    """Time with all that it calls [s]."""


def profile(ready: Experiment, strategy: str, most: int = 15) -> list[Line]:
    """The functions with the most time of their own, dearest first, in a run of one strategy."""
    profiler = cProfile.Profile(time.process_time)
    model = ours.model(ready, strategy)
    profiler.enable()
    for _ in range(ready.scenario.months):
        model.step()
    profiler.disable()
    model.release()
    rows = pstats.Stats(profiler).stats.items()
    lines = [Line(_where(*function), calls, own, within) for function, (_, calls, own, within, _) in rows]
    return sorted(lines, key=lambda line: -line.own)[:most]


def _where(file: str, line: int, name: str) -> str:
    return name if file == "~" else f"{'/'.join(Path(file).parts[-2:])}:{line} {name}"
