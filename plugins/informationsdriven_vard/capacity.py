"""What the environment can help with: fewer than ask, and a handbook for the others."""

from __future__ import annotations

import numpy as np

from plugins.informationsdriven_vard.group import facilitation, handbook
from plugins.informationsdriven_vard.settings import InformationsdrivenSettings
from sim.api import Capability, Mechanism, Phase, Stage, State, World

TAUGHT = (Capability.TECHNICAL_REGULATORY, Capability.MEASUREMENT)
"""What a handbook on information-driven care is about."""


class Handbook(Mechanism):
    """A current handbook raises what the members' clinics know: dc/dt = teach x currency (1 - c), and it ages."""

    name = "informationsdriven_handbook"
    phase = Phase.PERCEIVE
    after = frozenset({"training"})
    before = frozenset({"readiness"})
    reads = frozenset({"informationsdriven_table", "capability"})
    writes = frozenset({"capability"})
    settings: InformationsdrivenSettings

    def __call__(self, world: World) -> None:
        """A month of reading."""
        current = handbook(world, self.settings)
        if not current.any():
            return
        rate = world.parameter("handbook_teaches") * current * world.informationsdriven_table / 12
        capability = world.capability
        for taught in TAUGHT:
            k = list(Capability).index(taught)
            capability[k] += (rate * (1 - capability[k])).astype(np.float32)


class Capacity(Mechanism):
    """The environment helps as many clinics at a time as it can; more ask than that, and the rest wait their turn.

    Those that have been under way longest come first. Help closes a part of the hours that a clinic lacks:
    supply' = supply + help (1 - supply).
    """

    name = "informationsdriven_capacity"
    phase = Phase.WORK
    after = frozenset({"work", "vasterbotten_nodes"})
    before = frozenset({"implementation"})
    reads = frozenset({"stage", "depth", "supply", "coordination", "informationsdriven_table"})
    writes = frozenset({"supply", "informationsdriven_asked", "informationsdriven_helped", "informationsdriven_waited"})
    adds = {
        "informationsdriven_waited": State("months since it asked for help", low=0),
        "informationsdriven_asked": State("months in which it has asked for help", low=0),
        "informationsdriven_helped": State("months in which it has had help", low=0),
    }
    settings: InformationsdrivenSettings

    def __call__(self, world: World) -> None:
        """Who asks, and who is helped."""
        held = facilitation(world, self.settings) * world.coordination
        places = np.round(world.parameter("places") * held)
        enough = world.parameter("helped_depth")
        for spread in world.present:
            under_way = spread.is_between(Stage.TESTING, Stage.USING) & (spread.depth < enough)
            asks = under_way & (world.informationsdriven_table > 0)
            waited = np.where(asks, spread.informationsdriven_waited + 1, 0).astype(np.float32)
            spread.informationsdriven_waited = waited
            helped = self._first(world, asks, waited, places)
            spread.informationsdriven_asked = (spread.informationsdriven_asked + asks).astype(np.float32)
            spread.informationsdriven_helped = (spread.informationsdriven_helped + helped).astype(np.float32)
            closed = world.parameter("help_effect") * helped * (1 - spread.supply)
            spread.supply = np.clip(spread.supply + closed, 0, 1).astype(np.float32)

    def _first(self, world: World, asks: np.ndarray, waited: np.ndarray, places: np.ndarray) -> np.ndarray:
        """As many of those that ask as there are places, those first that have waited longest."""
        if not asks.any():
            return asks
        if not hasattr(self, "_lot"):
            self._lot = world.uniform("turn")
        turn = np.where(asks, -(waited + self._lot), np.inf)
        rank = np.argsort(np.argsort(turn, axis=1, kind="stable"), axis=1, kind="stable")
        return asks & (rank < places)
