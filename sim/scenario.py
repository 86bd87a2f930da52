"""What a scenario may say: one frozen model per section of the YAML file, each key explained where it stands.

The explanations become the JSON Schema that editors show. What needs the population or another section to be judged
is checked in ``scenario_file``.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    model_validator,
)

from sim import evidence
from sim.actor_settings import Actors
from sim.event_settings import CalendarMonth, Event
from sim.section import Incomplete, Label, Month, Name, Number, Positive, Section, Share, Whole, empty_if_nothing

ParameterName = Annotated[str, AfterValidator(evidence.known_parameter)]


class Capability(StrEnum):
    """The six innovation capabilities of a care unit (A:4903-5020)."""

    NEED_DRIVEN = "need_driven"
    TECHNICAL_REGULATORY = "technical_regulatory"
    HEALTH_ECONOMIC = "health_economic"
    CHANGE_LEADERSHIP = "change_leadership"
    MEASUREMENT = "measurement"
    SYSTEM_KNOWLEDGE = "system_knowledge"


class SupportFunctionName(StrEnum):
    """The support functions of a region, each with a limited capacity (A:5119-5122, A:5169-5173)."""

    IT = "it"
    MEDTECH = "medtech"
    LEGAL = "legal"
    PROCUREMENT = "procurement"
    FINANCE = "finance"
    PREMISES = "premises"


class Inclusion(StrEnum):
    """The six levels of inclusion, from passive to ownership (A:4295-4332)."""

    PASSIVE = "passive"
    INFORMATION = "information"
    CONSULTATION = "consultation"
    FUNCTIONAL = "functional"
    INTERACTIVE = "interactive"
    OWNERSHIP = "ownership"


class Preset(StrEnum):
    """The three management strategies (A:5516-5528) and their mix over time."""

    LET = "let_it_happen"
    HELP = "help_it_happen"
    MAKE = "make_it_happen"
    PHASED = "phased"


class Text(Section):
    """A text in Swedish and English; a plain string serves as both."""

    sv: Label
    """In Swedish."""
    en: Label
    """In English."""

    @model_validator(mode="before")
    @classmethod
    def _one_for_both(cls, value: Any) -> Any:
        return {"sv": value, "en": value} if isinstance(value, str) else value

    def in_language(self, language: str) -> str:
        """The text in ``sv`` or ``en``."""
        return self.sv if language == "sv" else self.en


class CsvFile(Section):
    """The user's own clinics, one row each."""

    csv: Label
    """CSV file beside the scenario with the columns region and clinic; staff, kind and slack may be added."""


class PluginClinics(Section):
    """The clinics that a plugin brings."""

    plugin: Name
    """A plugin of the scenario that brings regions with their clinics."""


class Clinics(Section):
    """Who may take up the innovation."""

    regions: (
        Literal["sweden"]
        | CsvFile
        | PluginClinics
        | Annotated[dict[Label, Annotated[Whole, Field(ge=1)]], Field(min_length=1)]
        | Annotated[tuple[Label, ...], Field(min_length=1)]
    ) = "sweden"
    """`sweden` for all 21 regions, a list of them, a map of region names to numbers of clinics, or `{csv: file}`.

    `{plugin: NAME}` for the clinics that a plugin of the scenario brings.
    """
    kind: Name = "primary_care_centre"
    """What kind of unit, such as primary_care_centre or dental_clinic."""
    capability: dict[Capability, Annotated[Number, Field(gt=0, lt=1)]] = {}
    """Mean level of an innovation capability, above 0 and below 1; those not named keep the default."""


class Network(Section):
    """Who takes advice from whom."""

    generator: Literal["clinics", "watts_strogatz", "erdos_renyi", "complete", "none"] = "clinics"
    """`clinics` builds ties by region, referral, profession and national networks; the others are textbook graphs."""
    ties: Annotated[Number, Field(gt=0, le=1000)] | None = None
    """Mean number of clinics that each clinic takes advice from; by default the parameter named_ties."""


class Begins(Section):
    """Where the innovation is already."""

    region: Label
    """Region of the clinics that have begun."""
    clinics: Annotated[Whole, Field(ge=1)] | Annotated[tuple[Label, ...], Field(min_length=1)]
    """How many clinics (drawn anew in every replicate), or their names."""
    stage: Literal["testing", "implementing", "using", "sustained"] = "using"
    """How far they have come."""


class Attributes(Section):
    """The innovation as the clinics see it, 0 to 1; 0.5 is an ordinary innovation (Rogers' five attributes)."""

    relative_advantage: Share = 0.5
    """How much better than today's way."""
    compatibility: Share = 0.5
    """How well it suits the way of working and the values."""
    complexity: Share = 0.5
    """How hard it is to learn and to fit in: 0 a simple switch, 1 a new way of working together."""
    trialability: Share = 0.5
    """How easily it can be tried on a small scale."""
    observability: Share = 0.5
    """How visible its results are to others."""


class Effort(Section):
    """What it asks of one clinic [staff-hours]."""

    trial_hours: Positive = 20
    """To test it in the clinic's own context."""
    adjust_hours: Positive = 30
    """To adjust it where it suits half-way; a better fit takes less."""
    implement_hours: Positive = 120
    """To introduce it, learn it and make it routine; a year of keeping it alive costs a part of this."""


class Benefit(Section):
    """What one clinic of mean size gains in full use."""

    staff_hours_per_month: Number = 0
    """Staff-hours freed per month."""
    qaly_per_year: Number = 0
    """Quality-adjusted life years gained per year."""
    sek_per_year: Number = 0
    """Other savings or income, SEK per year."""


class InnovationCost(Section):
    """What it costs where it is in use, apart from levers and staff time."""

    licence_sek_per_month: Positive = 0
    """Licence and operation per clinic in use, SEK per month."""
    start_sek: Positive = 0
    """Equipment and installation once per clinic that begins to implement, SEK."""


class Pocket(Section):
    """Who bears the cost and who has the gain (A:5228-5232, A:5250-5259)."""

    cost_borne: Share = 1.0
    """Share of the cost that falls on the clinic."""
    gain_kept: Share = 1.0
    """Share of the gain that stays with the clinic."""
    reimbursed: Share = 0.0
    """Share of its cost that the clinic is paid back."""


class Company(Section):
    """A company stands behind it, which some fear to be close to (A:5040-5044)."""

    ethical_framework_month: Month | None = None
    """Month from which an ethical framework says how to work together (B:1454-1461); by default never."""


class Innovation(Section):
    """One innovation (initiative) that may spread."""

    title: Text | None = None
    """Name in reports."""
    begins: tuple[Begins, ...] = ()
    """The clinics that have it at the start: one entry or a list."""
    arrives_month: Month = 0
    """Month in which it becomes available."""
    requires: tuple[Name, ...] = ()
    """Innovations that a clinic must be using before it can begin with this one."""
    attributes: Attributes = Attributes()
    """Rogers' five attributes."""
    demands: dict[Capability, Annotated[Number, Field(gt=0)]] = {}
    """Weights of the capabilities that it demands; by default all six alike. The weakest limits."""
    effort: Effort = Effort()
    """Staff-hours per clinic."""
    obstacles: dict[SupportFunctionName, Positive] = {}
    """Hours that each adopting clinic needs from each support function."""
    benefit: Benefit = Benefit()
    """Gain per clinic in full use."""
    cost: InnovationCost = InnovationCost()
    """Cost per clinic in use."""
    pocket: Pocket | None = None
    """Who pays and who gains; by default nobody hesitates for that."""
    company: Company | None = None
    """The company behind it; by default nobody fears contact."""
    threatens: Share = 0.0
    """Share of the clinics where somebody's role is threatened by it."""
    existing_network: Share = 0.0
    """Share of the clinics that already work together on the matter."""
    measured: Share = 1.0
    """How far its results are measured and shown."""

    @model_validator(mode="before")
    @classmethod
    def _one_beginning(cls, value: Any) -> Any:
        if isinstance(value, dict) and isinstance(value.get("begins"), dict):
            return {**value, "begins": [value["begins"]]}
        return value


class Mandate(Section):
    """A decision that the innovation is compulsory."""

    from_month: Month | None = None
    """First month in force; by default when the phase begins."""
    deadline_month: Month | None = None
    """Month by which the units must have begun; thereafter those that have not are followed up one by one."""
    lift_month: Month | None = None
    """Month in which the decision is lifted; by default it stays."""
    monitoring: Share = 1.0
    """How closely compliance is followed, 0 to 1. What is not followed does not hold units back from giving up."""
    scope: Literal["all"] | Annotated[tuple[Label, ...], Field(min_length=1)] = "all"
    """`all` regions or a list of regions."""


class Levers(Section):
    """What leaders may pull; a lever that is left out keeps the preset's value."""

    visibility: Annotated[Number, Field(ge=0, le=3)] | None = None
    """How visible results are made: 1 as they are, 1.5 half as visible again."""
    facilitators_fte: Annotated[Number, Field(ge=0, le=100_000)] | None = None
    """Facilitators (processledare) employed [full-time equivalents]."""
    protected_time: Annotated[Number, Field(ge=0, le=0.5)] | None = None
    """Bought time for change in clinics under way [share of staff hours]."""
    training: Annotated[Number, Field(ge=0, le=4)] | None = None
    """Training of the demanded capabilities: 1 is an ordinary programme."""
    meeting_places: Annotated[Number, Field(ge=0, le=4)] | None = None
    """Meeting places and networks between clinics: 1 is an ordinary programme."""
    early_adopter_investment: Share | None = None
    """Champions appointed and supported in addition [share of clinics]."""
    reinvention: Literal["free", "guided", "restricted"] | None = None
    """How far the receiver may adapt it."""
    support_priority: Annotated[Number, Field(ge=0, le=10)] | None = None
    """Extra capacity bought for the support functions: 0.5 is half as much again."""
    inclusion: Inclusion | None = None
    """How far staff and patients are included in the adjustment."""
    lead_by_example: Share | None = None
    """How far leaders use and ask for it themselves."""
    mandate: Mandate | None = None
    """Make it compulsory."""
    remove_old_way: Share | None = None
    """How far today's way is taken away (utmönstring)."""
    transition_plan: bool | None = None
    """Plan and owner for ordinary operation, with documents and structure early."""


class Until(Section):
    """When a phase ends: at the first of the conditions that are given."""

    reach: Share | None = None
    """Share of clinics in use."""
    month: Month | None = None
    """Month of the scenario."""
    event: Name | None = None
    """Kind of an event of the scenario, such as funding_ends."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.reach is None and self.month is None and self.event is None:
            raise ValueError("an empty condition. Write reach, month or event")
        return self


class Phase(Section):
    """A part of a strategy."""

    use: Preset = Preset.LET
    """Preset that the phase starts from."""
    levers: Levers = Levers()
    """What differs from the preset."""
    until: Until | None = None
    """When the next phase takes over; the last phase has none."""


class Strategy(Section):
    """How leadership goes about it over time: a preset's name, a preset with changed levers, or a list of phases."""

    title: Text | None = None
    """Name in reports."""
    use: Preset | None = None
    """Preset: let_it_happen, help_it_happen, make_it_happen or phased."""
    levers: Levers | None = None
    """What differs from the preset; with `phased` it applies to every phase but the first."""
    phases: Annotated[tuple[Phase, ...], Field(min_length=1, max_length=20)] | None = None
    """Phases in order, instead of `use`."""
    plugins: dict[Name, Literal["off"] | dict[str, Any]] = {}
    """What differs from the scenario's settings of its plugins; `off` to do without one."""

    @model_validator(mode="before")
    @classmethod
    def _preset_by_name(cls, value: Any) -> Any:
        return {"use": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if self.use is None and self.phases is None:
            raise Incomplete("a strategy needs either use or phases. Write one of them, such as use: help_it_happen")
        if self.use is not None and self.phases is not None:
            raise ValueError("a strategy has both use and phases. Keep one of the two")
        if self.phases is not None and self.levers is not None:
            raise ValueError("levers beside phases. Write the levers inside the phase where they apply")
        return self


class Distribution(Section):
    """What a parameter may be; each draw of the parameters is tried in two replicates, under every strategy."""

    uniform: tuple[Number, Number] | None = None
    """[low, high]."""
    triangular: tuple[Number, Number, Number] | None = None
    """[low, likely, high]."""
    two_piece: tuple[Number, Number, Number] | None = None
    """[low, median, high]: half of the draws on each side of the median, the more the nearer to it."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        given = [values for values in (self.uniform, self.triangular, self.two_piece) if values is not None]
        if len(given) != 1:
            raise ValueError(
                "one distribution is needed. Write uniform: [low, high], triangular: [low, likely, high] "
                "or two_piece: [low, median, high]"
            )
        if list(given[0]) != sorted(given[0]) or given[0][0] == given[0][-1]:
            raise ValueError(f"{list(given[0])} is not in rising order. Write the lowest value first")
        return self

    @property
    def bounds(self) -> tuple[float, float]:
        """Lowest and highest value."""
        values = self.uniform or self.triangular or self.two_piece or (0.0, 0.0)
        return values[0], values[-1]


class Mechanisms(Section):
    """Which parts of the model run."""

    off: tuple[Name, ...] = ()
    """Mechanisms to switch off; `innomotor explain` lists them."""
    on: tuple[Name, ...] = ()
    """Mechanisms that do not run unless they are asked for; `innomotor explain` lists them."""
    order: tuple[Name, ...] = ()
    """Plugins, and core for the model itself: where parts of two of them write the same state, in this order."""


class Goal(Section):
    """What the report answers: how likely is this, under which strategy?"""

    reach: Share | None = None
    """Least share of clinics in use."""
    sustained: Share | None = None
    """Least share of clinics in ordinary operation."""
    by_month: Annotated[Month, Field(ge=1)]
    """Month by which."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.reach is None and self.sustained is None:
            raise Incomplete("a goal without a share. Write reach: or sustained:, such as sustained: 0.6")
        return self


class Scenario(Section):
    """A question about how one or several innovations spread, and everything needed to answer it."""

    title: Text = Text(sv="Namnlöst scenario", en="Untitled scenario")
    """Name in reports: a string, or {sv: …, en: …}."""
    start: CalendarMonth = "2025-01"
    """Calendar month of month 0, as 2025-01."""
    months: Annotated[Whole, Field(ge=1, le=1200)] = 60
    """How many months to look ahead."""
    replicates: Annotated[Whole, Field(ge=1, le=1_000_000)] = 200
    """How many possible worlds."""
    seed: Annotated[Whole, Field(ge=0, lt=2**63)] = 1
    """Any whole number; the same seed gives the same result."""
    clinics: Clinics = Clinics()
    """Who may take it up."""
    network: Network = Network()
    """From whom each clinic takes advice."""
    innovations: Annotated[dict[Name, Innovation], Field(min_length=1, max_length=100)]
    """What may spread, by name."""
    strategies: Annotated[dict[Name, Strategy], Field(min_length=1, max_length=100)]
    """What to compare, by name, in the order of the report."""
    actors: Actors = Actors()
    """Organisations that decide every month; those that are left out do as in the plain model, or nothing."""
    events: tuple[Event, ...] = ()
    """What happens meanwhile."""
    plugins: dict[Name, Annotated[dict[str, Any], BeforeValidator(empty_if_nothing)]] = {}
    """Plugins to use, each with its settings."""
    parameters: dict[ParameterName, Number] = {}
    """Parameters that differ from their defaults; `innomotor explain` lists them with their evidence."""
    uncertain: dict[ParameterName, Distribution] = {}
    """Parameters that are drawn from a distribution of the scenario's own."""
    estimates: Literal["drawn", "fixed"] = "drawn"
    """Whether all other parameters of grade C (estimates) are drawn from their ranges, or fixed at their defaults."""
    mechanisms: Mechanisms = Mechanisms()
    """Parts of the model to switch on and off."""
    goal: Goal | None = None
    """What should be reached, and when."""

    @property
    def start_month(self) -> int:
        """Calendar month of month 0, 1 to 12."""
        match = re.match(r"\d{4}-(\d\d)", self.start)
        return int(match.group(1)) if match else 1
