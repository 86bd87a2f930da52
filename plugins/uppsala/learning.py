"""What makes leaders able: a training in modules, and a dialogue that is meant to make them see the same."""

from __future__ import annotations

import numpy as np

from plugins.uppsala.state import TRAINED
from sim.api import Bools, Capability, Mechanism, Phase, State, World

LEADERSHIP = list(Capability).index(Capability.CHANGE_LEADERSHIP)


class ManagerTraining(Mechanism):
    """Managers pass three modules in three months, with coaching between; a manager without time misses a module.

    Rounds begin at intervals with a group of clinics that have not been there. A module is done with the chance that
    slack allows, and raises change leadership by its share of what is lacking, more where there is coaching between.
    """

    name = "uppsala_manager_training"
    phase = Phase.PERCEIVE
    before = frozenset({"readiness"})
    after = frozenset({"training"})
    reads = frozenset({"slack", "uppsala_trained", "uppsala_round"})
    writes = frozenset({"capability", "amounts", "uppsala_trained", "uppsala_round"})
    adds = {
        **TRAINED,
        "uppsala_round": State("month of the round that it is in, -1 for none", -1, per_innovation=False, low=-1),
    }

    def __call__(self, world: World) -> None:
        """This month's modules."""
        modules = np.round(world.parameter("modules"))
        self._begin(world, world.month % np.maximum(np.round(world.parameter("round_every")), 1) == 0)
        in_round = (world.uppsala_round >= 0) & (world.month - world.uppsala_round < modules)
        time = np.minimum(np.broadcast_to(world.slack / world.parameter("training_slack"), world.shape), 1)
        there = in_round & (world.uniform("module", world.month) < time)
        world.uppsala_trained = np.minimum(world.uppsala_trained + there, modules).astype(np.float32)
        capability = world.capability
        share = world.parameter("module_share") * (1 + world.parameter("coaching_more"))
        now = capability[LEADERSHIP]
        capability[LEADERSHIP] = np.clip(now + (1 - now) * share * there, 0, 1)
        hours = world.parameter("module_hours") * there.sum(axis=1, keepdims=True)
        world.spend("cost_clinic_hours_sek", hours * world.parameter("wage"))

    def _begin(self, world: World, now: Bools) -> None:
        """A round begins with managers by lot among those that have not been there."""
        turn = np.where(world.uppsala_round < 0, world.uniform("round"), np.inf)
        rank = np.argsort(np.argsort(turn, axis=1, kind="stable"), axis=1, kind="stable")
        fresh = now & (world.uppsala_round < 0) & (rank < np.round(world.parameter("group")))
        world.uppsala_round = np.where(fresh, np.float32(world.month), world.uppsala_round)


class StructuredDialogue(Mechanism):
    """Meetings with a method of dialogue and PDSA between: what works is kept, and the shared view may rise.

    Each cycle closes the share learnt of the distance from the shared view s to what the present method can give, and
    raises that ceiling by what PDSA improves. Ownership follows s. That s rises at all is the report's hypothesis, and
    its measure is questioned there (A:639-682).
    """

    name = "uppsala_structured_dialogue"
    phase = Phase.PERCEIVE
    before = frozenset({"readiness"})
    writes = frozenset({"ownership", "amounts", "uppsala_shared_view"})
    adds = {"uppsala_shared_view": State("shared view, rated 1-5", 1, per_innovation=False, low=1, high=5)}

    def prepare(self, world: World) -> None:
        """As it is before they meet."""
        rows = (world.shape[0], 1)
        self._view = np.broadcast_to(world.parameter("view_first"), rows).astype(np.float32)
        self._ceiling = np.broadcast_to(world.parameter("view_method"), rows).astype(np.float32)

    def __call__(self, world: World) -> None:
        """A meeting, where it is time for one."""
        meets = world.month % np.maximum(np.round(world.parameter("meeting_every")), 1) == 0
        grown = world.parameter("view_learnt") * np.maximum(self._ceiling - self._view, 0) * meets
        most = np.maximum(self._ceiling, world.parameter("view_most"))
        self._ceiling = (self._ceiling + world.parameter("pdsa") * (most - self._ceiling) * meets).astype(np.float32)
        raised = np.asarray(grown, np.float32)
        self._view = np.clip(self._view + raised, 1, 5).astype(np.float32)
        world.uppsala_shared_view = self._view
        for spread in world.present:
            own = world.parameter("view_ownership") * raised * (1 - spread.ownership)
            spread.ownership = np.clip(spread.ownership + own, 0, 1).astype(np.float32)
        world.spend("cost_clinic_hours_sek", world.parameter("dialogue_hours") * world.parameter("wage") * meets)
