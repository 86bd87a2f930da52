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
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from rich.console import Console

from sim.executor import Executor, Limits, Task
from sim.executor.local import LocalProcesses
from sim.metrics import CURVES
from sim.store import reading
from sim.store.ledger import Ledger, Result
from sim.store.parts import part_path, write_part
from sim.sweep import driver, plan_file, tasks, work

ECHO = "bench.seams:echo"
TWELVE = (*CURVES, "stage_unaware", "stage_testing", "stage_blocked", "stage_implementing", "stage_using")
COPIES = 10
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


def two_workers(folder: Path, variants: int, replicates: int) -> tuple[float, float]:
    """How many times faster two workers are than one, once started, and how many cores the two really had.

    On variants of self_monitoring. On a busy machine both may have to share what one would have had alone: then the
    second number is far below 2, and the first says nothing.
    """
    sweep = _planned(folder, variants, replicates)
    seconds, had = {}, 0.0
    for workers in (1, 2):
        out = folder / f"out-{workers}"
        driver.carry_out(sweep, out, _Nothing(), Limits())
        todo = list(sweep.tasks(out))
        outcomes = LocalProcesses(work.TARGET, workers).run(iter(todo), Limits())
        for _ in range(workers):
            next(outcomes)
        crew, began = psutil.Process().children(), time.perf_counter()
        before = sum(sum(one.cpu_times()[:2]) for one in crew)
        for _ in range(len(todo) - 2 * workers):
            next(outcomes)
        took = time.perf_counter() - began
        had = (sum(sum(one.cpu_times()[:2]) for one in crew) - before) / took
        list(outcomes)
        seconds[workers] = took / (len(todo) - 2 * workers)
    return seconds[1] / seconds[2], had


class _Nothing:
    """Computes nothing, so that only the folder is made ready."""

    def run(self, *_: Any) -> Any:
        """No outcomes."""
        return iter(())


def store(folder: Path, variants: int, replicates: int, months: int) -> tuple[float, float]:
    """Megabytes of a sweep of one strategy with twelve curves, and seconds of a quantile query by variant and month.

    A tenth of the variants are computed, and each is written ten times under other numbers: the time of the model is
    not what is measured, and parts are compressed each by itself.
    """
    sweep = _planned(folder, variants, replicates, months)
    out = folder / "out"
    driver.carry_out(sweep, out, _Nothing(), Limits())
    computed: dict[int, Any] = {}
    with closing(Ledger(out, write=True)) as ledger:
        for number in range(len(sweep)):
            cells = sweep.cells(number)
            variant, first = cells[0].variant, cells[0].first
            if variant % COPIES == 0:
                known = [(cell, *work.answered(sweep, cell)) for cell in cells]
                computed[first] = list(work.curves(known, sweep.plan.keep))
            pieces = computed[first]
            numbered = [
                (names, {**table, "variant": np.full_like(table["variant"], variant)}) for names, table in pieces
            ]
            key = sweep.task_key(number)
            ledger.add(Result(key, (write_part(out, part_path(key, "curves"), "curves", numbered),), 0.0))
        size = sum(file.bytes for file in ledger.files())
    return size / 1e6, asked(out, variants, months)


def asked(folder: Path, variants: int, months: int) -> float:
    """Seconds of a quantile query by variant and month, as ``innomotor results query`` asks it."""
    began = time.perf_counter()
    rows = reading.query(
        folder, "SELECT variant, month, quantile_disc(reach, [0.05, 0.5, 0.95]) FROM curves GROUP BY ALL ORDER BY ALL"
    ).rows
    took = time.perf_counter() - began
    if len(rows) != variants * (months + 1):
        raise RuntimeError(f"{len(rows)} rows")
    return took


def _planned(folder: Path, variants: int, replicates: int, months: int | None = None) -> tasks.Sweep:
    """Variants of self_monitoring; with months, one strategy over so many, with twelve curves."""
    scenarios = Path(__file__).parents[1] / "scenarios"
    shutil.copy(scenarios / "self_monitoring.yaml", folder)
    cut = "" if months is None else f"months: {months}\nstrategies: [help]\n"
    curves = ("reach", "sustained") if months is None else TWELVE
    (folder / "plan.yaml").write_text(
        f"base: self_monitoring.yaml\nreplicates: {replicates}\n{cut}keep: {{curves: [{', '.join(curves)}]}}\n"
        f"factors: {{peer_influence: {{uniform: [0.25, 0.65], steps: {variants}}}}}\n",
        encoding="utf-8",
    )
    return tasks.sweep_of(plan_file.read(folder / "plan.yaml"))


def planning(folder: Path) -> tuple[float, float]:
    """Megabytes at most, and seconds, to walk through a million tasks."""
    scenarios = Path(__file__).parents[1] / "scenarios"
    shutil.copy(scenarios / "smallest.yaml", folder)
    (folder / "plan.yaml").write_text(
        "base: smallest.yaml\nfactors:\n  peer_influence: {uniform: [0.25, 0.65], steps: 1000}\n"
        "  effective_slack: {uniform: [0.3, 0.9], steps: 1000}\n",
        encoding="utf-8",
    )
    sweep = replace(tasks.sweep_of(plan_file.read(folder / "plan.yaml")), cut=(1, 1_000_000))
    began = time.perf_counter()
    tracemalloc.start()
    count = sum(1 for _ in sweep.tasks(folder))
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    if count != 1_000_000:
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

            found["dask_ms_per_task"] = per_task(Dask(ECHO, "local", 2), 2000)
            found["two_workers_over_one"], found["cores_of_two_workers"] = two_workers(folders[2], 14, 20)
    console = Console()
    for name, value in found.items():
        sign, goal = GOALS.get(name, ("", float("nan")))
        console.print(f"{name:28} {value:10.3f}   {f'goal {sign} {goal:g}' if sign else ''}")
    console.print_json(json.dumps({name: round(value, 4) for name, value in found.items()}))


if __name__ == "__main__":
    main()
