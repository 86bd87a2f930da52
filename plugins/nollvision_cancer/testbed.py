"""The test bed: an arena for tests that is built up, and whose funding ends."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plugins.nollvision_cancer.settings import CancerSettings
from sim.api import Bools, Floats, Mechanism, Phase, Spread, Stage, State, World


class TestBed(Mechanism):
    """It runs as far as it is paid for, and its competence grows or fades with that: service = competence x running.

    dc/dt = build (1 - c) at full running, -fade (1 - running) c below it. With a fee each region pays what its use is
    worth to it, or leaves: the fee is the cost over the members, so that each that leaves makes it dearer for the rest.
    """

    name = "nollvision_cancer_test_bed"
    phase = Phase.OUTER
    after = frozenset({"events"})
    reads = frozenset({"stage", "coordination"})
    writes = frozenset(
        {
            *("influences", "amounts", "nollvision_cancer_service", "nollvision_cancer_member"),
            "nollvision_cancer_before",
        }
    )
    adds = {
        "nollvision_cancer_service": State("service of the test bed", per_innovation=False, low=0, high=1),
        "nollvision_cancer_member": State("its region is a member", per_innovation=False, low=0, high=1),
        "nollvision_cancer_before": State("service when the funding ended", per_innovation=False, low=0, high=1),
    }
    settings: CancerSettings

    def prepare(self, world: World) -> None:
        """A test bed that has just begun, with no members yet."""
        shape = (world.shape[0], len(world.regions))
        self._competence = np.broadcast_to(world.parameter("competence_first"), (shape[0], 1)).astype(np.float32)
        self._members = np.zeros(shape, bool)
        rows, clinics = world.addresses
        firsts = [clinics[np.flatnonzero(world.region(region)[0])].min() for region in world.regions]
        lot = world.draws("worth").uniform(rows, np.array(firsts, np.uint64))
        self._worth = 2 * world.parameter("worth_sek") * lot
        """What a year of full service is worth to each region that uses it [SEK]."""
        self._turn = world.draws("decides"), rows, np.array(firsts, np.uint64)

    def __call__(self, world: World) -> None:
        """A month of the test bed."""
        until = self.settings.testbed_until
        funded = until is None or world.month < until
        if until is not None and world.month == until:
            world.nollvision_cancer_before = np.broadcast_to(self._before(world), world.shape).astype(np.float32)
        if until is not None and funded and self.settings.afterwards == "fee":
            self._decide_on_fee(world, world.month >= until - np.round(world.parameter("asks_ahead")))
        running = np.ones((1, 1), np.float32) if funded else self._afterwards(world)
        grown = world.parameter("build") * world.coordination * running * (1 - self._competence)
        faded = world.parameter("competence_fades") * (1 - running) * self._competence
        self._competence = np.clip(self._competence + (grown - faded) / 12, 0, 1).astype(np.float32)
        service = np.broadcast_to(self._competence * running, (world.shape[0], 1)).astype(np.float32)
        self._show(world, service)
        share = world.parameter("testbed_sek") * running / 12
        world.spend("cost_levers_sek", np.broadcast_to(share, (world.shape[0], 1))[:, 0].astype(np.float64))

    def _before(self, world: World) -> Floats:
        """Service in the last month that was paid for."""
        service: Floats = world.nollvision_cancer_service[:, :1]
        return service

    def _afterwards(self, world: World) -> Floats:
        """How far it runs without the funding: ``(1 or replicates, 1)``."""
        if self.settings.afterwards == "closes":
            return np.zeros((1, 1), np.float32)
        if self.settings.afterwards == "idles":
            return np.asarray(world.parameter("idles_at"), np.float32)
        self._decide_on_fee(world, np.ones((1, 1), bool))
        paid = self._members.sum(axis=1, keepdims=True) * world.parameter("fee_most_sek")
        running: Floats = np.minimum(paid / world.parameter("testbed_sek"), 1)
        return np.maximum(running, world.parameter("idles_at"))

    def _decide_on_fee(self, world: World, asked: Bools) -> None:
        """Regions that are asked join where the service is worth the fee, and leave where it is not, in time."""
        if not asked.any():
            return
        number = self._members.sum(axis=1, keepdims=True)
        cost, most = world.parameter("testbed_sek"), world.parameter("fee_most_sek")
        worth = self._worth * self._competence * (0.5 + self._use(world) / 2)
        if self.settings.international:
            worth = worth * (1 + world.parameter("international_worth"))
        stays = worth >= np.minimum(cost / np.maximum(number, 1), most)
        comes = worth >= np.minimum(cost / (number + 1), most)
        draws, rows, firsts = self._turn
        decides = draws.uniform(rows, firsts, world.month) < -np.expm1(-world.parameter("decisions") / 12)
        joins = asked & ~self._members & comes & decides & (world.coordination > 0.5)
        leaves = self._members & ~stays & decides
        self._members = (self._members | joins) & ~leaves

    def _use(self, world: World) -> NDArray[np.float64]:
        """Share of each region's units that test or use it: ``(replicates, regions)``."""
        sizes = world.region_sums(np.ones(world.shape, bool))
        under_way = [world.region_sums(spread.is_between(Stage.TESTING, Stage.SUSTAINED)) for spread in world.spreads]
        share: NDArray[np.float64] = np.max(under_way, axis=0) / sizes
        return share

    def _show(self, world: World, service: Floats) -> None:
        """What it is to the units: an arena and a national voice (B:3073-3083)."""
        world.nollvision_cancer_service = np.broadcast_to(service, world.shape).astype(np.float32)
        world.nollvision_cancer_member = world.by_region(self._members.astype(np.float32))
        for spread in world.present:
            spread.influence("arena", (world.parameter("arena_pull") * service).astype(np.float32))


class SharedTests(Mechanism):
    """A test that is made in the test bed takes fewer hours of the unit's own, as far as the service goes."""

    name = "nollvision_cancer_shared_tests"
    phase = Phase.DECIDE
    after = frozenset({"testing", "adjusting", "antibiotikasmart_burden", "nollvision_undernaring_tries"})
    reads = frozenset({"stage", "work", "nollvision_cancer_service"})
    writes = frozenset({"work"})

    def __call__(self, world: World) -> None:
        """Tests that begin this month."""
        for spread in world.present:
            testing = spread.at(Stage.TESTING)
            fresh = testing.only(spread.months_here(testing) == 0)
            if not len(fresh):
                continue
            spared = fresh.of(world.parameter("tests_spared")) * fresh.of(world.nollvision_cancer_service)
            work = spread.work
            fresh.put(work, fresh.of(work) * (1 - spared))
            np.maximum(work, 0, out=work)


class Legitimacy(Mechanism):
    """Standing that is won abroad makes it easier to begin at home, and outlives the money: factor 1 + effect g(t)."""

    name = "nollvision_cancer_legitimacy"
    phase = Phase.PERCEIVE
    after = frozenset(
        {
            *("start_hazard", "existing_network", "contact_fear", "wrong_pocket"),
            *("vasterbotten_open_invitation", "vasterbotten_generalise", "antibiotikasmart_release"),
            "nollvision_undernaring_resonance",
        }
    )
    reads = frozenset({"start_hazard"})
    writes = frozenset({"start_hazard", "amounts"})
    settings: CancerSettings

    def prepare(self, world: World) -> None:
        """Nobody abroad has heard of it."""
        self._standing = np.zeros((1, 1), np.float32)

    def __call__(self, world: World) -> None:
        """A month of work abroad, or of being remembered."""
        funded = self.settings.testbed_until is None or world.month < self.settings.testbed_until
        won = world.parameter("standing_grows") * (1 - self._standing) * funded
        lost = world.parameter("standing_fades") * self._standing * (not funded)
        self._standing = (self._standing + (won - lost) / 12).astype(np.float32)
        factor = 1 + world.parameter("standing_effect") * self._standing
        for spread in world.present:
            spread.start_hazard = (spread.start_hazard * factor).astype(np.float32)
        cost = world.parameter("abroad_sek") / 12 * funded
        world.spend("cost_levers_sek", np.broadcast_to(cost, (world.shape[0], 1))[:, 0].astype(np.float64))


class HighRisk(Mechanism):
    """A unit that screens reaches a share of those at high risk; what it does not reach it does not find.

    dr/dt = rate (r_max - r), r_max by outreach; the effect that survives is that share, and finds that fail to come
    cost it the faith of its own staff: d(advantage)/dt = convince (r - expected).
    """

    name = "nollvision_cancer_high_risk"
    phase = Phase.SETTLE
    after = frozenset({"abandonment", "own_results", "vasterbotten_partnership"})
    reads = frozenset({"stage", "nominal"})
    writes = frozenset({"fidelity", "advantage", "amounts", "nollvision_cancer_reached", "nollvision_cancer_whole"})
    adds = {
        "nollvision_cancer_reached": State("share of those at high risk that the unit reaches", low=0, high=1),
        "nollvision_cancer_whole": State("fidelity if all at high risk were reached, 0 before use", low=0, high=1),
    }
    settings: CancerSettings

    def __call__(self, world: World) -> None:
        """A month of invitations."""
        most = world.parameter(f"reached_{self.settings.outreach}")
        for spread in world.present:
            users = spread.between(Stage.USING, Stage.SUSTAINED)
            self._forget(spread)
            if not len(users):
                continue
            reached, whole, fidelity = (
                spread.nollvision_cancer_reached,
                spread.nollvision_cancer_whole,
                spread.fidelity,
            )
            fresh = users.only(users.of(whole) <= 0)
            fresh.put(whole, fresh.of(fidelity))
            fresh.put(reached, np.minimum(fresh.of(world.parameter("reached_first")), fresh.of(most)))
            before = users.of(reached)
            rate = users.of(world.parameter("outreach_rate")) / 12
            now = before + rate * np.maximum(users.of(most) - before, 0)
            users.put(reached, now)
            users.put(fidelity, users.of(whole) * now)
            faith = users.of(world.parameter("finds_convince")) * (now - users.of(world.parameter("expected"))) / 12
            advantage = spread.advantage
            users.put(advantage, np.clip(users.of(advantage) + faith, 0, 1))
            hours = world.parameter(f"hours_{self.settings.outreach}")[:, 0] * users.count(world.shape[0])
            spread.add("clinic_hours", np.asarray(hours, np.float64))
            spread.add("cost_clinic_hours_sek", np.asarray(hours * world.parameter("wage")[:, 0], np.float64))

    def _forget(self, spread: Spread) -> None:
        """Units that no longer use it reach nobody, and begin anew."""
        whole, reached = spread.nollvision_cancer_whole, spread.nollvision_cancer_reached
        in_use = spread.in_use
        whole *= in_use
        reached *= in_use
