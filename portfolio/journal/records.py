"""What a line of the journal may say: a gate decision, or what was seen at a follow-up."""

from __future__ import annotations

import datetime as dt
import re
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, model_validator

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_KEY = re.compile(r"[0-9a-f]{64}")


class Step(StrEnum):
    """What is to happen with the initiative."""

    START = "start"
    CONTINUE = "continue"
    ADJUST = "adjust"
    HOLD = "hold"
    STOP = "stop"
    HAND_OVER = "hand_over"


class Outcome(StrEnum):
    """What was decided about the proposal: *bifall*, *avslag*, *återremiss*."""

    APPROVED = "approved"
    REJECTED = "rejected"
    REFERRED_BACK = "referred_back"


class Level(StrEnum):
    """Who may decide: from the unit's manager to the council of the region."""

    UNIT = "unit"
    DEPARTMENT = "department"
    STEERING_GROUP = "steering_group"
    REGION_DIRECTOR = "region_director"
    COMMITTEE = "committee"
    EXECUTIVE_BOARD = "executive_board"
    COUNCIL = "council"


def _readable(text: str) -> str:
    """The text without blanks around it.

    Raises:
        ValueError: nothing is left, or it holds characters that cannot be seen.
    """
    if not (kept := text.strip()):
        raise ValueError("is empty. Write a text")
    if _CONTROL.search(kept):
        raise ValueError("holds control characters. Write it without them")
    return kept


def _key(text: str) -> str:
    if not _KEY.fullmatch(text):
        raise ValueError("is not a snapshot's key. A key has 64 hexadecimal digits")
    return text


Short = Annotated[str, Field(max_length=200), AfterValidator(_readable)]
Long = Annotated[str, Field(max_length=4000), AfterValidator(_readable)]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    portfolio: Short
    """Title of the portfolio."""
    initiative: Short
    """The initiative's name in the portfolio."""
    date: dt.date
    """Day of the decision, or of the follow-up."""
    recorded_at: dt.datetime
    """When the line was written [UTC]."""
    corrects: Annotated[int, Field(ge=1)] | None = None
    """Number of an earlier line that this one replaces; that line stays."""


class Decision(_Record):
    """A gate decision."""

    kind: Literal["decision"] = "decision"
    step: Step
    outcome: Outcome
    level: Level
    diary_number: Short
    """*Diarienummer*."""
    decided_by: Short
    """Body or person, by role; names of persons are not needed."""
    reason: Long
    snapshot: Annotated[str, AfterValidator(_key)]
    """Key of what the decision rested on; kept in the journal."""
    strategy: Short | None = None
    """How it is to be spread."""
    start: Short | None = None
    """Quarter in which it starts, such as ``2026-Q2``."""
    conditions: Long | None = None
    """What the decision depends on."""
    stopped_by: tuple[Short, ...] = ()
    """Must-requirements that said no when it was decided."""
    unknown: tuple[Short, ...] = ()
    """Must-requirements that nobody had answered when it was decided."""


class FollowUp(_Record):
    """What was seen: adoption at the end of a period, cost during it."""

    kind: Literal["follow_up"] = "follow_up"
    period: Short
    """A year or a quarter: ``2026`` or ``2026-Q3``."""
    adoption: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = None
    """Share of the clinics in scope that use it at the end of the period."""
    cost_sek: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    """Cost during the period [SEK]."""
    reported_by: Short
    source: Long
    """Where the figures come from."""

    @model_validator(mode="after")
    def _says_something(self) -> FollowUp:
        if self.adoption is None and self.cost_sek is None:
            raise ValueError("neither adoption nor cost is given. Give one of them, or both")
        return self


Record = Annotated[Decision | FollowUp, Field(discriminator="kind")]
_ANY: TypeAdapter[Decision | FollowUp] = TypeAdapter(Record)


def parsed(body: str) -> Decision | FollowUp:
    """The record that a line holds.

    Raises:
        pydantic.ValidationError: the text is no such record.
    """
    return _ANY.validate_json(body)
