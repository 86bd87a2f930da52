"""Zero vision malnutrition among the elderly: municipalities as test beds, and what happens when the project ends.

Two municipalities tried several times before a method became routine; others succeeded and went back to what they did
before. The plugin asks which handover prevents that. Every number is an estimate with a range unless its row in
``parameters.yaml`` says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from plugins.nollvision_undernaring import outcomes
from plugins.nollvision_undernaring.handover import Handover
from plugins.nollvision_undernaring.pilots import Resonance, TestBeds, Tries
from plugins.nollvision_undernaring.settings import UndernaringSettings
from sim.api import Clinic, Fact, Figure, Levers, Mechanism, Metric, Preset, Strategy, Text, hookimpl

PLACES = ("Skåne", "Stockholm", "Västra Götaland", "Östergötland", "Dalarna", "Västerbotten")
"""Regions of invented municipalities."""
ELDER_CARE, PRIMARY_CARE = 8, 4


@hookimpl
def innomotor_settings() -> type[UndernaringSettings]:
    """Test beds, framing, handover and the societal cost model."""
    return UndernaringSettings


@hookimpl
def innomotor_regions() -> Mapping[str, Sequence[Clinic]]:
    """Regions with the elder care of invented municipalities, primary care centres and a hospital."""
    return {
        place: [
            *(Clinic(f"Äldreomsorg {number}", staff=60, kind="elder_care") for number in range(1, ELDER_CARE + 1)),
            *(
                Clinic(f"Vårdcentral {number}", staff=30, kind="primary_care_centre")
                for number in range(1, PRIMARY_CARE + 1)
            ),
            Clinic("Sjukhus", staff=300, kind="hospital"),
        ]
        for place in PLACES
    }


@hookimpl
def innomotor_mechanisms() -> Sequence[type[Mechanism]]:
    """All of them, always; settings say how."""
    return [TestBeds, Tries, Resonance, Handover]


@hookimpl
def innomotor_strategies() -> Mapping[str, Strategy]:
    """A small core team helps those that ask (B:1242-1247)."""
    levers = Levers(facilitators_fte=2, inclusion="functional", visibility=1.3)
    return {"core_team": Strategy(use=Preset.LET, levers=levers)}


@hookimpl
def innomotor_metrics() -> Sequence[Metric]:
    """What became of the projects, and how many tries they took."""
    return outcomes.METRICS


@hookimpl
def innomotor_figures() -> Sequence[Figure]:
    """What became of the projects."""
    return [outcomes.FIGURE]


@hookimpl
def innomotor_facts() -> Sequence[Fact]:
    """What the evaluation tells must show in the plugin's own scenario."""
    return [
        Fact(
            id="success_reverts",
            claim=Text(
                sv="Utan överenskommelse går fler enheter tillbaka än med en ägare.",
                en="Without an agreement more units revert than with an owner.",
            ),
            source="B:1326-1329 (ST7), B:3111-3131",
            metric="nollvision_undernaring.ever_reverted",
            more="none",
            less="owner",
        ),
        Fact(
            id="framing_keeps_care_away",
            claim=Text(
                sv="En delad inramning når fler enheter än livsmedelsinramningen.",
                en="A shared framing reaches more units than that of food.",
            ),
            source="B:1241-1247, B:1595-1598",
            metric="reach",
            more="shared_framing",
            less="owner",
        ),
    ]
