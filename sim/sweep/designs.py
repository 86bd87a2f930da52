"""Which values each variant has: every combination, a Latin hypercube, or Saltelli's matrices; variant by variant.

Grids are reckoned from the number of the variant. The sampled designs keep one matrix of coordinates in the unit cube;
a value is the factor's inverse distribution function at its coordinate, or the entry of its list there.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from sim.parameters import inverse_cdf
from sim.randomness import Draws
from sim.sweep.plan import Design, Factor, Plan, Range

_SOBOL_BITS = 30


class Combinations(Protocol):
    """The variants of a plan."""

    def __len__(self) -> int:
        """How many there are."""

    def levels(self, variant: int) -> list[Any]:
        """The value of each factor in one variant, in the plan's order."""

    def column(self, factor: int) -> NDArray[Any]:
        """The values of one factor in all variants: ``(variants,)``, numbers or text."""


@dataclass(frozen=True)
class Grid:
    """Every combination; the last factor changes fastest."""

    values: tuple[tuple[Any, ...], ...]

    def __len__(self) -> int:
        """How many there are."""
        return math.prod(map(len, self.values))

    def levels(self, variant: int) -> list[Any]:
        """The digits of the variant's number, in the base that each factor's number of values gives.

        >>> Grid(((1, 2), ("a", "b", "c"))).levels(4)
        [2, 'b']
        """
        found = []
        for values in reversed(self.values):
            variant, place = divmod(variant, len(values))
            found.append(values[place])
        return found[::-1]

    def column(self, factor: int) -> NDArray[Any]:
        """The values of one factor in all variants."""
        fastest = math.prod(map(len, self.values[factor + 1 :]))
        return column(self.values[factor])[np.arange(len(self)) // fastest % len(self.values[factor])]


@dataclass(frozen=True, eq=False)
class Sampled:
    """Variants that lie at given points of the unit cube."""

    factors: tuple[Factor, ...]
    points: NDArray[np.float64]
    """Coordinates: ``(variants, factors)``."""

    def __len__(self) -> int:
        """How many there are."""
        return len(self.points)

    def levels(self, variant: int) -> list[Any]:
        """The factors' values at the variant's point."""
        points = self.points[[variant]].T
        return [_at(factor, u)[0] for factor, u in zip(self.factors, points, strict=True)]

    def column(self, factor: int) -> NDArray[Any]:
        """The values of one factor in all variants."""
        return column(_at(self.factors[factor], self.points[:, factor]))


def combinations(plan: Plan) -> Combinations:
    """The variants of a plan; the same plan always gives the same."""
    factors = tuple(plan.factors.values())
    if isinstance(plan.design, Design):
        draws = [Draws(plan.seed, "design", name) for name in plan.factors]
        if plan.design.saltelli is not None:
            return Sampled(factors, saltelli(plan.design.saltelli, plan.seed, len(factors)))
        return Sampled(factors, latin_hypercube(plan.design.latin_hypercube or 0, draws))
    return Grid(tuple(_spaced(factor) if isinstance(factor, Range) else tuple(factor) for factor in factors))


def size(plan: Plan) -> int:
    """How many variants a plan has, without making them."""
    if isinstance(plan.design, Design):
        points = plan.design.saltelli
        return plan.design.latin_hypercube or 0 if points is None else points * (len(plan.factors) + 2)
    return math.prod(f.steps or 0 if isinstance(f, Range) else len(f) for f in plan.factors.values())


def latin_hypercube(points: int, draws: list[Draws]) -> NDArray[np.float64]:
    """A Latin hypercube: ``(points, factors)`` in (0, 1), each of ``points`` equal shares of a factor met once.

    McKay, Beckman & Conover 1979, doi:10.2307/1268522.
    """
    everyone = np.arange(points)
    columns = []
    for draw in draws:
        share = np.argsort(draw.bits(everyone), kind="stable")
        columns.append((share + draw.uniform(everyone, occurrence=1)) / points)
    return np.stack(columns, axis=1)


def saltelli(points: int, seed: int, factors: int) -> NDArray[np.float64]:
    """Saltelli's matrices for first-order and total Sobol indices: ``(points x (factors + 2), factors)`` in (0, 1).

    Rows come in groups of ``factors + 2``: a point of A, the same with each coordinate in turn taken from B, and the
    point of B. A and B are halves of one Sobol sequence with a random digital shift.
    Saltelli et al. 2010, doi:10.1016/j.cpc.2009.09.018.
    """
    sequence = qmc.Sobol(2 * factors, scramble=False, bits=_SOBOL_BITS).random(points)
    whole = np.round(sequence * 2**_SOBOL_BITS).astype(np.uint64)
    shift = Draws(seed, "design", "saltelli").bits(clinic=np.arange(2 * factors)) >> np.uint64(64 - _SOBOL_BITS)
    shifted = ((whole ^ shift).astype(np.float64) + 0.5) / 2**_SOBOL_BITS
    a, b = shifted[:, :factors], shifted[:, factors:]
    group = np.repeat(a[:, None, :], factors + 2, axis=1)
    for factor in range(factors):
        group[:, factor + 1, factor] = b[:, factor]
    group[:, -1, :] = b
    return group.reshape(-1, factors)


def column(factor_values: Sequence[Any] | NDArray[Any]) -> NDArray[Any]:
    """The values of a factor as a column: numbers where there are only numbers, else text."""
    if isinstance(factor_values, np.ndarray) and factor_values.dtype.kind == "f":
        return factor_values
    if all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in factor_values):
        return np.array(factor_values, dtype=np.float64)
    return np.array([_written(value) for value in factor_values], dtype=object)


def _written(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    return "yes" if value is True else "no" if value is False else str(value)


def _spaced(factor: Range) -> tuple[float, ...]:
    low, high = factor.bounds
    steps = factor.steps or 2
    return tuple(float(f"{low + (high - low) * i / (steps - 1):.12g}") for i in range(steps))


def _at(factor: Factor, u: NDArray[np.float64]) -> list[Any]:
    """The factor's values at these probabilities."""
    if isinstance(factor, Range):
        values: list[Any] = inverse_cdf(factor, u).tolist()
        return values
    return [factor[min(int(one * len(factor)), len(factor) - 1)] for one in u]
