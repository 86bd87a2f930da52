"""The plugins that are named, loaded beside the built-in parts: one pluggy manager, asked plugin by plugin."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from typing import Any

import pluggy

from sim import builtin
from sim.errors import Mistake, PluginFault, UserMistakes
from sim.hookspecs import PROJECT, Hooks, Settings
from sim.month import State
from sim.plugin_host import discovery, trust
from sim.plugin_host.calls import Call, at_work
from sim.plugin_host.discovery import Plugin
from sim.plugin_host.guard import Owner

CORE = "core"
"""Name under which the built-in mechanisms and actors are registered."""


class Host:
    """Plugins, loaded; what they answer is checked before anybody uses it."""

    def __init__(self, names: Iterable[str]) -> None:
        """Load them.

        Args:
            names: the plugins to load.

        Raises:
            UserMistakes: one is not installed, or not trusted where only trusted ones may run.
            PluginFault: one cannot be loaded.
        """
        self.plugins = _all_named(sorted(names))
        trust.refuse_untrusted(self.plugins.values())
        self.manager = pluggy.PluginManager(PROJECT)
        self.manager.add_hookspecs(Hooks)
        if os.environ.get("INNOMOTOR_TRACE_HOOKS"):
            self.manager.trace.root.setwriter(sys.stderr.write)
            self.manager.enable_tracing()
        for plugin in reversed(self.plugins.values()):  # pluggy calls the last registered first
            self._register(plugin)
        self.manager.register(builtin, name=CORE)

    def _register(self, plugin: Plugin) -> None:
        with at_work(Call(plugin.name, "import", source=plugin.source)):
            module = plugin.load()
        with at_work(Call(plugin.name, "hooks", source=plugin.source)):
            self.manager.register(module, name=plugin.name)
            self.manager.check_pending()

    def call(self, name: str, hook: str, **given: Any) -> Any:
        """What one plugin answers to a hook, or None where it has no such hook.

        Raises:
            PluginFault: it raised.
        """
        others = [other for key, other in self.manager.list_name_plugin() if key != name]
        caller = self.manager.subset_hook_caller(hook, others)
        if name == CORE:
            answers = caller(**given)
        else:
            with at_work(Call(name, hook, source=self.plugins[name].source)):
                answers = caller(**given)
        return answers[0] if answers else None

    def settings_type(self, name: str) -> type[Settings]:
        """The class of a plugin's section of a scenario."""
        kind = self.call(name, "innomotor_settings")
        if kind is None:
            return Settings
        if not (isinstance(kind, type) and issubclass(kind, Settings)):
            raise PluginFault(name, "innomotor_settings", f"gave {kind!r} where a subclass of sim.api.Settings belongs")
        return kind

    def classes(self, name: str, hook: str, settings: Any, base: type[Any]) -> list[type[Any]]:
        """A hook's answer where classes belong."""
        return self._listed(name, hook, settings, base, lambda one: isinstance(one, type) and issubclass(one, base))

    def objects(self, name: str, hook: str, settings: Any, base: type[Any]) -> list[Any]:
        """A hook's answer where objects of a class belong."""
        return self._listed(name, hook, settings, base, lambda one: isinstance(one, base))

    def _listed(self, name: str, hook: str, settings: Any, base: type[Any], fits: Any) -> list[Any]:
        answer = self.call(name, hook, settings=settings)
        entries = [] if answer is None else answer
        if not isinstance(entries, list | tuple) or not all(map(fits, entries)):
            raise PluginFault(name, hook, f"gave {answer!r} where a list of {base.__name__} belongs")
        return list(entries)

    def mapping(self, name: str, hook: str, settings: Any) -> dict[str, Any]:
        """A hook's answer where a mapping by name belongs."""
        answer = self.call(name, hook, settings=settings)
        if not (answer is None or (isinstance(answer, Mapping) and all(isinstance(key, str) for key in answer))):
            raise PluginFault(name, hook, f"gave {answer!r} where a mapping by name belongs")
        return dict(answer or {})

    def owner(self, name: str, settings: Settings, kinds: Iterable[type[Any]]) -> Owner:
        """The plugin as one strategy has it, with the state that its parts add."""
        own: dict[str, State] = {}
        for kind in kinds:
            for state, what in getattr(kind, "adds", {}).items():
                if own.setdefault(state, what) != what:
                    found = f"{kind.__name__} adds {state!r} otherwise than another part does"
                    raise PluginFault(name, "innomotor_mechanisms", found)
        plugin = self.plugins[name]
        return Owner(name, settings, plugin.source, own, frozenset(plugin.estimates()))


def _all_named(names: Iterable[str]) -> dict[str, Plugin]:
    """The plugins by name; all that are not there are told at once."""
    found: dict[str, Plugin] = {}
    mistakes: list[Mistake] = []
    for name in names:
        try:
            found[name] = discovery.named(name)
        except UserMistakes as told:
            mistakes += told.mistakes
    if mistakes:
        raise UserMistakes(mistakes)
    return found
