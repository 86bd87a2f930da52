"""Measuring fairly: contestants take turns, processor time is counted, medians are told with their spread."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Task:
    """Something to time."""

    run: Callable[[Any], object]
    """What is timed; it gets what ``before`` gave. If it gives `Spent`, as from another process, that counts."""
    before: Callable[[int], Any] = int
    """What is done beforehand and not timed, given the number of the round; by default that number itself."""


@dataclass(frozen=True)
class Spent:
    """Time of one run."""

    cpu: float
    """Processor time of the whole process, all its threads together [s]."""
    wall: float
    """Time on the clock [s]."""


@dataclass(frozen=True)
class Sample:
    """The same quantity in several rounds."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle value."""
        return statistics.median(self.values)

    @property
    def low(self) -> float:
        """The smallest value."""
        return min(self.values)

    @property
    def high(self) -> float:
        """The largest value."""
        return max(self.values)

    def per(self, amount: float) -> Sample:
        """The values divided by an amount."""
        return Sample(tuple(value / amount for value in self.values))

    def over(self, other: Sample) -> Sample:
        """Ratio to another sample, round by round; of different lengths, to its median."""
        paired = len(self.values) == len(other.values)
        below = other.values if paired else (other.median,) * len(self.values)
        return Sample(tuple(a / b for a, b in zip(self.values, below, strict=True)))


def spent(task: Task, number: int = 0) -> Spent:
    """Time that the task takes in the round of this number, started with a tidy memory."""
    ready = task.before(number)
    gc.collect()
    cpu, wall = time.process_time(), time.perf_counter()
    answer = task.run(ready)
    if isinstance(answer, Spent):
        return answer
    return Spent(time.process_time() - cpu, time.perf_counter() - wall)


def alternated(tasks: Mapping[str, Task], rounds: int) -> dict[str, list[Spent]]:
    """Time of every task in every round; each takes its turn, so that a slow minute of the machine hits all."""
    found: dict[str, list[Spent]] = {name: [] for name in tasks}
    for number in range(rounds):
        for name, task in tasks.items():
            found[name].append(spent(task, number))
    return found


def cpu(runs: Sequence[Spent]) -> Sample:
    """The processor time of the runs [s]."""
    return Sample(tuple(run.cpu for run in runs))


def wall(runs: Sequence[Spent]) -> Sample:
    """The time on the clock of the runs [s]."""
    return Sample(tuple(run.wall for run in runs))


def growth_exponent(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """Slope of log time against log size by least squares: 1 is linear.

    >>> round(growth_exponent([1, 2, 4], [3, 12, 48]), 9)
    2.0
    """
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])
