"""Exponential clocks: a month passes, and some run out."""

from __future__ import annotations

import numpy as np

from sim.kernels.compiled.arithmetic import exp_row
from sim.kernels.compiled.compiling import loop
from sim.kernels.compiled.operands import number_for, row_for
from sim.kernels.constants import MONTHS, NEVER, NINE_TENTHS, ONE, STEEP, YEAR, ZERO


@loop
def _run_row(left, hazard, out):
    """Take the hazards off, and say whose clock has run out."""
    for i in range(len(left)):
        now = left[i] - hazard[i]
        left[i] = now
        out[i] = now <= ZERO


@loop
def standing(left, flat):
    """As in ``plain``."""
    clock, found, n = left.reshape(-1), np.empty(len(flat), np.int64), 0
    for k in range(len(flat)):
        found[n] = flat[k]
        n += np.int64(clock[flat[k]] == NEVER)
    return found[:n].copy()


@loop
def run_some(left, flat, hazard):
    """As in ``plain``."""
    clock, out = left.reshape(-1), np.empty(len(flat), np.bool_)
    for k in range(len(flat)):
        now = clock[flat[k]] - hazard[k]
        clock[flat[k]] = now
        out[k] = now <= ZERO
    return out


@loop
def _product_row(x, factor, out):
    for i in range(len(out)):
        out[i] = x[i] * factor


@loop
def _either_row(which, one, other, out):
    for i in range(len(out)):
        out[i] = one if which[i] else other


@loop
def run_clocks(left, hazard, monthly):
    """As in ``plain``."""
    spare = np.empty((2, left.shape[1]), np.float32)
    out = np.empty(left.shape, np.bool_)
    for r in range(left.shape[0]):
        _product_row(row_for(hazard, r, spare[0]), number_for(monthly, r), spare[1])
        _run_row(left[r], spare[1], out[r])
    return out


@loop
def run_two_rates(left, which, yes, no):
    """As in ``plain``."""
    month = np.empty(left.shape[1], np.float32)
    out = np.empty(left.shape, np.bool_)
    for r in range(left.shape[0]):
        _either_row(which[r], number_for(yes, r), number_for(no, r), month)
        _run_row(left[r], month, out[r])
    return out


@loop
def _forced_row(own, more, floor, force, push, out):
    for i in range(len(out)):
        out[i] = (((more * max(own[i], floor)) * force[i]) * push[i]) / YEAR


@loop
def _bound_row(stage, aware, complies, force, out):
    for i in range(len(out)):
        out[i] = (stage[i] == aware) & complies[i] & (force[i] > ZERO)


@loop
def _comply_row(bound, hazard, left, own_hazard, own_left, monthly, out, first):
    for i in range(len(left)):
        before = left[i]
        now, earlier = before - hazard[i], before * (own_hazard[i] * monthly) <= own_left[i] * hazard[i]
        left[i] = now if bound[i] else before
        ends = bound[i] & (now <= ZERO)
        out[i] = ends
        first[i] = ends & earlier


@loop
def comply(stage, aware, complies, force, more, floor, push, left, own_hazard, own_left, monthly):
    """As in ``plain``."""
    out, first = np.empty(left.shape, np.bool_), np.empty(left.shape, np.bool_)
    spare, bound = np.empty((4, left.shape[1]), np.float32), np.empty(left.shape[1], np.bool_)
    for r in range(left.shape[0]):
        forced, own = row_for(force, r, spare[0]), row_for(own_hazard, r, spare[1])
        _forced_row(own, number_for(more, r), number_for(floor, r), forced, row_for(push, r, spare[2]), spare[3])
        _bound_row(stage[r], np.int8(aware), complies[r], forced, bound)
        _comply_row(bound, spare[3], left[r], own, own_left[r], number_for(monthly, r), out[r], first[r])
    return out, first


@loop
def _fragile_row(slope, depth, base, lost, frail, out):
    for i in range(len(out)):
        fragile = ONE + frail * min(max((NINE_TENTHS - depth[i]) * STEEP, ZERO), ONE)
        out[i] = (base * slope[i]) * (fragile if lost[i] else ONE)


@loop
def _held_row(nominal, more, kept, out):
    for i in range(len(out)):
        raised = more[i]
        raised = raised if nominal[i] else ONE
        out[i] = ((out[i] * raised) * kept[i]) * MONTHS


@loop
def abandon(left, depth, shallow, steep, lost, loss, nominal, lifted, held):
    """As in ``plain``."""
    spare = np.empty((4, left.shape[1]), np.float32)
    slope, hazard = spare[0], spare[1]
    out = np.empty(left.shape, np.bool_)
    for r in range(left.shape[0]):
        if number_for(steep, r) == ZERO:
            slope[:] = ONE
        else:
            _product_row(depth[r], number_for(steep, r), slope)
            exp_row(slope)
        _fragile_row(slope, depth[r], number_for(shallow, r), lost[r], number_for(loss, r), hazard)
        _held_row(nominal[r], row_for(lifted, r, spare[2]), row_for(held, r, spare[3]), hazard)
        _run_row(left[r], hazard, out[r])
    return out
