"""Every built-in mechanism and actor reads and writes the state that it says, no more and no less.

The names that may be declared are the attributes of `World`, `Spread` and `Levers` that hold state. What is not state:

- what is the same in every month (`NOT_STATE`): the scenario, the clinics, their parameters, the calendar;
- clocks, and what has a name that begins with an underscore, which belong to the one that uses them;
- what goes with something else (`GOES_WITH`): whoever looks at how many clinics are in a stage, or since when, reads
  `stage`; whoever calls `Spread.move` writes `stage`, and `move` itself keeps `under_way` and `start_hazard`;
- the account (`ACCOUNT`) is added to, which is writing and not reading.

What a part does before month 0 counts too. What it has set itself in the same month it does not read. Where a clinic
comes to a stage of the pipeline the stage's owner acts; whoever sent it there writes `stage` and no more. Of an array
that a compiled loop changes in place nobody can tell whether it was looked at first: there the part may say so or not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import fields
from functools import cache, cached_property
from typing import Any

import numpy as np
import pytest
from builders import followed, model, scenario

from sim import builtin, plugin_host
from sim.model import SpreadModel
from sim.month import Mechanism, Phase
from sim.plugin_host import Parts
from sim.strategies import Levers
from sim.world import Cells, Spread, World

GOES_WITH = {"since": "stage", "count": "stage"}
NOT_STATE = {
    *(
        "setting",
        "schedule",
        "scenario",
        "population",
        "attributes",
        "network",
        "parameters",
        "reference",
        "replicates",
        "shape",
    ),
    *(
        "month",
        "levers",
        "running",
        "stage_owners",
        "spreads",
        "world",
        "name",
        "innovation",
        "since",
        "count",
        "clocks",
    ),
}
ACCOUNT = {"amounts", "queue_months", "queue_entries"}
"""Sums that mechanisms add to; adding is writing, not reading."""
LEVERS = frozenset(field.name for field in fields(Levers))


def state_names() -> frozenset[str]:
    """What may be declared."""
    world = model(replicates=1).world
    on_demand = {name for kind in (World, Spread) for name, it in vars(kind).items() if isinstance(it, cached_property)}
    held = {*vars(world), *vars(world.spreads[0]), *on_demand, *LEVERS}
    return frozenset(name for name in held - NOT_STATE if not name.startswith("_"))


class Recorder:
    """Notes for each part of the month which state it looks at and which it changes."""

    def __init__(self) -> None:
        self.looked: dict[str, Counter[str]] = {}
        """How often each part took hold of each state, apart from handing it on to be written into."""
        self.written: dict[str, set[str]] = {}
        self.in_place: dict[str, set[str]] = {}
        """What a part changed without setting it: whether it looked at it first cannot be told."""
        self._acting: list[str] = []
        self._fresh: list[set[tuple[int, str]]] = []
        """What each part that acts has set itself."""
        self._holders: tuple[World | Spread, ...] = ()
        self._before: dict[tuple[int, str], tuple[Any, Any]] = {}
        """Each array of the state, and what stood in it when last seen."""

    @contextmanager
    def acting(self, part: str, world: World) -> Iterator[None]:
        """What happens from here on is this part's doing."""
        self._settle()
        self._acting.append(part)
        self._fresh.append(set())
        for notes in (self.written, self.in_place):
            notes.setdefault(part, set())
        self.looked.setdefault(part, Counter())
        self._holders = (world, *vars(world)["spreads"])
        self._settle()
        yield
        self._settle()
        self._acting.pop()
        self._fresh.pop()

    @contextmanager
    def apart(self) -> Iterator[None]:
        """What happens from here on is nobody's: the bookkeeping of the state itself."""
        self._settle()
        acting, self._acting = self._acting, []
        yield
        self._settle()
        self._acting = acting

    def look(self, holder: Any, name: str, times: int = 1) -> None:
        """The part that acts takes hold of state."""
        if self._acting and (id(holder), name) not in self._fresh[-1]:
            self.looked[self._acting[-1]][GOES_WITH.get(name, name)] += times

    def write(self, *names: str) -> None:
        """The part that acts changes state."""
        if self._acting:
            self.written[self._acting[-1]].update(GOES_WITH.get(name, name) for name in names)

    def set_anew(self, holder: Any, name: str, value: Any) -> None:
        """The part that acts sets state; in place, when it is the array that stood there."""
        self.write(name)
        if self._acting and getattr(holder, "__dict__", {}).get(name) is not value:
            self._fresh[-1].add((id(holder), name))

    def hand_over(self, array: Any, cells: int) -> None:
        """An array that was taken hold of to write into it is not one that was looked at."""
        for holder in self._holders:
            for name, value in vars(holder).items():
                if value is array:
                    self.look(holder, name, -1)
                    if cells:
                        self.write(name)

    def _settle(self) -> None:
        """Whoever acts has changed the arrays that are not as they were."""
        for number, holder in enumerate(self._holders):
            for name, value in vars(holder).items():
                if isinstance(value, np.ndarray) and name not in NOT_STATE:
                    held, before = self._before.get((number, name), (None, None))
                    if held is value and not np.array_equal(before, value) and self._acting:
                        self.write(name)
                        self.in_place[self._acting[-1]].add(name)
                    self._before[number, name] = value, value.copy()


class Influences(dict[str, Any]):
    """Influences that tell who looks at them and who sets them."""

    recorder: Recorder

    def __setitem__(self, source: str, value: Any) -> None:
        self.recorder.write("influences")
        super().__setitem__(source, value)

    def __getitem__(self, source: str) -> Any:
        """One influence."""
        self.recorder.look(self, "influences")
        return super().__getitem__(source)

    def values(self) -> Any:
        """Every influence."""
        self.recorder.look(self, "influences")
        return super().values()


def watch(recorder: Recorder, patch: pytest.MonkeyPatch, names: frozenset[str]) -> None:
    """Let the state tell the recorder who looks at it and who changes it."""
    watch_looks(recorder, patch, (names | set(GOES_WITH)) - ACCOUNT - {"influences"})
    watch_settings(recorder, patch, names)
    watch_moves(recorder, patch)
    for kind, verb in ((Spread, "add"), (World, "spend")):
        watch_bookings(recorder, patch, kind, verb)
    put = Cells.put

    def told(self: Cells, array: Any, values: Any) -> None:
        recorder.hand_over(array, len(self))
        put(self, array, values)

    patch.setattr(Cells, "put", told)


def watch_looks(recorder: Recorder, patch: pytest.MonkeyPatch, names: AbstractSet[str]) -> None:
    """Taking hold of an attribute is looking at it."""

    def told(self: Any, name: str) -> Any:
        if name in names:
            recorder.look(self, name)
        return object.__getattribute__(self, name)

    for kind in (World, Spread, Levers):
        patch.setattr(kind, "__getattribute__", told, raising=False)


def watch_settings(recorder: Recorder, patch: pytest.MonkeyPatch, names: AbstractSet[str]) -> None:
    """Setting an attribute is writing it, and setting the levers is writing each of them."""

    def told(self: Any, name: str, value: Any) -> None:
        if name == "influences":
            value = Influences(value)
            value.recorder = recorder
        if name == "levers":
            recorder.write(*LEVERS)
        elif name in names:
            recorder.set_anew(self, name, value)
        object.__setattr__(self, name, value)

    for kind in (World, Spread, Levers):
        patch.setattr(kind, "__setattr__", told, raising=False)


def watch_moves(recorder: Recorder, patch: pytest.MonkeyPatch) -> None:
    """Moving clinics, or sending them on to the next stage that has an owner, is writing `stage`."""
    move, advance = Spread.move, Spread.advance

    def moved(self: Spread, cells: Cells, to: Any) -> None:
        if len(cells):
            recorder.write("stage")
        with recorder.apart():
            move(self, cells, to)

    def advanced(self: Spread, cells: Cells, after: Any) -> None:
        if len(cells):
            recorder.write("stage")
        advance(self, cells, after)

    patch.setattr(Spread, "move", moved)
    patch.setattr(Spread, "advance", advanced)


def watch_bookings(recorder: Recorder, patch: pytest.MonkeyPatch, kind: type[Any], verb: str) -> None:
    """Booking an amount is writing the account."""
    book = getattr(kind, verb)

    def told(self: Any, part: str, amounts: Any) -> None:
        recorder.write("amounts")
        with recorder.apart():
            book(self, part, amounts)

    patch.setattr(kind, verb, told)


def recorded(kind: type[Any], recorder: Recorder) -> type[Any]:
    """The same mechanism or actor, observed whenever it acts."""

    def observed(verb: str) -> Any:
        act = getattr(kind, verb)

        def told(self: Any, first: Any, *rest: Any) -> Any:
            with recorder.acting(kind.name, first.world if isinstance(first, Spread) else first):
                return act(self, first, *rest)

        return told

    verbs = ("prepare", "__call__", "enter") if issubclass(kind, Mechanism) else ("decide",)
    return type(kind.__name__, (kind,), {verb: observed(verb) for verb in verbs} | {"__doc__": kind.__doc__})


MONTHS = 48
EVERY_LEVER = {
    "visibility": 1.5,
    "facilitators_fte": 2,
    "protected_time": 0.02,
    "training": 1,
    "meeting_places": 1,
    "early_adopter_investment": 0.2,
    "reinvention": "guided",
    "support_priority": 0.5,
    "inclusion": "ownership",
    "lead_by_example": 0.5,
    "remove_old_way": 0.5,
    "transition_plan": True,
    "mandate": {"scope": ["Norrdal"], "monitoring": 0.5, "from_month": 6, "deadline_month": 12, "lift_month": 36},
}
EVENTS = [
    {"month": 8, "pandemic": {"capacity": 0.5, "months": 3}},
    {"month": 14, "tailwind": {"salience": 0.3, "months": 6}},
    {"month": 20, "champions_leave": {"share": 0.7}},
    {"month": 30, "funding_ends": {}},
    {"month": 12, "reorganisation": {"capacity": 0.5, "months": 3, "champions_leave": 0.5}},
    {"month": 18, "coordinator_leaves": {"months": 3}},
    {"month": 26, "reimbursement_changes": {"reimbursed": 1}},
    {"reach": 0.9, "mandate_lifts": {}},
]
TWO = {
    "one": {"begins": {"region": "Norrdal", "clinics": 4}, "obstacles": {"it": 20}, "cost": {"start_sek": 5}},
    "two": {"attributes": {"relative_advantage": 0.9}, "arrives_month": 2, "obstacles": {"legal": 9}},
}
HELP = {"help": {"use": "help_it_happen", "levers": {"facilitators_fte": 0.4}}}
SAID = {
    "pocket": {"cost_borne": 1, "gain_kept": 0.2},
    "company": {"ethical_framework_month": 6},
    "threatens": 0.5,
    "existing_network": 0.5,
    "measured": 0.2,
}
EVERYBODY = {
    "leadership": {"escalate_after": 1, "cases_per_month": 0.3},
    "support_functions": {"discipline": "most_ready", "early_involvement": True},
    "national_network": {"members": ["Norrdal"]},
    "supplier": {"clinics_per_month": 2, "exit_points": [{"month": 30, "least_reach": 1}]},
    "academia": {"least_clinics": 2, "months": 6},
    "patients": {},
}
UNTIL = {"event": "pandemic", "month": 3, "reach": 0.9}
SITUATIONS: tuple[dict[str, Any], ...] = (
    {
        "innovations": TWO,
        "events": EVENTS,
        "strategies": {"all": {"phases": [{"until": UNTIL}, {"levers": EVERY_LEVER}]}},
        "parameters": {"known": 0.4, "external_influence": 0.5, "contagion_exponent": 2.0},
    },
    {
        "innovations": TWO,
        "events": [{"month": 24, "mandate_lifts": {}}],
        "strategies": {"make": "make_it_happen"},
        "parameters": {"known": 0.4, "mandate_effect": 30.0, "fatigue_overload": 1.0},
    },
    *(
        {
            "innovations": {**TWO, "two": {**TWO["two"], "requires": ["one"]}},
            "actors": {"innovation_support": {"rule": rule, "facilitators": 1}},
            "strategies": HELP,
            "months": 12,
        }
        for rule in ("those_who_ask", "unready", "marginal_gain")
    ),
    {
        "innovations": {name: {**one, **SAID} for name, one in TWO.items()},
        "actors": EVERYBODY,
        "events": [*EVENTS[:3], {"month": 26, "reimbursement_changes": {"reimbursed": 1}}],
        "mechanisms": {"on": [m.name for m in builtin.innomotor_mechanisms() if not m.by_default]},
        "strategies": HELP,
        "parameters": {"external_influence": 0.5},
        "months": 32,
    },
    {
        "actors": {"funder": {"stages": [{"sek_per_year": 2e5, "months": 9}, {"sek_per_year": 0, "months": 9}]}},
        "strategies": HELP,
        "months": 24,
    },
    {},
)
"""Every lever and event at once; orders with use in name only; every actor; and one innovation left to itself."""


@cache
def observed(*more: type[Mechanism]) -> Recorder:
    """What every part did in all situations; with more parts than the model's own, in the last and simplest."""
    names, recorder = state_names(), Recorder()
    for situation in SITUATIONS[-1:] if more else SITUATIONS:
        months = situation.get("months", MONTHS)
        plain = model(**{"months": months, "replicates": 2, **situation})
        parts = plugin_host.parts_of(plain.world.scenario)
        kinds = [recorded(kind, recorder) for kind in (*parts.mechanisms, *more)]
        actors = [recorded(kind, recorder) for kind in parts.actors]
        with pytest.MonkeyPatch.context() as patch:
            watch(recorder, patch, names)
            watched = followed(SpreadModel(plain.world.setting, plain.world.schedule, Parts(kinds, actors)), months)
        assert more or ends(watched) == ends(followed(plain, months)), "watching has changed something"
    return recorder


def ends(made: SpreadModel) -> list[bytes]:
    """Where everything is."""
    return [array.tobytes() for spread in made.world.spreads for array in (spread.stage, spread.depth)]


PARTS = [*builtin.innomotor_mechanisms(), *builtin.innomotor_actors()]


def mismatch(kind: type[Any], recorder: Recorder) -> dict[str, set[str]]:
    """What a part should have declared and has not, or has declared and never did."""
    looked = {name for name, times in recorder.looked[kind.name].items() if times > 0}
    surely = looked - recorder.in_place[kind.name]
    found = {
        "reads and does not say": surely - kind.reads,
        "says it reads": kind.reads - looked,
        "writes and does not say": recorder.written[kind.name] - kind.writes,
        "says it writes": kind.writes - recorder.written[kind.name],
    }
    return {what: names for what, names in found.items() if names}


@pytest.mark.parametrize("kind", PARTS, ids=lambda kind: kind.name)
def test_a_part_reads_and_writes_what_it_says(kind: type[Any]) -> None:
    """In situations that use every lever and event it touches all that it declares and nothing else."""
    assert mismatch(kind, observed()) == {}


@pytest.mark.parametrize("kind", PARTS, ids=lambda kind: kind.name)
def test_what_is_declared_is_state(kind: type[Any]) -> None:
    """Names that are declared are names of state, and whom it runs after exists."""
    assert kind.reads | kind.writes <= state_names()
    assert set(kind.after) <= {part.name for part in PARTS}


class Dishonest(Mechanism):
    """Says one thing and does another."""

    name = "dishonest"
    phase = Phase.ACCOUNT
    reads = frozenset({"depth"})
    writes = frozenset({"nominal"})

    def __call__(self, world: World) -> None:
        """Looks at fatigue and a lever; changes fit in place, slack by setting it and a champion through cells."""
        world.slack = world.slack * (1 - 0 * world.fatigue) * (1 + 0 * world.levers.training)
        for spread in world.present:
            spread.fit[:] = 1 - spread.fit
            Cells.where(np.ones(world.shape, bool)).put(spread.champion, True)


def test_a_dishonest_part_is_found_out() -> None:
    """What it hides and what it pretends are told by name, whichever way it writes."""
    assert mismatch(Dishonest, observed(Dishonest)) == {
        "reads and does not say": {"slack", "fatigue", "training"},
        "says it reads": {"depth"},
        "writes and does not say": {"slack", "fit", "champion"},
        "says it writes": {"nominal"},
    }


def test_the_explanation_shows_what_actors_touch() -> None:
    """Leaders write the levers and the mandate, innovation support writes who is facilitated."""
    explained = [plugin_host.explain(scenario(**chosen), {}) for chosen in SITUATIONS]
    months = [parts for one in explained for _, parts in one.month]
    touched = {name: (reads, writes) for parts in months for name, _, reads, writes in parts}
    for kind in PARTS:
        assert touched[kind.name] == (sorted(kind.reads), sorted(kind.writes))
    assert {"training", "mandate"} <= set(touched["leadership"][1])
    assert "facilitated" in touched["innovation_support"][1]
