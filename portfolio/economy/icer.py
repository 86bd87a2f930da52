"""Incremental cost-effectiveness of alternatives beside each other, as in NICE PMG36: fully incremental."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Status = Literal["on_frontier", "dominated", "extendedly_dominated"]


@dataclass(frozen=True)
class Increment:
    """One alternative beside the next cheaper one on the frontier."""

    name: str
    cost: float
    effect: float
    added_cost: float | None
    added_effect: float | None
    icer: float | None
    """Cost of one more unit of effect; None for the cheapest and for the dominated."""
    status: Status


def increments(names: list[str], cost: Floats, effect: Floats) -> tuple[Increment, ...]:
    """Alternatives with their cost-effectiveness: the frontier by rising cost, then the dominated by falling effect.

    Simply dominated: another costs no more and gives no less, and is better in one. Extendedly dominated: a mix of two
    others costs less for the same effect; removing one may expose another, so it is repeated until none is left.
    """
    order = sorted(range(len(names)), key=lambda i: (cost[i], -effect[i], names[i]))
    frontier: list[int] = []
    status: dict[int, Status] = {}
    for i in order:
        if frontier and effect[i] <= effect[frontier[-1]]:
            status[i] = "dominated"
        else:
            frontier.append(i)
    while (weak := _weakest(frontier, cost, effect)) is not None:
        status[frontier.pop(weak)] = "extendedly_dominated"
    rows = [_row(names, cost, effect, i, frontier[k - 1] if k else None) for k, i in enumerate(frontier)]
    off = sorted(status, key=lambda i: (status[i] != "extendedly_dominated", -effect[i], names[i]))
    apart = [Increment(names[i], float(cost[i]), float(effect[i]), None, None, None, status[i]) for i in off]
    return (*rows, *apart)


def _weakest(frontier: list[int], cost: Floats, effect: Floats) -> int | None:
    """Place of the first alternative whose ICER is not below that of the next, or None."""
    steps = [(cost[b] - cost[a]) / (effect[b] - effect[a]) for a, b in itertools.pairwise(frontier)]
    return next((k + 1 for k in range(len(steps) - 1) if steps[k] >= steps[k + 1]), None)


def _row(names: list[str], cost: Floats, effect: Floats, i: int, before: int | None) -> Increment:
    if before is None:
        return Increment(names[i], float(cost[i]), float(effect[i]), None, None, None, "on_frontier")
    more, gain = float(cost[i] - cost[before]), float(effect[i] - effect[before])
    return Increment(names[i], float(cost[i]), float(effect[i]), more, gain, more / gain, "on_frontier")
