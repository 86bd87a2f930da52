"""What a scenario may say to the plugin: coordination, research school, shared infrastructure, and what ends when."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.api import Settings, Whole

Month = Annotated[Whole, Field(ge=0, le=1200)]


class AtmpSettings(Settings):
    """Section ``atmp2030`` of a scenario; what is left out keeps its default."""

    coordination: bool = True
    """The centres are a network with a shared target picture (B:1562-1577, B:2794-2800)."""
    coordination_until: Month | None = None
    """Month in which nobody pays for the network any more; by default it goes on (B:2815-2817)."""
    research_school_month: Month | None = None
    """Month in which the research school takes in its first students; by default there is none (B:2820-2829)."""
    school_afterwards: Literal["ends", "upkeep"] = "ends"
    """What becomes of the school when its five years of money end (B:2841-2847)."""
    infrastructure_month: Month | None = None
    """Month in which shared production is to open; by default it never does (B:2337-2348)."""
    independent_month: Month | None = None
    """Month from which it lives on what its users pay; by default somebody goes on paying (B:1950-1951)."""
