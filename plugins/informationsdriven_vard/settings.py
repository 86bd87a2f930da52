"""What a scenario may say to the plugin: who sits at the table, what holds it together, and who takes over."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.api import Label, Settings, Whole


class InformationsdrivenSettings(Settings):
    """Section ``informationsdriven_vard`` of a scenario; what is left out keeps its default."""

    members: tuple[Label, ...] = ()
    """Regions that take part in the reference group from the start (B:1740-1741)."""
    ends_month: Annotated[Whole, Field(ge=0, le=1200)] | None = None
    """Month in which the environment ends; by default it does not."""
    takes_over: Literal["nobody", "agency"] = "nobody"
    """Who facilitates the group afterwards (B:1931-1933)."""
    deputies: bool = False
    """Each region has two representatives who report at home, so that less is lost at a shift (B:1743-1748)."""
    care_map: bool = True
    """A map shows work that goes on in every region (B:1308-1316, B:3218-3223)."""
    handbook: Literal["none", "once", "editions"] = "once"
    """A handbook that ages, with or without new editions (B:3238-3243, B:3256-3260)."""
    decentralised: bool = True
    """The members' own work goes on while the coordinator is replaced (B:1233-1238)."""
