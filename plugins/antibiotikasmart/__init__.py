"""Antibiotikasmart Sverige: criteria that are tested and revised with pilots, and a diploma for those that meet them.

For each kind of unit criteria are prepared, drafted, tested and revised until pilots accept them; units that live up to
them may document it and win a diploma, which draws others. Routines decay when nobody attends to them. The plugin asks
what a date of expiry would do. Every number is an estimate with a range unless its row in ``parameters.yaml`` says
otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from plugins.antibiotikasmart import outcomes
from plugins.antibiotikasmart.criteria import Burden, Criteria, Release
from plugins.antibiotikasmart.diploma import Diploma, Routines
from plugins.antibiotikasmart.settings import AntibiotikasmartSettings
from sim.api import Clinic, Fact, Figure, Levers, Mechanism, Metric, Preset, Strategy, Text, hookimpl

KINDS = {"förskola": 10, "skola": 4, "äldreboende": 5, "vårdcentral": 6, "sjukhus": 1}
"""Units of each kind in an invented municipality."""
PLACES = ("Norrbacka", "Sundsvik", "Ekeby", "Västerhamn", "Hedlunda")
STAFF = {"förskola": 16.0, "skola": 45.0, "äldreboende": 40.0, "vårdcentral": 30.0, "sjukhus": 400.0}
ENGLISH = {
    "förskola": "preschool",
    "skola": "school",
    "äldreboende": "elder_care",
    "vårdcentral": "primary_care_centre",
    "sjukhus": "hospital",
}


@hookimpl
def innomotor_settings() -> type[AntibiotikasmartSettings]:
    """How criteria come about, and what the diploma is."""
    return AntibiotikasmartSettings


@hookimpl
def innomotor_regions() -> Mapping[str, Sequence[Clinic]]:
    """Invented municipalities with preschools, schools, elder care, primary care and a hospital."""
    return {
        place: [
            Clinic(f"{kind.capitalize()} {number}", staff=STAFF[kind], kind=ENGLISH[kind])
            for kind, many in KINDS.items()
            for number in range(1, many + 1)
        ]
        for place in PLACES
    }


@hookimpl
def innomotor_mechanisms(settings: AntibiotikasmartSettings) -> Sequence[type[Mechanism]]:
    """The criteria process always; the diploma where there is one; routines decay in either case."""
    parts: list[type[Mechanism]] = [Criteria, Release, Burden, Routines, Diploma]
    return [part for part in parts if part is not Diploma or settings.diploma != "off"]


@hookimpl
def innomotor_strategies() -> Mapping[str, Strategy]:
    """Units are invited and helped, and include their staff; nobody orders them (B:2998-3009)."""
    levers = Levers(facilitators_fte=2, inclusion="interactive", meeting_places=1, visibility=1.3)
    return {"invited": Strategy(use=Preset.LET, levers=levers)}


@hookimpl
def innomotor_metrics() -> Sequence[Metric]:
    """Criteria, diplomas, and what these stand for."""
    return outcomes.METRICS


@hookimpl
def innomotor_figures() -> Sequence[Figure]:
    """What the diplomas stand for at the end."""
    return [outcomes.FIGURE]


@hookimpl
def innomotor_facts() -> Sequence[Fact]:
    """What the evaluation tells must show in the plugin's own scenario."""
    return [
        Fact(
            id="pilots_make_fewer_criteria",
            claim=Text(
                sv="Piloter ger färre kriterier än ett skrivbord.",
                en="Pilots lead to fewer criteria than a desk does.",
            ),
            source="B:2911-2914 (ST6)",
            metric="antibiotikasmart.criteria",
            more="desk",
            less="lasting",
            least=5.0,
        ),
        Fact(
            id="testing_takes_its_time",
            claim=Text(
                sv="Med piloter tar kriterierna minst tre månader längre än vid ett skrivbord.",
                en="With pilots the criteria take at least three months longer than at a desk.",
            ),
            source="B:1334-1353, B:2862-2882 (ST5)",
            metric="antibiotikasmart.months_to_release",
            more="lasting",
            less="desk",
            least=3.0,
        ),
        Fact(
            id="documents_cost",
            claim=Text(
                sv="Diplomet kostar vårdens och skolornas tid för dokumentation.",
                en="The diploma costs the units hours of documentation.",
            ),
            source="B:2992-2995 (ST15)",
            metric="antibiotikasmart.document_hours",
            more="lasting",
            less="none",
        ),
    ]
