"""What a scenario may say to the plugin: how long the team stays, what it does to anchor the work, and what follows."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.api import Settings, Whole

Anchoring = Literal["short_teaching", "walking_alongside", "development_group"]


class VastraGotalandSettings(Settings):
    """Section ``vastra_gotaland`` of a scenario; what is left out keeps its default."""

    team_stays: Annotated[Whole, Field(ge=0, le=60)] = 5
    """Months that the innovation team stays with a clinic; 0 is no team (A:2776-2782)."""
    anchoring: Annotated[tuple[Anchoring, ...], Field(max_length=3)] = (
        "short_teaching",
        "walking_alongside",
        "development_group",
    )
    """What is done so that the clinic keeps the ownership: the three efforts that worked best (A:3144-3169)."""
    patient_panel: bool = True
    """Patients are asked at several points; a panel that is like the patients is hard to find (A:2815-2819)."""
    perspective_forum: bool = True
    """Care and outside actors meet around the need, and follow it up (A:2625-2628)."""
    after_pilot: Literal["nothing", "promised", "fund"] = "promised"
    """Resources once the team has gone: none, those that were promised, or a fund to apply to (A:2630-2636)."""
