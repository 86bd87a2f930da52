"""The state of a block of possible worlds: arrays over (replicates, clinics), one set for each innovation.

A replicate is one possible world. Mechanisms read and write these arrays once a month, whole blocks at a time;
every change of stage goes through `Spread.move`, which keeps the counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from operator import is_
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.kernels import loops
from sim.network import Networks
from sim.parameters import Parameters, Value
from sim.population import Attributes, Population
from sim.randomness import Draws, as_exponential
from sim.reference import Reference
from sim.scenario import Innovation, Scenario
from sim.strategies import Levers, Schedule

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]
Amounts = NDArray[np.float64]


class Stage(IntEnum):
    """A clinic's place on the spread pipeline."""

    UNAWARE = 0
    AWARE = 1
    DECLINED = 2
    TESTING = 3
    ADJUSTING = 4
    BLOCKED = 5
    IMPLEMENTING = 6
    USING = 7
    SUSTAINED = 8
    ABANDONED = 9


PIPELINE = (Stage.TESTING, Stage.ADJUSTING, Stage.BLOCKED, Stage.IMPLEMENTING)
"""The stages between a start and first use; each is passed through at once when no mechanism owns it."""


class Cells:
    """Chosen clinics in chosen replicates, in order of replicate and clinic."""

    __slots__ = ("_column", "_row", "clinics", "flat")

    def __init__(self, flat: NDArray[np.int64], clinics: int) -> None:
        """Choose.

        Args:
            flat: rising positions in a flattened array of (replicates, clinics).
            clinics: number of clinics in a row.
        """
        self.flat = flat
        self.clinics = clinics
        self._row: NDArray[np.int64] | None = None
        self._column: NDArray[np.int64] | None = None

    @classmethod
    def where(cls, mask: Bools) -> Cells:
        """The cells where a mask of (replicates, clinics) is true."""
        return cls(mask.reshape(-1).nonzero()[0], mask.shape[1])

    def __len__(self) -> int:
        return len(self.flat)

    @property
    def row(self) -> NDArray[np.int64]:
        """Row (replicate within the block) of each cell."""
        if self._row is None:
            self._row = self.flat // self.clinics
        return self._row

    @property
    def column(self) -> NDArray[np.int64]:
        """Column (clinic) of each cell."""
        if self._column is None:
            self._column = self.flat - self.row * self.clinics
        return self._column

    def of(self, values: NDArray[Any]) -> Any:
        """Values at the cells, of anything that broadcasts to (replicates, clinics); a scalar for ``(1, 1)``."""
        if values.ndim == 1:
            return values.take(self.column)
        rows, columns = values.shape
        if rows == 1 and columns == 1:
            return values[0, 0] if self.clinics > 1 else np.full(len(self.flat), values[0, 0])
        if columns == 1:
            return values[:, 0].take(self.row)
        if rows == 1:
            return values[0].take(self.column)
        return values.reshape(-1).take(self.flat)

    def put(self, array: NDArray[Any], values: NDArray[Any] | float | bool) -> None:
        """Write values into a full array of (replicates, clinics)."""
        array.reshape(-1)[self.flat] = values

    def only(self, mask: Bools) -> Cells:
        """Those of the cells where the mask, one for each cell, is true."""
        return Cells(self.flat[mask], self.clinics)

    def count(self, replicates: int) -> NDArray[np.int64]:
        """Number of cells in each replicate: ``(replicates,)``."""
        return np.bincount(self.row, minlength=replicates)


class Lot:
    """Draws of one purpose at chosen cells of a block: the same numbers as `Draws` gives, addressed by cell."""

    def __init__(self, draws: Draws, replicates: NDArray[np.int64], clinic_id: NDArray[np.uint64]) -> None:
        """Keep what the addresses of the block have in common.

        Args:
            draws: the purpose's stream.
            replicates: numbers of the replicates, one for each row.
            clinic_id: identity of the clinics, one for each column.
        """
        self._of_replicate = draws.of_replicates(replicates)
        self._clinic_id = clinic_id

    def uniform(self, cells: Cells, occurrence: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
        """Uniform on (0, 1) at each cell, of its occurrence: ``(cells,)``."""
        u: NDArray[np.float64] = loops().uniform(self._of_replicate, self._clinic_id, cells.flat, occurrence)
        return u

    def everywhere(self) -> NDArray[np.float64]:
        """Uniform on (0, 1) at every cell, of the first occurrence: ``(replicates, clinics)``."""
        u: NDArray[np.float64] = loops().uniform_everywhere(self._of_replicate, self._clinic_id)
        return u

    def next(self, cells: Cells, drawn: NDArray[np.uint16]) -> NDArray[np.float64]:
        """Uniform on (0, 1) at each cell, after so many ``(replicates, clinics)`` draws there, which count on."""
        u: NDArray[np.float64] = loops().draw_next(drawn, self._of_replicate, self._clinic_id, cells.flat)
        return u


class Clock:
    """How much hazard each clinic still has to bear before an event happens to it.

    An event that becomes possible gets one Exp(1) draw and happens in the month in which the hazard accumulated
    since then passes it. That is exact for hazards that change from month to month.
    """

    def __init__(self, draws: Draws, replicates: NDArray[np.int64], clinic_id: NDArray[np.uint64]) -> None:
        """A clock that runs nowhere yet.

        Args:
            draws: the event's stream.
            replicates: numbers of the replicates, one for each row.
            clinic_id: identity of the clinics, one for each column.
        """
        self._lot = Lot(draws, replicates, clinic_id)
        self.left: Floats = np.full((len(replicates), len(clinic_id)), np.inf, np.float32)
        self._wound = np.zeros(self.left.shape, np.uint16)

    def wind(self, cells: Cells) -> None:
        """The event becomes possible here, once more."""
        if len(cells):
            cells.put(self.left, as_exponential(self._lot.next(cells, self._wound)))

    def wind_standing(self, cells: Cells) -> None:
        """The event becomes possible at those of the cells where it is not so already."""
        self.wind(Cells(loops().standing(self.left, cells.flat), cells.clinics))

    def times(self, cells: Cells) -> NDArray[np.uint16]:
        """How often it has been wound at each cell: a number for the occurrence, the same under every strategy."""
        count: NDArray[np.uint16] = cells.of(self._wound)
        return count

    def run(self, cells: Cells, hazard_per_month: Floats) -> Cells:
        """One month passes for these cells, each with its hazard (or one for all); gives those that it happens to."""
        hazard = np.asarray(hazard_per_month, np.float32)
        hazard = hazard if hazard.ndim else np.full(len(cells), hazard)
        return cells.only(loops().run_some(self.left, cells.flat, hazard))

    def run_everywhere(self, hazard: Floats, monthly: Floats) -> Cells:
        """One month passes for all; gives those that the event happens to.

        Args:
            hazard: broadcasts to ``(replicates, clinics)``, 0 where the event cannot happen; clocks that are not
                wound never run out.
            monthly: factor that makes it a hazard for this month, ``(1 or replicates, 1)``.
        """
        return Cells.where(loops().run_clocks(self.left, hazard, monthly))

    def run_at_two_rates(self, which: Bools, yes: Floats, no: Floats) -> Cells:
        """One month passes for all at one of two hazards [1/month], each ``(1 or replicates, 1)``."""
        return Cells.where(loops().run_two_rates(self.left, which, operand(yes), operand(no)))

    def stop(self, cells: Cells) -> None:
        """The event is not possible here until the clock is wound again."""
        cells.put(self.left, np.inf)


class Spread:
    """The spread of one innovation: its state in every clinic of every replicate of the block."""

    def __init__(self, world: World, name: str, innovation: Innovation) -> None:
        """Everything as it is before the first month."""
        self.world = world
        self.name = name
        self.innovation = innovation
        shape = world.shape
        full = np.full
        self.stage: NDArray[np.int8] = full(shape, Stage.UNAWARE, np.int8)
        self.since: NDArray[np.int16] = np.zeros(shape, np.int16)
        """Month in which the clinic came to its stage."""
        self.count: NDArray[np.int64] = np.zeros((shape[0], len(Stage)), np.int64)
        """Clinics in each stage: ``(replicates, stages)``."""
        self.count[:, Stage.UNAWARE] = shape[1]
        self.work: Floats = np.zeros(shape, np.float32)
        """Staff-hours left in the current stage."""
        self.advantage: Floats = full(shape, max(innovation.attributes.relative_advantage, 0.02), np.float32)
        self.fidelity: Floats = np.ones(shape, np.float32)
        self.depth: Floats = np.zeros(shape, np.float32)
        self.ownership: Floats = full(shape, 1, np.float32) * world.parameters.ownership_start
        self.nominal: Bools = np.zeros(shape, bool)
        """Uses it in name only."""
        self.adapted: Bools = np.zeros(shape, bool)
        self.eligible: Bools = self.lot("eligible").everywhere() < world.parameters.ceiling
        """Would ever volunteer."""
        self.champion: Bools = np.zeros(shape, bool)
        self.champion_lost: Bools = np.zeros(shape, bool)
        self.facilitated: Bools = np.zeros(shape, bool)
        self.reports_anyway: Bools = np.zeros(shape, bool)
        """Has given it up under a mandate, and still reports."""
        self.deep_months: NDArray[np.int16] = np.zeros(shape, np.int16)
        """Months in a row at the depth of ordinary operation."""
        one, nothing = np.ones((1, 1), np.float32), np.zeros((1, 1), np.float32)
        self.exposure: Floats = nothing
        """Share of peers that use it, as heard: ``(replicates, clinics)``."""
        self.influences: dict[str, Floats] = {}
        """What makes clinics start, by source [1/year], each broadcasting to (replicates, clinics)."""
        self.efficacy: Floats = one
        self.readiness: Floats = one
        """R, absolute; ``reference_readiness`` is its mean at month 0 without levers."""
        self.reference_readiness: Value = one
        self.supply: Floats = np.ones(shape, np.float32)
        """Share of the needed hours that the clinic could spend this month; all, where no mechanism counts hours."""
        self.clinics_per_facilitator: Value = one
        self.facilitation_hazard_ratio: Value = one
        self.start_hazard: Floats = nothing
        """h [1/year]: rate at which clinics would start if every test succeeded on average; 0 where they cannot, and
        for the rest of a month in which they have moved."""
        self._nothing_yet()

    def _nothing_yet(self) -> None:
        """What some mechanisms and actors set, as it is where they do not run."""
        self.queue_rank: Floats = np.zeros((1, 1), np.float32)
        """Whose turn it is at the support functions, lowest first, where an actor says so."""
        self.use_share: Floats = np.ones((1, 1), np.float32)
        """Share of the consultations in which it is used, where a mechanism says so; otherwise all."""
        self.documented: Floats = np.zeros((1, 1), np.float32)
        """How far the way of working is written down, 0-1, where a mechanism says so."""
        self.may_start: Bools = np.ones((1, 1), bool)
        """Nothing else has to be in use first."""
        self.amounts: dict[str, Amounts] = {}
        self.clocks: dict[str, Clock] = {}
        """The clocks that have been asked for, by event."""
        self._arrivals: dict[Stage, list[Cells]] = {}
        self._cells: dict[tuple[Stage, Stage], Cells] = {}
        """The cells of the stages that were asked for since anybody last moved."""
        self.queue_months = np.zeros(self.world.shape[0], np.int64)
        """Months that clinics have waited at support functions, all together: ``(replicates,)``."""
        self.queue_entries = np.zeros(self.world.shape[0], np.int64)

    @cached_property
    def fit(self) -> Floats:
        """How well it suits each clinic, 0-1; drawn when it is first asked for, and raised by adaptation."""
        world = self.world
        noise = self.draws("fit").normal(*world.addresses).astype(np.float32)
        fit = np.float32(self.innovation.attributes.compatibility) + world.parameters.fit_spread * noise
        return np.clip(fit, 0.05, 0.95)

    def lot(self, purpose: str) -> Lot:
        """The stream of a purpose for this innovation, drawn at chosen cells."""
        return Lot(self.draws(purpose), self.world.replicates, self.world.population.clinic_id)

    def draws(self, purpose: str) -> Draws:
        """The stream of a purpose for this innovation."""
        return Draws(self.world.scenario.seed, purpose, self.name)

    def clock(self, event: str) -> Clock:
        """The clock for an event of this innovation; made when first asked for."""
        if event not in self.clocks:
            self.clocks[event] = Clock(self.draws(event), self.world.replicates, self.world.population.clinic_id)
        return self.clocks[event]

    @property
    def present(self) -> bool:
        """The innovation has arrived."""
        return self.world.month >= self.innovation.arrives_month

    def relative_readiness(self, cells: Cells) -> Floats:
        """R / R̄ at the cells, 1 on average at month 0 without levers."""
        return cells.of(self.readiness) / cells.of(self.reference_readiness)

    def at(self, stage: Stage) -> Cells:
        """The cells in a stage."""
        return self.between(stage, stage)

    def between(self, first: Stage, last: Stage) -> Cells:
        """The cells from one stage to another in the order of `Stage`."""
        if (first, last) not in self._cells:
            self._cells[first, last] = Cells.where(self.is_between(first, last))
        return self._cells[first, last]

    def is_between(self, first: Stage, last: Stage) -> Bools:
        """True from one stage to another: ``(replicates, clinics)``. Plain numbers keep the comparison in one byte."""
        if first == last:
            return self.stage == int(first)
        return (self.stage >= int(first)) & (self.stage <= int(last))

    def finished(self, stage: Stage, least_months: Value) -> Cells:
        """The cells in a stage whose hours are done and that have been there for so many months at least."""
        here = self.at(stage)
        return Cells(loops().finished(here.flat, self.work, self.since, self.world.month, least_months), here.clinics)

    @property
    def in_use(self) -> Bools:
        """USING or SUSTAINED, in name only included."""
        return self.is_between(Stage.USING, Stage.SUSTAINED)

    def months_here(self, cells: Cells) -> NDArray[np.int16]:
        """Months since each cell came to its stage."""
        months: NDArray[np.int16] = self.world.month - cells.of(self.since)
        return months

    def set_work(self, cells: Cells, hours: Floats | float) -> None:
        """Hours to do in the stage that the cells come to; none where no mechanism counts hours."""
        cells.put(self.work, hours if "work" in self.world.running else 0.0)

    def move(self, cells: Cells, to: Stage) -> None:
        """Change stage; the counts follow."""
        if not len(cells):
            return
        several = len(self.world.spreads) > 1
        before = cells.of(self.stage) if several else None
        loops().move(cells.flat, int(to), self.world.month, self.stage, self.since, self.count, self.start_hazard)
        self._cells = {}
        if to in self._arrivals:
            self._arrivals[to].append(cells)
        if several:
            change = np.int8(_under_way(to)) - _UNDER_WAY[before]
            cells.put(self.world.under_way, cells.of(self.world.under_way) + change)

    def give_up(self, cells: Cells) -> None:
        """It is abandoned: nothing of it is left, and nobody there can abandon it until it is in use again."""
        if not len(cells):
            return
        loops().give_up(
            cells.flat,
            operand(self.world.mandate),
            self.reports_anyway,
            self.nominal,
            self.depth,
            self.deep_months,
            self.facilitated,
        )
        if "abandonment" in self.clocks:
            self.clocks["abandonment"].stop(cells)
        self.move(cells, Stage.ABANDONED)

    def watch(self, *stages: Stage) -> None:
        """From now on keep who comes to these stages, for the one mechanism that asks with `arrivals`."""
        self._arrivals |= {stage: [] for stage in stages}

    def arrivals(self, *stages: Stage) -> list[Cells]:
        """The cells that have come to stages under watch since this was last asked, in groups as they came."""
        groups = [cells for stage in stages for cells in self._arrivals[stage]]
        self.watch(*stages)
        return groups

    def advance(self, cells: Cells, after: Stage) -> None:
        """Send the cells to the next stage of the pipeline that a mechanism owns, or to first use.

        Args:
            cells: clinics that have finished with ``after``.
            after: a stage of the pipeline, or AWARE for those that start.
        """
        if not len(cells):
            return
        for stage in PIPELINE:
            if stage > after and stage in self.world.stage_owners:
                self.world.stage_owners[stage](self, cells)
                return
        cells.put(self.depth, 1.0)
        self.move(cells, Stage.USING)

    def add(self, part: str, amounts: NDArray[Any]) -> None:
        """Book an amount of this month for each replicate under a part of the account."""
        self.amounts[part] = self.amounts.get(part, 0.0) + amounts


_UNDER_WAY = np.array([Stage.TESTING <= stage <= Stage.USING for stage in Stage], np.int8)


def _under_way(stage: Stage) -> bool:
    return bool(_UNDER_WAY[stage])


@dataclass(frozen=True, eq=False)
class Setting:
    """What all strategies share: the same worlds before anybody pulls a lever."""

    scenario: Scenario
    population: Population
    attributes: Attributes
    network: Networks
    parameters: Parameters
    replicates: NDArray[np.int64]
    """Numbers of the replicates of this block."""
    reference: Reference | None = None
    """The clinics as ordinary ones, where the scenario says that they are not."""


class World:
    """A block of possible worlds in one month."""

    def __init__(self, setting: Setting, schedule: Schedule) -> None:
        """Before the first month; `SpreadModel` then lets the mechanisms prepare."""
        self.setting = setting
        self.schedule = schedule.in_replicates(setting.parameters)
        self.scenario = setting.scenario
        self.population = setting.population
        self.attributes = setting.attributes
        self.network = setting.network
        self.parameters = setting.parameters
        self.reference = setting.reference or Reference(setting.attributes, setting.parameters)
        self.replicates = setting.replicates
        self.shape = (len(setting.replicates), len(setting.population.clinic_id))
        self.month = 0
        self.levers = Levers()
        self.mandate: Floats = unchanging(np.zeros((1, 1), np.float32))
        """M, how far a mandate is in force, 0 to 1."""
        self.mandate_push: Floats = np.ones((1, 1), np.float32)
        """Factor on the mandate's hazard after its deadline."""
        self.mandate_lifted: Bools = unchanging(np.zeros((1, 1), bool))
        """A mandate was in force here and no longer is."""
        self.season: Value = np.ones((1, 1), np.float32)
        """Activity of the calendar month, 1 on average."""
        self.patient_voice: Floats = np.zeros((1, 1), np.float32)
        """Share of the missing need that patients make plain."""
        self._nothing_has_happened()
        self.slack: Floats = as_rows(setting.attributes.slack)
        self.capability: Floats = setting.attributes.capability
        if self.capability.ndim == 2:
            self.capability = self.capability[:, None, :]
        self.fatigue: Floats = np.zeros(self.shape, np.float32)
        self.needed_hours: Floats = np.zeros(self.shape, np.float32)
        """What all adoptions under way ask for in a clinic this month [hours]."""
        self.free_hours: Floats = np.full((1, 1), np.inf, np.float32)
        """Usable hours left after ongoing work, without season [hours/month]."""
        self.under_way: NDArray[np.int8] = np.zeros(self.shape, np.int8)
        """Adoptions under way in each clinic, TESTING to USING; kept when there are several innovations."""
        self._present: tuple[int, list[Spread]] = (-1, [])
        self.running: frozenset[str] = frozenset()
        """Names of the mechanisms that run."""
        self.stage_owners: dict[Stage, Callable[[Spread, Cells], None]] = {}
        """What to do when clinics come to a stage, by stage."""
        self.amounts: dict[str, Amounts] = {}
        self.spreads: Sequence[Spread] = tuple(
            Spread(self, name, spec) for name, spec in sorted(setting.scenario.innovations.items())
        )

    def _nothing_has_happened(self) -> None:
        """What events change, as it is before any."""
        self.happened: dict[str, Bools] = {}
        """In which replicates an event of a kind has happened, by kind: each ``(1 or replicates, 1)``."""
        self.shock: Floats = np.ones((1, 1), np.float32)
        """Share of change capacity that outer events leave."""
        self.strained: Bools = np.zeros((1, 1), bool)
        """Clinics whose slack an event holds down."""
        self.salience: Floats = np.zeros((1, 1), np.float32)
        self.coordination: Floats = np.ones((1, 1), np.float32)
        """Share of the common support that goes on, whether or not somebody coordinates it."""
        self.reimbursed: Floats = np.full((1, 1), -1, np.float32)
        """Share of the clinics' cost that is reimbursed since an event; -1 before any."""
        self.bought_share: Floats = np.ones((1, 1), np.float32)
        """Share of the bought levers that is still paid for."""
        self.funding_ended: Bools = unchanging(np.zeros((1, 1), bool))
        """The money for bought support has ended; what is left of it belongs to ordinary operation."""
        self.mandates_lifted_month: NDArray[np.int64] = np.full((1, 1), -1)
        """Month in which an event lifted every mandate then in force; -1 before."""

    @property
    def addresses(self) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
        """Replicate and clinic of every cell, for draws: ``(replicates, 1)`` and ``(clinics,)``."""
        return self.replicates[:, None], self.population.clinic_id

    @property
    def present(self) -> list[Spread]:
        """The innovations that have arrived."""
        if self._present[0] != self.month:
            self._present = self.month, [spread for spread in self.spreads if spread.present]
        return self._present[1]

    def by_region(self, values: NDArray[Any]) -> NDArray[Any]:
        """Spread values of the regions ``(replicates, regions)`` over their clinics ``(replicates, clinics)``."""
        return np.repeat(values, np.diff(self.population.region_start), axis=1)

    def region_sums(self, mask: NDArray[Any]) -> NDArray[np.int64]:
        """How many clinics of each region a mask holds: ``(replicates, regions)``."""
        sums: NDArray[np.int64] = loops().region_sums(np.asarray(mask, bool), self.population.region_start)
        return sums

    def spend(self, part: str, amounts: Amounts) -> None:
        """Book an amount of this month that belongs to no single innovation: ``(replicates,)`` or a scalar."""
        self.amounts[part] = self.amounts.get(part, 0.0) + amounts


def as_rows(values: NDArray[Any]) -> NDArray[Any]:
    """``(clinics,)`` as ``(1, clinics)``; what has rows already stays."""
    return values[None, :] if values.ndim == 1 else values


def counted(mask: Bools) -> NDArray[np.int64]:
    """How many of each row are true: ``(rows,)``."""
    return np.add.reduce(mask.view(np.int8), axis=1, dtype=np.int32).astype(np.int64)


def unchanging(array: NDArray[Any]) -> NDArray[Any]:
    """The array, which may be replaced but no longer written into, since others remember what followed from it."""
    array.flags.writeable = False
    return array


class Remembered:
    """What follows from arrays that are seldom replaced: worked out anew only when one of them is another array.

    Levers and mandates are such: each month's are new arrays or `unchanging` ones.
    """

    def __init__(self, work_out: Callable[..., Any]) -> None:
        """Keep how it is worked out from the arrays."""
        self._work_out = work_out
        self._arrays: tuple[Any, ...] = ()
        self._answer: Any = None

    def of(self, *arrays: Any) -> Any:
        """What follows from these."""
        if len(arrays) != len(self._arrays) or not all(map(is_, arrays, self._arrays)):
            self._arrays, self._answer = arrays, self._work_out(*arrays)
        return self._answer


_SINGLE = np.dtype(np.float32)


def operand(values: Any) -> Any:
    """As the loops take it: two-dimensional and contiguous, float32 unless it is a mask."""
    if type(values) is np.ndarray and values.ndim == 2 and values.dtype is _SINGLE and values.flags.c_contiguous:
        return values  # the way of nearly all
    array = np.asarray(values)
    if array.dtype != np.bool_:
        array = array.astype(np.float32, copy=False)
    return np.ascontiguousarray(np.atleast_2d(array))
