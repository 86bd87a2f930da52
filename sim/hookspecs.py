"""The door for plugins, one typed page: what innomotor asks of them, when, and what they answer.

A plugin is a module with functions of these names, each marked with `hookimpl`; a function may leave out ``settings``.
Each hook is called for one plugin at a time, with that plugin's own settings. The built-in mechanisms and actors come
in by the same door (`sim.builtin`). Hooks of the portfolio stand in its own page; a plugin marks those
``@hookimpl(optionalhook=True)``. How to write one, in ten minutes: ``plugins/README.md``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pluggy
from numpy.typing import NDArray

from sim.month import Mechanism
from sim.scenario import Strategy, Text
from sim.section import Section

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.actors import Actor
    from sim.views import WorldView

PROJECT = "innomotor"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class Settings(Section):
    """What a scenario may say under the plugin's name: choices, each explained by the text beneath it.

    A default that is a number rests on the row of the same name in the plugin's ``parameters.yaml``.
    """


@dataclass(frozen=True, slots=True)
class Clinic:
    """A clinic that a plugin's region has."""

    name: str
    staff: float | None = None
    """Persons, or None to be drawn as for any clinic."""
    kind: str | None = None
    """What kind of unit, such as dental_clinic; by default the scenario's."""
    slack: float | None = None
    """Share of staff hours free for change, or None to be drawn."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A number that a plugin reports for every replicate, beside those of the model."""

    name: str
    """Small letters, figures and _; reported as ``plugin.name``."""
    title: Text
    unit: Text | str
    """In both languages; a plain string is the same in both. Of a share it says of what."""
    meaning: Text
    """What it counts, in a sentence."""
    of: Callable[[WorldView], NDArray[np.float64]]
    """From the world after the last month: ``(replicates,)``. NaN is a fault; inf is for what never happened, and only
    where the name begins with ``months_to_``."""
    reads: frozenset[str] = frozenset()
    """State that it looks at."""
    is_share: bool = False
    """It lies between 0 and 1 and is shown in per cent, its differences in percentage points."""
    more_is_better: bool | None = None
    """Whether more of it is better; None where neither is, so that the report tells which strategy has more."""

    def unit_in(self, language: str) -> str:
        """Its unit, in ``sv`` or ``en``."""
        return self.unit if isinstance(self.unit, str) else self.unit.in_language(language)


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture that a plugin adds to the report."""

    name: str
    """Small letters, figures and _; the file is called ``plugin_name``."""
    title: Text
    caption: Text
    draw: Callable[[Axes, Mapping[str, Mapping[str, NDArray[np.float64]]], str], None]
    """Draws into the axes: results by the strategies' titles and metric, ``(replicates,)`` each, and the language."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A claim about the world that the plugin must show: one strategy of a scenario gives more than another.

    It is shown where the 95 % interval of the mean paired difference lies wholly between ``least`` and ``most``.
    ``innomotor facts`` and ``innomotor plugins check`` try it; a claim that is known to fail stands in
    ``facts_outcome.yaml`` beside the module, with a remark why.
    """

    id: str
    """Small letters, figures and _, or the number of a known row of evidence; shown as ``plugin.id``."""
    claim: Text
    source: str
    """Where the claim comes from; "estimate" is a source."""
    metric: str
    more: str
    """The strategy that gives more of the metric."""
    less: str | None = None
    """The strategy that gives less of it; without one, the metric itself must lie between the bounds."""
    least: float = 0.0
    most: float = math.inf
    scenario: str = "scenario.yaml"
    """Which file of the plugin's folder is run."""
    measured: Text | None = None
    """What is measured, in words; by default metric and strategies by their names."""


class Hooks:
    """The hooks, each called when a scenario that names the plugin is made ready."""

    @hookspec
    def innomotor_settings(self) -> type[Settings]:  # type: ignore[empty-body]
        """The plugin's section of a scenario; without this hook the section is empty.

        Called when the scenario is read, so that its mistakes are told with their lines. The object of this class,
        filled in and frozen, is ``settings`` in all other hooks, and ``self.settings`` in mechanisms and actors.
        """

    @hookspec
    def innomotor_regions(self, settings: Any) -> Mapping[str, Sequence[Clinic]]:  # type: ignore[empty-body]
        """Clinics by region, for scenarios that say ``clinics: {regions: {plugin: NAME}}``.

        Called when the scenario is read. Names are unique in their region; what a clinic leaves open is drawn.
        """

    @hookspec
    def innomotor_mechanisms(self, settings: Any) -> Sequence[type[Mechanism]]:  # type: ignore[empty-body]
        """Mechanisms that run every month, as classes; one object of each is made for every block of replicates.

        Called once for every strategy, with the settings that hold in it.
        """

    @hookspec
    def innomotor_actors(self, settings: Any) -> Sequence[type[Actor]]:  # type: ignore[empty-body]
        """Organisational actors that decide every month in phase STEER, as subclasses of `sim.api.Actor`.

        Called once for every strategy; they decide after the built-in ones, each after those that it names.
        """

    @hookspec
    def innomotor_strategies(self, settings: Any) -> Mapping[str, Strategy]:  # type: ignore[empty-body]
        """Strategies by name, which a scenario uses as ``use: plugin.name`` and may change by levers.

        Called when the scenario is read.
        """

    @hookspec
    def innomotor_metrics(self, settings: Any) -> Sequence[Metric]:  # type: ignore[empty-body]
        """Numbers to report beside those of the model; computed after the last month of every strategy."""

    @hookspec
    def innomotor_figures(self, settings: Any) -> Sequence[Figure]:  # type: ignore[empty-body]
        """Pictures for the report; drawn when it is written."""

    @hookspec
    def innomotor_facts(self, settings: Any) -> Sequence[Fact]:  # type: ignore[empty-body]
        """Claims that scenarios in the plugin's folder must show; tried by ``innomotor facts`` and by ``check``."""
