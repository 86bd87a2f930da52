"""The innovation team: it comes to a clinic, works through five phases, and leaves; what it anchors stays."""

from __future__ import annotations

import numpy as np

from plugins.vastra_gotaland.settings import VastraGotalandSettings
from sim.api import Bools, Cells, Floats, Mechanism, Phase, Spread, Stage, State, World

PHASES = 5


class InnovationTeam(Mechanism):
    """A small team drives the work in a few clinics at a time: it goes faster, and is less and less the clinics' own.

    The team takes as many clinics as its hours allow, those first that have waited longest. While it stays, the project
    passes five phases, each sooner where the clinic can free time; every phase that is passed raises fit. Supply rises
    by what the team does; ownership falls, do/dt = -loss (1 - a) o, unless it is anchored: a' = (1 - a) sum of the
    rates of the efforts. Where anchoring has taken hold ownership grows instead, gain a (1 - o). What the team does is
    nobody else's work: the clinic comes to depend on it, p' = depends (1 - a)(1 - p), and when the team has gone supply
    falls to 1 - p until others have taken over, p' = -takes_over p.
    """

    name = "vgr_innovation_team"
    phase = Phase.WORK
    after = frozenset({"work"})
    before = frozenset({"implementation"})
    reads = frozenset({"stage", "slack", "season", "since", "vgr_stayed", "vgr_phase", "vgr_anchored", "vgr_depends"})
    writes = frozenset(
        {
            *("supply", "ownership", "fit", "amounts", "vgr_stayed", "vgr_phase", "vgr_anchored", "vgr_depends"),
            *("vgr_present", "vgr_left"),
        }
    )
    adds = {
        "vgr_stayed": State("months that the team has stayed", low=0),
        "vgr_phase": State("phases of the need-driven model that are passed", low=0, high=PHASES),
        "vgr_anchored": State("how far the work is anchored in the clinic, 0-1", low=0, high=1),
        "vgr_depends": State("how far the work hangs on the team, 0-1", low=0, high=1),
        "vgr_present": State("the team is there", first=False, dtype=bool),
        "vgr_left": State("months since the team left", low=0),
    }
    settings: VastraGotalandSettings

    def prepare(self, world: World) -> None:
        """Every clinic's clock stands ready."""
        for spread in world.spreads:
            spread.clock("phase").wind(Cells.where(np.ones(world.shape, bool)))

    def __call__(self, world: World) -> None:
        """Where the team is this month, and what that does."""
        for spread in world.present:
            there = self._places(world, spread)
            spread.vgr_left = spread.vgr_left + ((spread.vgr_stayed > 0) & ~there)
            spread.vgr_present = there
            spread.vgr_stayed = spread.vgr_stayed + there
            self._anchor(world, spread, there)
            self._pass_phases(world, spread, there)
            self._depend(world, spread, there)
            helped = world.parameter("team_supply") * there
            left_alone = 1 - spread.vgr_depends * ~there
            supply = (spread.supply + (1 - spread.supply) * helped) * left_alone
            spread.supply = np.clip(supply, 0, 1).astype(np.float32)
            self._pay(world, spread, there)

    def _places(self, world: World, spread: Spread) -> Bools:
        """Clinics with the team: those where it stays, and as many new ones as its hours allow."""
        under_way = spread.is_between(Stage.TESTING, Stage.USING)
        stays = under_way & spread.vgr_present & (spread.vgr_stayed < self.settings.team_stays)
        places = np.floor(world.parameter("team_fte") / world.parameter("fte_per_clinic"))
        free = places - stays.sum(axis=1, keepdims=True)
        waiting = under_way & (spread.vgr_stayed == 0)
        turn = np.where(waiting, spread.since + world.uniform(f"turn for {spread.name}"), np.inf)
        rank = np.argsort(np.argsort(turn, axis=1, kind="stable"), axis=1, kind="stable")
        places_taken: Bools = stays | (waiting & (rank < free))
        return places_taken

    def _anchor(self, world: World, spread: Spread, there: Bools) -> None:
        """The efforts anchor the work; what is not anchored becomes the team's instead of the clinic's."""
        rate = sum((world.parameter(effort) for effort in self.settings.anchoring), np.zeros((1, 1), np.float32))
        anchored = spread.vgr_anchored + (1 - spread.vgr_anchored) * (1 - np.exp(-rate / 12)) * there
        spread.vgr_anchored = np.clip(anchored, 0, 1).astype(np.float32)
        lost = world.parameter("ownership_loss") * (1 - spread.vgr_anchored) * spread.ownership
        gained = world.parameter("ownership_gain") * spread.vgr_anchored * (1 - spread.ownership)
        own = spread.ownership + (gained - lost) / 12 * there
        spread.ownership = np.clip(own, 0, 1).astype(np.float32)

    def _depend(self, world: World, spread: Spread, there: Bools) -> None:
        """Work that only the team does, while it is there; afterwards it is taken over."""
        hangs = spread.vgr_depends
        rate = world.parameter("depends") * (1 - spread.vgr_anchored)
        more = hangs + (1 - hangs) * (1 - np.exp(-rate / 12))
        less = hangs * np.exp(-world.parameter("takes_over") / 12)
        spread.vgr_depends = np.clip(np.where(there, more, less), 0, 1).astype(np.float32)

    def _pass_phases(self, world: World, spread: Spread, there: Bools) -> None:
        """A phase is passed at a rate that the clinic's free time and the season allow."""
        goes_on = Cells.where(there & (spread.vgr_phase < PHASES))
        if not len(goes_on):
            return
        pace = np.broadcast_to(world.slack / world.parameter("slack_for_project"), world.shape)
        rate = world.parameter("phases_per_year") * np.minimum(pace, 1) * world.season
        passed = np.zeros(world.shape, bool)
        clock = spread.clock("phase")
        ended = clock.run(goes_on, (np.broadcast_to(goes_on.of(rate), len(goes_on)) / 12).astype(np.float32))
        clock.wind(ended)
        ended.put(passed, True)
        spread.vgr_phase = spread.vgr_phase + passed
        fit: Floats = spread.fit + world.parameter("phase_fit") * (1 - spread.fit) * passed
        spread.fit = np.clip(fit, 0, 1).astype(np.float32)

    def _pay(self, world: World, spread: Spread, there: Bools) -> None:
        """The team's salaries, by clinic and month, and the clinic's own hours at meetings booked ahead."""
        clinics = there.sum(axis=1, keepdims=True)
        cost = world.parameter("fte_per_clinic") * world.parameter("facilitator_price") / 12
        spread.add("cost_levers_sek", cost * clinics)
        hours = world.parameter("meeting_hours") * clinics
        spread.add("clinic_hours", hours)
        spread.add("cost_clinic_hours_sek", hours * world.parameter("wage"))
