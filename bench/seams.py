"""What many runs cost beside the model: seams, two workers against one, store, planning (``python -m bench.seams``).

Times on the clock depend on what else the machine does; ratios and sizes do not. Prints a table and gives it as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from rich.console import Console

from sim.executor import Executor, Limits, Task
from sim.executor.local import LocalProcesses
from sim.randomness import Draws
from sim.store.ledger import Ledger, Result
from sim.store.parts import part_path, write_part
from sim.sweep import driver, plan_file, tasks, work

ECHO = "bench.seams:echo"
METRICS = 12
GOALS = {
    "local_ms_per_task": ("<", 0.5),
    "dask_ms_per_task": ("<", 5.0),
    "two_workers_over_one": (">=", 1.8),
    "stored_mb": ("<", 130.0),
    "query_seconds": ("<", 0.5),
    "planning_mb_million": ("<", 100.0),
}


def echo(payload: Mapping[str, Any]) -> dict[str, Any]:
    """A task without work."""
    return {"said": payload["say"]}


def per_task(executor: Executor, count: int) -> float:
    """Milliseconds for each empty task, from the first outcome to the last, without the start of the workers."""
    outcomes = executor.run((Task(str(i), {"say": i}) for i in range(count)), Limits())
    next(outcomes)
    began = time.perf_counter()
    for outcome in outcomes:
        if not outcome.ok:
            raise RuntimeError(outcome.error)
    return 1e3 * (time.perf_counter() - began) / (count - 1)


def two_workers(folder: Path, variants: int, replicates: int) -> float:
    """How many times faster two workers are than one on variants of self_monitoring, workers already started."""
    scenarios = Path(__file__).parents[1] / "scenarios"
    shutil.copy(scenarios / "self_monitoring.yaml", folder)
    (folder / "plan.yaml").write_text(
        f"base: self_monitoring.yaml\nreplicates: {replicates}\nkeep: {{curves: [reach, sustained]}}\n"
        f"factors: {{peer_influence: {{uniform: [0.25, 0.65], steps: {variants}}}}}\n",
        encoding="utf-8",
    )
    sweep = tasks.sweep_of(plan_file.read(folder / "plan.yaml"))
    seconds = {}
    for workers in (1, 2):
        out = folder / f"out-{workers}"
        driver.carry_out(sweep, out, _Nothing(), Limits())
        todo = list(sweep.tasks(out))
        outcomes = LocalProcesses(work.TARGET, workers).run(iter(todo), Limits())
        for _ in range(workers):
            next(outcomes)
        began = time.perf_counter()
        list(outcomes)
        seconds[workers] = (time.perf_counter() - began) / (len(todo) - workers)
    return seconds[1] / seconds[2]


class _Nothing:
    """Computes nothing, so that only the folder is made ready."""

    def run(self, *_: Any) -> Any:
        """No outcomes."""
        return iter(())


def store(folder: Path, variants: int, replicates: int, months: int) -> tuple[float, float]:
    """Megabytes of a sweep's curves in float32, and seconds of a quantile query by variant and month.

    The values are shares of 1,200 clinics that rise along drawn curves, as a model's do.
    """
    everyone = np.arange(replicates, dtype=np.int32)
    month = np.arange(months + 1, dtype=np.int16)
    rows = replicates * (months + 1)
    with closing(Ledger(folder, write=True)) as ledger:
        for variant in range(variants):
            columns: dict[str, Any] = {
                "variant": np.full(rows, variant, np.int32),
                "replicate": np.repeat(everyone, months + 1),
                "month": np.tile(month, replicates),
            }
            for metric in range(METRICS):
                draws = Draws(1, "bench", metric)
                speed = draws.uniform(everyone, variant)[:, None] * 0.1 + 0.02
                noise = draws.normal(everyone[:, None], variant, month[None, :]) * 0.004
                share = np.rint(1200 * np.clip(1 - np.exp(-speed * month) + noise, 0, 1)) / 1200
                columns[f"metric_{metric}"] = share.astype(np.float32).ravel()
            key = f"{variant:064x}"
            pieces = [({"strategy": "help", "innovation": "all"}, columns)]
            ledger.add(Result(key, (write_part(folder, part_path(key, "curves"), "curves", pieces),), 0.0))
        paths = [str(folder / file.path) for file in ledger.files()]
        size = sum(file.bytes for file in ledger.files())
    with duckdb.connect(":memory:", config={"threads": "2"}) as connection:
        began = time.perf_counter()
        connection.read_parquet(paths).aggregate(
            "variant, month, quantile_disc(metric_0, [0.05, 0.5, 0.95])", "variant, month"
        ).fetchall()
        asked = time.perf_counter() - began
    return size / 1e6, asked


def planning(folder: Path) -> tuple[float, float]:
    """Megabytes at most, and seconds, to walk through a million tasks."""
    scenarios = Path(__file__).parents[1] / "scenarios"
    shutil.copy(scenarios / "smallest.yaml", folder)
    (folder / "plan.yaml").write_text(
        "base: smallest.yaml\nfactors:\n  peer_influence: {uniform: [0.25, 0.65], steps: 1000}\n"
        "  effective_slack: {uniform: [0.3, 0.9], steps: 1000}\n",
        encoding="utf-8",
    )
    sweep = tasks.sweep_of(plan_file.read(folder / "plan.yaml"))
    began = time.perf_counter()
    tracemalloc.start()
    count = sum(1 for _ in sweep.tasks(folder))
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    if count * sweep.cut[0] < 1_000_000:
        raise RuntimeError(f"{count} tasks")
    return peak, time.perf_counter() - began


def main() -> None:
    """Measure and tell."""
    arguments = argparse.ArgumentParser(prog="python -m bench.seams")
    arguments.add_argument("--quick", action="store_true", help="small sizes")
    quick = arguments.parse_args().quick
    found: dict[str, float] = {}
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    with tempfile.TemporaryDirectory() as place:
        folders = [Path(place) / str(i) for i in range(3)]
        for folder in folders:
            folder.mkdir()
        found["local_ms_per_task"] = per_task(LocalProcesses(ECHO, 2), 200 if quick else 4000)
        found["planning_mb_million"], found["planning_seconds_million"] = planning(folders[0])
        sizes = (10, 20, 120) if quick else (100, 200, 120)
        found["stored_mb"], found["query_seconds"] = store(folders[1], *sizes)
        if not quick:
            from sim.executor.distributed import Dask  # noqa: PLC0415 - an extra

            found["dask_ms_per_task"] = per_task(Dask(ECHO, "local", 2), 1000)
            found["two_workers_over_one"] = two_workers(folders[2], 14, 20)
    console = Console()
    for name, value in found.items():
        sign, goal = GOALS.get(name, ("", float("nan")))
        console.print(f"{name:28} {value:10.3f}   {f'goal {sign} {goal:g}' if sign else ''}")
    console.print_json(json.dumps({name: round(value, 4) for name, value in found.items()}))


if __name__ == "__main__":
    main()
