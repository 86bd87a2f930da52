"""Mandates, phases, events and goals that do not fit in time."""

from __future__ import annotations

from collections.abc import Iterator

from sim.errors import Mistake
from sim.event_settings import EVENT_KINDS
from sim.scenario import Preset
from sim.scenario_file.checks.subject import Check, all_mandates
from sim.scenario_file.wording import instead_of, shown


def mandate_months(check: Check) -> Iterator[Mistake]:
    """Deadlines and lifts that come before the mandate."""
    for path, mandate in all_mandates(check):
        start = mandate.from_month
        for key, month in (("deadline_month", mandate.deadline_month), ("lift_month", mandate.lift_month)):
            if start is not None and month is not None and month < start:
                found = f"month {month} comes before from_month, {start}"
                yield check.places.mistake((*path, key), found, f"Write a month from {start} on")


def phase_ends(check: Check) -> Iterator[Mistake]:
    """Phases without an end, a last phase with one, and phases within a phase."""
    for name, strategy in check.scenario.strategies.items():
        phases = strategy.phases or ()
        for place, phase in enumerate(phases):
            path, last = ("strategies", name, "phases", place), place == len(phases) - 1
            if phase.use is Preset.PHASED:
                remedy = "Write let_it_happen, help_it_happen or make_it_happen"
                yield check.places.mistake((*path, "use"), "phases within a phase", remedy)
            if phase.until is None and not last:
                remedy = "Write when the next phase takes over, such as until: {reach: 0.10}"
                yield check.places.mistake(path, "the phase has no until", remedy)
            if phase.until is not None and last:
                remedy = "Delete until, or add the phase that follows"
                yield check.places.mistake((*path, "until"), "the last phase lasts to the end", remedy)


def awaited_events(check: Check) -> Iterator[Mistake]:
    """Phases that wait for an event that never comes."""
    kinds = {event.kind for event in check.scenario.events}
    for name, strategy in check.scenario.strategies.items():
        for place, phase in enumerate(strategy.phases or ()):
            awaited = phase.until.event if phase.until is not None else None
            if awaited is None or awaited in kinds:
                continue
            path = ("strategies", name, "phases", place, "until", "event")
            if awaited in EVENT_KINDS:
                remedy = f"Add it under events:, such as - {{month: 36, {awaited}: …}}"
                yield check.places.mistake(path, f"the scenario has no event {awaited}", remedy)
            else:
                yield check.places.mistake(path, f"unknown event {shown(awaited)}", instead_of(awaited, EVENT_KINDS))


def goal_month(check: Check) -> Iterator[Mistake]:
    """A goal after the end; with ``--months`` the question is cut short on purpose."""
    if "months" in check.places.options:
        return
    goal, months = check.scenario.goal, check.scenario.months
    if goal is not None and goal.by_month > months:
        found = f"month {goal.by_month} comes after the end, months: {months}"
        yield check.places.mistake(("goal", "by_month"), found, f"Write {months} or less, or let months: be more")


def event_months(check: Check) -> Iterator[Mistake]:
    """Events after the end; with ``--months`` the question is cut short on purpose."""
    if "months" in check.places.options:
        return
    months = check.scenario.months
    for place, event in enumerate(check.scenario.events):
        month, key = event.month_after(check.scenario.start), "month" if event.date is None else "date"
        if month is not None and month >= months:
            found = f"month {month} comes after the last month, {months - 1} (months: {months}, counted from 0)"
            remedy = f"Write {months - 1} or less" if event.date is None else "Write an earlier one"
            yield check.places.mistake(("events", place, key), found, remedy)


def event_dates(check: Check) -> Iterator[Mistake]:
    """Events before the start."""
    start = check.scenario.start
    for place, event in enumerate(check.scenario.events):
        month = event.month_after(start)
        if month is not None and month < 0:
            found = f"{event.date} comes before the start, {start}"
            yield check.places.mistake(("events", place, "date"), found, f"Write a month from {start} on")
