"""A prototype on its way through the evaluation, in competition with all others that have applied."""

from __future__ import annotations

import numpy as np
from scipy import stats

from plugins.uppsala.settings import UppsalaSettings
from plugins.uppsala.state import NEED_KNOWN, TRAINED
from sim.api import Bools, Floats, Mechanism, Phase, Spread, State, World

NOT_APPLIED, IN_TRIAGE, WAITING, IN_TEST, REPORTED, TURNED_AWAY = range(6)
"""Steps of the evaluation."""


class PrototypeEvaluation(Mechanism):
    """A staged queue: application, triage, decision, test, report; until then nobody else is offered it.

    The company finds the form by an exponential clock, is triaged for some months and turned away unless it meets a
    real need; turned away it thinks anew and may apply again. Decided, it stands in line behind those that applied
    before it (Poisson arrivals, so many tests a month), then the test takes its months. In a clinic the line moves only
    while a host can spare the time. The report raises fit everywhere; after a test in a clinic the host gains more, and
    the others less by the share that was fitted to that place. Findings of all tests feed later requirements: what is
    first offered later fits better, by findings_fit (1 - e^(-reports / scale)). Effect and advantage are not touched,
    since only usability is tested (A:790-796).
    """

    name = "uppsala_prototype_evaluation"
    phase = Phase.PERCEIVE
    after = frozenset({"start_hazard"})
    reads = frozenset({"slack", "uppsala_need_known", "uppsala_trained"})
    writes = frozenset(
        {
            *("start_hazard", "fit", "slack", "amounts", "uppsala_step", "uppsala_applied", "uppsala_reported"),
            *("uppsala_host", "uppsala_times_away", "uppsala_line", "uppsala_findings"),
        }
    )
    adds = {
        "uppsala_step": State("step of the evaluation, 0-5", low=0, high=5),
        "uppsala_applied": State("month in which the company first applied, -1 before", -1, low=-1),
        "uppsala_reported": State("month of the report", low=0),
        "uppsala_host": State("the test was done here", first=False, dtype=bool),
        "uppsala_times_away": State("times turned away in triage", low=0),
        "uppsala_line": State("prototypes that stand in line for a test", per_innovation=False, low=0),
        "uppsala_findings": State("reports that later requirements can build on", per_innovation=False, low=0),
        **NEED_KNOWN,
        **TRAINED,
    }
    settings: UppsalaSettings

    def prepare(self, world: World) -> None:
        """Nobody has applied; the others' line has the length that it usually has."""
        rows = (world.shape[0], 1)
        self._line = np.broadcast_to(world.parameter("line_first"), rows).astype(np.float32)
        self._findings = np.zeros(rows, np.float32)
        self._step = {spread.name: np.zeros(rows, np.float32) for spread in world.spreads}
        self._since = {spread.name: np.zeros(rows, np.float32) for spread in world.spreads}
        self._ahead = {spread.name: np.zeros(rows, np.float32) for spread in world.spreads}
        self._waited = {spread.name: np.zeros(rows, np.float32) for spread in world.spreads}

    def __call__(self, world: World) -> None:
        """A month of the unit that evaluates."""
        served = self._serve(world)
        for spread in world.present:
            if world.month == spread.innovation.arrives_month:
                known = 1 - np.exp(-self._findings / world.parameter("findings_scale"))
                better = world.parameter("findings_fit") * known * (1 - spread.fit)
                spread.fit = np.clip(spread.fit + better, 0, 1).astype(np.float32)
            self._go_on(world, spread, served)
            step = self._step[spread.name]
            spread.uppsala_step = step
            open_now = step == REPORTED
            spread.start_hazard = np.where(open_now, spread.start_hazard, 0).astype(np.float32)
        world.uppsala_line, world.uppsala_findings = self._line, self._findings

    def _serve(self, world: World) -> Floats:
        """How many tests this month can begin: ``(replicates, 1)``; the others' line grows and is worked off."""
        if self.settings.evaluate == "clinic":
            served = world.parameter("clinic_tests") * self._hosts(world)
        else:
            served = np.broadcast_to(world.parameter("centre_tests"), self._line.shape)
        rate = world.parameter("applications") / 12 * self._told(world)
        drawn = world.draws("applications").uniform(world.addresses[0], 0, world.month)
        arrived = stats.poisson.ppf(drawn, rate)
        begun = np.minimum(self._line, served)
        self._line = (self._line - begun + arrived).astype(np.float32)
        self._findings = (self._findings + begun).astype(np.float32)
        capacity: Floats = np.asarray(served, np.float32)
        return capacity

    def _told(self, world: World) -> Floats:
        """How many times sooner companies find the form for being told."""
        factor: Floats = 1 + world.parameter("information_more") * self.settings.information
        return factor

    def _hosts(self, world: World) -> Floats:
        """Share of the clinics that can spare the time for a test and know that they may be asked."""
        needed = world.parameter("host_slack") * (1 - world.parameter("paid_relief") * self.settings.compensation)
        aware = world.parameter("managers_know")
        aware = np.maximum(aware, world.parameter("informed_know") * self.settings.information)
        trained = world.uppsala_trained >= world.parameter("modules")
        willing = (world.slack >= needed) * np.where(trained, 1, aware)
        share: Floats = np.mean(willing, axis=1, keepdims=True, dtype=np.float32)
        return share

    def _go_on(self, world: World, spread: Spread, served: Floats) -> None:
        """The prototype's own way, one step a month at most: ``(replicates, 1)`` each."""
        name, month = spread.name, world.month
        step, since, ahead = self._step[name], self._since[name], self._ahead[name]
        here = month - since
        finds = 1 - np.exp(-world.parameter("finds_form") * self._told(world) / 12)
        applies = (step == NOT_APPLIED) & (self._lot(world, name, "applies") < finds)
        spread.uppsala_applied = np.where(applies, np.float32(month), spread.uppsala_applied)
        judged = (step == IN_TRIAGE) & (here >= np.round(world.parameter("triage_months")))
        known = np.mean(world.uppsala_need_known, axis=1, keepdims=True)
        chance = world.parameter("real_need") + (1 - world.parameter("real_need")) * known
        real = self._lot(world, name, "real need") < chance
        again = (step == TURNED_AWAY) & (here >= np.round(world.parameter("rethink_months")))
        ahead -= served * (step == WAITING)
        begins = (step == WAITING) & (ahead < 0)
        length = world.parameter("clinic_test_months" if self.settings.evaluate == "clinic" else "centre_test_months")
        done = (step == IN_TEST) & (here >= np.round(length))
        for where, to in (
            (applies | again, IN_TRIAGE),
            (judged & real, WAITING),
            (judged & ~real, TURNED_AWAY),
            (begins, IN_TEST),
            (done, REPORTED),
        ):
            step[where], since[where] = to, month
        spread.uppsala_times_away = spread.uppsala_times_away + (judged & ~real)
        ahead[judged & real] = self._line[judged & real]
        self._test(world, spread, begins)
        self._report(world, spread, done)

    def _lot(self, world: World, name: str, purpose: str) -> Floats:
        """One number for each replicate and month."""
        return world.draws(f"{purpose} {name}").uniform(world.addresses[0], 0, world.month).astype(np.float32)

    def _test(self, world: World, spread: Spread, begins: Bools) -> None:
        """A host takes it in, and pays with its own time where nobody else does; the centre has its own price."""
        if self.settings.evaluate != "clinic":
            spread.add("cost_levers_sek", world.parameter("centre_sek") * begins)
            return
        host = world.lowest(-world.slack * np.ones(world.shape), 1, among=np.broadcast_to(begins, world.shape))
        spread.uppsala_host = spread.uppsala_host | host
        hours = world.parameter("test_hours") * begins
        spread.add("clinic_hours", hours)
        if self.settings.compensation:
            spread.add("cost_levers_sek", hours * world.parameter("wage"))
        else:
            taken = world.parameter("unpaid_slack") * host
            world.slack = np.clip(world.slack - taken, 0, 1).astype(np.float32)
            spread.add("cost_clinic_hours_sek", hours * world.parameter("wage"))

    def _report(self, world: World, spread: Spread, done: Bools) -> None:
        """What was learnt about use goes into the product."""
        if not done.any():
            return
        gain = world.parameter("usability") * (1 - spread.fit) * done
        if self.settings.evaluate == "clinic":
            host = spread.uppsala_host
            gain = gain * np.where(host, 1 + world.parameter("host_more"), 1 - world.parameter("overfit"))
        spread.fit = np.clip(spread.fit + gain, 0, 1).astype(np.float32)
        spread.uppsala_reported = np.where(done, np.float32(world.month), spread.uppsala_reported)
