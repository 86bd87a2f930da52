"""What is written down month by month, and what it sums up to: one row for each replicate, nothing for each clinic."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.kernels import loops
from sim.metrics import CURVES, PARTS, STAGES, Final, SpreadResult, months_to, ratio, sustained_after
from sim.strategies import PURCHASABLE
from sim.world import Remembered, Spread, Stage, World, counted

_GROUP = {
    Stage.UNAWARE: "unaware",
    Stage.AWARE: "aware",
    Stage.DECLINED: "declined",
    Stage.TESTING: "testing",
    Stage.ADJUSTING: "adjusting",
    Stage.BLOCKED: "blocked",
    Stage.IMPLEMENTING: "implementing",
    Stage.USING: "using",
    Stage.SUSTAINED: "sustained",
    Stage.ABANDONED: "abandoned",
}

_PLACE = np.array([STAGES.index(_GROUP[stage]) for stage in Stage])
"""Where each stage stands among the groups."""
_IN_NAME = STAGES.index("using_in_name")


class Record:
    """The months of one innovation in a block of replicates."""

    def __init__(self, spread: Spread, months: int) -> None:
        """Empty pages.

        Args:
            spread: what to follow.
            months: how many months will pass; column 0 is the start.
        """
        rows = spread.world.shape[0]
        self.spread = spread
        self.curves = {name: np.zeros((rows, months + 1), np.float32) for name in CURVES}
        self.stages = np.zeros((len(STAGES), rows, months + 1), np.float32)
        self._support = Remembered(lambda *_: is_supported(spread.world))
        self._supported = np.zeros(rows, np.int64)
        """Last column before which a bought lever or a mandate was in force; 0 where none has been."""

    def write(self, column: int) -> None:
        """Take down the state as it is now."""
        spread, world = self.spread, self.spread.world
        clinics = np.float64(world.shape[1])
        shares = spread.count / clinics
        self.stages[_PLACE, :, column] = shares.T
        nominal = np.zeros((), np.int64)
        if spread.nominal.any():
            nominal = counted(spread.nominal)
            self.stages[_IN_NAME, :, column] = nominal / clinics
            self.stages[_PLACE[Stage.USING], :, column] = (spread.count[:, Stage.USING] - nominal) / clinics
        in_use = spread.count[:, Stage.USING] + spread.count[:, Stage.SUSTAINED]
        reporting = self._reporting()
        depth = self._depth() if "implementation" in world.running else in_use
        values = {
            "reach": in_use / clinics,
            "sustained": shares[:, Stage.SUSTAINED],
            "nominal": nominal / clinics,
            "abandoned": shares[:, Stage.ABANDONED],
            "reported": (in_use + reporting) / clinics,
            "depth": depth / np.maximum(in_use, 1),
            "fatigue": np.add.reduce(world.fatigue, axis=1, dtype=np.float64) / clinics
            if "fatigue" in world.running
            else 0.0,
        }
        for name, value in values.items():
            self.curves[name][:, column] = value
        levers = [getattr(world.levers, name) for name in PURCHASABLE]
        self._supported[self._support.of(world.mandate, world.funding_ended, *levers)] = column

    def _depth(self) -> NDArray[np.float64]:
        """Sum of the depth over the clinics in use; where nothing embeds, every user has it in full."""
        spread = self.spread
        in_use = spread.between(Stage.USING, Stage.SUSTAINED)
        depth: NDArray[np.float64] = loops().depth_in_use(in_use.flat, spread.depth)
        return depth

    def _reporting(self) -> NDArray[np.intp] | int:
        """Those that have given it up under a mandate that is still in force."""
        in_force = self.spread.world.mandate > 0
        return np.count_nonzero(self.spread.reports_anyway & in_force, axis=1) if in_force.any() else 0

    def result(self) -> SpreadResult:
        """The months and the sums of this innovation alone."""
        return SpreadResult(self._final(), self.curves, self.stages)

    def _final(self) -> Final:
        spread, world = self.spread, self.spread.world
        shared = 1 / len(world.spreads)
        amounts = {part: self._amount(part) + shared * _amount(world.amounts, part, world.shape[0]) for part in PARTS}
        benefit = self._amount("benefit_sek")
        entries = np.maximum(spread.queue_entries, 1)
        return {
            **at_horizon(self.curves),
            **sums(amounts, benefit, self.curves["sustained"][:, -1], world, 1),
            "clinic_hours": self._amount("clinic_hours"),
            "equity_gap": equity_gap(world, [spread]),
            "queue_months": spread.queue_months / entries,
            **sustained_after(self.curves["sustained"], self.support_end()),
        }

    def support_end(self) -> NDArray[np.float64]:
        """Month from which nothing bought and no mandate is in force, inf where that is not before the end."""
        last = self.curves["reach"].shape[1] - 1
        there = (self._supported > 0) & (self._supported < last)
        return np.where(there, self._supported, np.inf)

    def _amount(self, part: str) -> NDArray[np.float64]:
        return _amount(self.spread.amounts, part, self.spread.world.shape[0])


def _amount(amounts: dict[str, NDArray[np.float64]], part: str, rows: int) -> NDArray[np.float64]:
    return np.broadcast_to(np.asarray(amounts.get(part, 0.0), np.float64), (rows,))


def at_horizon(curves: dict[str, NDArray[np.float32]]) -> dict[str, NDArray[np.float64]]:
    """The metrics that the last month of the curves gives, and the months to 10, 50 and 80 %."""
    last = {name: curves[name][:, -1].astype(np.float64) for name in curves if name != "depth"}
    return last | {f"months_to_{share}": months_to(curves["reach"], share / 100) for share in (10, 50, 80)}


def is_supported(world: World) -> NDArray[np.bool_]:
    """Where a mandate is in force or, while there is funding for it, a lever that is bought: ``(replicates,)``."""
    bought = world.levers.bought[:, 0] & ~world.funding_ended[:, 0]
    return np.broadcast_to(bought | (world.mandate > 0).any(axis=1), world.shape[:1])


def sums(
    parts: dict[str, NDArray[np.float64]],
    benefit: NDArray[np.float64],
    sustained: NDArray[np.float32],
    world: World,
    innovations: int,
) -> dict[str, NDArray[np.float64]]:
    """Cost, benefit and net benefit from their parts, and cost for what was gained [SEK], each ``(replicates,)``.

    Args:
        parts: every one of ``PARTS``.
        benefit: in money.
        sustained: share in ordinary operation at the end.
        world: the block.
        innovations: how many the share is taken over.
    """
    cost = sum((amount for part, amount in parts.items() if part.startswith("cost_")), np.zeros(len(benefit)))
    threshold = np.broadcast_to(world.parameters.qaly_threshold, (len(benefit), 1))[:, 0].astype(np.float64)
    net = benefit + threshold * parts["qaly"] - cost
    operating = np.rint(sustained.astype(np.float64) * world.shape[1] * innovations)
    return {
        **parts,
        "cost_sek": cost,
        "benefit_sek": benefit,
        "net_benefit_sek": net,
        "cost_per_sustained_sek": ratio(cost, operating),
        "cost_per_qaly_sek": ratio(cost, parts["qaly"]),
    }


def equity_gap(world: World, spreads: Sequence[Spread]) -> NDArray[np.float64]:
    """Best minus worst region's reach; with one region, largest minus smallest third of the clinics by staff."""
    use = np.mean([spread.in_use for spread in spreads], axis=0)
    starts = world.population.region_start
    if len(starts) > 2:
        share = np.add.reduceat(use, starts[:-1], axis=1) / np.diff(starts)
        gap: NDArray[np.float64] = share.max(axis=1) - share.min(axis=1)
        return gap
    staff = np.broadcast_to(world.attributes.staff, world.shape)
    order = np.argsort(staff, axis=1, kind="stable")
    third = max(world.shape[1] // 3, 1)
    sorted_use = np.take_along_axis(use, order, axis=1)
    difference: NDArray[np.float64] = sorted_use[:, -third:].mean(axis=1) - sorted_use[:, :third].mean(axis=1)
    return difference


def together(world: World, records: Sequence[Record]) -> SpreadResult:
    """All innovations as one: shares over all clinic-innovation pairs, amounts summed."""
    results = [record.result() for record in records]
    if len(results) == 1:
        return results[0]
    plain = {name: _mean([r.curves[name] for r in results]) for name in CURVES}
    plain["depth"] = _mean_depth(results)
    parts = {part: np.sum([r.final[part] for r in results], axis=0) for part in PARTS}
    benefit = np.sum([r.final["benefit_sek"] for r in results], axis=0)
    entries = np.sum([record.spread.queue_entries for record in records], axis=0)
    months = np.sum([record.spread.queue_months for record in records], axis=0)
    final = {
        **at_horizon(plain),
        **sums(parts, benefit, plain["sustained"][:, -1], world, len(records)),
        "clinic_hours": np.sum([r.final["clinic_hours"] for r in results], axis=0),
        "equity_gap": equity_gap(world, world.spreads),
        "queue_months": months / np.maximum(entries, 1),
        **sustained_after(plain["sustained"], records[0].support_end()),
    }
    return SpreadResult(final, plain, _mean([r.stages for r in results]))


def _mean(arrays: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    return np.stack(arrays).mean(axis=0, dtype=np.float64).astype(np.float32)


def _mean_depth(results: Sequence[SpreadResult]) -> NDArray[np.float32]:
    """Mean depth over all clinic-innovation pairs in use."""
    users = np.array([r.curves["reach"] for r in results], np.float64)
    depth = np.array([r.curves["depth"] for r in results], np.float64)
    return ((users * depth).sum(axis=0) / np.maximum(users.sum(axis=0), 1e-12)).astype(np.float32)
