"""Strategies: levers in force, phases that follow each other, and the presets let / help / make / phased.

Let, help and make are A:5516-5528; they are phases of one broad introduction as much as alternatives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import evidence
from sim.parameters import Parameters
from sim.scenario import Inclusion, Mandate, Phase, Preset, Strategy, Until
from sim.scenario import Levers as LeverChoices

Amount = float | NDArray[np.float64]
"""One number, or `(replicates, 1)` where it rests on a parameter that is drawn in every replicate."""

PURCHASABLE = (
    "facilitators_fte",
    "protected_time",
    "training",
    "meeting_places",
    "early_adopter_investment",
    "support_priority",
    "lead_by_example",
    "visibility",
)
"""Levers that money buys more or less of; `visibility` counts from 1."""

DOSES = ("help_", "phased_")
"""How the parameters begin that say how much a preset gives, and when."""

COORDINATED = ("facilitators_fte", "training", "meeting_places")
"""Levers that somebody has to hold together."""

REINVENTION = ("free", "guided", "restricted")


@dataclass(frozen=True, slots=True)
class Dose:
    """The levers of one phase, as chosen."""

    visibility: Amount = 1.0
    facilitators_fte: Amount = 0.0
    protected_time: Amount = 0.0
    training: Amount = 0.0
    meeting_places: Amount = 0.0
    early_adopter_investment: Amount = 0.0
    support_priority: Amount = 0.0
    lead_by_example: Amount = 0.0
    remove_old_way: Amount = 0.0
    transition_plan: Amount = 0.0
    inclusion: Amount = 0.0
    """Levels above consultation, -2 to 3."""
    reinvention: str = "free"
    mandate: Mandate | None = None

    def scaled(self, factor: float) -> Dose:
        """The same with its purchasable levers multiplied by a factor."""
        changes = {name: getattr(self, name) * factor for name in PURCHASABLE if name != "visibility"}
        return replace(self, visibility=np.maximum(0.0, 1 + (self.visibility - 1) * factor), **changes)

    @property
    def bought(self) -> bool:
        """Holds a purchasable lever."""
        neutral = Dose()
        return any(np.any(getattr(self, name) != getattr(neutral, name)) for name in PURCHASABLE)


@dataclass(frozen=True, slots=True)
class End:
    """When a phase ends: at the first of these."""

    month: Amount | None = None
    reach: Amount | None = None
    event: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One phase of a schedule."""

    name: Preset
    """Preset that it started from."""
    dose: Dose
    until: End | None


@dataclass(frozen=True, slots=True)
class Schedule:
    """A strategy as it will be carried out."""

    name: str
    strategy: Strategy
    clinics: int
    """Clinics in scope; the doses of the presets grow with them."""
    parameters: Mapping[str, float]
    """Every parameter, as far as it is not drawn."""
    steps: tuple[Step, ...]
    factor: float = 1.0
    """What the purchasable levers of every phase are multiplied with."""

    def scaled(self, factor: float) -> Schedule:
        """The same with the purchasable levers of every phase multiplied by a factor."""
        steps = tuple(replace(step, dose=step.dose.scaled(factor)) for step in self.steps)
        return replace(self, steps=steps, factor=self.factor * factor)

    def in_replicates(self, parameters: Parameters) -> Schedule:
        """The same where no dose is drawn; otherwise with those that the parameters of these replicates give.

        Args:
            parameters: of a block of replicates.
        """
        drawn = {name: value for name, value in parameters.drawn.items() if name.startswith(DOSES)}
        if not drawn:
            return self
        steps = _steps(self.strategy, self.clinics, {**self.parameters, **drawn})
        return replace(self, steps=steps, factor=1.0).scaled(self.factor)

    @property
    def bought(self) -> bool:
        """Some phase holds a purchasable lever."""
        return any(step.dose.bought for step in self.steps)


@dataclass(slots=True)
class Levers:
    """The levers in force this month: each ``(replicates, 1)``, since phases may begin in different months."""

    visibility: NDArray[np.float32] = field(default_factory=lambda: _flat(1))
    facilitators_fte: NDArray[np.float32] = field(default_factory=lambda: _flat(0))
    protected_time: NDArray[np.float32] = field(default_factory=lambda: _flat(0))
    training: NDArray[np.float32] = field(default_factory=lambda: _flat(0))
    meeting_places: NDArray[np.float32] = field(default_factory=lambda: _flat(0))
    early_adopter_investment: NDArray[np.float32] = field(default_factory=lambda: _flat(0))
    support_priority: NDArray[np.float32] = field(default_factory=lambda: _flat(0))
    lead_by_example: NDArray[np.float32] = field(default_factory=lambda: _flat(0))
    remove_old_way: NDArray[np.float32] = field(default_factory=lambda: _flat(0))
    transition_plan: NDArray[np.float32] = field(default_factory=lambda: _flat(0))
    inclusion: NDArray[np.float32] = field(default_factory=lambda: _flat(0))
    reinvention: NDArray[np.int8] = field(default_factory=lambda: np.zeros((1, 1), np.int8))
    """Position in ``REINVENTION``."""
    monitoring: NDArray[np.float32] = field(default_factory=lambda: _flat(0))

    def buy_in_part(self, share: NDArray[np.float32]) -> None:
        """Keep only a share of what money buys: ``share`` broadcasts to ``(replicates, 1)``."""
        for name in PURCHASABLE:
            self.reduce(name, share)

    def reduce(self, name: str, share: NDArray[np.float32]) -> None:
        """Keep only a share of one lever; where the share is 1 it stays as it is, to the last bit."""
        nothing, level = np.float32(name == "visibility"), getattr(self, name)
        setattr(self, name, np.where(share == 1, level, nothing + (level - nothing) * share))

    @property
    def bought(self) -> NDArray[np.bool_]:
        """Where some purchasable lever is in force: ``(replicates, 1)``."""
        held = [getattr(self, name) != np.float32(name == "visibility") for name in PURCHASABLE]
        return reduce(np.logical_or, held)


def yearly_bills(levers: Levers | Dose, p: Any, clinics: int, regions: int) -> dict[str, Any]:
    """What each lever in force costs [SEK/year], each broadcasting to ``(replicates, 1)``.

    Bought time is paid for by the hour, and hours of support functions by what they are needed for; they stand apart.

    Args:
        levers: the levers in force.
        p: the parameters, for the prices.
        clinics: number of clinics.
        regions: number of regions.
    """
    return {
        "facilitators_fte": levers.facilitators_fte * p.facilitator_price,
        "visibility": np.maximum(levers.visibility - 1, 0) * p.visibility_price * regions,
        "training": levers.training * p.training_price * clinics,
        "meeting_places": levers.meeting_places * p.meeting_places_price * regions,
        "early_adopter_investment": levers.early_adopter_investment * p.champion_price * clinics,
        "lead_by_example": levers.lead_by_example * p.lead_by_example_price * regions,
        "transition_plan": levers.transition_plan * p.transition_price * regions,
    }


NUMERIC = tuple(f.name for f in fields(Dose) if f.name not in {"reinvention", "mandate"})
"""Levers that are plain numbers."""


def _flat(value: float) -> NDArray[np.float32]:
    return np.full((1, 1), value, np.float32)


def schedule(name: str, strategy: Strategy, clinics: int, parameters: Mapping[str, float] | None = None) -> Schedule:
    """A strategy of a scenario with every preset filled in.

    Args:
        name: the strategy's name.
        strategy: as the scenario says it.
        clinics: number of clinics in scope, for doses that grow with it.
        parameters: values that differ from the defaults.
    """
    p = {key: estimate.value for key, estimate in evidence.defaults().items()} | dict(parameters or {})
    return Schedule(name, strategy, clinics, p, _steps(strategy, clinics, p))


def _steps(strategy: Strategy, clinics: int, p: Mapping[str, Amount]) -> tuple[Step, ...]:
    """The phases with every preset filled in."""
    if strategy.phases is not None:
        return tuple(Step(phase.use, _dose(phase, clinics, p), _end(phase.until)) for phase in strategy.phases)
    levers = strategy.levers or LeverChoices()
    if strategy.use is Preset.PHASED:
        return _phased(levers, clinics, p)
    only = Phase(use=strategy.use or Preset.LET, levers=levers)
    return (Step(only.use, _dose(only, clinics, p), None),)


def _end(until: Until | None) -> End | None:
    return None if until is None else End(until.month, until.reach, until.event)


def _phased(levers: LeverChoices, clinics: int, p: Mapping[str, Amount]) -> tuple[Step, ...]:
    """Let, then help, then make, as reach grows."""
    ends = (
        (Phase(use=Preset.LET), End(month=p["phased_month_help"], reach=p["phased_reach_help"])),
        (Phase(use=Preset.HELP, levers=levers), End(reach=p["phased_reach_make"])),
        (Phase(use=Preset.MAKE, levers=levers), None),
    )
    return tuple(Step(phase.use, _dose(phase, clinics, p), end) for phase, end in ends)


def preset(use: Preset, clinics: int, p: Mapping[str, Amount]) -> Dose:
    """The levers of a preset.

    Args:
        use: let, help or make; `phased` is a list of these.
        clinics: number of clinics in scope.
        p: every parameter.
    """
    if use is Preset.HELP:
        return Dose(
            visibility=1.0,
            facilitators_fte=clinics / p["help_clinics_per_facilitator"],
            protected_time=p["help_protected_time"],
            training=1.0,
            meeting_places=1.0,
            early_adopter_investment=p["help_champions_appointed"],
            reinvention="guided",
            transition_plan=1.0,
        )
    if use is Preset.MAKE:
        return Dose(reinvention="restricted", remove_old_way=1.0, mandate=Mandate())
    return Dose()


def _dose(phase: Phase, clinics: int, p: Mapping[str, Amount]) -> Dose:
    chosen = {
        name: getattr(phase.levers, name)
        for name in phase.levers.model_fields_set
        if getattr(phase.levers, name) is not None
    }
    if "inclusion" in chosen:
        chosen["inclusion"] = float(list(Inclusion).index(chosen["inclusion"]) - 2)
    if "transition_plan" in chosen:
        chosen["transition_plan"] = float(chosen["transition_plan"])
    return replace(preset(phase.use, clinics, p), **chosen)
