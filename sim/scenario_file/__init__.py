"""Reads a scenario safely and tells every mistake at once: file, line, place, what was found, what to write.

The order: bytes, the YAML guard, what the file extends (``sources``), the models of ``scenario`` and their verdict in
plain words (``translation``), the clinics of a CSV, and last what only the whole scenario can show (``checks``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim import safe_yaml
from sim.errors import Mistake, UserMistakes
from sim.parameters import with_estimates_drawn
from sim.plugin_host.discovery import left_out
from sim.population import ClinicRow
from sim.safe_yaml import shortened
from sim.scenario import Scenario
from sim.scenario_file import plugin_sections
from sim.scenario_file.checks import cross_checks
from sim.scenario_file.checks.size import MAX_BYTES, MAX_CLINIC_MONTHS, needed_bytes
from sim.scenario_file.checks.subject import Check
from sim.scenario_file.json_schema import schema
from sim.scenario_file.places import Places, Source
from sim.scenario_file.sources import MAX_EXTENDED, merged, merged_chain, read_chain, read_clinics
from sim.scenario_file.translation import validated
from sim.scenario_file.wording import instead_of, listed

__all__ = [
    "MAX_BYTES",
    "MAX_CLINIC_MONTHS",
    "MAX_EXTENDED",
    "ScenarioFile",
    "merged",
    "needed_bytes",
    "read",
    "said",
    "schema",
]


@dataclass(frozen=True)
class ScenarioFile:
    """A scenario and the files that it was read from."""

    scenario: Scenario
    """What the files say, with the values from the command line and what is drawn by default."""
    path: Path
    """The file as the user named it."""
    folder: Path
    """Where it lies; all that it names lies inside."""
    inputs: Mapping[str, str]
    """SHA-256 of the data files that the scenario names, by path inside the folder: the CSV file of the clinics."""
    sources: Mapping[str, str]
    """SHA-256 of the YAML files, by path inside the folder; a comment changes them, but not the answer."""
    clinics: tuple[ClinicRow, ...] | None = None
    """The user's own clinics, or None when the scenario names no CSV file."""
    without: frozenset[str] = frozenset()
    """Plugins that it names and that were left out."""


def read(
    path: str | Path,
    overrides: Mapping[str, Any] | None = None,
    without_plugins: Set[str] = frozenset(),
    changes: Mapping[str, Any] | None = None,
) -> ScenarioFile:
    """The scenario of a file and of those that it extends, checked as far as it can be without running it.

    Args:
        path: the YAML file.
        overrides: ``months``, ``replicates``, ``seed``, ``estimates`` from the command line, and ``strategies``,
            names of those to keep; what is None or empty is not given.
        without_plugins: plugins to leave out, with all that the scenario says to them; besides those of
            ``INNOMOTOR_WITHOUT_PLUGINS`` in the environment.
        changes: what a page asks to be otherwise, laid over the file as a file that extends it would be.

    Raises:
        UserMistakes: every mistake in the files and the options, in the order of their lines.
    """
    chain, cut = read_chain(Path(path))
    options = _options(overrides or {})
    kept = options.pop("strategies", None)
    said = merged(merged_chain(chain), changes or {})
    without = frozenset(without_plugins) | left_out()
    data = plugin_sections.left_out(said, without) | options
    places = Places(chain, data, frozenset(options), complete=not cut)
    data, brought = plugin_sections.with_strategies(data, places)
    places = Places(chain, data, frozenset(options), complete=not cut)
    scenario, broken, mistakes = validated(data, places)
    mistakes += cut
    mistakes += brought
    scenario = plugin_sections.judged(scenario, broken, places, mistakes)
    clinics, inputs = read_clinics(scenario, broken, places, mistakes)
    clinics = clinics or plugin_sections.clinics(scenario, broken, places, mistakes)
    kept_names = _kept_strategies(scenario, broken, kept, mistakes)
    known = plugin_sections.estimates(scenario, broken)
    mistakes += cross_checks(Check(scenario, places, broken, clinics, len(kept_names), known))
    if mistakes:
        raise UserMistakes(_in_order(mistakes, chain))
    strategies = {name: one for name, one in scenario.strategies.items() if name in kept_names}
    sources = {places.inside(source.path): source.digest for source in chain}
    chosen = with_estimates_drawn(within_its_months(scenario.model_copy(update={"strategies": strategies})), known)
    named = said.get("plugins")
    missed = without.intersection(named if isinstance(named, dict) else ())
    return ScenarioFile(chosen, chain[0].path, places.folder, inputs, dict(sorted(sources.items())), clinics, missed)


def said(path: str | Path) -> dict[str, Any]:
    """What a file and those that it extends say, before any of it is judged.

    Raises:
        UserMistakes: it cannot be read safely.
    """
    chain, mistakes = read_chain(Path(path))
    if mistakes:
        raise UserMistakes(mistakes)
    return merged_chain(chain)


_OPTIONS = ("months", "replicates", "seed", "estimates", "strategies")


def within_its_months(scenario: Scenario) -> Scenario:
    """The scenario without a goal and events after its end, which ``--months`` may have brought forward."""
    goal, months = scenario.goal, scenario.months
    events = tuple(e for e in scenario.events if (e.month_after(scenario.start) or 0) < months)
    return scenario.model_copy(
        update={"events": events, "goal": goal if goal is None or goal.by_month <= months else None}
    )


def _in_order(mistakes: Iterable[Mistake], chain: tuple[Source, ...]) -> list[Mistake]:
    """Each mistake once, by file and line; those of the command line last."""
    files = [source.label for source in chain]

    def order(mistake: Mistake) -> tuple[int, int]:
        return (files.index(mistake.file) if mistake.file in files else len(files), mistake.line or 0)

    return safe_yaml.at_most(sorted(dict.fromkeys(mistakes), key=order), files[0])


def _options(overrides: Mapping[str, Any]) -> dict[str, Any]:
    """What the command line says in place of the file."""
    unknown = [name for name in overrides if name not in _OPTIONS]
    if unknown:
        allowed = listed(f"--{name}" for name in _OPTIONS)
        raise UserMistakes(Mistake(f"--{name}", "no such option", f"Write one of {allowed}") for name in unknown)
    return {name: value for name, value in overrides.items() if value is not None and value not in ([], (), "")}


def _kept_strategies(scenario: Scenario, broken: frozenset[str], kept: Any, mistakes: list[Mistake]) -> frozenset[str]:
    """Names of the strategies to compare; unknown names are added to the mistakes."""
    known = frozenset(scenario.strategies)
    if kept is None or "strategies" in broken:
        return known
    names = [kept] if isinstance(kept, str) else [str(name) for name in kept]
    for name in names:
        if name not in known:
            found = f"unknown strategy {shortened(name)!r}"
            mistakes.append(Mistake("--strategies", found, instead_of(name, scenario.strategies)))
    return frozenset(names) & known
