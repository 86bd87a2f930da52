"""Phase WORK: slack is shared among what is under way; queues move; the innovation takes root."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.month import Mechanism, Phase
from sim.scenario import SupportFunctionName
from sim.world import Cells, Floats, Spread, Stage, World, as_rows


class Obstacles(Mechanism):
    """Support functions work through the region's tickets, first come first served; the slowest decides.

    ticket = max(served, last ticket) + hours; done when served has reached it (a queue that needs no sorting).
    """

    name = "obstacles"
    phase = Phase.WORK
    reads = frozenset({"stage", "support_served"})
    writes = frozenset({"stage"})
    stage = Stage.BLOCKED

    def prepare(self, world: World) -> None:
        """Empty queues at the functions that somebody needs."""
        self._needed = {
            name for spread in world.spreads for name, hours in spread.innovation.obstacles.items() if hours > 0
        }
        shape = (world.shape[0], len(world.population.regions))
        self._served = {name: np.zeros(shape, np.float32) for name in sorted(self._needed)}
        self._last = {name: np.zeros(shape, np.float32) for name in sorted(self._needed)}
        self._ticket = {
            (spread.name, name): np.zeros(world.shape, np.float32)
            for spread in world.spreads
            for name in self._functions(spread)
        }

    def _functions(self, spread: Spread) -> list[SupportFunctionName]:
        return sorted(name for name, hours in spread.innovation.obstacles.items() if hours > 0)

    def enter(self, spread: Spread, cells: Cells) -> None:
        """Tickets at every function that the innovation needs."""
        functions = self._functions(spread)
        if not functions:
            spread.advance(cells, Stage.BLOCKED)
            return
        regions = len(spread.world.population.regions)
        queue = cells.row * regions + spread.world.population.region[cells.column]
        for name in functions:
            hours = np.float32(spread.innovation.obstacles[name])
            cells.put(self._ticket[spread.name, name], self._draw_tickets(name, queue, hours))
            self._book(spread, cells, hours)
        spread.queue_entries += cells.count(spread.world.shape[0])
        spread.move(cells, Stage.BLOCKED)

    def _draw_tickets(self, name: SupportFunctionName, queue: NDArray[np.int64], hours: np.float32) -> Floats:
        """Tickets of this month's arrivals; ``queue`` is the rising (replicate, region) of each."""
        last, served = self._last[name].reshape(-1), self._served[name].reshape(-1)
        begins, place, size = np.unique(queue, return_index=True, return_counts=True)
        rank = np.arange(len(queue)) - np.repeat(place, size) + 1
        base = np.maximum(last[begins], served[begins])
        last[begins] = base + size * hours
        tickets: Floats = (np.repeat(base, size) + rank * hours).astype(np.float32)
        return tickets

    def _book(self, spread: Spread, cells: Cells, hours: np.float32) -> None:
        price = np.broadcast_to(spread.world.parameters.support_wage, (spread.world.shape[0], 1))[:, 0]
        count = cells.count(spread.world.shape[0])
        spread.add("cost_support_functions_sek", count * float(hours) * price.astype(np.float64))

    def __call__(self, world: World) -> None:
        """A month is served; those whose tickets are done go on."""
        for name in self._served:
            self._served[name] += support_capacity(world, name)
        for spread in world.present:
            cells = spread.at(Stage.BLOCKED)
            if not len(cells):
                continue
            region = world.population.region[cells.column]
            done = np.ones(len(cells), bool)
            for name in self._functions(spread):
                done &= self._served[name][cells.row, region] >= cells.of(self._ticket[spread.name, name])
            spread.queue_months += cells.only(~done).count(world.shape[0])
            spread.advance(cells.only(done), Stage.BLOCKED)


def support_capacity(world: World, name: SupportFunctionName) -> Floats:
    """Hours that a function has this month in each region: ``(replicates, regions)``, by its number of clinics."""
    clinics = np.diff(world.population.region_start).astype(np.float32)
    per_clinic = getattr(world.parameters, f"support_{name}")
    capacity: Floats = per_clinic * clinics * world.shock * (1 + world.levers.support_priority)
    return capacity


class Work(Mechanism):
    """Usable hours are shared by all adoptions under way: supply = 1 - exp(-usable / needed).

    usable = (phi s (1 - busy) + protected) H season + what a facilitator contributes.
    """

    name = "work"
    phase = Phase.WORK
    after = frozenset({"obstacles"})
    reads = frozenset({"stage", "slack", "protected_time", "facilitated", "depth"})
    writes = frozenset({"work", "supply", "free_hours"})

    def prepare(self, world: World) -> None:
        """Free hours at month 0 without levers."""
        world.free_hours = usable_slack(world, world.parameters.effective_slack)

    def __call__(self, world: World) -> None:
        """Hours are needed, supplied and spent."""
        slack_hours = usable_slack(world, effective_slack(world))
        needs = {spread.name: self._needs(world, spread) for spread in world.present}
        total = self._together(world, [need for _, need in needs.values()], [cells for cells, _ in needs.values()])
        world.free_hours = slack_hours if total is None else self._left(world, slack_hours, total)
        for spread in world.present:
            cells, need = needs[spread.name]
            if len(cells):
                every = need if total is None or len(needs) == 1 else cells.of(total)
                self._spend(world, spread, cells, need, every, cells.of(slack_hours))

    def _left(self, world: World, slack_hours: Floats, total: Floats) -> Floats:
        """Usable hours after ongoing work; where something is under way, bought time carries a part of it."""
        bought = world.levers.protected_time * world.shock * as_rows(world.attributes.hours)
        return np.maximum(slack_hours - np.maximum(total - bought, 0), 0)

    def _needs(self, world: World, spread: Spread) -> tuple[Cells, Floats]:
        """The cells under way and what each would need this month [hours]."""
        cells = spread.between(Stage.TESTING, Stage.SUSTAINED)
        return cells, hours_needed(world, spread, cells)

    def _together(self, world: World, needs: list[Floats], cells: list[Cells]) -> Floats | None:
        """Hours needed in each clinic by all innovations, or None where nothing is under way."""
        if not any(len(c) for c in cells):
            return None
        total = np.zeros(world.shape, np.float32)
        for c, need in zip(cells, needs, strict=True):
            c.put(total, c.of(total) + need)
        return total

    def _spend(self, world: World, spread: Spread, cells: Cells, need: Floats, every: Floats, slack: Floats) -> None:
        """Supply, hours left and what it costs; ``every`` is what all innovations need in these clinics."""
        p, rows = world.parameters, world.shape[0]
        ongoing = cells.of(spread.stage) < Stage.SUSTAINED
        bought_time = (
            ongoing * cells.of(world.levers.protected_time * world.shock) * cells.of(as_rows(world.attributes.hours))
        )
        helped = np.where(cells.of(spread.facilitated), cells.of(facilitator_hours(world, spread)), np.float32(0))
        season = cells.of(world.season)
        usable = (slack + bought_time) * season + helped
        share = 1 - np.exp(-usable / np.maximum(every, np.float32(1e-6)))
        hours = share * need
        cells.put(spread.supply, share)
        cells.put(spread.work, cells.of(spread.work) - hours)
        part = np.where(every > 0, need / np.maximum(every, np.float32(1e-6)), np.float32(1))
        paid = bought_time * season * part
        unpaid = np.maximum(hours - paid - helped * part, 0)
        spread.add("clinic_hours", cells.total(hours, rows))
        wage = np.broadcast_to(p.wage, (rows, 1))[:, 0].astype(np.float64)
        spread.add("cost_clinic_hours_sek", cells.total(unpaid, rows) * wage)
        spread.add("cost_levers_sek", cells.total(bought_time * part, rows) * wage)


def effective_slack(world: World) -> Floats:
    """phi: how much of the nominal slack is really free, ``(1 or replicates, 1 or clinics)``."""
    p = world.parameters
    bought = world.levers.protected_time > 0
    phi = np.where(bought, p.effective_slack_protected, p.effective_slack).astype(np.float32)
    return phi + (p.effective_slack_mandated - phi) * world.mandate


def usable_slack(world: World, phi: Floats) -> Floats:
    """Hours of slack that are free for change in an ordinary month: phi s (1 - busy) H."""
    hours: Floats = phi * (1 - world.parameters.background_load) * (world.slack * as_rows(world.attributes.hours))
    return hours


def facilitator_hours(world: World, spread: Spread) -> Floats:
    """What a facilitator contributes to each clinic held [hours/month]: ``(1 or replicates, 1)``."""
    hours = world.parameters.facilitator_hours / np.maximum(spread.clinics_per_facilitator, 1)
    return hours.astype(np.float32, copy=False)


def hours_needed(world: World, spread: Spread, cells: Cells) -> Floats:
    """What the stage asks for this month [hours], for each cell from TESTING to SUSTAINED."""
    p, effort, stage = world.parameters, spread.innovation.effort, cells.of(spread.stage)
    rate = cells.of(p.implementation_rate / complexity(world, spread))
    room = np.maximum(depth_ceiling(world, spread, cells) - cells.of(spread.depth), 0)
    keeping = cells.of(p.depth_decay) * cells.of(spread.depth) / 4
    need = np.float32(effort.implement_hours / 12) * (rate * room + keeping)
    need = np.where(stage == Stage.TESTING, np.float32(effort.trial_hours / 3), need)
    need = np.where(stage == Stage.ADJUSTING, np.float32(effort.adjust_hours / 2), need)
    needed: Floats = np.where(stage == Stage.BLOCKED, np.float32(0), need).astype(np.float32)
    return needed


def complexity(world: World, spread: Spread) -> Floats:
    """X = 5^(c - 1/2): how much slower a complex innovation takes root."""
    factor: Floats = world.parameters.complexity_factor ** np.float32(spread.innovation.attributes.complexity - 0.5)
    return factor


def depth_ceiling(world: World, spread: Spread, cells: Cells) -> Floats:
    """D_max: 1, or less where it is used in name only."""
    ceiling: Floats = np.where(
        cells.of(spread.nominal), cells.of(world.parameters.superficial_depth), np.float32(1)
    ).astype(np.float32)
    return ceiling


class Implementation(Mechanism):
    """The innovation takes root or drifts: dD/dt = kappa/X E (D_max - D) - delta D max(0, 1 - E).

    E = min(1.5, supply L' (R/R̄)^1/2 HR_f^1/2) is the effort that it gets; use begins at D = .1.
    """

    name = "implementation"
    phase = Phase.WORK
    after = frozenset({"work"})
    reads = frozenset({"stage", "supply", "readiness", "facilitated", "nominal", "transition_plan"})
    writes = frozenset({"depth", "stage"})
    stage = Stage.IMPLEMENTING

    def enter(self, spread: Spread, cells: Cells) -> None:
        """It is introduced."""
        start = float(spread.innovation.cost.start_sek)
        if start:
            spread.add("cost_innovation_sek", cells.count(spread.world.shape[0]) * start)
        cells.put(spread.depth, 0.0)
        spread.move(cells, Stage.IMPLEMENTING)

    def __call__(self, world: World) -> None:
        """A month of embedding."""
        p = world.parameters
        for spread in world.present:
            cells = spread.embedding
            if not len(cells):
                continue
            effort = self._effort(world, spread, cells)
            depth, ceiling = cells.of(spread.depth), depth_ceiling(world, spread, cells)
            gain = cells.of(p.implementation_rate / complexity(world, spread)) * effort * (ceiling - depth)
            kept = 1 - (1 - p.transition_decay) * world.levers.transition_plan
            loss = cells.of(p.depth_decay * kept) * depth * np.maximum(1 - effort, 0)
            cells.put(spread.depth, np.clip(depth + (gain - loss) / np.float32(12), 0, 1))
            self._first_use(world, spread)

    def _effort(self, world: World, spread: Spread, cells: Cells) -> Floats:
        p = world.parameters
        effort = cells.of(spread.supply)
        if "readiness" in world.running:
            effort = effort * np.sqrt(cells.of(spread.relative_readiness))
        held = cells.of(spread.facilitated)
        effort = effort * np.where(held, np.sqrt(cells.of(spread.facilitation_hazard_ratio)), np.float32(1))
        if len(world.spreads) > 1:
            others = np.maximum(cells.of(world.under_way) - 1, 0)
            scale = cells.of(overload_scale(world))
            effort = effort / (1 + others / scale)
        return np.minimum(effort, cells.of(p.effort_ceiling))

    def _first_use(self, world: World, spread: Spread) -> None:
        p = world.parameters
        cells = spread.at(Stage.IMPLEMENTING)
        ready = (cells.of(spread.depth) >= cells.of(p.use_depth)) & (
            spread.months_here(cells) + 1 >= cells.of(p.implement_months)
        )
        begins = cells.only(ready)
        price = np.broadcast_to(
            world.parameters.remove_old_way_price * world.levers.remove_old_way, (world.shape[0], 1)
        )
        spread.add("cost_levers_sek", begins.count(world.shape[0]) * price[:, 0].astype(np.float64))
        spread.move(begins, Stage.USING)


def overload_scale(world: World) -> Floats:
    """n0, how many adoptions at once halve the speed of the next: ``(1 or replicates, 1 or clinics)``."""
    p = world.parameters
    bought = world.levers.protected_time > 0
    scale: Floats = p.overload + p.overload_protected * bought + p.overload_mandated * world.mandate
    return np.maximum(scale, np.float32(0.5))
