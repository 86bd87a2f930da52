"""What the regions share: a research school that builds capability over years, and production that opens at a date."""

from __future__ import annotations

import numpy as np

from plugins.atmp2030.settings import AtmpSettings
from sim.api import Capability, Floats, Mechanism, Phase, Stage, State, World

TAUGHT = (Capability.TECHNICAL_REGULATORY, Capability.SYSTEM_KNOWLEDGE)
"""What the school's doctors and nurses bring with them."""


class ResearchSchool(Mechanism):
    """Each year a cohort begins, and years later its graduates raise what clinics know: c' = c + teach n (1 - c).

    n are the graduates for each region. The money lasts five years; a cohort that has begun is always finished
    (B:2820-2829, B:2841-2847).
    """

    name = "atmp2030_research_school"
    phase = Phase.PERCEIVE
    after = frozenset({"training", "informationsdriven_handbook"})
    before = frozenset({"readiness"})
    reads = frozenset({"capability"})
    writes = frozenset({"capability", "amounts", "atmp2030_graduates"})
    adds = {"atmp2030_graduates": State("graduates so far", per_innovation=False, low=0)}
    settings: AtmpSettings

    def __call__(self, world: World) -> None:
        """Students begin, and graduates go home."""
        opens = self.settings.research_school_month
        if opens is None or world.month < opens:
            return
        age = world.month - opens
        paid = 12 * np.round(world.parameter("school_years"))
        upkeep = np.float32(self.settings.school_afterwards == "upkeep")
        yearly = np.where(
            age < paid,
            world.parameter("school_sek") / world.parameter("school_years"),
            world.parameter("upkeep_sek") * upkeep,
        )
        world.spend("cost_levers_sek", np.broadcast_to(yearly / 12, (world.shape[0], 1))[:, 0].astype(np.float64))
        begun = age - 12 * np.round(world.parameter("study_years"))
        graduates = (begun >= 0) & (begun % 12 == 0) & ((begun < paid) | (upkeep > 0))
        number = world.parameter("students") * graduates
        if not graduates.any():
            return
        world.atmp2030_graduates = (world.atmp2030_graduates + number).astype(np.float32)
        gain = 1 - np.exp(-world.parameter("graduate_teaches") * number / len(world.regions))
        capability = world.capability
        for taught in TAUGHT:
            k = list(Capability).index(taught)
            capability[k] += (gain * (1 - capability[k])).astype(np.float32)


class Infrastructure(Mechanism):
    """Without production at home clinics lack a part of what they need; shared production opens later than planned.

    supply' = supply (1 - lack (1 - service)), service = running min(1, places / demand). From the month in which it is
    independent it runs as far as its users pay for it.
    """

    name = "atmp2030_infrastructure"
    phase = Phase.WORK
    after = frozenset({"work", "vasterbotten_nodes", "informationsdriven_capacity"})
    before = frozenset({"implementation"})
    reads = frozenset({"stage", "supply"})
    writes = frozenset({"supply", "amounts", "atmp2030_service"})
    adds = {"atmp2030_service": State("share of the production that can be had at home", low=0, high=1)}
    settings: AtmpSettings

    def __call__(self, world: World) -> None:
        """A month of production, at home or abroad."""
        open_now = self._open(world)
        for spread in world.present:
            demand = spread.is_between(Stage.IMPLEMENTING, Stage.SUSTAINED)
            number = demand.sum(axis=1, keepdims=True)
            running = open_now * self._paid(world, number)
            service = running * np.minimum(world.parameter("places") / np.maximum(number, 1), 1)
            spread.atmp2030_service = np.broadcast_to(service, world.shape).astype(np.float32)
            kept = 1 - world.parameter("production_lacks") * (1 - service) * demand
            spread.supply = np.clip(spread.supply * kept, 0, 1).astype(np.float32)
            cost = world.parameter("infrastructure_sek") * running / 12
            spread.add("cost_levers_sek", np.broadcast_to(cost, (world.shape[0], 1))[:, 0].astype(np.float64))

    def _open(self, world: World) -> Floats:
        """1 where it has opened: ``(1 or replicates, 1)``."""
        opens = self.settings.infrastructure_month
        if opens is None:
            return np.zeros((1, 1), np.float32)
        return (world.month >= opens + np.round(world.parameter("opens_late"))).astype(np.float32)

    def _paid(self, world: World, users: np.ndarray) -> Floats:
        """How far somebody pays for it: 1 until it is independent, then the users' share."""
        alone = self.settings.independent_month
        if alone is None or world.month < alone:
            return np.ones((1, 1), np.float32)
        income = world.parameter("income_sek") * users
        paid: Floats = np.minimum(income / world.parameter("infrastructure_sek"), 1).astype(np.float32)
        return paid
