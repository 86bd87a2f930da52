"""Readiness, what results teach, and the hazard of starting."""

from __future__ import annotations

import numpy as np

from sim.kernels.compiled.arithmetic import exp_one, exp_row, log_one, power_one
from sim.kernels.compiled.compiling import loop
from sim.kernels.compiled.operands import number_for, row_for
from sim.kernels.constants import ONE, TINY, ZERO


@loop
def _power_row(x, exponent):
    if exponent != ONE:
        for i in range(len(x)):
            x[i] = exponent * log_one(max(x[i], TINY))
        exp_row(x)


@loop
def _ready_row(need, support, advantage, ownership, fatigue, calm, able, out):
    for i in range(len(out)):
        will = ((need[i] * support[i]) * advantage[i]) * ownership[i]
        energy = (ONE - fatigue[i]) * calm[i]
        out[i] = np.sqrt((np.sqrt(np.sqrt(will)) * energy) * able[i])


@loop
def readiness(need, support, advantage, ownership, fatigue, calm, able, out):
    """As in ``plain``."""
    spare = np.empty((7, out.shape[1]), np.float32)
    for r in range(out.shape[0]):
        _ready_row(
            row_for(need, r, spare[0]),
            row_for(support, r, spare[1]),
            row_for(advantage, r, spare[2]),
            row_for(ownership, r, spare[3]),
            row_for(fatigue, r, spare[4]),
            row_for(calm, r, spare[5]),
            row_for(able, r, spare[6]),
            out[r],
        )


@loop
def _quotient_row(above, below, sign, out):
    for i in range(len(out)):
        out[i] = sign * (above[i] / below)


@loop
def _hazard_row(influence, lasting, ready, time, others, season, out):
    for i in range(len(out)):
        out[i] = ((((influence[i] * lasting[i]) * ready[i]) * (ONE - time[i])) * others[i]) * season


@loop
def _where_row(out, stage, aware, champion, effect, facilitated, ratio):
    for i in range(len(out)):
        carried, hazard = effect[i], out[i]  # taken before they are chosen, so that nothing branches
        carried = carried if champion[i] else ONE
        helped = ratio if facilitated[i] else ONE
        hazard = hazard * (carried * helped)
        out[i] = hazard if stage[i] == aware else ZERO


@loop
def start_hazard(
    stage, aware, influence, lasting, readiness, reference, exponent, champion, effect, free, wanted,
    facilitated, ratio, others, season, out,
):  # fmt: skip
    """As in ``plain``."""
    spare = np.empty((8, out.shape[1]), np.float32)
    ready, time = spare[0], spare[1]
    for r in range(out.shape[0]):
        if readiness.shape[1] == 1:
            ready[:] = power_one(number_for(readiness, r) / number_for(reference, r), number_for(exponent, r))
        else:
            _quotient_row(row_for(readiness, r, spare[2]), number_for(reference, r), ONE, ready)
            _power_row(ready, number_for(exponent, r))
        if free.shape[1] == 1:
            time[:] = exp_one(-(number_for(free, r) / number_for(wanted, r)))
        else:
            _quotient_row(row_for(free, r, spare[3]), number_for(wanted, r), -ONE, time)
            exp_row(time)
        ours, lasts = row_for(influence, r, spare[4]), row_for(lasting, r, spare[5])
        _hazard_row(ours, lasts, ready, time, row_for(others, r, spare[6]), number_for(season, r), out[r])
        _where_row(
            out[r], stage[r], aware, champion[r], row_for(effect, r, spare[7]), facilitated[r], number_for(ratio, r)
        )


@loop
def _strain_row(stage, testing, sustained, readiness, usual, force, strain):
    for i in range(len(strain)):
        lacking = force[i] * max(ONE - readiness[i] / usual, ZERO)
        lacking = lacking if (stage[i] >= testing) & (stage[i] <= sustained) else ZERO
        strain[i] = max(strain[i], lacking)


@loop
def strain_of_orders(stage, marks, readiness, reference, force, strain):
    """As in ``plain``."""
    testing, sustained = np.int8(marks[0]), np.int8(marks[1])
    spare = np.empty((2, stage.shape[1]), np.float32)
    for r in range(stage.shape[0]):
        ready, hard = row_for(readiness, r, spare[0]), row_for(force, r, spare[1])
        _strain_row(stage[r], testing, sustained, ready, number_for(reference, r), hard, strain[r])


@loop
def _learn_row(stage, using, sustained, nominal, advantage, fit, first, slope, pace):
    for i in range(len(advantage)):
        now = advantage[i]
        learnt = now + pace * (min(first + slope * fit[i], ONE) - now)
        genuine = (stage[i] >= using) & (stage[i] <= sustained) & (not nominal[i])
        advantage[i] = learnt if genuine else now


@loop
def learn(stage, marks, nominal, advantage, fit, first, gain, rate):
    """As in ``plain``."""
    using, sustained = np.int8(marks[0]), np.int8(marks[1])
    for r in range(stage.shape[0]):
        _learn_row(
            stage[r],
            using,
            sustained,
            nominal[r],
            advantage[r],
            fit[r],
            first,
            number_for(gain, r),
            number_for(rate, r),
        )
