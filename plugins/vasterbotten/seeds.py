"""Where it begins: innovation clinics that develop and show it, and volunteers who know what they say yes to."""

from __future__ import annotations

import numpy as np

from plugins.vasterbotten.settings import VasterbottenSettings
from sim.api import Bools, Cells, Mechanism, Phase, Spread, Stage, State, World


class InnovationClinics(Mechanism):
    """A few clinics develop and test it in daily work, carried by enthusiasts; what they show is heard further away.

    Where fewer clinics have begun than there shall be innovation clinics, more are drawn by lot and start a test.
    """

    name = "vasterbotten_innovation_clinics"
    phase = Phase.OUTER
    after = frozenset({"champions", "events"})
    reads = frozenset({"stage"})
    writes = frozenset({"stage", "champion", "influences", "vasterbotten_innovation_clinic"})
    adds = {
        "vasterbotten_innovation_clinic": State("is an innovation clinic for this innovation", first=False, dtype=bool)
    }
    settings: VasterbottenSettings

    def __call__(self, world: World) -> None:
        """They are appointed when the innovation arrives, and shown for as long as they use it."""
        for spread in world.present:
            if world.month == spread.innovation.arrives_month:
                self._appoint(world, spread)
            shows = (spread.vasterbotten_innovation_clinic & spread.in_use).any(axis=1, keepdims=True)
            spread.influence("shown", (world.parameter("clinic_shown") * shows).astype(np.float32))

    def _appoint(self, world: World, spread: Spread) -> None:
        """Those that have begun, and others by lot up to the number wanted."""
        wanted = self.settings.innovation_clinics
        begun = spread.is_between(Stage.TESTING, Stage.SUSTAINED)
        first = world.lowest(world.uniform(f"first of {spread.name}"), wanted, among=begun)
        missing = wanted - first.sum(axis=1, keepdims=True)
        lot = world.lowest(
            world.uniform(f"more of {spread.name}"), wanted, among=spread.is_between(Stage.AWARE, Stage.AWARE)
        )
        order = np.cumsum(lot, axis=1)
        drawn = lot & (order <= missing)
        clinics = spread.vasterbotten_innovation_clinic
        clinics |= first | drawn
        champion = spread.champion
        champion |= clinics
        spread.advance(Cells.where(drawn), Stage.AWARE)


class OpenInvitation(Mechanism):
    """Told openly what it takes in time, money and changed work, the ready say yes sooner and the unready later.

    The start hazard is multiplied by (R/R̄)^openness, bounded; a clinic that starts a test knows what it chose, and the
    innovation is more its own.
    """

    name = "vasterbotten_open_invitation"
    phase = Phase.PERCEIVE
    after = frozenset({"start_hazard", "existing_network", "contact_fear", "wrong_pocket"})
    reads = frozenset({"stage", "readiness", "reference_readiness", "vasterbotten_invited"})
    writes = frozenset({"start_hazard", "ownership", "vasterbotten_invited"})
    adds = {"vasterbotten_invited": State("has started after an open invitation", first=False, dtype=bool)}

    def __call__(self, world: World) -> None:
        """This month's hazards, and those that have begun a test since last month."""
        most = world.parameter("openness_most")
        for spread in world.present:
            relative = spread.readiness / spread.reference_readiness
            factor = np.clip(relative ** world.parameter("openness"), 1 / most, most)
            spread.start_hazard = spread.start_hazard * factor.astype(np.float32)
            invited = spread.vasterbotten_invited
            fresh = spread.is_between(Stage.TESTING, Stage.TESTING) & ~invited
            own(world, spread, fresh, "openness_ownership")
            invited |= fresh


def own(world: World, spread: Spread, where: Bools, by: str) -> None:
    """The innovation becomes more the clinics' own, by a parameter."""
    spread.ownership = np.minimum(spread.ownership + world.parameter(by) * where, 1).astype(np.float32)
