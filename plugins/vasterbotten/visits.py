"""Study visits between the clinic that tests and one that uses it, before anything is adapted."""

from __future__ import annotations

import numpy as np

from plugins.vasterbotten.settings import VasterbottenSettings
from sim.api import Bools, Floats, Mechanism, Phase, Spread, Stage, State, World


class StudyVisits(Mechanism):
    """A clinic that tests visits one that uses it: it sees results with its own eyes, and what must be adapted.

    Perceived advantage closes a part of its distance to the hosts', fit rises by what both see together. Hosts take
    only so many visits a month, those that have waited longest first. A visit both ways costs twice the hours, lets
    the staff try it at home, and sends ideas back to the host (A:3872-3875).
    """

    name = "vasterbotten_study_visits"
    phase = Phase.DECIDE
    after = frozenset({"start", "mandate"})
    before = frozenset({"testing"})
    reads = frozenset({"stage", "nominal", "since", "advantage", "fit"})
    writes = frozenset({"advantage", "fit", "amounts", "vasterbotten_visited"})
    adds = {"vasterbotten_visited": State("has been on a study visit", first=False, dtype=bool)}
    settings: VasterbottenSettings

    def __call__(self, world: World) -> None:
        """This month's visits."""
        for spread in world.present:
            hosts = spread.in_use & ~spread.nominal
            visited = spread.vasterbotten_visited
            waiting = spread.is_between(Stage.TESTING, Stage.TESTING) & ~visited
            if not (waiting.any() and hosts.any()):
                continue
            visitors = self._received(world, spread, waiting, hosts)
            self._learn(world, spread, visitors, hosts)
            visited |= visitors
            self._pay(world, spread, visitors)

    def _received(self, world: World, spread: Spread, waiting: Bools, hosts: Bools) -> Bools:
        """As many as the hosts can take, those first that have waited longest: ``(replicates, clinics)``."""
        places = np.floor(world.parameter("visits_per_host") * hosts.sum(axis=1, keepdims=True))
        turn = spread.since + world.uniform(f"turn for {spread.name}")
        rank = np.argsort(np.argsort(np.where(waiting, turn, np.inf), axis=1, kind="stable"), axis=1, kind="stable")
        return waiting & (rank < places)

    def _learn(self, world: World, spread: Spread, visitors: Bools, hosts: Bools) -> None:
        """What the visitors take home, and with visits both ways what the hosts do."""
        share = self._both_ways(world, "visit_one_way_share")
        shown = np.where(hosts, spread.advantage, 0).max(axis=1, keepdims=True)
        gain = share * world.parameter("visit_advantage") * np.maximum(shown - spread.advantage, 0)
        spread.advantage = np.clip(spread.advantage + gain * visitors, 0, 1).astype(np.float32)
        fit = share * world.parameter("visit_fit") * visitors
        if self.settings.study_visits == "two_way":
            visits = visitors.sum(axis=1, keepdims=True) / np.maximum(hosts.sum(axis=1, keepdims=True), 1)
            fit = fit + world.parameter("visit_return") * visits * hosts
        spread.fit = np.clip(spread.fit + fit, 0, 1).astype(np.float32)

    def _pay(self, world: World, spread: Spread, visitors: Bools) -> None:
        """Hours of the visiting clinic, and of the host's own visit in return."""
        ways = 1 if self.settings.study_visits == "one_way" else 2
        hours = world.parameter("visit_hours")[:, 0].astype(np.float64) * ways * visitors.sum(axis=1)
        spread.add("clinic_hours", hours)
        spread.add("cost_clinic_hours_sek", hours * world.parameter("wage")[:, 0].astype(np.float64))

    def _both_ways(self, world: World, share: str) -> Floats:
        """1 for visits both ways, else how much of it a one-way visit gives."""
        one_way = world.parameter(share)
        return np.ones_like(one_way) if self.settings.study_visits == "two_way" else one_way
