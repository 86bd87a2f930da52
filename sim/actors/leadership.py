"""Region leadership: carries out the strategy, phase by phase."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import mesa
import numpy as np
from numpy.typing import NDArray

from sim.actors import Actor
from sim.scenario import Mandate
from sim.strategies import COORDINATED, NUMERIC, REINVENTION, Amount, End, Levers
from sim.world import Bools, Floats, Stage, World, unchanging


class Leadership(Actor):
    """Sets the levers in force; a phase ends by month, by reach or by an event, in each replicate for itself."""

    name = "leadership"
    reads = frozenset({"stage", "bought_share", "coordination", "happened", "mandates_lifted_month"})
    writes = frozenset({"mandate", "mandate_push", "mandate_lifted", *Levers.__dataclass_fields__})

    def __init__(self, model: mesa.Model, world: World) -> None:
        """Before the first phase.

        Args:
            model: the Mesa model that the agent lives in.
            world: the block of replicates, with its schedule.
        """
        super().__init__(model)
        schedule = self.schedule = world.schedule
        rows = world.shape[0]
        self._step = np.zeros(rows, np.intp)
        """Phase in which each replicate is."""
        self._since = np.zeros(rows, np.int64)
        """Month in which that phase began."""
        self._bound_since = np.full((rows, 1), _NEVER, np.int64)
        """Month since which each replicate has been bound without a break."""
        self._was_bound: Bools = np.zeros((1, 1), bool)
        doses = [step.dose for step in schedule.steps]
        self._mandates = [dose.mandate for dose in doses]
        self._values = {name: _stacked([getattr(dose, name) for dose in doses]) for name in NUMERIC}
        self._values["reinvention"] = np.array([[REINVENTION.index(dose.reinvention)] for dose in doses], np.int8)
        watch = [[mandate.monitoring if mandate else 0] for mandate in self._mandates]
        self._values["monitoring"] = np.array(watch, np.float32)
        self._levers: dict[str, Any] = {}
        """What the phases hold that the replicates are in; read anew when one of them comes to another."""

    def decide(self, world: World) -> None:
        """Levers and mandate of this month."""
        self._follow_phases(world)
        if not self._levers:
            step = self._step[:1] if (self._step == self._step[0]).all() else self._step
            levers = {name: self._in_step(values, step) for name, values in self._values.items()}
            self._levers = {name: unchanging(values) for name, values in levers.items()}
        world.levers = Levers(**self._levers)
        if (world.bought_share < 1).any():
            world.levers.buy_in_part(world.bought_share)
        if (world.coordination < 1).any():
            for name in COORDINATED:
                world.levers.reduce(name, world.coordination)
        self._mandate(world)

    def _in_step(self, values: Floats, step: NDArray[np.intp]) -> Floats:
        """The values of a lever in the phases that the replicates are in: ``(1, 1)`` or ``(replicates, 1)``."""
        if values.shape[1] == 1:
            return values[step]
        return values[self._step, np.arange(len(self._step))][:, None]

    def _follow_phases(self, world: World) -> None:
        """Replicates whose phase has ended come to the next."""
        for number, step in enumerate(self.schedule.steps[:-1]):
            if step.until is not None:
                over = (self._step == number) & self._ended(world, step.until)
                if over.any():
                    self._step[over] = number + 1
                    self._since[over] = world.month
                    self._levers = {}

    def _ended(self, world: World, until: End) -> np.ndarray[Any, Any]:
        ended = np.zeros(world.shape[0], bool)
        if until.month is not None:
            ended |= world.month >= np.ravel(until.month)
        if until.reach is not None:
            users = [spread.count[:, Stage.USING] + spread.count[:, Stage.SUSTAINED] for spread in world.present]
            reach = np.mean(users, axis=0) / world.shape[1] if users else np.zeros(world.shape[0])
            ended |= reach >= np.ravel(until.reach)
        if until.event is not None:
            ended |= np.broadcast_to(world.happened.get(until.event, np.zeros((1, 1), bool)), (len(ended), 1))[:, 0]
        return ended

    def _mandate(self, world: World) -> None:
        """M rises over the ramp from the first month without a break, holds, and is 0 after the lift."""
        if not any(self._mandates):
            return
        bound = np.zeros((world.shape[0], 1), bool)
        push = np.ones((world.shape[0], 1), np.float32)
        here: Bools = np.zeros((1, 1), bool)
        for number, mandate in enumerate(self._mandates):
            if mandate is not None:
                there = self._in_force(world, number, mandate)
                bound |= there
                here = here | (there & self._in_scope(world, mandate))
                if mandate.deadline_month is not None and world.month >= mandate.deadline_month:
                    push = np.where(there, world.parameters.deadline_push, push)
        self._bound_since = np.where(bound, np.minimum(self._bound_since, world.month), _NEVER)
        risen = (world.month - self._bound_since + 1) / world.parameters.mandate_ramp
        force = np.where(here, np.clip(risen, 0, 1), 0).astype(np.float32)
        world.mandate, world.mandate_push = force, push
        self._was_bound = self._was_bound | here
        world.mandate_lifted = self._was_bound & ~here

    def _in_force(self, world: World, number: int, mandate: Mandate) -> Bools:
        """In which replicates the mandate of a phase is in force: ``(replicates, 1)``."""
        begins = np.maximum(self._since, mandate.from_month or 0)[:, None]
        there = (self._step == number)[:, None] & (world.month >= begins) & (begins > world.mandates_lifted_month)
        return there & (mandate.lift_month is None or world.month < mandate.lift_month)

    def _in_scope(self, world: World, mandate: Mandate) -> Bools:
        """Which clinics it binds: ``(1, 1)`` or ``(1, clinics)``."""
        if mandate.scope == "all":
            return np.ones((1, 1), bool)
        chosen = [world.population.region_index(name) for name in mandate.scope]
        return np.isin(world.population.region, [place for place in chosen if place is not None])[None, :]


def _stacked(doses: Sequence[Amount]) -> Floats:
    """One lever's doses in every phase: ``(phases, 1)``, or ``(phases, replicates)`` where one is drawn."""
    columns = np.broadcast_arrays(*(np.ravel(np.asarray(dose, np.float32)) for dose in doses))
    return np.stack(columns)


_NEVER = 10**6
"""A month that no scenario reaches."""
