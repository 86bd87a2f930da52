"""What a result rests on: its parameters by evidence grade, those set and drawn by the scenario first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim import evidence
from sim.evidence import Estimate
from sim.metrics import Comparison
from sim.parameters import drawn_by_default
from sim.plugin_host import estimates_of
from sim.scenario import Distribution, Scenario
from studio.reports import words
from studio.texts import Texts

ORDER = ("scenario", "uncertain", "C", "B", "A")
"""In this order the reader should doubt."""


@dataclass(frozen=True, slots=True)
class Ground:
    """One parameter that the run rested on."""

    name: str
    value: str
    range: str
    unit: str
    grade: str
    source: str
    called: str = ""
    """What it is called in the reader's language, where that is not its name."""


@dataclass(frozen=True, slots=True)
class Group:
    """Parameters of the same standing."""

    standing: str
    heading: str
    grounds: tuple[Ground, ...]


def groups(comparison: Comparison, texts: Texts) -> list[Group]:
    """The parameters, those most open to doubt first."""
    known = _known(comparison.scenario)
    unasked = drawn_by_default(comparison.scenario, known)
    found = []
    for standing in ORDER:
        names = sorted(name for name, grade in comparison.grades.items() if grade == standing)
        grounds = tuple(_ground(name, known[name], comparison.scenario, unasked, texts) for name in names)
        if grounds:
            found.append(Group(standing, texts(f"report.grade_{standing}"), grounds))
    return found


def counts(comparison: Comparison) -> dict[str, int]:
    """How many parameters there are of each standing, ``n`` being all; a grade counts what the scenario changes too."""
    known = _known(comparison.scenario)
    grades = [
        known[name].grade if grade in ("scenario", "uncertain") and name in known else grade
        for name, grade in comparison.grades.items()
    ]
    standing = list(comparison.grades.values())
    by_grade = {letter.lower(): grades.count(letter) for letter in "ABC"}
    return {
        "n": len(grades),
        **by_grade,
        "scenario": standing.count("scenario"),
        "uncertain": standing.count("uncertain"),
        "drawn": len(drawn_by_default(comparison.scenario, known)),
    }


def _known(scenario: Scenario) -> Mapping[str, Estimate]:
    """What every parameter rests on, those of the scenario's plugins among them."""
    return {**evidence.defaults(), **estimates_of(scenario)}


def _ground(name: str, estimate: Estimate, scenario: Scenario, unasked: frozenset[str], texts: Texts) -> Ground:
    plausible = f"{words.plain(estimate.low, texts)}–{words.plain(estimate.high, texts)}"
    value = _value(name, estimate, scenario, unasked, texts)
    unit = texts.of_model("unit", estimate.unit, estimate.unit)
    called = texts.of_model("parameter", name, "")
    return Ground(name, value, plausible, unit, estimate.grade, estimate.source, called)


def _value(name: str, estimate: Estimate, scenario: Scenario, unasked: frozenset[str], texts: Texts) -> str:
    default = words.plain(estimate.value, texts)
    was = f" ({texts('report.default_was', value=default)})"
    if name in unasked:
        return texts("report.is_drawn", value=default)
    if name in scenario.uncertain:
        return _drawn(scenario.uncertain[name], texts) + was
    if name in scenario.parameters:
        return words.plain(scenario.parameters[name], texts) + was
    return default


def _drawn(distribution: Distribution, texts: Texts) -> str:
    low, high = (words.plain(bound, texts) for bound in distribution.bounds)
    if distribution.triangular is not None:
        return texts("report.draws_likely", low=low, high=high, likely=words.plain(distribution.triangular[1], texts))
    if distribution.two_piece is not None:
        return texts("report.draws_median", low=low, high=high, likely=words.plain(distribution.two_piece[1], texts))
    return texts("report.draws", low=low, high=high)
