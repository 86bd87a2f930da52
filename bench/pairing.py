"""Which way of drawing pairs strategies better: clocks that run on, or a new draw every month?

`python -m bench.pairing` prints, for each pair of strategies, how many times smaller the variance of their difference
is than with independent worlds, `(var A + var B) / var(A - B)`, both ways, and the processor time of each.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import combinations

import numpy as np
from rich.console import Console

from sim import scenario_file
from sim.experiment import prepare
from sim.metrics import StrategyResult
from sim.model import SpreadModel
from sim.world import Cells, Clock

say = Console(highlight=False).print

METRICS = ("reach", "sustained", "cost_sek")
_MONTHLY = 2**15
"""Occurrences from here on are months, apart from those that count how often a clock was wound."""


def _drawn_anew(clock: Clock, month: int) -> None:
    """What is left of every clock that runs is drawn anew, so that only this month's hazard counts."""
    cells = Cells.where(np.isfinite(clock.left))
    occurrence = np.full(len(cells), _MONTHLY + month, np.uint16)
    cells.put(clock.left, clock._draws.exponential(*clock._address(cells), occurrence))


@contextmanager
def monthly_draws() -> Iterator[None]:
    """Events that happen with probability `1 - exp(-hazard)` by a new draw each month, addressed by the month."""
    usual = SpreadModel.step

    def step(model: SpreadModel) -> None:
        for spread in model.world.spreads:
            for clock in spread.clocks.values():
                _drawn_anew(clock, model.world.month)
        usual(model)

    SpreadModel.step = step
    try:
        yield
    finally:
        SpreadModel.step = usual


def reduction(one: StrategyResult, other: StrategyResult, metric: str) -> float:
    """`(var A + var B) / var(A - B)` of a metric over the replicates; 1 with independent worlds."""
    a, b = one.final[metric], other.final[metric]
    return float((a.var() + b.var()) / (a - b).var())


def main(scenario: str = "scenarios/self_monitoring.yaml", replicates: int = 100) -> None:
    """Both ways on one scenario with every parameter fixed."""
    source = scenario_file.read(scenario, {"replicates": replicates})
    fixed = source.scenario.model_copy(update={"uncertain": {}})
    ready = prepare(replace(source, scenario=fixed), threads=1)
    schedules = list(ready.schedules.values())
    ready.run(schedules[:1])  # loads and compiles
    began = time.process_time()
    clocks = ready.run(schedules)
    between = time.process_time()
    with monthly_draws():
        monthly = ready.run(schedules)
    say(f"{scenario}: clocks {between - began:.1f} s, monthly draws {time.process_time() - between:.1f} s")
    say(f"{'variance of the difference is smaller by':42}{'clocks':>8}{'monthly':>9}")
    for (first, second), metric in ((pair, metric) for pair in combinations(ready.schedules, 2) for metric in METRICS):
        gains = [reduction(results[first], results[second], metric) for results in (clocks, monthly)]
        say(f"{f'{first} - {second}: {metric}':42}{gains[0]:8.2f}{gains[1]:9.2f}")
    for name in ready.schedules:
        means = [results[name].final["reach"].mean() for results in (clocks, monthly)]
        say(f"mean reach under {name}: {means[0]:.4f} and {means[1]:.4f}")


if __name__ == "__main__":
    main(*sys.argv[1:2])
