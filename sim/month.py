"""The month: its seven phases in order, and what a mechanism is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import ClassVar

from sim.scenario import Scenario
from sim.world import Cells, Spread, Stage, World


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
    by_default: ClassVar[bool] = True
    """Runs in every scenario that does not switch it off; otherwise a scenario asks for it (`mechanisms: {on: …}`)."""

    @classmethod
    def wanted(cls, scenario: Scenario) -> bool:
        """Whether this scenario runs it, unless it is switched off."""
        return cls.by_default or cls.name in scenario.mechanisms.on

    def prepare(self, world: World) -> None:
        """Set up its state before month 0; nothing to do for most."""

    def __call__(self, world: World) -> None:
        """One month passes."""
        raise TypeError(f"{type(self).__name__} must say what happens in a month")

    def enter(self, spread: Spread, cells: Cells) -> None:
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
    ordered: list[type[Mechanism]] = []
    while left:
        waiting = {m.name for m in left}
        held = {name for m in left if m.phase == left[0].phase for name in m.before}
        first = (m for m in left if m.phase == left[0].phase and not m.after & waiting and m.name not in held)
        ready = next(first, None)
        if ready is None:
            raise ValueError(f"no order exists among {', '.join(sorted(waiting))}: each runs after another")
        left.remove(ready)
        ordered.append(ready)
    return ordered
