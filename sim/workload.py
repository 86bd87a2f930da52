"""What a question costs before it is asked: clinic-months, seconds and memory."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim import monthly
from sim.collecting import table_bytes
from sim.errors import Mistake, UserMistakes
from sim.experiment import Experiment, prepare
from sim.metrics import MEASURES
from sim.model import SpreadModel
from sim.scenario_file import ScenarioFile

PROGRAM_BYTES = 400 * 2**20
"""The interpreter with its libraries, a drawing and the report, as measured [bytes]."""
WRITING_SECONDS = 6.0
"""Start of the program, tables, figures and report, as measured on a machine of 2026 [s]."""
LATER = 1.2
"""Later months cost more than those of the trial, for more is under way: 1.17 and 1.09 in the scenarios shipped."""
TEMPORARY = 1.6
"""A month's intermediate arrays come on top of the state, as a factor on it."""
_LEAST_MONTHS, _TRIAL_MONTHS = 4, 18
_TRIAL_CELLS = 24 * 1024
_TRIAL_MOST = 2_000_000


@dataclass(frozen=True, slots=True)
class Workload:
    """The size of a question and what it will take on this machine."""

    clinics: int
    months: int
    replicates: int
    innovations: int
    strategies: int
    threads: int
    seconds: float
    """From the command to the report [s] with the machine to itself, from the processor time of a short trial."""
    megabytes: float
    """Most memory at a time [MiB]."""

    @property
    def clinic_months(self) -> int:
        """Clinics x months x replicates x innovations x strategies."""
        return self.clinics * self.months * self.replicates * self.innovations * self.strategies


def workload(source: ScenarioFile, threads: int | None = None) -> Workload:
    """What a scenario will take; runs a trial of a second or so.

    Args:
        source: the scenario.
        threads: how many blocks will run at once; by default as many as there are cores.

    Raises:
        UserMistakes: this machine has not the memory for it.
    """
    began = time.thread_time()
    experiment = prepare(source, threads)
    making = time.thread_time() - began
    needed = memory(experiment)
    refuse_what_cannot_be_held(needed)
    running = _running_seconds(experiment)
    scenario = source.scenario
    return Workload(
        len(experiment.population),
        scenario.months,
        scenario.replicates,
        len(scenario.innovations),
        len(scenario.strategies),
        experiment.threads,
        making + running + WRITING_SECONDS,
        needed / 2**20,
    )


def memory(experiment: Experiment) -> float:
    """Most memory at a time [bytes]: blocks under way, what they share, and results that are not in files."""
    scenario, clinics = experiment.scenario, len(experiment.population)
    widest = max(len(block) for block in experiment.blocks())
    state = _state_bytes(experiment) * widest
    shared = 24 * experiment.ties * (1 if experiment.network else widest) + 120 * clinics
    innovations, strategies = len(scenario.innovations), len(scenario.strategies)
    tables = min(table_bytes(scenario.replicates, scenario.months, innovations, strategies), monthly.IN_MEMORY)
    ends = 8 * len(MEASURES) * scenario.replicates * strategies * (innovations + 1)
    state += table_bytes(widest, scenario.months, innovations, 1)
    at_once = min(experiment.threads, len(experiment.blocks()) * len(scenario.strategies))
    return PROGRAM_BYTES + at_once * state * TEMPORARY + shared + tables + 2 * ends


def refuse_what_cannot_be_held(needed: float) -> None:
    """Stop a question that this machine has not the memory for.

    Raises:
        UserMistakes: with what to lower.
    """
    there = available_memory()
    if needed > there:
        found = f"the question needs about {needed / 2**30:.1f} GiB, and {there / 2**30:.1f} GiB are free"
        raise UserMistakes(Mistake("clinics", found, "Lower the number of clinics, replicates, months or threads."))


def available_memory() -> float:
    """Memory that is free for a new program [bytes]."""
    try:
        with open("/proc/meminfo", encoding="ascii") as table:  # noqa: PTH123 - not a file of anybody's
            rows = dict(line.split(":", 1) for line in table)
        return float(rows["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))


def _state_bytes(experiment: Experiment) -> float:
    """Bytes of state for each replicate, as a model of one replicate holds them."""
    model = SpreadModel(experiment.setting(np.arange(1)), next(iter(experiment.schedules.values())), experiment.parts)
    held = sum(array.nbytes for array in _arrays([model.world, model.mechanisms], {id(model.world.setting)}))
    model.release()
    return float(held)


def _arrays(holders: Iterable[Any], seen: set[int]) -> Iterator[np.ndarray[Any, Any]]:
    """The arrays that objects of the engine hold, directly or in containers, each once."""
    for holder in holders:
        if id(holder) in seen:
            continue
        seen.add(id(holder))
        if isinstance(holder, np.ndarray):
            yield holder
        elif isinstance(holder, dict):
            yield from _arrays(holder.values(), seen)
        elif isinstance(holder, (list, tuple)):
            yield from _arrays(holder, seen)
        elif type(holder).__module__.startswith(("sim.world", "sim.mechanisms")) and hasattr(holder, "__dict__"):
            yield from _arrays(vars(holder).values(), seen)


def _running_seconds(experiment: Experiment) -> float:
    """Seconds for all months of all blocks: a cost for each month and block, and one for each cell in it."""
    clinics = len(experiment.population) * len(experiment.scenario.innovations)
    few, many = 1, max(2, min(experiment.scenario.replicates, _TRIAL_CELLS // clinics))
    cheap, dear = (_month_seconds(experiment, replicates) for replicates in (few, many))
    for_each = max(dear - cheap, 0.0) / (many - few)
    at_start = max(cheap - for_each, 0.0)
    blocks = experiment.blocks()
    total = LATER * sum(at_start + for_each * len(block) for block in blocks) * experiment.scenario.months
    side_by_side = min(experiment.threads, len(blocks) * len(experiment.schedules))
    return total * len(experiment.schedules) / (1 + 0.8 * (side_by_side - 1))


def _month_seconds(experiment: Experiment, replicates: int) -> float:
    """Mean seconds of a month over the strategies, for a block of so many replicates."""
    months = min(
        experiment.scenario.months,
        max(_LEAST_MONTHS, min(_TRIAL_MONTHS, _TRIAL_MOST // (replicates * len(experiment.population)))),
    )
    setting = experiment.setting(np.arange(replicates))
    spent, counted = 0.0, 0
    for schedule in experiment.schedules.values():
        model = SpreadModel(setting, schedule, experiment.parts)
        for month in range(months):
            began = time.thread_time()
            model.step()
            if month or months == 1:  # what is loaded or compiled in the first month is not every month's cost
                spent += time.thread_time() - began
                counted += 1
        model.release()
    return spent / counted
