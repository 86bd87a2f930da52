"""What is heard of those that use it and of those that gave it up."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.kernels.constants import ONE, TIE, ZERO
from sim.kernels.plain.operands import Bools, Flat, Floats


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
