"""What a scenario may say to the plugin: how it is bought, what is built around it, and who owns it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.api import Settings, Whole


class OstergotlandSettings(Settings):
    """Section ``ostergotland`` of a scenario; what is left out keeps its default."""

    ecosystem: Literal["weakest_first", "actors_first", "as_it_is"] = "weakest_first"
    """Which of actors, operational structure and framework is built up: the weakest, actors only, or none."""
    procurement: Literal["user_stories", "classic", "none"] = "user_stories"
    """Few must-requirements and a negotiated procedure, many in an open one, or nothing is bought (A:1780-1830)."""
    unit_support: bool = True
    """Each unit that introduces it has support that fits it (A:1911-1914)."""
    focus_months: Annotated[Whole, Field(ge=0, le=120)] = 12
    """Months in which one diagnosis is in focus, from the contract on; 0 is no focus (A:1916-1918)."""
    pilot_status: bool = True
    """Care treats the decided change as a pilot until something shows otherwise (A:1859-1876)."""
    maintenance_owner_month: Annotated[Whole, Field(ge=0, le=600)] | None = 12
    """Month from which somebody owns the maintenance; none is nobody (A:1926-1939)."""
