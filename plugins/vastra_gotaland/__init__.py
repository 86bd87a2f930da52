"""Västra Götaland: a need-driven model from five pilots, carried by an innovation team from outside the clinic.

Five pilots tried a team of the innovation platform as the core of projects in care, with efforts to keep the ownership
in the clinic, a perspective forum with outside actors, a patient panel, and resources to go on after the pilot. What
is modelled is how such a project comes to a clinic, what it leaves there, and what becomes of it afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from plugins.vastra_gotaland.around import InnovationFund, PatientPanel, PerspectiveForum
from plugins.vastra_gotaland.picture import ownership_by_stay
from plugins.vastra_gotaland.settings import VastraGotalandSettings
from plugins.vastra_gotaland.team import InnovationTeam
from sim.api import Fact, Figure, Levers, Mechanism, Metric, Preset, Strategy, Text, World, hookimpl


@hookimpl
def innomotor_settings() -> type[VastraGotalandSettings]:
    """The region's ways, each to be switched on and off."""
    return VastraGotalandSettings


@hookimpl
def innomotor_mechanisms(settings: VastraGotalandSettings) -> Sequence[type[Mechanism]]:
    """Those that the settings switch on."""
    chosen: Mapping[type[Mechanism], bool] = {
        InnovationTeam: settings.team_stays > 0,
        PatientPanel: settings.patient_panel,
        PerspectiveForum: settings.perspective_forum,
        InnovationFund: settings.after_pilot != "nothing",
    }
    return [kind for kind, on in chosen.items() if on]


@hookimpl
def innomotor_strategies() -> Mapping[str, Strategy]:
    """Nobody is told to; the clinics are worked with, and somebody in the line owns it (A:2521-2523)."""
    return {"need_driven": Strategy(use=Preset.LET, levers=Levers(inclusion="functional", reinvention="guided"))}


@hookimpl
def innomotor_metrics() -> Sequence[Metric]:
    """How many clinics the team has worked in, and whose it is afterwards."""
    return [
        Metric(
            name="visited",
            title=Text(sv="Enheter som teamet arbetat i", en="Clinics that the team has worked in"),
            unit=Text(sv="andel av enheterna", en="share of clinics"),
            meaning=Text(
                sv="Andel enheter där innovationsteamet har drivit ett projekt.",
                en="Share of clinics in which the innovation team has run a project.",
            ),
            of=_visited,
            reads=frozenset({"vgr_stayed"}),
            is_share=True,
        ),
        Metric(
            name="ownership",
            title=Text(sv="Ägarskap där teamet varit", en="Ownership where the team has been"),
            unit=Text(sv="0–1", en="0-1"),
            meaning=Text(
                sv="Hur mycket arbetssättet är vårdens eget där teamet har varit; 0 där det inte varit någonstans.",
                en="How much it is the clinics' own where the team has been; 0 where it has been nowhere.",
            ),
            of=_ownership,
            reads=frozenset({"vgr_stayed", "ownership"}),
            more_is_better=True,
        ),
    ]


def _visited(world: World) -> NDArray[np.float64]:
    been = np.mean([_been(spread, world) for spread in world.spreads], axis=(0, 2))
    return been.astype(np.float64)


def _ownership(world: World) -> NDArray[np.float64]:
    been = np.stack([_been(spread, world) for spread in world.spreads])
    own = np.stack([np.broadcast_to(spread.ownership, world.shape) for spread in world.spreads])
    whole: NDArray[np.float64] = (own * been).sum(axis=(0, 2), dtype=np.float64) / np.maximum(been.sum(axis=(0, 2)), 1)
    return whole


def _been(spread: object, world: World) -> NDArray[np.bool_]:
    """Where the team has been with this innovation; nowhere under a strategy without it."""
    stayed: NDArray[np.float32] = getattr(spread, "vgr_stayed", np.zeros(world.shape, np.float32))
    return stayed > 0


@hookimpl
def innomotor_figures() -> Sequence[Figure]:
    """Ownership and use by how long the team stays."""
    return [ownership_by_stay()]


@hookimpl
def innomotor_facts() -> Sequence[Fact]:
    """What the five pilots tell must show in the plugin's own scenario."""
    return [
        Fact(
            id="the_team_takes_ownership",
            claim=Text(
                sv="Ju längre ett team utifrån driver arbetet, desto mindre blir det vårdens eget.",
                en="The longer a team from outside drives the work, the less it is the clinics' own.",
            ),
            source="A:3136-3142",
            metric="vastra_gotaland.ownership",
            more="short_stay",
            less="long_stay",
        ),
        Fact(
            id="anchoring_keeps_ownership",
            claim=Text(
                sv="Undervisning vid möten, bredvidgående och en utvecklingsgrupp håller kvar ägarskapet.",
                en="Teaching at meetings, walking alongside and a development group keep the ownership.",
            ),
            source="A:3144-3153, A:3168-3169",
            metric="vastra_gotaland.ownership",
            more="long_anchored",
            less="long_stay",
        ),
        Fact(
            id="resources_after_the_pilot",
            claim=Text(
                sv="Resurser efter piloten ger fler enheter där arbetssättet har blivit ordinarie drift.",
                en="Resources after the pilot bring more clinics into ordinary operation.",
            ),
            source="A:2635-2636, A:2490-2492",
            metric="sustained",
            more="long_stay",
            less="no_resources",
        ),
    ]
