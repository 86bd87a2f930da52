"""What a scenario may say to the plugin: where prototypes are tested, and how managers and companies are helped."""

from __future__ import annotations

from typing import Literal

from sim.api import Settings


class UppsalaSettings(Settings):
    """Section ``uppsala`` of a scenario; what is left out keeps its default."""

    evaluate: Literal["training_centre", "clinic", "nowhere"] = "training_centre"
    """Where the prototype is tested before clinics are offered it (A:1016-1023)."""
    compensation: bool = True
    """A clinic is paid for the time that a test takes (A:881-888)."""
    information: bool = True
    """Companies and managers are told again and again that the way in exists (A:935-937, A:989-992)."""
    shadowing: bool = False
    """Companies and developers follow the work to find a real need, before and beside the evaluation."""
    manager_training: bool = False
    """Managers learn to lead change in three modules with coaching between them (A:1283-1309)."""
    dialogue: bool = False
    """Structured dialogue with PDSA, meant to raise the shared view; a hypothesis of the report (A:639-682)."""
