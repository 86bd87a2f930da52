"""What the scripts of a page need to know of a scenario before it is run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from sim import evidence, plugin_host
from sim.evidence import Estimate
from sim.scenario import Scenario
from studio import texts
from studio.reports import words
from studio.web import levers
from studio.web.questions import SLIDERS


def scenario_name(request: Request, otherwise: str) -> str:
    """The scenario that an address names.

    Args:
        request: of a page.
        otherwise: what is meant where it names none.
    """
    return request.query_params.get("scenario", otherwise)


def world_of(content: Mapping[str, Any]) -> int | None:
    """The world that a question wants to see; None for the typical one."""
    world = content.get("world")
    return world if isinstance(world, int) else None


def about_of(name: str, scenario: Scenario, told: texts.Texts) -> dict[str, Any]:
    """Names of strategies, levers, parameters as sliders, and the scenario's own events.

    Args:
        name: the scenario's, in addresses.
        scenario: as it stands.
        told: words.
    """
    known = {**evidence.defaults(), **plugin_host.estimates_of(scenario)}
    varies = [one for one, estimate in known.items() if estimate.used and estimate.low < estimate.high]
    return {
        "scenario": name,
        "title": scenario.title.in_language(told.language),
        "strategies": words.strategy_names(scenario, told),
        "shown": words.innovation_names(scenario, told)[min(scenario.innovations)],
        "alone": len(scenario.innovations) == 1,
        "levers": levers.changeable(scenario),
        "doses": levers.LEVERS,
        "sliders": [slider(one, known[one], scenario, told) for one in SLIDERS],
        "assumptions": [slider(one, known[one], scenario, told) for one in varies if one not in SLIDERS],
        "events": [
            {"month": one.month_after(scenario.start), "kind": one.kind, "text": words.event(one, told)}
            for one in scenario.events
        ],
    }


def slider(name: str, estimate: Estimate, scenario: Scenario, told: texts.Texts) -> dict[str, Any]:
    """A parameter as a slider: its words, unit, range and value, and the grade of its evidence."""
    value = scenario.parameters.get(name, estimate.value)
    return {
        "name": name,
        "label": told(f"web.slider.{name}") if name in SLIDERS else words.parameter(name, told),
        "unit": told.of_model("unit", estimate.unit, estimate.unit),
        "grade": estimate.grade,
        "low": min(estimate.low, value),
        "high": max(estimate.high, value),
        "step": (estimate.high - estimate.low) / 50,
        "value": value,
    }
