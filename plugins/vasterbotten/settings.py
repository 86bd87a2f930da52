"""What a scenario may say to the plugin: which of the region's ways are switched on."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.api import Settings, Whole


class VasterbottenSettings(Settings):
    """Section ``vasterbotten`` of a scenario; what is left out keeps its default."""

    innovation_clinics: Annotated[Whole, Field(ge=0, le=100)] = 3
    """Clinics that develop and show it first; those that the scenario begins with count (A:3582)."""
    open_invitation: bool = True
    """Volunteers are told openly what it takes before they decide (A:3887-3905)."""
    study_visits: Literal["two_way", "one_way", "off"] = "two_way"
    """Visits before adapting: both clinics to each other, the newcomer to the user only, or none (A:3910-3921)."""
    generalise: Literal["before_second", "after_second", "never"] = "after_second"
    """When the solution is made fit for all kinds of clinics: before the next clinic, or once it uses it."""
    partnership: Literal["exit_points", "to_the_end", "off"] = "off"
    """Development with a company: with agreed points where either may stop, without, or none (A:4720-4800)."""
    nodes: bool = False
    """Support close to the clinics, by people who know them (A:5560-5570)."""
    escalation: bool = True
    """What blocks a clinic is taken up the line until somebody decides (A:4659-4684, A:4686-4697)."""
