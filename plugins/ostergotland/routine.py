"""From pilot to routine: support that fits the unit, a diagnosis in focus, and whether care believes it is decided."""

from __future__ import annotations

import numpy as np

from plugins.ostergotland.settings import OstergotlandSettings
from sim.api import Bools, Floats, Mechanism, Phase, Spread, Stage, State, World


class UnitSupport(Mechanism):
    """A small team learns what each unit needs, and supports it accordingly; it has hours for so many at a time.

    What is known of a unit, k' = learns (1 - k) while it is supported, decides how much of what it lacks is closed; the
    good experience makes it more its own, in spite of trouble (A:1911-1914).
    """

    name = "ostergotland_unit_support"
    phase = Phase.WORK
    after = frozenset({"work", "ostergotland_ecosystem"})
    before = frozenset({"implementation"})
    reads = frozenset({"stage", "since", "ostergotland_known"})
    writes = frozenset({"supply", "ownership", "amounts", "ostergotland_known"})
    adds = {"ostergotland_known": State("how well the team knows what the unit needs, 0-1", low=0, high=1)}

    def prepare(self, world: World) -> None:
        """A lot among those that begin in the same month."""
        self._lot = {one.name: world.uniform(f"turn for {one.name}").astype(np.float32) for one in world.spreads}

    def __call__(self, world: World) -> None:
        """This month's units: those that have begun last, as many as there are hours for."""
        for spread in world.present:
            asks = spread.is_between(Stage.TESTING, Stage.USING)
            helped = self._in_turn(world, spread, asks)
            known = spread.ostergotland_known
            known = known + (1 - known) * (1 - np.exp(-world.parameter("learns") / 12)) * helped
            spread.ostergotland_known = np.clip(known, 0, 1).astype(np.float32)
            closed = world.parameter("support_closes") * known * helped
            spread.supply = np.clip(spread.supply + (1 - spread.supply) * closed, 0, 1).astype(np.float32)
            own = world.parameter("experience") / 12 * known * (1 - spread.ownership) * helped
            spread.ownership = np.clip(spread.ownership + own, 0, 1).astype(np.float32)
            hours = world.parameter("support_hours") * helped.sum(axis=1, keepdims=True)
            spread.add("cost_levers_sek", hours * world.parameter("support_wage"))

    def _in_turn(self, world: World, spread: Spread, asks: Bools) -> Bools:
        """As many as there are hours for, those that have begun last first: ``(replicates, clinics)``."""
        places = np.round(world.parameter("units_at_once"))
        if (asks.sum(axis=1, keepdims=True) <= places).all():
            return asks
        turn = np.where(asks, self._lot[spread.name] - spread.since, np.float32(np.inf))
        row = np.broadcast_to(np.minimum(places, world.shape[1] - 1), (world.shape[0], 1)).astype(np.intp)
        first = np.sort(np.partition(turn, row.max(), axis=1)[:, : row.max() + 1], axis=1)
        return asks & (turn < np.take_along_axis(first, row, axis=1))


class FocusDiagnosis(Mechanism):
    """One diagnosis in focus makes it concrete: units with a clear need of it start sooner, while the focus lasts.

    The start hazard is multiplied by 1 + focus need f, where the focus is new and wanes, f' = -wanes f; units with
    little need of it gain little from it.
    """

    name = "ostergotland_focus_diagnosis"
    phase = Phase.PERCEIVE
    after = frozenset({"start_hazard", "ostergotland_procurement"})
    reads = frozenset({"ostergotland_awarded"})
    writes = frozenset({"start_hazard", "ostergotland_focus"})
    adds = {
        "ostergotland_focus": State("how new the focus is, 0-1", low=0, high=1),
        "ostergotland_awarded": State("month of the contract, -1 before", -1, low=-1),
    }
    settings: OstergotlandSettings

    def __call__(self, world: World) -> None:
        """A month in focus, or after it."""
        for spread in world.present:
            bought = spread.ostergotland_awarded if "ostergotland_procurement" in world.running else np.float32(0)
            since = np.broadcast_to(world.month - bought, world.shape)
            lasts = (bought >= 0) & (since < self.settings.focus_months)
            fresh = np.exp(-world.parameter("wanes") / 12 * since) * lasts
            spread.ostergotland_focus = np.clip(fresh, 0, 1).astype(np.float32)
            if not lasts.any():
                continue
            factor = 1 + world.parameter("focus") * world.clinics.need * spread.ostergotland_focus
            spread.start_hazard = (spread.start_hazard * factor).astype(np.float32)


class PilotStatus(Mechanism):
    """Care sees a decided change as a pilot until own results, those of the region, or an owner show otherwise.

    b' = -(own D + near s + owner) b from b = 1: a clinic's own depth D, the share s of the region's clinics in ordinary
    operation, and an owner of the maintenance each wear the belief down. What is seen as a pilot is chosen away in the
    single consultation, so depth comes no further than ceiling + (1 - ceiling)(1 - b) (A:1696-1701, A:1859-1885).
    """

    name = "ostergotland_pilot_status"
    phase = Phase.SETTLE
    before = frozenset({"sustain"})
    after = frozenset({"internalisation"})
    reads = frozenset({"stage", "nominal", "ostergotland_pilot"})
    writes = frozenset({"depth", "amounts", "ostergotland_pilot"})
    adds = {"ostergotland_pilot": State("sees it as a pilot, 0-1", 1, low=0, high=1)}
    settings: OstergotlandSettings

    def __call__(self, world: World) -> None:
        """What this month has shown, and what the consultations make of it."""
        month = self.settings.maintenance_owner_month
        owned = month is not None and world.month >= month
        for spread in world.present:
            shown = world.parameter("own_shows") * spread.depth * ~spread.nominal
            shown = shown + world.parameter("near_shows") * self._near(world, spread)
            shown = shown + world.parameter("owner_shows") * owned
            pilot = spread.ostergotland_pilot * np.exp(-shown / 12)
            spread.ostergotland_pilot = np.clip(pilot, 0, 1).astype(np.float32)
            most = world.parameter("ceiling") + (1 - world.parameter("ceiling")) * (1 - pilot)
            spread.depth = np.minimum(spread.depth, most).astype(np.float32)
        if owned:
            world.spend("cost_levers_sek", world.parameter("owner_sek") / 12)

    def _near(self, world: World, spread: Spread) -> Floats:
        """Share of the region's clinics that have it in ordinary operation: ``(replicates, clinics)``."""
        kept = spread.is_between(Stage.SUSTAINED, Stage.SUSTAINED)
        clinics = world.region_sums(np.ones(world.shape, bool))
        share: Floats = world.by_region((world.region_sums(kept) / np.maximum(clinics, 1)).astype(np.float32))
        return share
