"""What must be in use before an innovation can begin: the order among several initiatives."""

from __future__ import annotations

from functools import reduce

import numpy as np

from sim.month import Mechanism, Phase
from sim.scenario import Scenario
from sim.world import World


class Prerequisites(Mechanism):
    """A clinic begins with an innovation only where it genuinely uses those that it builds on; no mandate helps."""

    name = "prerequisites"
    phase = Phase.PERCEIVE
    after = frozenset({"start_hazard", "wrong_pocket"})
    reads = frozenset({"stage", "nominal", "start_hazard"})
    writes = frozenset({"may_start", "start_hazard"})

    @classmethod
    def wanted(cls, scenario: Scenario) -> bool:
        """Where an innovation requires another."""
        return any(innovation.requires for innovation in scenario.innovations.values())

    def __call__(self, world: World) -> None:
        """Who has what it takes this month; one that has begun goes on even where the other is given up."""
        used = {spread.name: spread.in_use & ~spread.nominal for spread in world.spreads}
        for spread in world.present:
            if spread.innovation.requires:
                spread.may_start = reduce(np.logical_and, (used[name] for name in spread.innovation.requires))
                spread.start_hazard = np.where(spread.may_start, spread.start_hazard, np.float32(0))
