"""When the solution is made fit for all kinds of clinics: before the second clinic takes it up, or after."""

from __future__ import annotations

import numpy as np

from plugins.vasterbotten.settings import VasterbottenSettings
from sim.api import Bools, Mechanism, Phase, Spread, World


class Generalise(Mechanism):
    """For some months the first clinic and the developers make one version for all; then it fits the others better.

    *Before the second*: it begins with the innovation, from what one clinic has seen, and nobody else starts while it
    goes on. *After the second*: it begins once a further clinic uses it, knows two contexts and so wins more fit, and
    costs both of those clinics a compromise. The originator gives up functions either way (A:3926-3947).
    """

    name = "vasterbotten_generalise"
    phase = Phase.PERCEIVE
    after = frozenset(
        {"start_hazard", "wrong_pocket", "contact_fear", "existing_network", "vasterbotten_open_invitation"}
    )
    reads = frozenset({"stage", "adapted"})
    writes = frozenset({"start_hazard", "fit", "amounts"})
    settings: VasterbottenSettings

    def prepare(self, world: World) -> None:
        """It has begun nowhere."""
        self._since = {spread.name: np.full((world.shape[0], 1), -1) for spread in world.spreads}
        self._first: dict[str, Bools] = {}

    def __call__(self, world: World) -> None:
        """It begins, goes on, or is done."""
        months = np.round(world.parameter("generalise_months"))
        for spread in world.present:
            since = self._since[spread.name]
            using = spread.in_use
            first = self._first.setdefault(spread.name, using.copy())
            begins = (since < 0) & self._time_has_come(first, using)
            since[begins] = world.month
            self._pay(world, spread, begins)
            going_on = (since >= 0) & (world.month < since + months)
            if self.settings.generalise == "before_second":
                spread.start_hazard = np.where(going_on, np.float32(0), spread.start_hazard)
            done = (since >= 0) & (world.month == since + months)
            self._release(world, spread, done, using)

    def _time_has_come(self, first: Bools, using: Bools) -> Bools:
        """In which replicates it may begin: ``(replicates, 1)``."""
        seen = using if self.settings.generalise == "before_second" else using & ~first
        return np.asarray(seen.any(axis=1, keepdims=True))

    def _release(self, world: World, spread: Spread, done: Bools, using: Bools) -> None:
        """The one version for all replaces the first: better for those to come, a compromise for those that use it."""
        if not done.any():
            return
        gain = world.parameter(f"generalise_fit_{self.settings.generalise.partition('_')[0]}")
        to_come = done & ~using & ~spread.adapted
        change = gain * to_come - world.parameter("generalise_compromise") * (done & using)
        spread.fit = np.clip(spread.fit + change, 0, 1).astype(np.float32)

    def _pay(self, world: World, spread: Spread, begins: Bools) -> None:
        """Developers' hours, once."""
        if begins.any():
            cost = world.parameter("generalise_hours") * world.parameter("support_wage") * begins
            spread.add("cost_innovation_sek", cost[:, 0].astype(np.float64))
