"""Phase OUTER: what comes from outside the clinics: events, season, recovery of slack, turnover of champions."""

from __future__ import annotations

import numpy as np

from sim.kernels.constants import MONTHS
from sim.month import Mechanism, Phase
from sim.scenario import ChampionsLeave, Pandemic, Tailwind
from sim.world import Cells, Floats, Spread, World


class Events(Mechanism):
    """The scenario's events happen: pandemic, end of funding, champions that leave, tailwind, lifted mandates."""

    name = "events"
    phase = Phase.OUTER
    reads = frozenset({"transition_plan", "champion", "slack"})
    writes = frozenset(
        {
            "shock",
            "slack",
            "salience",
            "bought_share",
            "funding_ended",
            "mandates_lifted_month",
            "champion",
            "champion_lost",
        }
    )

    def __call__(self, world: World) -> None:
        """Those of this month begin, those that last go on."""
        world.shock = np.float32(1)
        world.salience = np.float32(0)
        for event in world.scenario.events:
            age = world.month - event.month
            if event.pandemic and 0 <= age < event.pandemic.months:
                self._pandemic(world, event.pandemic)
            if event.tailwind and 0 <= age < event.tailwind.months:
                self._tailwind(world, event.tailwind)
            if age == 0 and event.funding_ends:
                world.funding_ended = True
                kept = np.maximum(np.float32(event.funding_ends.transition_plan), world.levers.transition_plan)
                world.bought_share = kept * world.parameters.kept_after_funding
            if age == 0 and event.mandate_lifts:
                world.mandates_lifted_month = world.month
            if age == 0 and event.champions_leave:
                self._champions_leave(world, event.champions_leave)

    def _pandemic(self, world: World, pandemic: Pandemic) -> None:
        """Slack falls to the share that is left and recovers afterwards (mechanism ``slack``)."""
        left = np.float32(pandemic.capacity)
        world.shock = np.minimum(world.shock, left)
        usual = np.broadcast_to(world.setting.attributes.slack, world.shape)
        world.slack = np.minimum(np.broadcast_to(world.slack, world.shape), usual * left)

    def _tailwind(self, world: World, tailwind: Tailwind) -> None:
        world.salience = world.salience + np.float32(tailwind.salience)

    def _champions_leave(self, world: World, leave: ChampionsLeave) -> None:
        for spread in world.spreads:
            chance = spread.draws(f"champions leave {world.month}").uniform(*world.addresses)
            gone = spread.champion & (chance < leave.share)
            if leave.region is not None:
                gone &= world.population.region == world.population.region_index(leave.region)
            spread.champion &= ~gone
            spread.champion_lost |= gone


class Season(Mechanism):
    """Little happens in July, less than usual in June, August and December; the year's mean is 1."""

    name = "season"
    phase = Phase.OUTER
    writes = frozenset({"season"})

    def prepare(self, world: World) -> None:
        """The twelve months' activity."""
        self._activity = monthly_activity(world.parameters.july_activity, world.parameters.holiday_activity)

    def __call__(self, world: World) -> None:
        """The calendar month's activity."""
        month = (world.scenario.start_month - 1 + world.month) % 12
        world.season = self._activity[month]


def monthly_activity(july: Floats, holiday: Floats) -> Floats:
    """Activity of the twelve calendar months with mean 1: ``(12, 1 or replicates, 1)``."""
    activity = np.ones((12, *np.broadcast_shapes(july.shape, holiday.shape)), np.float32)
    activity[6] = july
    activity[[5, 7, 11]] = holiday
    mean = (8 + july + 3 * holiday) / np.float32(12)
    return (activity / mean).astype(np.float32)


class Slack(Mechanism):
    """After a shock, slack recovers towards what the clinic usually has: ds/dt = r_s (s0 - s)."""

    name = "slack"
    phase = Phase.OUTER
    after = frozenset({"events"})
    reads = frozenset({"shock", "slack"})
    writes = frozenset({"slack"})

    def __call__(self, world: World) -> None:
        """A month's recovery; none while the shock lasts."""
        usual = world.attributes.slack
        if world.shock == 1 and world.slack.shape == world.shape:
            world.slack = world.slack + world.parameters.slack_recovery / np.float32(12) * (usual - world.slack)


class Champions(Mechanism):
    """Champions leave at a rate and others emerge; support for early adopters appoints some and keeps them longer."""

    name = "champions"
    phase = Phase.OUTER
    after = frozenset({"events"})
    reads = frozenset({"champion", "early_adopter_investment"})
    writes = frozenset({"champion", "champion_lost"})

    def prepare(self, world: World) -> None:
        """Who has a champion at the start."""
        p = world.parameters
        everyone = Cells.where(np.ones(world.shape, bool))
        for spread in world.spreads:
            spread.champion |= spread.draws("champion").uniform(*world.addresses) < p.champion_share
            spread.clock("champion turnover").wind(everyone)

    def __call__(self, world: World) -> None:
        """Who leaves and who emerges."""
        for spread in world.present:
            leaving, emerging = self._rates(world, spread)
            clock = spread.clock("champion turnover")
            changed = clock.run_at_two_rates(spread.champion, leaving * MONTHS, emerging * MONTHS)
            had_one = changed.of(spread.champion)
            changed.put(spread.champion, ~had_one)
            changed.put(spread.champion_lost, had_one)
            clock.wind(changed)

    def _rates(self, world: World, spread: Spread) -> tuple[Floats, Floats]:
        """Rates of leaving and of emerging [1/year], each ``(replicates, 1)``."""
        p, invested = world.parameters, world.levers.early_adopter_investment
        if not invested.any():
            return p.champion_turnover, p.champion_emergence
        kept = np.where(invested > 0, p.champion_turnover_invested, np.float32(1))
        wanted = np.minimum(p.champion_share + invested, 1)
        share = np.count_nonzero(spread.champion, axis=1, keepdims=True) / np.float32(world.shape[1])
        short = (invested > 0) & (share < wanted)
        return p.champion_turnover * kept, np.where(short, p.champion_emergence_invested, p.champion_emergence)
