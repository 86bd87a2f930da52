"""Balance: traffic lights over principles and dimensions, what the initiatives cover, and suggested colours.

A colour is a judgement that a person sets with a reason; the portfolio's rule and MR-Sort only read what is set.
Environments are looked at side by side and never ranked (B:877-879): nothing here puts them in an order of merit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from portfolio import sorting
from portfolio.board import Environment, Judgement, Portfolio
from portfolio.numbers import own_defaults
from portfolio.requirements import DIMENSIONS, PRECONDITIONS, PRINCIPLES

Colour = Literal["green", "orange", "red", "not_judged"]

DIFFICULT = 2
"""So many environments with difficulty make a principle orange for the portfolio (B:1032-1033)."""

_POINTS = {"red": 0.0, "orange": 1.0, "green": 2.0}


@dataclass(frozen=True)
class Light:
    """One principle or dimension over all environments."""

    label: str
    """Its name; a part of a principle that is split is written after two underscores."""
    colour: Colour | None
    """For a principle by the portfolio's rule; None for a dimension, which has no such rule (B:2023-2026)."""
    difficult: tuple[str, ...]
    """Environments judged orange or red there."""
    judged: tuple[str, ...]
    """Environments that are judged there at all: where they aimed their work."""


@dataclass(frozen=True)
class Coverage:
    """What the initiatives work on."""

    root_causes: Mapping[str, tuple[str, ...]]
    """By root cause, the initiatives that name it."""
    groups: Mapping[str, tuple[str, ...]]
    """By group of clinics, the initiatives that concern it."""
    stages: Mapping[str, tuple[str, ...]]
    """By stage from idea to operation, the initiatives there."""


def principle_lights(environments: Mapping[str, Environment]) -> tuple[Light, ...]:
    """The portfolio's light for every principle, or for each part where it is split."""
    written = {label for one in environments.values() for label in one.principles}
    labels = [label for base in PRINCIPLES for label in (sorted(_parts(base, written)) or [base])]
    return tuple(
        _light(label, {name: one.principles for name, one in environments.items()}, rule=True) for label in labels
    )


def dimension_lights(environments: Mapping[str, Environment]) -> tuple[Light, ...]:
    """For every dimension where the environments aimed their work and where it was hard; no common colour."""
    judged = {name: one.dimensions for name, one in environments.items()}
    return tuple(_light(label, judged, rule=False) for label in DIMENSIONS)


def suggested_colours(portfolio: Portfolio) -> dict[str, Colour]:
    """A colour for each initiative whose preconditions are judged, suggested by MR-Sort; a person decides.

    Each precondition that is judged weighs alike. Green needs the majority of the weight at green and no red; orange
    the majority at orange or better; else red.
    """
    return {name: _suggested(judged.values()) for name, judged in portfolio.preconditions.items()}


def coverage(portfolio: Portfolio, names: Iterable[str] | None = None) -> Coverage:
    """What the named initiatives, or all, work on."""
    chosen = {name: portfolio.initiatives[name] for name in (portfolio.initiatives if names is None else names)}
    causes = {cause for one in chosen.values() for cause in one.root_causes}
    every = {cause for one in portfolio.initiatives.values() for cause in one.root_causes}
    return Coverage(
        {cause: tuple(n for n, one in chosen.items() if cause in one.root_causes) for cause in sorted(causes | every)},
        {group: tuple(n for n, one in chosen.items() if _concerns(portfolio, n, group)) for group in portfolio.groups},
        {
            stage: tuple(n for n, one in chosen.items() if one.stage == stage)
            for stage in ("idea", "pilot", "introduction", "operation")
        },
    )


def counted(judged: Mapping[str, Judgement]) -> Counter[str]:
    """How many of each colour."""
    return Counter(one.colour for one in judged.values())


def _parts(base: str, written: set[str]) -> set[str]:
    return {label for label in written if label == base or label.startswith(f"{base}__")}


def _light(label: str, judged: Mapping[str, Mapping[str, Judgement]], *, rule: bool) -> Light:
    colours = {name: own[label].colour for name, own in judged.items() if label in own}
    difficult = tuple(name for name, colour in colours.items() if colour in {"orange", "red"})
    said = tuple(name for name, colour in colours.items() if colour != "not_judged")
    if not rule:
        return Light(label, None, difficult, said)
    common: Colour = "not_judged" if not said else "orange" if len(difficult) >= DIFFICULT else "green"
    return Light(label, common, difficult, said)


def _suggested(judged: Iterable[Judgement]) -> Colour:
    points = [_POINTS[one.colour] for one in judged if one.colour != "not_judged"]
    if not points:
        return "not_judged"
    alike = np.full(len(points), 1 / len(points))
    profiles = np.stack([np.full(len(points), 2.0), np.full(len(points), 1.0)])
    veto = np.stack([np.zeros(len(points)), np.full(len(points), np.nan)])
    place = sorting.sort(np.array([points]), profiles, alike, own_defaults()["majority"].value, veto)[0]
    colours: tuple[Colour, ...] = ("green", "orange", "red")
    return colours[place]


def _concerns(portfolio: Portfolio, name: str, group: str) -> bool:
    one = portfolio.initiatives[name]
    same = one.benefit.scenario is not None and one.benefit.scenario == portfolio.groups[group].scenario
    return group in one.clinics or same


__all__ = [
    "DIMENSIONS",
    "PRECONDITIONS",
    "PRINCIPLES",
    "Coverage",
    "Light",
    "counted",
    "coverage",
    "dimension_lights",
    "principle_lights",
    "suggested_colours",
]
