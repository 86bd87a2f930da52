"""What may be said of one initiative: gates, scores, costs, benefits, dependencies, and who answers for it."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from portfolio.amounts import NOTHING, Amount, Cost, Number, Year
from sim.api import Label, Name, Section, SupportFunctionName, Text

Month = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]
Quarter = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-Q[1-4]$")]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600)]
Positive = Annotated[Number, Field(ge=0)]
Share = Annotated[Number, Field(ge=0, le=1)]


class Passage(Text):
    """A longer text in Swedish and English; a plain string serves as both."""

    sv: Reason
    """In Swedish."""
    en: Reason
    """In English."""


class GateAnswer(Section):
    """The answer to one must-requirement: yes, no, unknown, or a date by which it can be brought about."""

    answer: Literal["yes", "no", "unknown", "by"]
    """How it stands."""
    by: Month | None = None
    """Month by which it can be brought about, such as 2026-06."""
    reason: Reason | None = None
    """What the answer rests on."""

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, value: Any) -> Any:
        if isinstance(value, bool):
            return {"answer": "yes" if value else "no"}
        if isinstance(value, str):
            return {"answer": value.strip().lower()}
        if isinstance(value, dict) and "by" in value and "answer" not in value:
            return {**value, "answer": "by"}
        if isinstance(value, dict) and isinstance(value.get("answer"), bool):
            return {**value, "answer": "yes" if value["answer"] else "no"}
        return value

    @model_validator(mode="after")
    def _date_where_promised(self) -> Self:
        if (self.answer == "by") != (self.by is not None):
            raise ValueError("an answer 'by' needs a month and only it has one. Write {by: 2026-06, reason: …}")
        return self


class Bonus(Section):
    """Bonus factors: shown apart, break ties, never rescue a failed gate (A:4082-4182, step 3)."""

    external_funding: bool = False
    """Somebody outside pays a part."""
    shared_resources: bool = False
    """Staff or equipment is shared with others."""
    outside_interest: Literal["none", "local", "regional", "national", "international"] = "none"
    """Who outside has asked for it."""

    @property
    def points(self) -> int:
        """How many tie-breaking points: one each for funding and resources, 0 to 4 for interest."""
        reach = ("none", "local", "regional", "national", "international").index(self.outside_interest)
        return self.external_funding + self.shared_resources + reach


class Costs(Section):
    """What it takes [SEK, hours, full-time equivalents]; each a number or low/likely/high, at today's prices."""

    fixed_sek: Cost = NOTHING
    """Once, in the quarter of the start: equipment, rebuilding, installation."""
    per_clinic_sek: Cost = NOTHING
    """Once for each clinic that takes it up."""
    per_year_sek: Cost = NOTHING
    """Each year from the start: service, licences, staff."""
    per_clinic_year_sek: Cost = NOTHING
    """Each year for each clinic that uses it."""
    depreciation_years: Annotated[int, Field(ge=1, le=50)] | None = None
    """Years over which the fixed cost is written off, for the cost per year; cash is spent at once all the same."""
    facilitators_fte: Positive = 0
    """Facilitators (processledare) while it is introduced [full-time equivalents]."""
    facilitators_years: Annotated[Number, Field(gt=0, le=20)] = 1.5
    """How long facilitators are needed."""
    support_hours: dict[SupportFunctionName, Positive] = {}
    """Hours of each support function, once, in the year of the start."""
    support_hours_per_clinic: dict[SupportFunctionName, Positive] = {}
    """Hours of each support function for each clinic that takes it up."""
    change_hours_per_clinic: Positive = 0
    """Staff-hours that each clinic needs to test, adjust and implement it."""


class PerYear(Section):
    """What it gives each year in full use; each a number or low/likely/high."""

    qaly: Amount = NOTHING
    """Quality-adjusted life years gained."""
    revenue_sek: Amount = NOTHING
    """Cost coverage: income from other units and from outside the county [SEK]."""
    saved_sek: Amount = NOTHING
    """Money that is no longer spent, alternative costs avoided [SEK]."""
    freed_hours: Amount = NOTHING
    """Staff-hours freed; freed time is not money and is shown apart."""


class Bass(Section):
    """Adoption over time by analogy with other innovations (Bass 1969, doi:10.1287/mnsc.15.5.215)."""

    p: Annotated[Number, Field(gt=0, le=1)]
    """Outer influence [1/year]."""
    q: Annotated[Number, Field(ge=0, le=3)]
    """Influence of those who use it [1/year]."""
    ceiling: Annotated[Number, Field(gt=0, le=1)] = 1
    """Share of full use that is reached in the end."""


class Ramp(Section):
    """How fast it comes into use: one of a Bass curve or shares by hand; by default full use from the start."""

    bass: Bass | None = None
    """A curve by analogy."""
    by_hand: Annotated[tuple[Share, ...], Field(min_length=1, max_length=50)] | None = None
    """Share of full use at the end of year 1, 2, … after the start; the last share stays."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.bass is None) == (self.by_hand is None):
            raise ValueError("a ramp has one form. Write either bass: {p: 0.03, q: 0.4} or by_hand: [0.2, 0.6, 1]")
        return self


class Benefit(Section):
    """What it gives, and how its adoption over time is known: simulated (`scenario`), or a ramp."""

    scenario: Label | None = None
    """Scenario file beside the portfolio that forecasts adoption under each strategy."""
    innovation: Name | None = None
    """Which innovation of the scenario; needed only where it has several."""
    patients_per_year: Annotated[Number, Field(gt=0)] | None = None
    """How many patients it concerns each year, for what is told per person."""
    per_year: PerYear = PerYear()
    """Gains per year in full use; with a scenario they come on top of what the simulation gives per clinic."""
    ramp: Ramp | None = None
    """Adoption over time without simulation."""

    @model_validator(mode="after")
    def _one_forecast(self) -> Self:
        if self.scenario is not None and self.ramp is not None:
            raise ValueError("both a scenario and a ramp. Keep one: the scenario simulates the adoption")
        return self


class Plan(Section):
    """One way of going about it, for an initiative whose adoption is not simulated."""

    title: Text | None = None
    """Name in reports."""
    ramp: Ramp | None = None
    """Adoption over time under this strategy; by default the initiative's own."""
    fixed_sek: Cost = NOTHING
    """Added once [SEK]."""
    per_year_sek: Cost = NOTHING
    """Added each year of the introduction [SEK]."""
    facilitators_fte: Positive = 0
    """Added facilitators [full-time equivalents]."""


class Synergy(Section):
    """What doing both changes beside the sum of each; below zero they hinder one another."""

    value: Number = 0
    """Added to the portfolio's value [value points: 1 is the value of one initiative that scores best throughout]."""
    reason: Reason | None = None
    """Why."""


class Procurement(Section):
    """How it is bought."""

    route: Label
    """Such as direct award, negotiated procedure, framework agreement, innovation partnership."""
    risk: Literal["low", "medium", "high"] = "medium"
    """How uncertain time and outcome are."""


class Initiative(Section):
    """One initiative (satsning) that the board may start."""

    title: Text | None = None
    """Name in reports."""
    about: Passage | None = None
    """What it is, in one sentence."""
    owner: Label | None = None
    """Who answers for it."""
    stage: Literal["idea", "pilot", "introduction", "operation"] = "idea"
    """How far it has come."""
    must: Literal["started", "decided"] | None = None
    """Already started or decided: it is in every choice, gates and scores are not asked for."""
    gates: dict[Name, GateAnswer] = {}
    """Must-requirements (skall-krav), each yes, no, unknown or {by: 2026-06}; one that is left out is unknown."""
    scores: dict[Name, Amount] = {}
    """Scores on the board's criteria: a number, or {low, likely, high}."""
    bonus: Bonus = Bonus()
    """Bonus factors."""
    cost: Costs = Costs()
    """What it takes."""
    benefit: Benefit = Benefit()
    """What it gives."""
    clinics: dict[Name, Annotated[int, Field(ge=1)]] = {}
    """How many clinics of each group it concerns."""
    strategies: tuple[Name, ...] | dict[Name, Plan] = ()
    """Ways of going about it: names of the scenario's strategies, or plans by hand; by default one, as it stands."""
    earliest: Quarter | None = None
    """First quarter in which it may start, such as 2026-Q2."""
    latest: Quarter | None = None
    """Last quarter in which it may start."""
    requires: dict[Name, Annotated[int, Field(ge=0, le=80)]] = {}
    """Initiatives that must have started before, each with the least number of quarters between."""
    excludes: tuple[Name, ...] = ()
    """Initiatives that cannot be done beside it."""
    synergy: dict[Name, Synergy] = {}
    """What doing both changes."""
    pays: Label | None = None
    """Who pays."""
    gains: Label | None = None
    """Who gains; a gain that falls elsewhere is a known obstacle (A:5228-5232)."""
    budget: Literal["running", "investment"] = "running"
    """Kind of budget."""
    procurement: Procurement | None = None
    """How it is bought, and the risk of that."""
    regulatory: dict[Literal["mdr", "ivdr", "ai_act", "nis2", "gdpr"], Label] = {}
    """Status under each regulation that applies."""
    root_causes: tuple[Label, ...] = ()
    """Root causes in the problem tree that it works on."""
    alternative: Label | None = None
    """Initiatives with the same word here solve the same problem: their cost per QALY is compared incrementally."""
    evidence: dict[Name, Reason] = {}
    """What the figures rest on."""

    @model_validator(mode="before")
    @classmethod
    def _plain_requires(cls, value: Any) -> Any:
        if isinstance(value, dict) and isinstance(value.get("requires"), list):
            return {**value, "requires": {str(name): 0 for name in value["requires"]}}
        return value

    @model_validator(mode="after")
    def _window(self) -> Self:
        if self.earliest and self.latest and self.earliest > self.latest:
            raise ValueError(
                f"earliest {self.earliest} is after latest {self.latest}. Write the earlier one as earliest"
            )
        return self

    def strategy_names(self) -> tuple[str, ...]:
        """The ways of going about it; one called ``plan`` where none is named."""
        return tuple(self.strategies) or ("plan",)


def quarter_number(quarter: str) -> int:
    """A quarter counted from year 0, so that differences are quarters.

    >>> quarter_number("2026-Q1") - quarter_number("2025-Q3")
    2
    """
    match = re.fullmatch(r"(\d{4})-Q([1-4])", quarter)
    if match is None:
        raise ValueError(f"{quarter!r} is not a quarter. Write it as 2026-Q1")
    return 4 * int(match[1]) + int(match[2]) - 1


def quarter_name(number: int) -> str:
    """The reverse of `quarter_number`.

    >>> quarter_name(quarter_number("2026-Q3"))
    '2026-Q3'
    """
    return f"{number // 4}-Q{number % 4 + 1}"


def by_year(value: float | dict[int, float], years: tuple[int, ...]) -> dict[int, float]:
    """A limit for each of the years: one number for all, or a number for each; a year left out has none to spend."""
    return {year: value.get(year, 0.0) if isinstance(value, dict) else float(value) for year in years}


YearlyLimit = Positive | dict[Year, Positive]
"""One number for every year, or one for each."""
