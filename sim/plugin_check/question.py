"""What a plugin is tried on: the scenario that it brings, cut short, or the smallest one that can be asked."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

from sim import scenario_file
from sim.plugin_host import parts_of
from sim.plugin_host.discovery import Plugin
from sim.scenario import Scenario
from sim.scenario_file import ScenarioFile

MONTHS, REPLICATES = 24, 4
"""Most that is run of a scenario."""


class Question:
    """A scenario that names the plugin, and the same without it."""

    def __init__(self, plugin: Plugin) -> None:
        """Say whose.

        Args:
            plugin: what is tried.
        """
        self.plugin = plugin

    @property
    def file(self) -> Path | None:
        """The scenario that the plugin brings, if it brings one."""
        file = self.plugin.source / "scenario.yaml"
        return file if self.plugin.is_package and file.is_file() else None

    @cached_property
    def whole(self) -> ScenarioFile:
        """The scenario that the plugin brings, or the smallest one.

        Raises:
            UserMistakes: it cannot be read.
        """
        return scenario_file.read(self.file) if self.file else smallest({self.plugin.name: {}})

    @cached_property
    def source(self) -> ScenarioFile:
        """The same cut short, as far as it is run to see how the plugin behaves."""
        if self.file is None:
            return self.whole
        short = {"months": min(self.whole.scenario.months, MONTHS), "replicates": REPLICATES}
        return scenario_file.read(self.file, short)

    def without_plugin(self) -> ScenarioFile:
        """The smallest scenario, which names no plugin."""
        return smallest({})

    def its_parts(self) -> list[str]:
        """Names of the mechanisms and actors that it brings, under any strategy."""
        parts = parts_of(smallest({self.plugin.name: {}}).scenario)
        return [part.name for part in (*parts.mechanisms, *parts.actors) if hasattr(part, "plugin")]


def smallest(plugins: dict[str, Any], clinics: int = 24, months: int = 24) -> ScenarioFile:
    """Two regions, two innovations, three strategies; ``clinics`` in the larger region."""
    scenario = Scenario.model_validate(
        {
            "months": months,
            "replicates": REPLICATES,
            "seed": 7,
            "clinics": {"regions": {"Norrdal": clinics, "Sörvik": max(1, clinics // 2)}},
            "innovations": {
                "one": {"begins": {"region": "Norrdal", "clinics": 4}, "obstacles": {"it": 8}},
                "two": {"attributes": {"relative_advantage": 0.8}, "arrives_month": 3},
            },
            "strategies": {"let": "let_it_happen", "help": "help_it_happen", "make": "make_it_happen"},
            "plugins": plugins,
        }
    )
    return ScenarioFile(scenario, Path("smallest.yaml"), Path(), {}, {})
