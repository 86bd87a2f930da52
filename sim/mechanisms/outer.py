"""Phase OUTER: what comes from outside the clinics beside events: season, recovery of slack, turnover of champions."""

from __future__ import annotations

import numpy as np

from sim.kernels.constants import MONTHS
from sim.month import Mechanism, Phase
from sim.world import Cells, Floats, Spread, World, as_rows, counted


class Season(Mechanism):
    """Little happens in July, less than usual in June, August and December; the year's mean is 1."""

    name = "season"
    phase = Phase.OUTER
    writes = frozenset({"season"})

    def prepare(self, world: World) -> None:
        """The twelve months' activity."""
        self._activity = monthly_activity(world.parameters.july_activity, world.parameters.holiday_activity)
        self._first = world.scenario.start_month - 1

    def __call__(self, world: World) -> None:
        """The calendar month's activity."""
        world.season = self._activity[(self._first + world.month) % 12]


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
    reads = frozenset({"strained", "slack"})
    writes = frozenset({"slack"})

    def __call__(self, world: World) -> None:
        """A month's recovery; none while the strain lasts."""
        usual: Floats = as_rows(world.attributes.slack)
        if not np.may_share_memory(world.slack, usual):  # it is another since a shock
            monthly = np.where(world.strained, np.float32(0), world.parameters.slack_recovery / np.float32(12))
            world.slack = world.slack + monthly * (usual - world.slack)


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
            spread.champion |= spread.lot("champion").everywhere() < p.champion_share
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
        share = counted(spread.champion)[:, None] / np.float32(world.shape[1])
        short = (invested > 0) & (share < wanted)
        return p.champion_turnover * kept, np.where(short, p.champion_emergence_invested, p.champion_emergence)
