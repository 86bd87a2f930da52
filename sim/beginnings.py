"""Month 0 of an innovation: who knows of it, and where it is already."""

from __future__ import annotations

import numpy as np

from sim.scenario import Begins
from sim.world import Bools, Cells, Spread, Stage

_STAGE = {
    "testing": Stage.TESTING,
    "implementing": Stage.IMPLEMENTING,
    "using": Stage.USING,
    "sustained": Stage.SUSTAINED,
}


def begin(spread: Spread) -> None:
    """The innovation arrives: most clinics know of it, and those that the scenario names have begun.

    Args:
        spread: its state, untouched so far.
    """
    world = spread.world
    knows = np.ones(world.shape, bool)
    if "awareness" in world.running:
        knows = spread.lot("known").everywhere() < world.parameters.known
    spread.move(Cells.where(knows), Stage.AWARE)
    for begins in spread.innovation.begins:
        _place(spread, Cells.where(_chosen(spread, begins)), _STAGE[begins.stage])


def _chosen(spread: Spread, begins: Begins) -> Bools:
    """The clinics that have begun: by name, or drawn anew in every replicate."""
    world, population = spread.world, spread.world.population
    region = population.region_index(begins.region)
    chosen = np.zeros(world.shape, bool)
    if region is None:
        return chosen
    inside = population.clinics_of(region)
    if isinstance(begins.clinics, tuple):
        places = [population.clinic_index(region, name) for name in begins.clinics]
        chosen[:, [place for place in places if place is not None]] = True
        return chosen
    lot = spread.draws("begins").uniform(world.replicates[:, None], population.clinic_id[inside])
    lot = np.where(spread.stage[:, inside] <= Stage.AWARE, lot, 2.0)
    rank = np.argsort(np.argsort(lot, axis=1, kind="stable"), axis=1, kind="stable")
    chosen[:, inside] = rank < begins.clinics
    return chosen


def _place(spread: Spread, cells: Cells, stage: Stage) -> None:
    """Put clinics where they have come to; enthusiasts carry it there."""
    p = spread.world.parameters
    cells.put(spread.champion, True)
    cells.put(spread.champion_lost, False)
    cells.put(spread.eligible, True)
    if stage is Stage.TESTING:
        spread.advance(cells, Stage.AWARE)
    elif stage is Stage.IMPLEMENTING:
        spread.advance(cells, Stage.BLOCKED)
    else:
        rooted = "implementation" in spread.world.running
        depth = p.begin_depth_using if stage is Stage.USING else p.begin_depth_sustained
        cells.put(spread.depth, cells.of(depth) if rooted else 1.0)
        spread.move(cells, stage)
