"""What only the whole scenario shows: contradictions between its parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sim.errors import Mistake
from sim.scenario_file.checks.actors import known_initiatives, levers_paid_for
from sim.scenario_file.checks.innovations import prerequisites
from sim.scenario_file.checks.months import (
    awaited_events,
    event_dates,
    event_months,
    goal_month,
    mandate_months,
    phase_ends,
)
from sim.scenario_file.checks.parameters import drawn_layer_weights, fixed_and_drawn, layer_weights, ranges
from sim.scenario_file.checks.regions import beginnings, listed_regions, named_regions
from sim.scenario_file.checks.size import most_clinics, run_size
from sim.scenario_file.checks.subject import Check


def cross_checks(check: Check) -> list[Mistake]:
    """Every contradiction between the parts of a scenario, as far as all of its files could be read."""
    checks = (*_ALONE, *_TOGETHER) if check.places.complete else _ALONE
    return [mistake for needs, judge in checks if not check.broken & set(needs.split()) for mistake in judge(check)]


_Checks = tuple[tuple[str, Callable[[Check], Iterator[Mistake]]], ...]
"""Sections that must be sound for the verdict to hold, and the check."""

_ALONE: _Checks = (
    ("clinics", listed_regions),
    ("strategies", mandate_months),
    ("strategies", phase_ends),
    ("uncertain", drawn_layer_weights),
    ("", ranges),
)
"""What a value or a list shows by itself, whatever else is said."""

_TOGETHER: _Checks = (
    ("clinics", named_regions),
    ("clinics", most_clinics),
    ("innovations", beginnings),
    ("innovations", prerequisites),
    ("strategies events", awaited_events),
    ("strategies actors clinics parameters", levers_paid_for),
    ("actors innovations", known_initiatives),
    ("goal months", goal_month),
    ("events months", event_months),
    ("events start", event_dates),
    ("parameters uncertain network", fixed_and_drawn),
    ("parameters", layer_weights),
    ("clinics innovations strategies months replicates", run_size),
)
