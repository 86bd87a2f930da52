"""Hours that are needed, left and spent, what they embed, and how they tire."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from sim.kernels.constants import LEAST_HOURS, MONTHS, ONE, TINY, ZERO
from sim.kernels.plain.arithmetic import exp
from sim.kernels.plain.operands import Bools, Flat, Floats, at_cells, places_between


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
    of = partial(at_cells, stage.shape, row, flat - row * stage.shape[1])

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
    flat = places_between(stage, *marks)
    row = flat // stage.shape[1]
    of = partial(at_cells, stage.shape, row, flat - row * stage.shape[1])

    effort = of(supply) * np.sqrt(of(readiness) / of(reference))
    effort = effort * np.where(of(facilitated), of(root_ratio), ONE)
    effort = np.minimum(effort / of(crowd), of(most))
    d = of(depth)
    gain = (of(rate) * effort) * (np.where(of(nominal), of(ceiling), ONE) - d)
    drift = (of(loss) * d) * np.maximum(ONE - effort, ZERO)
    depth.reshape(-1)[flat] = np.minimum(np.maximum(d + (gain - drift) * MONTHS, ZERO), ONE)


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
