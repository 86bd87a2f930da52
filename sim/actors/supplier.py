"""The supplier: how many clinics it can equip, and whether the partnership goes on."""

from __future__ import annotations

from collections.abc import Callable

import mesa
import numpy as np

from sim.actors import Actor
from sim.actors.escalation import longest_first
from sim.scenario import Scenario
from sim.world import Cells, Spread, Stage, World


class Supplier(Actor):
    """Equips so many clinics a month; at agreed points it leaves where too few use it, and nobody else can begin."""

    name = "supplier"
    after = ("leadership",)
    reads = frozenset({"stage"})

    @classmethod
    def wanted(cls, scenario: Scenario) -> bool:
        """Where a scenario has one."""
        return scenario.actors.supplier is not None

    def __init__(self, model: mesa.Model, world: World) -> None:
        """Before the first month.

        Args:
            model: the Mesa model that the agent lives in.
            world: the block of replicates.
        """
        super().__init__(model)
        settings = world.scenario.actors.supplier
        if settings is None:
            raise TypeError("a supplier needs its settings")
        self.settings = settings
        self.has_left = np.zeros(world.shape[0], bool)
        self._places = np.zeros(world.shape[0])
        self._introduce: Callable[[Spread, Cells], None] | None = None

    def decide(self, world: World) -> None:
        """Make ready for the month's clinics; those that cannot be equipped wait where they are."""
        if self._introduce is None and Stage.IMPLEMENTING in world.stage_owners:
            self._introduce = world.stage_owners[Stage.IMPLEMENTING]
            world.stage_owners = {**world.stage_owners, Stage.IMPLEMENTING: self._deliver}
        for point in self.settings.exit_points:
            if point.month == world.month:
                users = [s.count[:, Stage.USING] + s.count[:, Stage.SUSTAINED] for s in world.present]
                self.has_left |= np.mean(users, axis=0) < point.least_reach * world.shape[1]
        self._places = np.where(self.has_left, 0, self._places % 1 + self.settings.clinics_per_month)

    def _deliver(self, spread: Spread, cells: Cells) -> None:
        """As many as there are places for are introduced, those that have waited longest first."""
        equipped = longest_first(cells, spread.months_here(cells), self._places)
        self._places -= equipped.count(len(self._places))
        if self._introduce is not None and len(equipped):
            self._introduce(spread, equipped)
