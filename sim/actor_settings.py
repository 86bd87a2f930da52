"""What a scenario may say of the organisations that decide every month, one frozen model for each.

An actor that is not named does as in the plain model, or is not there. What each does with its settings stands in
``sim.actors``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from sim.section import Label, Month, Name, Number, Positive, Section, Share, Whole, empty_if_nothing

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


class Leadership(Section):
    """The region's leadership, beside its strategy: what is stuck is escalated and removed (A:4659-4684)."""

    escalate_after: Months = 6
    """Months that a clinic waits at support functions before its case comes to the leadership."""
    cases_per_month: Positive = 2
    """Cases that the leadership solves in a month, those that have waited longest first."""


class SupportFunctions(Section):
    """How the support functions go about their queues (A:5169-5173)."""

    discipline: Literal["first_come", "shortest_first", "most_ready", "by_initiative"] = "first_come"
    """Whose turn it is: in the order they came, what takes least time, the readiest clinic, or the initiatives in
    their order."""
    initiatives: tuple[Name, ...] = ()
    """The order for `by_initiative`: innovations by name; those not named come last."""
    early_involvement: bool = False
    """They begin when a clinic begins to test, not when it has adjusted; hours for those that decline are lost."""


class NationalNetwork(Section):
    """Regions that meet (B:1738-1750): meetings make ties between them, which fade; regions join over time."""

    members: tuple[Label, ...] = ()
    """Regions that take part from the start; the others join in time, the sooner the more have joined."""
    meetings_per_year: Annotated[Number, Field(ge=0, le=52)] = 6
    """Meetings a year."""
    steward: bool = True
    """A system steward leads it without authority (B:309-312); without one only those that are there meet."""


class ExitPoint(Section):
    """A point at which either party may stop (A:4720-4800)."""

    month: Month
    """Month of the decision."""
    least_reach: Share
    """The partnership goes on where so many clinics use it."""


class Supplier(Section):
    """The company that delivers: so many clinics a month, as long as the partnership lasts."""

    clinics_per_month: Positive
    """Clinics that it can equip in a month, over all innovations; the others wait, longest first."""
    exit_points: tuple[ExitPoint, ...] = ()
    """Agreed points at which the partnership ends where too few use it; then nobody else can begin."""


class Academia(Section):
    """Researchers who study it; hard to engage early (A:2886-2891)."""

    least_clinics: Annotated[Whole, Field(ge=1)] = 10
    """Clinics in use from which there is something to study."""
    months: Months = 24
    """How long a study takes."""
    studies: Annotated[Whole, Field(ge=0, le=20)] = 1
    """How many studies are made at most, one after the other."""


class Patients(Section):
    """Patient panels that tell what is needed and give legitimacy (A:2993-3031)."""

    share: Share = 1.0
    """Share of the regions that have a panel, by lot."""


class Actors(Section):
    """Organisations that decide every month, in every possible world at once."""

    leadership: Leadership | None = None
    """Removes what is stuck."""
    innovation_support: InnovationSupport | None = None
    """Who allocates the facilitators, and how."""
    funder: Funder | None = None
    """Who pays for the levers, how much and how long."""
    support_functions: SupportFunctions | None = None
    """Whose turn it is in the queues."""
    national_network: NationalNetwork | None = None
    """Meetings between regions."""
    supplier: Supplier | None = None
    """Who delivers, and how much."""
    academia: Academia | None = None
    """Studies that convince those who trust them."""
    patients: Patients | None = None
    """Panels of patients."""

    @model_validator(mode="before")
    @classmethod
    def _named_without_settings(cls, value: Any) -> Any:
        return {name: empty_if_nothing(one) for name, one in value.items()} if isinstance(value, dict) else value
