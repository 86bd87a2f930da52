"""What a scenario says to its plugins: judged by their own models, told with file and line like the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any

from pydantic import ValidationError

from sim.errors import Mistake, PluginFault, UserMistakes
from sim.evidence import Estimate
from sim.hookspecs import Clinic, Settings
from sim.plugin_host import Host, estimates_of
from sim.plugin_host.discovery import installed
from sim.plugin_host.portrait import strategies as strategies_of
from sim.plugin_host.settings import merged, said, settings_of
from sim.population import ClinicRow, canonical_region
from sim.safe_yaml import Path
from sim.scenario import PluginClinics, Scenario, Strategy
from sim.scenario_file.json_schema import Forms
from sim.scenario_file.places import Places
from sim.scenario_file.translation import section_mistakes
from sim.scenario_file.wording import instead_of


def judged(scenario: Scenario, broken: frozenset[str], places: Places, mistakes: list[Mistake]) -> Scenario:
    """The scenario with its plugins' settings filled in; their mistakes are added to the others.

    Raises:
        PluginFault: a plugin cannot be loaded.
    """
    if "plugins" in broken:
        return scenario
    filled = {}
    for name in scenario.plugins:
        host = _host(name, places, mistakes)
        if host is None:
            continue
        kind = host.settings_type(name)
        wrong = _errors(kind, scenario.plugins[name])
        mistakes += section_mistakes(wrong, ("plugins", name), places, _forms(kind, ("plugins", name)))
        if not wrong:
            filled[name] = kind.model_validate(scenario.plugins[name]).model_dump(mode="json")
        for strategy in scenario.strategies if "strategies" not in broken else ():
            mistakes += _wrong_change(kind, scenario, name, strategy, wrong, places)
    if "strategies" not in broken:
        mistakes += _of_no_plugin(scenario, places)
    return scenario.model_copy(update={"plugins": {**scenario.plugins, **filled}})


def with_strategies(data: dict[str, Any], places: Places) -> tuple[dict[str, Any], list[Mistake]]:
    """What a scenario says, with the strategies that its plugins bring (``use: plugin.name``) written out."""
    strategies, plugins = data.get("strategies"), data.get("plugins")
    if not isinstance(strategies, dict) or not isinstance(plugins, dict):
        return data, []
    mistakes: list[Mistake] = []
    filled = {name: _filled(one, ("strategies", name), plugins, places, mistakes) for name, one in strategies.items()}
    return {**data, "strategies": filled}, mistakes


def _filled(said: Any, path: Path, plugins: Mapping[str, Any], places: Places, mistakes: list[Mistake]) -> Any:
    """A strategy with the plugin's own beneath it, if it names one."""
    changes = {"use": said} if isinstance(said, str) else said
    use = changes.get("use") if isinstance(changes, dict) else None
    plugin, dot, own = use.partition(".") if isinstance(use, str) else ("", "", "")
    if not dot or plugin not in plugins:
        return said
    there = path if isinstance(said, str) else (*path, "use")
    found = _brought(plugin, plugins[plugin], places)
    if own not in found:
        if found or plugin in installed():
            remedy = instead_of(str(use), [f"{plugin}.{name}" for name in found]) if found else "It brings none"
            mistakes.append(places.mistake(there, f"{plugin!r} brings no strategy {own!r}", remedy))
        return {"use": "let_it_happen"}
    base = found[own].model_dump(mode="json", exclude_unset=True)
    return merged(base, {key: value for key, value in changes.items() if key != "use"})


def _brought(plugin: str, said_to_it: Any, places: Places) -> Mapping[str, Strategy]:
    """The strategies that a plugin brings under its settings; none where these are not sound."""
    host = _host(plugin, places, [])  # that it is not there is told where it is named
    if host is None:
        return {}
    kind = host.settings_type(plugin)
    data = said_to_it if isinstance(said_to_it, dict) else {}
    return strategies_of(host, plugin, kind() if _errors(kind, data) else kind.model_validate(data))


def clinics(
    scenario: Scenario, broken: frozenset[str], places: Places, mistakes: list[Mistake]
) -> tuple[ClinicRow, ...] | None:
    """The clinics that a plugin brings, where the scenario asks for them; what is wrong is added to the mistakes.

    Raises:
        PluginFault: what it brings are no clinics.
    """
    regions = scenario.clinics.regions
    if {"clinics", "plugins"} & broken or not isinstance(regions, PluginClinics):
        return None
    name, where = regions.plugin, ("clinics", "regions", "plugin")
    if name not in scenario.plugins or name not in installed():
        found = f"the scenario does not use a plugin {name!r}"
        mistakes.append(places.mistake(where, found, "Write it under plugins: as well"))
        return None
    host = Host([name])
    settings = settings_of(host, scenario, name)
    rows = [
        (ClinicRow(canonical_region(region) or region, clinic.name, clinic.staff, clinic.kind, clinic.slack))
        for region, brought in host.mapping(name, "innomotor_regions", settings).items()
        for clinic in _all_clinics(name, brought)
    ]
    if len({(row.region, row.name) for row in rows}) < len(rows) or not rows:
        found = "brings two clinics of one name in a region" if rows else "brings no clinics"
        raise PluginFault(name, "innomotor_regions", found)
    return tuple(rows)


def _all_clinics(plugin: str, brought: Any) -> Iterable[Clinic]:
    sound = isinstance(brought, list | tuple) and all(isinstance(one, Clinic) for one in brought)
    if not sound or any((one.staff or 1) <= 0 or not 0 <= (one.slack or 0) <= 0.5 for one in brought):
        found = "gave what is no list of sim.api.Clinic, or staff below 0, or slack outside 0 to 0.5"
        raise PluginFault(plugin, "innomotor_regions", found)
    entries: Iterable[Clinic] = brought
    return entries


def left_out(data: dict[str, Any], plugins: Set[str]) -> dict[str, Any]:
    """What a scenario says, without all that it says to these plugins."""
    if not plugins:
        return data
    result = {
        section: {name: one for name, one in said.items() if name.partition(".")[0] not in plugins}
        if section in ("plugins", "parameters", "uncertain") and isinstance(said, dict)
        else said
        for section, said in data.items()
    }
    strategies = result.get("strategies")
    if isinstance(strategies, dict):
        result["strategies"] = {name: _without(one, plugins) for name, one in strategies.items()}
    return result


def _without(strategy: Any, plugins: Set[str]) -> Any:
    if not isinstance(strategy, dict) or not isinstance(strategy.get("plugins"), dict):
        return strategy
    return {**strategy, "plugins": {name: one for name, one in strategy["plugins"].items() if name not in plugins}}


def estimates(scenario: Scenario, broken: frozenset[str]) -> Mapping[str, Estimate]:
    """The parameters of those of the scenario's plugins that are there."""
    there = {name: one for name, one in scenario.plugins.items() if name in installed() and "plugins" not in broken}
    return estimates_of(scenario.model_copy(update={"plugins": there}))


def _host(name: str, places: Places, mistakes: list[Mistake]) -> Host | None:
    try:
        return Host([name])
    except UserMistakes as told:
        mistakes += [places.mistake(("plugins",), one.found, one.remedy, key=name) for one in told.mistakes]
        return None


def _errors(kind: type[Settings], data: Mapping[str, Any]) -> list[Any]:
    """The model's verdict on a section."""
    try:
        kind.model_validate(data)
    except ValidationError as error:
        return list(error.errors(include_url=False))
    return []


def _wrong_change(
    kind: type[Settings], scenario: Scenario, name: str, strategy: str, told: list[Any], places: Places
) -> list[Mistake]:
    """What is wrong in what a strategy says to a plugin, besides what the scenario says wrongly itself."""
    data = said(scenario, name, strategy)
    if data is None or name not in scenario.strategies[strategy].plugins:
        return []
    where = ("strategies", strategy, "plugins", name)
    known = {(one["loc"], one["type"]) for one in told}
    wrong = [one for one in _errors(kind, data) if (one["loc"], one["type"]) not in known]
    return section_mistakes(wrong, where, places, _forms(kind, where))


def _of_no_plugin(scenario: Scenario, places: Places) -> Iterator[Mistake]:
    """What strategies say to plugins that the scenario does not use."""
    for strategy, one in scenario.strategies.items():
        for name in one.plugins:
            if name not in scenario.plugins:
                where, found = ("strategies", strategy, "plugins"), f"the scenario does not use a plugin {name!r}"
                remedy = instead_of(name, scenario.plugins) if scenario.plugins else "Write it under plugins: as well"
                yield places.mistake(where, found, remedy, key=name)


def _forms(kind: type[Settings], where: Path) -> Forms:
    """The schema of a plugin's section, set into its place in the scenario."""
    whole = kind.model_json_schema()
    parts = whole.pop("$defs", {})
    for step in reversed(where):
        whole = {"type": "object", "properties": {step: whole}}
    return Forms({**whole, "$defs": parts})
