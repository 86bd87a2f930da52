"""What the minimal model is made of, read from a prepared experiment, so that all contestants run the same one."""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx
import numpy as np

from bench import ours
from sim.experiment import Experiment
from sim.mechanisms.settle import abandonment_ends

Rate = float | np.float32
"""How often something happens [1/year]."""


@dataclass(frozen=True)
class Rates:
    """Rates of the minimal model [1/year], single precision as in the engine or plain."""

    external: Rate
    """Influence from outside, the same for all: Bass's p."""
    peer: Rate
    """Influence of peers when all that one listens to use it: Bass's q."""
    abandonment: Rate
    """Hazard of giving it up while in use."""

    def plain(self) -> Rates:
        """The same as Python's own numbers, which Python code is faster with."""
        return Rates(float(self.external), float(self.peer), float(self.abandonment))


def rates(ready: Experiment) -> Rates:
    """The rates of a minimal experiment; `SAME_FOR_ALL` leaves nothing else in the hazards."""
    model = ours.model(ready, next(iter(ready.schedules)), replicates=[0])
    p, spread = model.world.parameters, model.world.spreads[0]
    shallow, deep = abandonment_ends(model.world, spread)
    at_depth = shallow * np.exp(np.log(deep / shallow))
    found = Rates(
        external=np.float32((p.pipeline_external * p.external_influence)[0, 0]),
        peer=np.float32((p.pipeline_peer * p.peer_influence)[0, 0]),
        abandonment=np.float32(at_depth[0, 0]),
    )
    model.release()
    return found


def advice(ready: Experiment) -> nx.DiGraph:
    """Who takes advice from whom: an edge i → j with its `weight` means that i listens to j."""
    return ready.network.of(0).to_networkx()


def monthly_probability(rate: Rate) -> float:
    """Chance that it happens within a month, from a rate [1/year]."""
    return float(-np.expm1(-rate / 12))
