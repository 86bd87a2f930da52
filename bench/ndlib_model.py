"""The minimal model in NDlib: a `CompositeModel`, the one of its models that can say exactly this.

Its documentation builds own models of statuses and rules in this way. NDlib's ready-made models come less close:
`ThresholdModel` has no chance, `SIRModel` no influence from outside and one chance for all ties, `ProfileModel` no
weights and no abandonment. Three rules are enough:

* Susceptible → Infected by `NodeStochastic`: influence from outside, 1 - exp(-p/12);
* Susceptible → Infected by `EdgeStochastic`: each adviser that uses it convinces apart, 1 - exp(-q w/12) for a tie of
  weight w, which together is 1 - exp(-q sum(w)/12), the engine's hazard;
* Infected → Removed by `NodeStochastic`: abandonment, at the earliest the month after the start.

NDlib insists on the names Susceptible and Infected.
"""

from __future__ import annotations

import networkx as nx
import numpy as np
from ndlib.models.CompositeModel import CompositeModel
from ndlib.models.compartments.EdgeStochastic import EdgeStochastic
from ndlib.models.compartments.NodeStochastic import NodeStochastic
from ndlib.models.ModelConfig import Configuration
from numpy.typing import NDArray

from bench.rates import Rates, monthly_probability


def composite(advice: nx.DiGraph, rates: Rates, seed: int) -> CompositeModel:
    """The model before its first month; nobody uses it yet.

    Args:
        advice: an edge i → j with its `weight` means that i listens to j.
        rates: of starting and of giving up [1/year].
        seed: of numpy's global generator, the one that NDlib draws from.
    """
    model = CompositeModel(advice.reverse())  # NDlib's influence runs along the edges
    for status in ("Susceptible", "Infected", "Removed"):
        model.add_status(status)
    outside = NodeStochastic(monthly_probability(rates.external))
    peers = EdgeStochastic(triggering_status="Infected")
    tiring = NodeStochastic(monthly_probability(rates.abandonment))
    model.add_rule("Susceptible", "Infected", outside)
    model.add_rule("Susceptible", "Infected", peers)
    model.add_rule("Infected", "Removed", tiring)
    model.set_initial_status(_configuration(advice, rates))
    np.random.seed(seed)  # noqa: NPY002 - NDlib draws from the global generator
    return model


def _configuration(advice: nx.DiGraph, rates: Rates) -> Configuration:
    """Nobody uses it at the start; each tie convinces with its own chance, looked up as (listener, adviser)."""
    config = Configuration()
    config.add_model_initial_configuration("Infected", [])
    for i, j, weight in advice.edges(data="weight"):
        config.add_edge_configuration("threshold", (i, j), monthly_probability(rates.peer * weight))
    return config


def reach(advice: nx.DiGraph, rates: Rates, months: int, seed: int) -> NDArray[np.float64]:
    """Share in use month by month on one network: ``(months + 1,)``."""
    model = composite(advice, rates, seed)
    months_passed = model.iteration_bunch(months + 1, node_status=False)
    infected = model.available_statuses["Infected"]
    return np.array([month["node_count"][infected] for month in months_passed]) / len(advice)
