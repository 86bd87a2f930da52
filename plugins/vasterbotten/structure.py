"""The structure around the clinics: support close to them, and a line along which what blocks them is taken up."""

from __future__ import annotations

import numpy as np

from sim.api import Cells, Mechanism, Phase, Stage, World


class Nodes(Mechanism):
    """People who know the clinics give some hours a month in every region, shared by the clinics under way there.

    What a node gives closes a part of what the clinic lacks: supply rises by (1 - supply) (1 - e^(-hours / clinics /
    scale)); people who know the ward lose none of it on the way.
    """

    name = "vasterbotten_nodes"
    phase = Phase.WORK
    after = frozenset({"work"})
    before = frozenset({"implementation"})
    reads = frozenset({"stage", "supply"})
    writes = frozenset({"supply", "amounts"})

    def __call__(self, world: World) -> None:
        """This month's hours, and their cost."""
        hours = world.parameter("node_hours")
        regions = len(world.regions)
        for spread in world.present:
            under_way = spread.is_between(Stage.TESTING, Stage.USING)
            clinics = world.by_region(world.region_sums(under_way))
            each = hours / np.maximum(clinics, 1)
            closed = (1 - np.exp(-each / world.parameter("node_scale"))) * under_way
            spread.supply = np.clip(spread.supply + (1 - spread.supply) * closed, 0, 1).astype(np.float32)
        cost = hours * world.parameter("support_wage") * regions
        world.spend("cost_levers_sek", np.broadcast_to(cost, (world.shape[0], 1))[:, 0].astype(np.float64))


class Escalation(Mechanism):
    """A clinic that has been blocked for some months takes it up the line; sooner or later somebody decides.

    Decisions come by an exponential clock, so that the same clinic is helped in the same month under every strategy.
    """

    name = "vasterbotten_escalation"
    phase = Phase.WORK
    after = frozenset({"obstacles"})
    before = frozenset({"work", "implementation"})
    reads = frozenset({"stage"})
    writes = frozenset({"stage", "amounts"})

    def prepare(self, world: World) -> None:
        """Every clinic's clock stands ready."""
        everyone = Cells.where(np.ones(world.shape, bool))
        for spread in world.spreads:
            spread.clock("decision").wind(everyone)

    def __call__(self, world: World) -> None:
        """Who is helped past what blocked it this month."""
        for spread in world.present:
            blocked = spread.at(Stage.BLOCKED)
            waited = spread.months_here(blocked) >= blocked.of(world.parameter("escalation_after"))
            taken_up = blocked.only(waited)
            if not len(taken_up):
                continue
            clock = spread.clock("decision")
            rate = np.broadcast_to(taken_up.of(world.parameter("escalation_rate")), len(taken_up))
            decided = clock.run(taken_up, (rate / 12).astype(np.float32))
            clock.wind(decided)
            hours = world.parameter("escalation_hours") * world.parameter("wage")
            price = np.broadcast_to(hours, (world.shape[0], 1))[:, 0].astype(np.float64)
            spread.add("cost_levers_sek", price * decided.count(world.shape[0]))
            spread.advance(decided, Stage.BLOCKED)
