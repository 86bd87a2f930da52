"""What a scenario says to its plugins: the typed section of each, and what a strategy changes in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from sim.errors import Mistake, UserMistakes
from sim.hookspecs import Settings
from sim.plugin_host.host import Host
from sim.scenario import Scenario

OFF = "off"
"""What a strategy writes in place of a section to do without the plugin."""


def said(scenario: Scenario, name: str, strategy: str | None = None) -> dict[str, Any] | None:
    """What the scenario says to a plugin, as plain data; None where the strategy does without it.

    Args:
        scenario: names the plugin.
        name: the plugin.
        strategy: one of the scenario's, or None for what holds where strategies say nothing.
    """
    own = scenario.plugins[name]
    change = scenario.strategies[strategy].plugins.get(name, {}) if strategy in scenario.strategies else {}
    return None if change == OFF else merged(own, change)


def merged(base: Mapping[str, Any], change: Any) -> dict[str, Any]:
    """Sections key by key, the change where both say something."""
    result = dict(base)
    for key, value in (change or {}).items():
        inner = result.get(key)
        result[key] = merged(inner, value) if isinstance(inner, Mapping) and isinstance(value, Mapping) else value
    return result


def settings_of(host: Host, scenario: Scenario, name: str, strategy: str | None = None) -> Settings | None:
    """A plugin's settings, filled in; None where the strategy does without it.

    Raises:
        UserMistakes: the section does not fit; a scenario that was read from a file has been checked before.
    """
    data = said(scenario, name, strategy)
    if data is None:
        return None
    try:
        return host.settings_type(name).model_validate(data)
    except ValidationError as error:
        raise UserMistakes(
            Mistake(".".join(("plugins", name, *map(str, one["loc"]))), one["msg"], "See `innomotor plugins show`.")
            for one in error.errors(include_url=False)
        ) from error
