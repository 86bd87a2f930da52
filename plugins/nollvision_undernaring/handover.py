"""The end of the project: somebody takes it over, or it goes back to what was before."""

from __future__ import annotations

import numpy as np

from plugins.nollvision_undernaring.settings import UndernaringSettings
from sim.api import Bools, Cells, Mechanism, Phase, Spread, Stage, State, World


class Handover(Mechanism):
    """When the project ends somebody takes it over or nobody does; without a taker it goes back, however good it was.

    Taken over with probability handover + depth (D - 1/2) + resonance x share of the region in use, once in each unit.
    Without a taker it reverts at a steady rate; a taker that leaves makes it nobody's again, seldom with a plan.
    """

    name = "nollvision_undernaring_handover"
    phase = Phase.SETTLE
    after = frozenset({"abandonment", "own_results", "internalisation", "sustain", "share_of_use"})
    reads = frozenset({"stage", "nominal", "depth"})
    writes = frozenset(
        {
            *("stage", "depth", "nominal", "deep_months", "facilitated", "reports_anyway", "amounts"),
            *("nollvision_undernaring_months", "nollvision_undernaring_taken", "nollvision_undernaring_reverted"),
        }
    )
    adds = {
        "nollvision_undernaring_months": State("months that the project has been in use", low=0),
        "nollvision_undernaring_taken": State("somebody has taken it over", first=False, dtype=bool),
        "nollvision_undernaring_reverted": State("has gone back since nobody took over", first=False, dtype=bool),
    }
    settings: UndernaringSettings

    def __call__(self, world: World) -> None:
        """A month of projects, handovers and reversions."""
        for spread in world.present:
            self._count(world, spread)
            users = spread.between(Stage.USING, Stage.SUSTAINED)
            ends = np.round(world.parameter("project_months"))
            months = users.of(spread.nollvision_undernaring_months)
            taken = users.of(spread.nollvision_undernaring_taken)
            at_the_end = months == users.of(ends)
            ending = users.only(at_the_end)
            finds = self._finds_taker(world, spread, ending)
            ending.only(finds).put(spread.nollvision_undernaring_taken, True)
            self._pay(world, spread, ending, users.only(taken))
            self._lose_takers(world, spread, users.only(taken & ~at_the_end))
            over = users.only(months >= users.of(ends))
            self._revert(world, spread, over.only(~over.of(spread.nollvision_undernaring_taken)))

    def _count(self, world: World, spread: Spread) -> None:
        """Months in use; what has been given up begins anew."""
        months = np.where(spread.in_use, spread.nollvision_undernaring_months + 1, 0).astype(np.float32)
        spread.nollvision_undernaring_months = months
        spread.nollvision_undernaring_taken = spread.nollvision_undernaring_taken & spread.in_use

    def _finds_taker(self, world: World, spread: Spread, ending: Cells) -> Bools:
        """Which of the projects that end this month are taken over: ``(cells,)``."""
        sizes = world.region_sums(np.ones(world.shape, bool))
        share = world.by_region(world.region_sums(spread.in_use & ~spread.nominal) / sizes)
        chance = (
            ending.of(world.parameter(f"takers_{self.settings.handover}"))
            + ending.of(world.parameter("takers_depth")) * (ending.of(spread.depth) - 0.5)
            + ending.of(world.parameter("takers_resonance")) * ending.of(share)
        )
        replicates, clinics = world.addresses
        draws = spread.draws("taken over")
        lot = draws.uniform(replicates[ending.row, 0], clinics[ending.column], 0)
        found: Bools = lot < chance
        return found

    def _lose_takers(self, world: World, spread: Spread, taken: Cells) -> None:
        """Persons who have taken it over leave; a plan or a budget outlives most of them."""
        left = world.parameter("takers_leave")
        if self.settings.handover != "none":
            left = left * (1 - world.parameter("agreement_keeps"))
        clock = spread.clock("taker leaves")
        clock.wind_standing(taken)
        gone = clock.run(taken, np.broadcast_to(taken.of(left) / 12, len(taken)).astype(np.float32))
        clock.stop(gone)
        gone.put(spread.nollvision_undernaring_taken, False)

    def _revert(self, world: World, spread: Spread, nobodys: Cells) -> None:
        """Some go back this month to the way of before."""
        clock = spread.clock("reverts")
        clock.wind_standing(nobodys)
        rate = np.broadcast_to(nobodys.of(world.parameter("reversion")) / 12, len(nobodys))
        back = clock.run(nobodys, rate.astype(np.float32))
        clock.stop(back)
        back.put(spread.nollvision_undernaring_reverted, True)
        back.put(spread.nollvision_undernaring_months, 0)
        spread.give_up(back)

    def _pay(self, world: World, spread: Spread, ending: Cells, taken: Cells) -> None:
        """An agreement costs hours once, an owner or a shared budget some every month."""
        if self.settings.handover == "none":
            return
        rows, wage = world.shape[0], world.parameter("wage")
        once = world.parameter("agreement_hours") * wage
        monthly = world.parameter("owner_hours") * wage * (self.settings.handover != "plan")
        cost = once[:, 0] * ending.count(rows) + monthly[:, 0] * taken.count(rows)
        spread.add("cost_levers_sek", np.broadcast_to(cost, (rows,)).astype(np.float64))
