"""Claims that plugins make, tried on scenarios of their own folders, and what came of it when somebody last looked."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim import experiment, scenario_file
from sim.errors import PluginFault
from sim.facts.fact import Check, Claim, Outcome
from sim.facts.intervals import mean
from sim.facts.recorded import Recorded, read
from sim.hookspecs import Fact
from sim.metrics import Comparison
from sim.parameters import draw_of
from sim.plugin_host import Host
from sim.plugin_host.discovery import Plugin

OUTCOMES = "facts_outcome.yaml"
"""Beside a plugin's module: what its claims showed, failures with their reason."""


def claims_of(plugin: Plugin) -> dict[str, Fact]:
    """What a plugin claims, by ``plugin.id``.

    Raises:
        PluginFault: two claims of one id, or what is no claim.
    """
    host, name = Host([plugin.name]), plugin.name
    facts = host.objects(name, "innomotor_facts", host.settings_type(name)(), Fact)
    found = {f"{name}.{fact.id}": fact for fact in facts}
    if len(found) < len(facts):
        raise PluginFault(name, "innomotor_facts", "makes two claims of one id")
    return found


def recorded_of(plugin: Plugin) -> Mapping[str, Recorded]:
    """The recorded outcomes by ``plugin.id``; empty where nobody has recorded any."""
    file = plugin.source / OUTCOMES
    return read(file.read_bytes()) if plugin.is_package and file.is_file() else {}


def outcomes_of(
    plugin: Plugin,
    only: Iterable[str] | None = None,
    *,
    threads: int | None = None,
    progress: experiment.Progress | None = None,
) -> list[Outcome]:
    """What a plugin's claims show; each scenario that they name is run once.

    Args:
        plugin: whose.
        only: which, as ``plugin.id``; by default all.
        threads: blocks of worlds at once; by default as many as there are cores. The result is the same.
        progress: told (months done, in all) of each scenario.

    Raises:
        PluginFault: a claim speaks of a scenario, strategy or metric that is not there.
    """
    every = claims_of(plugin)
    chosen = {number: every[number] for number in (every if only is None else only)}
    made: dict[str, Comparison] = {}
    found = []
    for number, fact in chosen.items():
        if fact.scenario not in made:
            source = scenario_file.read(_beside(plugin, fact))
            made[fact.scenario] = experiment.compare(source, threads=threads or os.cpu_count() or 1, progress=progress)
        found.append(_outcome(plugin, number, fact, made[fact.scenario]))
    return found


def _beside(plugin: Plugin, fact: Fact) -> Path:
    file = plugin.source / fact.scenario
    if not plugin.is_package or not file.is_file():
        raise PluginFault(plugin.name, "innomotor_facts", f"{fact.id} asks for {fact.scenario}, which is not there")
    return file


def _outcome(plugin: Plugin, number: str, fact: Fact, made: Comparison) -> Outcome:
    names = [fact.more] if fact.less is None else [fact.more, fact.less]
    for name in names:
        if name not in made.strategies or fact.metric not in made.strategies[name].final:
            found = f"{fact.id} speaks of {fact.metric!r} under {name!r}, which {fact.scenario} does not have"
            raise PluginFault(plugin.name, "innomotor_facts", found)
    values = [_with_a_mean(fact.metric, made, name) for name in names]
    difference = values[0] if fact.less is None else values[0] - values[1]
    said = fact.metric if fact.less is None else f"{fact.metric}, {fact.more} − {fact.less}"
    measured = (said, said) if fact.measured is None else (fact.measured.en, fact.measured.sv)
    draws = draw_of(np.arange(len(difference)))  # worlds of one draw are alike, so it is draws that are independent
    each = np.bincount(draws, difference) / np.bincount(draws)
    check = Check(*measured, mean(each), fact.least, fact.most)
    claim = Claim(number, "plugin", fact.claim.en, fact.claim.sv, "", "", fact.source)
    return Outcome(claim, (check,), len(difference))


def _with_a_mean(metric: str, made: Comparison, strategy: str) -> NDArray[np.float64]:
    """A metric by replicate; what never happens counts as the month after the end."""
    never = metric.rpartition(".")[2].startswith("months_to_")
    return np.minimum(made.strategies[strategy].final[metric], made.scenario.months + 1.0 if never else np.inf)
