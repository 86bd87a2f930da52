"""What goes on inside clinics and regions, for scenarios that ask for it (`mechanisms: {on: …}`)."""

from __future__ import annotations

import numpy as np

from sim.kernels.constants import MONTHS
from sim.mechanisms.perceive import demands
from sim.month import Mechanism, Phase
from sim.scenario import Capability
from sim.world import Bools, Cells, Floats, Spread, Stage, World


class ShareOfUse(Mechanism):
    """Each consultation may say no: use spreads inside the clinic, s' = r s (1 - s / s_max), and benefit with it.

    s_max = 1 - opt_out (1 - advantage)(1 - remove_old_way): the willing, or all where there is nothing else to choose
    (A:1696-1701, A:1871-1874).
    """

    name = "share_of_use"
    phase = Phase.SETTLE
    by_default = False
    after = frozenset({"own_results", "abandonment"})
    reads = frozenset({"stage", "nominal", "advantage", "remove_old_way", "use_share"})
    writes = frozenset({"use_share"})

    def prepare(self, world: World) -> None:
        """Nobody uses it inside."""
        for spread in world.spreads:
            spread.use_share = np.zeros(world.shape, np.float32)

    def __call__(self, world: World) -> None:
        """A month among colleagues; where use begins the first few do."""
        p = world.parameters
        for spread in world.present:
            users = spread.in_use & ~spread.nominal
            free = p.opt_out * (1 - spread.advantage) * (1 - world.levers.remove_old_way)
            share = np.maximum(spread.use_share, p.first_users)
            spread.use_share = np.where(users, logistic(share, 1 - free, p.use_spread * MONTHS), 0).astype(np.float32)


def logistic(share: Floats, most: Floats, rate: Floats) -> Floats:
    """Share after one step of s' = r s (1 - s / s_max): s_max / (1 + (s_max / s - 1) e^-r), exact."""
    most = np.maximum(most, np.float32(1e-3))
    after: Floats = most / (1 + (most / share - 1) * np.exp(-rate))
    return after


class PilotStatus(Mechanism):
    """A change that is seen as a pilot takes no deeper root, until the region's or one's own results show it is not.

    It is seen so while the share of the region in genuine use is below a limit, unless there is an owner of ordinary
    operation or own results have raised the perceived advantage (A:1859-1864, A:1874-1885).
    """

    name = "pilot_status"
    phase = Phase.WORK
    by_default = False
    after = frozenset({"implementation"})
    reads = frozenset({"stage", "nominal", "advantage", "depth", "transition_plan"})
    writes = frozenset({"depth"})

    def __call__(self, world: World) -> None:
        """Depth stops at that of a pilot."""
        p, sizes = world.parameters, np.diff(world.population.region_start)
        for spread in world.present:
            share = world.region_sums(spread.in_use & ~spread.nominal) / sizes
            seen = world.by_region(share < p.pilot_reach)
            gained = spread.advantage - np.float32(spread.innovation.attributes.relative_advantage)
            pilot = seen & (gained < p.pilot_results) & (world.levers.transition_plan == 0)
            begun = spread.is_between(Stage.IMPLEMENTING, Stage.SUSTAINED)
            spread.depth = np.where(pilot & begun, np.minimum(spread.depth, p.pilot_depth), spread.depth)


class LocalResults(Mechanism):
    """Results in one's own region convince those that have not begun; those of others hardly do (A:1878-1885).

    da/dt = r (a0 + gain (own + nu_e others) - a), with use in the own and, on average, in the other regions.
    """

    name = "local_results"
    phase = Phase.PERCEIVE
    by_default = False
    after = frozenset({"unmeasured_results"})
    before = frozenset({"readiness", "start_hazard"})
    reads = frozenset({"stage", "nominal", "advantage"})
    writes = frozenset({"advantage"})

    def __call__(self, world: World) -> None:
        """A month of hearing."""
        p, sizes = world.parameters, np.diff(world.population.region_start)
        for spread in world.present:
            share = world.region_sums(spread.in_use & ~spread.nominal) / sizes
            others = (share.sum(axis=1, keepdims=True) - share) / max(len(sizes) - 1, 1)
            heard = world.by_region(np.minimum(share + p.external_evidence * others, 1))
            first = np.float32(spread.innovation.attributes.relative_advantage)
            goal = np.minimum(first + p.own_results_gain * heard, 1)
            nearer = spread.advantage + p.own_results_rate * MONTHS * (goal - spread.advantage)
            convinced = np.where(spread.in_use, spread.advantage, np.maximum(nearer, spread.advantage))
            spread.advantage = convinced.astype(np.float32)


class AdaptationReturns(Mechanism):
    """What receivers change comes back to the first users: fit rises with each adaptation, for a compromise once.

    fit' = 1 - (1 - fit) e^(-gain n) for n new adaptations; fidelity falls when the first receiver adapts it
    (A:3872-3875, A:3944-3947).
    """

    name = "adaptation_returns"
    phase = Phase.DECIDE
    by_default = False
    after = frozenset({"adjusting"})
    reads = frozenset({"stage", "nominal", "adapted", "fit", "fidelity"})
    writes = frozenset({"fit", "fidelity"})

    def prepare(self, world: World) -> None:
        """Nobody has changed anything."""
        self._first: dict[str, Bools] = {}
        self._known = {spread.name: np.zeros(world.shape[0], np.int64) for spread in world.spreads}

    def __call__(self, world: World) -> None:
        """New adaptations reach the first users."""
        p = world.parameters
        for spread in world.present:
            if spread.name not in self._first:
                self._first[spread.name] = spread.in_use & ~spread.nominal
            number, known = np.count_nonzero(spread.adapted, axis=1), self._known[spread.name]
            new = (number - known)[:, None].astype(np.float32)
            if not new.any():
                continue
            first = self._first[spread.name]
            better = 1 - (1 - spread.fit) * np.exp(-p.adaptation_return * new)
            spread.fit[...] = np.where(first, better, spread.fit)
            compromise = np.where(first & (known == 0)[:, None] & (new > 0), p.originator_compromise, np.float32(0))
            spread.fidelity = np.maximum(spread.fidelity - compromise, 0).astype(np.float32)
            self._known[spread.name] = number


class Learning(Mechanism):
    """A clinic that has brought an adoption into ordinary operation is better at what it demanded: c + gain (1 - c)."""

    name = "learning"
    phase = Phase.SETTLE
    by_default = False
    after = frozenset({"sustain"})
    reads = frozenset({"stage", "capability"})
    writes = frozenset({"capability"})

    def prepare(self, world: World) -> None:
        """Nothing has been finished."""
        self._finished = {spread.name: np.zeros(world.shape, bool) for spread in world.spreads}

    def __call__(self, world: World) -> None:
        """Each finished adoption teaches once."""
        capability = world.capability
        for spread in world.present:
            new = Cells.where((spread.stage == int(Stage.SUSTAINED)) & ~self._finished[spread.name])
            if not len(new):
                continue
            new.put(self._finished[spread.name], True)
            if capability is world.capability:
                whole = np.broadcast_to(capability, (len(Capability), *world.shape))
                capability = whole.copy(order="C")  # in rows, so that cells can be put
            for k in sorted(demands(spread)):
                before = new.of(capability[k])
                new.put(capability[k], before + new.of(world.parameters.learning_gain) * (1 - before))
        world.capability = capability


class EarlyDocuments(Mechanism):
    """What is documented early outlives persons: where a champion leaves, documents may carry on (B:1190-1208).

    Documents grow while a clinic introduces or uses it under a plan for ordinary operation, d' = r (1 - d), and age
    without one (B:3256-3260); with probability d a loss is not felt.
    """

    name = "early_documents"
    phase = Phase.OUTER
    by_default = False
    after = frozenset({"champions", "events"})
    reads = frozenset({"stage", "champion_lost", "documented", "transition_plan"})
    writes = frozenset({"documented", "champion_lost"})

    def prepare(self, world: World) -> None:
        """Nothing is written down, and nobody has been missed."""
        self._missed = {spread.name: np.zeros(world.shape, bool) for spread in world.spreads}
        self._times = {spread.name: np.zeros(world.shape, np.uint16) for spread in world.spreads}
        for spread in world.spreads:
            spread.documented = np.zeros(world.shape, np.float32)

    def __call__(self, world: World) -> None:
        """Write, let age, and see who is missed."""
        p, planned = world.parameters, world.levers.transition_plan
        for spread in world.present:
            begun = spread.is_between(Stage.IMPLEMENTING, Stage.SUSTAINED)
            change = p.documentation_rate * planned * (1 - spread.documented) - p.documents_age * spread.documented
            written = np.where(begun, np.clip(spread.documented + change * MONTHS, 0, 1), 0)
            spread.documented = written.astype(np.float32)
            self._carry_on(world, spread)

    def _carry_on(self, world: World, spread: Spread) -> None:
        missed, times = self._missed[spread.name], self._times[spread.name]
        new = Cells.where(spread.champion_lost & ~missed)
        chance = spread.draws("documents carry on").uniform(
            world.replicates[new.row], world.population.clinic_id[new.column], new.of(times)
        )
        new.put(times, new.of(times) + np.uint16(1))
        new.only(chance < new.of(spread.documented)).put(spread.champion_lost, False)
        self._missed[spread.name] = spread.champion_lost.copy()
