"""The reference group of the regions: who sits at the table, what they know, and what it gives at home."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from plugins.informationsdriven_vard.settings import InformationsdrivenSettings
from sim.api import Actor, Floats, Stage, State, World

if TYPE_CHECKING:
    import mesa

NOT_YET = -1.0
"""Month of what has not been."""


class ReferenceGroup(Actor):
    """Regions join, meet, replace their representatives and meet resistance at home; without a facilitator they leave.

    Standing s of a region's representatives at home grows with meetings, ds/dt = learn (1 - s), and keeps only a share
    when they are replaced. It pushes at home by push s (1 - resistance), and wears resistance down by arguments.
    """

    name = "national_network"
    replaces = True
    after = ("leadership",)
    reads = frozenset({"stage", "nominal", "coordination", "salience"})
    writes = frozenset(
        {
            *("influences", "amounts", "informationsdriven_table", "informationsdriven_standing"),
            *("informationsdriven_resistance", "informationsdriven_all_month"),
        }
    )
    adds = {
        "informationsdriven_table": State("its region is at the table", per_innovation=False, low=0, high=1),
        "informationsdriven_standing": State("standing of its representatives", per_innovation=False, low=0, high=1),
        "informationsdriven_resistance": State("resistance in its region", per_innovation=False, low=0, high=1),
        "informationsdriven_all_month": State(
            "month in which all regions were at the table, -1 before", first=NOT_YET, per_innovation=False
        ),
    }
    settings: InformationsdrivenSettings

    def __init__(self, model: mesa.Model, world: Any = None) -> None:
        """Those that take part from the start.

        Args:
            model: the Mesa model that the agent lives in.
            world: the block of replicates.
        """
        super().__init__(model)
        shape = (world.shape[0], len(world.regions))
        first = [region in self.settings.members for region in world.regions]
        self.members = np.broadcast_to(first, shape).copy()
        """Which regions take part: ``(replicates, regions)``."""
        self.standing = np.zeros(shape, np.float32)
        self._rows, self._of_region = world.addresses[0], self._identity(world)
        self._join = world.draws("joins").exponential(self._rows, self._of_region)
        self._leave = world.draws("leaves").exponential(self._rows, self._of_region)
        self._shift = world.draws("shifts").exponential(self._rows, self._of_region)
        self._shifts = np.zeros(shape, np.int64)
        self._left = np.zeros(shape, np.int64)
        """How often each region's representatives have been replaced, and how often it has left."""
        spread = 2 * world.parameter("resistance")
        lot = world.draws("resistance").uniform(self._rows, self._of_region)
        self.resistance = np.clip(spread * lot, 0, 1).astype(np.float32)

    def _identity(self, world: World) -> NDArray[np.uint64]:
        """A number of each region that does not depend on its place: that of its first clinic by number."""
        _, clinics = world.addresses
        places = [np.flatnonzero(world.region(region)[0]) for region in world.regions]
        return np.array([clinics[place].min() for place in places], np.uint64)

    def decide(self, world: World) -> None:
        """A month of the group."""
        held = facilitation(world, self.settings) * world.coordination
        self._come_and_go(world, held)
        self._replace(world)
        learnt = world.parameter("meetings_learn") * held * (1 - self.standing) * self.members / 12
        faded = world.parameter("standing_fades") * self.standing * (held <= 0) / 12
        self.standing = np.clip(self.standing + learnt - faded, 0, 1).astype(np.float32)
        worn = np.exp(-world.parameter("arguments") * self.standing / 12)
        self.resistance = (self.resistance * worn).astype(np.float32)
        self._tell(world, held)
        self._show(world)
        self._pay(world, held)

    def _come_and_go(self, world: World, held: Floats) -> None:
        share = self.members.mean(axis=1, keepdims=True)
        rate = world.parameter("network_join_base") + world.parameter("network_join_peer") * share
        rate = rate + world.parameter("tailwind_joins") * world.salience
        self._join = np.where(self.members, self._join, self._join - rate * held / 12)
        joins = ~self.members & (self._join <= 0)
        left = world.parameter("members_leave") * (held <= 0) * self.members
        self._leave = self._leave - left / 12
        leaves = self.members & (self._leave <= 0)
        self.members = (self.members | joins) & ~leaves
        self.standing = np.where(leaves, 0, self.standing).astype(np.float32)
        if leaves.any():
            self._left = self._left + leaves
            join, leave = (
                world.draws(what).exponential(self._rows, self._of_region, self._left) for what in ("joins", "leaves")
            )
            self._join, self._leave = np.where(leaves, join, self._join), np.where(leaves, leave, self._leave)

    def _replace(self, world: World) -> None:
        """Which representatives are replaced this month; documents and deputies keep more of their standing."""
        self._shift = self._shift - world.parameter("representatives_shift") * self.members / 12
        new = self._shift <= 0
        if not new.any():
            return
        kept = world.parameter("shift_keeps")
        written = world.parameter("handbook_keeps") * handbook(world, self.settings)
        two = world.parameter("deputies_keep") * self.settings.deputies
        kept = 1 - (1 - kept) * (1 - written) * (1 - two)
        self.standing = np.where(new, self.standing * kept, self.standing).astype(np.float32)
        self._shifts = self._shifts + new
        again = world.draws("shifts").exponential(self._rows, self._of_region, self._shifts)
        self._shift = np.where(new, again, self._shift)

    def _tell(self, world: World, held: Floats) -> None:
        """What representatives push for at home, and what the regions show each other."""
        push = world.parameter("home_push") * self.standing * (1 - self.resistance) * self.members
        if not self.settings.decentralised:
            push = push * world.coordination
        sizes = world.region_sums(np.ones(world.shape, bool))
        for spread in world.present:
            spread.influence("home", world.by_region(push.astype(np.float32)))
            shown = (
                world.parameter("meetings_show") * self._others(world, spread.in_use & ~spread.nominal, sizes) * held
            )
            if self.settings.care_map:
                ongoing = self._others(world, spread.is_between(Stage.TESTING, Stage.SUSTAINED), sizes)
                shown = shown + world.parameter("map_shows") * ongoing * self._map_kept(world)
            spread.influence("others", world.by_region(shown.astype(np.float32)))

    def _map_kept(self, world: World) -> Floats:
        """How current the map is: regions keep it up themselves, less so when nobody reminds them."""
        held = facilitation(world, self.settings) * world.coordination
        kept: Floats = world.parameter("map_alone") + (1 - world.parameter("map_alone")) * held
        return kept

    def _others(self, world: World, mask: NDArray[np.bool_], sizes: NDArray[np.int64]) -> NDArray[np.float64]:
        """Mean share of a mask over the other members, for members: ``(replicates, regions)``."""
        share = np.where(self.members, world.region_sums(mask) / sizes, 0)
        others = np.maximum(self.members.sum(axis=1, keepdims=True) - self.members, 1)
        mean: NDArray[np.float64] = self.members * (share.sum(axis=1, keepdims=True) - share) / others
        return mean

    def _show(self, world: World) -> None:
        world.informationsdriven_table = world.by_region(self.members.astype(np.float32))
        world.informationsdriven_standing = world.by_region(self.standing)
        world.informationsdriven_resistance = world.by_region(self.resistance)
        complete = self.members.all(axis=1, keepdims=True) & (world.informationsdriven_all_month < 0)
        month = np.where(complete, world.month, world.informationsdriven_all_month)
        world.informationsdriven_all_month = month.astype(np.float32)

    def _pay(self, world: World, held: Floats) -> None:
        """The facilitator by the year, and two persons of a region where one would do."""
        steward = world.parameter("steward_price") * (np.asarray(held) > 0)
        seats = world.parameter("seat_price") * self.members.sum(axis=1, keepdims=True) * (1 + self.settings.deputies)
        cost = np.broadcast_to((steward + seats) / 12, (world.shape[0], 1))[:, 0]
        world.spend("cost_levers_sek", cost.astype(np.float64))


def facilitation(world: World, settings: InformationsdrivenSettings) -> Floats:
    """How far somebody facilitates: 1 while the environment lasts; afterwards a part or nothing."""
    if settings.ends_month is None or world.month < settings.ends_month:
        return np.ones((1, 1), np.float32)
    if settings.takes_over == "nobody":
        return np.zeros((1, 1), np.float32)
    return np.asarray(world.parameter("agency_holds"), np.float32)


def handbook(world: World, settings: InformationsdrivenSettings) -> Floats:
    """How current the handbook is: 1 when an edition comes out, half of it after a half-life, 0 before the first."""
    age = world.month - np.round(world.parameter("handbook_month"))
    if settings.handbook == "none":
        return np.zeros((1, 1), np.float32)
    lasting = settings.ends_month is None or settings.takes_over != "nobody"
    if settings.handbook == "editions" and (lasting or world.month < (settings.ends_month or 0)):
        age = np.where(age >= 0, age % np.round(world.parameter("handbook_edition_months")), age)
    current: Floats = np.where(age < 0, 0, np.exp2(-np.maximum(age, 0) / 12 / world.parameter("handbook_half_life")))
    return current.astype(np.float32)
