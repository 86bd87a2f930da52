"""ATMP 2030: centres for advanced therapies with a shared target picture, a research school and shared production.

The centres would have come anyway, much later; the plugin asks what coordination accelerated. Approvals are a queue,
the school builds capability over years, production opens at a date and must then pay for itself. Every number is an
estimate with a range unless its row in ``parameters.yaml`` says otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence

from plugins.atmp2030 import outcomes
from plugins.atmp2030.centres import Centres, Entry, Regulation
from plugins.atmp2030.settings import AtmpSettings
from plugins.atmp2030.shared import Infrastructure, ResearchSchool
from sim.api import Fact, Figure, Mechanism, Metric, Text, hookimpl


@hookimpl
def innomotor_settings() -> type[AtmpSettings]:
    """Coordination, school, production, and what ends when."""
    return AtmpSettings


@hookimpl
def innomotor_mechanisms() -> Sequence[type[Mechanism]]:
    """All of them; a school or production without a month does nothing but lack."""
    return [Centres, Entry, Regulation, ResearchSchool, Infrastructure]


@hookimpl
def innomotor_metrics() -> Sequence[Metric]:
    """Centres, waiting, graduates and production."""
    return outcomes.METRICS


@hookimpl
def innomotor_figures() -> Sequence[Figure]:
    """When half of the regions have a centre."""
    return [outcomes.FIGURE]


@hookimpl
def innomotor_facts() -> Sequence[Fact]:
    """What the evaluation tells must show in the plugin's own scenario."""
    return [
        Fact(
            id="coordination_accelerates",
            claim=Text(
                sv="Med samordning har fler regioner ett centrum efter fem år än utan.",
                en="With coordination more regions have a centre after five years than without.",
            ),
            source="B:1568-1573, B:2810-2815",
            metric="atmp2030.centres",
            more="coordinated",
            less="alone",
        ),
    ]
