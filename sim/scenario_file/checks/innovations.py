"""What innovations ask of one another: prerequisites that do not exist, or that wait for each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sim.errors import Mistake
from sim.scenario_file.checks.subject import Check
from sim.scenario_file.wording import instead_of, shown


def prerequisites(check: Check) -> Iterator[Mistake]:
    """Unknown prerequisites, and those that go round in a circle."""
    requires = {name: one.requires for name, one in check.scenario.innovations.items()}
    for name, needed in requires.items():
        for place, other in enumerate(needed):
            if other not in requires:
                path = ("innovations", name, "requires", place)
                yield check.places.mistake(path, f"unknown innovation {shown(other)}", instead_of(other, requires))
    told: set[frozenset[str]] = set()
    for name in requires:
        circle = _circle(name, requires)
        if circle and frozenset(circle) not in told:
            told.add(frozenset(circle))
            found = f"{' requires '.join(circle)}, so that none of them can ever begin"
            if len(circle) == 2:  # itself
                found = f"{name} requires itself, so that it can never begin"
            yield check.places.mistake(
                ("innovations", name, "requires"),
                found,
                "Take one of them out" if len(circle) > 2 else f"Take {name} out",
            )


def _circle(name: str, requires: Mapping[str, Sequence[str]]) -> list[str]:
    """The way from an innovation back to itself, or nothing."""
    ways, seen = [[name]], {name}
    while ways:
        way = ways.pop(0)
        for other in requires.get(way[-1], ()):
            if other == name:
                return [*way, other]
            if other not in seen:
                seen.add(other)
                ways.append([*way, other])
    return []
