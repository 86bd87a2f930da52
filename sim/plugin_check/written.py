"""What can be read without running: explanations, and numbers with their sources."""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from sim.evidence import Estimate
from sim.hookspecs import Settings
from sim.month import Mechanism
from sim.plugin_host import Host
from sim.plugin_host.discovery import Plugin

_COUNTING = 12
"""Whole numbers up to this count months, places and halves; larger ones, and decimals, are somebody's estimate."""
_PLAIN = (0.0, 0.5, 1.0, 2.0, 100.0)


def undocumented(plugin: Plugin) -> Iterator[str]:
    """What lacks an explanation."""
    if not plugin.about:
        yield f"{plugin.file.name} does not begin with a sentence on what it is"
    folders = (plugin.source, plugin.source.parent) if plugin.is_package else (plugin.source.parent,)
    if not any((folder / "README.md").is_file() for folder in folders):
        yield "there is no README.md beside it"
    for kind in _kinds(plugin):
        if not (vars(kind).get("__doc__") or "").strip():
            yield f"{kind.__name__} does not say in its docstring what it does"
    for path, field in _fields(_settings(plugin)):
        if not field.description:
            yield f"the setting {path} has no text beneath it"
    yield from _only_in_english(plugin)


def _only_in_english(plugin: Plugin) -> Iterator[str]:
    """What a Swedish reader would meet in English, and what sv.yaml says of things that are not there."""
    told = plugin.words("sv")
    wanted = {
        "about": {plugin.name},
        "mechanism": {kind.name for kind in _kinds(plugin)},
        "setting": {path for path, _ in _fields(_settings(plugin))},
        "parameter": set(plugin.estimates()),
        "unit": {one.unit for one in plugin.estimates().values()},
    }
    for kind, names in wanted.items():
        if lacking := names - told.get(kind, {}).keys():
            yield f"sv.yaml lacks {kind} {', '.join(sorted(lacking))}"
    for kind in told:
        if surplus := told[kind].keys() - wanted.get(kind, set()):
            yield f"sv.yaml says {kind} {', '.join(sorted(surplus))}, which is not there"


def unsourced(plugin: Plugin) -> Iterator[str]:
    """Numbers that do not say what they rest on."""
    known = plugin.estimates()
    for path, field in _fields(_settings(plugin)):
        default = field.get_default(call_default_factory=True)
        if isinstance(default, int | float) and not isinstance(default, bool) and default:
            yield from _unlike(path, float(default), known)
    for kind in _kinds(plugin):
        yield from _bare_numbers(kind)


def _unlike(path: str, default: float, known: Mapping[str, Estimate]) -> Iterator[str]:
    """A setting's default that its row of parameters.yaml does not bear out."""
    name = path.rpartition(".")[2]
    row = known.get(path) or known.get(name)
    if row is None:
        yield f"the setting {path} is {default:g} and has no row in parameters.yaml"
    elif row.value != default:
        yield f"the setting {path} is {default:g}, and {row.value:g} in parameters.yaml"
    elif row.drawn and row.grade == "C":
        yield f"{name} is a setting, which nobody draws; say drawn: false in its row of parameters.yaml"


def _bare_numbers(kind: type[Any]) -> Iterator[str]:
    """Numbers in a part's code that belong in parameters.yaml."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(kind)))
    _, first = inspect.getsourcelines(kind)
    for node in ast.walk(tree):
        number = node.value if isinstance(node, ast.Constant) and isinstance(node.value, int | float) else 0
        if number not in _PLAIN and (isinstance(number, float) or number > _COUNTING):
            line = first + getattr(node, "lineno", 1) - 1
            yield f"{number} stands in {kind.__name__} (line {line}); give it a row in parameters.yaml"


def _settings(plugin: Plugin) -> type[Settings]:
    return Host([plugin.name]).settings_type(plugin.name)


def _kinds(plugin: Plugin) -> list[type[Any]]:
    """Its mechanisms and actors, also those that only other settings than the defaults switch on."""
    from sim.actors import Actor  # noqa: PLC0415 keeps Mesa out of the start-up

    Host([plugin.name])  # loads it
    home = plugin.point.module
    modules = [module for name, module in sorted(sys.modules.items()) if f"{name}.".startswith(f"{home}.")]
    found = {
        kind: None
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type)
        and issubclass(kind, (Mechanism, Actor))
        and f"{kind.__module__}.".startswith(f"{home}.")
        and hasattr(kind, "name")
    }
    return list(found)


def _fields(model: type[BaseModel], before: str = "") -> Iterator[tuple[str, Any]]:
    """Every setting by its path, sections opened."""
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _fields(inner, f"{before}{name}.")
        else:
            yield f"{before}{name}", field
