"""Hours that are needed, left and spent, what they embed, and how they tire."""

from __future__ import annotations

import numpy as np

from sim.kernels.compiled.arithmetic import exp_row
from sim.kernels.compiled.compiling import loop
from sim.kernels.compiled.operands import first_of_rows, number_for, row_for
from sim.kernels.constants import LEAST_HOURS, MONTHS, ONE, QUARTER, TINY, ZERO


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
        _rooted_row(
            depth[r], nominal[r], number_for(ceiling, r), number_for(rate, r), number_for(decay, r), implement, out[r]
        )
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
        of_row = row_for(share, r, spare[0]), row_for(hours, r, spare[1]), needed[r], row_for(bought, r, spare[2])
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
    first = first_of_rows(flat, rows, clinics)
    for r in range(rows):
        places, begin, now, hand = (
            flat[first[r] : first[r + 1]],
            r * clinics,
            number_for(season, r),
            number_for(helping, r),
        )
        paid, without = spare[0, : len(places)], spare[1, : len(places)]
        hours = row_for(slack, r, spare[2]), row_for(bought, r, spare[3])
        _usable(places, begin, stage[r], sustained, *hours, facilitated[r], hand, now, every[r], paid, without)
        exp_row(without)
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
            stage[r], first, last, depth[r], supply[r], row_for(readiness, r, spare[0]), number_for(reference, r),
            facilitated[r], number_for(root_ratio, r), row_for(crowd, r, spare[1]), number_for(most, r),
            nominal[r], number_for(ceiling, r), number_for(rate, r), number_for(loss, r),
        )  # fmt: skip


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
        of_row = row_for(share, r, spare[0]), row_for(slack, r, spare[1]), row_for(hours, r, spare[2])
        _load_row(*of_row, number_for(usual, r), number_for(bought, r), needed[r], over)
        _tire_row(
            fatigue[r], number_for(rest, r), needed[r], row_for(ordered, r, spare[3]), number_for(overload, r), over
        )
