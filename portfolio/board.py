"""What the board's file may say: criteria and weights, limits, initiatives, and its judgements of balance."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from portfolio.amounts import Number, Year
from portfolio.initiative import Initiative, Passage, Positive, Reason, Share, YearlyLimit
from sim.api import Label, Name, Section, SupportFunctionName, Text


class Scale(Section):
    """The span of a score, written as 1-5."""

    low: Number
    """Lowest score."""
    high: Number
    """Highest score."""

    @model_validator(mode="before")
    @classmethod
    def _written(cls, value: Any) -> Any:
        match = (
            re.fullmatch(r"\s*(-?\d+(?:\.\d+)?)\s*[-–]\s*(-?\d+(?:\.\d+)?)\s*", value)
            if isinstance(value, str)
            else None
        )
        return {"low": float(match[1]), "high": float(match[2])} if match else value

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if not self.low < self.high:
            raise ValueError(f"{self.low:g}-{self.high:g} does not rise. Write the lowest score first, such as 1-5")
        return self


class Criterion(Section):
    """What the board wants more of, how much a swing from worst to best is worth, and how scores become value."""

    title: Text | None = None
    """Name in reports."""
    about: Passage | None = None
    """What to look at when scoring."""
    weight: Positive | None = None
    """Swing weight: how much going from the lowest to the highest score is worth, the most important being 100."""
    rank: Annotated[int, Field(ge=1)] | None = None
    """Order of importance where no weights are given; weights are then rank-order centroids."""
    scale: Scale = Scale(low=1, high=5)
    """Lowest and highest score, such as 1-5."""
    better: Literal["more", "less"] = "more"
    """Whether a higher score is better or worse."""
    value: dict[str, Share] = {}
    """Value of some scores between 0 and 1, such as {1: 0, 3: 0.7, 5: 1}; by default a straight line."""

    @model_validator(mode="after")
    def _points_on_scale(self) -> Self:
        for score in self.value:
            if not re.fullmatch(r"-?\d+(\.\d+)?", score) or not self.scale.low <= float(score) <= self.scale.high:
                span = f"{self.scale.low:g}-{self.scale.high:g}"
                raise ValueError(
                    f"the score {score!r} is not on the scale {span}. Write scores of the scale, as {{1: 0, 5: 1}}"
                )
        return self

    def points(self) -> tuple[tuple[float, float], ...]:
        """(score, value) in rising order of score; between them the value function is straight."""
        if self.value:
            return tuple(sorted((float(score), worth) for score, worth in self.value.items()))
        rising = ((self.scale.low, 0.0), (self.scale.high, 1.0))
        return rising if self.better == "more" else ((self.scale.low, 1.0), (self.scale.high, 0.0))


class Doubt(Section):
    """How sure weights and scores are, for the robustness of the ranking."""

    weights: Literal["none", "around", "order", "ignorance"] = "order"
    """none: exact; around: near the given weights; order: only their order is sure; ignorance: any weights at all."""
    same_initiative: Share = 0.2
    """Correlation of the errors in one initiative's scores: who is too hopeful about one is about all."""
    same_criterion: Share = 0.2
    """Correlation of the errors in one criterion's scores: a scale that is read too kindly is so for all."""
    draws: Annotated[int, Field(ge=100, le=1_000_000)] = 10_000
    """How many possible sets of weights and scores."""

    @model_validator(mode="after")
    def _shares(self) -> Self:
        if self.same_initiative + self.same_criterion > 1:
            raise ValueError("the two correlations exceed 1 together. Lower one of them")
        return self


class Group(Section):
    """A group of clinics with a change capacity of its own."""

    title: Text | None = None
    """Name in reports."""
    clinics: Annotated[int, Field(ge=1)] | None = None
    """How many there are; by default as many as its scenario has."""
    scenario: Label | None = None
    """Scenario file whose clinics these are; the plan is tested in them."""


class Limits(Section):
    """What there is to spend, year by year; what is left out is not limited."""

    budget_sek: YearlyLimit | None = None
    """Money to spend [SEK/year], at today's prices."""
    facilitators_fte: YearlyLimit | None = None
    """Facilitators (processledare) [full-time equivalents]."""
    support_hours: dict[SupportFunctionName, YearlyLimit] = {}
    """Hours of the support functions [hours/year]."""
    change_capacity: Literal["from_simulation"] | dict[Name, YearlyLimit] = "from_simulation"
    """Staff-hours for change by group of clinics [hours/year], or what the simulated clinics have to spare."""


class Threshold(Section):
    """What a quality-adjusted life year is taken to be worth."""

    sek_per_qaly: tuple[Positive, ...] = (100_000, 500_000, 1_000_000)
    """Thresholds to look at [SEK/QALY]."""
    used: Positive = 500_000
    """The one that the net benefit is reckoned at [SEK/QALY]."""
    source: Reason = "estimate: no official Swedish threshold exists"
    """Where they come from."""


class Judgement(Section):
    """A colour, set by a person, with its reason and where that can be read."""

    colour: Literal["green", "orange", "red", "not_judged"]
    """Traffic light: green, orange, red; not_judged where the text gives no ground."""
    reason: Reason | None = None
    """Why."""
    line: Label | None = None
    """Where that can be read, such as B:1194-1203."""

    @model_validator(mode="before")
    @classmethod
    def _plain_colour(cls, value: Any) -> Any:
        return {"colour": value} if isinstance(value, str) else value


class Environment(Section):
    """A mission environment, looked at for balance only: environments are never ranked (B:877-879)."""

    title: Text
    """Name in reports."""
    principles: dict[Name, Judgement] = {}
    """A judgement for each working principle."""
    dimensions: dict[Name, Judgement] = {}
    """A judgement for each system dimension."""
    inclusion: Literal["passive", "information", "consultation", "functional", "interactive", "ownership"] | None = None
    """How far those concerned are included (A:4295-4332)."""


class Portfolio(Section):
    """The board's question: which initiatives, how hard, beginning when, within which limits."""

    title: Text = Text(sv="Namnlös portfölj", en="Untitled portfolio")
    """Name in reports."""
    note: Passage | None = None
    """Shown on every page, such as that all amounts are invented."""
    years: Annotated[tuple[Year, ...], Field(min_length=1, max_length=20)] = ()
    """Budget years in order."""
    horizon_years: Annotated[int, Field(ge=1, le=60)] | None = None
    """Over how many years benefits and costs are summed, from the first budget year; by default ten."""
    discount_rate: Annotated[Number, Field(ge=0, le=0.2)] | None = None
    """Yearly discount rate of costs and effects; by default the parameter of that name."""
    thresholds: Threshold = Threshold()
    """What a quality-adjusted life year is taken to be worth."""
    limits: Limits = Limits()
    """What there is to spend."""
    groups: dict[Name, Group] = {}
    """Groups of clinics."""
    requirements: tuple[Name, ...] = ()
    """Must-requirements beside the built-in ones."""
    criteria: dict[Name, Criterion] = {}
    """Criteria with weights."""
    doubt: Doubt = Doubt()
    """How sure weights and scores are."""
    seed: Annotated[int, Field(ge=0, lt=2**63, strict=True)] = 1
    """Any whole number; the same seed gives the same draws."""
    plugins: tuple[Name, ...] = ()
    """Plugins whose gates, criteria and value models apply."""
    initiatives: Annotated[dict[Name, Initiative], Field(max_length=2000)] = {}
    """What may be started, by name."""
    preconditions: dict[Name, dict[Name, Judgement]] = {}
    """By initiative: a judgement of each precondition of the receiving unit (A:4605-4657)."""
    environments: dict[Name, Environment] = {}
    """Mission environments, for a view of balance only."""
