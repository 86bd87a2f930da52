"""The loops as plain numpy: what runs without numba, and the witness of the compiled ones."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import randomness
from sim.kernels.constants import (
    EXP_HIGH,
    EXP_LOW,
    EXP_TERMS,
    HALF,
    LEAST_HOURS,
    LN2_HIGH,
    LN2_LOW,
    LOG2_E,
    LOG_TERMS,
    MONTHS,
    ONE,
    ROUNDING,
    SQRT_HALF,
    TIE,
    TINY,
    ZERO,
)

Floats = NDArray[np.float32]
Flat = NDArray[np.int64]
Bools = NDArray[np.bool_]


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


def uniform(
    of_replicate: NDArray[np.uint64], clinic_id: NDArray[np.uint64], flat: Flat, occurrence: NDArray[np.integer[Any]]
) -> NDArray[np.float64]:
    """Addressed uniform draws on (0, 1) at flat places, as `sim.randomness.Draws.uniform` gives them.

    Args:
        of_replicate: ``(replicates,)`` the stream within each replicate.
        clinic_id: ``(clinics,)``.
        flat: ``(places,)`` places in ``(replicates, clinics)``.
        occurrence: ``(places,)`` number of the draw at each.
    """
    row = flat // len(clinic_id)
    with np.errstate(over="ignore"):
        x = randomness.mix(of_replicate[row] ^ clinic_id[flat - row * len(clinic_id)])
        x = randomness.mix(x + (occurrence.astype(np.uint64) + np.uint64(1)) * randomness.OCCURRENCE)
    return randomness.as_uniform(x)


def uniform_everywhere(of_replicate: NDArray[np.uint64], clinic_id: NDArray[np.uint64]) -> NDArray[np.float64]:
    """The first draw at every place: ``(replicates, clinics)``; operands as in `uniform`."""
    with np.errstate(over="ignore"):
        x = randomness.mix(of_replicate[:, None] ^ clinic_id)
        return randomness.as_uniform(randomness.mix(x + randomness.OCCURRENCE))


def draw_next(
    wound: NDArray[np.uint16], of_replicate: NDArray[np.uint64], clinic_id: NDArray[np.uint64], flat: Flat
) -> NDArray[np.float64]:
    """The next draw at flat places, and one more in ``wound``, which counts them; other operands as in `uniform`."""
    count = wound.reshape(-1)
    u = uniform(of_replicate, clinic_id, flat, count[flat])
    count[flat] += np.uint16(1)
    return u


def standing(left: Floats, flat: Flat) -> Flat:
    """Those of the flat places whose clock does not run."""
    return flat[left.reshape(-1)[flat] == np.inf]


def run_some(left: Floats, flat: Flat, hazard: Floats) -> Bools:
    """A month passes for the clocks at these places, each with its hazard [1/month]: which of them run out."""
    now: Floats = left.reshape(-1)[flat] - hazard
    left.reshape(-1)[flat] = now
    return now <= ZERO


def move(
    flat: Flat,
    to: int,
    month: int,
    stage: NDArray[np.int8],
    since: NDArray[np.int16],
    count: NDArray[np.int64],
    hazard: Floats,
) -> None:
    """Cells change stage, each at most once; all the arrays follow in place.

    Args:
        flat: ``(places,)`` which.
        to: number of the stage that they come to.
        month: this month.
        stage: ``(replicates, clinics)``.
        since: month in which the cell came to its stage.
        count: ``(replicates, stages)`` clinics in each.
        hazard: of starting, 0 where a cell has moved; left alone where it is not ``(replicates, clinics)``.
    """
    stages = count.shape[1]
    left = flat // stage.shape[1] * stages + stage.reshape(-1)[flat]
    leaving = np.bincount(left, minlength=count.size).reshape(count.shape)
    count -= leaving
    count[:, to] += leaving.sum(axis=1)
    stage.reshape(-1)[flat] = to
    since.reshape(-1)[flat] = month
    if hazard.shape == stage.shape:
        hazard[np.divmod(flat, stage.shape[1])] = 0


def finished(flat: Flat, work: Floats, since: NDArray[np.int16], month: int, least: Floats) -> Flat:
    """Those of the flat places whose work is done and that have been in their stage long enough.

    Args:
        flat: ``(places,)``.
        work: hours left.
        since: month in which the cell came to its stage.
        month: this month.
        least: fewest months in the stage.
    """
    long = (month - since.reshape(-1)[flat]).astype(np.float32) >= _of_rows(least, flat // work.shape[1])
    return flat[(work.reshape(-1)[flat] <= ZERO) & long]


def rooted(flat: Flat, depth: Floats, enough: Floats, since: NDArray[np.int16], month: int, least: Floats) -> Flat:
    """Those of the flat places that are deep enough, and in their stage long enough when this month is over."""
    row = flat // depth.shape[1]
    long = (month - since.reshape(-1)[flat] + 1).astype(np.float32) >= _of_rows(least, row)
    return flat[(depth.reshape(-1)[flat] >= _of_rows(enough, row)) & long]


def listen(
    stage: NDArray[np.int8],
    nominal: Bools,
    marks: tuple[int, int, int],
    told: NDArray[np.int8],
    heard: NDArray[np.int32],
    of_regions: NDArray[np.int64],
    region: NDArray[np.int16],
    start: Flat,
    listeners: NDArray[np.int32],
    weight: NDArray[np.int32],
) -> None:
    """Clinics that begin or cease to speak for or against it tell their listeners; only changes are told on.

    Args:
        stage: ``(replicates, clinics)``.
        nominal: used in name only, which convinces nobody.
        marks: numbers of USING, SUSTAINED and ABANDONED.
        told: 1 where it speaks for it, 2 where against, 0 elsewhere; changes in place.
        heard: ``(2, replicates, clinics)`` summed weights of the advisers that speak for and against; in place.
        of_regions: ``(2, replicates, regions)`` how many in each region do; in place.
        region: ``(clinics,)``.
        start: where each adviser's listeners begin, ``(clinics + 1,)``; with a network for each replicate, one after
            the other.
        listeners: ``(ties,)`` who listens.
        weight: ``(ties,)`` how much the listener's ear weighs, a whole number.
    """
    using, sustained, abandoned = marks
    now = ((stage >= using) & (stage <= sustained) & ~nominal) + 2 * (stage == abandoned).astype(np.int8)
    changed = np.flatnonzero(now != told)
    row, column = np.divmod(changed, stage.shape[1])
    own = stage.shape[1] if len(start) > stage.shape[1] + 1 else 0
    for kind in range(2):
        is_so, was_so = (values.reshape(-1)[changed] == kind + 1 for values in (now, told))
        change = is_so.astype(np.int8) - was_so.astype(np.int8)
        np.add.at(of_regions[kind], (row, region[column]), change)
        _push(heard[kind], row, row * own + column, change, start, listeners, weight)
    told[...] = now


def _push(
    heard: NDArray[np.int32],
    row: Flat,
    adviser: Flat,
    change: NDArray[np.int8],
    start: Flat,
    listeners: NDArray[np.int32],
    weight: NDArray[np.int32],
) -> None:
    """Add the weights of changed advisers to what their listeners have heard, in place."""
    first = start[adviser]
    ties = start[adviser + 1] - first
    which = np.repeat(np.arange(len(adviser)), ties)
    tie = first[which] + np.arange(len(which)) - np.repeat(np.cumsum(ties) - ties, ties)
    target = row[which] * heard.shape[1] + listeners[tie]
    np.add.at(heard.reshape(-1), target, weight[tie] * change[which])


def draw_tickets(
    flat: Flat, region: NDArray[np.int16], hours: np.float32, last: Floats, served: Floats, ticket: Floats
) -> None:
    """Arrivals draw tickets in their region's queue: the last ticket, or what is served, and so many hours more.

    Args:
        flat: ``(places,)`` of those that arrive, rising.
        region: ``(clinics,)``.
        hours: that each needs.
        last: ``(replicates, regions)`` last ticket drawn; changes in place.
        served: ``(replicates, regions)`` ticket that has been reached.
        ticket: ``(replicates, clinics)``; changes in place.
    """
    row, column = np.divmod(flat, ticket.shape[1])
    queue = row * last.shape[1] + region[column]
    begins, place, size = np.unique(queue, return_index=True, return_counts=True)
    rank = np.arange(len(queue)) - np.repeat(place, size) + 1
    base = np.maximum(last.reshape(-1)[begins], served.reshape(-1)[begins])
    last.reshape(-1)[begins] = base + size * hours
    ticket.reshape(-1)[flat] = np.repeat(base, size) + rank * hours


def served_by_now(flat: Flat, region: NDArray[np.int16], served: Floats, ticket: Floats) -> Bools:
    """Whether the tickets at these places have been reached; operands as in `draw_tickets`."""
    row, column = np.divmod(flat, ticket.shape[1])
    return served[row, region[column]] >= ticket.reshape(-1)[flat]


def readiness(
    need: Floats,
    support: Floats,
    advantage: Floats,
    ownership: Floats,
    fatigue: Floats,
    calm: Floats,
    able: Floats,
    out: Floats,
) -> None:
    """R = (need support advantage ownership)^1/8 ((1 - fatigue) calm able)^1/2 into ``out``."""
    will = np.sqrt(np.sqrt(((need * support) * advantage) * ownership))
    energy = (ONE - fatigue) * calm
    np.sqrt((will * energy) * able, out=out)


def start_hazard(
    stage: NDArray[np.int8],
    aware: int,
    influence: Floats,
    lasting: Floats,
    readiness: Floats,
    reference: Floats,
    exponent: Floats,
    champion: Bools,
    effect: Floats,
    free: Floats,
    wanted: Floats,
    facilitated: Bools,
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
    heard: NDArray[np.int32],
    of_regions: NDArray[np.int64],
    region_start: Flat,
    loud: Floats,
    negative: Floats,
    ties: Floats,
    region: Floats,
    everybody: Floats,
    out: Floats,
) -> None:
    """X from named ties, the region and everybody, clipped to [0, 1], into ``out``.

    Args:
        heard: ``(2, replicates, clinics)`` summed weights of ties for and against, whole numbers.
        of_regions: ``(2, replicates, regions)`` how many speak for and against.
        region_start: ``(regions + 1,)``.
        loud: how visible use is.
        negative: how much abandonment speaks against.
        ties: weight of the named ties.
        region: weight of the region.
        everybody: weight of all.
        out: ``(replicates, clinics)``.
    """
    sizes, (use, against) = np.diff(region_start), of_regions
    with np.errstate(invalid="ignore"):  # of regions without clinics, which are not looked at
        in_region = (loud.astype(np.float64) * use - negative.astype(np.float64) * against) / sizes
    spoken = (values.sum(axis=1, keepdims=True) for values in of_regions)
    in_all = np.subtract(*(w.astype(np.float64) * n for w, n in zip((loud, negative), spoken, strict=True)))
    part = region.astype(np.float64) * in_region + everybody.astype(np.float64) * (in_all / out.shape[1])
    scale = ties * TIE
    x = np.repeat(part.astype(np.float32), sizes, axis=1) + (scale * loud) * heard[0].astype(np.float32)
    x = x - (scale * negative) * heard[1].astype(np.float32)
    np.clip(x, ZERO, ONE, out=out)


def run_clocks(left: Floats, hazard: Floats, monthly: Floats) -> Bools:
    """A month passes for all clocks: which of them run out."""
    left -= hazard * monthly
    return left <= ZERO


def run_two_rates(left: Floats, which: Bools, yes: Floats, no: Floats) -> Bools:
    """A month passes for all clocks at one of two rates [1/month]: which of them run out."""
    left -= np.where(which, yes, no)
    return left <= ZERO


def comply(
    stage: NDArray[np.int8],
    aware: int,
    complies: Bools,
    force: Floats,
    more: Floats,
    floor: Floats,
    push: Floats,
    left: Floats,
    own_hazard: Floats,
    own_left: Floats,
    monthly: Floats,
) -> tuple[Bools, Bools]:
    """A month of the clocks of compliance: which run out, and which of these before a start of own accord.

    Args:
        stage: ``(replicates, clinics)``.
        aware: number of AWARE.
        complies: ever does.
        force: M, how far the mandate is in force.
        more: HR_m - 1.
        floor: least hazard that it multiplies [1/year].
        push: factor after a deadline.
        left: hazard left on each clock; changes in place.
        own_hazard: h of a start of own accord [1/year].
        own_left: hazard left on the clock of that.
        monthly: factor that makes ``own_hazard`` a hazard for this month.
    """
    bound = (stage == aware) & complies & (force > ZERO)
    hazard = (((more * np.maximum(own_hazard, floor)) * force) * push) / np.float32(12)
    now = left - hazard
    earlier = left * (own_hazard * monthly) <= own_left * hazard
    np.copyto(left, now, where=bound)
    out = bound & (now <= ZERO)
    return out, out & earlier


def hours_needed(
    stage: NDArray[np.int8],
    marks: tuple[int, int, int, int, int],
    depth: Floats,
    nominal: Bools,
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


def hours_left(share: Floats, hours: Floats, needed: Floats, bought: Floats, slack: Floats, left: Floats) -> None:
    """Usable slack in an ordinary month into ``slack``, and what ongoing work leaves of it into ``left`` [hours].

    Args:
        share: of the slack that is free for change.
        hours: slack.
        needed: hours that all innovations ask for.
        bought: bought time.
        slack: ``(replicates, clinics)``.
        left: ``(replicates, clinics)``.
    """
    np.multiply(share, hours, out=slack)
    np.maximum(slack - np.maximum(needed - bought, ZERO), ZERO, out=left)


def share_hours(
    flat: Flat,
    stage: NDArray[np.int8],
    sustained: int,
    need: Floats,
    every: Floats,
    slack: Floats,
    bought: Floats,
    facilitated: Bools,
    helping: Floats,
    season: Floats,
    supply: Floats,
    work: Floats,
    sums: NDArray[np.float64],
) -> None:
    """Hours supplied, spent and paid in the cells under way; ``supply`` and ``work`` change in place.

    Args:
        flat: ``(places,)`` of the cells under way, from TESTING to SUSTAINED, rising.
        stage: ``(replicates, clinics)``.
        sustained: number of SUSTAINED, where no time is bought any more.
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
    facilitated: Bools,
    root_ratio: Floats,
    crowd: Floats,
    most: Floats,
    nominal: Bools,
    ceiling: Floats,
    rate: Floats,
    loss: Floats,
) -> None:
    """A month of dD/dt in the cells from IMPLEMENTING to SUSTAINED; ``depth`` changes in place."""
    flat = _between(stage, *marks)
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
    lost: Bools,
    loss: Floats,
    nominal: Bools,
    lifted: Floats,
    held: Floats,
) -> Bools:
    """A month of the abandonment clocks, which run where it is in use: which clinics give it up.

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
    out = np.zeros(left.shape, bool)
    out.reshape(-1)[flat] = now <= ZERO
    return out


def give_up(
    flat: Flat,
    mandate: Floats,
    reports: Bools,
    nominal: Bools,
    depth: Floats,
    deep_months: NDArray[np.int16],
    facilitated: Bools,
) -> None:
    """Cells no longer use it; under a mandate they go on reporting that they do. All arrays change in place.

    Args:
        flat: ``(places,)`` which.
        mandate: force of the mandate, 0 where there is none.
        reports: whether it is reported all the same.
        nominal: used in name only.
        depth: D.
        deep_months: months in a row at the depth of ordinary operation.
        facilitated: a facilitator is there.
    """
    reports.reshape(-1)[flat] = np.broadcast_to(mandate > 0, nominal.shape).reshape(-1)[flat]
    for array in (nominal, depth, deep_months, facilitated):
        array.reshape(-1)[flat] = 0


def tire(
    fatigue: Floats,
    rest: Floats,
    needed: Floats,
    ordered: Floats,
    overload: Floats,
    share: Floats,
    slack: Floats,
    hours: Floats,
    usual: Floats,
    bought: Floats,
) -> None:
    """A month of fatigue, in place: it fades everywhere; overload and orders add where something is under way.

    Args:
        fatigue: f.
        rest: share that fades in a month.
        needed: hours that all innovations ask for.
        ordered: what orders add [1/year].
        overload: gamma [1/year].
        share: phi, of the slack that is really free.
        slack: share of the staff hours.
        hours: staff hours.
        usual: share of the free hours that the background load takes.
        bought: protected time, as a share of the staff hours.
    """
    free = (share * slack) * hours
    there = np.maximum(free + bought * hours, LEAST_HOURS)
    over = np.maximum((usual * free + needed) / there - ONE, ZERO)
    more = np.where(needed > ZERO, (ordered + overload * over) * MONTHS, ZERO)
    np.minimum((fatigue - rest * fatigue) + more, ONE, out=fatigue)


def strain_of_orders(
    stage: NDArray[np.int8],
    marks: tuple[int, int],
    readiness: Floats,
    reference: Floats,
    force: Floats,
    strain: Floats,
) -> None:
    """What orders add to fatigue [1/year] where readiness lacks; the worst innovation counts, in place.

    Args:
        stage: ``(replicates, clinics)``.
        marks: numbers of TESTING and SUSTAINED.
        readiness: R.
        reference: its usual value.
        force: gamma_M M [1/year].
        strain: ``(replicates, clinics)``.
    """
    testing, sustained = marks
    lacking = force * np.maximum(ONE - readiness / reference, ZERO)
    lacking = np.where((stage >= testing) & (stage <= sustained), lacking, ZERO)
    np.maximum(strain, lacking, out=strain)


def learn(
    stage: NDArray[np.int8],
    marks: tuple[int, int],
    nominal: Bools,
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
    flat = _between(stage, *marks)
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
) -> tuple[Bools, Bools]:
    """Which cells in use have been deep long enough, and which of the sustained have become shallow.

    Args:
        stage: ``(replicates, clinics)``.
        marks: numbers of USING and SUSTAINED.
        depth: D.
        deep_months: months in a row at depth, counted on in place; 0 for those that became shallow.
        deep: depth of ordinary operation.
        months: how many months it takes.
        shallow: depth below which it is ordinary operation no more.
    """
    using, sustained = (stage == mark for mark in marks)
    counted = np.where(depth >= deep, deep_months + np.int16(1), np.int16(0))
    np.copyto(deep_months, counted, where=using)
    fallen = sustained & (depth < shallow)
    deep_months[fallen] = 0
    return using & (deep_months >= months), fallen


def effect(
    flat: Flat,
    nominal: Bools,
    depth: Floats,
    fidelity: Floats,
    exponent: Floats,
    fit: Floats,
    volume: Floats,
) -> NDArray[np.float64]:
    """Sum of volume x depth x fidelity^eta x fit over genuine use at flat places, rising: ``(replicates,)``."""
    flat = flat[~nominal.reshape(-1)[flat]]
    row = flat // depth.shape[1]
    weight = np.broadcast_to(volume, depth.shape)[row, flat - row * depth.shape[1]]
    d, kept, suits = (values.reshape(-1)[flat] for values in (depth, fidelity, fit))
    strength = ((weight * d) * power(kept, _of_rows(exponent, row))) * suits
    return np.bincount(row, weights=strength, minlength=depth.shape[0]).astype(np.float64)


def depth_in_use(flat: Flat, depth: Floats) -> NDArray[np.float64]:
    """Sum of the depth at flat places, rising: ``(replicates,)``."""
    weights = depth.reshape(-1)[flat]
    return np.bincount(flat // depth.shape[1], weights=weights, minlength=depth.shape[0]).astype(np.float64)


def region_sums(mask: Bools, region_start: Flat) -> NDArray[np.int64]:
    """How many clinics of each region a mask holds: ``(replicates, regions)``."""
    running = np.zeros((mask.shape[0], mask.shape[1] + 1), np.int64)
    np.cumsum(mask, axis=1, out=running[:, 1:])
    return running[:, region_start[1:]] - running[:, region_start[:-1]]


def released(
    flat: Flat,
    stage: NDArray[np.int8],
    marks: tuple[int, int],
    since: NDArray[np.int16],
    month: int,
    spell: Floats,
    depth: Floats,
    enough: Floats,
) -> Flat:
    """Those of the flat places that a facilitator leaves: after a spell, in depth, or where it is turned away.

    Args:
        flat: ``(places,)`` of those that are held.
        stage: ``(replicates, clinics)``.
        marks: numbers of DECLINED and ABANDONED.
        since: month in which the facilitator came.
        month: this month.
        spell: how many months it lasts.
        depth: D.
        enough: depth above which a clinic stands by itself.
    """
    row, here = flat // stage.shape[1], stage.reshape(-1)[flat]
    over = (month - since.reshape(-1)[flat]).astype(np.float32) >= _of_rows(spell, row)
    over |= depth.reshape(-1)[flat] > _of_rows(enough, row)
    return flat[over | (here == marks[0]) | (here == marks[1])]


def asks(
    stage: NDArray[np.int8],
    marks: tuple[int, int, int],
    since: NDArray[np.int16],
    month: int,
    pause: Floats,
    depth: Floats,
    enough: Floats,
    held: Bools,
) -> Bools:
    """Which clinics would take a facilitator; operands as in `released`.

    Args:
        stage: ``(replicates, clinics)``.
        marks: numbers of AWARE, TESTING and USING.
        since: month in which a facilitator came last.
        month: this month.
        pause: fewest months since then.
        depth: D.
        enough: depth above which a clinic stands by itself.
        held: has one.
    """
    aware, testing, using = marks
    open_to_it = ((stage >= testing) & (stage <= using)) | (stage == aware)
    waited = (month - since).astype(np.float32) >= pause
    return open_to_it & waited & (depth <= enough) & ~held


def take_turns(order: NDArray[np.int64], rows: Flat, held: Bools, asks: Bools, places: Flat) -> Flat:
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


def _between(stage: NDArray[np.int8], first: int, last: int) -> Flat:
    """Flat places of the cells from one stage to another, rising."""
    return np.flatnonzero((stage >= first) & (stage <= last))


def _at(shape: tuple[int, ...], row: Flat, column: Flat, values: NDArray[Any]) -> Any:
    """Values at these rows and columns, of anything that broadcasts to the shape."""
    return np.broadcast_to(values, shape)[row, column]


def _of_rows(values: Floats, row: Flat) -> Any:
    """Values of a ``(1 or replicates, 1)`` operand in these rows."""
    return values[0, 0] if values.shape[0] == 1 else values[row, 0]
