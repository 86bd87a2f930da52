"""What every section of a scenario is built of: frozen models, and numbers, names and labels that say their limits."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, Strict, StringConstraints

Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
Whole = Annotated[int, Strict()]
Share = Annotated[Number, Field(ge=0, le=1)]
Positive = Annotated[Number, Field(ge=0)]
Month = Annotated[Whole, Field(ge=0, le=1200)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


def empty_if_nothing(value: Any) -> Any:
    """A key that is written without anything after it is an empty section."""
    return {} if value is None else value


class Incomplete(ValueError):
    """A section lacks something, which a file that it builds on may say."""


class Section(BaseModel):
    """A part of a scenario: frozen, and no key that is not explained here."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, validate_default=False)
