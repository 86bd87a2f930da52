"""The minimal model as one writes it in Mesa: an agent per clinic on a `Network`, `shuffle_do`, a `DataCollector`.

Written after Mesa's own example `mesa.examples.basic.virus_on_network`. The hazard is innomotor's: influence from
outside, influence of the peers whose advice one takes, and abandonment. Agents act one after the other, so that those
late in the month's order see what others did earlier in it; on average half a month's spread.
"""

from __future__ import annotations

import inspect
import math
from enum import Enum
from typing import Any

import mesa
import networkx as nx
import numpy as np
from mesa.discrete_space import Cell, FixedAgent, Network
from numpy.typing import NDArray

from bench.rates import Rate, Rates


class Stage(Enum):
    """Where a clinic stands."""

    AWARE = 0
    USING = 1
    ABANDONED = 2


class Clinic(FixedAgent):
    """A clinic that may start to use the innovation and may give it up."""

    def __init__(self, model: SpreadOnNetwork, cell: Cell) -> None:
        """A clinic that knows of it, at its place in the network."""
        super().__init__(model)
        self.cell = cell
        self.stage = Stage.AWARE
        self.trust = {j: tie["weight"] for j, tie in model.space.G.adj[cell.coordinate].items()}

    def exposure(self) -> float:
        """Share of its advisers that use it, weighted by trust."""
        return sum(
            self.trust[adviser.cell.coordinate]
            for adviser in self.cell.neighborhood.agents
            if adviser.stage is Stage.USING
        )

    def happens(self, rate: Rate) -> bool:
        """Whether something with this rate [1/year] happens this month."""
        return bool(self.random.random() < 1 - math.exp(-rate / 12))

    def step(self) -> None:
        """A month passes."""
        rates = self.model.rates
        if self.stage is Stage.AWARE and self.happens(rates.external + rates.peer * self.exposure()):
            self.stage = Stage.USING
        if self.stage is Stage.USING and self.happens(rates.abandonment):
            self.stage = Stage.ABANDONED


def share(model: SpreadOnNetwork, stage: Stage) -> float:
    """Share of the clinics in a stage."""
    return sum(1 for clinic in model.agents if clinic.stage is stage) / len(model.agents)


class SpreadOnNetwork(mesa.Model):
    """Spread of an innovation among clinics that take advice from each other."""

    def __init__(self, advice: nx.DiGraph, rates: Rates, rng: int) -> None:
        """Nobody uses it yet.

        Args:
            advice: an edge i → j with its `weight` means that i listens to j.
            rates: of starting and of giving up [1/year].
            rng: seed.
        """
        super().__init__(rng=rng)
        self.rates = rates.plain()
        self.space = Network(advice, capacity=1, random=self.random, **_NO_LAYOUT)
        Clinic.create_agents(self, len(advice), list(self.space.all_cells))
        self.datacollector = mesa.DataCollector(
            {"reach": lambda model: share(model, Stage.USING), "abandoned": lambda model: share(model, Stage.ABANDONED)}
        )
        self.datacollector.collect(self)

    def step(self) -> None:
        """A month passes, clinic by clinic in random order."""
        self.agents.shuffle_do("step")
        self.datacollector.collect(self)


_NO_LAYOUT: dict[str, Any] = {"layout": None} if "layout" in inspect.signature(Network).parameters else {}
"""Mesa 3.5 would otherwise draw a spring layout, which costs more than the run."""


def followed(model: SpreadOnNetwork, months: int) -> NDArray[np.float64]:
    """Share in use month by month: ``(months + 1,)``; the model is used up."""
    for _ in range(months):
        model.step()
    curve = np.array(model.datacollector.model_vars["reach"])
    model.remove_all_agents()  # Mesa 3.3 keeps models that had agents alive
    return curve


def reach(advice: nx.DiGraph, rates: Rates, months: int, seed: int) -> NDArray[np.float64]:
    """Share in use month by month on one network: ``(months + 1,)``."""
    return followed(SpreadOnNetwork(advice, rates, rng=seed), months)
