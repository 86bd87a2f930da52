"""A lever changed in the middle of a run: the months before stay as they were, what follows goes on with the change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.errors import Mistake, UserMistakes
from sim.scenario import Preset, Scenario

LEVERS: Mapping[str, tuple[Any, ...]] = {
    "facilitators_fte": (0, 2, 4, 8, 16),
    "protected_time": (0, 0.01, 0.02, 0.05),
    "training": (0, 1, 2),
    "meeting_places": (0, 1, 2),
    "visibility": (1, 1.5, 2),
    "early_adopter_investment": (0, 0.1, 0.2, 0.4),
    "support_priority": (0, 0.5, 1),
    "lead_by_example": (0, 0.5, 1),
    "reinvention": ("free", "guided", "restricted"),
    "inclusion": ("passive", "information", "consultation", "functional", "interactive", "ownership"),
    "mandate": ("decided",),
    "remove_old_way": (0, 0.5, 1),
    "transition_plan": (True, False),
}
"""Levers that a room may pull, each with the doses that the page offers."""


def changeable(scenario: Scenario) -> dict[str, bool]:
    """By strategy: whether a lever can be changed at any month.

    That is so where its phases end at known months. Where a phase ends by reach or by an event, worlds differ in which
    phase they are in, and one list of phases cannot say what the change comes on top of.
    """
    return {name: _phases(strategy) is not None for name, strategy in said_of(scenario).items()}


def changed(said: Mapping[str, Any], month: int, lever: str, dose: Any, lifted: bool = False) -> dict[str, Any]:
    """The strategy with one lever changed from a month on, as a scenario would say it.

    Args:
        said: the strategy as a scenario says it.
        month: from which it is changed, 1 or more.
        lever: name of the lever.
        dose: what it is from then on.
        lifted: whether an event has lifted its mandate before; a phase that goes on does not decide anew.

    Raises:
        UserMistakes: no such lever, or the strategy's phases end otherwise than by month.
    """
    if lever not in LEVERS:
        raise UserMistakes(Mistake("lever", f"there is no {lever!r}", f"Write one of {', '.join(LEVERS)}."))
    phases = _phases(said)
    if phases is None:
        found = "the strategy changes by reach or by an event"
        raise UserMistakes(Mistake(lever, found, "Change a lever of a strategy whose phases end by month."))
    given = {"mandate": {"from_month": month, "deadline_month": month + 18}} if lever == "mandate" else {lever: dose}
    rest = {key: value for key, value in said.items() if key not in ("use", "levers", "phases")}
    return {**rest, "phases": _split(phases, month, given, lifted and lever != "mandate")}


def said_of(scenario: Scenario) -> dict[str, dict[str, Any]]:
    """Every strategy as a scenario would say it."""
    return {name: one.model_dump(mode="json", exclude_unset=True) for name, one in scenario.strategies.items()}


def _phases(said: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """The strategy as phases of which all but the last end at a month; None where they do not."""
    if said.get("phases") is None:
        use = said.get("use")
        known = use in (Preset.LET, Preset.HELP, Preset.MAKE)
        return [{"use": str(use), "levers": dict(said.get("levers") or {})}] if known else None
    phases = [dict(phase) for phase in said["phases"]]
    by_month = all(set(_given(phase.get("until"))) == {"month"} for phase in phases[:-1])
    return phases if by_month and not _given(phases[-1].get("until")) else None


def _given(until: Mapping[str, Any] | None) -> dict[str, Any]:
    return {key: value for key, value in (until or {}).items() if value is not None}


def _split(phases: list[dict[str, Any]], month: int, given: dict[str, Any], lifted: bool) -> list[dict[str, Any]]:
    """The phases until the month as they were, and from then on with what is given."""
    before, after = [], []
    begun = 0
    for phase in phases:
        ends = _given(phase.get("until")).get("month")
        if begun < month:
            before.append({**phase, "until": {"month": month if ends is None else min(ends, month)}})
        if ends is None or ends > month:
            own = dict(phase.get("levers") or {})
            if lifted and begun < month and ("mandate" in own or phase.get("use") == Preset.MAKE):
                own["mandate"] = {**(own.get("mandate") or {}), "lift_month": month}
            after.append({**phase, "levers": {**own, **given}})
        begun = month if ends is None else ends
    return before + after
