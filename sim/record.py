"""What is written down month by month, and what it sums up to: one row for each replicate, nothing for each clinic."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.kernels import loops
from sim.metrics import CURVES, PARTS, STAGES, Curves, Final, SpreadResult, months_to, ratio, sustained_after
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
    """The months of one innovation in a block of replicates: counts and sums as they come, shares when asked."""

    def __init__(self, spread: Spread, months: int) -> None:
        """Empty pages.

        Args:
            spread: what to follow.
            months: how many months will pass; column 0 is the start.
        """
        shape = (months + 1, spread.world.shape[0])
        self.spread = spread
        self._count = np.zeros((*shape, len(Stage)), np.int32)
        self._nominal = np.zeros(shape, np.int32)
        self._reporting = np.zeros(shape, np.int32)
        self._depth = np.zeros(shape, np.float64)
        self._fatigue = np.zeros(shape, np.float64)
        self._support = Remembered(lambda *_: is_supported(spread.world))
        self._supported = np.zeros(shape[1], np.int64)
        """Last column before which a bought lever or a mandate was in force; 0 where none has been."""

    def write(self, column: int) -> None:
        """Take down the state as it is now."""
        spread, world = self.spread, self.spread.world
        self._count[column] = spread.count
        if spread.nominal.any():
            self._nominal[column] = counted(spread.nominal)
        if world.mandate.any():  # those that have given it up under a mandate that is still in force
            self._reporting[column] = counted(spread.reports_anyway & (world.mandate > 0))
        if "implementation" in world.running:
            self._depth[column] = loops().depth_in_use(spread.between(Stage.USING, Stage.SUSTAINED).flat, spread.depth)
        if "fatigue" in world.running:
            self._fatigue[column] = np.add.reduce(world.fatigue, axis=1, dtype=np.float64)
        levers = [getattr(world.levers, name) for name in PURCHASABLE]
        self._supported[self._support.of(world.mandate, world.funding_ended, *levers)] = column

    def curves(self) -> dict[str, NDArray[np.float32]]:
        """Every one of ``CURVES``: ``(replicates, months + 1)``."""
        world, clinics = self.spread.world, np.float64(self.spread.world.shape[1])
        in_use = self._count[..., Stage.USING] + self._count[..., Stage.SUSTAINED]
        depth = self._depth if "implementation" in world.running else in_use  # where nothing embeds, use is deep
        values = {
            "reach": in_use / clinics,
            "sustained": self._count[..., Stage.SUSTAINED] / clinics,
            "nominal": self._nominal / clinics,
            "abandoned": self._count[..., Stage.ABANDONED] / clinics,
            "reported": (in_use + self._reporting) / clinics,
            "depth": depth / np.maximum(in_use, 1),
            "fatigue": self._fatigue / clinics,
        }
        return {name: np.ascontiguousarray(value.T, np.float32) for name, value in values.items()}

    def stages(self) -> NDArray[np.float32]:
        """Share of the clinics in each of ``STAGES``: ``(stages, replicates, months + 1)``."""
        count = np.zeros((len(STAGES), *self._nominal.shape[::-1]), np.int32)
        count[_PLACE] = self._count.T
        count[_IN_NAME] = self._nominal.T
        count[_PLACE[Stage.USING]] -= self._nominal.T
        return (count / np.float64(self.spread.world.shape[1])).astype(np.float32)

    def result(self) -> SpreadResult:
        """The months and the sums of this innovation alone."""
        curves = self.curves()
        return SpreadResult(self._final(curves), curves, self.stages())

    def _final(self, curves: Curves) -> Final:
        spread, world = self.spread, self.spread.world
        shared = 1 / len(world.spreads)
        amounts = {part: self._amount(part) + shared * _amount(world.amounts, part, world.shape[0]) for part in PARTS}
        benefit = self._amount("benefit_sek")
        entries = np.maximum(spread.queue_entries, 1)
        return {
            **at_horizon(curves),
            **sums(amounts, benefit, curves["sustained"][:, -1], world, 1),
            "clinic_hours": self._amount("clinic_hours"),
            "equity_gap": equity_gap(world, [spread]),
            "queue_months": spread.queue_months / entries,
            **sustained_after(curves["sustained"], self.support_end()),
        }

    def support_end(self) -> NDArray[np.float64]:
        """Month from which nothing bought and no mandate is in force, inf where that is not before the end."""
        last = len(self._count) - 1
        there = (self._supported > 0) & (self._supported < last)
        return np.where(there, self._supported, np.inf)

    def _amount(self, part: str) -> NDArray[np.float64]:
        return _amount(self.spread.amounts, part, self.spread.world.shape[0])


def _amount(amounts: dict[str, NDArray[np.float64]], part: str, rows: int) -> NDArray[np.float64]:
    return np.broadcast_to(np.asarray(amounts.get(part, 0.0), np.float64), (rows,))


def at_horizon(curves: Curves) -> dict[str, NDArray[np.float64]]:
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
