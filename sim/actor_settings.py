"""What a scenario may say of the organisations that decide every month, one frozen model for each.

An actor that is not named does as in the plain model, or is not there. What each does with its settings stands in
``sim.actors``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from sim.section import Positive, Section, Share, Whole, empty_if_nothing

Months = Annotated[Whole, Field(ge=1, le=1200)]


class InnovationSupport(Section):
    """The region's own support for innovation: a limited number of facilitators, and a rule for who gets them."""

    rule: Literal["by_lot", "evenly", "early_adopters", "those_who_ask", "unready", "marginal_gain"] = "by_lot"
    """Who comes first: by lot, evenly over the regions, the most innovative, those that ask, the least ready, or where
    a facilitator gains most depth."""
    facilitators: Positive | None = None
    """Facilitators that can be had at most [full-time equivalents]; by default as many as a strategy pays for."""


Purchasable = Literal[
    "facilitators_fte",
    "protected_time",
    "training",
    "meeting_places",
    "early_adopter_investment",
    "support_priority",
    "lead_by_example",
    "visibility",
]


class Grant(Section):
    """A stage of the money."""

    sek_per_year: Positive
    """What may be spent on levers [SEK per year]; what is left when the stage ends goes back."""
    months: Months
    """How long the stage lasts."""
    from_reach: Share | None = None
    """Share of clinics in use from which it is paid out; by default it always is."""


class Funder(Section):
    """Who pays for the levers, stage by stage; where the money does not suffice, all levers shrink alike."""

    stages: Annotated[tuple[Grant, ...], Field(min_length=1, max_length=20)]
    """The stages of the money, one after the other from month 0."""
    transition_plan: bool = False
    """When the money ends, ordinary operation takes over a part (parameter kept_after_funding)."""
    pays_for: Annotated[tuple[Purchasable, ...], Field(min_length=1)] | None = None
    """Levers that the money may be used for; by default all that can be bought."""


class Actors(Section):
    """Organisations that decide every month, in every possible world at once."""

    innovation_support: InnovationSupport | None = None
    """Who allocates the facilitators, and how."""
    funder: Funder | None = None
    """Who pays for the levers, how much and how long."""

    @model_validator(mode="before")
    @classmethod
    def _named_without_settings(cls, value: Any) -> Any:
        return {name: empty_if_nothing(one) for name, one in value.items()} if isinstance(value, dict) else value
