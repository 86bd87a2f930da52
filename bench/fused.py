"""The minimal model as one single-threaded numba loop: what is left when nothing is general.

The same addressed draws and the same events as the engine's minimal model; single precision in the same order. One
replicate passes through all its months before the next, so that its state stays next to the processor. What the engine
draws and nobody needs (the clock of a second start, which cannot come) is not drawn.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from bench.rates import rates
from sim.experiment import Experiment
from sim.randomness import identity


@njit
def _mix(x: Any) -> Any:
    """The SplitMix64 finaliser."""
    x ^= x >> np.uint64(30)
    x *= np.uint64(0xBF58476D1CE4E5B9)
    x ^= x >> np.uint64(27)
    x *= np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@njit
def _exponential(of_replicate: Any, clinic: Any) -> Any:
    """The first Exp(1) draw of a clinic, from its stream already mixed with the replicate."""
    x = _mix(_mix(of_replicate ^ clinic) + np.uint64(0xD1B54A32D192ED03))
    return np.float32(-math.log((np.float64(x >> np.uint64(11)) + 0.5) * 2.0**-53))


@njit
def _of_replicate(stream: Any, replicate: Any) -> Any:
    return _mix(stream + np.uint64(replicate + 1) * np.uint64(0x9E3779B97F4A7C15))


@njit(nogil=True)
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
    month, scale = np.float32(1 / 12), np.float32(2.0**-20)
    giving_up = abandonment / np.float32(12)
    users = np.zeros((replicates, months + 1), np.int64)
    left, heard, changed = np.empty(clinics, np.float32), np.empty(clinics, np.int32), np.empty(clinics, np.int32)
    aware, tiring = np.empty(clinics, np.float32), np.empty(clinics, np.float32)
    for r in range(replicates):
        starts, gives_up = _of_replicate(start_stream, r), _of_replicate(abandonment_stream, r)
        aware[:], tiring[:], heard[:], using = 1, 0, 0, 0
        for i in range(clinics):
            left[i] = _exponential(starts, clinic_id[i])
        for t in range(months):
            for i in range(clinics):  # no branches, so that it becomes vector instructions
                x = min(np.float32(heard[i]) * scale, np.float32(1))
                left[i] -= aware[i] * ((external + peer * x) * month) + tiring[i]
            changes = 0
            for i in range(clinics):
                if left[i] <= 0:
                    was_aware = aware[i] == 1
                    left[i], aware[i], tiring[i] = np.float32(np.inf), 0, 0
                    if was_aware:
                        until_given_up = _exponential(gives_up, clinic_id[i]) - giving_up
                        if until_given_up <= 0:
                            continue
                        left[i], tiring[i] = until_given_up, giving_up
                    changed[changes] = i
                    changes += 1
            for n in range(changes):
                j = changed[n]
                sign = np.int32(1) if tiring[j] > 0 else np.int32(-1)
                using += sign
                for tie in range(listeners_start[j], listeners_start[j + 1]):
                    heard[listeners[tie]] += sign * weight[tie]
            users[r, t + 1] = using
    return users


def reach(ready: Experiment) -> NDArray[np.float32]:
    """Share in use month by month, as the engine's minimal model gives it: ``(replicates, months + 1)``."""
    scenario, ties, rate = ready.scenario, ready.network, rates(ready)
    name = next(iter(scenario.innovations))
    users = spread(
        scenario.replicates,
        scenario.months,
        ready.population.clinic_id,
        np.uint64(identity(scenario.seed, "start", name)),
        np.uint64(identity(scenario.seed, "abandonment", name)),
        rate.external,
        rate.peer,
        rate.abandonment,
        ties.listeners_start,
        ties.listeners,
        ties.weight,
    )
    share: NDArray[np.float32] = (users / len(ready.population)).astype(np.float32)
    return share
