"""The loops compiled by numba: the same bits as ``plain``, one pass over a block instead of many.

Compiled once and kept on disk where that is possible. No fastmath: a sum that is reordered or a product that is fused
would be another result.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from sim.kernels import constants, plain
from sim.kernels.constants import (
    EXP_HIGH,
    EXP_LOW,
    HALF,
    LN2_HIGH,
    LN2_LOW,
    LOG2_E,
    MONTHS,
    ONE,
    ROUNDING,
    SQRT_HALF,
    TINY,
    ZERO,
)

E0, E1, E2, E3, E4, E5 = constants.EXP_TERMS
L0, L1, L2, L3, L4, L5, L6, L7, L8 = constants.LOG_TERMS
NINE_TENTHS, STEEP, QUARTER = np.float32(0.9), np.float32(2.5), np.float32(0.25)
STRETCH = 64


def loop(function: Any) -> Any:
    """Compile without the interpreter's lock, so that blocks run side by side; keep it where a place can be written."""
    how: dict[str, Any] = {"nogil": True, "fastmath": False, "error_model": "numpy"}
    try:
        return numba.njit(cache=True, **how)(function)
    except RuntimeError:  # neither the program's folder nor the user's cache can be written
        return numba.njit(**how)(function)


@loop
def _exp(x):
    x = min(max(x, EXP_LOW), EXP_HIGH)
    n = (x * LOG2_E + ROUNDING) - ROUNDING
    r = (x - n * LN2_HIGH) - n * LN2_LOW
    y = E0 * r + E1
    y = y * r + E2
    y = y * r + E3
    y = y * r + E4
    y = y * r + E5
    y = (y * (r * r) + r) + ONE
    return y * np.int32((np.int32(n) + np.int32(127)) << np.int32(23)).view(np.float32)


@loop
def _log(x):
    bits = np.float32(x).view(np.int32)
    m = np.int32((bits & np.int32(0x007FFFFF)) | np.int32(0x3F000000)).view(np.float32)
    e = np.int32((bits >> np.int32(23)) - np.int32(126))
    if m < SQRT_HALF:
        e = np.int32(e - np.int32(1))
        m = m + m
    m = m - ONE
    f = np.float32(e)
    y = L0 * m + L1
    y = y * m + L2
    y = y * m + L3
    y = y * m + L4
    y = y * m + L5
    y = y * m + L6
    y = y * m + L7
    y = y * m + L8
    z = m * m
    y = (y * m) * z + f * LN2_LOW
    return (m + (y - z * HALF)) + f * LN2_HIGH


@loop
def _power(base, exponent):
    return base if exponent == ONE else _exp(exponent * _log(max(base, TINY)))


@loop
def _exp_row(x):
    """e^x in place; short enough for the processor's wide instructions, as is every loop with ``row`` in its name."""
    for i in range(len(x)):
        x[i] = _exp(x[i])


@loop
def _power_row(x, exponent):
    if exponent != ONE:
        for i in range(len(x)):
            x[i] = exponent * _log(max(x[i], TINY))
        _exp_row(x)


@loop
def _run_row(left, hazard):
    """Take the hazards off; how many clocks have run out."""
    out = 0
    for i in range(len(left)):
        now = left[i] - hazard[i]
        left[i] = now
        out += np.int64(now <= ZERO)
    return out


@loop
def _one(values, r):
    """What an operand of ``(1 or replicates, 1)`` has for a replicate."""
    return values[r if values.shape[0] > 1 else 0, 0]


@loop
def _row(values, r, spare):
    """What an operand that broadcasts has for the clinics of a replicate; one number fills ``spare``."""
    row = values[r if values.shape[0] > 1 else 0]
    if len(row) == len(spare):
        return row
    spare[:] = row[0]
    return spare


@loop
def push(heard, row, adviser, change, listeners_start, listeners, weight):
    """As in ``plain``."""
    for c in range(len(row)):
        for tie in range(listeners_start[adviser[c]], listeners_start[adviser[c] + 1]):
            heard[row[c], listeners[tie]] += weight[tie] * change[c]


@loop
def _hits(values, first, last):
    n = 0
    for k in range(len(values)):
        n += np.int64((values[k] >= first) & (values[k] <= last))
    return n


@loop
def between(stage, first, last):
    """As in ``plain``; few cells are meant, so stretches without any are passed over whole."""
    flat = stage.reshape(-1)
    found = np.empty(len(flat), np.int64)
    n = 0
    for begin in range(0, len(flat), STRETCH):
        end = min(begin + STRETCH, len(flat))
        if _hits(flat[begin:end], first, last):
            for c in range(begin, end):
                if first <= flat[c] <= last:
                    found[n] = c
                    n += 1
    return found[:n].copy()


@loop
def finished(stage, mark, work, since, month, least):
    """As in ``plain``."""
    rows, clinics = stage.shape
    found = np.empty(stage.size, np.int64)
    n = 0
    for r in range(rows):
        here, left, came, months = stage[r], work[r], since[r], _one(least, r)
        for begin in range(0, clinics, STRETCH):
            end = min(begin + STRETCH, clinics)
            if _hits(here[begin:end], mark, mark):
                for i in range(begin, end):
                    if here[i] == mark and left[i] <= ZERO and np.float32(month - came[i]) >= months:
                        found[n] = r * clinics + i
                        n += 1
    return found[:n].copy()


@loop
def _differences(a, b):
    n = 0
    for k in range(len(a)):
        n += np.int64(a[k] != b[k])
    return n


@loop
def changed(before, now):
    """As in ``plain``."""
    a, b = before.reshape(-1), now.reshape(-1)
    found = np.empty(len(a), np.int64)
    n = 0
    for begin in range(0, len(a), STRETCH):
        end = min(begin + STRETCH, len(a))
        if _differences(a[begin:end], b[begin:end]):
            for c in range(begin, end):
                if a[c] != b[c]:
                    found[n] = c
                    n += 1
    return found[:n].copy()


@loop
def _ready_row(need, support, advantage, ownership, energy, able, out):
    for i in range(len(out)):
        will = ((need[i] * support[i]) * advantage[i]) * ownership[i]
        out[i] = np.sqrt((np.sqrt(np.sqrt(will)) * energy[i]) * able[i])


@loop
def readiness(need, support, advantage, ownership, energy, able, out):
    """As in ``plain``."""
    spare = np.empty((6, out.shape[1]), np.float32)
    for r in range(out.shape[0]):
        _ready_row(
            _row(need, r, spare[0]),
            _row(support, r, spare[1]),
            _row(advantage, r, spare[2]),
            _row(ownership, r, spare[3]),
            _row(energy, r, spare[4]),
            _row(able, r, spare[5]),
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
            ready[:] = _power(_one(readiness, r) / _one(reference, r), _one(exponent, r))
        else:
            _quotient_row(_row(readiness, r, spare[2]), _one(reference, r), ONE, ready)
            _power_row(ready, _one(exponent, r))
        if free.shape[1] == 1:
            time[:] = _exp(-(_one(free, r) / _one(wanted, r)))
        else:
            _quotient_row(_row(free, r, spare[3]), _one(wanted, r), -ONE, time)
            _exp_row(time)
        ours, lasts = _row(influence, r, spare[4]), _row(lasting, r, spare[5])
        _hazard_row(ours, lasts, ready, time, _row(others, r, spare[6]), _one(season, r), out[r])
        _where_row(out[r], stage[r], aware, champion[r], _row(effect, r, spare[7]), facilitated[r], _one(ratio, r))


@loop
def _exposure_row(by_use, against, here, region, loud, quiet, out):
    for i in range(len(out)):
        x = here[region[i]] + loud * np.float32(by_use[i])
        x = x - quiet * np.float32(against[i])
        out[i] = min(max(x, ZERO), ONE)


@loop
def exposure(by_use, against, region_part, region, loud, quiet, out):
    """As in ``plain``."""
    for r in range(out.shape[0]):
        _exposure_row(by_use[r], against[r], region_part[r], region, _one(loud, r), _one(quiet, r), out[r])


@loop
def _product_row(x, factor, out):
    for i in range(len(out)):
        out[i] = x[i] * factor


@loop
def _either_row(which, one, other, out):
    for i in range(len(out)):
        out[i] = one if which[i] else other


@loop
def _run_out(left, month, first, found, n):
    """A month of one row; the places that ran out are added to those found."""
    if _run_row(left, month) > 0:
        for i in range(len(left)):
            if left[i] <= ZERO:
                found[n] = first + i
                n += 1
    return n


@loop
def run_clocks(left, hazard, monthly):
    """As in ``plain``."""
    rows, clinics = left.shape
    spare = np.empty((2, clinics), np.float32)
    found = np.empty(left.size, np.int64)
    n = 0
    for r in range(rows):
        _product_row(_row(hazard, r, spare[0]), _one(monthly, r), spare[1])
        n = _run_out(left[r], spare[1], r * clinics, found, n)
    return found[:n].copy()


@loop
def run_two_rates(left, which, yes, no):
    """As in ``plain``."""
    rows, clinics = left.shape
    month = np.empty(clinics, np.float32)
    found = np.empty(left.size, np.int64)
    n = 0
    for r in range(rows):
        _either_row(which[r], _one(yes, r), _one(no, r), month)
        n = _run_out(left[r], month, r * clinics, found, n)
    return found[:n].copy()


@loop
def _rooted_row(depth, nominal, top, pace, fade, implement, out):
    for i in range(len(out)):
        room = max((top if nominal[i] else ONE) - depth[i], ZERO)
        out[i] = implement * (pace * room + (fade * depth[i]) * QUARTER)


@loop
def _asked_row(stage, marks, trial, adjust, out):
    testing, adjusting, _blocked, implementing, sustained = marks
    for i in range(len(out)):
        here, rooted = stage[i], out[i]
        rooted = rooted if (here >= implementing) & (here <= sustained) else ZERO
        out[i] = trial if here == testing else (adjust if here == adjusting else rooted)


@loop
def hours_needed(stage, marks, depth, nominal, ceiling, rate, decay, hours, out):
    """As in ``plain``."""
    trial, adjust, implement = hours
    for r in range(out.shape[0]):
        _rooted_row(depth[r], nominal[r], _one(ceiling, r), _one(rate, r), _one(decay, r), implement, out[r])
        _asked_row(stage[r], marks, trial, adjust, out[r])


@loop
def _paid_row(stage, testing, sustained, bought, out):
    for i in range(len(out)):
        paid = bought[i]
        out[i] = paid if (stage[i] >= testing) & (stage[i] < sustained) else ZERO


@loop
def _without_row(slack, paid, facilitated, hand, season, every, out):
    for i in range(len(out)):
        helped = hand if facilitated[i] else ZERO
        out[i] = -(((slack[i] + paid[i]) * season + helped) / max(every[i], TINY))


@loop
def _share_row(stage, testing, sustained, without, supply):
    for i in range(len(supply)):
        share, before = ONE - without[i], supply[i]
        supply[i] = share if (stage[i] >= testing) & (stage[i] <= sustained) else before


@loop
def _spent_row(stage, testing, sustained, supply, need, work, spent):
    for i in range(len(spent)):
        hours = supply[i] * need[i]
        hours = hours if (stage[i] >= testing) & (stage[i] <= sustained) else ZERO
        spent[i] = hours
        work[i] = work[i] - hours


@loop
def _part_row(need, every, part):
    for i in range(len(part)):
        share = need[i] / max(every[i], TINY)
        part[i] = share if every[i] > ZERO else ONE


@loop
def _own_row(spent, facilitated, hand, part, own):
    for i in range(len(own)):
        helped = hand if facilitated[i] else ZERO
        own[i] = max(spent[i] - helped * part[i], ZERO)


@loop
def _sum_row(own, paid, season, part, sums):
    total, alone, dear = 0.0, 0.0, 0.0
    for i in range(len(own)):
        total += own[i]
        alone += max(own[i] - (paid[i] * season) * part[i], ZERO)
        dear += paid[i] * part[i]
    sums[0], sums[1], sums[2] = total, alone, dear


@loop
def share_hours(
    stage, marks, need, every, slack, bought, facilitated, helping, season, supply, work, sums,
):  # fmt: skip
    """As in ``plain``."""
    testing, sustained = marks
    spare = np.empty((7, stage.shape[1]), np.float32)
    paid, without, spent, part, own = spare[0], spare[1], spare[2], spare[3], spare[4]
    for r in range(stage.shape[0]):
        here, now, hand = stage[r], _one(season, r), _one(helping, r)
        _paid_row(here, testing, sustained, _row(bought, r, spare[5]), paid)
        _without_row(_row(slack, r, spare[6]), paid, facilitated[r], hand, now, every[r], without)
        _exp_row(without)
        _share_row(here, testing, sustained, without, supply[r])
        _spent_row(here, testing, sustained, supply[r], need[r], work[r], spent)
        _part_row(need[r], every[r], part)
        _own_row(spent, facilitated[r], hand, part, own)
        _sum_row(own, paid, now, part, sums[r])


@loop
def _embed_row(
    stage, first, last, depth, supply, ready, usual, facilitated, ratio, full, cap, nominal, top, pace, fade
):
    for i in range(len(depth)):
        d = depth[i]
        effort = supply[i] * np.sqrt(ready[i] / usual)
        effort = effort * (ratio if facilitated[i] else ONE)
        effort = min(effort / full[i], cap)
        gain = (pace * effort) * ((top if nominal[i] else ONE) - d)
        drift = (fade * d) * max(ONE - effort, ZERO)
        rooted = min(max(d + (gain - drift) * MONTHS, ZERO), ONE)
        depth[i] = rooted if (stage[i] >= first) & (stage[i] <= last) else d


@loop
def embed(
    stage, marks, depth, supply, readiness, reference, facilitated, root_ratio, crowd, most,
    nominal, ceiling, rate, loss,
):  # fmt: skip
    """As in ``plain``."""
    first, last = marks
    spare = np.empty((2, stage.shape[1]), np.float32)
    for r in range(stage.shape[0]):
        _embed_row(
            stage[r], first, last, depth[r], supply[r], _row(readiness, r, spare[0]), _one(reference, r),
            facilitated[r], _one(root_ratio, r), _row(crowd, r, spare[1]), _one(most, r),
            nominal[r], _one(ceiling, r), _one(rate, r), _one(loss, r),
        )  # fmt: skip


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
    rows, clinics = left.shape
    spare = np.empty((4, clinics), np.float32)
    slope, hazard = spare[0], spare[1]
    found = np.empty(left.size, np.int64)
    n = 0
    for r in range(rows):
        if _one(steep, r) == ZERO:
            slope[:] = ONE
        else:
            _product_row(depth[r], _one(steep, r), slope)
            _exp_row(slope)
        _fragile_row(slope, depth[r], _one(shallow, r), lost[r], _one(loss, r), hazard)
        _held_row(nominal[r], _row(lifted, r, spare[2]), _row(held, r, spare[3]), hazard)
        n = _run_out(left[r], hazard, r * clinics, found, n)
    return found[:n].copy()


@loop
def _tire_row(fatigue, rest, needed, ordered, overload, busy, there):
    for i in range(len(fatigue)):
        over = max((busy[i] + needed[i]) / there[i] - ONE, ZERO)
        more = (ordered[i] + overload * over) * MONTHS
        more = more if needed[i] > ZERO else ZERO
        f = fatigue[i]
        fatigue[i] = min((f - rest * f) + more, ONE)


@loop
def tire(fatigue, rest, needed, ordered, overload, busy, there):
    """As in ``plain``."""
    spare = np.empty((3, fatigue.shape[1]), np.float32)
    for r in range(fatigue.shape[0]):
        load, hours = _row(busy, r, spare[0]), _row(there, r, spare[1])
        orders = _row(ordered, r, spare[2])
        _tire_row(fatigue[r], _one(rest, r), needed[r], orders, _one(overload, r), load, hours)


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
    using, sustained = marks
    for r in range(stage.shape[0]):
        _learn_row(stage[r], using, sustained, nominal[r], advantage[r], fit[r], first, _one(gain, r), _one(rate, r))


@loop
def take_root(stage, marks, depth, deep_months, deep, months, shallow):
    """As in ``plain``."""
    using, sustained = marks
    rows, clinics = stage.shape
    risen, fallen = np.empty(stage.size, np.int64), np.empty(stage.size, np.int64)
    up, down = 0, 0
    for r in range(rows):
        enough, long, little = _one(deep, r), _one(months, r), _one(shallow, r)
        for i in range(clinics):
            if stage[r, i] == using:
                deep_months[r, i] = deep_months[r, i] + 1 if depth[r, i] >= enough else 0
                if deep_months[r, i] >= long:
                    risen[up] = r * clinics + i
                    up += 1
            elif stage[r, i] == sustained and depth[r, i] < little:
                deep_months[r, i] = 0
                fallen[down] = r * clinics + i
                down += 1
    return risen[:up].copy(), fallen[:down].copy()


@loop
def effect(stage, marks, nominal, depth, fidelity, exponent, fit, volume):
    """As in ``plain``."""
    using, sustained = marks
    spare = np.empty((2, stage.shape[1]), np.float32)
    sums = np.zeros(stage.shape[0], np.float64)
    for r in range(stage.shape[0]):
        size, kept = _row(volume, r, spare[0]), spare[1]
        kept[:] = fidelity[r]
        _power_row(kept, _one(exponent, r))
        total = 0.0
        for i in range(stage.shape[1]):
            strength = ((size[i] * depth[r, i]) * kept[i]) * fit[r, i]
            total += strength if (stage[r, i] >= using) & (stage[r, i] <= sustained) & (not nominal[r, i]) else ZERO
        sums[r] = total
    return sums


@loop
def depth_in_use(stage, marks, depth):
    """As in ``plain``."""
    using, sustained = marks
    sums = np.zeros(stage.shape[0], np.float64)
    for r in range(stage.shape[0]):
        total = 0.0
        for i in range(stage.shape[1]):
            deep = depth[r, i]
            total += deep if (stage[r, i] >= using) & (stage[r, i] <= sustained) else ZERO
        sums[r] = total
    return sums


@loop
def take_turns(order, rows, held, asks, places):
    """As in ``plain``."""
    clinics = held.shape[1]
    given = np.empty(len(rows) * clinics, np.int64)
    n = 0
    for r in rows:
        kept = 0
        for k in range(clinics):
            i = order[r, k]
            if held[r, i]:
                kept += 1
                if kept > places[r]:
                    held[r, i] = False
        free = places[r] - min(kept, places[r])
        for k in range(clinics):
            if free <= 0:
                break
            i = order[r, k]
            if asks[r, i] and not held[r, i]:
                held[r, i] = True
                given[n] = r * clinics + i
                n += 1
                free -= 1
    return given[:n].copy()


# Outside the loops the twins serve both: they make the same bits.
exp, log, power = plain.exp, plain.log, plain.power
