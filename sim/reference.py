"""What an ordinary clinic is like: what the clinics of a scenario are measured against.

External and social influence were measured among ordinary clinics, so a factor of the start hazard is 1 on average
over these. A scenario that says that its clinics are readier or have less time says how they differ from them; what it
leaves open, default or drawn, is as uncertain for the one as for the other and stays the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.parameters import Parameters, drawn_by_default, parameters_of
from sim.population import Attributes, Population, attributes
from sim.scenario import Scenario

LEVELS = (
    "capability_mean",
    "need_mean",
    "manager_support_mean",
    "slack_mean",
    "effective_slack",
    "background_load",
    "champion_share",
)
"""How ready the clinics are, how much time they have and how often somebody carries it: what sets them apart."""


@dataclass(frozen=True, eq=False)
class Reference:
    """The scenario's own clinics, were they as ordinary clinics are: the same draws at the usual levels."""

    attributes: Attributes
    parameters: Parameters


def reference_scenario(scenario: Scenario) -> Scenario:
    """The scenario without what its author says of the clinics' levels; itself where nothing is said."""
    drawn = drawn_by_default(scenario)
    said = [n for n in LEVELS if n in scenario.parameters or (n in scenario.uncertain and n not in drawn)]
    if not said and not scenario.clinics.capability:
        return scenario
    return scenario.model_copy(
        update={
            "parameters": {name: v for name, v in scenario.parameters.items() if name not in said},
            "uncertain": {name: d for name, d in scenario.uncertain.items() if name not in said},
            "clinics": scenario.clinics.model_copy(update={"capability": {}}),
        }
    )


def reference(
    scenario: Scenario,
    population: Population,
    draws: NDArray[np.int64],
    rows: NDArray[np.intp],
    known: Any,
    quantiles: Mapping[str, NDArray[np.float64]] = MappingProxyType({}),
) -> Reference | None:
    """The clinics as ordinary ones; None where the scenario says nothing that sets them apart.

    Args:
        scenario: may say how ready its clinics are and how much time they have.
        population: the clinics; what a table of clinics says of their slack sets them apart as well.
        draws: a replicate for each draw of the parameters.
        rows: which of these each replicate of the block tries.
        known: what plugins bring to the parameters.
        quantiles: where in its distribution each parameter is, in place of a draw, for each of the draws.
    """
    usual = reference_scenario(scenario)
    if usual is scenario and population.given_slack is None:
        return None
    parameters = parameters_of(usual, draws, known, quantiles)
    unknown = replace(population, given_slack=None)
    each = attributes(unknown, usual, parameters.plain())
    return Reference(each.in_rows(rows), parameters.in_rows(rows))
