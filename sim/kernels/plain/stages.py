"""Cells that change stage, and those that are ready to."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.kernels.constants import ZERO
from sim.kernels.plain.operands import Bools, Flat, Floats, of_rows


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
    long = (month - since.reshape(-1)[flat]).astype(np.float32) >= of_rows(least, flat // work.shape[1])
    return flat[(work.reshape(-1)[flat] <= ZERO) & long]


def rooted(flat: Flat, depth: Floats, enough: Floats, since: NDArray[np.int16], month: int, least: Floats) -> Flat:
    """Those of the flat places that are deep enough, and in their stage long enough when this month is over."""
    row = flat // depth.shape[1]
    long = (month - since.reshape(-1)[flat] + 1).astype(np.float32) >= of_rows(least, row)
    return flat[(depth.reshape(-1)[flat] >= of_rows(enough, row)) & long]


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
