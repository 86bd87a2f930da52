"""What may be written at a place, and what was probably meant there, from the schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from sim import safe_yaml
from sim.safe_yaml import shortened
from sim.scenario_file.json_schema import choices_of
from sim.scenario_file.wording import listed


def what_fits(nodes: list[dict[str, Any]], path: safe_yaml.Path) -> str:
    """What may be written at a place, from its schema."""
    if path and path[-1] == "start":
        return "year and month, such as 2025-01"
    fits = [_fits(node) for node in nodes if node.get("type") != "null"]
    return " or ".join(dict.fromkeys(fits)) or "something else"


def hint(value: Any, nodes: list[dict[str, Any]]) -> str | None:
    """What was probably meant by text where a number belongs, or by a number where text belongs."""
    kinds = {str(node.get("type")) for node in nodes}
    if isinstance(value, str) and kinds & {"number", "integer"}:
        share = any(node.get("maximum", 2) <= 1 for node in nodes)
        return _meant_number(value, share=share, whole="number" not in kinds)
    free_text = "string" in kinds and not any(map(choices_of, nodes))
    if isinstance(value, int | float) and free_text and not kinds & {"number", "integer"}:
        return f"Write it in quotation marks: '{shortened(str(value))}'"
    return None


def _meant_number(text: str, *, share: bool, whole: bool) -> str | None:
    """The number that a text was meant to be: a quoted one, a decimal comma, spaces between thousands, per cent."""
    tidy = re.sub(r"[\s\u00a0\u202f]", "", text)
    match = re.fullmatch(r"(-?[0-9]{1,15})(?:[.,]([0-9]{1,2}|[0-9]{4,15}))?(%?)", tidy)
    if match is None or (match[2] and whole) or (match[3] and not share):
        return None
    number = f"{match[1]}.{match[2]}" if match[2] else match[1]
    if match[3]:
        return f"Write {float(number) / 100:.6g}"
    how = ["with a decimal point"] if "," in tidy else []
    how += ["without spaces"] if tidy != text.strip() else []
    return f"Write {number} {' and '.join(how) or 'without quotation marks'}"


def _fits(node: Mapping[str, Any]) -> str:
    choices = choices_of(node)
    if choices:
        return listed(map(str, choices), "or")
    kind = str(node.get("type"))
    return _KINDS[kind](node) if kind in _KINDS else "something else"


def _fitting_text(node: Mapping[str, Any]) -> str:
    if "pattern" in node:
        return "small letters a-z, figures and _, beginning with a letter"
    return f"a text of 1 to {node['maxLength']} characters" if "maxLength" in node else "a text"


def _fitting_list(node: Mapping[str, Any]) -> str:
    if "prefixItems" in node:
        numbers = len(node["prefixItems"])
        return f"a list of {numbers} numbers, such as [{', '.join('123'[:numbers])}]"
    most = f" of {node.get('minItems', 0)} to {node['maxItems']} entries" if "maxItems" in node else ""
    return f"a list{most}, each entry after a -"


def _fitting_section(node: Mapping[str, Any]) -> str:
    if node.get("properties"):
        return f"a section with the keys {listed(node['properties'])}"
    return f"a section of 1 to {node['maxProperties']} names" if "maxProperties" in node else "a section of key: value"


def _bounds(node: Mapping[str, Any]) -> str:
    low, high = node.get("minimum"), node.get("maximum")
    above, below = node.get("exclusiveMinimum"), node.get("exclusiveMaximum")
    if low is not None and high is not None:
        return f" from {low} to {high}"
    parts = [
        f"of at least {low}" if low is not None else "",
        f"above {above}" if above is not None else "",
        f"below {below}" if below is not None else "",
    ]
    return "".join(f" {part}" for part in [" and ".join(filter(None, parts))] if part)


_KINDS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "integer": lambda node: "a whole number" + _bounds(node),
    "number": lambda node: "a number" + _bounds(node),
    "boolean": lambda _: "true or false",
    "string": _fitting_text,
    "array": _fitting_list,
    "object": _fitting_section,
}
