"""What stands around the team: patients, outside actors, and resources when the pilot is over."""

from __future__ import annotations

import numpy as np

from plugins.vastra_gotaland.settings import VastraGotalandSettings
from sim.api import Floats, Mechanism, Phase, Stage, State, World


class PatientPanel(Mechanism):
    """Patients say what the need is; a panel that is not like the patients says what is true of anybody.

    The panel's likeness to the patients grows while it is recruited, dp/dt = recruit (1 - p); each month the fit of
    clinics that test or adapt it closes the share gain p of what is lacking (A:2815-2819, A:2993-3004).
    """

    name = "vgr_patient_panel"
    phase = Phase.OUTER
    reads = frozenset({"stage"})
    writes = frozenset({"fit", "amounts", "vgr_panel"})
    adds = {"vgr_panel": State("how like the patients the panel is, 0-1", per_innovation=False, low=0, high=1)}

    def prepare(self, world: World) -> None:
        """Nobody has been asked yet."""
        self._like = np.zeros((world.shape[0], 1), np.float32)

    def __call__(self, world: World) -> None:
        """Who has joined, and what they have said this month."""
        grown = (1 - self._like) * (1 - np.exp(-world.parameter("panel_recruits") / 12))
        self._like = (self._like + grown).astype(np.float32)
        world.vgr_panel = self._like
        for spread in world.present:
            listens = spread.is_between(Stage.TESTING, Stage.ADJUSTING)
            gain = world.parameter("panel_fit") / 12 * self._like * (1 - spread.fit) * listens
            spread.fit = np.clip(spread.fit + gain, 0, 1).astype(np.float32)
        world.spend("cost_levers_sek", world.parameter("panel_sek") / 12)


class PerspectiveForum(Mechanism):
    """Care and outside actors meet some times a year; what they share spreads the matter, and fades between meetings.

    Each forum raises the common picture n by the share forum_share of what is lacking; between meetings it fades,
    dn/dt = -fade n. The picture makes clinics begin at the rate forum_pull n (A:2625-2628).
    """

    name = "vgr_perspective_forum"
    phase = Phase.OUTER
    writes = frozenset({"influences", "amounts", "vgr_picture"})
    adds = {"vgr_picture": State("common picture of care and outside actors, 0-1", per_innovation=False, low=0, high=1)}

    def prepare(self, world: World) -> None:
        """They have not met."""
        self._picture = np.zeros((world.shape[0], 1), np.float32)

    def __call__(self, world: World) -> None:
        """A month with a meeting or without."""
        every = np.maximum(np.round(world.parameter("forum_every")), 1)
        meets = world.month % every == 0
        picture: Floats = self._picture * np.exp(-world.parameter("forum_fades") / 12)
        self._picture = (picture + world.parameter("forum_share") * (1 - picture) * meets).astype(np.float32)
        world.vgr_picture = self._picture
        for spread in world.present:
            spread.influence("forum", (world.parameter("forum_pull") * self._picture).astype(np.float32))
        world.spend("cost_levers_sek", world.parameter("forum_sek") * meets)


class InnovationFund(Mechanism):
    """When the team has gone the clinic goes on with what it has been promised, or with what it applies for.

    Resources close a share of what the clinic lacks of time for some months after the team has left. What was promised
    before the start reaches every clinic; a fund has a yearly sum, goes to those that ask first, and is then empty.
    """

    name = "vgr_after_pilot"
    phase = Phase.WORK
    after = frozenset({"work", "vgr_innovation_team"})
    before = frozenset({"implementation"})
    reads = frozenset({"stage", "vgr_left", "vgr_stayed", "vgr_present"})
    writes = frozenset({"supply", "amounts"})
    settings: VastraGotalandSettings

    def __call__(self, world: World) -> None:
        """Who is paid for this month."""
        if world.month % 12 == 0:
            self._left = np.broadcast_to(world.parameter("fund_sek_per_year"), (world.shape[0], 1)).astype(np.float64)
        price = world.parameter("after_hours") * world.parameter("wage")
        for spread in world.present:
            since = spread.vgr_left
            asks = (spread.vgr_stayed > 0) & ~spread.vgr_present & spread.is_between(Stage.TESTING, Stage.USING)
            asks &= since <= world.parameter("after_months")
            if self.settings.after_pilot == "fund":
                asks &= np.cumsum(asks, axis=1) * price <= self._left
            spent = asks.sum(axis=1, keepdims=True) * price
            self._left = self._left - spent
            closed = world.parameter("after_supply") * asks
            spread.supply = np.clip(spread.supply + (1 - spread.supply) * closed, 0, 1).astype(np.float32)
            spread.add("cost_levers_sek", spent)
