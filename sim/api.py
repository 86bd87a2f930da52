"""All that a plugin may import."""

from typing import TYPE_CHECKING, Any

from sim import safe_yaml, value_of_information
from sim.errors import BusyError, InnomotorError, Mistake, UserMistakes
from sim.event_settings import Event
from sim.evidence import Estimate, defaults, nearest
from sim.hookspecs import Clinic, Fact, Figure, Metric, Settings, hookimpl
from sim.month import Mechanism, Phase, State
from sim.randomness import Draws
from sim.scenario import (
    Capability,
    Levers,
    Mandate,
    Preset,
    Scenario,
    Strategy,
    SupportFunctionName,
    Text,
    Until,
)
from sim.section import Label, Name, Number, Positive, Section, Share, Whole
from sim.views import SpreadView as Spread
from sim.views import WorldView as World
from sim.world import Bools, Cells, Clock, Floats, Stage

if TYPE_CHECKING:
    from sim.actors import Actor


def __getattr__(name: str) -> Any:
    if name == "Actor":
        from sim.actors import Actor  # noqa: PLC0415 keeps Mesa away from those that have no actors

        return Actor
    raise AttributeError(f"module 'sim.api' has no attribute {name!r}")


__all__ = [
    "Actor",
    "Bools",
    "BusyError",
    "Capability",
    "Cells",
    "Clinic",
    "Clock",
    "Draws",
    "Estimate",
    "Event",
    "Fact",
    "Figure",
    "Floats",
    "InnomotorError",
    "Label",
    "Levers",
    "Mandate",
    "Mechanism",
    "Metric",
    "Mistake",
    "Name",
    "Number",
    "Phase",
    "Positive",
    "Preset",
    "Scenario",
    "Section",
    "Settings",
    "Share",
    "Spread",
    "Stage",
    "State",
    "Strategy",
    "SupportFunctionName",
    "Text",
    "Until",
    "UserMistakes",
    "Whole",
    "World",
    "defaults",
    "hookimpl",
    "nearest",
    "safe_yaml",
    "value_of_information",
]
