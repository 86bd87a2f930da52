"""What a plugin's part sees of the world: the state that it declares, read-only but for what it says it writes.

Built-in parts work on `World` and `Spread` themselves; these views cost them nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.metrics import PARTS
from sim.month import State
from sim.parameters import Value
from sim.population import Attributes
from sim.randomness import Draws
from sim.scenario import Innovation
from sim.strategies import Levers
from sim.world import Bools, Cells, Clock, Spread, Stage, World

RANGES: Mapping[str, tuple[float, float]] = {
    **dict.fromkeys(
        ("advantage", "fit", "fidelity", "depth", "ownership", "readiness", "efficacy", "supply", "exposure"), (0, 1)
    ),
    **dict.fromkeys(("slack", "capability", "fatigue", "mandate", "bought_share", "shock"), (0, 1)),
    **dict.fromkeys(("work", "start_hazard", "needed_hours", "season", "salience", "mandate_push"), (0, np.inf)),
    **dict.fromkeys(("facilitation_hazard_ratio", "clinics_per_facilitator", "deep_months"), (0, np.inf)),
}
"""Between which values a state lies; others may have any number."""

WRITABLE_SPREAD = frozenset(
    {
        *("work", "advantage", "fit", "fidelity", "depth", "ownership", "nominal", "adapted", "eligible", "champion"),
        *("champion_lost", "facilitated", "start_hazard", "facilitation_hazard_ratio", "supply", "exposure"),
        *("deep_months", "readiness", "reports_anyway"),
    }
)
"""State of an innovation that a plugin may change by its name; `stage` by `move`, `influences` by `influence`,
`amounts` by `add`."""
WRITABLE_WORLD = frozenset(
    {"slack", "capability", "fatigue", "free_hours", "needed_hours", "shock", "salience", "bought_share", "season"}
)
"""State of the clinics and of the world around them that a plugin may change."""
OF_A_REPLICATE = frozenset({"bought_share", "shock", "salience", "season"})
"""State that is the same for all clinics of a replicate: ``(replicates, 1)``."""
OF_AN_INNOVATION = ("clinic_hours", "benefit_sek")
"""Accounts that only an innovation has, besides the parts of the cost."""
LEVERS = frozenset(Levers.__dataclass_fields__)
_WITH_STAGE = frozenset({"since", "count"})


class Undeclared(AttributeError):
    """A part reached for state that it does not say it reads or writes."""


@dataclass(frozen=True, eq=False, slots=True)
class Part:
    """The part of a plugin that looks: its names, and what it says it touches."""

    plugin: str
    name: str
    reads: frozenset[str]
    writes: frozenset[str]
    own: Mapping[str, State] = field(default_factory=dict)
    """State that its plugin adds."""
    estimates: frozenset[str] = frozenset()
    """Names of the plugin's own parameters."""

    def stream(self, purpose: str) -> str:
        """A name for draws that nobody else has."""
        return f"{self.plugin}.{self.name}: {purpose}"

    def bounds(self, name: str) -> tuple[float, float]:
        """Between which values a state lies."""
        return (self.own[name].low, self.own[name].high) if name in self.own else RANGES.get(name, (-np.inf, np.inf))

    def may(self, name: str, verb: str) -> None:
        """Whether it says that it writes this, which the verb changes."""
        if name not in self.writes:
            raise Undeclared(f"calls {verb}, which writes {name!r}; its writes do not hold it")


class _View:
    """State by name, as a part declares it."""

    _writable: frozenset[str] = frozenset()

    def __init__(self, raw: World | Spread, part: Part, touched: set[tuple[Any, str]]) -> None:
        for name, value in (("_raw", raw), ("_part", part), ("_touched", touched)):
            object.__setattr__(self, name, value)

    def __getattr__(self, name: str) -> Any:
        raw, part = self._raw, self._part
        if name.startswith("_") or not _holds(raw, name):
            raise Undeclared(f"asks for {name!r}, which the {type(raw).__name__.lower()} does not have")
        if name in part.writes and (name in self._writable or name in part.own):
            return self._to_change(name)
        if name in part.reads or name in part.writes or (name in _WITH_STAGE and "stage" in part.reads | part.writes):
            return _read_only(getattr(raw, name))
        raise Undeclared(f"reads {name!r} and does not declare it")

    def __setattr__(self, name: str, value: Any) -> None:
        part = self._part
        if name not in part.writes:
            raise Undeclared(f"writes {name!r} and does not declare it")
        if name not in self._writable and name not in part.own:
            how = {"stage": "move or advance", "influences": "influence", "amounts": "add or spend"}.get(name)
            raise Undeclared(f"sets {name!r}, which is changed by {how or 'the model alone'}")
        before = getattr(self._raw, name)
        setattr(self._raw, name, _fitting(name, value, before, _full_shape(self._raw, name)))
        self._touched.add((self._raw, name))

    def _to_change(self, name: str) -> Any:
        """The state itself, its own and full-sized, so that it can be changed in place."""
        value, shape = getattr(self._raw, name), _full_shape(self._raw, name)
        if isinstance(value, np.ndarray) and (value.shape != shape or not value.flags.owndata or name == "capability"):
            value = np.array(np.broadcast_to(value, shape))
            setattr(self._raw, name, value)
        self._touched.add((self._raw, name))
        return value


def _holds(raw: Any, name: str) -> bool:
    return hasattr(raw, name)


def _full_shape(raw: World | Spread, name: str) -> tuple[int, ...]:
    world = raw.world if isinstance(raw, Spread) else raw
    if name in OF_A_REPLICATE:
        return world.shape[0], 1
    return (len(world.capability), *world.shape) if name == "capability" else world.shape


def _read_only(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        value = value.view()
        value.flags.writeable = False
    return dict(value) if isinstance(value, dict) else value


def _fitting(name: str, value: Any, before: Any, full: tuple[int, ...]) -> Any:
    """The value, if it has the kind and shape of the state that it becomes."""
    if not isinstance(before, np.ndarray):
        return type(before)(value)
    kind = before.dtype
    given = np.asarray(value)
    if not isinstance(value, np.ndarray) and given.ndim == 0 and kind != np.bool_:
        given = given.astype(kind)  # a plain number
    if given.dtype != kind:
        raise Undeclared(f"sets {name!r} to {given.dtype} where {kind} belongs")
    try:
        fits = np.broadcast_shapes(given.shape, full) == full and given.ndim in (0, len(full))
    except ValueError:
        fits = False
    if not fits:
        raise Undeclared(f"sets {name!r} to shape {given.shape} where {full} belongs")
    return np.array(np.broadcast_to(given, full))


class SpreadView(_View):
    """The spread of one innovation, as a plugin's part sees it."""

    _writable = WRITABLE_SPREAD
    _raw: Spread
    _part: Part

    @property
    def name(self) -> str:
        """The innovation's name in the scenario."""
        return self._raw.name

    @property
    def innovation(self) -> Innovation:
        """What the scenario says of it."""
        return self._raw.innovation

    @property
    def in_use(self) -> Bools:
        """USING or SUSTAINED, in name only included: ``(replicates, clinics)``."""
        return self._seen().in_use

    def at(self, stage: Stage) -> Cells:
        """The cells in a stage."""
        return self._seen().at(stage)

    def between(self, first: Stage, last: Stage) -> Cells:
        """The cells from one stage to another in the order of `Stage`."""
        return self._seen().between(first, last)

    def is_between(self, first: Stage, last: Stage) -> Bools:
        """True from one stage to another: ``(replicates, clinics)``."""
        return self._seen().is_between(first, last)

    def months_here(self, cells: Cells) -> NDArray[np.int16]:
        """Months since each cell came to its stage."""
        return self._seen().months_here(cells)

    def draws(self, purpose: str) -> Draws:
        """A stream of random numbers for this innovation that nobody else draws from."""
        return self._raw.draws(self._part.stream(purpose))

    def clock(self, event: str) -> Clock:
        """The exponential clock of an event of this innovation; made when first asked for."""
        return self._raw.clock(self._part.stream(event))

    def move(self, cells: Cells, to: Stage) -> None:
        """Change stage."""
        self._part.may("stage", "move")
        self._raw.move(cells, to)

    def advance(self, cells: Cells, after: Stage) -> None:
        """Send the cells to the next stage of the pipeline that has an owner, or to first use."""
        self._part.may("stage", "advance")
        self._raw.advance(cells, after)

    def give_up(self, cells: Cells) -> None:
        """Abandon it: writes `stage`, `depth`, `nominal`, `deep_months`, `facilitated` and `reports_anyway`."""
        for name in ("stage", "depth", "nominal", "deep_months", "facilitated", "reports_anyway"):
            self._part.may(name, "give_up")
        self._raw.give_up(cells)

    def influence(self, source: str, rate: NDArray[np.float32]) -> None:
        """What makes clinics start, besides all else [1/year]: broadcasts to ``(replicates, clinics)``."""
        self._part.may("influences", "influence")
        fitted = _fitting("influences", rate, np.zeros((1, 1), np.float32), self._raw.world.shape)
        self._raw.influences[self._part.stream(source)] = fitted

    def add(self, account: str, amounts: NDArray[Any]) -> None:
        """Book an amount of this month, as ``cost_levers_sek``: ``(replicates,)``, ``(replicates, 1)`` or a number."""
        self._part.may("amounts", "add")
        self._raw.add(account, _booked(account, (*PARTS, *OF_AN_INNOVATION), amounts, self._raw.world))

    def _seen(self) -> Spread:
        if "stage" not in self._part.reads | self._part.writes:
            raise Undeclared("reads 'stage' and does not declare it")
        return self._raw


def _booked(account: str, known: Sequence[str], amounts: Any, world: World) -> NDArray[np.float64]:
    if account not in known:
        raise Undeclared(f"books {account!r}, which nothing counts; there are {', '.join(known)}")
    given = np.asarray(amounts, np.float64)
    each = given[:, 0] if given.ndim == 2 and given.shape[1] == 1 else given
    if each.shape not in ((), (1,), world.shape[:1]) or not np.isfinite(each).all():
        raise Undeclared(f"books {account!r} with shape {given.shape} or numbers that are not finite")
    return np.broadcast_to(each, world.shape[:1])


class WorldView(_View):
    """A block of possible worlds in one month, as a plugin's part sees it."""

    _writable = WRITABLE_WORLD
    _raw: World
    _part: Part

    @property
    def month(self) -> int:
        """Month of the scenario, from 0."""
        return self._raw.month

    @property
    def calendar_month(self) -> int:
        """1 for January to 12."""
        return (self._raw.scenario.start_month - 1 + self._raw.month) % 12 + 1

    @property
    def months(self) -> int:
        """How many months the scenario has."""
        return self._raw.scenario.months

    @property
    def shape(self) -> tuple[int, int]:
        """Replicates of this block, and clinics."""
        return self._raw.shape

    @property
    def regions(self) -> tuple[str, ...]:
        """Names of the regions."""
        return self._raw.population.regions

    @property
    def kinds(self) -> tuple[str, ...]:
        """What kinds of unit there are."""
        return self._raw.population.kinds

    @property
    def kind(self) -> NDArray[np.int16]:
        """Place in `kinds` of each clinic: ``(clinics,)``; not to be written to."""
        places: NDArray[np.int16] = _read_only(self._raw.population.kind)
        return places

    @property
    def clinics(self) -> Attributes:
        """What each clinic is like from the start: staff, hours, need …; not to be written to."""
        made: Attributes | None = self.__dict__.get("_clinics")
        if made is None:
            given = self._raw.attributes
            made = replace(given, **{one.name: _read_only(getattr(given, one.name)) for one in fields(given)})
            self.__dict__["_clinics"] = made
        return made

    @property
    def running(self) -> frozenset[str]:
        """Names of the mechanisms and actors that run."""
        return self._raw.running

    @property
    def spreads(self) -> Sequence[SpreadView]:
        """Every innovation, also those that have not arrived."""
        return [self.spread(raw) for raw in self._raw.spreads]

    @property
    def present(self) -> Sequence[SpreadView]:
        """The innovations that have arrived."""
        return [self.spread(raw) for raw in self._raw.present]

    def spread(self, raw: Spread) -> SpreadView:
        """The view of one innovation."""
        return SpreadView(raw, self._part, self._touched)

    def parameter(self, name: str) -> Value:
        """A parameter of the plugin's own ``parameters.yaml``, or else of the model: broadcasts over clinics."""
        own = f"{self._part.plugin}.{name}"
        value: Value = getattr(self._raw.parameters, own if name in self._part.estimates else name)
        return value

    def lever(self, name: str) -> NDArray[Any]:
        """A lever in force this month: ``(1 or replicates, 1)``."""
        if name not in self._part.reads:
            raise Undeclared(f"reads {name!r} and does not declare it")
        value: NDArray[Any] = _read_only(getattr(self._raw.levers, name))
        return value

    def region(self, name: str) -> Bools:
        """The clinics of a region: ``(1, clinics)``; none where the scenario has no such region."""
        return (self._raw.population.region == self._region(name))[None, :]

    def clinic(self, region: str, name: str) -> Bools:
        """One clinic by name: ``(1, clinics)``; none where there is no such clinic."""
        mask = np.zeros((1, self._raw.shape[1]), bool)
        place = self._region(region)
        column = self._raw.population.clinic_index(place, name) if place >= 0 else None
        if column is not None:
            mask[0, column] = True
        return mask

    def _region(self, name: str) -> int:
        place = self._raw.population.region_index(name)
        return -1 if place is None else place

    def lowest(self, values: NDArray[Any], count: int, among: Bools) -> Bools:
        """The clinics with the lowest values in each replicate, at most ``count``: ``(replicates, clinics)``."""
        ranked = np.where(among, values, np.inf)
        rank = np.argsort(np.argsort(np.broadcast_to(ranked, self.shape), axis=1, kind="stable"), axis=1, kind="stable")
        return (rank < count) & np.broadcast_to(among, self.shape)

    def by_lot(self, count: int, among: Bools, purpose: str, occurrence: int = 0) -> Bools:
        """At most ``count`` clinics of each replicate, drawn by lot: ``(replicates, clinics)``."""
        return self.lowest(self.uniform(purpose, occurrence), count, among)

    def uniform(self, purpose: str, occurrence: int = 0) -> NDArray[np.float64]:
        """A draw between 0 and 1 for every clinic in every replicate, the same whenever it is asked for."""
        return self.draws(purpose).uniform(*self._raw.addresses, occurrence)

    def draws(self, purpose: str) -> Draws:
        """A stream of random numbers that nobody else draws from; addresses are ``world.addresses``."""
        return Draws(self._raw.scenario.seed, self._part.stream(purpose))

    @property
    def addresses(self) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
        """Replicate and clinic of every cell, for draws: ``(replicates, 1)`` and ``(clinics,)``."""
        return self._raw.addresses

    def by_region(self, values: NDArray[Any]) -> NDArray[Any]:
        """Values of the regions ``(replicates, regions)`` over their clinics ``(replicates, clinics)``."""
        return self._raw.by_region(values)

    def region_sums(self, mask: NDArray[Any]) -> NDArray[np.int64]:
        """How many clinics of each region a mask holds: ``(replicates, regions)``."""
        return self._raw.region_sums(mask)

    def spend(self, account: str, amounts: Any) -> None:
        """Book an amount of this month that belongs to no single innovation; of the same shapes as ``spread.add``."""
        self._part.may("amounts", "spend")
        self._raw.spend(account, _booked(account, PARTS, amounts, self._raw))
