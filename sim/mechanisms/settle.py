"""Phase SETTLE: what becomes of those that use it: ordinary operation, abandonment, genuine use, fatigue."""

from __future__ import annotations

import numpy as np

from sim.kernels import loops
from sim.kernels.constants import MONTHS
from sim.mechanisms.work import effective_slack
from sim.month import Mechanism, Phase
from sim.parameters import Value
from sim.world import Bools, Cells, Clock, Floats, Remembered, Spread, Stage, World, as_rows, operand

IN_USE = (int(Stage.USING), int(Stage.SUSTAINED))
UNDER_WAY = (int(Stage.TESTING), int(Stage.SUSTAINED))


class Sustain(Mechanism):
    """After twelve months in depth it is ordinary operation; when depth falls, it is merely in use again."""

    name = "sustain"
    phase = Phase.SETTLE
    after = frozenset({"internalisation"})
    reads = frozenset({"stage", "depth", "deep_months"})
    writes = frozenset({"stage", "deep_months"})

    def __call__(self, world: World) -> None:
        """Who has come to stay, and who falls back."""
        p = world.parameters
        for spread in world.present:
            risen, fallen = loops().take_root(
                spread.stage,
                IN_USE,
                spread.depth,
                spread.deep_months,
                p.sustained_depth,
                p.sustained_months,
                p.relapse_depth,
            )
            spread.move(Cells.where(risen), Stage.SUSTAINED)
            spread.move(Cells.where(fallen), Stage.USING)


class Internalisation(Mechanism):
    """Use in name only becomes genuine, the sooner the readier the clinic: iota R / R̄."""

    name = "internalisation"
    phase = Phase.SETTLE
    reads = frozenset({"nominal", "readiness", "reference_readiness"})
    writes = frozenset({"nominal"})

    def __call__(self, world: World) -> None:
        """Who means it from now on."""
        for spread in world.present:
            cells = Cells.where(spread.nominal)
            if not len(cells):
                continue
            clock = spread.clock("internalisation")
            clock.wind_standing(cells)
            ready = spread.relative_readiness(cells)
            genuine = clock.run(cells, cells.of(world.parameters.internalisation) * ready / np.float32(12))
            clock.stop(genuine)
            genuine.put(spread.nominal, False)


class Abandonment(Mechanism):
    """Shallow use is given up sooner than deep use: a(D) = a0 (a1/a0)^D, raised and lowered by circumstances.

    A lost champion raises it where use is shallow, a lifted mandate where use is in name only; a monitored mandate,
    an owner of ordinary operation and the removal of the old way lower it.
    """

    name = "abandonment"
    phase = Phase.SETTLE
    after = frozenset({"sustain"})
    reads = frozenset(
        {
            "depth",
            "nominal",
            "champion_lost",
            "mandate",
            "mandate_lifted",
            "monitoring",
            "transition_plan",
            "remove_old_way",
        }
    )
    writes = frozenset({"stage", "nominal", "depth", "deep_months", "facilitated", "reports_anyway"})

    def prepare(self, world: World) -> None:
        """Hazards at no and at full depth; those that begin to use it are kept in sight."""
        for spread in world.spreads:
            spread.watch(Stage.USING, Stage.SUSTAINED)
        ends = {spread.name: abandonment_ends(world, spread) for spread in world.spreads}
        self._slope = {name: (operand(a), operand(np.log(b / a))) for name, (a, b) in ends.items()}
        self._circumstances = Remembered(lambda *_: circumstances(world))

    def __call__(self, world: World) -> None:
        """Who gives it up this month."""
        for spread in world.present:
            clock = spread.clock("abandonment")
            for cells in spread.arrivals(Stage.USING, Stage.SUSTAINED):
                clock.wind_standing(cells)
            spread.give_up(Cells.where(self._run(world, spread, clock)))

    def _run(self, world: World, spread: Spread, clock: Clock) -> Bools:
        """A month of the clocks in use; which clinics give it up."""
        levers = world.levers
        of_levers = (levers.monitoring, levers.transition_plan, levers.remove_old_way)
        loss, lifted, held = self._circumstances.of(world.mandate, world.mandate_lifted, *of_levers)
        shallow, slope = self._slope[spread.name]
        gone: Bools = loops().abandon(
            clock.left, spread.depth, shallow, slope, spread.champion_lost, loss, spread.nominal, lifted, held
        )
        return gone


def circumstances(world: World) -> tuple[Floats, Floats, Floats]:
    """What a lost champion adds, and factors of a lifted mandate and of what holds clinics to it; each broadcasts."""
    p, levers = world.parameters, world.levers
    structure = p.transition_structure * levers.transition_plan
    lifted = np.where(world.mandate_lifted, p.abandonment_after_lift, np.float32(1))
    held = (
        (1 - p.mandate_holds * world.mandate * levers.monitoring)
        * (1 - (1 - p.transition_abandonment) * levers.transition_plan)
        * (1 - p.remove_old_way_effect * levers.remove_old_way)
    )
    return operand((p.champion_loss - 1) * (1 - structure)), operand(lifted), operand(held)


def abandonment_ends(world: World, spread: Spread) -> tuple[Value, Value]:
    """a0 and a1 [1/year], log-linear in complexity between a simple, a medium and a complex innovation."""
    p, c = world.parameters, spread.innovation.attributes.complexity
    return (
        _log_linear(c, p.abandonment_shallow_simple, p.abandonment_shallow_medium, p.abandonment_shallow_complex),
        _log_linear(c, p.abandonment_deep_simple, p.abandonment_deep_medium, p.abandonment_deep_complex),
    )


def _log_linear(c: float, simple: Value, medium: Value, complex_: Value) -> Value:
    """Through three points at 0, 1/2 and 1, straight in the logarithm."""
    low, high = (simple, medium) if c <= 0.5 else (medium, complex_)
    way = np.float32(2 * c if c <= 0.5 else 2 * c - 1)
    value: Value = np.exp(np.log(low) + way * (np.log(high) - np.log(low)))
    return value


class OwnResults(Mechanism):
    """Own results convince: perceived advantage moves towards what genuine use shows, better where it fits."""

    name = "own_results"
    phase = Phase.SETTLE
    reads = frozenset({"stage", "nominal", "fit", "advantage"})
    writes = frozenset({"advantage"})

    def __call__(self, world: World) -> None:
        """A month's experience."""
        p = world.parameters
        for spread in world.present:
            first = np.float32(spread.innovation.attributes.relative_advantage)
            rate = p.own_results_rate * MONTHS
            loops().learn(
                spread.stage, IN_USE, spread.nominal, spread.advantage, spread.fit, first, p.own_results_gain, rate
            )


class Fatigue(Mechanism):
    """Change fatigue builds up with overload and with orders where readiness lacks, and fades.

    df/dt = gamma max(0, load - 1) + gamma_M M max(0, 1 - R/R̄) [under way] - ln 2 / half-life f.
    """

    name = "fatigue"
    phase = Phase.SETTLE
    reads = frozenset(
        {
            "stage",
            "fatigue",
            "needed_hours",
            "slack",
            "protected_time",
            "mandate",
            "readiness",
            "reference_readiness",
        }
    )
    writes = frozenset({"fatigue"})

    def __call__(self, world: World) -> None:
        """A month's strain and rest; hours are those that were asked for this month."""
        p = world.parameters
        rest = np.float32(np.log(2) / 12) / p.fatigue_half_life
        there = (effective_slack(world), world.slack, as_rows(world.attributes.hours))
        operands = (self._ordered(world), p.fatigue_overload, *there, p.background_load, world.levers.protected_time)
        loops().tire(world.fatigue, operand(rest), world.needed_hours, *map(operand, operands))

    def _ordered(self, world: World) -> Floats:
        """What orders add where readiness lacks [1/year]; with several innovations, the worst of them."""
        if not world.mandate.any():
            return np.zeros((1, 1), np.float32)
        strain = np.zeros(world.shape, np.float32)
        force = operand(world.parameters.fatigue_mandate * world.mandate)
        for spread in world.present:
            ready = (operand(spread.readiness), operand(spread.reference_readiness))
            loops().strain_of_orders(spread.stage, UNDER_WAY, *ready, force, strain)
        return strain
