"""What a scenario may say to the plugin: how criteria come about, and what the diploma is."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.api import Name, Settings, Whole

Ground = Literal["ordinary", "existing_network", "fragmented", "engaged", "guidelines"]


class AntibiotikasmartSettings(Settings):
    """Section ``antibiotikasmart`` of a scenario; what is left out keeps its default."""

    criteria: Literal["with_pilots", "at_a_desk"] = "with_pilots"
    """Criteria are tested and revised with pilots until these accept them, or written and released (B:2859-2884)."""
    pilots: Annotated[Whole, Field(ge=1, le=100)] = 6
    """Pilots for each kind of unit (B:2874-2875)."""
    areas: dict[Name, Ground] = {}
    """What each kind of unit begins with: an existing network shortens the preparation, fragmented structures lengthen
    it, an engaged profession has more to say, and guidelines leave less to say (B:2903-2910, B:2929-2930)."""
    diploma: Literal["lasting", "expires", "off"] = "lasting"
    """A diploma without a date of expiry, one that must be renewed, or none (B:2936-2937)."""
    citizens: bool = False
    """Guardians, patients and relatives take part in the criteria and know the diploma (B:2965-2967, B:2973-2976)."""
