"""JSON Schema of portfolio files, for editors: what `portfolio.file.read` accepts, the short forms too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portfolio.board import Portfolio
from sim import reading

Part = dict[str, Any]


def schema() -> Part:
    """What a portfolio's file may say."""
    return reading.schema(Portfolio, "innomotor portfolio", _SHORT)


def _or(*short: Part) -> Callable[[Part], Part]:
    return lambda full: {"description": full.get("description", ""), "anyOf": [*short, full]}


def _or_its_text(full: Part) -> Part:
    text = full["properties"]["sv"]
    return _or({"type": "string", "minLength": text["minLength"], "maxLength": text["maxLength"]})(full)


def _without(full: Part, optional: str) -> Part:
    """The same where one key may be left out."""
    return {**full, "required": [key for key in full["required"] if key != optional]}


def _amount(full: Part) -> Part:
    number, spread = full["anyOf"]
    return {"anyOf": [number, _without(spread, "likely")]}


def _gate(full: Part) -> Part:
    return _or({"type": "boolean"}, {"enum": ["yes", "no", "unknown"]})(_without(_yes_as_boolean(full), "answer"))


def _yes_as_boolean(full: Part) -> Part:
    answer = full["properties"]["answer"]
    either = {"description": answer["description"], "anyOf": [{"enum": answer["enum"]}, {"type": "boolean"}]}
    return {**full, "properties": {**full["properties"], "answer": either}}


def _initiative(full: Part) -> Part:
    requires = full["properties"]["requires"]
    names = {"type": "array", "items": {"type": "string"}}
    either = {"description": requires["description"], "anyOf": [requires, names]}
    return {**full, "properties": {**full["properties"], "requires": either}}


_SHORT: dict[str, Callable[[Part], Part]] = {
    "Amount": _amount,
    "GateAnswer": _gate,
    "Initiative": _initiative,
    "Judgement": lambda full: _or({"enum": full["properties"]["colour"]["enum"]})(full),
    "Passage": _or_its_text,
    "Scale": _or({"type": "string", "pattern": r"^\s*-?[0-9.]+\s*[-–]\s*-?[0-9.]+\s*$"}),
    "Text": _or_its_text,
}
