"""A JSON Schema's verdict on a value, for the few keywords that the scenario's schema uses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any


def accepts(rule: Mapping[str, Any], value: Any, root: Mapping[str, Any]) -> bool:
    """Whether a JSON Schema accepts a value, for the few keywords that the schema uses."""
    if "$ref" in rule and not accepts(root["$defs"][rule["$ref"].removeprefix("#/$defs/")], value, root):
        return False
    if "anyOf" in rule and not any(accepts(form, value, root) for form in rule["anyOf"]):
        return False
    if "if" in rule:
        branch = "then" if accepts(rule["if"], value, root) else "else"
        if not accepts(rule.get(branch, {}), value, root):
            return False
    if "enum" in rule and value not in rule["enum"]:
        return False
    if "const" in rule and value != rule["const"]:
        return False
    return _right_type(rule, value) and _right_inside(rule, value, root)


def _right_type(rule: Mapping[str, Any], value: Any) -> bool:
    if isinstance(value, str) and re.search(rule.get("pattern", ""), value) is None:
        return False
    number = isinstance(value, int | float) and not isinstance(value, bool)
    right = {
        "object": isinstance(value, dict),
        "array": isinstance(value, list),
        "string": isinstance(value, str),
        "boolean": isinstance(value, bool),
        "integer": number and value == int(value),
        "number": number,
        "null": value is None,
    }
    if not right.get(rule.get("type", ""), "type" not in rule):
        return False
    return not number or rule.get("minimum", value) <= value <= rule.get("maximum", value)


def _right_inside(rule: Mapping[str, Any], value: Any, root: Mapping[str, Any]) -> bool:
    if isinstance(value, list):
        return all(accepts(rule.get("items", {}), item, root) for item in value)
    if not isinstance(value, dict):
        return True
    known, others = rule.get("properties", {}), rule.get("additionalProperties")
    patterns = rule.get("patternProperties", {})
    if any(key not in value for key in rule.get("required", ())):
        return False
    rest = others if isinstance(others, dict) else next(iter(patterns.values()), None)
    if others is False and not patterns and set(value) - set(known):
        return False
    return all(accepts(known.get(key, rest or {}), one, root) for key, one in value.items())
