"""The national network of regions, and the system steward who holds it together."""

from __future__ import annotations

import mesa
import numpy as np

from sim.actor_settings import NationalNetwork as Settings
from sim.actors import Actor
from sim.kernels.constants import MONTHS
from sim.randomness import Draws, identity
from sim.scenario import Scenario
from sim.world import Floats, World


class NationalNetwork(Actor):
    """Regions meet: each meeting gives those that take part ties to the others, which fade; more join in time.

    A member region has n ties a clinic, dn/dt = meetings x ties_per_meeting - ln 2 / half-life n. They carry use in
    the other members as named ties do: k_q q w_T n / k x mean use there. Regions join at a + b x share of members.
    """

    name = "national_network"
    after = ("leadership",)
    reads = frozenset({"stage", "nominal", "coordination"})
    writes = frozenset({"influences", "amounts"})

    @classmethod
    def wanted(cls, scenario: Scenario) -> bool:
        """Where a scenario has one."""
        return scenario.actors.national_network is not None

    def __init__(self, model: mesa.Model, world: World) -> None:
        """Those that take part from the start.

        Args:
            model: the Mesa model that the agent lives in.
            world: the block of replicates.
        """
        super().__init__(model)
        self.settings = world.scenario.actors.national_network or Settings()
        regions = world.population.regions
        first = {world.population.region_index(name) for name in self.settings.members}
        shape = (world.shape[0], len(regions))
        self.members = np.broadcast_to([number in first for number in range(len(regions))], shape).copy()
        """Which regions take part: ``(replicates, regions)``."""
        self.ties = np.zeros(shape, np.float32)
        """Ties of each clinic of a region to the other members: ``(replicates, regions)``."""
        number = np.array([identity("region", name) for name in regions], np.uint64)
        draws = Draws(world.scenario.seed, "joins the national network")
        self._left = draws.exponential(world.replicates[:, None], number)

    def decide(self, world: World) -> None:
        """Regions join, meet and forget; what they hear acts on their clinics."""
        p = world.parameters
        if self.settings.steward:
            rate = p.network_join_base + p.network_join_peer * self.members.mean(axis=1, keepdims=True)
            self._left = self._left - rate * world.coordination * MONTHS
            self.members |= self._left <= 0
        meetings = np.float32(self.settings.meetings_per_year) * world.coordination * MONTHS
        fading = np.exp(-np.log(np.float32(2)) / p.tie_half_life * MONTHS)
        self.ties = self.ties * fading + meetings * p.ties_per_meeting * self.members
        self._pay(world, meetings)
        for spread in world.present:
            use = world.region_sums(spread.in_use & ~spread.nominal)
            heard = use_of_others(use, self.members, np.diff(world.population.region_start))
            weight = p.pipeline_peer * p.peer_influence * p.layer_ties * self.ties / p.named_ties
            spread.influences["national_network"] = world.by_region((weight * heard).astype(np.float32))

    def _pay(self, world: World, meetings: Floats) -> None:
        p = world.parameters
        month = np.broadcast_to(meetings * p.national_meeting_price, (world.shape[0], 1))[:, 0].astype(np.float64)
        steward = p.steward_price if self.settings.steward else np.zeros((1, 1))
        world.spend("cost_levers_sek", month + np.broadcast_to(steward / 12, (world.shape[0], 1))[:, 0])


def use_of_others(use: np.ndarray, members: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Mean share in use over the other members of a network, 0 for one alone: ``(replicates, regions)``.

    Args:
        use: clinics in use, ``(replicates, regions)``.
        members: which regions take part.
        sizes: clinics of each region.
    """
    share = np.where(members, use / sizes, 0)
    others = np.sum(members, axis=1, keepdims=True) - members
    return np.where(members, (share.sum(axis=1, keepdims=True) - share) / np.maximum(others, 1), 0)
