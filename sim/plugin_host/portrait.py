"""A plugin as it shows itself: what it brings, with the explanations that its author wrote."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from sim.errors import PluginFault
from sim.hookspecs import Figure, Metric, Settings
from sim.month import Mechanism
from sim.plugin_host.discovery import Plugin
from sim.plugin_host.host import Host
from sim.scenario import Strategy


def of(plugin: Plugin, language: str = "en") -> dict[str, Any]:
    """Everything that it brings when a scenario says nothing to it, as plain data.

    Args:
        plugin: what is looked at.
        language: of what it says in both languages; its own words are English.

    Raises:
        PluginFault: one of its hooks does not answer as it should.
    """
    from sim.actors import Actor  # noqa: PLC0415 keeps Mesa out of the start-up

    host, name = Host([plugin.name]), plugin.name
    kind = host.settings_type(name)
    settings = kind()
    return {
        "documentation": inspect.cleandoc(host.manager.get_plugin(name).__doc__ or ""),
        "settings": _fields(kind),
        "mechanisms": [_part(one) for one in host.classes(name, "innomotor_mechanisms", settings, Mechanism)],
        "actors": [_part(one) for one in host.classes(name, "innomotor_actors", settings, Actor)],
        "strategies": [
            {"name": f"{name}.{key}", "about": _levers(one)} for key, one in strategies(host, name, settings).items()
        ],
        "metrics": [
            {"name": f"{name}.{one.name}", "unit": one.unit_in(language), "about": one.meaning.in_language(language)}
            for one in host.objects(name, "innomotor_metrics", settings, Metric)
        ],
        "figures": [
            {"name": one.name, "about": one.title.in_language(language)}
            for one in host.objects(name, "innomotor_figures", settings, Figure)
        ],
        "parameters": [
            {
                "name": f"{name}.{key}",
                "value": one.value,
                "low": one.low,
                "high": one.high,
                "unit": one.unit,
                "grade": one.grade,
                "source": one.source,
            }
            for key, one in plugin.estimates().items()
        ],
    }


def strategies(host: Host, name: str, settings: Settings) -> Mapping[str, Strategy]:
    """The strategies that a plugin brings, by their own names."""
    found = host.mapping(name, "innomotor_strategies", settings)
    if wrong := [key for key, one in found.items() if not isinstance(one, Strategy)]:
        raise PluginFault(name, "innomotor_strategies", f"gave no sim.api.Strategy for {', '.join(wrong)}")
    return found


def _part(kind: type[Any]) -> dict[str, Any]:
    about = (kind.__doc__ or "").strip().partition("\n")[0]
    return {"name": kind.name, "about": about, "reads": sorted(kind.reads), "writes": sorted(kind.writes)}


def _fields(kind: type[Settings]) -> list[dict[str, Any]]:
    return [
        {
            "name": key,
            "default": None if one.is_required() else str(one.get_default(call_default_factory=True)),
            "about": one.description or "",
        }
        for key, one in kind.model_fields.items()
    ]


def _levers(strategy: Strategy) -> str:
    return str(strategy.model_dump(exclude_unset=True, mode="json"))
