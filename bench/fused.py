"""The minimal model as one single-threaded numba loop: what is left when nothing is general.

The same addressed draws and the same events as the engine's minimal model; single precision in the same order. One
replicate passes through all its months before the next, so that its state stays next to the processor. What the engine
draws and nobody needs (the clock of a second start, which cannot come) is not drawn.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from bench.rates import rates
from sim.experiment import Experiment
from sim.randomness import identity


@njit(cache=True)
def _mix(x: Any) -> Any:
    """The SplitMix64 finaliser."""
    x ^= x >> np.uint64(30)
    x *= np.uint64(0xBF58476D1CE4E5B9)
    x ^= x >> np.uint64(27)
    x *= np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@njit(cache=True)
def _exponential(of_replicate: Any, clinic: Any) -> Any:
    """The first Exp(1) draw of a clinic, from its stream already mixed with the replicate."""
    x = _mix(_mix(of_replicate ^ clinic) + np.uint64(0xD1B54A32D192ED03))
    return np.float32(-math.log((np.float64(x >> np.uint64(12)) + 0.5) * 2.0**-52))


@njit(cache=True)
def _of_replicate(stream: Any, replicate: Any) -> Any:
    return _mix(stream + np.uint64(replicate + 1) * np.uint64(0x9E3779B97F4A7C15))


@njit(nogil=True, cache=True)
def _pass_time(left: Any, heard: Any, aware: Any, tiring: Any, external: Any, peer: Any) -> None:
    """Clocks run for a month. Without branches, so that it becomes vector instructions."""
    month, scale = np.float32(1 / 12), np.float32(2.0**-20)
    for i in range(len(left)):
        x = min(np.float32(heard[i]) * scale, np.float32(1))
        left[i] -= aware[i] * ((external + peer * x) * month) + tiring[i]


@njit(nogil=True, cache=True)
def _events(left: Any, aware: Any, tiring: Any, clinic_id: Any, stream: Any, giving_up: Any, changed: Any) -> Any:
    """Those whose clock has run out start or give up; how many now differ from last month, named in ``changed``."""
    changes = 0
    for i in range(len(left)):
        if left[i] <= 0:
            starts = aware[i] == 1
            left[i], aware[i], tiring[i] = np.float32(np.inf), 0, 0
            if starts:
                until_given_up = _exponential(stream, clinic_id[i]) - giving_up
                if until_given_up <= 0:  # started and gave up within the month
                    continue
                left[i], tiring[i] = until_given_up, giving_up
            changed[changes] = i
            changes += 1
    return changes


@njit(nogil=True, cache=True)
def _tell(changed: Any, tiring: Any, heard: Any, listeners_start: Any, listeners: Any, weight: Any) -> Any:
    """Those that changed tell those who listen to them; by how much the number of users rose."""
    more = 0
    for j in changed:
        sign = np.int32(1) if tiring[j] > 0 else np.int32(-1)
        more += sign
        for tie in range(listeners_start[j], listeners_start[j + 1]):
            heard[listeners[tie]] += sign * weight[tie]
    return more


@njit(nogil=True, cache=True)
def spread(
    replicates: Any,
    months: Any,
    clinic_id: Any,
    start_stream: Any,
    abandonment_stream: Any,
    external: Any,
    peer: Any,
    abandonment: Any,
    listeners_start: Any,
    listeners: Any,
    weight: Any,
) -> Any:
    """Clinics in use, month by month.

    Args:
        replicates: how many, numbered from 0.
        months: how many.
        clinic_id: ``(clinics,)`` identities.
        start_stream: stream of the clocks of starting.
        abandonment_stream: stream of the clocks of giving up.
        external: rate from outside [1/year].
        peer: rate when all advisers use it [1/year].
        abandonment: rate of giving up [1/year].
        listeners_start: ``(clinics + 1,)`` where each adviser's listeners begin.
        listeners: ``(ties,)`` who listens.
        weight: ``(ties,)`` shares x 2^20.

    Returns:
        ``(replicates, months + 1)`` whole numbers.
    """
    clinics = len(clinic_id)
    giving_up = abandonment / np.float32(12)
    users = np.zeros((replicates, months + 1), np.int64)
    left, aware, tiring = (np.empty(clinics, np.float32), np.empty(clinics, np.float32), np.empty(clinics, np.float32))
    heard, changed = np.empty(clinics, np.int32), np.empty(clinics, np.int32)
    for r in range(replicates):
        starts, gives_up = _of_replicate(start_stream, r), _of_replicate(abandonment_stream, r)
        aware[:], tiring[:], heard[:] = 1, 0, 0
        for i in range(clinics):
            left[i] = _exponential(starts, clinic_id[i])
        for t in range(months):
            _pass_time(left, heard, aware, tiring, external, peer)
            changes = _events(left, aware, tiring, clinic_id, gives_up, giving_up, changed)
            more = _tell(changed[:changes], tiring, heard, listeners_start, listeners, weight)
            users[r, t + 1] = users[r, t] + more
    return users


def loop(ready: Experiment) -> Callable[[], NDArray[np.float32]]:
    """The loop with all that it needs; its answer is the engine's reach, ``(replicates, months + 1)``."""
    scenario, ties, rate = ready.scenario, ready.network.of(0), rates(ready)
    name, clinics = next(iter(scenario.innovations)), len(ready.population)
    start, abandonment = (np.uint64(identity(scenario.seed, event, name)) for event in ("start", "abandonment"))
    ids, replicates, months = ready.population.clinic_id, scenario.replicates, scenario.months

    def reach() -> NDArray[np.float32]:
        of = (rate.external, rate.peer, rate.abandonment, ties.listeners_start, ties.listeners, ties.weight)
        users: NDArray[np.int64] = spread(replicates, months, ids, start, abandonment, *of)
        return (users / clinics).astype(np.float32)

    return reach
