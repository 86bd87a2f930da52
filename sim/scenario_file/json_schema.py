"""JSON Schema of a scenario, for editors, and which part of it speaks of a place."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from sim.scenario import Scenario
from sim.scenario_file.places import has
from sim.scenario_file.plugin_schema import with_plugins


def schema(plugins: Iterable[str] = ()) -> dict[str, Any]:
    """JSON Schema of a scenario file, for editors: what `read` accepts, with the short forms and ``extends``.

    A file that extends another may leave out whatever the other says, and takes a key away with null.

    Args:
        plugins: those whose sections and strategies it shall know; their code runs.

    Raises:
        PluginFault: one of them does not answer as it should.
    """
    whole = copy.deepcopy(_model_schema())
    with_plugins(whole, plugins)
    parts: dict[str, Any] = whole.pop("$defs")
    extends = {"type": "string", "title": "Extends", "description": "A scenario in the same folder to build on."}
    whole["properties"] = {"extends": {**extends, "type": "null"}, **whole["properties"]}
    changes = {f"{name}Change": _as_change(part) for name, part in parts.items()}
    change = _as_change(whole)
    change["properties"]["extends"] = extends
    change["required"] = ["extends"]
    definitions = {**parts, **changes, "Scenario": whole, "ScenarioChange": change}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "innomotor scenario",
        "description": whole.get("description", ""),
        "type": "object",
        "if": {"properties": {"extends": {"type": "string"}}, "required": ["extends"]},
        "then": {"$ref": "#/$defs/ScenarioChange"},
        "else": {"$ref": "#/$defs/Scenario"},
        "$defs": {name: with_words_for_booleans(part) for name, part in definitions.items()},
    }


class Forms:
    """A JSON Schema, and which part of it speaks of a place."""

    def __init__(self, whole: dict[str, Any]) -> None:
        """Keep it.

        Args:
            whole: the schema with its ``$defs``.
        """
        self._whole = whole

    def nodes(self, location: Iterable[Any], data: Any) -> list[dict[str, Any]]:
        """The parts of the schema that speak of a location, as pydantic or the file writes it."""
        nodes = list(self.flat(self._whole))
        for step in location:
            inner = [form for node in nodes for form in self._inner(node, step, in_data=has(data, step))]
            nodes = inner or nodes
            data = data[step] if has(data, step) else data
        return nodes

    def flat(self, node: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """The forms that a part of the schema allows, references followed."""
        if "$ref" in node:
            name = node["$ref"].removeprefix("#/$defs/")
            told = {key: value for key, value in node.items() if key == "description"}
            yield from ({**form, **told} for form in self.flat(self._whole["$defs"][name]))
        elif "anyOf" in node:
            for form in node["anyOf"]:
                yield from self.flat(form)
        else:
            yield dict(node)

    def _inner(self, node: Mapping[str, Any], step: Any, *, in_data: bool) -> Iterator[dict[str, Any]]:
        """The parts of the schema one step further in."""
        if step in node.get("properties", {}):
            part = node["properties"][step]
            told = {"description": part["description"]} if "description" in part else {}
            yield from ({**told, **form} if "$ref" not in part else {**form, **told} for form in self.flat(part))
        elif isinstance(step, int) and "prefixItems" in node:
            yield from self.flat(node["prefixItems"][min(step, len(node["prefixItems"]) - 1)])
        elif isinstance(step, int) and "items" in node:
            yield from self.flat(node["items"])
        elif isinstance(step, str) and in_data:
            for rule in (node.get("additionalProperties"), *node.get("patternProperties", {}).values()):
                if isinstance(rule, dict):
                    yield from self.flat(rule)


@cache
def scenario_forms() -> Forms:
    """What a scenario may say, save what its plugins add."""
    return Forms(_model_schema())


def choices_of(node: Mapping[str, Any]) -> list[Any]:
    """The words that a part of the schema allows; none where it allows more than words."""
    return list(node.get("enum", [])) + ([node["const"]] if "const" in node else [])


@cache
def _model_schema() -> dict[str, Any]:
    """The models' schema, with the short forms that their validators accept."""
    whole = Scenario.model_json_schema()
    _allow_short_forms(whole["$defs"])
    return whole


def _allow_short_forms(parts: dict[str, Any]) -> None:
    """Let the schema accept what the models' validators turn into the full form."""
    label = parts["Text"]["properties"]["sv"]
    text = {"type": "string", "minLength": label["minLength"], "maxLength": label["maxLength"]}
    parts["Text"] = either(text, parts["Text"])
    parts["Strategy"] = either({"$ref": "#/$defs/Preset"}, parts["Strategy"])
    begins = parts["Innovation"]["properties"]["begins"]
    parts["Innovation"]["properties"]["begins"] = either({"$ref": "#/$defs/Begins"}, begins)


def either(short: dict[str, Any], full: dict[str, Any]) -> dict[str, Any]:
    """What accepts a short form beside the full one."""
    told: dict[str, Any] = {key: full[key] for key in ("title", "description", "default") if key in full}
    return {**told, "anyOf": [short, {key: value for key, value in full.items() if key not in told}]}


def _as_change(node: Any) -> Any:
    """A part of the schema where keys may be left out, or set to null to take them away; lists stay whole."""
    if not isinstance(node, dict):
        return node
    result = {key: value for key, value in node.items() if key not in {"required", "minProperties"}}
    if str(node.get("$ref", "")).startswith("#/$defs/"):
        result["$ref"] = node["$ref"] + "Change"
    if "anyOf" in node:
        result["anyOf"] = [_as_change(form) for form in node["anyOf"]]
    if "properties" in node:
        result["properties"] = {key: _or_null(part) for key, part in node["properties"].items()}
    for rule in ("additionalProperties", "patternProperties"):
        if isinstance(node.get(rule), dict):
            inner = node[rule]
            one = rule == "additionalProperties"
            result[rule] = _or_null(inner) if one else {pattern: _or_null(part) for pattern, part in inner.items()}
    return result


def _or_null(part: Any) -> dict[str, Any]:
    return either({"type": "null"}, _as_change(part))


def with_words_for_booleans(node: Any) -> Any:
    """Booleans may also be written yes, no, on and off."""
    if isinstance(node, list):
        return [with_words_for_booleans(item) for item in node]
    if not isinstance(node, dict):
        return node
    if node.get("type") == "boolean":
        return either({"enum": ["yes", "no", "on", "off"]}, node)
    return {key: with_words_for_booleans(value) for key, value in node.items()}
