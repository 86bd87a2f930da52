"""Variants of a scenario: the same files with some values changed, made without reading the files again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sim.errors import Mistake, UserMistakes
from sim.parameters import with_estimates_drawn
from sim.population import ClinicRow
from sim.safe_yaml import Document, at_most
from sim.safe_yaml import Path as Place
from sim.scenario_file import ScenarioFile, plugin_sections, read, within_its_months
from sim.scenario_file.checks import cross_checks
from sim.scenario_file.checks.subject import Check
from sim.scenario_file.places import Places, Source
from sim.scenario_file.sources import merged_chain, read_chain
from sim.scenario_file.translation import validated


@dataclass(frozen=True)
class Base:
    """A scenario taken in once, as plain data that another process can be given."""

    label: str
    """The file as the user named it."""
    data: Mapping[str, Any]
    """What the files say together."""
    clinics: tuple[ClinicRow, ...] | None
    """The user's own clinics, or None."""
    inputs: Mapping[str, str]
    """SHA-256 of the data files."""
    without: frozenset[str] = frozenset()
    """Plugins that the files name and that were left out."""

    def with_values(self, values: Mapping[Place, Any]) -> ScenarioFile:
        """The scenario with other values at some places, checked as if it had been written so.

        Args:
            values: by place, such as ``("parameters", "peer_influence")``; list entries count from 0.

        Raises:
            UserMistakes: what does not fit.
        """
        data: dict[str, Any] = dict(self.data)
        for place, value in values.items():
            data = changed(data, place, value)
        document = Document(self.label, data, {}, {(): 1})
        places = Places((Source(self.label, Path(self.label), document, ""),), data, frozenset({"months"}))
        data, brought = plugin_sections.with_strategies(data, places)
        scenario, broken, mistakes = validated(data, places)
        mistakes += brought
        scenario = plugin_sections.judged(scenario, broken, places, mistakes)
        known = plugin_sections.estimates(scenario, broken)
        mistakes += cross_checks(Check(scenario, places, broken, self.clinics, len(scenario.strategies), known))
        if mistakes:
            raise UserMistakes(at_most(list(dict.fromkeys(mistakes)), self.label))
        chosen = with_estimates_drawn(within_its_months(scenario), known)
        return ScenarioFile(chosen, Path(self.label), Path(), self.inputs, {}, self.clinics, self.without)

    def plain(self) -> dict[str, Any]:
        """The base as JSON."""
        rows = None if self.clinics is None else [asdict(row) for row in self.clinics]
        said = {"label": self.label, "data": dict(self.data), "clinics": rows, "inputs": dict(self.inputs)}
        return {**said, "without": sorted(self.without)} if self.without else said

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Base:
        """The base that ``plain`` gave."""
        rows = plain["clinics"]
        clinics = None if rows is None else tuple(ClinicRow(**row) for row in rows)
        return cls(plain["label"], plain["data"], clinics, plain["inputs"], frozenset(plain.get("without", ())))


def take_in(path: str | Path, overrides: Mapping[str, Any]) -> Base:
    """A scenario file as a base.

    Args:
        path: the file.
        overrides: ``months``, ``replicates``, ``strategies`` as in ``read``; what is None is not given.

    Raises:
        UserMistakes: every mistake in the files and in what is put on top.
    """
    source = read(path, overrides)
    data = plugin_sections.left_out(merged_chain(read_chain(Path(path))[0]), source.without)
    data |= {name: value for name, value in overrides.items() if name != "strategies" and value is not None}
    data["strategies"] = {name: one for name, one in data["strategies"].items() if name in source.scenario.strategies}
    return Base(str(path), data, source.clinics, source.inputs, source.without)


def changed(data: Mapping[str, Any], place: Place, value: Any) -> dict[str, Any]:
    """The data with a value put at a place; sections on the way are made, and nothing else is touched.

    A parameter that is given a value is no longer drawn; levers of a strategy that is a preset's name stand beside it.

    >>> changed({"strategies": {"help": "help_it_happen"}}, ("strategies", "help", "levers", "training"), 2)
    {'strategies': {'help': {'use': 'help_it_happen', 'levers': {'training': 2}}}}
    """
    fresh: dict[str, Any] = _put(data, place, value)
    if place[0] == "parameters" and len(place) == 2 and place[1] in (fresh.get("uncertain") or {}):
        fresh["uncertain"] = {name: one for name, one in fresh["uncertain"].items() if name != place[1]}
    return fresh


def _put(within: Any, place: Place, value: Any) -> Any:
    if not place:
        return value
    step, rest = place[0], place[1:]
    if isinstance(within, list) and isinstance(step, int) and step < len(within):
        return [_put(one, rest, value) if i == step else one for i, one in enumerate(within)]
    if isinstance(within, str) and step == "levers":
        within = {"use": within}
    section = dict(within) if isinstance(within, Mapping) else {}
    return {**section, step: _put(section.get(str(step)), rest, value)}


def told_of(mistake: Mistake) -> str:
    """A mistake without the place where it stands, for a list that says the place itself."""
    return f"{mistake.found.rstrip('.')}. {mistake.remedy}".strip()
