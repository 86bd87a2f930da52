"""The loops as plain numpy: what runs without numba, and the witness of the compiled ones."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.kernels.constants import (
    EXP_HIGH,
    EXP_LOW,
    EXP_TERMS,
    HALF,
    LN2_HIGH,
    LN2_LOW,
    LOG2_E,
    LOG_TERMS,
    MONTHS,
    ONE,
    ROUNDING,
    SQRT_HALF,
    TINY,
    ZERO,
)

Floats = NDArray[np.float32]
Flat = NDArray[np.int64]


def exp(x: Floats) -> Floats:
    """e^x in float32, within two units in the last place from -87 to 88; below that it is as at -87."""
    x = np.minimum(np.maximum(x, EXP_LOW), EXP_HIGH)
    n = (x * LOG2_E + ROUNDING) - ROUNDING
    r = (x - n * LN2_HIGH) - n * LN2_LOW
    y = EXP_TERMS[0] * r + EXP_TERMS[1]
    for term in EXP_TERMS[2:]:
        y = y * r + term
    y = (y * (r * r) + r) + ONE
    return y * ((n.astype(np.int32) + np.int32(127)) << np.int32(23)).view(np.float32)


def log(x: Floats) -> Floats:
    """Ln x in float32, within two units in the last place, for positive normal numbers."""
    bits = x.view(np.int32)
    m = ((bits & np.int32(0x007FFFFF)) | np.int32(0x3F000000)).view(np.float32)  # in [1/2, 1)
    low = m < SQRT_HALF
    e = ((bits >> np.int32(23)) - np.int32(126) - low).astype(np.float32)
    m = np.where(low, m + m, m) - ONE
    y = LOG_TERMS[0] * m + LOG_TERMS[1]
    for term in LOG_TERMS[2:]:
        y = y * m + term
    z = m * m
    y = (y * m) * z + e * LN2_LOW
    return (m + (y - z * HALF)) + e * LN2_HIGH


def power(base: Floats, exponent: Floats) -> Floats:
    """base^exponent for bases of 0 or more; to the power of 1 it is the base."""
    return np.where(exponent == ONE, base, exp(exponent * log(np.maximum(base, TINY))))


def push(
    heard: NDArray[np.int32],
    row: Flat,
    adviser: Flat,
    change: NDArray[np.int8],
    listeners_start: Flat,
    listeners: NDArray[np.int32],
    weight: NDArray[np.int32],
) -> None:
    """Add the weights of changed advisers to what their listeners have heard, in place.

    Args:
        heard: ``(replicates, clinics)`` summed weights of the advisers that send the signal.
        row: ``(changes,)`` replicate of each change.
        adviser: ``(changes,)`` clinic that changed.
        change: ``(changes,)`` +1 began or -1 ceased to send.
        listeners_start: ``(clinics + 1,)`` where each adviser's listeners begin.
        listeners: ``(ties,)`` who listens.
        weight: ``(ties,)`` how much the listener's ear weighs, a whole number.
    """
    first = listeners_start[adviser]
    ties = listeners_start[adviser + 1] - first
    which = np.repeat(np.arange(len(adviser)), ties)
    offset = np.arange(len(which)) - np.repeat(np.cumsum(ties) - ties, ties)
    tie = first[which] + offset
    target = row[which] * heard.shape[1] + listeners[tie]
    np.add.at(heard.reshape(-1), target, weight[tie] * change[which])


def between(stage: NDArray[np.int8], first: int, last: int) -> Flat:
    """Flat places of the cells from one stage to another, rising."""
    if first == last:
        return np.flatnonzero(stage == first)
    return np.flatnonzero((stage >= first) & (stage <= last))


def finished(
    stage: NDArray[np.int8], mark: int, work: Floats, since: NDArray[np.int16], month: int, least: Floats
) -> Flat:
    """Flat places of the cells in a stage whose work is done and that have been there long enough, rising.

    Args:
        stage: ``(replicates, clinics)``.
        mark: number of the stage.
        work: hours left.
        since: month in which the cell came to its stage.
        month: this month.
        least: fewest months in the stage.
    """
    flat = between(stage, mark, mark)
    long = (month - since.reshape(-1)[flat]).astype(np.float32) >= _of_rows(least, flat // stage.shape[1])
    return flat[(work.reshape(-1)[flat] <= ZERO) & long]


def changed(before: NDArray[np.bool_], now: NDArray[np.bool_]) -> Flat:
    """Flat places where two masks differ, rising."""
    return np.flatnonzero(before != now)


def readiness(
    need: Floats, support: Floats, advantage: Floats, ownership: Floats, energy: Floats, able: Floats, out: Floats
) -> None:
    """R = (need support advantage ownership)^1/8 (energy able)^1/2 into ``out``."""
    will = np.sqrt(np.sqrt(((need * support) * advantage) * ownership))
    np.sqrt((will * energy) * able, out=out)


def start_hazard(
    stage: NDArray[np.int8],
    aware: int,
    influence: Floats,
    lasting: Floats,
    readiness: Floats,
    reference: Floats,
    exponent: Floats,
    champion: NDArray[np.bool_],
    effect: Floats,
    free: Floats,
    wanted: Floats,
    facilitated: NDArray[np.bool_],
    ratio: Floats,
    others: Floats,
    season: Floats,
    out: Floats,
) -> None:
    """H [1/year] for the cells that are aware, 0 elsewhere, into ``out``."""
    hazard = (influence * lasting) * power(readiness / reference, exponent)
    hazard = hazard * (ONE - exp(-(free / wanted)))
    hazard = (hazard * others) * season
    hazard = hazard * (np.where(champion, effect, ONE) * np.where(facilitated, ratio, ONE))
    np.multiply(hazard, stage == aware, out=out)


def exposure(
    by_use: NDArray[np.int32],
    against: NDArray[np.int32],
    region_part: Floats,
    region: NDArray[np.int16],
    loud: Floats,
    quiet: Floats,
    out: Floats,
) -> None:
    """X from named ties (whole numbers) and from region and all, clipped to [0, 1], into ``out``."""
    x = region_part[:, region] + loud * by_use.astype(np.float32)
    x = x - quiet * against.astype(np.float32)
    np.clip(x, ZERO, ONE, out=out)


def run_clocks(left: Floats, hazard: Floats, monthly: Floats) -> Flat:
    """A month passes for all clocks; flat places of those that ran out, rising."""
    left -= hazard * monthly
    return np.flatnonzero(left <= ZERO)


def run_two_rates(left: Floats, which: NDArray[np.bool_], yes: Floats, no: Floats) -> Flat:
    """A month passes at one of two rates [1/month]; flat places of those that ran out, rising."""
    left -= np.where(which, yes, no)
    return np.flatnonzero(left <= ZERO)


def hours_needed(
    stage: NDArray[np.int8],
    marks: tuple[int, int, int, int, int],
    depth: Floats,
    nominal: NDArray[np.bool_],
    ceiling: Floats,
    rate: Floats,
    decay: Floats,
    hours: tuple[np.float32, np.float32, np.float32],
    out: Floats,
) -> None:
    """Hours that the stage asks for this month into ``out``, 0 where nothing is under way.

    Args:
        stage: ``(replicates, clinics)``.
        marks: numbers of TESTING, ADJUSTING, BLOCKED, IMPLEMENTING and SUSTAINED.
        depth: D.
        nominal: used in name only.
        ceiling: D_max where so.
        rate: kappa / X [1/year].
        decay: delta [1/year].
        hours: of a month of testing, of adjusting, and a twelfth of those of implementing.
        out: ``(replicates, clinics)``.
    """
    testing, adjusting, _blocked, implementing, sustained = marks
    trial, adjust, implement = hours
    room = np.maximum(np.where(nominal, ceiling, ONE) - depth, ZERO)
    rooted = implement * (rate * room + (decay * depth) * np.float32(0.25))
    out[...] = ZERO
    np.copyto(out, trial, where=stage == testing)
    np.copyto(out, adjust, where=stage == adjusting)
    np.copyto(out, rooted, where=(stage >= implementing) & (stage <= sustained))


def share_hours(
    stage: NDArray[np.int8],
    marks: tuple[int, int],
    need: Floats,
    every: Floats,
    slack: Floats,
    bought: Floats,
    facilitated: NDArray[np.bool_],
    helping: Floats,
    season: Floats,
    supply: Floats,
    work: Floats,
    sums: NDArray[np.float64],
) -> None:
    """Hours supplied, spent and paid in the cells under way; ``supply`` and ``work`` change in place.

    Args:
        stage: ``(replicates, clinics)``.
        marks: numbers of TESTING and SUSTAINED.
        need: hours that this innovation asks for.
        every: hours that all innovations ask for in the clinic.
        slack: usable slack in an ordinary month [hours].
        bought: bought time [hours] in clinics under way.
        facilitated: a facilitator is there.
        helping: what a facilitator contributes [hours].
        season: activity of the month.
        supply: share of the needed hours that could be spent.
        work: hours left in the stage.
        sums: ``(replicates, 3)`` gets the clinics' own hours spent, those that nobody paid for, hours bought.
    """
    testing, sustained = marks
    flat = between(stage, testing, sustained)
    row = flat // stage.shape[1]
    of = partial(_at, stage.shape, row, flat - row * stage.shape[1])

    asked, all_asked = of(need), of(every)
    paid = np.where(of(stage) < sustained, of(bought), ZERO)
    helped = np.where(of(facilitated), of(helping), ZERO)
    busy = np.maximum(all_asked, TINY)
    usable = (of(slack) + paid) * of(season) + helped
    share = ONE - exp(-(usable / busy))
    spent = share * asked
    part = np.where(all_asked > ZERO, asked / busy, ONE)
    own = np.maximum(spent - helped * part, ZERO)
    unpaid = np.maximum(own - (paid * of(season)) * part, ZERO)
    supply.reshape(-1)[flat] = share
    work.reshape(-1)[flat] -= spent
    for column, values in enumerate((own, unpaid, paid * part)):
        sums[:, column] = np.bincount(row, weights=values, minlength=stage.shape[0])


def embed(
    stage: NDArray[np.int8],
    marks: tuple[int, int],
    depth: Floats,
    supply: Floats,
    readiness: Floats,
    reference: Floats,
    facilitated: NDArray[np.bool_],
    root_ratio: Floats,
    crowd: Floats,
    most: Floats,
    nominal: NDArray[np.bool_],
    ceiling: Floats,
    rate: Floats,
    loss: Floats,
) -> None:
    """A month of dD/dt in the cells from IMPLEMENTING to SUSTAINED; ``depth`` changes in place."""
    flat = between(stage, *marks)
    row = flat // stage.shape[1]
    of = partial(_at, stage.shape, row, flat - row * stage.shape[1])

    effort = of(supply) * np.sqrt(of(readiness) / of(reference))
    effort = effort * np.where(of(facilitated), of(root_ratio), ONE)
    effort = np.minimum(effort / of(crowd), of(most))
    d = of(depth)
    gain = (of(rate) * effort) * (np.where(of(nominal), of(ceiling), ONE) - d)
    drift = (of(loss) * d) * np.maximum(ONE - effort, ZERO)
    depth.reshape(-1)[flat] = np.minimum(np.maximum(d + (gain - drift) * MONTHS, ZERO), ONE)


def abandon(
    left: Floats,
    depth: Floats,
    shallow: Floats,
    steep: Floats,
    lost: NDArray[np.bool_],
    loss: Floats,
    nominal: NDArray[np.bool_],
    lifted: Floats,
    held: Floats,
) -> Flat:
    """A month of the abandonment clocks, which run where it is in use; flat places of those that give it up, rising.

    Args:
        left: hazard left on each clock, inf where it does not run; changes in place.
        depth: D.
        shallow: a0 [1/year].
        steep: ln(a1 / a0).
        lost: the champion is lost.
        loss: how much that adds where use is shallow.
        nominal: used in name only.
        lifted: factor on those once a mandate is lifted.
        held: factor of what holds clinics to it.
    """
    flat = np.flatnonzero(left < np.inf)
    row = flat // left.shape[1]
    of = partial(_at, left.shape, row, flat - row * left.shape[1])

    d = of(depth)
    fragile = ONE + of(loss) * np.minimum(np.maximum((np.float32(0.9) - d) * np.float32(2.5), ZERO), ONE)
    hazard = (of(shallow) * exp(of(steep) * d)) * np.where(of(lost), fragile, ONE)
    hazard = hazard * np.where(of(nominal), of(lifted), ONE)
    now = of(left) - (hazard * of(held)) * MONTHS
    left.reshape(-1)[flat] = now
    return flat[now <= ZERO]


def tire(
    fatigue: Floats, rest: Floats, needed: Floats, ordered: Floats, overload: Floats, busy: Floats, there: Floats
) -> None:
    """A month of fatigue, in place: it fades everywhere; overload and orders add where something is under way.

    Args:
        fatigue: f.
        rest: share that fades in a month.
        needed: hours that all innovations ask for.
        ordered: what orders add [1/year].
        overload: gamma [1/year].
        busy: background load [hours].
        there: hours that there are.
    """
    over = np.maximum((busy + needed) / there - ONE, ZERO)
    more = np.where(needed > ZERO, (ordered + overload * over) * MONTHS, ZERO)
    np.minimum((fatigue - rest * fatigue) + more, ONE, out=fatigue)


def learn(
    stage: NDArray[np.int8],
    marks: tuple[int, int],
    nominal: NDArray[np.bool_],
    advantage: Floats,
    fit: Floats,
    first: np.float32,
    gain: Floats,
    rate: Floats,
) -> None:
    """A month of own results in genuine use; ``advantage`` moves towards min(1, first + gain fit) in place.

    Args:
        stage: ``(replicates, clinics)``.
        marks: numbers of USING and SUSTAINED.
        nominal: used in name only.
        advantage: as perceived.
        fit: how well it suits the clinic.
        first: advantage before anybody had tried.
        gain: advantage per unit of fit.
        rate: share of the way in a month.
    """
    flat = between(stage, *marks)
    flat = flat[~nominal.reshape(-1)[flat]]
    row = flat // stage.shape[1]
    now = advantage.reshape(-1)[flat]
    shown = np.minimum(first + _of_rows(gain, row) * fit.reshape(-1)[flat], ONE)
    advantage.reshape(-1)[flat] = now + _of_rows(rate, row) * (shown - now)


def take_root(
    stage: NDArray[np.int8],
    marks: tuple[int, int],
    depth: Floats,
    deep_months: NDArray[np.int16],
    deep: Floats,
    months: Floats,
    shallow: Floats,
) -> tuple[Flat, Flat]:
    """Flat places of the cells in use that have been deep long enough, and of the sustained that have become shallow.

    Args:
        stage: ``(replicates, clinics)``.
        marks: numbers of USING and SUSTAINED.
        depth: D.
        deep_months: months in a row at depth, counted on in place; 0 for those that became shallow.
        deep: depth of ordinary operation.
        months: how many months it takes.
        shallow: depth below which it is ordinary operation no more.
    """
    using, sustained = (between(stage, mark, mark) for mark in marks)
    clinics = stage.shape[1]
    counted = deep_months.reshape(-1)
    is_deep = depth.reshape(-1)[using] >= _of_rows(deep, using // clinics)
    counted[using] = np.where(is_deep, counted[using] + np.int16(1), np.int16(0))
    risen = using[counted[using] >= _of_rows(months, using // clinics)]
    fallen = sustained[depth.reshape(-1)[sustained] < _of_rows(shallow, sustained // clinics)]
    counted[fallen] = 0
    return risen, fallen


def effect(
    stage: NDArray[np.int8],
    marks: tuple[int, int],
    nominal: NDArray[np.bool_],
    depth: Floats,
    fidelity: Floats,
    exponent: Floats,
    fit: Floats,
    volume: Floats,
) -> NDArray[np.float64]:
    """Sum of volume x depth x fidelity^eta x fit over genuine use: ``(replicates,)``; marks as in ``learn``."""
    flat = between(stage, *marks)
    flat = flat[~nominal.reshape(-1)[flat]]
    row = flat // stage.shape[1]
    weight = np.broadcast_to(volume, stage.shape)[row, flat - row * stage.shape[1]]
    d, kept, suits = (values.reshape(-1)[flat] for values in (depth, fidelity, fit))
    strength = ((weight * d) * power(kept, _of_rows(exponent, row))) * suits
    return np.bincount(row, weights=strength, minlength=stage.shape[0]).astype(np.float64)


def depth_in_use(stage: NDArray[np.int8], marks: tuple[int, int], depth: Floats) -> NDArray[np.float64]:
    """Sum of the depth over the cells in use: ``(replicates,)``."""
    flat = between(stage, *marks)
    weights = depth.reshape(-1)[flat]
    return np.bincount(flat // stage.shape[1], weights=weights, minlength=stage.shape[0]).astype(np.float64)


def take_turns(
    order: NDArray[np.int64], rows: Flat, held: NDArray[np.bool_], asks: NDArray[np.bool_], places: Flat
) -> Flat:
    """Free places go to those who ask, in turn; where there are fewer places than held, the last in turn lose theirs.

    Args:
        order: ``(replicates, clinics)`` clinics in the order of their turn.
        rows: replicates in which there is something to do.
        held: ``(replicates, clinics)`` has a place; changes in place.
        asks: ``(replicates, clinics)`` would take one.
        places: ``(replicates,)``.

    Returns:
        Flat places of those that are given one, in turn within each replicate.
    """
    turn = order[rows]
    keeps = np.take_along_axis(held[rows], turn, axis=1)
    keeps &= np.cumsum(keeps, axis=1) <= places[rows, None]
    wants = np.take_along_axis(asks[rows], turn, axis=1) & ~keeps
    free = places[rows, None] - keeps.sum(axis=1, keepdims=True)
    gains = wants & (np.cumsum(wants, axis=1) <= free)
    now = np.zeros(keeps.shape, bool)
    np.put_along_axis(now, turn, keeps | gains, axis=1)
    held[rows] = now
    which, place = np.nonzero(gains)
    return rows[which] * held.shape[1] + turn[which, place]


def _at(shape: tuple[int, ...], row: Flat, column: Flat, values: NDArray[Any]) -> Any:
    """Values at these rows and columns, of anything that broadcasts to the shape."""
    return np.broadcast_to(values, shape)[row, column]


def _of_rows(values: Floats, row: Flat) -> Any:
    """Values of a ``(1 or replicates, 1)`` operand in these rows."""
    return values[0, 0] if values.shape[0] == 1 else values[row, 0]
