"""Measurements that need a process of their own: without numba, and peak memory.

`python -m bench.alone no_numba CLINICS REPLICATES MONTHS` and `python -m bench.alone memory CLINICS MONTHS` print one
line of JSON.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any


def in_own_process(task: str, *sizes: int) -> dict[str, float]:
    """The answer of a task that runs in a process of its own, started from the repository's root."""
    command = [sys.executable, "-m", "bench.alone", task, *map(str, sizes)]
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, check=True, text=True)  # noqa: S603 - our own module
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


def no_numba(clinics: int, replicates: int, months: int) -> dict[str, float]:
    """Time of the minimal model where numba cannot be imported, on the processor and on the clock [s]."""
    sys.modules["numba"] = None  # any import of it fails from here on
    from bench import ours  # noqa: PLC0415 - after numba is gone

    ours.reach(ours.minimal(60, 4, 6))
    ready = ours.minimal(clinics, replicates, months)
    cpu, wall = time.process_time(), time.perf_counter()
    ours.reach(ready)
    return {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}


def memory(clinics: int, months: int) -> dict[str, float]:
    """Peak memory [MB] and time [s] of one replicate of the full model."""
    from bench import ours  # noqa: PLC0415 - each task imports what it measures

    begun = time.process_time()
    ready = ours.full(clinics, 1, months)
    prepared, before = time.process_time(), peak_mb()
    ours.run(ready, "every_lever")
    return {
        "peak_mb": peak_mb(),
        "peak_mb_prepared": before,
        "prepare_cpu": prepared - begun,
        "run_cpu": time.process_time() - prepared,
    }


def peak_mb() -> float:
    """The most memory that this process has held [MB of 10^6 bytes]."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


_TASKS: dict[str, Any] = {"no_numba": no_numba, "memory": memory}

if __name__ == "__main__":
    sys.stdout.write(json.dumps(_TASKS[sys.argv[1]](*map(int, sys.argv[2:]))) + "\n")
