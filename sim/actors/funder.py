"""The funder: staged money that buys levers, and that ends."""

from __future__ import annotations

import mesa
import numpy as np

from sim.actor_settings import Funder as Settings
from sim.actors import Actor
from sim.scenario import Scenario
from sim.strategies import PURCHASABLE, yearly_bills
from sim.world import Amounts, Floats, Stage, World, as_rows


class Funder(Actor):
    """Pays for the levers stage by stage; where the money does not suffice all shrink alike, and at the end it stops.

    Each month a twelfth of the stage's money comes in; what is left when the stage ends goes back. The month's bill
    is the price of the levers that leadership wants, with bought time for the clinics that are under way when the
    month begins; what those that begin within the month cost is not reckoned with.
    """

    name = "funder"
    after = ("leadership",)
    reads = frozenset({"stage", "transition_plan", *PURCHASABLE})
    writes = frozenset({"funding_ended", *PURCHASABLE})

    @classmethod
    def wanted(cls, scenario: Scenario) -> bool:
        """Where a scenario has one."""
        return scenario.actors.funder is not None

    def __init__(self, model: mesa.Model, world: World) -> None:
        """Before the first month.

        Args:
            model: the Mesa model that the agent lives in.
            world: the block of replicates.
        """
        super().__init__(model)
        settings = world.scenario.actors.funder
        if settings is None:
            raise TypeError("a funder needs its settings")
        self.settings: Settings = settings
        self._ends = np.cumsum([grant.months for grant in settings.stages])
        self._purse = np.zeros((world.shape[0], 1))
        """Money at hand [SEK]."""
        self._open = np.zeros((world.shape[0], 1), bool)
        """The stage has been reached, where it asks for reach."""

    def decide(self, world: World) -> None:
        """Pay for as much of the levers as the money allows."""
        stage = int(np.searchsorted(self._ends, world.month, side="right"))
        if stage == len(self._ends):
            world.funding_ended = np.ones((1, 1), bool)
            share = self._after_the_end(world)
        else:
            self._pay_in(world, stage)
            share = self._pay_out(world)
        if (share < 1).any():
            world.levers.buy_in_part(share)

    def _after_the_end(self, world: World) -> Floats:
        """What ordinary operation keeps, where somebody has planned for it."""
        planned = np.maximum(world.levers.transition_plan, np.float32(self.settings.transition_plan))
        return planned * world.parameters.kept_after_funding

    def _pay_in(self, world: World, stage: int) -> None:
        """A month's money; a new stage begins with nothing left, and waits for the reach that it asks for."""
        grant = self.settings.stages[stage]
        if world.month in {0, *self._ends.tolist()}:
            self._purse[:] = 0
            self._open[:] = grant.from_reach is None
        if grant.from_reach is not None:
            self._open |= (reach(world) >= grant.from_reach)[:, None]
        self._purse += np.where(self._open, grant.sek_per_year / 12, 0)

    def _pay_out(self, world: World) -> Floats:
        """Share of what the month's levers cost that the purse holds: ``(replicates, 1)``."""
        bill = np.broadcast_to(monthly_bill(world), self._purse.shape)
        share = np.minimum(self._purse / np.maximum(bill, 1e-9), 1)
        self._purse -= share * bill
        return share.astype(np.float32)


def reach(world: World) -> Amounts:
    """Share of clinics in use, over the innovations that have arrived: ``(replicates,)``."""
    users = [spread.count[:, Stage.USING] + spread.count[:, Stage.SUSTAINED] for spread in world.present]
    share: Amounts = np.mean(users, axis=0) / world.shape[1] if users else np.zeros(world.shape[0])
    return share


def monthly_bill(world: World) -> Amounts:
    """What the levers that money buys would cost this month [SEK]: ``(1 or replicates, 1)``."""
    p, levers = world.parameters, world.levers
    bills = yearly_bills(levers, p, world.shape[1], len(world.population.regions))
    needed = {name for s in world.present for name, hours in s.innovation.obstacles.items() if hours > 0}
    hours = sum((getattr(p, f"support_{name}") for name in sorted(needed)), np.zeros((1, 1)))
    priority = 12 * world.shape[1] * hours * levers.support_priority * p.support_wage
    yearly = sum((bills[name] for name in PURCHASABLE if name in bills), priority)
    monthly: Amounts = yearly / 12 + bought_time(world)
    return monthly


def bought_time(world: World) -> Amounts:
    """What protected time costs in the clinics that are under way [SEK/month]: ``(replicates, 1)``."""
    if not world.levers.protected_time.any():
        return np.zeros((1, 1))
    under_way = np.zeros(world.shape, bool)
    for spread in world.present:
        under_way |= spread.is_between(Stage.TESTING, Stage.USING)
    hours = (under_way * as_rows(world.attributes.hours)).sum(axis=1, keepdims=True, dtype=np.float64)
    return world.levers.protected_time * hours * world.parameters.wage
