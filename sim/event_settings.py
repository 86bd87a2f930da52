"""What a scenario may say of events: what happens, and when."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, SerializerFunctionWrapHandler, StringConstraints, model_serializer, model_validator

from sim.section import Label, Month, Number, Section, Share, Whole

Months = Annotated[Whole, Field(ge=1, le=1200)]
CalendarMonth = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]


class Pandemic(Section):
    """Clinics and support functions have less time for change."""

    capacity: Share
    """Share of the change capacity that is left."""
    months: Months
    """How long."""


class Reorganisation(Section):
    """The organisation is redrawn: less time for change, and some who carried it leave."""

    capacity: Share
    """Share of the clinics' change capacity that is left meanwhile."""
    months: Months
    """How long."""
    champions_leave: Share = 0.0
    """Share of the champions that leave."""
    region: Label | None = None
    """Region; by default all."""


class FundingEnds(Section):
    """The money for bought support ends."""

    transition_plan: bool = False
    """Ordinary operation takes over a part."""


class ChampionsLeave(Section):
    """Champions leave at once."""

    share: Share = 1.0
    """Share of the champions that leave."""
    region: Label | None = None
    """Region; by default all."""


class CoordinatorLeaves(Section):
    """The coordinator leaves, and until there is another only what is documented goes on (B:1190-1208)."""

    months: Months
    """How long the post is vacant."""


class Tailwind(Section):
    """Outer interest, as the AI boom was (B:1622-1624)."""

    salience: Annotated[Number, Field(ge=0, le=10)]
    """Added outer pressure, in shares of other regions in use."""
    months: Months
    """How long."""


class MandateLifts(Section):
    """Every mandate in force is lifted."""


class ReimbursementChanges(Section):
    """The clinics are paid otherwise for what an innovation costs them (A:5250-5259)."""

    reimbursed: Share
    """Share of the clinic's cost that is reimbursed from now on."""


class Event(Section):
    """Something that happens: exactly one kind, at exactly one time. By month or date it is the same everywhere."""

    month: Month | None = None
    """Month of the scenario from which it has effect; earlier months stay as they were."""
    date: CalendarMonth | None = None
    """Calendar month instead, as 2026-03."""
    reach: Share | None = None
    """When this share of clinics has come to use it; in each possible world and strategy at its own time."""
    rate: Annotated[Number, Field(gt=0, le=12)] | None = None
    """At random, so many times a year; in each possible world at its own times, the same under every strategy."""
    pandemic: Pandemic | None = None
    """Less time for change for some months."""
    reorganisation: Reorganisation | None = None
    """Less time for change for some months, and enthusiasts leave."""
    funding_ends: FundingEnds | None = None
    """Bought support ends."""
    champions_leave: ChampionsLeave | None = None
    """Enthusiasts leave."""
    coordinator_leaves: CoordinatorLeaves | None = None
    """Common support halts for some months."""
    tailwind: Tailwind | None = None
    """Outer interest for some months."""
    mandate_lifts: MandateLifts | None = None
    """Compulsion ends. Write `mandate_lifts: {}`."""
    reimbursement_changes: ReimbursementChanges | None = None
    """The clinics are paid otherwise."""

    @model_validator(mode="before")
    @classmethod
    def _kind_without_settings(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {key: {} if key in EVENT_KINDS and one is None else one for key, one in value.items()}

    @property
    def kind(self) -> str:
        """Name of what happens."""
        return next(name for name in EVENT_KINDS if getattr(self, name) is not None)

    def month_after(self, start: str) -> int | None:
        """Month in which it happens, counted from the calendar month ``start``; None where worlds differ."""
        return months_between(start, self.date) if self.date is not None else self.month

    @model_serializer(mode="wrap")
    def _only_what_happens(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {key: value for key, value in dump(self).items() if value is not None}

    @model_validator(mode="after")
    def _one_kind_at_one_time(self) -> Self:
        for what, names in (("kind of event", EVENT_KINDS), ("time of an event", EVENT_TIMES)):
            given = [name for name in names if getattr(self, name) is not None]
            if len(given) != 1:
                found = f"{' and '.join(given)} in one entry" if given else f"no {what}"
                raise ValueError(f"{found}. Write exactly one of {', '.join(names)}")
        return self


EVENT_KINDS = (
    "pandemic",
    "reorganisation",
    "funding_ends",
    "champions_leave",
    "coordinator_leaves",
    "tailwind",
    "mandate_lifts",
    "reimbursement_changes",
)
"""What an event may be."""
EVENT_TIMES = ("month", "date", "reach", "rate")
"""How an event may say when it happens."""


def months_between(first: str, second: str) -> int:
    """Months from one calendar month to another.

    >>> months_between("2025-11", "2026-03")
    4
    """
    (year, month), (later_year, later_month) = (map(int, text.split("-")) for text in (first, second))
    return 12 * (later_year - year) + later_month - month
