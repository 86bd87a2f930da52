"""Region leadership beside its strategy: what is stuck comes to its table."""

from __future__ import annotations

import mesa
import numpy as np

from sim.actor_settings import Leadership as Settings
from sim.actors import Actor
from sim.scenario import Scenario
from sim.world import Cells, Stage, World


class Escalation(Actor):
    """Cases that have waited too long at support functions come to the leadership, which solves so many a month."""

    name = "escalation"
    after = ("leadership",)
    reads = frozenset({"stage"})
    writes = frozenset({"stage", "amounts"})

    @classmethod
    def wanted(cls, scenario: Scenario) -> bool:
        """Where the scenario says how the leadership acts."""
        return scenario.actors.leadership is not None

    def __init__(self, model: mesa.Model, world: World) -> None:
        """Before the first month.

        Args:
            model: the Mesa model that the agent lives in.
            world: the block of replicates.
        """
        super().__init__(model)
        self.settings = world.scenario.actors.leadership or Settings()
        self._time = np.zeros(world.shape[0])
        """Cases that there is time for."""

    def decide(self, world: World) -> None:
        """Solve the oldest cases, at the price of a case each; time that is not used does not last."""
        self._time = self._time % 1 + self.settings.cases_per_month
        for spread in world.present:
            waiting = spread.at(Stage.BLOCKED)
            cases = waiting.only(spread.months_here(waiting) >= self.settings.escalate_after)
            solved = longest_first(cases, spread.months_here(cases), self._time)
            number = solved.count(world.shape[0])
            self._time -= number
            price = np.broadcast_to(world.parameters.escalation_price, (world.shape[0], 1))[:, 0]
            spread.add("cost_levers_sek", number * price.astype(np.float64))
            spread.advance(solved, Stage.BLOCKED)


def longest_first(cells: Cells, months: np.ndarray, most: np.ndarray) -> Cells:
    """Of the cells so many in each replicate as there are places, those that have waited longest first.

    Args:
        cells: who waits.
        months: how long each has waited.
        most: places in each replicate, ``(replicates,)``.
    """
    order = np.lexsort((-months, cells.row))
    rows = cells.row[order]
    rank = np.arange(len(rows)) - np.searchsorted(rows, rows)
    return Cells(np.sort(cells.flat[order][rank + 1 <= most[rows]]), cells.clinics)
