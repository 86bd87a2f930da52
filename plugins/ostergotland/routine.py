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
            if not asks.any():
                continue
            helped = self._in_turn(world, spread, asks)
            learns = np.float32(1 - np.exp(-world.parameter("learns") / 12)) * helped
            known = spread.ostergotland_known
            known = known + (1 - known) * learns
            spread.ostergotland_known = known
            told = known * helped
            closes, experience = (np.float32(world.parameter(name)) for name in ("support_closes", "experience"))
            spread.supply = spread.supply + (1 - spread.supply) * (closes * told)
            spread.ownership = spread.ownership + (1 - spread.ownership) * (experience / 12 * told)
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
            since = world.month - bought
            lasts = (bought >= 0) & (since < self.settings.focus_months)
            if not lasts.any():
                spread.ostergotland_focus = np.zeros(world.shape, np.float32)
                continue
            wanes = np.float32(-world.parameter("wanes") / 12)
            fresh = np.broadcast_to(np.exp(wanes * np.maximum(since, 0)) * lasts, world.shape).astype(np.float32)
            spread.ostergotland_focus = fresh
            factor = 1 + np.float32(world.parameter("focus")) * np.float32(world.clinics.need) * fresh
            spread.start_hazard = spread.start_hazard * factor


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

    def prepare(self, world: World) -> None:
        """How many clinics each region has."""
        self._clinics = np.maximum(world.region_sums(np.ones(world.shape, bool)), 1)

    def __call__(self, world: World) -> None:
        """What this month has shown, and what the consultations make of it."""
        month = self.settings.maintenance_owner_month
        owned = month is not None and world.month >= month
        own, near, owner = (np.float32(world.parameter(f"{name}_shows") / 12) for name in ("own", "near", "owner"))
        hidden = np.float32(1 - world.parameter("ceiling"))
        for spread in world.present:
            worn = own * (spread.depth * ~spread.nominal) + near * self._near(world, spread) + owner * owned
            pilot = spread.ostergotland_pilot * np.exp(-worn)
            spread.ostergotland_pilot = pilot
            spread.depth = np.minimum(spread.depth, 1 - hidden * pilot)
        if owned:
            world.spend("cost_levers_sek", world.parameter("owner_sek") / 12)

    def _near(self, world: World, spread: Spread) -> Floats:
        """Share of the region's clinics that have it in ordinary operation: ``(replicates, clinics)``."""
        kept = spread.is_between(Stage.SUSTAINED, Stage.SUSTAINED)
        share: Floats = world.by_region((world.region_sums(kept) / self._clinics).astype(np.float32))
        return share
