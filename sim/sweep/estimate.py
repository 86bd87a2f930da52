"""What a sweep takes before it is begun: tasks, processor hours, disk; and what is refused without a second yes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sim.sweep.driver import free_bytes
from sim.sweep.tasks import Sweep
from sim.workload import WRITING_SECONDS, workload

MOST_CPU_HOURS = 24.0
"""Processor hours beyond which a sweep wants to be confirmed."""
MOST_BYTES = 50e9
"""Disk beyond which a sweep wants to be confirmed [bytes]."""
OUTCOME_BYTES, CURVE_BYTES, FILE_BYTES = 110.0, 3.2, 8_000.0
"""Bytes of an outcome row, of a curve's value and of a file's frame, as measured on the scenarios that are shipped."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a sweep will take."""

    variants: int
    tasks: int
    clinic_months: int
    cpu_hours: float
    """On this machine's processor, from a short trial of the base scenario."""
    hours: float
    """On the clock, with the workers that are asked for."""
    bytes: float
    """On the disk."""
    free_bytes: float
    """Room there is."""

    @property
    def too_much(self) -> list[str]:
        """Which of ``cpu``, ``disk`` and ``room`` want to be confirmed."""
        beyond = {"cpu": self.cpu_hours > MOST_CPU_HOURS, "disk": self.bytes > MOST_BYTES}
        return [name for name, is_so in {**beyond, "room": self.bytes > self.free_bytes}.items() if is_so]


def estimate(sweep: Sweep, folder: Path, workers: int) -> Estimate:
    """What a sweep will take, from a trial of a second or so.

    Raises:
        UserMistakes: this machine has not the memory for one variant.
    """
    source = sweep.base.with_values({})
    load = workload(source, threads=1)
    variants = len(sweep.variants)
    cpu = max(load.seconds - WRITING_SECONDS, 1e-3) * variants
    return Estimate(
        variants,
        len(sweep),
        load.clinic_months * variants,
        cpu / 3600,
        cpu / 3600 / max(1, min(workers, len(sweep))),
        stored_bytes(sweep),
        free_bytes(folder),
    )


def stored_bytes(sweep: Sweep) -> float:
    """What the results will take on the disk [bytes]."""
    scenario, keep = sweep.base.with_values({}).scenario, sweep.plan.keep
    spreads = len(scenario.strategies) * (1 + len(scenario.innovations) * keep.innovations)
    rows = len(sweep.variants) * scenario.replicates * spreads
    months = scenario.months // keep.every_months + 1
    files = len(sweep) * (2 if keep.kept else 1)
    return rows * (OUTCOME_BYTES + months * (0.3 + CURVE_BYTES * len(keep.kept))) + files * FILE_BYTES
