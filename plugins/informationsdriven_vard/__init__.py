"""Information-driven care: the regions' reference group, what it gives at home, and what is left when it ends.

A few regions met in 2022 and all 21 did when the environment ended, yet representatives shifted, resistance at home
stayed, and more asked for help than could have it. The plugin asks how deep it is. It takes the place of the model's
national network. Every number is an estimate with a range unless its row in ``parameters.yaml`` says otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from plugins.informationsdriven_vard import outcomes
from plugins.informationsdriven_vard.capacity import Capacity, Handbook
from plugins.informationsdriven_vard.settings import InformationsdrivenSettings
from sim.api import Fact, Figure, Mechanism, Metric, Text, hookimpl


@hookimpl
def innomotor_settings() -> type[InformationsdrivenSettings]:
    """Who sits at the table, what holds it together, and who takes over."""
    return InformationsdrivenSettings


@hookimpl
def innomotor_mechanisms(settings: InformationsdrivenSettings) -> Sequence[type[Mechanism]]:
    """The help that there is, and the handbook where there is one."""
    return [Capacity] if settings.handbook == "none" else [Handbook, Capacity]


@hookimpl
def innomotor_actors() -> Sequence[type[Any]]:
    """The reference group."""
    from plugins.informationsdriven_vard.group import ReferenceGroup  # noqa: PLC0415 keeps Mesa out of the start-up

    return [ReferenceGroup]


@hookimpl
def innomotor_metrics() -> Sequence[Metric]:
    """The table, and home."""
    return outcomes.METRICS


@hookimpl
def innomotor_figures() -> Sequence[Figure]:
    """At the table and at home."""
    return [outcomes.FIGURE]


@hookimpl
def innomotor_facts() -> Sequence[Fact]:
    """What the evaluation tells must show in the plugin's own scenario."""
    return [
        Fact(
            id="facilitated_all_join",
            claim=Text(
                sv="Med någon som håller ihop gruppen är fler regioner med än när ingen tar över.",
                en="With a facilitator more regions take part than when nobody takes over.",
            ),
            source="B:827, B:1740-1742, B:3188-3190 (ST1); B:1931-1933",
            metric="informationsdriven_vard.at_table",
            more="agency",
            less="nobody",
            least=0.1,
        ),
        Fact(
            id="shifts_cost_depth",
            claim=Text(
                sv="Två företrädare för varje region ger djupare förankring hemma än skiftande.",
                en="Two representatives of each region give more depth at home than shifting ones.",
            ),
            source="B:1743-1748 (ST2)",
            metric="informationsdriven_vard.depth_at_home",
            more="deputies",
            less="agency",
        ),
    ]
