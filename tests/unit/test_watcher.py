"""Whoever watches a run sees every world of every strategy in every month, and can stop it."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from builders import source

from sim import experiment
from sim.experiment import Cancelled
from sim.model import SpreadModel

STRATEGIES = {"let": "let_it_happen", "make": "make_it_happen"}


@pytest.mark.parametrize("threads", [1, 2])
def test_a_watcher_sees_all_that_the_curves_tell(threads: int) -> None:
    """Use counted month by month in every block is the curve of reach, at the block's own rows."""
    ready = experiment.prepare(source(strategies=STRATEGIES, replicates=7), threads=threads, block_cells=40)
    seen = {name: np.full((7, ready.scenario.months + 1), np.nan, np.float32) for name in STRATEGIES}

    def watcher(model: SpreadModel, rows: slice, month: int) -> None:
        seen[model.world.schedule.name][rows, month] = model.world.spreads[0].in_use.mean(axis=1)

    results = ready.run(list(ready.schedules.values()), watcher=watcher)
    assert len(ready.blocks()) == 4
    for name, result in results.items():
        assert result.curves["reach"].max() > 0
        assert np.allclose(seen[name], result.curves["reach"], rtol=0, atol=1e-6)


def test_a_watcher_that_raises_stops_the_run() -> None:
    """What it raises comes out of the run, and the other blocks go no further."""
    ready = experiment.prepare(source(replicates=8), threads=2, block_cells=20)
    stop, looked = threading.Event(), []

    def watcher(model: SpreadModel, rows: slice, month: int) -> None:
        looked.append((rows.start, month))
        if stop.is_set() or (rows.start == 0 and month == 3):
            stop.set()
            raise Cancelled

    with pytest.raises(Cancelled):
        ready.run(list(ready.schedules.values()), watcher=watcher)
    assert max(month for start, month in looked if start == 0) == 3
    assert len(looked) < 8 * ready.scenario.months
