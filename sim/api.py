"""All that a plugin may import."""

from sim.errors import InnomotorError, Mistake, UserMistakes
from sim.evidence import Estimate
from sim.hookspecs import hookimpl
from sim.month import Mechanism, Phase
from sim.scenario import Capability, Scenario, SupportFunctionName
from sim.world import Cells, Spread, Stage, World

__all__ = [
    "Capability",
    "Cells",
    "Estimate",
    "InnomotorError",
    "Mechanism",
    "Mistake",
    "Phase",
    "Scenario",
    "Spread",
    "Stage",
    "SupportFunctionName",
    "UserMistakes",
    "World",
    "hookimpl",
]
