"""The support functions: whose turn it is in their queues."""

from __future__ import annotations

import mesa
import numpy as np

from sim.actor_settings import SupportFunctions as Settings
from sim.actors import Actor
from sim.scenario import Scenario
from sim.world import World


class SupportFunctions(Actor):
    """Each function takes the clinics of its region in the order of its discipline, as far as its hours go."""

    name = "support_functions"
    after = ("leadership",)
    reads = frozenset({"readiness"})
    writes = frozenset({"queue_rank"})

    @classmethod
    def wanted(cls, scenario: Scenario) -> bool:
        """Where the scenario says how."""
        return scenario.actors.support_functions is not None

    def __init__(self, model: mesa.Model, world: World) -> None:
        """Before the first month.

        Args:
            model: the Mesa model that the agent lives in.
            world: the block of replicates.
        """
        super().__init__(model)
        self.settings = world.scenario.actors.support_functions or Settings()

    def decide(self, world: World) -> None:
        """Rank those that wait; the mechanism ``support_queues`` serves them, in the order they came where alike."""
        order = self.settings.initiatives
        for spread in world.present:
            if self.settings.discipline == "most_ready":
                spread.queue_rank = -spread.readiness
            elif self.settings.discipline == "by_initiative":
                place = order.index(spread.name) if spread.name in order else len(order)
                spread.queue_rank = np.full((1, 1), place, np.float32)
