"""Innovation support: a limited number of facilitators, each with a limited number of clinics."""

from __future__ import annotations

import mesa
import numpy as np
from numpy.typing import NDArray

from sim.actor_settings import InnovationSupport as Settings
from sim.actors import Actor
from sim.actors.allocation import Scores, depth_gained, evenly_over_regions, in_turn
from sim.kernels import loops
from sim.world import Bools, Cells, Floats, Spread, Stage, World, as_rows, counted

TURNED_AWAY = (int(Stage.DECLINED), int(Stage.ABANDONED))
OPEN = (int(Stage.AWARE), int(Stage.TESTING), int(Stage.USING))


class InnovationSupport(Actor):
    """Gives facilitators to clinics by the region's rule; each holds a clinic for a spell or until it stands by itself.

    SMD(n) = (0.83 + d_t (tailored - 0.78)) exp(-n/29); as a hazard ratio on starting
    HR_f = ln(1 - P1) / ln(1 - P0), P1 from the odds ratio exp(pi/sqrt(3) SMD).
    """

    name = "innovation_support"
    after = ("leadership", "funder")
    reads = frozenset(
        {
            "stage",
            "depth",
            "facilitated",
            "facilitators_fte",
            "nominal",
            "champion",
            "readiness",
            "reference_readiness",
            "start_hazard",
            "supply",
        }
    )
    writes = frozenset({"facilitated", "clinics_per_facilitator", "facilitation_hazard_ratio", "facilitators_fte"})

    def __init__(self, model: mesa.Model, world: World) -> None:
        """Draw the order in which clinics have their turn.

        Args:
            model: the Mesa model that the agent lives in.
            world: the block of replicates.
        """
        super().__init__(model)
        self.settings = world.scenario.actors.innovation_support or Settings()
        self._order: dict[str, NDArray[np.intp]] = {}
        self._since = {spread.name: np.full(world.shape, -(10**4), np.int16) for spread in world.spreads}

    def decide(self, world: World) -> None:
        """Release clinics, take in new ones, and say how strong the support is."""
        self._employ(world)
        if not world.levers.facilitators_fte.any() and not any(s.facilitated.any() for s in world.present):
            return
        p = world.parameters
        for spread in world.present:
            staff = world.levers.facilitators_fte / len(world.present)
            places = np.floor(staff * p.practices_per_facilitator + np.float32(1e-3))
            self._release(world, spread)
            self._fill(world, spread, np.broadcast_to(places, (world.shape[0], 1)))
            held = counted(spread.facilitated)[:, None].astype(np.float32)
            spread.clinics_per_facilitator = np.maximum(held / np.maximum(staff, np.float32(1e-3)), 1)
            spread.facilitation_hazard_ratio = hazard_ratio(
                standardised_effect(world, spread.clinics_per_facilitator) + self._welcome(world), p.control_uptake
            )

    def _employ(self, world: World) -> None:
        """No more facilitators than can be had, whatever the strategy would pay for."""
        most = self.settings.facilitators
        if most is not None:
            world.levers.facilitators_fte = np.minimum(world.levers.facilitators_fte, np.float32(most))

    def _welcome(self, world: World) -> Floats | np.float32:
        """Support that the clinic has asked for works better (A:5567-5570)."""
        return world.parameters.asked_for_bonus if self.settings.rule == "those_who_ask" else np.float32(0)

    def _release(self, world: World, spread: Spread) -> None:
        """The spell is over, the clinic stands by itself, or it has turned away."""
        p = world.parameters
        held = Cells.where(spread.facilitated)
        if not len(held):
            return
        since, limits = self._since[spread.name], (spread.depth, p.facilitation_depth)
        over = loops().released(
            held.flat, spread.stage, TURNED_AWAY, since, world.month, p.facilitation_months, *limits
        )
        Cells(over, held.clinics).put(spread.facilitated, False)

    def _fill(self, world: World, spread: Spread, places: Floats) -> None:
        """Free places go to the next in turn; where places were cut, the last in turn lose theirs."""
        held = counted(spread.facilitated)
        free = places[:, 0].astype(np.int64) - held
        rows = np.flatnonzero(free != 0)
        if not len(rows):
            return
        asks = self._candidates(world, spread)
        turn, asks = self._by_rule(world, spread, asks)
        given = loops().take_turns(turn, rows, spread.facilitated, asks, places[:, 0].astype(np.int64))
        Cells(given, world.shape[1]).put(self._since[spread.name], world.month)

    def _candidates(self, world: World, spread: Spread) -> Bools:
        """Those that know of it and do not yet stand by themselves; after a spell a clinic waits as long."""
        p = world.parameters
        since, limits = self._since[spread.name], (spread.depth, p.facilitation_depth)
        pause = 2 * p.facilitation_months
        asks: Bools = loops().asks(spread.stage, OPEN, since, world.month, pause, *limits, spread.facilitated)
        return asks

    def _by_rule(self, world: World, spread: Spread, asks: Bools) -> tuple[NDArray[np.intp], Bools]:
        """Clinics in the order of their turn, and which of the candidates have one: each ``(replicates, clinics)``."""
        lot, rule = self._lot(world, spread), self.settings.rule
        if rule == "by_lot":
            return lot, asks
        if rule == "those_who_ask":
            begun = spread.is_between(Stage.TESTING, Stage.USING) & ~spread.nominal
            return lot, asks & (begun | spread.champion)
        scores = self._scores(world, spread, asks, lot)
        return in_turn(scores, lot), asks & (scores < 0) if rule == "marginal_gain" else asks

    def _scores(self, world: World, spread: Spread, asks: Bools, lot: NDArray[np.intp]) -> Scores:
        if self.settings.rule == "early_adopters":
            return -as_rows(world.attributes.innovativeness)
        if self.settings.rule == "unready":
            return spread.readiness
        if self.settings.rule == "evenly":
            population = world.population
            return evenly_over_regions(
                asks, spread.facilitated, lot, population.region, np.diff(population.region_start)
            )
        return -self._gain(world, spread)

    def _gain(self, world: World, spread: Spread) -> Floats:
        """What a facilitator with a full list of clinics would add to the depth of each, as last month was."""
        p = world.parameters
        full = standardised_effect(world, p.practices_per_facilitator)
        complexity = p.complexity_factor ** np.float32(spread.innovation.attributes.complexity - 0.5)
        effort = spread.supply * np.sqrt(spread.readiness / spread.reference_readiness)
        return depth_gained(
            spread.is_between(Stage.UNAWARE, Stage.AWARE),
            spread.start_hazard,
            spread.depth,
            np.minimum(effort, p.effort_ceiling),
            p.implementation_rate / complexity,
            hazard_ratio(full, p.control_uptake),
            p.facilitation_months / np.float32(12),
        )

    def _lot(self, world: World, spread: Spread) -> NDArray[np.intp]:
        """Clinics in an order drawn by lot: ``(replicates, clinics)``."""
        if spread.name not in self._order:
            lot = spread.lot("facilitation turn").everywhere()
            self._order[spread.name] = np.argsort(lot, axis=1, kind="stable")
        return self._order[spread.name]


def standardised_effect(world: World, clinics_per_facilitator: Floats) -> Floats:
    """SMD of facilitation at n clinics per facilitator; refitted from Baskerville et al. 2012."""
    p = world.parameters
    full = p.facilitation_effect + p.tailoring_bonus * (p.tailored - p.tailored_in_studies)
    effect: Floats = full * np.exp(-clinics_per_facilitator / p.facilitation_dilution)
    return effect


def hazard_ratio(smd: Floats, control_uptake: Floats) -> Floats:
    """A standardised mean difference as a hazard ratio of uptake, by way of the odds ratio (Chinn 2000).

    Source: doi:10.1002/1097-0258(20001130)19:22<3127::AID-SIM784>3.0.CO;2-M.
    """
    odds = np.exp(np.float32(np.pi / np.sqrt(3)) * smd) * control_uptake / (1 - control_uptake)
    ratio: Floats = np.log(1 - odds / (1 + odds)) / np.log(1 - control_uptake)
    return ratio.astype(np.float32)
