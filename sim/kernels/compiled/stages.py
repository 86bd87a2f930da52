"""Cells that change stage, and those that are ready to."""

from __future__ import annotations

import numpy as np

from sim.kernels.compiled.compiling import loop
from sim.kernels.compiled.operands import number_for, row_at
from sim.kernels.constants import ZERO


@loop
def move(flat, to, month, stage, since, count, hazard):
    """As in ``plain``."""
    clinics, row, acts = stage.shape[1], 0, hazard.shape == stage.shape
    for place in flat:
        row = row_at(place, row, clinics)
        i = place - row * clinics
        count[row, stage[row, i]] -= 1
        count[row, to] += 1
        stage[row, i] = to
        since[row, i] = month
        if acts:
            hazard[row, i] = ZERO


@loop
def finished(flat, work, since, month, least):
    """As in ``plain``."""
    clinics, row = work.shape[1], 0
    found, n = np.empty(len(flat), np.int64), 0
    for place in flat:
        row = row_at(place, row, clinics)
        i = place - row * clinics
        found[n] = place
        n += np.int64((work[row, i] <= ZERO) & (np.float32(month - since[row, i]) >= number_for(least, row)))
    return found[:n].copy()


@loop
def rooted(flat, depth, enough, since, month, least):
    """As in ``plain``."""
    clinics, row = depth.shape[1], 0
    found, n = np.empty(len(flat), np.int64), 0
    for place in flat:
        row = row_at(place, row, clinics)
        i = place - row * clinics
        long = np.float32(month - since[row, i] + 1) >= number_for(least, row)
        found[n] = place
        n += np.int64(long & (depth[row, i] >= number_for(enough, row)))
    return found[:n].copy()


@loop
def give_up(flat, mandate, reports, nominal, depth, deep_months, facilitated):
    """As in ``plain``."""
    clinics, r = nominal.shape[1], 0
    for place in flat:
        r = row_at(place, r, clinics)
        i = place - r * clinics
        bound = mandate[r if mandate.shape[0] > 1 else 0, i if mandate.shape[1] > 1 else 0]
        reports[r, i] = bound > ZERO
        nominal[r, i] = False
        depth[r, i] = ZERO
        deep_months[r, i] = 0
        facilitated[r, i] = False


@loop
def _deep_row(stage, using, depth, enough, deep_months):
    for i in range(len(stage)):
        before = deep_months[i]
        counted = np.int16(before + np.int16(1))
        counted = counted if depth[i] >= enough else np.int16(0)
        deep_months[i] = counted if stage[i] == using else before


@loop
def _risen_row(stage, using, deep_months, long, risen):
    for i in range(len(stage)):
        risen[i] = (stage[i] == using) & (np.float32(deep_months[i]) >= long)


@loop
def _fallen_row(stage, sustained, depth, little, deep_months, fallen):
    for i in range(len(stage)):
        before, falls = deep_months[i], (stage[i] == sustained) & (depth[i] < little)
        fallen[i] = falls
        deep_months[i] = np.int16(0) if falls else before


@loop
def take_root(stage, marks, depth, deep_months, deep, months, shallow):
    """As in ``plain``."""
    using, sustained = np.int8(marks[0]), np.int8(marks[1])
    risen, fallen = np.empty(stage.shape, np.bool_), np.empty(stage.shape, np.bool_)
    for r in range(stage.shape[0]):
        _deep_row(stage[r], using, depth[r], number_for(deep, r), deep_months[r])
        _risen_row(stage[r], using, deep_months[r], number_for(months, r), risen[r])
        _fallen_row(stage[r], sustained, depth[r], number_for(shallow, r), deep_months[r], fallen[r])
    return risen, fallen
