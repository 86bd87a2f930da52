"""Sums over clinics, in an order that never changes."""

from __future__ import annotations

import numpy as np

from sim.kernels.compiled.arithmetic import power_one
from sim.kernels.compiled.compiling import loop
from sim.kernels.compiled.operands import first_of_rows, how_many, number_for, row_for


@loop
def depth_in_use(flat, depth):
    """As in ``plain``."""
    rows, clinics = depth.shape
    sums, of_place = np.zeros(rows, np.float64), depth.reshape(-1)
    first = first_of_rows(flat, rows, clinics)
    for r in range(rows):
        total = 0.0
        for place in flat[first[r] : first[r + 1]]:
            total += of_place[place]
        sums[r] = total
    return sums


@loop
def _effect_row(places, begin, nominal, depth, fidelity, exponent, fit, volume):
    total = 0.0
    for place in places:
        i = place - begin
        if not nominal[i]:
            total += ((volume[i] * depth[i]) * power_one(fidelity[i], exponent)) * fit[i]
    return total


@loop
def effect(flat, nominal, depth, fidelity, exponent, fit, volume):
    """As in ``plain``."""
    rows, clinics = depth.shape
    sums, spare = np.zeros(rows, np.float64), np.empty(clinics, np.float32)
    first = first_of_rows(flat, rows, clinics)
    for r in range(rows):
        places, power, size = flat[first[r] : first[r + 1]], number_for(exponent, r), row_for(volume, r, spare)
        sums[r] = _effect_row(places, r * clinics, nominal[r], depth[r], fidelity[r], power, fit[r], size)
    return sums


@loop
def region_sums(mask, region_start):
    """As in ``plain``."""
    rows, regions = mask.shape[0], len(region_start) - 1
    sums = np.empty((rows, regions), np.int64)
    for r in range(rows):
        for g in range(regions):
            sums[r, g] = how_many(mask[r, region_start[g] : region_start[g + 1]])
    return sums
