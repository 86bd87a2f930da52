"""What a scenario will run, for a reader: the month, the levers, the parameters and what they rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import groupby
from typing import Any

from sim import evidence
from sim.evidence import Estimate
from sim.month import Phase
from sim.parameters import drawn_by_default
from sim.plugin_host.parts import estimates_of, parts_of
from sim.scenario import Scenario
from sim.strategies import Dose, End, Schedule


@dataclass(frozen=True)
class Explanation:
    """What a scenario will run, for a reader."""

    month: Sequence[tuple[str, Sequence[tuple[str, str, Sequence[str], Sequence[str]]]]]
    """Phase by phase: name, and of each part its name, what it does, what it reads and writes."""
    levers: Mapping[str, Sequence[tuple[str, str, Mapping[str, Any]]]]
    """By strategy: of each phase its preset, when it ends, and the levers that differ from doing nothing."""
    parameters: Sequence[tuple[str, Estimate, str, bool]]
    """Name, evidence, where the value comes from (default, drawn, scenario, uncertain), and whether it is used."""
    asleep: Sequence[tuple[str, str]] = ()
    """Mechanisms and actors that the scenario could have and does not ask for: name and what each does."""


def explain(scenario: Scenario, schedules: Mapping[str, Schedule]) -> Explanation:
    """The order of the month, levers by phase and parameters with their evidence.

    Args:
        scenario: what to explain.
        schedules: its strategies, filled in.
    """
    parts = parts_of(scenario)
    placed = [(m.phase, m) for m in parts.mechanisms] + [(Phase.STEER, actor) for actor in parts.actors]
    steps = [(phase, p.name, _first_line(p), sorted(p.reads), sorted(p.writes)) for phase, p in placed]
    steps.sort(key=lambda step: step[0])
    month = [(phase.name, [step[1:] for step in group]) for phase, group in groupby(steps, key=lambda step: step[0])]
    levers = {
        name: [(step.name.value, _until(step.until), _differs(step.dose)) for step in schedule.steps]
        for name, schedule in schedules.items()
    }
    brought = estimates_of(scenario)
    known, by_default = {**evidence.defaults(), **brought}, drawn_by_default(scenario, brought)
    parameters = [_parameter(scenario, name, one, name in by_default) for name, one in known.items()]
    asleep = sorted((part.name, _first_line(part)) for part in parts.asleep)
    return Explanation(month, levers, parameters, asleep)


def _first_line(part: type[Any]) -> str:
    return (part.__doc__ or "").strip().splitlines()[0]


def _until(end: End | None) -> str:
    """When a phase ends, by the default where that is drawn."""
    if end is None:
        return ""
    when = {field.name: getattr(end, field.name) for field in fields(end)}
    said = {
        name: value if isinstance(value, str) else f"{value:g}" for name, value in when.items() if value is not None
    }
    return " or ".join(f"{name} {value}" for name, value in said.items())


def _differs(dose: Dose) -> dict[str, Any]:
    neutral = Dose()
    differing = {name: getattr(dose, name) for name in Dose.__dataclass_fields__}
    return {name: value for name, value in differing.items() if value != getattr(neutral, name)}


def _parameter(scenario: Scenario, name: str, estimate: Estimate, by_default: bool) -> tuple[str, Estimate, str, bool]:
    origin = "uncertain" if name in scenario.uncertain else "scenario" if name in scenario.parameters else "default"
    if by_default:
        origin = "drawn"
    return name, estimate, origin, estimate.used
