"""The parameters in force: defaults, what the scenario sets, and what it draws in every replicate."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import evidence
from sim.randomness import Draws
from sim.scenario import Distribution, Scenario

Value = NDArray[np.float32]
"""A parameter: ``(1, 1)`` when fixed, ``(replicates, 1)`` when drawn, so that it broadcasts over clinics."""


class Parameters:
    """Every parameter by name, as attributes: ``parameters.peer_influence``."""

    def __init__(self, values: dict[str, Value]) -> None:
        self._values = values

    def __getattr__(self, name: str) -> Value:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(f"there is no parameter {name!r}") from None

    def plain(self) -> dict[str, Any]:
        """Floats where fixed and ``(replicates, 1)`` float64 arrays where drawn, for what is built once."""
        return {
            name: float(value[0, 0]) if value.shape == (1, 1) else value.astype(np.float64)
            for name, value in self._values.items()
        }


def parameters_of(scenario: Scenario, replicates: NDArray[np.int64]) -> Parameters:
    """The parameters of these replicates.

    Args:
        scenario: sets some and draws others.
        replicates: numbers of the replicates; a replicate's draws do not depend on which others are asked for.
    """
    values = {
        name: np.full((1, 1), scenario.parameters.get(name, estimate.value), np.float32)
        for name, estimate in evidence.defaults().items()
        if estimate.used
    }
    for name, distribution in scenario.uncertain.items():
        uniform = Draws(scenario.seed, "parameter", name).uniform(replicates)
        values[name] = inverse_cdf(distribution, uniform).astype(np.float32)[:, None]
    return Parameters(values)


def inverse_cdf(distribution: Distribution, u: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values of the distribution at the probabilities ``u``, same shape."""
    if distribution.uniform is not None:
        low, high = distribution.uniform
        return low + u * (high - low)
    low, likely, high = distribution.triangular or (0.0, 0.0, 0.0)
    rising = low + np.sqrt(u * (high - low) * (likely - low))
    falling = high - np.sqrt((1 - u) * (high - low) * (high - likely))
    return np.where(u * (high - low) < likely - low, rising, falling)
