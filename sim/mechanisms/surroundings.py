"""Phase PERCEIVE: what an innovation meets around it, where the scenario says so: roles, money, companies, networks."""

from __future__ import annotations

import numpy as np

from sim.kernels.constants import MONTHS
from sim.month import Mechanism, Phase
from sim.scenario import Innovation, Scenario
from sim.world import Floats, Spread, World, as_rows


class PatientVoice(Mechanism):
    """Where patients make the need plain, readiness rises with it: R times (need' / need)^(1/8)."""

    name = "patient_voice"
    phase = Phase.PERCEIVE
    after = frozenset({"readiness"})
    before = frozenset({"start_hazard"})
    reads = frozenset({"patient_voice", "readiness"})
    writes = frozenset({"readiness"})

    @classmethod
    def wanted(cls, scenario: Scenario) -> bool:
        """Where patients are an actor."""
        return scenario.actors.patients is not None

    def __call__(self, world: World) -> None:
        """What is missing of the need shrinks by what is made plain."""
        need = as_rows(world.attributes.need)
        plain = need + world.patient_voice * (1 - need)
        more = ((plain / np.maximum(need, np.float32(0.01))) ** np.float32(1 / 8)).astype(np.float32)
        for spread in world.present:
            spread.readiness = np.minimum(spread.readiness * more, 1)


class _Said(Mechanism):
    """A mechanism that runs where an innovation of the scenario says something."""

    phase = Phase.PERCEIVE

    @classmethod
    def says(cls, innovation: Innovation) -> bool:
        """Whether it concerns this innovation."""
        raise TypeError(f"{cls.__name__} must say whom it concerns")

    @classmethod
    def wanted(cls, scenario: Scenario) -> bool:
        """Where an innovation says so."""
        return any(cls.says(innovation) for innovation in scenario.innovations.values())

    def __call__(self, world: World) -> None:
        """One month, for each innovation that it concerns."""
        for spread in world.present:
            if self.says(spread.innovation):
                self.act(world, spread)

    def act(self, world: World, spread: Spread) -> None:
        """One month of one innovation."""
        raise TypeError(f"{type(self).__name__} must say what happens in a month")


class ThreatenedRoles(_Said):
    """Where somebody's role is threatened readiness is lower; those who are included resist less (B:1279-1284)."""

    name = "threatened_roles"
    after = frozenset({"readiness", "patient_voice"})
    before = frozenset({"start_hazard"})
    reads = frozenset({"readiness", "inclusion"})
    writes = frozenset({"readiness"})

    @classmethod
    def says(cls, innovation: Innovation) -> bool:
        """Where it threatens some."""
        return innovation.threatens > 0

    def prepare(self, world: World) -> None:
        """Where there is somebody whose role is at stake."""
        self._threatened = {
            s.name: s.draws("threatened role").uniform(*world.addresses) < s.innovation.threatens for s in world.spreads
        }

    def act(self, world: World, spread: Spread) -> None:
        """They hold back; each level of inclusion above consultation takes away a part of it."""
        p = world.parameters
        left = np.maximum(1 - p.role_inclusion * np.maximum(world.levers.inclusion, 0), 0)
        factor = np.where(self._threatened[spread.name], 1 - p.role_resistance * left, np.float32(1))
        spread.readiness = (spread.readiness * factor).astype(np.float32)


class WrongPocket(_Said):
    """A clinic that bears the cost of gains that fall elsewhere hesitates: start hazard times exp(-w gap).

    gap = max(0, borne (1 - reimbursed) - gained): shares of the cost that it bears, that it is paid back, and of the
    gain that it keeps (A:1516-1519, A:5228-5232, A:5250-5259).
    """

    name = "wrong_pocket"
    after = frozenset({"start_hazard", "contact_fear"})
    reads = frozenset({"start_hazard", "reimbursed"})
    writes = frozenset({"start_hazard"})

    @classmethod
    def says(cls, innovation: Innovation) -> bool:
        """Where it says who pays."""
        return innovation.pocket is not None

    def act(self, world: World, spread: Spread) -> None:
        """Hesitation as the money stands this month."""
        pocket = spread.innovation.pocket
        if pocket is not None:
            own = np.float32(pocket.reimbursed)
            reimbursed = np.where(world.reimbursed >= 0, world.reimbursed, own)
            gap = pocket_gap(pocket.cost_borne, pocket.gain_kept, reimbursed)
            spread.start_hazard = (spread.start_hazard * np.exp(-world.parameters.hesitation * gap)).astype(np.float32)


def pocket_gap(borne: float, kept: float, reimbursed: Floats) -> Floats:
    """How much more of the cost than of the gain falls on the clinic, 0 to 1."""
    gap: Floats = np.maximum(np.float32(borne) * (1 - reimbursed) - np.float32(kept), 0)
    return gap


class ContactFear(_Said):
    """Fear of contact with companies holds starts back; it fades with time, sooner with an ethical framework.

    Start hazard times 1 - f0 2^(-t / half-life) (1 - framework) (A:5040-5044, A:2845-2850, B:1454-1461).
    """

    name = "contact_fear"
    after = frozenset({"start_hazard", "existing_network"})
    reads = frozenset({"start_hazard"})
    writes = frozenset({"start_hazard"})

    @classmethod
    def says(cls, innovation: Innovation) -> bool:
        """Where a company stands behind it."""
        return innovation.company is not None

    def act(self, world: World, spread: Spread) -> None:
        """What is left of the fear this month; familiarity grows from the innovation's arrival."""
        p, company = world.parameters, spread.innovation.company
        if company is not None:
            age = np.float32(world.month - spread.innovation.arrives_month)
            framework = company.ethical_framework_month
            works = framework is not None and world.month >= framework
            fear = p.contact_fear * np.exp2(-age * MONTHS / p.contact_fear_half_life)
            fear = fear * (1 - p.ethical_framework_effect * np.float32(works))
            spread.start_hazard = (spread.start_hazard * (1 - fear)).astype(np.float32)


class ExistingNetwork(_Said):
    """Clinics that already work together on the matter start sooner (B:2929-2931, B:2963-2965)."""

    name = "existing_network"
    after = frozenset({"start_hazard"})
    reads = frozenset({"start_hazard"})
    writes = frozenset({"start_hazard"})

    @classmethod
    def says(cls, innovation: Innovation) -> bool:
        """Where there is one."""
        return innovation.existing_network > 0

    def prepare(self, world: World) -> None:
        """Who belongs to it."""
        self._members = {
            s.name: s.draws("existing network").uniform(*world.addresses) < s.innovation.existing_network
            for s in world.spreads
        }

    def act(self, world: World, spread: Spread) -> None:
        """Members' hazard is higher."""
        ratio = np.where(self._members[spread.name], world.parameters.existing_network_effect, np.float32(1))
        spread.start_hazard = (spread.start_hazard * ratio).astype(np.float32)


class UnmeasuredResults(_Said):
    """Results that nobody measures convince nobody: users lose faith, and what they tell counts less (A:5478-5482)."""

    name = "unmeasured_results"
    after = frozenset({"outer_influence", "outer_pressure", "peer_exposure"})
    before = frozenset({"readiness", "start_hazard"})
    reads = frozenset({"stage", "nominal", "advantage", "influences"})
    writes = frozenset({"advantage", "influences"})

    @classmethod
    def says(cls, innovation: Innovation) -> bool:
        """Where not all is measured."""
        return innovation.measured < 1

    def act(self, world: World, spread: Spread) -> None:
        """A month without figures."""
        p, lacking = world.parameters, np.float32(1 - spread.innovation.measured)
        kept = np.exp(-p.credibility_loss * lacking * MONTHS)
        users = spread.in_use & ~spread.nominal
        spread.advantage = np.where(users, spread.advantage * kept, spread.advantage).astype(np.float32)
        if "peers" in spread.influences:
            spread.influences["peers"] = spread.influences["peers"] * (1 - p.unmeasured_silence * lacking)
