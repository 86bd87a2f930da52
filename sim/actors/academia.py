"""Academia: studies that convince where they were made, and little elsewhere."""

from __future__ import annotations

import mesa
import numpy as np

from sim.actor_settings import Academia as Settings
from sim.actors import Actor
from sim.scenario import Scenario
from sim.world import Spread, Stage, World


class Academia(Actor):
    """Begins a study when enough clinics use an innovation; its result raises the advantage that others perceive."""

    name = "academia"
    after = ("leadership",)
    reads = frozenset({"stage", "advantage"})
    writes = frozenset({"advantage", "amounts"})

    @classmethod
    def wanted(cls, scenario: Scenario) -> bool:
        """Where a scenario has one."""
        return scenario.actors.academia is not None

    def __init__(self, model: mesa.Model, world: World) -> None:
        """Nothing is being studied.

        Args:
            model: the Mesa model that the agent lives in.
            world: the block of replicates.
        """
        super().__init__(model)
        self.settings = world.scenario.actors.academia or Settings()
        rows, regions = world.shape[0], len(world.population.regions)
        self._began = {spread.name: np.full(rows, -1) for spread in world.spreads}
        self._made = {spread.name: np.zeros(rows, np.int64) for spread in world.spreads}
        self._where = {spread.name: np.zeros((rows, regions), bool) for spread in world.spreads}

    def decide(self, world: World) -> None:
        """Publish what is done, begin what can be begun."""
        for spread in world.present:
            began, made = self._began[spread.name], self._made[spread.name]
            done = (began >= 0) & (world.month - began >= self.settings.months)
            if done.any():
                self._publish(world, spread, done)
                made += done
                began[done] = -1
            users = spread.count[:, Stage.USING] + spread.count[:, Stage.SUSTAINED]
            begins = (began < 0) & (made < self.settings.studies) & (users >= self.settings.least_clinics)
            if begins.any():
                began[begins] = world.month
                self._where[spread.name][begins] = world.region_sums(spread.in_use)[begins] > 0
                price = np.broadcast_to(world.parameters.study_price, (world.shape[0], 1))[:, 0]
                spread.add("cost_levers_sek", begins * price.astype(np.float64))

    def _publish(self, world: World, spread: Spread, done: np.ndarray) -> None:
        """Where clinics took part it counts in full; elsewhere it is not invented here."""
        p = world.parameters
        here = np.where(self._where[spread.name], np.float32(1), p.study_elsewhere)
        gain = world.by_region((p.study_effect * here * done[:, None]).astype(np.float32))
        spread.advantage = np.where(spread.in_use, spread.advantage, np.minimum(spread.advantage + gain, 1))
