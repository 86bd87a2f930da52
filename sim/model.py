"""The spread model as a Mesa model: a block of possible worlds under one strategy, month by month."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np

from sim.beginnings import begin
from sim.errors import InnomotorError
from sim.metrics import StrategyResult, with_more
from sim.month import Mechanism, Phase
from sim.plugin_host import Parts, measured, parts_of
from sim.record import Record, together
from sim.strategies import Schedule
from sim.world import Setting, Stage, World

if TYPE_CHECKING:
    from mesa.agent import AgentSet


class SpreadModel(mesa.Model):
    """One strategy in a block of replicates; `step` is a month.

    With a single replicate, ``model.clinics`` are Mesa agents, so that Mesa's own tools work on it.
    """

    def __init__(self, setting: Setting, schedule: Schedule, parts: Parts | None = None) -> None:
        """Everything as it is at the start of month 0.

        Args:
            setting: what all strategies share.
            schedule: the strategy.
            parts: mechanisms and actors; by default those that the scenario runs.
        """
        super().__init__()
        parts = parts or parts_of(setting.scenario)
        parts = parts.under.get(schedule.name, parts)
        self._measures = parts.metrics
        self.world = World(setting, schedule)
        self.month = self._order(parts)
        for spread in self.world.present:
            begin(spread)
        self.records = [Record(spread, setting.scenario.months) for spread in self.world.spreads]
        self._write(0)
        self._clinics: AgentSet | None = None

    def _order(self, parts: Parts) -> Sequence[Callable[[World], None]]:
        """What happens in a month, in order; mechanisms prepare themselves."""
        world = self.world
        mechanisms = self.mechanisms = [kind() for kind in parts.mechanisms]
        actors = [kind(self, world) for kind in parts.actors]
        world.running = frozenset(part.name for part in [*mechanisms, *actors])
        world.stage_owners = {m.stage: m.enter for m in mechanisms if m.stage is not None}
        for mechanism in _preparation_order(mechanisms):
            mechanism.prepare(world)
        before = [m for m in mechanisms if m.phase < Phase.STEER]
        rest = [m for m in mechanisms if m.phase >= Phase.STEER]
        return [*before, *(actor.decide for actor in actors), *rest]

    def step(self) -> None:
        """A month passes."""
        world = self.world
        if world.month >= world.scenario.months:
            raise InnomotorError(f"the scenario ends after {world.scenario.months} months; read it with more months")
        for spread in world.spreads:
            if spread.innovation.arrives_month == world.month > 0:
                begin(spread)
        for part in self.month:
            part(world)
        world.month += 1
        self._write(world.month)

    def _write(self, column: int) -> None:
        for record in self.records:
            record.write(column)

    def result(self) -> StrategyResult:
        """What has been written down."""
        whole = together(self.world, self.records)
        more = {measure.name: measured(measure, self.world) for measure in self._measures}
        one = more if len(self.records) == 1 else {name: np.full_like(values, np.nan) for name, values in more.items()}
        apart = {record.spread.name: with_more(record.result(), one) for record in self.records}
        return StrategyResult({**whole.final, **more}, whole.curves, whole.stages, apart)

    @property
    def clinics(self) -> AgentSet:
        """The clinics of the first replicate as Mesa agents that look into the arrays; made on first touch."""
        if self._clinics is None:
            for place in range(self.world.shape[1]):
                Clinic(self, place)
            self._clinics = self.agents_by_type[Clinic]
        return self._clinics

    def release(self) -> None:
        """Let go of the arrays and agents; Mesa 3.3 keeps models that had agents alive."""
        self.remove_all_agents()
        self.month = ()
        self.mechanisms = []
        self.records = []
        for spread in self.world.spreads:  # world and spreads refer to each other, and would wait for the collector
            vars(spread).clear()
        vars(self.world).clear()
        del self.world


def _preparation_order(mechanisms: Sequence[Mechanism]) -> list[Mechanism]:
    """`work` and `readiness` set what others measure against, so they prepare first."""
    first = ("work", "readiness")
    return sorted(mechanisms, key=lambda m: (m.name not in first, first.index(m.name) if m.name in first else 0))


class Clinic(mesa.Agent):
    """A clinic as a Mesa agent: a view on the first replicate of a model's arrays, holding no state of its own."""

    def __init__(self, model: SpreadModel, place: int) -> None:
        """Look at one column.

        Args:
            model: whose clinics these are.
            place: column of the clinic.
        """
        super().__init__(model)
        self.place = place

    @property
    def name(self) -> str:
        """The clinic's name."""
        return str(self._world.population.names[self.place])

    @property
    def region(self) -> str:
        """The clinic's region."""
        population = self._world.population
        return population.regions[population.region[self.place]]

    @property
    def stage(self) -> str:
        """Stage of the first innovation, in lower case."""
        return Stage(int(self._first.stage[0, self.place])).name.lower()

    @property
    def depth(self) -> float:
        """How far the first innovation is embedded, 0-1."""
        return float(self._first.depth[0, self.place])

    @property
    def in_use(self) -> bool:
        """The first innovation is in use."""
        return bool(self._first.in_use[0, self.place])

    def state(self, name: str, innovation: str | None = None) -> Any:
        """Any state array at this clinic, by its name in the model.

        Args:
            name: such as ``readiness``, ``fatigue`` or ``champion``.
            innovation: which one; by default the first by name.
        """
        spread = self._first if innovation is None else next(s for s in self._world.spreads if s.name == innovation)
        holder = spread if hasattr(spread, name) else self._world
        return np.broadcast_to(getattr(holder, name), self._world.shape)[0, self.place].item()

    @property
    def _world(self) -> World:
        model: SpreadModel = self.model
        return model.world

    @property
    def _first(self) -> Any:
        return self._world.spreads[0]
