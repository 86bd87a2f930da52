"""Västerbotten: new, useful, put to use. Innovation clinics, and spread in six steps from one clinic to the next.

Three innovation clinics developed and tested in daily work; FETT-B went from the first, Idun, to Skellefteå City in an
adapted form and on to a third. What is modelled is how it spread. Prioritisation and the value model belong to the
portfolio. Every number is an estimate with a range unless its row in ``parameters.yaml`` says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from plugins.vasterbotten.generalise import Generalise
from plugins.vasterbotten.partnership import Partnership
from plugins.vasterbotten.seeds import InnovationClinics, OpenInvitation
from plugins.vasterbotten.settings import VasterbottenSettings
from plugins.vasterbotten.structure import Escalation, Nodes
from plugins.vasterbotten.visits import StudyVisits
from sim.api import Fact, Levers, Mechanism, Metric, Preset, Strategy, Text, World, hookimpl


@hookimpl
def innomotor_settings() -> type[VasterbottenSettings]:
    """The region's ways, each to be switched on and off."""
    return VasterbottenSettings


@hookimpl
def innomotor_mechanisms(settings: VasterbottenSettings) -> Sequence[type[Mechanism]]:
    """Those that the settings switch on."""
    chosen: Mapping[type[Mechanism], bool] = {
        InnovationClinics: True,
        OpenInvitation: settings.open_invitation,
        StudyVisits: settings.study_visits != "off",
        Generalise: settings.generalise != "never",
        Partnership: settings.partnership != "off",
        Nodes: settings.nodes,
        Escalation: settings.escalation,
    }
    return [kind for kind, on in chosen.items() if on]


@hookimpl
def innomotor_strategies() -> Mapping[str, Strategy]:
    """The way of FETT-B: invited, adapted together with the clinic, with an owner of its upkeep (A:3884-4022)."""
    levers = Levers(facilitators_fte=1, inclusion="interactive", reinvention="guided", transition_plan=True)
    return {"six_factors": Strategy(use=Preset.HELP, levers=levers)}


@hookimpl
def innomotor_metrics() -> Sequence[Metric]:
    """How many clinics have been on a study visit."""
    return [
        Metric(
            name="visited",
            title=Text(sv="Studiebesök", en="Study visits"),
            unit=Text(sv="andel av enheterna", en="share of clinics"),
            meaning=Text(
                sv="Andel enheter som varit på studiebesök innan de anpassade arbetssättet.",
                en="Share of clinics that have been on a study visit before they adapted it.",
            ),
            of=_visited,
            reads=frozenset({"vasterbotten_visited"}),
            is_share=True,
        )
    ]


def _visited(world: World) -> NDArray[np.float64]:
    none = np.zeros(world.shape, bool)  # under a strategy without visits
    visited = [getattr(spread, "vasterbotten_visited", none) for spread in world.spreads]
    return np.mean(visited, axis=(0, 2))


@hookimpl
def innomotor_facts() -> Sequence[Fact]:
    """What the region's experience must show in its own scenario."""
    return [
        Fact(
            id="visits_convince",
            claim=Text(
                sv="Studiebesök åt båda håll ger fler enheter som använder arbetssättet.",
                en="Study visits both ways bring more clinics into use.",
            ),
            source="A:3910-3921, A:5396-5401",
            metric="reach",
            more="visits",
            less="no_visits",
        ),
    ]
