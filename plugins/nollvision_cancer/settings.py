"""What a scenario may say to the plugin: the test bed's money, how high-risk groups are sought, and standing abroad."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.api import Settings, Whole


class CancerSettings(Settings):
    """Section ``nollvision_cancer`` of a scenario; what is left out keeps its default."""

    testbed_until: Annotated[Whole, Field(ge=0, le=1200)] | None = None
    """Month in which the test bed's funding ends; by default it does not (B:3085)."""
    afterwards: Literal["closes", "idles", "fee"] = "idles"
    """What the test bed does then: close, live on a low flame, or ask its members for a fee (B:3085-3088)."""
    outreach: Literal["letters", "places", "partners"] = "letters"
    """How units seek people at high risk: by letter, where they are, or together with others (B:3035-3037)."""
    international: bool = False
    """Cooperation, legitimacy and support are sought abroad (B:1684-1687)."""
