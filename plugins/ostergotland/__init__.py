"""Östergötland: an ecosystem for e-health, bought by need, and brought from pilot to routine with an owner.

Self-monitoring was mapped, bought as an innovation by user stories, introduced unit by unit, and met care that treated
a decided change as a pilot. What is modelled is what turns it into routine: parts that hold together, a supplier that
fits, support that fits the unit, a focus on one diagnosis, and somebody who owns the maintenance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plugins.ostergotland.buying import Procurement
from plugins.ostergotland.ecosystem import Ecosystem
from plugins.ostergotland.picture import from_pilot_to_routine
from plugins.ostergotland.routine import FocusDiagnosis, PilotStatus, UnitSupport
from plugins.ostergotland.settings import OstergotlandSettings
from sim.api import Fact, Figure, Levers, Mechanism, Metric, Preset, Strategy, Text, World, hookimpl


@hookimpl
def innomotor_settings() -> type[OstergotlandSettings]:
    """The region's ways, each to be switched on and off."""
    return OstergotlandSettings


@hookimpl
def innomotor_mechanisms(settings: OstergotlandSettings) -> Sequence[type[Mechanism]]:
    """Those that the settings switch on."""
    chosen: Mapping[type[Mechanism], bool] = {
        Ecosystem: settings.ecosystem != "as_it_is",
        Procurement: settings.procurement != "none",
        UnitSupport: settings.unit_support,
        FocusDiagnosis: settings.focus_months > 0,
        PilotStatus: settings.pilot_status,
    }
    return [kind for kind, on in chosen.items() if on]


@hookimpl
def innomotor_strategies() -> Mapping[str, Strategy]:
    """A decided change that is helped: units are supported, and staff are asked early (A:1735-1750)."""
    return {"decided": Strategy(use=Preset.HELP, levers=Levers(inclusion="consultation", lead_by_example=0.5))}


@hookimpl
def innomotor_metrics() -> Sequence[Metric]:
    """What the procurement gave, how complete the ecosystem is, and who still sees a pilot."""
    months = Text(sv="månader", en="months")
    return [
        Metric(
            name="seen_as_pilot",
            title=Text(sv="Ser det som en pilot", en="See it as a pilot"),
            unit=Text(sv="andel av dem som använder", en="share of those that use it"),
            meaning=Text(
                sv="Hur stor del av de användande enheterna som fortfarande ser förändringen som en pilot.",
                en="To what degree the clinics that use it still see the change as a pilot.",
            ),
            of=_seen_as_pilot,
            reads=frozenset({"ostergotland_pilot", "stage"}),
            is_share=True,
            more_is_better=False,
        ),
        Metric(
            name="months_to_award",
            title=Text(sv="Månader till avtal", en="Months to the contract"),
            unit=months,
            meaning=Text(
                sv="Månad då upphandlingen ledde till avtal; > betyder att den inte gjorde det.",
                en="Month in which the procurement led to a contract; > means that it did not.",
            ),
            of=lambda world: _first(world, "ostergotland_awarded", np.inf),
            reads=frozenset({"ostergotland_awarded"}),
            more_is_better=False,
        ),
        Metric(
            name="bidders",
            title=Text(sv="Anbudsgivare", en="Bidders"),
            unit=Text(sv="anbud", en="bids"),
            meaning=Text(
                sv="Antal anbud som klarade kraven i den upphandling som ledde till avtal.",
                en="Bids that met the requirements in the procurement that led to a contract.",
            ),
            of=lambda world: _first(world, "ostergotland_bidders", 0.0),
            reads=frozenset({"ostergotland_bidders"}),
            more_is_better=True,
        ),
        Metric(
            name="completeness",
            title=Text(sv="Ekosystemets svagaste del", en="The ecosystem's weakest part"),
            unit=Text(sv="0–1", en="0-1"),
            meaning=Text(
                sv="Hur långt den svagaste av aktörer, operativ struktur och ramverk har kommit.",
                en="How far the weakest of actors, operational structure and framework has come.",
            ),
            of=_weakest,
            reads=frozenset({"ostergotland_weakest"}),
            more_is_better=True,
        ),
    ]


def _seen_as_pilot(world: World) -> NDArray[np.float64]:
    use = np.stack([spread.in_use for spread in world.spreads])
    nothing = np.zeros(world.shape, np.float32)
    pilot = np.stack(
        [np.broadcast_to(getattr(one, "ostergotland_pilot", nothing), world.shape) for one in world.spreads]
    )
    share: NDArray[np.float64] = (pilot * use).sum(axis=(0, 2), dtype=np.float64) / np.maximum(use.sum(axis=(0, 2)), 1)
    return share


def _first(world: World, state: str, never: float) -> NDArray[np.float64]:
    """A state of the first innovation that is the same for all clinics; ``never`` where it is below 0."""
    spread: Any = world.spreads[0]
    values = np.asarray(getattr(spread, state, np.full(world.shape, -1.0)))[:, 0].astype(np.float64)
    return np.where(values < 0, never, values)


def _weakest(world: World) -> NDArray[np.float64]:
    values: NDArray[np.float64] = np.asarray(getattr(world, "ostergotland_weakest", np.zeros(world.shape)))[:, 0]
    return values.astype(np.float64)


@hookimpl
def innomotor_figures() -> Sequence[Figure]:
    """Use and routine beside who still sees a pilot."""
    return [from_pilot_to_routine()]


@hookimpl
def innomotor_facts() -> Sequence[Fact]:
    """What the region has learnt must show in the plugin's own scenario."""
    return [
        Fact(
            id="an_owner_makes_it_routine",
            claim=Text(
                sv="Med en ägare av förvaltningen ses förändringen mindre som en pilot.",
                en="With an owner of the maintenance the change is seen less as a pilot.",
            ),
            source="A:1859-1864, A:1926-1939",
            metric="ostergotland.seen_as_pilot",
            more="no_owner",
            less="owned",
        ),
        Fact(
            id="stories_bring_bidders",
            claim=Text(
                sv="Användarberättelser med få skall-krav ger fler anbudsgivare än en klassisk upphandling.",
                en="User stories with few must-requirements bring more bidders than a classic procurement.",
            ),
            source="A:1796-1812",
            metric="ostergotland.bidders",
            more="owned",
            less="classic",
        ),
        Fact(
            id="a_weak_part_holds_back",
            claim=Text(
                sv="Byggs bara aktörerna ut blir färre enheter varaktiga än när den svagaste delen byggs.",
                en="Where only actors are built up fewer clinics last than where the weakest part is.",
            ),
            source="estimate; that the weakest part limits is our reading of A:1926-1939",
            metric="sustained",
            more="owned",
            less="actors_only",
        ),
        Fact(
            id="focus_recruits",
            claim=Text(
                sv="Fokus på en diagnos lockar fler enheter att delta de första två åren.",
                en="Focus on one diagnosis recruits more clinics in the first two years.",
            ),
            source="A:1916-1918",
            metric="reach",
            more="owned",
            less="no_focus",
            scenario="focus.yaml",
        ),
    ]
