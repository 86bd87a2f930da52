"""Find the plugins that a scenario names, and put what they bring in the order of the month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from hashlib import sha256
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from itertools import chain, groupby
from pathlib import Path
from typing import Any

import pluggy

from sim import builtin, evidence
from sim.errors import Mistake, UserMistakes
from sim.evidence import Estimate, nearest
from sim.hookspecs import PROJECT, Hooks
from sim.month import Mechanism, Phase, in_order
from sim.scenario import Scenario
from sim.store import PluginSource, source_tree_hash
from sim.strategies import Dose, End, Schedule

CORE = "core"
"""Name under which the built-in mechanisms and actors are registered."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What runs in a month."""

    mechanisms: Sequence[type[Mechanism]]
    """In the order of the month."""
    actors: Sequence[type[Any]]
    """In the order in which they decide."""


def plugin_manager(scenario: Scenario) -> pluggy.PluginManager:
    """A manager with the built-in parts and the plugins that the scenario names.

    Raises:
        UserMistakes: a named plugin is not installed.
    """
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(Hooks)
    installed = {point.name: point for point in entry_points(group=PROJECT)}
    if missing := [name for name in scenario.plugins if name not in installed]:
        raise UserMistakes(_not_installed(name, installed) for name in missing)
    for name in sorted(scenario.plugins, reverse=True):  # pluggy calls the last registered first
        manager.register(installed[name].load(), name=name)
    manager.register(builtin, name=CORE)
    manager.check_pending()
    return manager


def sources_of(scenario: Scenario) -> list[PluginSource]:
    """Version and source hash of the plugins that the scenario names: a changed plugin makes another result.

    Raises:
        UserMistakes: a named plugin is not installed.
    """
    plugin_manager(scenario)
    installed = {point.name: point for point in entry_points(group=PROJECT)}
    return [_source(installed[name]) for name in sorted(scenario.plugins)]


def _source(point: EntryPoint) -> PluginSource:
    """Of a package, all its files; of a single module, its own."""
    file = Path(str(import_module(point.module).__file__))
    digest = source_tree_hash(file.parent) if file.name == "__init__.py" else sha256(file.read_bytes()).hexdigest()
    return PluginSource(point.name, point.dist.version if point.dist is not None else "", digest)


def parts_of(scenario: Scenario) -> Parts:
    """The mechanisms and actors that this scenario runs.

    Raises:
        UserMistakes: a plugin is not installed, or a mechanism to switch off does not exist.
    """
    manager = plugin_manager(scenario)
    mechanisms = list(chain.from_iterable(manager.hook.innomotor_mechanisms()))
    actors = list(chain.from_iterable(manager.hook.innomotor_actors()))
    names = {part.name for part in [*mechanisms, *actors]} - {"leadership"}
    named = {"off": scenario.mechanisms.off, "on": scenario.mechanisms.on}
    if unknown := [(key, name) for key, given in named.items() for name in given if name not in names]:
        raise UserMistakes(_no_such_mechanism(key, name, names) for key, name in unknown)
    runs = [part for part in mechanisms if part.wanted(scenario) and part.name not in scenario.mechanisms.off]
    acts = [part for part in actors if part.wanted(scenario) and part.name not in scenario.mechanisms.off]
    return Parts(in_order(runs), _in_turn(acts))


def _in_turn(actors: Sequence[type[Any]]) -> Sequence[type[Any]]:
    """Actors in the order in which they decide: as the hooks bring them, each behind those that it names."""
    left, turn = list(actors), []
    while left:
        waiting = {actor.name for actor in left}
        ready = next((actor for actor in left if not set(actor.after) & waiting - {actor.name}), None)
        if ready is None:
            raise ValueError(f"no order exists among {', '.join(sorted(waiting))}: each decides after another")
        left.remove(ready)
        turn.append(ready)
    return turn


def _not_installed(name: str, installed: Mapping[str, Any]) -> Mistake:
    known = ", ".join(sorted(installed)) or "none is"
    meant = nearest(name, installed)
    remedy = f"Did you mean {meant!r}?" if meant else f"Install it, or take the name out; installed: {known}."
    return Mistake(f"plugins.{name}", f"no plugin is called {name!r}", remedy)


def _no_such_mechanism(key: str, name: str, names: set[str]) -> Mistake:
    meant = nearest(name, names)
    remedy = f"Did you mean {meant!r}?" if meant else f"Write one of {', '.join(sorted(names))}."
    return Mistake(f"mechanisms.{key}", f"there is no mechanism {name!r}", remedy)


@dataclass(frozen=True)
class Explanation:
    """What a scenario will run, for a reader."""

    month: Sequence[tuple[str, Sequence[tuple[str, str, Sequence[str], Sequence[str]]]]]
    """Phase by phase: name, and of each part its name, what it does, what it reads and writes."""
    levers: Mapping[str, Sequence[tuple[str, str, Mapping[str, Any]]]]
    """By strategy: of each phase its preset, when it ends, and the levers that differ from doing nothing."""
    parameters: Sequence[tuple[str, Estimate, str, bool]]
    """Name, evidence, where the value comes from (default, scenario, uncertain), and whether the model uses it."""


def explain(scenario: Scenario, schedules: Mapping[str, Schedule]) -> Explanation:
    """The order of the month, levers by phase and parameters with their evidence.

    Args:
        scenario: what to explain.
        schedules: its strategies, filled in.
    """
    parts = parts_of(scenario)
    placed = [(m.phase, m) for m in parts.mechanisms] + [(Phase.STEER, actor) for actor in parts.actors]
    steps = [(phase, p.name, _first_line(p), sorted(p.reads), sorted(p.writes)) for phase, p in placed]
    steps.sort(key=lambda step: step[0])
    month = [(phase.name, [step[1:] for step in group]) for phase, group in groupby(steps, key=lambda step: step[0])]
    levers = {
        name: [(step.name.value, _until(step.until), _differs(step.dose)) for step in schedule.steps]
        for name, schedule in schedules.items()
    }
    return Explanation(month, levers, [_parameter(scenario, name) for name in evidence.defaults()])


def _first_line(part: type[Any]) -> str:
    return (part.__doc__ or "").strip().splitlines()[0]


def _until(end: End | None) -> str:
    """When a phase ends, by the default where that is drawn."""
    if end is None:
        return ""
    when = {field.name: getattr(end, field.name) for field in fields(end)}
    said = {
        name: value if isinstance(value, str) else f"{value:g}" for name, value in when.items() if value is not None
    }
    return " or ".join(f"{name} {value}" for name, value in said.items())


def _differs(dose: Dose) -> dict[str, Any]:
    neutral = Dose()
    differing = {name: getattr(dose, name) for name in Dose.__dataclass_fields__}
    return {name: value for name, value in differing.items() if value != getattr(neutral, name)}


def _parameter(scenario: Scenario, name: str) -> tuple[str, Estimate, str, bool]:
    origin = "uncertain" if name in scenario.uncertain else "scenario" if name in scenario.parameters else "default"
    estimate = evidence.defaults()[name]
    return name, estimate, origin, estimate.used
