"""What innomotor itself brings: the mechanisms and actors of the spread model, by the same door as any plugin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.hookspecs import hookimpl
from sim.mechanisms import (
    account,
    decide,
    events,
    inside,
    outer,
    perceive,
    prerequisites,
    settle,
    support_queues,
    surroundings,
    work,
)
from sim.month import Mechanism


@hookimpl
def innomotor_mechanisms() -> Sequence[type[Mechanism]]:
    """The mechanisms of the spread model."""
    return [
        events.Events,
        outer.Season,
        outer.Slack,
        outer.Champions,
        perceive.Training,
        perceive.OuterInfluence,
        perceive.OuterPressure,
        perceive.PeerExposure,
        perceive.Awareness,
        perceive.Readiness,
        perceive.StartHazard,
        prerequisites.Prerequisites,
        surroundings.PatientVoice,
        surroundings.ThreatenedRoles,
        surroundings.WrongPocket,
        surroundings.ContactFear,
        surroundings.ExistingNetwork,
        surroundings.UnmeasuredResults,
        inside.LocalResults,
        inside.AdaptationReturns,
        inside.PilotStatus,
        inside.ShareOfUse,
        inside.Learning,
        inside.EarlyDocuments,
        decide.Reconsider,
        decide.Compulsion,
        decide.Start,
        decide.Testing,
        decide.Adjusting,
        work.Obstacles,
        support_queues.SupportQueues,
        work.Work,
        work.Implementation,
        settle.Internalisation,
        settle.Sustain,
        settle.Abandonment,
        settle.OwnResults,
        settle.Fatigue,
        account.Costs,
        account.Benefits,
    ]


@hookimpl
def innomotor_actors() -> Sequence[type[Any]]:
    """The organisational actors, in the order in which they decide."""
    from sim.actors.academia import Academia  # noqa: PLC0415 - keeps Mesa out of the start-up
    from sim.actors.escalation import Escalation  # noqa: PLC0415
    from sim.actors.funder import Funder  # noqa: PLC0415
    from sim.actors.innovation_support import InnovationSupport  # noqa: PLC0415
    from sim.actors.leadership import Leadership  # noqa: PLC0415
    from sim.actors.national_network import NationalNetwork  # noqa: PLC0415
    from sim.actors.patients import Patients  # noqa: PLC0415
    from sim.actors.supplier import Supplier  # noqa: PLC0415
    from sim.actors.support_functions import SupportFunctions  # noqa: PLC0415

    return [
        Leadership,
        Escalation,
        Funder,
        InnovationSupport,
        SupportFunctions,
        NationalNetwork,
        Supplier,
        Academia,
        Patients,
    ]
