"""Centres that are set up, alone or with what others have learnt, and the approval that every start must wait for."""

from __future__ import annotations

import numpy as np

from plugins.atmp2030.settings import AtmpSettings
from sim.api import Bools, Floats, Mechanism, Phase, Spread, Stage, State, World

NOT_YET = -1.0
"""Month of what has not been."""


class Centres(Mechanism):
    """Each region sets up a centre, in its own time; coordinated they need not find out everything themselves.

    dP/dt = own drive (1 + urgency share) + blueprint max(0, common T - P): drive differs between regions, share is that
    of the regions with a centre, and T the common work, dT/dt = the sum of all drives, which is done once instead of
    everywhere; both only as far as somebody coordinates. P = 1 is a centre (B:1568-1573, B:2794-2800).
    """

    name = "atmp2030_centres"
    phase = Phase.OUTER
    after = frozenset({"events"})
    reads = frozenset({"coordination"})
    writes = frozenset({"amounts", "atmp2030_progress", "atmp2030_half_month", "atmp2030_coordinated"})
    adds = {
        "atmp2030_progress": State("how far its region's centre has come", per_innovation=False, low=0, high=1),
        "atmp2030_coordinated": State("how far the centres are coordinated", per_innovation=False, low=0, high=1),
        "atmp2030_half_month": State(
            "month in which half of the regions had a centre, -1 before", first=NOT_YET, per_innovation=False
        ),
    }
    settings: AtmpSettings

    def prepare(self, world: World) -> None:
        """Nobody has a centre; some are keener than others."""
        rows, clinics = world.addresses
        firsts = [clinics[np.flatnonzero(world.region(region)[0])].min() for region in world.regions]
        z = world.draws("drive").normal(rows, np.array(firsts, np.uint64))
        spread = world.parameter("drive_spread")
        self._drive = np.exp(spread * z - spread**2 / 2)
        self._progress = np.zeros(self._drive.shape)
        self._common = np.zeros((world.shape[0], 1))
        """How much of the work that is the same everywhere has been done together."""

    def __call__(self, world: World) -> None:
        """A month of building."""
        held = self._coordinated(world)
        there = self._progress >= 1
        share = there.mean(axis=1, keepdims=True)
        own = world.parameter("own_rate") * self._drive * (1 + world.parameter("urgency") * share * held)
        together = world.parameter("own_rate") * self._drive.sum(axis=1, keepdims=True)
        self._common = np.minimum(self._common + together * held / 12, 1)
        done = world.parameter("common") * self._common
        shown = world.parameter("blueprint") * held * (done - self._progress)
        step = np.where(there, 0, (own + np.maximum(shown, 0)) / 12)
        before = self._progress
        self._progress = np.minimum(self._progress + step, 1)
        cost = world.parameter("centre_sek") * (self._progress - before).sum(axis=1, keepdims=True)
        cost = cost + world.parameter("network_sek") * (held > 0) / 12
        world.spend("cost_levers_sek", np.broadcast_to(cost, (world.shape[0], 1))[:, 0].astype(np.float64))
        world.atmp2030_progress = world.by_region(self._progress.astype(np.float32))
        world.atmp2030_coordinated = np.broadcast_to(held, world.shape).astype(np.float32)
        half = ((self._progress >= 1).mean(axis=1, keepdims=True) >= 0.5) & (world.atmp2030_half_month < 0)
        world.atmp2030_half_month = np.where(half, world.month, world.atmp2030_half_month).astype(np.float32)

    def _coordinated(self, world: World) -> Floats:
        until = self.settings.coordination_until
        paid = self.settings.coordination and (until is None or world.month < until)
        held: Floats = world.coordination * np.float32(paid)
        return held


class Entry(Mechanism):
    """Where there is no centre few begin: start hazard times floor + (1 - floor) P."""

    name = "atmp2030_entry"
    phase = Phase.PERCEIVE
    after = frozenset(
        {
            *("start_hazard", "existing_network", "contact_fear", "wrong_pocket"),
            *("vasterbotten_open_invitation", "vasterbotten_generalise", "antibiotikasmart_release"),
            *("nollvision_undernaring_resonance", "nollvision_cancer_legitimacy"),
        }
    )
    reads = frozenset({"start_hazard", "atmp2030_progress"})
    writes = frozenset({"start_hazard"})

    def __call__(self, world: World) -> None:
        """As far as the centre has come."""
        floor = world.parameter("without_centre")
        factor = floor + (1 - floor) * world.atmp2030_progress
        for spread in world.present:
            spread.start_hazard = (spread.start_hazard * factor).astype(np.float32)


class Regulation(Mechanism):
    """Every test waits for an approval from one authority, first come first served; alike applications take less.

    Approvals a month: capacity (1 + harmonised coordination) / 12; what is not used is lost.
    """

    name = "atmp2030_regulation"
    phase = Phase.DECIDE
    after = frozenset({"start", "mandate"})
    before = frozenset({"testing", "adjusting", "antibiotikasmart_burden", "nollvision_undernaring_tries"})
    reads = frozenset({"stage", "since", "work", "atmp2030_coordinated"})
    writes = frozenset({"work", "atmp2030_approved", "atmp2030_waited"})
    adds = {
        "atmp2030_approved": State("its application has been approved", first=False, dtype=bool),
        "atmp2030_waited": State("months that it has waited for approval", low=0),
    }

    def prepare(self, world: World) -> None:
        """Nobody has applied."""
        self._left = np.zeros((world.shape[0], 1))

    def __call__(self, world: World) -> None:
        """The month's approvals; those that wait cannot end their test."""
        harmonised = 1 + world.parameter("harmonised") * world.atmp2030_coordinated[:, :1]
        self._left = self._left % 1 + world.parameter("approvals") * harmonised / 12
        for spread in world.present:
            approved = spread.atmp2030_approved
            waits = spread.is_between(Stage.TESTING, Stage.TESTING) & ~approved
            if not waits.any():
                continue
            granted = self._first(world, spread, waits)
            self._left = self._left - granted.sum(axis=1, keepdims=True)
            approved |= granted
            still = waits & ~granted
            waited = spread.atmp2030_waited
            waited += still
            spread.work = np.where(still, np.maximum(spread.work, 1), np.maximum(spread.work, 0)).astype(np.float32)

    def _first(self, world: World, spread: Spread, waits: Bools) -> Bools:
        """As many of those that wait as there are approvals, the earliest first."""
        turn = np.where(waits, spread.since + world.uniform(f"turn of {spread.name}"), np.inf)
        rank = np.argsort(np.argsort(turn, axis=1, kind="stable"), axis=1, kind="stable")
        return waits & (rank < np.floor(self._left))
