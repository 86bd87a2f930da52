"""How the programme's money and support become momentum, and what is left of it when the money ends."""

from __future__ import annotations

import numpy as np

from plugins.programme.settings import ProgrammeSettings
from sim.api import Bools, Floats, Mechanism, Phase, State, World

LAST_YEAR = 12
"""Months before the end in which a late exit strategy is worked on."""


class Programme(Mechanism):
    """The core team builds momentum with the time that the funder leaves it, and permanent actors take over a part.

    dm/dt = build w (d - m) - fade (1 - w) m: momentum m grows towards the direction d with the share w of the team's
    time that is left; a hard change of stage, calibration and work on the exit take from w. da/dt = anchor m (1 - a)
    while somebody works on the exit. When the money ends bought support goes on at the share a, and m falls towards it.
    """

    name = "programme_momentum"
    phase = Phase.OUTER
    after = frozenset({"events"})
    writes = frozenset(
        {
            *("bought_share", "influences", "amounts"),
            *("programme_momentum", "programme_direction", "programme_anchored", "programme_lost"),
        }
    )
    adds = {
        "programme_momentum": State("how far actors have gathered, 0-1", per_innovation=False, low=0, high=1),
        "programme_direction": State("how well the plan answers to the need, 0-1", per_innovation=False, low=0, high=1),
        "programme_anchored": State("share that permanent actors carry, 0-1", per_innovation=False, low=0, high=1),
        "programme_lost": State("months of the team lost to changes of stage", per_innovation=False, low=0),
    }
    settings: ProgrammeSettings

    def prepare(self, world: World) -> None:
        """What the planning grant has given."""
        self._ends = np.cumsum(self.settings.stages)
        shape = (world.shape[0], 1)
        gathered = world.parameter("planning_momentum") * self.settings.planning_grant
        self._momentum = np.broadcast_to(gathered, shape).astype(np.float32)
        self._direction = np.broadcast_to(world.parameter("direction_first"), shape).astype(np.float32)
        self._anchored = np.zeros(shape, np.float32)
        self._lost = np.zeros(shape, np.float32)

    def __call__(self, world: World) -> None:
        """A month with the money, or without."""
        if world.month < self._ends[-1]:
            self._build(world)
            grant = np.broadcast_to(world.parameter("grant_sek") / 12, self._momentum.shape)
            world.spend("cost_levers_sek", grant[:, 0].astype(np.float64))
        else:
            self._fade(world)
        pull = (world.parameter("pull") * self._momentum).astype(np.float32)
        for spread in world.present:
            spread.influence("environment", pull)
        world.programme_momentum, world.programme_direction = self._momentum, self._direction
        world.programme_anchored, world.programme_lost = self._anchored, self._lost

    def _build(self, world: World) -> None:
        changing = self._change(world)
        calibrating = self._calibrating(world)
        exiting = self._works_on_exit(world)
        left = (
            (1 - changing)
            * (1 - world.parameter("calibration_share") * calibrating)
            * (1 - world.parameter("exit_share") * exiting)
        )
        build = world.parameter("build") * (1 + world.parameter("coaching_effect") * self.settings.coaching)
        fade = world.parameter("fade") * (1 - world.parameter("meetings_keep") * self.settings.open_meetings)
        momentum, direction = self._momentum, self._direction
        more = (build * left * np.maximum(direction - momentum, 0) - fade * (1 - left) * momentum) / 12
        learnt = world.parameter("meetings_learn") * self.settings.open_meetings / 12
        learnt = learnt + world.parameter("calibration_gain") * calibrating / world.parameter("calibration_months")
        anchored = world.parameter("anchor") * exiting * momentum * (1 - self._anchored) / 12
        self._momentum = np.clip(momentum + more, 0, 1).astype(np.float32)
        self._direction = np.clip(direction + learnt * (1 - direction), 0, 1).astype(np.float32)
        self._anchored = np.clip(self._anchored + anchored, 0, 1).astype(np.float32)
        self._lost = (self._lost + changing).astype(np.float32)
        world.bought_share = np.broadcast_to(1 - changing, self._momentum.shape).astype(np.float32)

    def _fade(self, world: World) -> None:
        """What is not anchored in permanent actors disappears (B:285-288)."""
        rate = np.exp(-world.parameter("fade") / 12)
        kept = self._anchored * self._momentum
        if world.month == self._ends[-1]:
            self._carried = kept
        self._momentum = (self._carried + (self._momentum - self._carried) * rate).astype(np.float32)
        world.bought_share = self._anchored

    def _change(self, world: World) -> Floats:
        """Share of the team's time that a change of stage takes this month."""
        around = np.round(world.parameter("change_months"))
        near: Bools = np.any([np.abs(world.month + 0.5 - end) < around / 2 for end in self._ends[:-1]], axis=0)
        taken: Floats = world.parameter(f"{self.settings.change}_change") * near
        return taken

    def _calibrating(self, world: World) -> Bools:
        """Whether this is a month of calibration: the first of the second stage."""
        if not self.settings.calibration or len(self._ends) == 1:
            return np.zeros((1, 1), bool)
        since = world.month - self._ends[0]
        return (since >= 0) & (since < np.round(world.parameter("calibration_months")))

    def _works_on_exit(self, world: World) -> bool:
        """Whether permanent actors are asked this month to take over."""
        late = world.month >= self._ends[-1] - LAST_YEAR
        return self.settings.exit_strategy == "from_start" or (
            self.settings.exit_strategy == "last_year" and bool(late)
        )
