"""The parameters in force: defaults, what the scenario sets, and what it draws in every replicate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import evidence
from sim.evidence import Estimate
from sim.randomness import Draws
from sim.scenario import Distribution, Scenario

Value = NDArray[np.float32]
"""A parameter: ``(1, 1)`` when fixed, ``(replicates, 1)`` when drawn, so that it broadcasts over clinics."""

LAYER_WEIGHTS = ("layer_ties", "layer_region", "layer_all")
"""How much named ties, the region and everybody count; they sum to 1."""


class Parameters:
    """Every parameter by name, as attributes: ``parameters.peer_influence``."""

    def __init__(self, values: dict[str, Value], drawn: Iterable[str] = ()) -> None:
        self._values = values
        self._drawn = frozenset(drawn)
        vars(self).update(values)  # found without asking __getattr__

    def __getattr__(self, name: str) -> Value:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(f"there is no parameter {name!r}") from None

    @property
    def drawn(self) -> dict[str, NDArray[np.float64]]:
        """Those that are drawn in every replicate, ``(replicates, 1)`` each."""
        return {name: value.astype(np.float64) for name, value in self._values.items() if name in self._drawn}

    def plain(self) -> dict[str, Any]:
        """Floats where fixed and ``(replicates, 1)`` float64 arrays where drawn, for what is built once."""
        return {
            name: float(value[0, 0]) if value.shape == (1, 1) else value.astype(np.float64)
            for name, value in self._values.items()
        }


def parameters_of(
    scenario: Scenario, replicates: NDArray[np.int64], more: Mapping[str, Estimate] = MappingProxyType({})
) -> Parameters:
    """The parameters of these replicates.

    Args:
        scenario: sets some and draws others.
        replicates: numbers of the replicates; a replicate's draws do not depend on which others are asked for.
        more: what plugins bring, as ``plugin.name``.
    """
    values = {
        name: np.full((1, 1), scenario.parameters.get(name, estimate.value), np.float32)
        for name, estimate in {**evidence.defaults(), **more}.items()
        if estimate.used
    }
    for name, distribution in scenario.uncertain.items():
        uniform = Draws(scenario.seed, "parameter", name).uniform(replicates)
        values[name] = inverse_cdf(distribution, uniform).astype(np.float32)[:, None]
    drawn = [name for name in LAYER_WEIGHTS if name in scenario.uncertain]
    if drawn:
        values |= _summing_to_one({name: values[name] for name in LAYER_WEIGHTS}, drawn)
    return Parameters(values, scenario.uncertain)


def _summing_to_one(weights: dict[str, Value], drawn: list[str]) -> dict[str, Value]:
    """Layer weights with sum 1: those that are not drawn share what is left; if all are drawn, each its share."""
    taken = np.sum(np.broadcast_arrays(*(weights[name] for name in drawn)), axis=0)
    rest = [name for name in weights if name not in drawn]
    if not rest:
        return {name: (weight / taken).astype(np.float32) for name, weight in weights.items()}
    held = np.sum([weights[name] for name in rest], axis=0)
    share = {name: weights[name] / held if held.any() else np.full((1, 1), 1 / len(rest)) for name in rest}
    return weights | {name: ((1 - taken) * share[name]).astype(np.float32) for name in rest}


def inverse_cdf(distribution: Distribution, u: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values of the distribution at the probabilities ``u``, same shape."""
    if distribution.uniform is not None:
        low, high = distribution.uniform
        return low + u * (high - low)
    low, likely, high = distribution.triangular or (0.0, 0.0, 0.0)
    rising = low + np.sqrt(u * (high - low) * (likely - low))
    falling = high - np.sqrt((1 - u) * (high - low) * (high - likely))
    return np.where(u * (high - low) < likely - low, rising, falling)
