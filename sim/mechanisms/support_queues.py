"""Queues at support functions that are kept otherwise than first come, first served."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.mechanisms.work import support_capacity
from sim.month import Mechanism, Phase
from sim.scenario import Scenario, SupportFunctionName
from sim.world import Cells, Floats, Spread, Stage, World


class SupportQueues(Mechanism):
    """Support functions work off the region's cases by rank, and may begin while a clinic is still testing.

    Each month's hours go to the first in rank until they are done; what nobody needs is lost. A clinic goes on when
    every function is done.
    """

    name = "support_queues"
    phase = Phase.WORK
    before = frozenset({"work"})
    reads = frozenset({"stage", "support_priority", "shock", "queue_rank"})
    writes = frozenset({"stage", "queue_months", "queue_entries", "amounts"})
    stage = Stage.BLOCKED

    @classmethod
    def wanted(cls, scenario: Scenario) -> bool:
        """Where the support functions are an actor."""
        return scenario.actors.support_functions is not None

    def prepare(self, world: World) -> None:
        """Nobody has asked for anything."""
        settings = world.scenario.actors.support_functions
        self._early = settings is not None and settings.early_involvement
        self._shortest = settings is not None and settings.discipline == "shortest_first"
        self._left: dict[tuple[str, SupportFunctionName], Floats] = {
            (spread.name, name): np.zeros(world.shape, np.float32)
            for spread in world.spreads
            for name in self._functions(spread)
        }
        """Hours left of each case."""
        self._asked = {spread.name: np.full(world.shape, -1, np.int32) for spread in world.spreads}
        """Month in which the clinic asked, -1 before."""

    def _functions(self, spread: Spread) -> list[SupportFunctionName]:
        return sorted(name for name, hours in spread.innovation.obstacles.items() if hours > 0)

    def enter(self, spread: Spread, cells: Cells) -> None:
        """Cases at every function that the innovation needs; those that were begun early go on where they are."""
        if not self._functions(spread):
            spread.advance(cells, Stage.BLOCKED)
            return
        self._ask(spread, cells.only(cells.of(self._asked[spread.name]) < 0))
        spread.queue_entries += cells.count(spread.world.shape[0])
        spread.move(cells, Stage.BLOCKED)

    def _ask(self, spread: Spread, cells: Cells) -> None:
        cells.put(self._asked[spread.name], spread.world.month)
        for name in self._functions(spread):
            hours = np.float32(spread.innovation.obstacles[name])
            cells.put(self._left[spread.name, name], float(hours))
            price = spread.world.parameters.support_wage[:, 0].astype(np.float64)
            spread.add("cost_support_functions_sek", cells.count(spread.world.shape[0]) * float(hours) * price)

    def __call__(self, world: World) -> None:
        """A month is served; those whose cases are done go on."""
        for spread in world.present:
            self._look_after(spread)
        for name in sorted({name for _, name in self._left}):
            self._serve(world, name)
        for spread in world.present:
            cells = spread.at(Stage.BLOCKED)
            left = [cells.of(self._left[spread.name, name]) for name in self._functions(spread)]
            done = np.max(left, axis=0) <= 0 if left else np.ones(len(cells), bool)
            spread.queue_months += cells.only(~done).count(world.shape[0])
            cells.only(done).put(self._asked[spread.name], -1)
            spread.advance(cells.only(done), Stage.BLOCKED)

    def _look_after(self, spread: Spread) -> None:
        """Those that test are taken in early; the cases of those that have turned away are closed."""
        asked = self._asked[spread.name]
        away = Cells.where((asked >= 0) & ~spread.is_between(Stage.TESTING, Stage.BLOCKED))
        away.put(asked, -1)
        for name in self._functions(spread):
            away.put(self._left[spread.name, name], 0.0)
        if self._early and self._functions(spread):
            self._ask(spread, Cells.where((asked < 0) & spread.is_between(Stage.TESTING, Stage.ADJUSTING)))

    def _serve(self, world: World, name: SupportFunctionName) -> None:
        """The hours of one function in each region go to the cases in order of rank."""
        cases = [(s, Cells.where(self._left[s.name, name] > 0)) for s in world.present if name in self._functions(s)]
        if not sum(len(cells) for _, cells in cases):
            return
        regions = len(world.population.regions)
        queue = np.concatenate([c.row * regions + world.population.region[c.column] for _, c in cases])
        left = np.concatenate([c.of(self._left[s.name, name]) for s, c in cases])
        rank = left if self._shortest else np.concatenate([_full(c, s.queue_rank) for s, c in cases])
        since = np.concatenate([c.of(self._asked[s.name]) for s, c in cases])
        hours = served(
            queue,
            (rank, since),
            left,
            np.broadcast_to(support_capacity(world, name), (world.shape[0], regions)).reshape(-1),
        )
        for spread, cells in cases:
            mine, hours = hours[: len(cells)], hours[len(cells) :]
            before = cells.of(self._left[spread.name, name])
            cells.put(self._left[spread.name, name], np.maximum(before - mine, 0))


def _full(cells: Cells, values: Floats) -> Floats:
    return np.broadcast_to(cells.of(values), (len(cells),))


def served(queue: NDArray[np.int64], order: tuple[NDArray[np.generic], ...], left: Floats, capacity: Floats) -> Floats:
    """Hours that each case gets this month: the first in rank until it is done, then the next.

    Args:
        queue: number of the queue of each case.
        order: what decides within a queue, the most important first.
        left: hours that each case still needs.
        capacity: hours of each queue.
    """
    turn = np.lexsort((*reversed(order), queue))
    needs, queues = left[turn].astype(np.float64), queue[turn]
    ahead = np.cumsum(needs) - needs
    ahead -= ahead[np.searchsorted(queues, queues)]
    given = np.empty_like(left)
    given[turn] = np.clip(capacity[queues] - ahead, 0, needs)
    return given
