"""Test beds that try again, and what makes others listen or not."""

from __future__ import annotations

import numpy as np

from plugins.nollvision_undernaring.settings import UndernaringSettings
from sim.api import Bools, Cells, Floats, Mechanism, Phase, Spread, Stage, State, World


class TestBeds(Mechanism):
    """A few units are test beds: they begin at once, carried by enthusiasts, in the coordinator's own region.

    Where fewer have begun than there shall be, more are drawn by lot among those that know of it.
    """

    name = "nollvision_undernaring_test_beds"
    phase = Phase.OUTER
    after = frozenset({"champions", "events", "vasterbotten_innovation_clinics", "antibiotikasmart_criteria"})
    reads = frozenset({"stage"})
    writes = frozenset({"stage", "champion", "nollvision_undernaring_test_bed"})
    adds = {"nollvision_undernaring_test_bed": State("is a test bed for this innovation", first=False, dtype=bool)}
    settings: UndernaringSettings

    def __call__(self, world: World) -> None:
        """They are appointed when the innovation arrives."""
        for spread in world.present:
            if world.month == spread.innovation.arrives_month:
                self._appoint(world, spread)

    def _appoint(self, world: World, spread: Spread) -> None:
        home = self.settings.home_region
        there = np.ones(world.shape, bool) & (world.region(home) if home in world.regions and home else True)
        begun = spread.is_between(Stage.TESTING, Stage.SUSTAINED) & there
        first = world.by_lot(self.settings.testbeds, begun, f"first of {spread.name}")
        missing = self.settings.testbeds - first.sum(axis=1, keepdims=True)
        free = spread.is_between(Stage.AWARE, Stage.AWARE) & there
        lot = world.by_lot(self.settings.testbeds, free, f"more of {spread.name}")
        drawn = lot & (np.cumsum(lot, axis=1) <= missing)
        beds, champion = spread.nollvision_undernaring_test_bed, spread.champion
        beds |= first | drawn
        champion |= beds
        spread.advance(Cells.where(drawn), Stage.AWARE)


class Tries(Mechanism):
    """A test bed whose test has failed changes the solution and tries again, some times at most.

    Each try closes a part of what is missing of the fit: fit' = fit + learnt (1 - fit) (B:3111-3122, B:3153-3163).
    """

    name = "nollvision_undernaring_tries"
    phase = Phase.DECIDE
    after = frozenset({"testing", "vasterbotten_study_visits"})
    before = frozenset({"adjusting"})
    reads = frozenset({"stage", "nollvision_undernaring_test_bed"})
    writes = frozenset({"stage", "fit", "work", "amounts", "nollvision_undernaring_tries"})
    adds = {"nollvision_undernaring_tries": State("tries after the first", low=0)}

    def __call__(self, world: World) -> None:
        """Those that have failed this month."""
        most = np.round(world.parameter("tries_most"))
        for spread in world.present:
            declined = spread.at(Stage.DECLINED)
            tries = spread.nollvision_undernaring_tries
            fresh = (spread.months_here(declined) == 0) & declined.of(spread.nollvision_undernaring_test_bed)
            again = declined.only(fresh & (declined.of(tries) < declined.of(most)))
            if not len(again):
                continue
            again.put(tries, again.of(tries) + 1)
            fit = again.of(spread.fit)
            again.put(spread.fit, fit + again.of(world.parameter("try_learns")) * (1 - fit))
            price = np.broadcast_to(world.parameter("try_cost"), (world.shape[0], 1))[:, 0].astype(np.float64)
            spread.add("cost_levers_sek", price * again.count(world.shape[0]))
            spread.advance(again, Stage.AWARE)


class Resonance(Mechanism):
    """Whether others listen: whose matter it is said to be, how far away they are, and whether the gain is shown.

    Start hazard times framing (by kind of unit) x distance x e^(w known gap): distance falls as other regions have
    examples of their own, and the cost model takes away a part of the hesitation about who pays and who gains.
    """

    name = "nollvision_undernaring_resonance"
    phase = Phase.PERCEIVE
    after = frozenset(
        {
            *("start_hazard", "existing_network", "contact_fear", "wrong_pocket"),
            *("vasterbotten_open_invitation", "vasterbotten_generalise", "antibiotikasmart_release"),
        }
    )
    reads = frozenset({"stage", "nominal", "start_hazard"})
    writes = frozenset({"start_hazard"})
    settings: UndernaringSettings

    def prepare(self, world: World) -> None:
        """What each unit thinks of the framing: ``(1 or replicates, clinics)``."""
        care = np.isin(
            world.kind, [world.kinds.index(kind) for kind in self.settings.care_kinds if kind in world.kinds]
        )
        away = world.parameter("framing_distance")
        strangers = {"food": care, "care": ~care, "shared": np.zeros_like(care)}[self.settings.framing]
        shared = world.parameter("framing_shared") * (self.settings.framing == "shared")
        self._framing = 1 - away * strangers[None, :] - shared

    def __call__(self, world: World) -> None:
        """A month in which it is talked about."""
        for spread in world.present:
            factor = self._framing * self._distance(world, spread) * self._shown(world, spread)
            spread.start_hazard = (spread.start_hazard * factor).astype(np.float32)

    def _distance(self, world: World, spread: Spread) -> Floats:
        """1 at home; less elsewhere, until there are examples in that region too."""
        home = self.settings.home_region
        if home is None or home not in world.regions:
            return np.ones((1, 1), np.float32)
        examples = world.by_region(world.region_sums(spread.in_use & ~spread.nominal) > 0)
        far: Bools = ~world.region(home) & ~examples
        distance: Floats = 1 - world.parameter("home_bias") * far
        return distance

    def _shown(self, world: World, spread: Spread) -> Floats:
        """What sharing the cost, or showing it, wins back of the hesitation of those that pay for others' gain."""
        pocket, month = spread.innovation.pocket, self.settings.cost_model_month
        won = np.ones((1, 1), np.float32)
        if pocket is None:
            return won
        borne, hesitation = pocket.cost_borne * (1 - pocket.reimbursed), world.parameter("hesitation")
        gap = np.full((1, 1), max(0.0, borne - pocket.gain_kept), np.float32)
        if self.settings.handover == "shared_budget":
            left = np.maximum(borne * (1 - world.parameter("budget_shared")) - pocket.gain_kept, 0)
            won, gap = np.exp(hesitation * (gap - left)), left
        if month is not None and world.month >= month:
            known = 1 - np.exp(-world.parameter("cost_model_spreads") * (world.month - month + 1) / 12)
            won = won * np.exp(hesitation * world.parameter("cost_model_effect") * known * gap)
        return won.astype(np.float32)
