"""What the cross checks look at: the scenario, where its parts stand, and which of them are broken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.evidence import Estimate
from sim.population import ClinicRow, canonical_region, known_regions
from sim.scenario import Begins, CsvFile, Mandate, PluginClinics, Scenario
from sim.scenario_file.places import Places


@dataclass(frozen=True)
class Check:
    """What the cross checks look at. A section that is broken stands at its defaults and is not judged."""

    scenario: Scenario
    """What the files say, with the values from the command line."""
    places: Places
    """Where it is written."""
    broken: frozenset[str]
    """Sections in which the models found mistakes."""
    clinics: tuple[ClinicRow, ...] | None
    """The user's own clinics, or None when there are none or their file is broken."""
    strategies: int
    """How many strategies will be compared."""
    estimates: Mapping[str, Estimate] = field(default_factory=dict)
    """Parameters that the scenario's plugins bring."""

    def sizes(self) -> Mapping[str, int] | None:
        """Clinics in each region by canonical name, or None where that cannot be known."""
        regions = self.scenario.clinics.regions
        if "clinics" in self.broken or (isinstance(regions, CsvFile | PluginClinics) and self.clinics is None):
            return None
        if isinstance(regions, CsvFile | PluginClinics):
            return Counter(row.region for row in self.clinics or ())
        if isinstance(regions, str):
            return known_regions()
        if isinstance(regions, Mapping):
            return {canonical(name): size for name, size in regions.items()}
        names = {canonical(name) for name in regions}
        return {name: size for name, size in known_regions().items() if name in names}


def canonical(name: str) -> str:
    """One name of a region, however it is written."""
    return canonical_region(name) or " ".join(name.split())


def all_begins(check: Check) -> Iterator[tuple[tuple[Any, ...], Begins]]:
    """Every beginning and where it stands."""
    if "innovations" in check.broken:
        return
    for name, innovation in check.scenario.innovations.items():
        for place, begins in enumerate(innovation.begins):
            yield ("innovations", name, "begins", place), begins


def all_mandates(check: Check) -> Iterator[tuple[tuple[Any, ...], Mandate]]:
    """Every mandate and where it stands."""
    if "strategies" in check.broken:
        return
    for name, strategy in check.scenario.strategies.items():
        if strategy.levers is not None and strategy.levers.mandate is not None:
            yield ("strategies", name, "levers", "mandate"), strategy.levers.mandate
        for place, phase in enumerate(strategy.phases or ()):
            if phase.levers.mandate is not None:
                yield ("strategies", name, "phases", place, "levers", "mandate"), phase.levers.mandate
