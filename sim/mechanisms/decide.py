"""Phase DECIDE: who starts, who complies, what tests and adjustments lead to, who comes back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from sim.kernels import loops
from sim.kernels.constants import MONTHS
from sim.month import Mechanism, Phase
from sim.strategies import REINVENTION
from sim.world import Bools, Cells, Clock, Floats, Spread, Stage, World, operand

EVERY_MONTH = np.full((1, 1), MONTHS)
"""A year's hazard falls on twelve months alike."""


class Reconsider(Mechanism):
    """Those that declined cool off, and those that abandoned it forget; both may think again."""

    name = "reconsider"
    phase = Phase.DECIDE
    reads = frozenset({"stage"})
    writes = frozenset({"stage", "reports_anyway"})

    def prepare(self, world: World) -> None:
        """Keep an eye on those that turn away."""
        for spread in world.spreads:
            spread.watch(Stage.DECLINED, Stage.ABANDONED)

    def __call__(self, world: World) -> None:
        """Who is open to it again."""
        p = world.parameters
        rates = {Stage.DECLINED: p.cooling_off, Stage.ABANDONED: p.return_after_abandonment}
        for spread in world.present:
            for stage, rate in rates.items():
                clock = spread.clock(f"reconsider {stage.name}")
                for cells in spread.arrivals(stage):  # some may have been sent on since
                    clock.wind(cells.only(cells.of(spread.stage) == int(stage)))
                back = clock.run_everywhere(rate, EVERY_MONTH)
                if not len(back):
                    continue
                clock.stop(back)
                back.put(spread.reports_anyway, False)
                spread.move(back, Stage.AWARE)


class Start(Mechanism):
    """Clinics that know of it start of their own accord, by an exponential clock."""

    name = "start"
    phase = Phase.DECIDE
    after = frozenset({"reconsider", "mandate"})
    reads = frozenset({"start_hazard"})
    writes = frozenset({"stage"})

    def prepare(self, world: World) -> None:
        """Clocks run for all, and stand still outside AWARE."""
        everyone = Cells.where(np.ones(world.shape, bool))
        for spread in world.spreads:
            spread.clock("start").wind(everyone)

    def __call__(self, world: World) -> None:
        """Who starts this month; only some of those that engage start, so engaging is that much faster."""
        monthly = MONTHS / engaged_share(world)
        for spread in world.present:
            clock = spread.clock("start")
            starts = clock.run_everywhere(spread.start_hazard, monthly)
            clock.wind(starts)
            spread.advance(starts, Stage.AWARE)


def engaged_share(world: World) -> Floats:
    """pi_s, share of the engaged that start after the test, or 1 without tests: ``(1 or replicates, 1)``."""
    return world.parameters.startup_probability if "testing" in world.running else np.ones((1, 1), np.float32)


class Compulsion(Mechanism):
    """A mandate adds a hazard of its own; those that it moves skip the test, some of them in name only.

    h^M = (HR_m - 1) max(h, floor) M; it acts on all that know of it, eligible or not, save the share that never
    complies. Own accord and compliance compete: in each month the one whose clock would run out first wins.
    """

    name = "mandate"
    phase = Phase.DECIDE
    after = frozenset({"reconsider"})
    reads = frozenset(
        {"stage", "start_hazard", "may_start", "mandate", "mandate_push", "readiness", "reference_readiness"}
    )
    writes = frozenset({"stage", "nominal", "depth", "amounts"})

    def prepare(self, world: World) -> None:
        """Those that never comply are drawn when a mandate first comes into force."""
        self._in_name = {spread.name: spread.lot("in name only") for spread in world.spreads}
        self._complies: dict[str, Bools] = {}

    def __call__(self, world: World) -> None:
        """Who complies this month."""
        if not world.mandate.any():
            return
        for spread in world.present:
            clock = spread.clock("mandate")
            if spread.name not in self._complies:
                self._complies[spread.name] = (
                    spread.lot("never complies").everywhere() >= world.parameters.non_compliance
                )
                clock.wind(Cells.where(np.ones(world.shape, bool)))
            told = (spread.is_between(Stage.UNAWARE, Stage.UNAWARE)) & (world.mandate > 0)
            spread.move(Cells.where(told), Stage.AWARE)
            complying, first = self._run(world, spread, clock)
            clock.wind(Cells.where(complying))
            self._comply(world, spread, Cells.where(first))

    def _run(self, world: World, spread: Spread, clock: Clock) -> tuple[Bools, Bools]:
        """A month of the clocks: which run out, and which of these before a start of own accord."""
        p, competes = world.parameters, "start" in world.running
        more, own_left = p.mandate_effect - 1, spread.clock("start").left if competes else clock.left
        complying, first = loops().comply(
            spread.stage,
            int(Stage.AWARE),
            self._complies[spread.name] & spread.may_start,
            *map(operand, (world.mandate, more, p.mandate_floor, world.mandate_push)),
            clock.left,
            operand(spread.start_hazard),
            own_left,
            operand(MONTHS / engaged_share(world)),
        )
        return complying, first if competes else complying

    def _comply(self, world: World, spread: Spread, cells: Cells) -> None:
        """Some comply in name only: zeta (1 - R) / (1 - R̄)."""
        p = world.parameters
        lacking = (1 - cells.of(spread.readiness)) / cells.of(1 - np.minimum(spread.reference_readiness, 0.99))
        chance = self._in_name[spread.name].uniform(cells, spread.clock("mandate").times(cells))
        in_name = chance < cells.of(p.superficial_share) * lacking
        if "internalisation" not in world.running:
            in_name = np.zeros(len(cells), bool)
        nominal = cells.only(in_name)
        start = float(spread.innovation.cost.start_sek)
        if start:  # equipment is bought on paper as well
            spread.add("cost_innovation_sek", nominal.count(world.shape[0]) * start)
        nominal.put(spread.nominal, True)
        nominal.put(spread.depth, nominal.of(p.use_depth))
        spread.move(nominal, Stage.USING)
        spread.advance(cells.only(~in_name), Stage.TESTING)


class Testing(Mechanism):
    """After the test, fit and perceived advantage decide whether the clinic goes on; visible results convince.

    P = sigma(logit pi_s + 2 (fit + alpha_fit - .7) + 4 (advantage + (1 - advantage) lambda x - 1/2)).
    """

    name = "testing"
    phase = Phase.DECIDE
    after = frozenset({"start", "mandate"})
    reads = frozenset({"stage", "work", "fit", "adapted", "advantage", "exposure", "reinvention"})
    writes = frozenset({"stage", "work"})
    stage = Stage.TESTING

    def prepare(self, world: World) -> None:
        """The streams of the outcomes."""
        self._outcome = {spread.name: spread.lot("test outcome") for spread in world.spreads}

    def enter(self, spread: Spread, cells: Cells) -> None:
        """A test begins."""
        spread.set_work(cells, spread.innovation.effort.trial_hours)
        spread.move(cells, Stage.TESTING)

    def __call__(self, world: World) -> None:
        """Outcomes of the tests that are done."""
        for spread in world.present:
            done = spread.finished(Stage.TESTING, world.parameters.test_months)
            if not len(done):
                continue
            chance = self._outcome[spread.name].uniform(done, spread.clock("start").times(done))
            goes_on = chance < self.probability(world, spread, done)
            spread.move(done.only(~goes_on), Stage.DECLINED)
            spread.advance(done.only(goes_on), Stage.TESTING)

    def probability(self, world: World, spread: Spread, cells: Cells) -> NDArray[np.float64]:
        """Chance of going on, for each cell."""
        p = world.parameters
        heard = cells.of(p.visible_results_weight) * cells.of(spread.exposure)
        advantage = cells.of(spread.advantage)
        convinced = advantage + (1 - advantage) * heard
        to_come = np.where(cells.of(spread.adapted), np.float32(0), cells.of(adaptation(world)[0]))
        fit = np.minimum(cells.of(spread.fit) + to_come, 1)
        start = cells.of(p.startup_probability)
        logit = np.log(start / (1 - start))
        score = (
            logit
            + cells.of(p.test_fit_weight) * (fit - np.float32(0.7))
            + cells.of(p.test_advantage_weight) * (convinced - np.float32(0.5))
        )
        probability: NDArray[np.float64] = expit(np.asarray(score, np.float64))
        return probability


def adaptation(world: World) -> tuple[Floats, Floats]:
    """Fit won and fidelity lost by reinvention, as the strategy permits it: each ``(1 or replicates, 1)``."""
    p = world.parameters
    fit = [getattr(p, f"reinvention_{kind}_fit") for kind in REINVENTION]
    fidelity = [getattr(p, f"reinvention_{kind}_fidelity") for kind in REINVENTION]
    kind = world.levers.reinvention
    return np.choose(kind, fit).astype(np.float32), np.choose(kind, fidelity).astype(np.float32)


class Adjusting(Mechanism):
    """The clinic adapts the innovation: fit rises, fidelity falls, and it becomes more its own."""

    name = "adjusting"
    phase = Phase.DECIDE
    after = frozenset({"testing"})
    reads = frozenset({"stage", "work", "fit", "adapted", "ownership", "reinvention", "inclusion"})
    writes = frozenset({"stage", "work", "fit", "fidelity", "ownership", "adapted", "amounts"})
    stage = Stage.ADJUSTING

    def enter(self, spread: Spread, cells: Cells) -> None:
        """Adjustment takes 2 x adjust_hours x (1 - fit)."""
        hours = 2 * np.float32(spread.innovation.effort.adjust_hours)
        spread.set_work(cells, hours * (1 - cells.of(spread.fit)))
        spread.move(cells, Stage.ADJUSTING)

    def __call__(self, world: World) -> None:
        """Those that have adjusted it go on."""
        p = world.parameters
        for spread in world.present:
            done = spread.finished(Stage.ADJUSTING, p.adjust_months)
            self._adapt(world, spread, done.only(~done.of(spread.adapted)))
            spread.advance(done, Stage.ADJUSTING)

    def _adapt(self, world: World, spread: Spread, cells: Cells) -> None:
        if not len(cells):
            return
        fit, fidelity = adaptation(world)
        included = world.parameters.inclusion_step * world.levers.inclusion
        own = cells.of(spread.ownership) + cells.of(fit) / 2 + cells.of(included)
        cells.put(spread.fit, np.minimum(cells.of(spread.fit) + cells.of(fit), 1))
        cells.put(spread.fidelity, 1 - cells.of(fidelity))
        cells.put(spread.ownership, np.clip(own, 0, 1))
        cells.put(spread.adapted, True)
        levels = np.maximum(world.levers.inclusion, 0)
        cost = np.broadcast_to(levels * world.parameters.inclusion_price, (world.shape[0], 1))[:, 0]
        spread.add("cost_levers_sek", cells.count(world.shape[0]) * cost.astype(np.float64))
