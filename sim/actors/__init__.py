"""Organisational actors: Mesa agents that decide every month, on all replicates of a block at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import mesa

from sim.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sim.month import State


class Actor(mesa.Agent):
    """Somebody in the health-care system who decides once a month; a subclass says what."""

    name: ClassVar[str]
    after: ClassVar[Sequence[str]] = ()
    """Names of the actors that decide before it."""
    replaces: ClassVar[bool] = False
    """Takes the place of the built-in actor of the same name; without it two of one name are refused."""
    reads: ClassVar[frozenset[str]] = frozenset()
    """State that its decisions look at, by its name in the world, a spread or the levers."""
    writes: ClassVar[frozenset[str]] = frozenset()
    adds: ClassVar[Mapping[str, State]] = {}
    """State that a plugin's actor adds, by name."""
    settings: Any = None
    """What the scenario says to its plugin."""

    def __init__(self, model: mesa.Model, world: Any = None) -> None:
        """Be there before month 0.

        Args:
            model: the Mesa model that the agent lives in.
            world: the block of replicates, for those that prepare themselves.
        """
        super().__init__(model)

    @classmethod
    def wanted(cls, scenario: Scenario) -> bool:
        """Whether this scenario has it; by default it always does."""
        return True

    def decide(self, world: Any) -> None:
        """One month's decisions; the model's own actors see the `World`, a plugin's the view of it in `sim.api`."""
        raise TypeError(f"{type(self).__name__} must say what it decides")
