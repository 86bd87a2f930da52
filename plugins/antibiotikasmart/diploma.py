"""The diploma: what it costs to document, what it gives, whether it expires, and routines that decay behind it."""

from __future__ import annotations

import numpy as np

from plugins.antibiotikasmart.settings import AntibiotikasmartSettings
from sim.api import Bools, Cells, Floats, Mechanism, Phase, Spread, Stage, State, World

NEVER = 1e6
"""A month that no scenario reaches."""


class Routines(Mechanism):
    """Routines are kept while somebody attends to them; attention fades, and depth with it, until something renews it.

    D' = -r (1 - attention)(1 + lost champion) D, attention halves every half-life and is whole when it is introduced,
    when a diploma is won and while one is renewed; documenting takes time from improving (B:2978-2982, B:2992-2995).
    """

    name = "antibiotikasmart_routines"
    phase = Phase.WORK
    after = frozenset({"implementation", "pilot_status"})
    reads = frozenset(
        {
            *("stage", "depth", "champion_lost"),
            *("antibiotikasmart_documenting", "antibiotikasmart_renewing", "antibiotikasmart_won"),
        }
    )
    writes = frozenset({"depth", "antibiotikasmart_attention"})
    adds = {
        "antibiotikasmart_attention": State("how far somebody attends to the routines, 0 before use", low=0, high=1),
        "antibiotikasmart_documenting": State("documents this month", low=0, high=1),
        "antibiotikasmart_renewing": State("renews its diploma this month", low=0, high=1),
        "antibiotikasmart_won": State("month in which it was last won or renewed, -1 before", first=-1),
    }

    def __call__(self, world: World) -> None:
        """A month of daily work."""
        half = np.exp2(-1 / (12 * world.parameter("attention_half_life")))
        for spread in world.present:
            users = spread.between(Stage.USING, Stage.SUSTAINED)
            fresh = users.only(users.of(spread.antibiotikasmart_attention) <= 0)
            fresh.put(spread.antibiotikasmart_attention, 1)  # it has just been introduced
            attention = users.of(spread.antibiotikasmart_attention) * users.of(half)
            attended = (users.of(spread.antibiotikasmart_won) == world.month - 1) | (
                users.of(spread.antibiotikasmart_renewing) > 0
            )
            attention = np.where(attended, np.float32(1), attention)
            everywhere = np.zeros(world.shape, np.float32)
            users.put(everywhere, attention)
            spread.antibiotikasmart_attention = everywhere
            lost = 1 + users.of(world.parameter("champion_carries")) * users.of(spread.champion_lost)
            rate = users.of(world.parameter("routine_decay")) * (1 - attention) * lost
            drag = users.of(world.parameter("documenting_drag")) * users.of(spread.antibiotikasmart_documenting)
            depth = spread.depth
            users.put(depth, users.of(depth) * np.exp(-(rate + drag) / 12))


class Diploma(Mechanism):
    """Units that live up to the criteria document it, and win a diploma; some must renew it.

    Documenting takes some months of the hours that the unit has, and pauses where an enthusiast has left. A diploma
    gives pride (ownership) and draws others, the less the more of the diplomas stand for routines that have decayed.
    """

    name = "antibiotikasmart_diploma"
    phase = Phase.SETTLE
    after = frozenset({"sustain", "abandonment", "own_results"})
    reads = frozenset(
        {
            *("stage", "depth", "nominal", "supply", "champion_lost"),
            "antibiotikasmart_criteria",
        }
    )
    writes = frozenset(
        {
            *("ownership", "influences", "amounts", "antibiotikasmart_documented", "antibiotikasmart_documenting"),
            *("antibiotikasmart_until", "antibiotikasmart_renewing", "antibiotikasmart_won"),
            "antibiotikasmart_hours",
        }
    )
    adds = {
        "antibiotikasmart_documented": State("share of the documents that is done", low=0, high=1),
        "antibiotikasmart_until": State("month in which the diploma lapses, 0 without one", low=0),
        "antibiotikasmart_hours": State("hours spent on documents so far", low=0),
    }
    settings: AntibiotikasmartSettings

    def __call__(self, world: World) -> None:
        """A month of documents, diplomas and what they tell."""
        for spread in world.present:
            concerned = Cells.where(spread.antibiotikasmart_until > 0) if self.settings.diploma == "expires" else None
            self._document(world, spread)
            self._renew(world, spread, concerned)
            self._win(world, spread)
            if concerned is not None:
                self._extend_or_lapse(world, spread, concerned)
            self._draw_others(world, spread)

    def _document(self, world: World, spread: Spread) -> None:
        """Those that live up to the criteria and have nobody to replace write down what they do."""
        users = spread.between(Stage.USING, Stage.SUSTAINED)
        may = (users.of(spread.antibiotikasmart_until) <= world.month) & ~users.of(spread.nominal)
        begun = users.of(spread.depth) >= users.of(world.parameter("documents_depth"))
        unfinished = ~users.of(spread.champion_lost) & (users.of(spread.antibiotikasmart_documented) < 1)
        works = users.only(may & begun & unfinished)
        documenting = spread.antibiotikasmart_documenting
        documenting[:] = 0
        works.put(documenting, 1)
        self._write(world, spread, works, world.parameter("documenting_months"), world.parameter("document_hours"))

    def _renew(self, world: World, spread: Spread, holders: Cells | None) -> None:
        """In the last months before it lapses those that can, document again what has changed."""
        if holders is None:
            return
        months = np.round(world.parameter("renewal_months"))
        left = holders.of(spread.antibiotikasmart_until) - world.month
        users = holders.of(spread.in_use) & ~holders.of(spread.nominal) & ~holders.of(spread.champion_lost)
        soon = users & (left <= holders.of(months)) & (left > 0)
        holders.only(soon & (left == holders.of(months))).put(spread.antibiotikasmart_documented, 0)
        works = holders.only(soon)
        renewing = spread.antibiotikasmart_renewing
        renewing[:] = 0
        works.put(renewing, 1)
        hours = world.parameter("document_hours") * world.parameter("renewal_share")
        self._write(world, spread, works, np.maximum(months - 1, 1), hours)

    def _write(self, world: World, spread: Spread, works: Cells, months: Floats, hours: Floats) -> None:
        """Documents grow by the supply of hours; fewer criteria need fewer of them."""
        if not len(works):
            return
        before = works.of(spread.antibiotikasmart_documented)
        written = np.minimum(before + works.of(spread.supply) / works.of(months), 1)
        criteria = works.of(spread.antibiotikasmart_criteria) / works.of(world.parameter("criteria_first"))
        spent = (written - before) * works.of(hours) * criteria
        works.put(spread.antibiotikasmart_documented, written)
        works.put(spread.antibiotikasmart_hours, works.of(spread.antibiotikasmart_hours) + spent)
        total = np.bincount(works.row, weights=spent, minlength=world.shape[0])
        spread.add("clinic_hours", total)
        spread.add("cost_clinic_hours_sek", total * world.parameter("wage")[:, 0])

    def _deserve(self, world: World, spread: Spread, cells: Cells) -> Bools:
        """Which of the cells live up to the criteria and have shown it: ``(cells,)``."""
        lives_up = cells.of(spread.depth) >= cells.of(world.parameter("diploma_depth"))
        shown = cells.of(spread.antibiotikasmart_documented) >= 1
        deserved: Bools = lives_up & shown & cells.of(spread.in_use) & ~cells.of(spread.nominal)
        return deserved

    def _win(self, world: World, spread: Spread) -> None:
        """A first diploma, or one after a lapse."""
        users = spread.between(Stage.USING, Stage.SUSTAINED)
        without = users.only(users.of(spread.antibiotikasmart_until) <= world.month)
        self._give(world, spread, without.only(self._deserve(world, spread, without)))

    def _extend_or_lapse(self, world: World, spread: Spread, holders: Cells) -> None:
        """The last month of a diploma: it is renewed, or it lapses and a part of the documents is of no more use."""
        last = holders.only(holders.of(spread.antibiotikasmart_until) == world.month + 1)
        deserved = self._deserve(world, spread, last)
        self._give(world, spread, last.only(deserved))
        lapses = last.only(~deserved)
        lapses.put(spread.antibiotikasmart_until, 0)
        kept = lapses.of(spread.antibiotikasmart_documented) * lapses.of(world.parameter("documents_kept"))
        lapses.put(spread.antibiotikasmart_documented, kept)

    def _give(self, world: World, spread: Spread, cells: Cells) -> None:
        valid = world.month + 1 + np.round(world.parameter("diploma_months"))
        cells.put(spread.antibiotikasmart_until, cells.of(valid) if self.settings.diploma == "expires" else NEVER)
        cells.put(spread.antibiotikasmart_won, world.month)
        pride = cells.of(world.parameter("pride")) * (1 - cells.of(spread.ownership))
        cells.put(spread.ownership, cells.of(spread.ownership) + pride)

    def _draw_others(self, world: World, spread: Spread) -> None:
        """What the diplomas of the region make others want."""
        number = world.region_sums(spread.antibiotikasmart_until > world.month)
        if not number.any():
            return
        sizes = world.region_sums(np.ones(world.shape, bool))
        empty = world.region_sums(hollow(world, spread)) / np.maximum(number, 1)
        pull = world.parameter("diploma_pull")
        if self.settings.citizens:
            pull = pull * (1 + world.parameter("citizens_pull"))
        rate = pull * number / sizes * (1 - world.parameter("hollow_discredits") * empty)
        spread.influence("diploma", world.by_region(rate.astype(np.float32)))


def hollow(world: World, spread: Spread) -> Bools:
    """Diplomas of units that no longer live up to them: ``(replicates, clinics)``."""
    lives_up = spread.in_use & ~spread.nominal & (spread.depth >= world.parameter("hollow_depth"))
    return (spread.antibiotikasmart_until > world.month) & ~lives_up
