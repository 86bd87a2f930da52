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

WORLDS_PER_DRAW = 2
"""Replicates that try the same draw of the parameters, so that luck can be told from assumptions."""

ALWAYS_DRAWN = ("internalisation", "superficial_depth", "abandonment_after_lift")
"""What reported use can never show: how soon use in name only becomes genuine, how deep it goes, what a lift undoes."""

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

    def in_rows(self, rows: NDArray[np.intp]) -> Parameters:
        """The same with chosen rows of those that are drawn."""
        return Parameters({n: v if v.shape == (1, 1) else v[rows] for n, v in self._values.items()}, self._drawn)

    def plain(self) -> dict[str, Any]:
        """Floats where fixed and ``(replicates, 1)`` float64 arrays where drawn, for what is built once."""
        return {
            name: float(value[0, 0]) if value.shape == (1, 1) else value.astype(np.float64)
            for name, value in self._values.items()
        }


def parameters_of(
    scenario: Scenario,
    replicates: NDArray[np.int64],
    more: Mapping[str, Estimate] = MappingProxyType({}),
    quantiles: Mapping[str, NDArray[np.float64]] = MappingProxyType({}),
) -> Parameters:
    """The parameters of these replicates.

    Args:
        scenario: sets some and draws others.
        replicates: numbers of the replicates; a replicate's draws do not depend on which others are asked for.
        more: what plugins bring, as ``plugin.name``.
        quantiles: where in its distribution each parameter is, in place of a draw, by the name that
            ``shares_draws_with`` gives: ``(replicates,)`` each.
    """
    known = {**evidence.defaults(), **more}
    values = {
        name: np.full((1, 1), scenario.parameters.get(name, estimate.value), np.float32)
        for name, estimate in known.items()
        if estimate.used
    }
    draws = draw_of(replicates)
    for name, distribution in scenario.uncertain.items():
        if name in scenario.parameters:  # set where nothing but a default was drawn, as in a sweep
            continue
        shared = shares_draws_with(name, known)
        drawn_at = quantiles.get(shared)
        uniform = Draws(scenario.seed, "parameter", shared).uniform(draws) if drawn_at is None else drawn_at
        values[name] = inverse_cdf(distribution, uniform).astype(np.float32)[:, None]
    drawn = [n for n in LAYER_WEIGHTS if n in scenario.uncertain and n not in scenario.parameters]
    if drawn:
        values |= _summing_to_one({name: values[name] for name in LAYER_WEIGHTS}, drawn)
    return Parameters(values, scenario.uncertain.keys() - scenario.parameters.keys())


def shares_draws_with(name: str, known: Mapping[str, Estimate]) -> str:
    """The parameter whose draws this one shares: itself, unless it rises and falls with another."""
    return known[name].drawn_with or name


def _summing_to_one(weights: dict[str, Value], drawn: list[str]) -> dict[str, Value]:
    """Layer weights with sum 1: those that are not drawn share what is left; if all are drawn, each its share."""
    taken = np.sum(np.broadcast_arrays(*(weights[name] for name in drawn)), axis=0)
    rest = [name for name in weights if name not in drawn]
    if not rest:
        return {name: (weight / taken).astype(np.float32) for name, weight in weights.items()}
    held = np.sum([weights[name] for name in rest], axis=0)
    share = {name: weights[name] / held if held.any() else np.full((1, 1), 1 / len(rest)) for name in rest}
    return weights | {name: ((1 - taken) * share[name]).astype(np.float32) for name in rest}


def draw_of(replicates: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number of the draw of the parameters that each replicate tries."""
    return replicates // WORLDS_PER_DRAW


def default_draws(scenario: Scenario, more: Mapping[str, Estimate] = MappingProxyType({})) -> dict[str, Distribution]:
    """What is drawn though the scenario says nothing of it, by parameter.

    The estimates (grade C), unless they are to be fixed, each from its range with its default as the median; and
    ``ALWAYS_DRAWN``, whatever is said of estimates. What the scenario sets or draws itself is not among them.

    Args:
        scenario: says what it sets and draws, and whether estimates are drawn.
        more: what its plugins bring, as ``plugin.name``.
    """
    said = scenario.parameters.keys() | scenario.uncertain.keys()
    if said & {*LAYER_WEIGHTS}:
        said |= {*LAYER_WEIGHTS}
    return {
        name: _around(estimate)
        for name, estimate in {**evidence.defaults(), **more}.items()
        if name not in said and (name in ALWAYS_DRAWN or (scenario.estimates == "drawn" and is_drawn(estimate)))
    }


def drawn_by_default(scenario: Scenario, more: Mapping[str, Estimate] = MappingProxyType({})) -> frozenset[str]:
    """What is drawn in a scenario that has been read, though its author did not ask for it.

    Args:
        scenario: as it was read.
        more: what its plugins bring, as ``plugin.name``.
    """
    known = {**evidence.defaults(), **more}
    ranges = {name: known[name] for name in scenario.uncertain if name in known and known[name].low < known[name].high}
    return frozenset(name for name, one in ranges.items() if scenario.uncertain[name] == _around(one))


def _around(estimate: Estimate) -> Distribution:
    """The range of an estimate as a distribution, its default in the middle."""
    return Distribution(two_piece=(estimate.low, estimate.value, estimate.high))


def is_drawn(estimate: Estimate) -> bool:
    """Whether a default is an estimate that is drawn unless a scenario says otherwise."""
    return estimate.grade == "C" and estimate.used and estimate.drawn and estimate.low < estimate.high


def with_estimates_drawn(scenario: Scenario, more: Mapping[str, Estimate] = MappingProxyType({})) -> Scenario:
    """The scenario with ``default_draws`` among what it draws; ``more`` is what its plugins bring."""
    return scenario.model_copy(update={"uncertain": {**scenario.uncertain, **default_draws(scenario, more)}})


def inverse_cdf(distribution: Distribution, u: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values of the distribution at the probabilities ``u``, same shape."""
    if distribution.uniform is not None:
        low, high = distribution.uniform
        return low + u * (high - low)
    if distribution.two_piece is not None:
        low, median, high = distribution.two_piece
        below = low + (median - low) * np.sqrt(np.minimum(2 * u, 1))
        above = high - (high - median) * np.sqrt(np.minimum(2 - 2 * u, 1))
        return np.where(u < 0.5, below, above)
    low, likely, high = distribution.triangular or (0.0, 0.0, 0.0)
    rising = low + np.sqrt(u * (high - low) * (likely - low))
    falling = high - np.sqrt((1 - u) * (high - low) * (high - likely))
    return np.where(u * (high - low) < likely - low, rising, falling)
