"""What is heard of those that use it and of those that gave it up."""

from __future__ import annotations

import numpy as np

from sim.kernels.compiled.compiling import loop
from sim.kernels.compiled.operands import number_for
from sim.kernels.constants import ONE, TIE, ZERO

STRETCH = 64
USES, AGAINST = np.int8(1), np.int8(2)


@loop
def _told_row(stage, nominal, using, sustained, abandoned, told):
    for i in range(len(told)):
        here = stage[i]
        genuine = (here >= using) & (here <= sustained) & (not nominal[i])
        told[i] = USES if genuine else (AGAINST if here == abandoned else np.int8(0))


@loop
def _differ(a, b):
    differ = np.int8(0)
    for i in range(len(a)):
        differ |= a[i] ^ b[i]
    return differ != 0


@loop
def _tell(heard, of_region, region, change, ties, listeners, weight):
    """One clinic begins (+1) or ceases (-1) to speak, to its listeners and its region."""
    of_region[region] += change
    for tie in range(ties[0], ties[1]):
        heard[listeners[tie]] += weight[tie] * change


@loop
def listen(stage, nominal, marks, told, heard, of_regions, region, start, listeners, weight):
    """As in ``plain``."""
    using, sustained, abandoned = np.int8(marks[0]), np.int8(marks[1]), np.int8(marks[2])
    rows, clinics = stage.shape
    own = clinics if len(start) > clinics + 1 else 0
    now = np.empty(clinics, np.int8)
    for r in range(rows):
        before = told[r]
        _told_row(stage[r], nominal[r], using, sustained, abandoned, now)
        for begin in range(0, clinics, STRETCH):
            end = min(begin + STRETCH, clinics)
            if not _differ(before[begin:end], now[begin:end]):
                continue
            for i in range(begin, end):
                if now[i] == before[i]:
                    continue
                ties = start[r * own + i], start[r * own + i + 1]
                for kind, change in ((before[i] - 1, np.int32(-1)), (now[i] - 1, np.int32(1))):
                    if kind >= 0:
                        _tell(heard[kind, r], of_regions[kind, r], region[i], change, ties, listeners, weight)
                before[i] = now[i]


@loop
def _exposure_row(by_use, against, here, loud, quiet, out):
    for i in range(len(out)):
        x = here[i] + loud * np.float32(by_use[i])
        x = x - quiet * np.float32(against[i])
        out[i] = min(max(x, ZERO), ONE)


@loop
def _of_region(use, against, size, loud, negative):
    return (np.float64(loud) * use - np.float64(negative) * against) / np.float64(size)


@loop
def exposure(heard, of_regions, region_start, loud, negative, ties, region, everybody, out):
    """As in ``plain``."""
    here, clinics, regions = np.empty(out.shape[1], np.float32), out.shape[1], len(region_start) - 1
    for r in range(out.shape[0]):
        use, against, voice, word = of_regions[0, r], of_regions[1, r], number_for(loud, r), number_for(negative, r)
        in_all = _of_region(use.sum(), against.sum(), clinics, voice, word)
        for g in range(regions):
            first, last = region_start[g], region_start[g + 1]
            in_region = _of_region(use[g], against[g], last - first, voice, word)
            part = np.float64(number_for(region, r)) * in_region + np.float64(number_for(everybody, r)) * in_all
            here[first:last] = np.float32(part)
        scale = number_for(ties, r) * TIE
        _exposure_row(heard[0, r], heard[1, r], here, scale * voice, scale * word, out[r])
