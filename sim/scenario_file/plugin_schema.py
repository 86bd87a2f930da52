"""What plugins add to the JSON Schema of a scenario: their sections, explained key by key, and their strategies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sim.plugin_host import Host
from sim.plugin_host.portrait import strategies

_ANY = {"type": "string", "pattern": r"^[a-z][a-z0-9_]*\.[A-Za-z0-9_]+$"}
"""A strategy of a plugin that the schema does not know."""


def with_plugins(whole: dict[str, Any], plugins: Iterable[str]) -> None:
    """Let the schema know these plugins; of others it accepts any section and strategy.

    Args:
        whole: the schema of a scenario with its ``$defs``, which is changed.
        plugins: names of installed plugins, whose code runs.

    Raises:
        PluginFault: one cannot be loaded, or does not answer as it should.
    """
    parts: dict[str, Any] = whole["$defs"]
    known: list[dict[str, Any]] = [_ANY]
    for name in plugins:
        host = Host([name])
        kind = host.settings_type(name)
        place = _section(name, kind.model_json_schema(), parts)
        about = f"Settings of the plugin {name}."
        _properties(whole["properties"]["plugins"])[name] = {"$ref": place, "description": about}
        change = {key: value for key, value in parts[place.rpartition("/")[2]].items() if key != "required"}
        off: dict[str, Any] = {"const": "off", "type": "string"}
        _properties(_strategy(parts)["plugins"])[name] = {"anyOf": [off, change], "description": about}
        brought = [f"{name}.{own}" for own in strategies(host, name, kind())]
        known += [{"enum": brought, "description": about}] if brought else []
    use = _strategy(parts)["use"]
    use["anyOf"] = [*use["anyOf"], *known]
    parts["Strategy"]["anyOf"] = [*parts["Strategy"]["anyOf"], *known]


def _section(name: str, schema: dict[str, Any], parts: dict[str, Any]) -> str:
    """Where a plugin's section stands among the parts of the schema; what it rests on stands beside it."""
    inner = schema.pop("$defs", {})
    for key, part in (*inner.items(), ("", schema)):
        parts[f"{name}.{key}".rstrip(".") + "Settings"] = _moved(part, name)
    return f"#/$defs/{name}Settings"


def _moved(node: Any, name: str) -> Any:
    """A part with its references to where ``_section`` puts them."""
    if isinstance(node, list):
        return [_moved(item, name) for item in node]
    if not isinstance(node, dict):
        return node
    moved = {key: _moved(value, name) for key, value in node.items()}
    if "$ref" in node:
        moved["$ref"] = f"#/$defs/{name}.{node['$ref'].removeprefix('#/$defs/')}Settings"
    return moved


def _strategy(parts: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of a strategy that is written out."""
    keys: dict[str, Any] = next(form["properties"] for form in parts["Strategy"]["anyOf"] if "properties" in form)
    return keys


def _properties(node: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = node.setdefault("properties", {})
    return made
