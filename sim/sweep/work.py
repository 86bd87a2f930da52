"""What a worker does: computes a task's cells, writes its part, and gives back a receipt."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import answers, experiment, store
from sim.errors import InnomotorError
from sim.executor import StopAll
from sim.metrics import STAGES, SpreadResult, StrategyResult
from sim.store.ledger import Result, StoredFile
from sim.store.parts import STORAGE_ERRORS, part_path, reason, write_part
from sim.store.tables import Columns, Piece
from sim.sweep.plan import STAGE_PREFIX, Keep
from sim.sweep.tasks import Cell, Sweep, same_program, written

TARGET = "sim.sweep.work:compute"
"""This module's function, as an executor names it."""

OUTCOMES, CURVES = "outcomes", "curves"


def compute(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Compute a task and write its parts; gives their names, sizes and hashes.

    Args:
        payload: ``folder``, key of the ``sweep``, number of the ``task``.

    Raises:
        StopAll: the folder cannot be read or written.
        UserMistakes: a variant does not fit.
    """
    began = time.monotonic()
    folder, number = Path(payload["folder"]), int(payload["task"])
    sweep = _sweep(folder, payload["sweep"])
    cells = [(cell, *answered(sweep, cell)) for cell in sweep.cells(number)]
    task = sweep.task_key(number)
    try:
        files = [write_part(folder, part_path(task, OUTCOMES), OUTCOMES, list(_outcomes(cells, sweep.plan.keep)))]
        if sweep.plan.keep.kept:
            files.append(write_part(folder, part_path(task, CURVES), CURVES, list(curves(cells, sweep.plan.keep))))
    except STORAGE_ERRORS as error:
        raise StopAll(f"{folder.name} could not be written: {reason(error)}.") from error
    return {"files": [asdict(file) for file in files], "seconds": round(time.monotonic() - began, 3)}


def result(task: str, receipt: Mapping[str, Any], attempts: int) -> Result:
    """A receipt as the ledger takes it."""
    files = tuple(StoredFile(**file) for file in receipt["files"])
    return Result(task, files, float(receipt["seconds"]), attempts)


def answered(sweep: Sweep, cell: Cell) -> tuple[dict[str, StrategyResult], int]:
    """The cell's strategies by name, and how many months there are."""
    source = sweep.scenario(cell.variant)
    scenario = source.scenario
    if cell.replicates == scenario.replicates:  # the whole of a question: it may have been answered before
        grounds = {**sweep.rests_on, "seed": scenario.seed, "replicates": scenario.replicates}
        known = answers.stored_strategies(scenario, store.content_key(scenario, grounds))
        if known is not None:
            return known, scenario.months
    part = replace(source, scenario=scenario.model_copy(update={"replicates": cell.replicates}))
    ready = replace(experiment.prepare(part, threads=1), first=cell.first)
    return ready.run(list(ready.schedules.values())), scenario.months


def tried(sweep: Sweep) -> None:
    """Run the first world of the first variant, where the scenario has plugins.

    Raises:
        PluginFault: a plugin is at fault there.
    """
    source = sweep.scenario(0)
    if source.scenario.plugins:
        ready = experiment.prepare(replace(source, scenario=source.scenario.model_copy(update={"replicates": 1})), 1)
        ready.run(list(ready.schedules.values()))


@lru_cache(maxsize=4)
def _sweep(folder: Path, key: str) -> Sweep:
    """The folder's sweep, taken in once for each worker."""
    try:
        sweep = written(folder)
    except InnomotorError as error:
        raise StopAll(f"A worker cannot read {folder}: {error}") from error
    if sweep.key != key:
        raise StopAll(f"{folder} belongs to another sweep.")
    try:
        same_program(sweep)
    except InnomotorError as error:
        raise StopAll(str(error)) from error
    return sweep


Answered = list[tuple[Cell, dict[str, StrategyResult], int]]


def _outcomes(cells: Answered, keep: Keep) -> Iterator[Piece]:
    """Final outcomes, one row for each replicate."""
    for cell, names, spread, _ in _spreads(cells, keep):
        replicates = _replicates(cell)
        yield names, {**_who(cell, len(replicates)), "replicate": replicates, **spread.final}


def curves(cells: Answered, keep: Keep) -> Iterator[Piece]:
    """Curves, one row for each replicate and kept month."""
    for cell, names, spread, last in _spreads(cells, keep):
        months = np.unique(np.append(np.arange(0, last + 1, keep.every_months, dtype=np.int16), np.int16(last)))
        replicates = _replicates(cell)
        columns: Columns = {
            **_who(cell, len(replicates) * len(months)),
            "replicate": np.repeat(replicates, len(months)),
            "month": np.tile(months, len(replicates)),
            **{name: np.ascontiguousarray(_curve(spread, name)[:, months]).ravel() for name in keep.kept},
        }
        yield names, columns


def _curve(spread: SpreadResult, name: str) -> NDArray[np.float32]:
    """A curve by its name in the plan: ``(replicates, months + 1)``."""
    if name in spread.curves:
        return spread.curves[name]
    return spread.stages[STAGES.index(name.removeprefix(STAGE_PREFIX))]


def _spreads(cells: Answered, keep: Keep) -> Iterator[tuple[Cell, dict[str, str], SpreadResult, int]]:
    for cell, strategies, months in cells:
        for strategy, whole in strategies.items():
            yield cell, {"strategy": strategy, "innovation": "all"}, whole, months
            for innovation, spread in whole.innovations.items() if keep.innovations else ():
                yield cell, {"strategy": strategy, "innovation": innovation}, spread, months


def _who(cell: Cell, rows: int) -> dict[str, NDArray[np.int32]]:
    return {"variant": np.full(rows, cell.variant, np.int32)}


def _replicates(cell: Cell) -> NDArray[np.int32]:
    return np.arange(cell.first, cell.first + cell.replicates, dtype=np.int32)
