"""Queues at the support functions, and whose turn it is for a facilitator."""

from __future__ import annotations

import numpy as np

from sim.kernels.compiled.compiling import loop
from sim.kernels.compiled.operands import how_many, number_for, row_at


@loop
def draw_tickets(flat, region, hours, last, served, ticket):
    """As in ``plain``."""
    clinics, row, rank, before, base = ticket.shape[1], 0, 0, -1, 0.0
    for place in flat:
        row = row_at(place, row, clinics)
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
        row = row_at(flat[k], row, clinics)
        i = flat[k] - row * clinics
        out[k] = served[row, region[i]] >= ticket[row, i]
    return out


@loop
def released(flat, stage, marks, since, month, spell, depth, enough):
    """As in ``plain``."""
    declined, abandoned = np.int8(marks[0]), np.int8(marks[1])
    clinics, row = stage.shape[1], 0
    found, n = np.empty(len(flat), np.int64), 0
    for place in flat:
        row = row_at(place, row, clinics)
        i = place - row * clinics
        here, over = stage[row, i], np.float32(month - since[row, i]) >= number_for(spell, row)
        found[n] = place
        n += np.int64(over | (depth[row, i] > number_for(enough, row)) | (here == declined) | (here == abandoned))
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
        of_row = stage[r], aware, testing, using, since[r], month, number_for(pause, r)
        _asks_row(*of_row, depth[r], number_for(enough, r), held[r], out[r])
    return out


@loop
def take_turns(order, rows, held, asks, places):
    """As in ``plain``."""
    clinics = held.shape[1]
    given = np.empty(len(rows) * clinics, np.int64)
    n = 0
    for r in rows:
        free = places[r] - how_many(held[r])
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
