"""What a scenario may say of the programme that pays for an environment."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.api import Settings, Whole

Months = Annotated[Whole, Field(ge=1, le=240)]


class ProgrammeSettings(Settings):
    """Section ``programme`` of a scenario; what is left out keeps its default."""

    planning_grant: bool = True
    """The environment has had a grant to plan and to gather actors before it began (B:399-402, B:420-423)."""
    stages: Annotated[tuple[Months, ...], Field(min_length=1, max_length=10)] = (12, 24, 24)
    """Months of each stage, from month 0; five years in three stages (B:423, B:454)."""
    change: Literal["seamless", "hard"] = "seamless"
    """What a change of stage asks for: to go on, or to close and apply anew (B:302-306, B:2663-2671)."""
    calibration: bool = True
    """After the first stage, months to take in what the follow-up says before the plan is made anew (B:2669-2671)."""
    open_meetings: bool = True
    """Regular meetings without a strict agenda, where it is safe to tell what does not work (B:322-323)."""
    coaching: bool = True
    """The coordinator is trained to lead without authority (B:308-312)."""
    exit_strategy: Literal["from_start", "last_year", "none"] = "from_start"
    """When permanent actors are asked to take over: from the start, in the last year, or not at all (B:285-288)."""
