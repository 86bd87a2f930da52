"""What runs in a month: the built-in parts and those of the plugins, in the order of the month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any

from sim.errors import Mistake, PluginFault, UserMistakes
from sim.evidence import Estimate, nearest
from sim.hookspecs import Figure, Metric
from sim.month import Mechanism, in_order, unordered_writers
from sim.plugin_host import discovery
from sim.plugin_host.guard import Measure, guarded
from sim.plugin_host.host import CORE, Host
from sim.plugin_host.settings import settings_of
from sim.scenario import Scenario
from sim.store import PluginSource


@dataclass(frozen=True, slots=True)
class Parts:
    """What runs in a month."""

    mechanisms: Sequence[type[Mechanism]]
    """In the order of the month."""
    actors: Sequence[type[Any]]
    """In the order in which they decide."""
    metrics: Sequence[Measure] = ()
    """What plugins report at the end."""
    estimates: Mapping[str, Estimate] = field(default_factory=dict)
    """The parameters that plugins bring, as ``plugin.name``."""
    asleep: Sequence[type[Any]] = ()
    """Mechanisms and actors that this scenario could have, and neither asks for nor switches off."""
    under: Mapping[str, Parts] = field(default_factory=dict)
    """What runs instead under the strategies that say something to a plugin, by their names."""


def parts_of(scenario: Scenario) -> Parts:
    """The mechanisms, actors and metrics that this scenario runs.

    Args:
        scenario: names the plugins, and the mechanisms that are on and off.

    Raises:
        UserMistakes: a plugin is not installed, a mechanism to switch off does not exist, or two plugins are at odds.
        PluginFault: a plugin brings what it may not.
    """
    host = Host(scenario.plugins)
    own = [name for name, strategy in scenario.strategies.items() if strategy.plugins]
    return replace(
        _parts(host, scenario, None),
        estimates=estimates_of(scenario),
        under={name: _parts(host, scenario, name) for name in own},
    )


def _parts(host: Host, scenario: Scenario, strategy: str | None) -> Parts:
    """What runs under one strategy, or where strategies say nothing."""
    mechanisms = list(host.call(CORE, "innomotor_mechanisms", settings=None))
    actors = list(host.call(CORE, "innomotor_actors", settings=None))
    metrics: list[Measure] = []
    unused: list[type[Any]] = []
    for name in host.plugins:
        settings = settings_of(host, scenario, name, strategy)
        brought = _brought(host, name, settings or settings_of(host, scenario, name))
        if settings is None:
            unused += [*brought.mechanisms, *brought.actors]
            metrics += [replace(measure, off=True) for measure in brought.metrics]
            continue
        mechanisms += brought.mechanisms
        actors = [*without_replaced(actors, brought.actors), *brought.actors]
        metrics += brought.metrics
    names = {part.name for part in [*mechanisms, *actors, *unused]} - {"leadership"}
    named = {"off": scenario.mechanisms.off, "on": scenario.mechanisms.on}
    if unknown := [(key, name) for key, given in named.items() for name in given if name not in names]:
        raise UserMistakes(_no_such_mechanism(key, name, names) for key, name in unknown)
    runs = [part for part in mechanisms if part.wanted(scenario) and part.name not in scenario.mechanisms.off]
    acts = [part for part in actors if part.wanted(scenario) and part.name not in scenario.mechanisms.off]
    _settle(mechanisms, scenario.mechanisms.order)
    _refuse_disorder(mechanisms, {part.name for part in runs})
    asleep = [part for part in [*mechanisms, *actors] if not part.wanted(scenario)]
    return Parts(in_order(runs), _in_turn(acts), metrics, asleep=asleep)


def without_replaced(actors: Sequence[type[Any]], brought: Sequence[type[Any]]) -> Sequence[type[Any]]:
    """The actors whose place nobody takes; two of one name that do not say so are refused."""
    replaced = {actor.name for actor in brought if actor.replaces}
    left = [actor for actor in actors if actor.name not in replaced]
    if twice := {actor.name for actor in left} & {actor.name for actor in brought}:
        name = min(twice)
        plugin = next(getattr(actor, "plugin", CORE) for actor in brought if actor.name == name)
        found = f"an actor {name!r} is there already"
        raise UserMistakes([Mistake(f"plugins.{plugin}", found, "Let it say replaces = True, or have another name")])
    return left


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


def _brought(host: Host, name: str, settings: Any) -> Parts:
    """What one plugin brings, under these settings."""
    from sim.actors import Actor  # noqa: PLC0415 keeps Mesa out of the start-up

    mechanisms = host.classes(name, "innomotor_mechanisms", settings, Mechanism)
    actors = host.classes(name, "innomotor_actors", settings, Actor)
    for kind in (*mechanisms, *actors):
        _complete(name, kind)
    owner = host.owner(name, settings, (*mechanisms, *actors))
    return Parts(
        [guarded(kind, owner) for kind in mechanisms],
        [guarded(kind, owner) for kind in actors],
        [Measure(metric, owner) for metric in host.objects(name, "innomotor_metrics", settings, Metric)],
    )


def _complete(plugin: str, kind: type[Any]) -> None:
    """A part has a name, and a mechanism a phase."""
    wanted = ("name", "phase") if issubclass(kind, Mechanism) else ("name",)
    hook = "innomotor_mechanisms" if issubclass(kind, Mechanism) else "innomotor_actors"
    if lacking := [attribute for attribute in wanted if not hasattr(kind, attribute)]:
        raise PluginFault(plugin, hook, f"{kind.__name__} does not say its {' and '.join(lacking)}")


def _settle(mechanisms: Sequence[type[Mechanism]], order: Sequence[str]) -> None:
    """Put writers of one state, whose order nobody else chose, in the order that the scenario gives their owners."""
    for owner in set(order) - {CORE}:
        discovery.named(owner, place="mechanisms.order")
    turn = {owner: place for place, owner in enumerate(order)}
    for pair in unordered_writers(mechanisms) if turn else ():
        first, second = sorted(pair[:2], key=lambda one: turn.get(_owner(one), -1))
        if {_owner(first), _owner(second)} <= turn.keys() and _owner(first) != _owner(second):
            if hasattr(second, "plugin"):  # the class is this scenario's own
                second.after = second.after | {first.name}
            else:
                first.before = first.before | {second.name}


def _owner(kind: type[Any]) -> str:
    """The plugin that a part belongs to, or the model."""
    return str(getattr(kind, "plugin", CORE))


def _refuse_disorder(mechanisms: Sequence[type[Mechanism]], running: Set[str]) -> None:
    """Tell mechanisms of one name, circles, and writers of the same state whose order nobody chose."""
    try:
        in_order(mechanisms)
    except ValueError as error:
        raise UserMistakes(Mistake("plugins", str(error), "Leave one of the plugins out")) from error
    mistakes = []
    for a, b, state in unordered_writers(mechanisms):  # one that is off may stand between two that run
        if not {a.name, b.name} <= running:
            continue
        owners = [_owner(a), _owner(b)]
        written = ", ".join(sorted(state))
        found = f"{owners[0]}'s {a.name!r} and {owners[1]}'s {b.name!r} both write {written}, in no order"
        place = f"plugins.{owners[1] if owners[1] != CORE else owners[0]}"
        remedy = f"Write mechanisms: {{order: [{owners[0]}, {owners[1]}]}}, or switch one off: {b.name}"
        own = f"Let one of them say before or after, or switch one off: {b.name}"
        mistakes.append(Mistake(place, found, own if owners[0] == owners[1] else remedy))
    if mistakes:
        raise UserMistakes(mistakes)


def sources_of(scenario: Scenario) -> list[PluginSource]:
    """Version and source hash of the plugins that the scenario names: a changed plugin makes another result.

    Raises:
        UserMistakes: a named plugin is not installed.
    """
    plugins = [discovery.named(name) for name in sorted(scenario.plugins)]
    return [PluginSource(plugin.name, plugin.version, plugin.source_hash) for plugin in plugins]


def figures_of(scenario: Scenario) -> list[tuple[str, Figure]]:
    """The pictures that the scenario's plugins add to the report, each with its plugin's name."""
    host = Host(scenario.plugins)
    return [
        (name, figure)
        for name in host.plugins
        for figure in host.objects(name, "innomotor_figures", settings_of(host, scenario, name), Figure)
    ]


def metrics_of(scenario: Scenario) -> Mapping[str, Metric]:
    """What the scenario's plugins report, as ``plugin.name``: under the scenario's settings, then under strategies'."""
    host, found = Host(scenario.plugins), dict[str, Metric]()
    for name in host.plugins:
        for strategy in (None, *scenario.strategies):
            settings = settings_of(host, scenario, name, strategy)
            if settings is not None:
                brought = host.objects(name, "innomotor_metrics", settings, Metric)
                found = {f"{name}.{one.name}": one for one in brought} | found
    return found


def estimates_of(scenario: Scenario) -> Mapping[str, Estimate]:
    """The parameters that the scenario's plugins bring, as ``plugin.name``, with their evidence."""
    return {
        f"{plugin}.{name}": estimate
        for plugin in sorted(scenario.plugins)
        for name, estimate in discovery.named(plugin).estimates().items()
    }


def _no_such_mechanism(key: str, name: str, names: set[str]) -> Mistake:
    meant = nearest(name, names)
    remedy = f"Did you mean {meant!r}?" if meant else f"Write one of {', '.join(sorted(names))}."
    return Mistake(f"mechanisms.{key}", f"there is no mechanism {name!r}", remedy)
