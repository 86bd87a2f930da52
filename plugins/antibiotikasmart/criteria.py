"""How criteria come about for each kind of unit: prepare, draft, test and revise with pilots until they accept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plugins.antibiotikasmart.settings import AntibiotikasmartSettings
from sim.api import Bools, Cells, Floats, Mechanism, Phase, Spread, Stage, State, World

NOT_YET = -1.0
"""Month of a release that has not been."""


@dataclass
class Area:
    """Where the work on the criteria stands, each ``(replicates, kinds)``."""

    versions: Floats
    criteria: Floats
    """How many criteria the latest version has."""
    quality: Floats
    """How clear and practicable they are, 0 to 1."""
    agreed: NDArray[np.float64]
    """Month in which the pilots accepted them, -1 before."""
    released: NDArray[np.float64]


class Criteria(Mechanism):
    """Every month the pilots' remarks make new versions, fewer and clearer criteria, until enough pilots accept them.

    n = goal + (n0 - goal) e^(-cut v) criteria and quality q = 1 - (1 - q0) e^(-gain v) after v versions; a pilot
    accepts when q (1 - burden (n - goal) / n0) passes its own bar. Leaders then adopt them, and others may begin.
    """

    name = "antibiotikasmart_criteria"
    phase = Phase.OUTER
    after = frozenset({"champions", "events", "early_documents", "vasterbotten_innovation_clinics"})
    reads = frozenset({"stage", "nominal", "adapted"})
    writes = frozenset(
        {
            *("stage", "champion", "fit", "influences", "amounts"),
            *("antibiotikasmart_pilot", "antibiotikasmart_versions", "antibiotikasmart_criteria"),
            *("antibiotikasmart_released",),
        }
    )
    adds = {
        "antibiotikasmart_pilot": State("tests the criteria as a pilot", first=False, dtype=bool),
        "antibiotikasmart_versions": State("versions of the criteria of its kind of unit", low=0),
        "antibiotikasmart_criteria": State("criteria in the latest version", first=0, low=0),
        "antibiotikasmart_released": State("month of release of its kind's criteria, -1 before", first=NOT_YET),
    }
    settings: AntibiotikasmartSettings

    def prepare(self, world: World) -> None:
        """A draft that nobody has seen, for each kind of unit."""
        shape = (world.shape[0], len(world.kinds))
        self._chance = self._remarking(world)
        self._drafted = np.round(self._preparation(world) + world.parameter("draft_months"))
        start = np.ones(shape, np.float32)
        self._areas = {
            spread.name: Area(
                versions=0 * start,
                criteria=start * world.parameter("criteria_first"),
                quality=start * self._first_quality(world),
                agreed=np.full(shape, NOT_YET),
                released=np.full(shape, NOT_YET),
            )
            for spread in world.spreads
        }
        for spread in world.spreads:
            spread.antibiotikasmart_criteria[:] = world.parameter("criteria_first")

    def __call__(self, world: World) -> None:
        """One month in every area."""
        for spread in world.present:
            area, age = self._areas[spread.name], world.month - spread.innovation.arrives_month
            if not (area.released >= 0).all() and (age >= self._drafted).any():
                self._work_on(world, spread, area, age)
            self._ambassadors(world, spread)

    def _work_on(self, world: World, spread: Spread, area: Area, age: int) -> None:
        """A month of the areas that have not released their criteria."""
        if self.settings.criteria == "at_a_desk":
            self._agree(world, area, age >= self._drafted)
            area.versions = np.maximum(area.versions, age >= self._drafted).astype(np.float32)
        else:
            testing = (age >= self._drafted) & (area.agreed < 0)
            if testing.any():
                self._recruit(world, spread, testing)
                self._test(world, spread, area, age - self._drafted)
        self._release(world, spread, area)
        spread.antibiotikasmart_versions = area.versions[:, world.kind]
        spread.antibiotikasmart_criteria = area.criteria[:, world.kind].astype(np.float32)

    def _begins_as(self, world: World, ground: str) -> Floats:
        """1 for the kinds of unit that begin so: ``(1, kinds)``."""
        return np.array([[self.settings.areas.get(kind) == ground for kind in world.kinds]], np.float32)

    def _preparation(self, world: World) -> Floats:
        """Months of preparation: ``(1 or replicates, kinds)``."""
        known, fragmented = (self._begins_as(world, ground) for ground in ("existing_network", "fragmented"))
        saved, lost = world.parameter("network_saves"), world.parameter("fragments_cost")
        months: Floats = world.parameter("preparation_months") * (1 - saved * known + lost * fragmented)
        return months

    def _first_quality(self, world: World) -> Floats:
        first, known = world.parameter("quality_first"), self._begins_as(world, "guidelines")
        quality: Floats = first + world.parameter("guidelines_quality") * (1 - first) * known
        return quality

    def _recruit(self, world: World, spread: Spread, testing: Bools) -> None:
        """Pilots of each kind by lot among those that know of it; each has an enthusiast and begins at once."""
        pilots = spread.antibiotikasmart_pilot
        missing = (self.settings.pilots - per_kind(world, Cells.where(pilots))) * testing
        for place, kind in enumerate(world.kinds):
            wanted = missing[:, place : place + 1]
            if not (wanted > 0).any():
                continue
            free = spread.is_between(Stage.AWARE, Stage.AWARE) & (world.kind == place)[None, :] & ~pilots
            lot = world.by_lot(self.settings.pilots, free, f"pilots of {kind} for {spread.name}")
            drawn = lot & (np.cumsum(lot, axis=1) <= wanted)
            pilots |= drawn
            champion = spread.champion
            champion |= drawn
            spread.advance(Cells.where(drawn), Stage.AWARE)

    def _test(self, world: World, spread: Spread, area: Area, tested: NDArray[np.float64]) -> None:
        """The pilots' remarks, what they change, and who accepts it."""
        open_areas = (tested >= 0) & (area.agreed < 0)
        everyone = Cells.where(spread.antibiotikasmart_pilot)
        pilots = everyone.only(everyone.of(open_areas[:, world.kind]))
        fresh = self._remarks(world, spread, pilots)
        area.versions = area.versions + fresh
        goal, cut = world.parameter("criteria_goal"), world.parameter("criteria_cut")
        area.criteria = goal + (area.criteria - goal) * np.exp(-cut * fresh)
        gain = world.parameter("quality_gain")
        if self.settings.citizens:
            gain = gain * (1 + world.parameter("citizens_gain"))
        area.quality = 1 - (1 - area.quality) * np.exp(-gain * fresh)
        self._pay(world, spread, pilots)
        enough = self._accepting(world, spread, area, pilots) >= world.parameter("accept_share")
        patience = tested >= np.round(world.parameter("test_months_most"))
        least = tested >= np.round(world.parameter("test_months_least"))
        self._agree(world, area, open_areas & ((least & enough) | patience))

    def _remarks(self, world: World, spread: Spread, pilots: Cells) -> Floats:
        """How many pilots send in remarks this month, of each kind: ``(replicates, kinds)``."""
        replicates, clinics = world.addresses
        draws = world.draws(f"remarks on {spread.name}")
        lot = draws.uniform(replicates[pilots.row, 0], clinics[pilots.column], world.month)
        return per_kind(world, pilots.only(lot < pilots.of(self._chance[:, world.kind])))

    def _remarking(self, world: World) -> Floats:
        """Chance that a pilot of each kind has remarks in a month: ``(1 or replicates, kinds)``."""
        engaged, known = self._begins_as(world, "engaged"), self._begins_as(world, "guidelines")
        more = world.parameter("engaged_remarks") * engaged - world.parameter("guidelines_quiet") * known
        chance: Floats = -np.expm1(-world.parameter("remarks") * (1 + more))
        return chance

    def _accepting(self, world: World, spread: Spread, area: Area, pilots: Cells) -> Floats:
        """Share of the pilots of each kind that accept the latest version: ``(replicates, kinds)``."""
        first, goal = world.parameter("criteria_first"), world.parameter("criteria_goal")
        worth = area.quality * (1 - world.parameter("criteria_burden") * (area.criteria - goal) / first)
        lowest, highest = (pilots.of(world.parameter(f"bar_{end}")) for end in ("lowest", "highest"))
        replicates, clinics = world.addresses
        own = world.draws(f"bar of {spread.name}").uniform(replicates[pilots.row, 0], clinics[pilots.column])
        accept = pilots.only(pilots.of(worth[:, world.kind]) >= lowest + (highest - lowest) * own)
        share = per_kind(world, accept) / np.maximum(per_kind(world, pilots), 1)
        return share.astype(np.float32)

    def _pay(self, world: World, spread: Spread, testing: Cells) -> None:
        hours = world.parameter("pilot_hours")[:, 0].astype(np.float64) * testing.count(world.shape[0])
        spread.add("clinic_hours", hours)
        spread.add("cost_clinic_hours_sek", hours * world.parameter("wage")[:, 0])

    def _agree(self, world: World, area: Area, now: Bools) -> None:
        area.agreed = np.where(now & (area.agreed < 0), world.month, area.agreed)

    def _release(self, world: World, spread: Spread, area: Area) -> None:
        """Leaders adopt what was agreed; then it suits those to come as well as its quality says."""
        ready = (area.agreed >= 0) & (world.month >= area.agreed + np.round(world.parameter("adoption_months")))
        now = ready & (area.released < 0)
        if not now.any():
            return
        area.released = np.where(now, world.month, area.released)
        spread.antibiotikasmart_released = area.released[:, world.kind].astype(np.float32)
        better = world.parameter("quality_fit") * (area.quality - self._first_quality(world)) * now
        to_come = ~spread.in_use & ~spread.adapted
        spread.fit = np.clip(spread.fit + better[:, world.kind] * to_come, 0, 1).astype(np.float32)

    def _ambassadors(self, world: World, spread: Spread) -> None:
        """Pilots that use it tell others (B:3004-3005)."""
        using = spread.antibiotikasmart_pilot & spread.in_use & ~spread.nominal
        if not using.any():
            return
        share = using.sum(axis=1, keepdims=True) / max(self.settings.pilots * len(world.kinds), 1)
        spread.influence("ambassadors", (world.parameter("ambassadors") * share).astype(np.float32))


def per_kind(world: World, cells: Cells) -> Floats:
    """How many of the units are of each kind: ``(replicates, kinds)``."""
    kinds = len(world.kinds)
    counted = np.bincount(cells.row * kinds + world.kind[cells.column], minlength=world.shape[0] * kinds)
    return counted.reshape(world.shape[0], kinds).astype(np.float32)


class Release(Mechanism):
    """Nobody but pilots begins before the criteria are released; fewer criteria make others begin sooner.

    Start hazard times (n0 / n)^simplicity once released, 0 before.
    """

    name = "antibiotikasmart_release"
    phase = Phase.PERCEIVE
    after = frozenset(
        {
            *("start_hazard", "existing_network", "contact_fear", "wrong_pocket"),
            *("vasterbotten_open_invitation", "vasterbotten_generalise"),
        }
    )
    reads = frozenset({"start_hazard", "antibiotikasmart_released", "antibiotikasmart_criteria"})
    writes = frozenset({"start_hazard"})

    def __call__(self, world: World) -> None:
        """Who may begin this month, and how it looks to them."""
        for spread in world.present:
            factor = self._factor(world, spread)
            spread.start_hazard = (spread.start_hazard * factor).astype(np.float32)

    def prepare(self, world: World) -> None:
        """What follows from the criteria is worked out anew only while they change."""
        self._last: dict[str, Floats] = {}

    def _factor(self, world: World, spread: Spread) -> Floats:
        """(n0 / n)^simplicity, 0 before the release: ``(replicates, clinics)``."""
        known = self._last.get(spread.name)
        if known is not None:
            return known
        fewer = world.parameter("criteria_first") / np.maximum(spread.antibiotikasmart_criteria, 1)
        open_to_all = spread.antibiotikasmart_released >= 0
        factor: Floats = np.where(open_to_all, fewer ** world.parameter("simplicity"), 0).astype(np.float32)
        if open_to_all.all():
            self._last[spread.name] = factor
        return factor


class Burden(Mechanism):
    """Testing and adjusting take hours in proportion to the number of criteria in force."""

    name = "antibiotikasmart_burden"
    phase = Phase.DECIDE
    after = frozenset({"testing", "adjusting"})
    reads = frozenset({"stage", "work", "antibiotikasmart_criteria"})
    writes = frozenset({"work"})

    def __call__(self, world: World) -> None:
        """Those that have come to a stage this month."""
        for spread in world.present:
            cells = spread.between(Stage.TESTING, Stage.ADJUSTING)
            fresh = cells.only(spread.months_here(cells) == 0)
            if not len(fresh):
                continue
            share = fresh.of(spread.antibiotikasmart_criteria) / fresh.of(world.parameter("criteria_first"))
            work = spread.work
            fresh.put(work, fresh.of(work) * share)
            np.maximum(work, 0, out=work)
