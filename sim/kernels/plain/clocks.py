"""Exponential clocks: a month passes, and some run out."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from sim.kernels.constants import MONTHS, ONE, ZERO
from sim.kernels.plain.arithmetic import exp
from sim.kernels.plain.operands import Bools, Flat, Floats, at_cells


def standing(left: Floats, flat: Flat) -> Flat:
    """Those of the flat places whose clock does not run."""
    return flat[left.reshape(-1)[flat] == np.inf]


def run_some(left: Floats, flat: Flat, hazard: Floats) -> Bools:
    """A month passes for the clocks at these places, each with its hazard [1/month]: which of them run out."""
    now: Floats = left.reshape(-1)[flat] - hazard
    left.reshape(-1)[flat] = now
    return now <= ZERO


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
    of = partial(at_cells, left.shape, row, flat - row * left.shape[1])

    d = of(depth)
    fragile = ONE + of(loss) * np.minimum(np.maximum((np.float32(0.9) - d) * np.float32(2.5), ZERO), ONE)
    hazard = (of(shallow) * exp(of(steep) * d)) * np.where(of(lost), fragile, ONE)
    hazard = hazard * np.where(of(nominal), of(lifted), ONE)
    now = of(left) - (hazard * of(held)) * MONTHS
    left.reshape(-1)[flat] = now
    out = np.zeros(left.shape, bool)
    out.reshape(-1)[flat] = now <= ZERO
    return out
