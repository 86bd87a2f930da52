"""Phase ACCOUNT: what the month cost and gave, in each replicate."""

from __future__ import annotations

import numpy as np

from sim.kernels import loops
from sim.month import Mechanism, Phase
from sim.parameters import Value
from sim.strategies import yearly_bills
from sim.world import Amounts, Spread, Stage, World, as_rows, operand


class Costs(Mechanism):
    """Levers at their prices, licences where it is in use; hours are booked where they are spent."""

    name = "costs"
    phase = Phase.ACCOUNT
    reads = frozenset(
        {
            "stage",
            "mandate",
            "monitoring",
            "visibility",
            "facilitators_fte",
            "training",
            "meeting_places",
            "early_adopter_investment",
            "support_priority",
            "lead_by_example",
            "transition_plan",
        }
    )
    writes = frozenset({"amounts"})

    def __call__(self, world: World) -> None:
        """The month's bills."""
        world.spend("cost_levers_sek", self._levers(world) / 12)
        for spread in world.present:
            licence = float(spread.innovation.cost.licence_sek_per_month)
            using = spread.count[:, Stage.USING] + spread.count[:, Stage.SUSTAINED]
            spread.add("cost_innovation_sek", using * licence)

    def _levers(self, world: World) -> Amounts:
        """Levers that are paid by the year [SEK/year]: ``(replicates,)``."""
        p, levers, rows = world.parameters, world.levers, world.shape[0]
        regions, clinics = len(world.population.regions), world.shape[1]
        bills = yearly_bills(levers, p, clinics, regions)
        yearly = sum(bills.values(), np.zeros((1, 1), np.float32))
        bound = world.mandate > 0
        if bound.any():
            share_bound = bound.mean(axis=1, keepdims=True)
            ordered = p.mandate_price * regions + levers.monitoring * p.monitoring_price * clinics
            yearly = yearly + share_bound * ordered
        if levers.support_priority.any():
            return per_row(yearly, rows) + self._support_priority(world)
        return per_row(yearly, rows)

    def _support_priority(self, world: World) -> Amounts:
        """Extra hours bought at the support functions that the innovations need [SEK/year]."""
        needed = {name for spread in world.present for name, hours in spread.innovation.obstacles.items() if hours > 0}
        total = np.zeros((1, 1), np.float32)
        for name in sorted(needed):
            hours = getattr(world.parameters, f"support_{name}") * np.float32(12 * world.shape[1])
            total = total + hours * world.levers.support_priority * world.parameters.support_wage
        return per_row(total, world.shape[0])


def per_row(value: Value, rows: int) -> Amounts:
    """A ``(1 or replicates, 1)`` amount for each replicate: ``(replicates,)``."""
    return np.full(rows, value[0, 0], np.float64) if len(value) == 1 else value[:, 0].astype(np.float64)


class Benefits(Mechanism):
    """Genuine use gives its effect: effect x volume x depth x fidelity^eta x fit; use in name only gives none."""

    name = "benefits"
    phase = Phase.ACCOUNT
    reads = frozenset({"stage", "nominal", "depth", "fidelity", "fit", "use_share"})
    writes = frozenset({"amounts"})

    def prepare(self, world: World) -> None:
        """Each clinic's volume, 1 on average."""
        staff = as_rows(world.attributes.staff)
        self._volume = operand(staff / staff.mean(axis=1, keepdims=True, dtype=np.float64))

    def __call__(self, world: World) -> None:
        """The month's gains."""
        wage = per_row(world.parameters.wage, world.shape[0])
        for spread in world.present:
            benefit = spread.innovation.benefit
            strength = self._strength(world, spread)
            spread.add("qaly", strength * (benefit.qaly_per_year / 12))
            spread.add("benefit_sek", strength * (benefit.staff_hours_per_month * wage + benefit.sek_per_year / 12))

    def _strength(self, world: World, spread: Spread) -> Amounts:
        """Effect in clinics of mean size in full use: ``(replicates,)``."""
        strength: Amounts = loops().effect(
            spread.between(Stage.USING, Stage.SUSTAINED).flat,
            spread.nominal,
            spread.depth,
            spread.fidelity,
            world.parameters.fidelity_exponent,
            spread.fit,
            operand(self._volume * spread.use_share),
        )
        return strength
