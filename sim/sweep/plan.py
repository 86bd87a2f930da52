"""What a plan of many runs may say: one frozen model per section, each key explained where it stands."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from sim.metrics import CURVES, STAGES
from sim.scenario import Distribution
from sim.section import Label, Name, Section, Whole

MOST_VARIANTS = 10_000_000
"""Most variants of one plan."""

STAGE_PREFIX = "stage_"
Curve = Literal[
    "reach",
    "sustained",
    "nominal",
    "abandoned",
    "reported",
    "depth",
    "fatigue",
    "stage_unaware",
    "stage_aware",
    "stage_declined",
    "stage_testing",
    "stage_adjusting",
    "stage_blocked",
    "stage_implementing",
    "stage_using_in_name",
    "stage_using",
    "stage_sustained",
    "stage_abandoned",
]
FactorName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Range(Distribution):
    """Values between two bounds: evenly spaced with `steps`, or drawn by the design."""

    steps: Annotated[Whole, Field(ge=2, le=1_000_000)] | None = None
    """How many evenly spaced values, both ends among them; needed with the design `grid`."""


Factor = Annotated[tuple[Any, ...], Field(min_length=1, max_length=1_000_000)] | Range


class Design(Section):
    """How the factors are combined: exactly one."""

    latin_hypercube: Annotated[Whole, Field(ge=2, le=MOST_VARIANTS)] | None = None
    """So many variants; each factor's range is cut into as many equal shares, and each share is met once."""
    saltelli: Annotated[Whole, Field(ge=2, le=MOST_VARIANTS)] | None = None
    """Base points, a power of two; gives points x (factors + 2) variants, for Sobol indices."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.latin_hypercube is None) == (self.saltelli is None):
            raise ValueError("one design is needed. Write grid, latin_hypercube: 100 or saltelli: 64")
        if self.saltelli is not None and self.saltelli & (self.saltelli - 1):
            nearest = 1 << self.saltelli.bit_length() - 1
            raise ValueError(f"{self.saltelli} is not a power of two. Write {nearest} or {2 * nearest}")
        return self


class Keep(Section):
    """What is kept of every replicate beside its final outcomes, which always are."""

    curves: tuple[Curve, ...] = ("reach", "sustained", "nominal")
    """Curves over the months: any of reach, sustained, nominal, abandoned, reported, depth, fatigue, and shares of
    clinics in a stage such as stage_testing; [] for none."""
    every_months: Annotated[Whole, Field(ge=1, le=1200)] = 1
    """Every which month of them; the first and the last are always kept."""
    innovations: bool = False
    """Each innovation apart as well."""

    @property
    def kept(self) -> tuple[str, ...]:
        """The curves in the order of the report."""
        everything = (*CURVES, *(f"{STAGE_PREFIX}{stage}" for stage in STAGES))
        return tuple(curve for curve in everything if curve in self.curves)


class Plan(Section):
    """Many runs of one scenario."""

    base: Label
    """Scenario file beside the plan, or in a folder below it."""
    factors: Annotated[dict[FactorName, Factor], Field(min_length=1, max_length=1000)]
    """What varies: the name of a parameter, or the place of any value such as innovations.x.attributes.complexity."""
    design: Literal["grid"] | Design = "grid"
    """`grid` for every combination, `latin_hypercube: 100`, or `saltelli: 64`."""
    seed: Annotated[Whole, Field(ge=0, lt=2**63)] = 1
    """Seed of the design; the possible worlds follow the scenario's own seed."""
    replicates: Annotated[Whole, Field(ge=1, le=1_000_000)] | None = None
    """Possible worlds of each variant; by default the scenario's."""
    months: Annotated[Whole, Field(ge=1, le=1200)] | None = None
    """Months to look ahead; by default the scenario's."""
    strategies: Annotated[tuple[Name, ...], Field(min_length=1)] | None = None
    """Which of the scenario's strategies to compare; by default all."""
    keep: Keep = Keep()
    """What is kept of every replicate."""
