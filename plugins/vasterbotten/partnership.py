"""Development together with a company: shared risk, responsibility and value, with agreed points of exit."""

from __future__ import annotations

import numpy as np

from plugins.vasterbotten.settings import VasterbottenSettings
from sim.api import Mechanism, Phase, World


class Partnership(Mechanism):
    """While it lasts the solution goes on improving where it is used, and each party bears its own hours.

    At each agreed point the parties look at whether more clinics have come into use since the last one. With exit
    points they stop where none has; without, they go on to the last point, whatever happens (A:4720-4800).
    """

    name = "vasterbotten_partnership"
    phase = Phase.SETTLE
    after = frozenset({"own_results", "sustain", "abandonment"})
    reads = frozenset({"stage", "nominal"})
    writes = frozenset({"advantage", "amounts"})
    settings: VasterbottenSettings

    def prepare(self, world: World) -> None:
        """It goes on everywhere, and no point has passed."""
        self._goes_on = {spread.name: np.ones((world.shape[0], 1), bool) for spread in world.spreads}
        self._reached = {spread.name: np.zeros((world.shape[0], 1), np.int64) for spread in world.spreads}

    def __call__(self, world: World) -> None:
        """A month together, or an agreed point."""
        every = np.round(world.parameter("partnership_review_months"))
        for spread in world.present:
            age = world.month - spread.innovation.arrives_month
            goes_on = self._goes_on[spread.name] & (age < world.parameter("partnership_months"))
            rate = world.parameter("partnership_advantage") / 12
            better = rate * (goes_on & spread.in_use & ~spread.nominal)
            spread.advantage = np.minimum(spread.advantage + better, 1).astype(np.float32)
            hours = world.parameter("partnership_hours") * goes_on
            cost = np.broadcast_to(hours * world.parameter("support_wage"), goes_on.shape)
            spread.add("cost_innovation_sek", cost[:, 0].astype(np.float64))
            point = (age > 0) & (age % every == 0) & np.ones_like(goes_on)
            users = spread.in_use.sum(axis=1, keepdims=True)
            if self.settings.partnership == "exit_points":
                goes_on &= ~(point & (users <= self._reached[spread.name]))
            self._goes_on[spread.name] = goes_on
            self._reached[spread.name] = np.where(point, users, self._reached[spread.name])
