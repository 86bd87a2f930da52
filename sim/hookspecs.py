"""The door for plugins: what innomotor asks of them, one typed page.

A plugin is a module (or object) with functions of these names, each marked with `hookimpl`. The built-in mechanisms
and actors come in by the same door (`sim.builtin`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pluggy

from sim.month import Mechanism

PROJECT = "innomotor"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class Hooks:
    """The hooks; each is called once when a scenario is made ready."""

    @hookspec
    def innomotor_mechanisms(self) -> Sequence[type[Mechanism]]:  # type: ignore[empty-body]
        """Mechanisms that run every month, as classes; one object of each is made for every block of replicates."""

    @hookspec
    def innomotor_actors(self) -> Sequence[type[Any]]:  # type: ignore[empty-body]
        """Organisational actors that decide every month in phase STEER, as subclasses of `sim.actors.Actor`."""
