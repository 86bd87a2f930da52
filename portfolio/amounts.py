"""An uncertain number as a board gives it: a number, or low, likely and high."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema
from scipy.special import betaincinv, ndtri

from sim.api import Section

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Year = Annotated[int, Field(ge=1990, le=2200)]


class Amount(Section):
    """A number and how sure it is; a plain number is taken as exact."""

    low: Number
    """Lowest value; with `normal` the value that is undercut once in twenty."""
    likely: Number
    """Most likely value."""
    high: Number
    """Highest value; with `normal` the value that is exceeded once in twenty."""
    shape: Literal["triangular", "pert", "uniform", "normal"] = "triangular"
    """How the values between are weighed: PERT holds closer to the likely value; normal is symmetric."""

    @model_validator(mode="before")
    @classmethod
    def _exact(cls, value: Any) -> Any:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return {"low": value, "likely": value, "high": value}
        if isinstance(value, dict) and {"low", "high"} <= value.keys() and "likely" not in value:
            ends = (value["low"], value["high"])
            if all(isinstance(end, int | float) for end in ends):
                return {**value, "likely": sum(ends) / 2}
        return value

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low <= self.likely <= self.high:
            told = f"low {self.low:g}, likely {self.likely:g}, high {self.high:g} is not in rising order"
            raise ValueError(f"{told}. Write the lowest value as low and the highest as high")
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """A plain number is an amount too."""
        return {"anyOf": [{"type": "number"}, handler(core)]}

    @property
    def exact(self) -> bool:
        """Whether there is no doubt about it."""
        return self.low == self.high

    @property
    def mean(self) -> float:
        """Expected value."""
        match self.shape:
            case "triangular":
                return (self.low + self.likely + self.high) / 3
            case "pert":
                return (self.low + 4 * self.likely + self.high) / 6
            case _:
                return (self.low + self.high) / 2

    def at(self, u: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values at the probabilities ``u``, same shape (inverse of the distribution function)."""
        if self.exact:
            return np.full(np.shape(u), self.likely)
        width, rising = self.high - self.low, self.likely - self.low
        match self.shape:
            case "triangular":
                below, above = np.sqrt(u * (width * rising)), np.sqrt((1 - u) * (width * (width - rising)))
                drawn = np.where(u * width < rising, self.low + below, self.high - above)
            case "pert":
                peak = 4 * rising / width
                drawn = self.low + width * betaincinv(1 + peak, 5 - peak, u)
            case "uniform":
                drawn = self.low + u * width
            case _:
                drawn = self.mean + ndtri(u) * (width / (2 * ndtri(0.95)))
        return np.asarray(drawn, np.float64)


def _not_negative(amount: Amount) -> Amount:
    if amount.low < 0:
        raise ValueError(
            f"{amount.low:g} is below zero. Write the cost as a positive amount; income belongs in benefit"
        )
    return amount


Cost = Annotated[Amount, AfterValidator(_not_negative)]
"""An amount that is never below zero."""

NOTHING = Amount(low=0, likely=0, high=0)
"""Exactly zero."""
