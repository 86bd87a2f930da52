"""The loops compiled by numba: the same bits as ``plain``, one pass over a block instead of many.

Compiled once and kept on disk where that is possible. No fastmath: a sum that is reordered or a product that is fused
would be another result.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from sim import randomness
from sim.kernels import constants
from sim.kernels.constants import (
    EXP_HIGH,
    EXP_LOW,
    HALF,
    LEAST_HOURS,
    LN2_HIGH,
    LN2_LOW,
    LOG2_E,
    MONTHS,
    ONE,
    ROUNDING,
    SQRT_HALF,
    TIE,
    TINY,
    ZERO,
)

E0, E1, E2, E3, E4, E5 = constants.EXP_TERMS
L0, L1, L2, L3, L4, L5, L6, L7, L8 = constants.LOG_TERMS
NINE_TENTHS, STEEP, QUARTER = np.float32(0.9), np.float32(2.5), np.float32(0.25)
NEVER, YEAR = np.float32(np.inf), np.float32(12)
STRETCH = 64
USES, AGAINST = np.int8(1), np.int8(2)


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
def _run_row(left, hazard, out):
    """Take the hazards off, and say whose clock has run out."""
    for i in range(len(left)):
        now = left[i] - hazard[i]
        left[i] = now
        out[i] = now <= ZERO


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


# --- chosen cells -------------------------------------------------------------------------------------------------

_mix = loop(randomness.mix)
OCCURRENCE = randomness.OCCURRENCE


@loop
def _row_of(place, row, clinics):
    """Row of a flat place, sought from the row of the place before; quicker than a division where places rise."""
    while place >= (row + 1) * clinics:
        row += 1
    while place < row * clinics:
        row -= 1
    return row


@loop
def uniform(of_replicate, clinic_id, flat, occurrence):
    """As in ``plain``."""
    clinics, row = len(clinic_id), 0
    u = np.empty(len(flat), np.float64)
    for k in range(len(flat)):
        row = _row_of(flat[k], row, clinics)
        x = _mix(of_replicate[row] ^ clinic_id[flat[k] - row * clinics])
        x = _mix(x + (np.uint64(occurrence[k]) + np.uint64(1)) * OCCURRENCE)
        u[k] = (np.float64(x >> np.uint64(12)) + 0.5) * 2.0**-52
    return u


@loop
def uniform_everywhere(of_replicate, clinic_id):
    """As in ``plain``."""
    u = np.empty((len(of_replicate), len(clinic_id)), np.float64)
    for r in range(len(of_replicate)):
        for i in range(len(clinic_id)):
            x = _mix(_mix(of_replicate[r] ^ clinic_id[i]) + OCCURRENCE)
            u[r, i] = (np.float64(x >> np.uint64(12)) + 0.5) * 2.0**-52
    return u


@loop
def draw_next(wound, of_replicate, clinic_id, flat):
    """As in ``plain``."""
    count = wound.reshape(-1)
    u = uniform(of_replicate, clinic_id, flat, count[flat])
    for place in flat:
        count[place] += np.uint16(1)
    return u


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
def move(flat, to, month, stage, since, count, hazard):
    """As in ``plain``."""
    clinics, row, acts = stage.shape[1], 0, hazard.shape == stage.shape
    for place in flat:
        row = _row_of(place, row, clinics)
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
        row = _row_of(place, row, clinics)
        i = place - row * clinics
        found[n] = place
        n += np.int64((work[row, i] <= ZERO) & (np.float32(month - since[row, i]) >= _one(least, row)))
    return found[:n].copy()


@loop
def rooted(flat, depth, enough, since, month, least):
    """As in ``plain``."""
    clinics, row = depth.shape[1], 0
    found, n = np.empty(len(flat), np.int64), 0
    for place in flat:
        row = _row_of(place, row, clinics)
        i = place - row * clinics
        long = np.float32(month - since[row, i] + 1) >= _one(least, row)
        found[n] = place
        n += np.int64(long & (depth[row, i] >= _one(enough, row)))
    return found[:n].copy()


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
def draw_tickets(flat, region, hours, last, served, ticket):
    """As in ``plain``."""
    clinics, row, rank, before, base = ticket.shape[1], 0, 0, -1, 0.0
    for place in flat:
        row = _row_of(place, row, clinics)
        i = place - row * clinics
        queue = region[i]
        here = row * last.shape[1] + queue
        if here != before:
            before, rank, base = here, 0, np.float64(max(last[row, queue], served[row, queue]))
        rank += 1
        mine = np.float32(base + rank * np.float64(hours))
        ticket[row, i] = mine
        last[row, queue] = mine


@loop
def served_by_now(flat, region, served, ticket):
    """As in ``plain``."""
    clinics, row = ticket.shape[1], 0
    out = np.empty(len(flat), np.bool_)
    for k in range(len(flat)):
        row = _row_of(flat[k], row, clinics)
        i = flat[k] - row * clinics
        out[k] = served[row, region[i]] >= ticket[row, i]
    return out


@loop
def _first_of_rows(flat, rows, clinics):
    """Where each row's places begin among rising ones, and the number of all: ``(rows + 1,)``."""
    return np.searchsorted(flat, clinics * np.arange(rows + 1))


@loop
def depth_in_use(flat, depth):
    """As in ``plain``."""
    rows, clinics = depth.shape
    sums, of_place = np.zeros(rows, np.float64), depth.reshape(-1)
    first = _first_of_rows(flat, rows, clinics)
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
            total += ((volume[i] * depth[i]) * _power(fidelity[i], exponent)) * fit[i]
    return total


@loop
def effect(flat, nominal, depth, fidelity, exponent, fit, volume):
    """As in ``plain``."""
    rows, clinics = depth.shape
    sums, spare = np.zeros(rows, np.float64), np.empty(clinics, np.float32)
    first = _first_of_rows(flat, rows, clinics)
    for r in range(rows):
        places, power, size = flat[first[r] : first[r + 1]], _one(exponent, r), _row(volume, r, spare)
        sums[r] = _effect_row(places, r * clinics, nominal[r], depth[r], fidelity[r], power, fit[r], size)
    return sums


@loop
def region_sums(mask, region_start):
    """As in ``plain``."""
    rows, regions = mask.shape[0], len(region_start) - 1
    sums = np.empty((rows, regions), np.int64)
    for r in range(rows):
        for g in range(regions):
            sums[r, g] = _true(mask[r, region_start[g] : region_start[g + 1]])
    return sums


@loop
def _true(mask):
    n = np.int32(0)
    for i in range(len(mask)):
        n += np.int32(mask[i])
    return n


@loop
def released(flat, stage, marks, since, month, spell, depth, enough):
    """As in ``plain``."""
    declined, abandoned = np.int8(marks[0]), np.int8(marks[1])
    clinics, row = stage.shape[1], 0
    found, n = np.empty(len(flat), np.int64), 0
    for place in flat:
        row = _row_of(place, row, clinics)
        i = place - row * clinics
        here, over = stage[row, i], np.float32(month - since[row, i]) >= _one(spell, row)
        found[n] = place
        n += np.int64(over | (depth[row, i] > _one(enough, row)) | (here == declined) | (here == abandoned))
    return found[:n].copy()


@loop
def _asks_row(stage, aware, testing, using, since, month, pause, depth, enough, held, out):
    for i in range(len(out)):
        here = stage[i]
        open_to_it = ((here >= testing) & (here <= using)) | (here == aware)
        waited = np.float32(month - since[i]) >= pause
        out[i] = open_to_it & waited & (depth[i] <= enough) & (not held[i])


@loop
def asks(stage, marks, since, month, pause, depth, enough, held):
    """As in ``plain``."""
    aware, testing, using = np.int8(marks[0]), np.int8(marks[1]), np.int8(marks[2])
    out = np.empty(stage.shape, np.bool_)
    for r in range(stage.shape[0]):
        of_row = stage[r], aware, testing, using, since[r], month, _one(pause, r)
        _asks_row(*of_row, depth[r], _one(enough, r), held[r], out[r])
    return out


# --- whole rows ---------------------------------------------------------------------------------------------------


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
            _row(need, r, spare[0]),
            _row(support, r, spare[1]),
            _row(advantage, r, spare[2]),
            _row(ownership, r, spare[3]),
            _row(fatigue, r, spare[4]),
            _row(calm, r, spare[5]),
            _row(able, r, spare[6]),
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
        use, against, voice, word = of_regions[0, r], of_regions[1, r], _one(loud, r), _one(negative, r)
        in_all = _of_region(use.sum(), against.sum(), clinics, voice, word)
        for g in range(regions):
            first, last = region_start[g], region_start[g + 1]
            in_region = _of_region(use[g], against[g], last - first, voice, word)
            part = np.float64(_one(region, r)) * in_region + np.float64(_one(everybody, r)) * in_all
            here[first:last] = np.float32(part)
        scale = _one(ties, r) * TIE
        _exposure_row(heard[0, r], heard[1, r], here, scale * voice, scale * word, out[r])


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
        _product_row(_row(hazard, r, spare[0]), _one(monthly, r), spare[1])
        _run_row(left[r], spare[1], out[r])
    return out


@loop
def run_two_rates(left, which, yes, no):
    """As in ``plain``."""
    month = np.empty(left.shape[1], np.float32)
    out = np.empty(left.shape, np.bool_)
    for r in range(left.shape[0]):
        _either_row(which[r], _one(yes, r), _one(no, r), month)
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
        forced, own = _row(force, r, spare[0]), _row(own_hazard, r, spare[1])
        _forced_row(own, _one(more, r), _one(floor, r), forced, _row(push, r, spare[2]), spare[3])
        _bound_row(stage[r], np.int8(aware), complies[r], forced, bound)
        _comply_row(bound, spare[3], left[r], own, own_left[r], _one(monthly, r), out[r], first[r])
    return out, first


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
def _hours_left_row(share, hours, needed, bought, slack, left):
    for i in range(len(slack)):
        usable = share[i] * hours[i]
        slack[i] = usable
        left[i] = max(usable - max(needed[i] - bought[i], ZERO), ZERO)


@loop
def hours_left(share, hours, needed, bought, slack, left):
    """As in ``plain``."""
    spare = np.empty((3, slack.shape[1]), np.float32)
    for r in range(slack.shape[0]):
        of_row = _row(share, r, spare[0]), _row(hours, r, spare[1]), needed[r], _row(bought, r, spare[2])
        _hours_left_row(*of_row, slack[r], left[r])


@loop
def _usable(places, begin, stage, sustained, slack, bought, facilitated, hand, season, every, paid, without):
    for k in range(len(places)):
        i = places[k] - begin
        hours = bought[i]
        hours = hours if stage[i] < sustained else ZERO
        helped = hand * np.float32(facilitated[i])
        paid[k] = hours
        without[k] = -(((slack[i] + hours) * season + helped) / max(every[i], TINY))


@loop
def _spend(places, begin, need, facilitated, hand, season, every, paid, without, supply, work, sums):
    """In the order of the places, as every sum here and in ``plain``."""
    total, alone, dear = 0.0, 0.0, 0.0
    for k in range(len(places)):
        i = places[k] - begin
        share, asked, whole = ONE - without[k], need[i], every[i]
        spent, part = share * asked, asked / max(whole, TINY)
        part = part if whole > ZERO else ONE
        helped = hand * np.float32(facilitated[i])
        own = max(spent - helped * part, ZERO)
        supply[i] = share
        work[i] = work[i] - spent
        total += own
        alone += max(own - (paid[k] * season) * part, ZERO)
        dear += paid[k] * part
    sums[0], sums[1], sums[2] = total, alone, dear


@loop
def share_hours(
    flat, stage, sustained, need, every, slack, bought, facilitated, helping, season, supply, work, sums,
):  # fmt: skip
    """As in ``plain``."""
    rows, clinics = stage.shape
    spare = np.empty((4, clinics), np.float32)
    first = _first_of_rows(flat, rows, clinics)
    for r in range(rows):
        places, begin, now, hand = flat[first[r] : first[r + 1]], r * clinics, _one(season, r), _one(helping, r)
        paid, without = spare[0, : len(places)], spare[1, : len(places)]
        hours = _row(slack, r, spare[2]), _row(bought, r, spare[3])
        _usable(places, begin, stage[r], sustained, *hours, facilitated[r], hand, now, every[r], paid, without)
        _exp_row(without)
        _spend(places, begin, need[r], facilitated[r], hand, now, every[r], paid, without, supply[r], work[r], sums[r])


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
    first, last = np.int8(marks[0]), np.int8(marks[1])
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
    spare = np.empty((4, left.shape[1]), np.float32)
    slope, hazard = spare[0], spare[1]
    out = np.empty(left.shape, np.bool_)
    for r in range(left.shape[0]):
        if _one(steep, r) == ZERO:
            slope[:] = ONE
        else:
            _product_row(depth[r], _one(steep, r), slope)
            _exp_row(slope)
        _fragile_row(slope, depth[r], _one(shallow, r), lost[r], _one(loss, r), hazard)
        _held_row(nominal[r], _row(lifted, r, spare[2]), _row(held, r, spare[3]), hazard)
        _run_row(left[r], hazard, out[r])
    return out


@loop
def give_up(flat, mandate, reports, nominal, depth, deep_months, facilitated):
    """As in ``plain``."""
    clinics, r = nominal.shape[1], 0
    for place in flat:
        r = _row_of(place, r, clinics)
        i = place - r * clinics
        bound = mandate[r if mandate.shape[0] > 1 else 0, i if mandate.shape[1] > 1 else 0]
        reports[r, i] = bound > ZERO
        nominal[r, i] = False
        depth[r, i] = ZERO
        deep_months[r, i] = 0
        facilitated[r, i] = False


@loop
def _load_row(share, slack, hours, usual, bought, needed, over):
    for i in range(len(over)):
        free = (share[i] * slack[i]) * hours[i]
        there = max(free + bought * hours[i], LEAST_HOURS)
        over[i] = max((usual * free + needed[i]) / there - ONE, ZERO)


@loop
def _tire_row(fatigue, rest, needed, ordered, overload, over):
    for i in range(len(fatigue)):
        more = (ordered[i] + overload * over[i]) * MONTHS
        more = more if needed[i] > ZERO else ZERO
        f = fatigue[i]
        fatigue[i] = min((f - rest * f) + more, ONE)


@loop
def tire(fatigue, rest, needed, ordered, overload, share, slack, hours, usual, bought):
    """As in ``plain``."""
    spare = np.empty((5, fatigue.shape[1]), np.float32)
    over = spare[4]
    for r in range(fatigue.shape[0]):
        of_row = _row(share, r, spare[0]), _row(slack, r, spare[1]), _row(hours, r, spare[2])
        _load_row(*of_row, _one(usual, r), _one(bought, r), needed[r], over)
        _tire_row(fatigue[r], _one(rest, r), needed[r], _row(ordered, r, spare[3]), _one(overload, r), over)


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
        ready, hard = _row(readiness, r, spare[0]), _row(force, r, spare[1])
        _strain_row(stage[r], testing, sustained, ready, _one(reference, r), hard, strain[r])


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
        _learn_row(stage[r], using, sustained, nominal[r], advantage[r], fit[r], first, _one(gain, r), _one(rate, r))


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
        _deep_row(stage[r], using, depth[r], _one(deep, r), deep_months[r])
        _risen_row(stage[r], using, deep_months[r], _one(months, r), risen[r])
        _fallen_row(stage[r], sustained, depth[r], _one(shallow, r), deep_months[r], fallen[r])
    return risen, fallen


@loop
def take_turns(order, rows, held, asks, places):
    """As in ``plain``."""
    clinics = held.shape[1]
    given = np.empty(len(rows) * clinics, np.int64)
    n = 0
    for r in rows:
        free = places[r] - _true(held[r])
        for k in range(clinics - 1, -1, -1):
            if free >= 0:
                break
            i = order[r, k]
            free += np.int64(held[r, i])
            held[r, i] = False
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


# --- outside the loops --------------------------------------------------------------------------------------------


@loop
def _log_row(x):
    for i in range(len(x)):
        x[i] = _log(x[i])


def exp(x):
    """As in ``plain``."""
    made = np.array(x, np.float32, order="C")
    _exp_row(made.reshape(-1))
    return made


def log(x):
    """As in ``plain``."""
    made = np.array(x, np.float32, order="C")
    _log_row(made.reshape(-1))
    return made


def power(base, exponent):
    """As in ``plain``."""
    if (exponent == ONE).all():
        return base if base.shape == np.broadcast_shapes(base.shape, exponent.shape) else base + ZERO * exponent
    return np.where(exponent == ONE, base, exp(exponent * log(np.maximum(base, TINY))))
