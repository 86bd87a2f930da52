"""Phase SETTLE: what becomes of those that use it: ordinary operation, abandonment, genuine use, fatigue."""

from __future__ import annotations

import numpy as np

from sim.mechanisms.work import effective_slack, hours_needed
from sim.month import Mechanism, Phase
from sim.parameters import Value
from sim.world import Cells, Floats, Spread, Stage, World, as_rows


class Sustain(Mechanism):
    """After twelve months in depth it is ordinary operation; when depth falls, it is merely in use again."""

    name = "sustain"
    phase = Phase.SETTLE
    after = frozenset({"internalisation"})
    reads = frozenset({"stage", "depth"})
    writes = frozenset({"stage", "deep_months"})

    def __call__(self, world: World) -> None:
        """Who has come to stay, and who falls back."""
        p = world.parameters
        for spread in world.present:
            using = spread.at(Stage.USING)
            deep = using.of(spread.depth) >= using.of(p.sustained_depth)
            months = np.where(deep, using.of(spread.deep_months) + np.int16(1), np.int16(0))
            using.put(spread.deep_months, months)
            spread.move(using.only(months >= using.of(p.sustained_months)), Stage.SUSTAINED)
            sustained = spread.at(Stage.SUSTAINED)
            relapsed = sustained.only(sustained.of(spread.depth) < sustained.of(p.relapse_depth))
            relapsed.put(spread.deep_months, 0)
            spread.move(relapsed, Stage.USING)


class Internalisation(Mechanism):
    """Use in name only becomes genuine, the sooner the readier the clinic: iota R / R̄."""

    name = "internalisation"
    phase = Phase.SETTLE
    reads = frozenset({"nominal", "readiness"})
    writes = frozenset({"nominal"})

    def __call__(self, world: World) -> None:
        """Who means it from now on."""
        for spread in world.present:
            cells = Cells.where(spread.nominal)
            if not len(cells):
                continue
            clock = spread.clock("internalisation")
            clock.wind(cells.only(np.isinf(cells.of(clock.left))))
            ready = cells.of(spread.relative_readiness)
            genuine = clock.run(cells, cells.of(world.parameters.internalisation) * ready / np.float32(12))
            genuine.put(clock.left, np.inf)
            genuine.put(spread.nominal, False)


class Abandonment(Mechanism):
    """Shallow use is given up sooner than deep use: a(D) = a0 (a1/a0)^D, raised and lowered by circumstances.

    A lost champion raises it where use is shallow, a lifted mandate where use is in name only; a monitored mandate,
    an owner of ordinary operation and the removal of the old way lower it.
    """

    name = "abandonment"
    phase = Phase.SETTLE
    after = frozenset({"sustain"})
    reads = frozenset({"stage", "depth", "champion_lost", "nominal", "mandate", "transition_plan", "remove_old_way"})
    writes = frozenset({"stage", "nominal", "depth", "reports_anyway"})

    def prepare(self, world: World) -> None:
        """Hazards at no and at full depth."""
        self._ends = {spread.name: abandonment_ends(world, spread) for spread in world.spreads}

    def __call__(self, world: World) -> None:
        """Who gives it up this month."""
        for spread in world.present:
            cells = Cells.where(spread.in_use)
            if not len(cells):
                continue
            clock = spread.clock("abandonment")
            clock.wind(cells.only(np.isinf(cells.of(clock.left))))
            gone = clock.run(cells, self.hazard(world, spread, cells) / np.float32(12))
            gone.put(clock.left, np.inf)
            self._give_up(world, spread, gone)

    def hazard(self, world: World, spread: Spread, cells: Cells) -> Floats:
        """The hazard a [1/year] for each cell."""
        p, levers = world.parameters, world.levers
        shallow, deep = self._ends[spread.name]
        depth = cells.of(spread.depth)
        hazard = cells.of(shallow) * np.exp(cells.of(np.log(deep / shallow)) * depth)
        structure = cells.of(p.transition_structure * levers.transition_plan)
        lost = (cells.of(p.champion_loss) - 1) * np.clip((np.float32(0.9) - depth) / np.float32(0.4), 0, 1)
        hazard = hazard * np.where(cells.of(spread.champion_lost), 1 + lost * (1 - structure), np.float32(1))
        lifted = cells.of(spread.nominal) & cells.of(world.mandate_lifted)
        hazard = hazard * np.where(lifted, cells.of(p.abandonment_after_lift), np.float32(1))
        held = (
            (1 - p.mandate_holds * world.mandate * levers.monitoring)
            * (1 - (1 - p.transition_abandonment) * levers.transition_plan)
            * (1 - p.remove_old_way_effect * levers.remove_old_way)
        )
        result: Floats = hazard * cells.of(held)
        return result

    def _give_up(self, world: World, spread: Spread, cells: Cells) -> None:
        cells.put(spread.reports_anyway, cells.of(world.mandate > 0))
        cells.put(spread.nominal, False)
        cells.put(spread.depth, 0.0)
        cells.put(spread.deep_months, 0)
        cells.put(spread.facilitated, False)
        spread.move(cells, Stage.ABANDONED)


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
    reads = frozenset({"stage", "nominal", "fit"})
    writes = frozenset({"advantage"})

    def __call__(self, world: World) -> None:
        """A month's experience."""
        p = world.parameters
        for spread in world.present:
            cells = Cells.where(spread.in_use & ~spread.nominal)
            first = np.float32(spread.innovation.attributes.relative_advantage)
            shown = np.minimum(first + cells.of(p.own_results_gain) * cells.of(spread.fit), 1)
            now = cells.of(spread.advantage)
            cells.put(spread.advantage, now + cells.of(p.own_results_rate) / np.float32(12) * (shown - now))


class Fatigue(Mechanism):
    """Change fatigue builds up with overload and with orders where readiness lacks, and fades.

    df/dt = gamma max(0, load - 1) + gamma_M M max(0, 1 - R/R̄) [under way] - ln 2 / half-life f.
    """

    name = "fatigue"
    phase = Phase.SETTLE
    reads = frozenset({"stage", "slack", "protected_time", "mandate", "readiness"})
    writes = frozenset({"fatigue"})

    def __call__(self, world: World) -> None:
        """A month's strain and rest."""
        p = world.parameters
        rest = np.float32(np.log(2) / 12) / p.fatigue_half_life
        strain = self._strain(world)
        world.fatigue *= 1 - rest
        if strain is not None:
            world.fatigue += strain / np.float32(12)
            np.clip(world.fatigue, 0, 1, out=world.fatigue)

    def _strain(self, world: World) -> Floats | None:
        """What is added [1/year] in each clinic, or None where nothing is under way."""
        p = world.parameters
        strain: Floats | None = None
        needed = np.zeros((1, 1), np.float32)
        for spread in world.present:
            cells = spread.between(Stage.TESTING, Stage.SUSTAINED)
            if not len(cells):
                continue
            if strain is None:
                strain, needed = np.zeros(world.shape, np.float32), np.zeros(world.shape, np.float32)
            cells.put(needed, cells.of(needed) + hours_needed(world, spread, cells))
            if world.mandate.any():
                ready = cells.of(spread.relative_readiness)
                ordered = cells.of(p.fatigue_mandate * world.mandate) * np.maximum(1 - ready, 0)
                cells.put(strain, np.maximum(cells.of(strain), ordered))
        if strain is None:
            return None
        return strain + p.fatigue_overload * np.maximum(load(world, needed) - 1, 0) * (needed > 0)


def load(world: World, needed: Floats) -> Floats:
    """What is asked for over what there is: (busy phi s H + needed) / ((phi s + protected) H)."""
    p = world.parameters
    phi = effective_slack(world)
    hours = as_rows(world.attributes.hours)
    busy = p.background_load * phi * world.slack * hours
    there: Floats = (phi * world.slack + world.levers.protected_time) * hours
    return (busy + needed) / np.maximum(there, np.float32(1e-3))
