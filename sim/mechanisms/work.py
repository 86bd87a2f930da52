"""Phase WORK: slack is shared among what is under way; queues move; the innovation takes root."""

from __future__ import annotations

import numpy as np

from sim.kernels import loops
from sim.month import Mechanism, Phase
from sim.parameters import Parameters
from sim.scenario import Scenario, SupportFunctionName
from sim.world import Amounts, Cells, Floats, Spread, Stage, World, as_rows, operand


class Obstacles(Mechanism):
    """Support functions work through the region's tickets, first come first served; the slowest decides.

    ticket = max(served, last ticket) + hours; done when served has reached it (a queue that needs no sorting).
    """

    name = "obstacles"
    phase = Phase.WORK
    reads = frozenset({"stage", "support_priority", "shock"})
    writes = frozenset({"stage", "queue_months", "queue_entries", "amounts"})
    stage = Stage.BLOCKED

    @classmethod
    def wanted(cls, scenario: Scenario) -> bool:
        """Where no actor keeps the queues in another way."""
        return scenario.actors.support_functions is None

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
        region, arrivals = spread.world.population.region, cells.count(spread.world.shape[0])
        price = spread.world.parameters.support_wage[:, 0].astype(np.float64)
        for name in functions:
            hours = np.float32(spread.innovation.obstacles[name])
            ticket = self._ticket[spread.name, name]
            loops().draw_tickets(cells.flat, region, hours, self._last[name], self._served[name], ticket)
            spread.add("cost_support_functions_sek", arrivals * float(hours) * price)
        spread.queue_entries += arrivals
        spread.move(cells, Stage.BLOCKED)

    def __call__(self, world: World) -> None:
        """A month is served; those whose tickets are done go on."""
        for name in self._served:
            self._served[name] += support_capacity(world, name)
        for spread in world.present:
            cells = spread.at(Stage.BLOCKED)
            if not len(cells):
                continue
            region, done = world.population.region, np.ones(len(cells), bool)
            for name in self._functions(spread):
                done &= loops().served_by_now(cells.flat, region, self._served[name], self._ticket[spread.name, name])
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
    reads = frozenset(
        {
            "stage",
            "work",
            "depth",
            "nominal",
            "slack",
            "protected_time",
            "mandate",
            "facilitated",
            "clinics_per_facilitator",
            "season",
            "shock",
            "under_way",
        }
    )
    writes = frozenset({"work", "needed_hours", "free_hours", "supply", "amounts"})

    def prepare(self, world: World) -> None:
        """Free hours at month 0 without levers."""
        world.free_hours = usable_slack(world, world.parameters.effective_slack)

    def __call__(self, world: World) -> None:
        """Hours are needed, supplied and spent."""
        bought = operand(world.levers.protected_time * world.shock * as_rows(world.attributes.hours))
        needs = [hours_needed(world, spread) for spread in world.present]
        world.needed_hours = needs[0] if len(needs) == 1 else sum(needs, np.zeros(world.shape, np.float32))
        slack, world.free_hours = np.empty(world.shape, np.float32), np.empty(world.shape, np.float32)
        share = effective_slack(world) * (1 - world.parameters.background_load)
        usable = operand(share), operand(world.slack * as_rows(world.attributes.hours))
        loops().hours_left(*usable, world.needed_hours, bought, slack, world.free_hours)
        for spread, need in zip(world.present, needs, strict=True):
            self._spend(world, spread, need, slack, bought)

    def _spend(self, world: World, spread: Spread, need: Floats, slack: Floats, bought: Floats) -> None:
        """Supply, hours left and what it costs; where something is under way, bought time carries a part of it."""
        sums = np.zeros((world.shape[0], 3))
        loops().share_hours(
            spread.between(Stage.TESTING, Stage.SUSTAINED).flat,
            spread.stage,
            int(Stage.SUSTAINED),
            need,
            world.needed_hours,
            slack,
            bought,
            spread.facilitated,
            operand(facilitator_hours(world, spread)),
            operand(world.season),
            spread.supply,
            spread.work,
            sums,
        )
        wage = np.broadcast_to(world.parameters.wage, (world.shape[0], 1))[:, 0].astype(np.float64)
        spent, unpaid, paid = sums.T
        if len(world.spreads) > 1:
            paid = hours_bought(world, spread, bought)
        spread.add("clinic_hours", spent)
        spread.add("cost_clinic_hours_sek", unpaid * wage)
        spread.add("cost_levers_sek", paid * wage)


def hours_bought(world: World, spread: Spread, bought: Floats) -> Amounts:
    """Bought time that this innovation answers for [hours]: ``(replicates,)``.

    A clinic's time is bought once, whatever it is under way with; those innovations share it alike.
    """
    if not bought.any():
        return np.zeros(world.shape[0])
    share = spread.is_between(Stage.TESTING, Stage.USING) / np.maximum(world.under_way, 1)
    return np.sum(share * bought, axis=1, dtype=np.float64)


def effective_slack(world: World) -> Floats:
    """phi: how much of the nominal slack is really free, ``(1 or replicates, 1 or clinics)``."""
    p = world.parameters
    bought = world.levers.protected_time > 0
    phi = np.where(bought, p.effective_slack_protected, p.effective_slack).astype(np.float32)
    return phi + (p.effective_slack_mandated - phi) * world.mandate


def usable_slack(world: World, phi: Floats) -> Floats:
    """Hours of slack that are free for change in an ordinary month: phi (1 - busy) s H."""
    return free_of_other_change(world.parameters, phi, world.slack * as_rows(world.attributes.hours))


def free_of_other_change(parameters: Parameters, phi: Floats, slack_hours: Floats) -> Floats:
    """What ongoing change leaves of hours of slack: phi (1 - busy) of them."""
    hours: Floats = phi * (1 - parameters.background_load) * slack_hours
    return hours


def facilitator_hours(world: World, spread: Spread) -> Floats:
    """What a facilitator contributes to each clinic held [hours/month]: ``(1 or replicates, 1)``."""
    hours = world.parameters.facilitator_hours / np.maximum(spread.clinics_per_facilitator, 1)
    return hours.astype(np.float32, copy=False)


def hours_needed(world: World, spread: Spread) -> Floats:
    """What each clinic's stage asks for this month [hours]: ``(replicates, clinics)``, 0 where nothing is under way."""
    p, effort = world.parameters, spread.innovation.effort
    asked = np.empty(world.shape, np.float32)
    loops().hours_needed(
        spread.stage,
        tuple(map(int, (Stage.TESTING, Stage.ADJUSTING, Stage.BLOCKED, Stage.IMPLEMENTING, Stage.SUSTAINED))),
        spread.depth,
        spread.nominal,
        p.superficial_depth,
        operand(p.implementation_rate / complexity(world, spread)),
        p.depth_decay,
        (
            np.float32(effort.trial_hours / 3),
            np.float32(effort.adjust_hours / 2),
            np.float32(effort.implement_hours / 12),
        ),
        asked,
    )
    return asked


def complexity(world: World, spread: Spread) -> Floats:
    """X = 5^(c - 1/2): how much slower a complex innovation takes root."""
    factor: Floats = world.parameters.complexity_factor ** np.float32(spread.innovation.attributes.complexity - 0.5)
    return factor


class Implementation(Mechanism):
    """The innovation takes root or drifts: dD/dt = kappa/X E (D_max - D) - delta D max(0, 1 - E).

    E = min(1.5, supply L' (R/R̄)^1/2 HR_f^1/2) is the effort that it gets; use begins at D = .1.
    """

    name = "implementation"
    phase = Phase.WORK
    after = frozenset({"work"})
    reads = frozenset(
        {
            "stage",
            "depth",
            "supply",
            "readiness",
            "reference_readiness",
            "facilitated",
            "facilitation_hazard_ratio",
            "nominal",
            "under_way",
            "protected_time",
            "mandate",
            "transition_plan",
            "remove_old_way",
        }
    )
    writes = frozenset({"stage", "depth", "amounts"})
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
        for spread in world.present:
            self._embed(world, spread)
            self._first_use(world, spread)

    def _embed(self, world: World, spread: Spread) -> None:
        p, one = world.parameters, np.ones((1, 1), np.float32)
        crowd = one
        if len(world.spreads) > 1:
            others = np.maximum(world.under_way - 1, 0).astype(np.float32)
            crowd = one + others / overload_scale(world)
        kept = 1 - (1 - p.transition_decay) * world.levers.transition_plan
        loops().embed(
            spread.stage,
            (int(Stage.IMPLEMENTING), int(Stage.SUSTAINED)),
            spread.depth,
            spread.supply,
            *map(operand, (spread.readiness, spread.reference_readiness)),
            spread.facilitated,
            *map(operand, (np.sqrt(spread.facilitation_hazard_ratio), crowd, p.effort_ceiling)),
            spread.nominal,
            *map(
                operand, (p.superficial_depth, p.implementation_rate / complexity(world, spread), p.depth_decay * kept)
            ),
        )

    def _first_use(self, world: World, spread: Spread) -> None:
        p = world.parameters
        here = spread.at(Stage.IMPLEMENTING)
        ready = loops().rooted(here.flat, spread.depth, p.use_depth, spread.since, world.month, p.implement_months)
        begins = Cells(ready, here.clinics)
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
