"""The scenario's events: when they happen in each possible world, and what they do."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from sim.event_settings import Event, Pandemic, Reorganisation
from sim.kernels.constants import MONTHS
from sim.month import Mechanism, Phase
from sim.randomness import Draws
from sim.world import Bools, Stage, World, as_rows


class Events(Mechanism):
    """The scenario's events happen, by month, by date, by reach or at random, and last as long as they say."""

    name = "events"
    phase = Phase.OUTER
    reads = frozenset(
        {
            "stage",
            "transition_plan",
            "champion",
            "slack",
            "happened",
            "bought_share",
            "funding_ended",
            "mandates_lifted_month",
            "reimbursed",
        }
    )
    writes = frozenset(
        {
            "happened",
            "shock",
            "slack",
            "strained",
            "salience",
            "coordination",
            "reimbursed",
            "bought_share",
            "funding_ended",
            "mandates_lifted_month",
            "champion",
            "champion_lost",
        }
    )

    def prepare(self, world: World) -> None:
        """When each of them will be, as far as that is known."""
        kinds: Counter[str] = Counter()
        self._moments = []
        for event in world.scenario.events:
            self._moments.append(_Moment(world, event, kinds[event.kind]))
            kinds[event.kind] += 1

    def __call__(self, world: World) -> None:
        """Those of this month begin, those that last go on."""
        world.shock = np.ones((1, 1), np.float32)
        world.salience = np.zeros((1, 1), np.float32)
        world.coordination = np.ones((1, 1), np.float32)
        world.strained = np.zeros((1, 1), bool)
        for moment in self._moments:
            event, now = moment.event, moment.now(world)
            if now.any():
                world.happened = world.happened | {event.kind: world.happened.get(event.kind, _NEVER) | now}
                self._once(world, event, now, moment.occurrence)
            self._while_it_lasts(world, event, moment)

    def _while_it_lasts(self, world: World, event: Event, moment: _Moment) -> None:
        for lasting in (event.pandemic, event.reorganisation):
            if lasting is not None:
                self._less_time(world, lasting, moment.lasts(world, lasting.months))
        if event.tailwind is not None:
            blows = moment.lasts(world, event.tailwind.months)
            world.salience = world.salience + np.where(blows, np.float32(event.tailwind.salience), np.float32(0))
        if event.coordinator_leaves is not None:
            vacant = moment.lasts(world, event.coordinator_leaves.months)
            p, planned = world.parameters, world.levers.transition_plan
            kept = p.coordination_kept + (p.coordination_documented - p.coordination_kept) * planned
            world.coordination = np.minimum(world.coordination, np.where(vacant, kept, np.float32(1)))

    def _less_time(self, world: World, lasting: Pandemic | Reorganisation, there: Bools) -> None:
        """Slack falls to the share that is left and recovers afterwards (mechanism ``slack``)."""
        if not there.any():
            return
        left = np.float32(lasting.capacity)
        if isinstance(lasting, Reorganisation):
            there = there & in_region(world, lasting.region)
        else:
            world.shock = np.minimum(world.shock, np.where(there, left, np.float32(1)))
        usual = as_rows(world.setting.attributes.slack)
        world.slack = np.where(there, np.minimum(world.slack, usual * left), world.slack)
        world.strained = world.strained | there

    def _once(self, world: World, event: Event, now: Bools, occurrence: NDArray[np.int64]) -> None:
        """What changes for good in the worlds in which it happens now."""
        if event.funding_ends is not None:
            planned = np.maximum(np.float32(event.funding_ends.transition_plan), world.levers.transition_plan)
            world.bought_share = np.where(now, planned * world.parameters.kept_after_funding, world.bought_share)
            world.funding_ended = world.funding_ended | now
        if event.mandate_lifts is not None:
            world.mandates_lifted_month = np.where(now, world.month, world.mandates_lifted_month)
        if event.reimbursement_changes is not None:
            share = np.float32(event.reimbursement_changes.reimbursed)
            world.reimbursed = np.where(now, share, world.reimbursed)
        if event.champions_leave is not None:
            self._leave(world, event.champions_leave.share, event.champions_leave.region, now, occurrence)
        if event.reorganisation is not None:
            self._leave(world, event.reorganisation.champions_leave, event.reorganisation.region, now, occurrence)

    def _leave(self, world: World, share: float, region: str | None, now: Bools, occurrence: NDArray[np.int64]) -> None:
        for spread in world.spreads:
            chance = spread.draws("champions leave").uniform(*world.addresses, occurrence)
            gone = spread.champion & (chance < share) & now & in_region(world, region)
            spread.champion &= ~gone
            spread.champion_lost |= gone


_NEVER = np.zeros((1, 1), bool)


def in_region(world: World, region: str | None) -> Bools:
    """Clinics of a region, or all: ``(1, clinics)`` or ``(1, 1)``."""
    if region is None:
        return np.ones((1, 1), bool)
    there: Bools = (world.population.region == world.population.region_index(region))[None, :]
    return there


class _Moment:
    """When an event happens in each world."""

    def __init__(self, world: World, event: Event, ordinal: int) -> None:
        """Nowhere yet.

        Args:
            world: the block of replicates.
            event: what happens.
            ordinal: how many of the same kind stand before it.
        """
        self.event = event
        self._month = event.month_after(world.scenario.start)
        rows = 1 if self._month is not None else world.shape[0]
        self._latest = np.full((rows, 1), -(10**6), np.int64)
        """Month in which it last happened."""
        self.occurrence = np.full((rows, 1), 10_000 * (ordinal + 1) - 1, np.int64)
        """Number of the latest occurrence, for its draws; no two events of a kind share one."""
        self._draws = Draws(world.scenario.seed, "event", event.kind, ordinal)
        self._left = self._wait(world) if event.rate is not None else np.zeros((1, 1), np.float32)

    def _wait(self, world: World) -> NDArray[np.float32]:
        return self._draws.exponential(world.replicates[:, None], 0, self.occurrence)

    def now(self, world: World) -> Bools:
        """Where it happens this month: ``(1 or replicates, 1)``."""
        event = self.event
        if self._month is not None:
            begins = np.full((1, 1), world.month == self._month)
        elif event.reach is not None:
            users = [s.count[:, Stage.USING] + s.count[:, Stage.SUSTAINED] for s in world.present]
            reach = np.mean(users, axis=0) / world.shape[1] if users else np.zeros(world.shape[0])
            begins = (reach >= event.reach)[:, None] & (self._latest < 0)
        else:
            self._left = self._left - np.float32(event.rate or 0) * MONTHS
            begins = self._left <= 0
        self._latest = np.where(begins, world.month, self._latest)
        self.occurrence = self.occurrence + begins
        if event.rate is not None and begins.any():
            self._left = np.where(begins, self._wait(world), self._left)
        return begins

    def lasts(self, world: World, months: int) -> Bools:
        """Where it has begun less than so many months ago: ``(1 or replicates, 1)``."""
        return world.month - self._latest < months
