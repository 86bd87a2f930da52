"""The month: its seven phases in order, and what a mechanism is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import combinations
from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from sim.scenario import Scenario
from sim.world import Cells, Stage


class Phase(IntEnum):
    """The seven phases of a month, in order."""

    OUTER = 0
    """Events, season, turnover of champions."""
    STEER = 1
    """Organisational actors decide."""
    PERCEIVE = 2
    """Awareness, peers, evidence, readiness."""
    DECIDE = 3
    """Starts, outcomes of tests, compliance."""
    WORK = 4
    """Slack is shared; tests, adjustment, queues and implementation progress."""
    SETTLE = 5
    """Sustain or abandon, in name to genuine, fatigue, learning."""
    ACCOUNT = 6
    """Costs and benefits."""


@dataclass(frozen=True, slots=True)
class State:
    """State that a plugin adds, one number for each clinic in each replicate."""

    meaning: str
    """What it means, with its unit."""
    first: float | bool = 0.0
    """Before month 0."""
    per_innovation: bool = True
    """Each innovation has its own; otherwise the clinic has one."""
    low: float = -np.inf
    high: float = np.inf
    dtype: DTypeLike = np.float32


class Mechanism:
    """One term of the model, called once a month on whole blocks of (replicates, clinics).

    A subclass says in which phase it runs, after which others, and which state it reads and writes. Its class
    docstring's first line is what `innomotor explain` shows.
    """

    name: ClassVar[str]
    phase: ClassVar[Phase]
    after: ClassVar[frozenset[str]] = frozenset()
    """Names of mechanisms of the same phase that run before it."""
    before: ClassVar[frozenset[str]] = frozenset()
    """Names of mechanisms of the same phase that run after it."""
    reads: ClassVar[frozenset[str]] = frozenset()
    writes: ClassVar[frozenset[str]] = frozenset()
    stage: ClassVar[Stage | None] = None
    """The stage of the pipeline that it owns."""
    adds: ClassVar[Mapping[str, State]] = {}
    """State that a plugin's mechanism adds, by name; other parts of the plugin may declare it as well."""
    settings: Any = None
    """What the scenario says to its plugin."""
    by_default: ClassVar[bool] = True
    """Runs in every scenario that does not switch it off; otherwise a scenario asks for it (`mechanisms: {on: …}`)."""

    @classmethod
    def wanted(cls, scenario: Scenario) -> bool:
        """Whether this scenario runs it, unless it is switched off."""
        return cls.by_default or cls.name in scenario.mechanisms.on

    def prepare(self, world: Any) -> None:
        """Set up its state before month 0; nothing to do for most."""

    def __call__(self, world: Any) -> None:
        """One month passes; the model's own parts see the `World`, a plugin's the view of it in `sim.api`."""
        raise TypeError(f"{type(self).__name__} must say what happens in a month")

    def enter(self, spread: Any, cells: Cells) -> None:
        """Clinics come to the stage that it owns."""
        raise TypeError(f"{type(self).__name__} owns {self.stage!r} and must say what happens on entering it")


def in_order(mechanisms: Iterable[type[Mechanism]]) -> Sequence[type[Mechanism]]:
    """The mechanisms in the order of the month: by phase, within it by `after` and `before`, otherwise by name.

    Raises:
        ValueError: two mechanisms of one name, or each after the other.
    """
    left = sorted(mechanisms, key=lambda m: (m.phase, m.name))
    names = [m.name for m in left]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"two mechanisms are named {', '.join(twice)}")
    earlier = waits_for(left)
    ordered: list[type[Mechanism]] = []
    while left:
        waiting = {m.name for m in left}
        ready = next((m for m in left if m.phase == left[0].phase and not earlier[m.name] & waiting), None)
        if ready is None:
            raise ValueError(f"no order exists among {', '.join(sorted(waiting))}: each runs after another")
        left.remove(ready)
        ordered.append(ready)
    return ordered


def waits_for(mechanisms: Sequence[type[Mechanism]]) -> dict[str, frozenset[str]]:
    """By name: whom each mechanism itself names as earlier, or who names it as later."""
    return {
        m.name: m.after | {other.name for other in mechanisms if other.phase == m.phase and m.name in other.before}
        for m in mechanisms
    }


ADDED_TO = frozenset({"amounts", "influences", "queue_months", "queue_entries"})
"""State that mechanisms add to, each its own; writers of it need no order."""


def unordered_writers(
    mechanisms: Sequence[type[Mechanism]],
) -> list[tuple[type[Mechanism], type[Mechanism], frozenset[str]]]:
    """Pairs of one phase that write the same state, and of which neither says that it is the earlier; and that state.

    The order among them would be that of their names, which nobody chose.
    """
    earlier = waits_for(mechanisms)
    phases = {m.name: m.phase for m in mechanisms}

    def before(name: str) -> set[str]:
        found: set[str] = set()
        ahead = [name]
        while ahead:
            fresh = {n for n in earlier.get(ahead.pop(), ()) if n in phases} - found
            found |= fresh
            ahead += fresh
        return found

    reached = {name: before(name) for name in phases}
    pairs = []
    for a, b in combinations(mechanisms, 2):
        shared = frozenset(a.writes & b.writes) - ADDED_TO
        if a.phase == b.phase and shared and a.name not in reached[b.name] and b.name not in reached[a.name]:
            pairs.append((a, b, shared))
    return pairs
