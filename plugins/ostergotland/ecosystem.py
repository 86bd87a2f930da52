"""The ecosystem for e-health: actors, operational structure and framework, of which the weakest limits."""

from __future__ import annotations

import numpy as np

from plugins.ostergotland.settings import OstergotlandSettings
from sim.api import Mechanism, Phase, State, World

PARTS = ("actors", "structure", "framework")


class Ecosystem(Mechanism):
    """Three parts are built up and wear down; what a clinic can get is limited by the weakest of them.

    x' = build (1 - x) for the part that is worked on, -wear x for the others. Supply falls to the share
    floor + (1 - floor) min(x). Which part is worked on is the weakest one, or actors alone.
    """

    name = "ostergotland_ecosystem"
    phase = Phase.WORK
    after = frozenset({"work"})
    before = frozenset({"implementation"})
    writes = frozenset({"supply", "amounts", "ostergotland_weakest"})
    adds = {
        "ostergotland_weakest": State("how far the weakest part has come, 0-1", per_innovation=False, low=0, high=1)
    }
    settings: OstergotlandSettings

    def prepare(self, world: World) -> None:
        """As the mapping found it."""
        first = [np.broadcast_to(world.parameter(f"{part}_first"), (world.shape[0], 1)) for part in PARTS]
        self._parts = np.stack(first).astype(np.float32)

    def __call__(self, world: World) -> None:
        """A month's building and wear, and what clinics get."""
        parts = self._parts
        worked = np.zeros(parts.shape, bool)
        if self.settings.ecosystem == "actors_first":
            worked[0] = True
        else:
            np.put_along_axis(worked, parts.argmin(axis=0)[None], True, axis=0)
        built = parts + (1 - parts) * (1 - np.exp(-world.parameter("build") / 12))
        worn = parts * np.exp(-world.parameter("wear") / 12)
        self._parts = np.where(worked, built, worn).astype(np.float32)
        weakest = self._parts.min(axis=0)
        world.ostergotland_weakest = weakest
        floor = np.float32(world.parameter("floor"))
        for spread in world.present:
            spread.supply = spread.supply * (floor + (1 - floor) * weakest)
        world.spend("cost_levers_sek", world.parameter("build_sek") / 12)
