"""Queues at the support functions, and whose turn it is for a facilitator."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.kernels.plain.operands import Bools, Flat, Floats, of_rows


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
    over = (month - since.reshape(-1)[flat]).astype(np.float32) >= of_rows(spell, row)
    over |= depth.reshape(-1)[flat] > of_rows(enough, row)
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
