"""What a scenario may say to the plugin: test beds, framing, handover and the societal cost model."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.api import Label, Name, Settings, Whole


class UndernaringSettings(Settings):
    """Section ``nollvision_undernaring`` of a scenario; what is left out keeps its default."""

    testbeds: Annotated[Whole, Field(ge=0, le=100)] = 2
    """Pilots that try again until it works; those that the scenario begins with count (B:3093-3094, B:3134-3137)."""
    home_region: Label | None = None
    """Where the coordinator is at home, and where the test beds are; other regions hear less (B:1241-1247)."""
    framing: Literal["food", "care", "shared"] = "food"
    """Whose matter it is said to be: elder care takes food up easily, health care does not (B:1595-1598)."""
    care_kinds: tuple[Name, ...] = ("hospital", "primary_care_centre")
    """Kinds of unit that belong to health care; the others are the municipalities'."""
    handover: Literal["none", "plan", "owner", "shared_budget"] = "none"
    """What is agreed for the time after the project: nothing, a plan, an owner with a budget, or that region and
    municipality share the cost (B:1326-1331, B:3115-3130)."""
    cost_model_month: Annotated[Whole, Field(ge=0, le=1200)] | None = None
    """Month from which a model shows what prevention costs and saves, and for whom; by default never (B:1598-1600)."""
