"""What the choice of ties rests on, and what every way of choosing them needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from sim.network.ties import Whole
from sim.population import Attributes, Population
from sim.randomness import Draws


@dataclass(frozen=True, eq=False)
class Choice:
    """What the choice of ties rests on."""

    population: Population
    pull: NDArray[np.float64]
    """How much each clinic draws others, `(clinics,)`."""
    leader: NDArray[np.bool_]
    named: float
    share_within: float
    clustering: float
    national_share: float
    introduced_share: float
    seed: int

    @classmethod
    def of(
        cls,
        population: Population,
        attributes: Attributes,
        parameters: Mapping[str, float],
        named: float,
        seed: int,
    ) -> Self:
        """The choice that the parameters by name make."""
        return cls(
            population=population,
            pull=np.exp(parameters["prestige_pull"] * attributes.prestige.astype(np.float64)),
            leader=attributes.leader,
            named=named,
            share_within=parameters["ties_within_region"] if len(population.regions) > 1 else 1.0,
            clustering=parameters["clustering"],
            national_share=parameters["national_share"],
            introduced_share=parameters["introduced_share"],
            seed=seed,
        )

    def draws(self, purpose: str) -> Draws:
        """The stream of draws for one purpose."""
        return Draws(self.seed, "network", purpose)

    def region_of(self, clinic: Whole) -> tuple[Whole, Whole]:
        """First and last + 1 of the clinics in the region of each of these."""
        region = self.population.region[clinic]
        return self.population.region_start[region], self.population.region_start[region + 1]


def possible(listener: Whole, adviser: Whole, ties: Whole, target: Whole, size: int) -> NDArray[np.bool_]:
    """Which of these ties may lead to their targets instead: not to the clinic itself, nor twice to the same.

    Args:
        listener: who listens, `(all ties,)`.
        adviser: to whom now, `(all ties,)`.
        ties: places of the ties that would move, `(moving,)`.
        target: where each would lead, `(moving,)`.
        size: number of clinics.
    """
    key = listener[ties] * size + target
    new = ~_among(key, np.sort(listener * size + adviser))
    new &= first_of_each(key) & (target != listener[ties])
    return new


def _among(sought: Whole, rising: Whole) -> NDArray[np.bool_]:
    """Whether each is one of the rising values; a search, where numpy's isin would hash them all."""
    found: NDArray[np.bool_] = np.searchsorted(rising, sought, "left") < np.searchsorted(rising, sought, "right")
    return found


def first_of_each(key: Whole) -> NDArray[np.bool_]:
    """Whether no earlier element is the same."""
    first = np.zeros(len(key), dtype=np.bool_)
    first[np.unique(key, return_index=True)[1]] = True
    return first


def running_sum(pull: NDArray[np.float64]) -> Whole:
    """Running sum of pulls as whole numbers, exact however long, `(clinics + 1,)`."""
    whole = np.maximum(1, np.rint(pull * 2**20)).astype(np.int64)
    return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(whole)))


def place_of(cumulated: Whole, mark: Whole) -> Whole:
    """Place whose stretch of the running sum holds each mark."""
    return np.searchsorted(cumulated, mark, side="right") - 1
