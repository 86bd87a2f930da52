"""Patients: panels that make the need plain."""

from __future__ import annotations

import mesa
import numpy as np

from sim.actor_settings import Patients as Settings
from sim.actors import Actor
from sim.randomness import Draws, identity
from sim.scenario import Scenario
from sim.world import World


class Patients(Actor):
    """Where a region has a panel, patients make a part of the need plain that its clinics do not see."""

    name = "patients"
    after = ("leadership",)
    writes = frozenset({"patient_voice", "amounts"})

    @classmethod
    def wanted(cls, scenario: Scenario) -> bool:
        """Where a scenario has them."""
        return scenario.actors.patients is not None

    def __init__(self, model: mesa.Model, world: World) -> None:
        """Which regions have a panel.

        Args:
            model: the Mesa model that the agent lives in.
            world: the block of replicates.
        """
        super().__init__(model)
        settings = world.scenario.actors.patients or Settings()
        number = np.array([identity("region", name) for name in world.population.regions], np.uint64)
        lot = Draws(world.scenario.seed, "patient panel").uniform(world.replicates[:, None], number)
        self._panels = lot < settings.share

    def decide(self, world: World) -> None:
        """Meet, and be paid for."""
        p = world.parameters
        world.patient_voice = world.by_region((p.panel_effect * self._panels).astype(np.float32))
        price = np.broadcast_to(p.panel_price, (world.shape[0], 1))[:, 0].astype(np.float64)
        world.spend("cost_levers_sek", self._panels.sum(axis=1) * price / 12)
