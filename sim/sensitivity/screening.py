"""Screening: every assumption is moved in turn, from many starting points.

The method is that of Morris 1991, doi:10.1080/00401706.1991.10484804.
``mu_star``, the mean size of what a move does (Campolongo et al. 2007, doi:10.1016/j.envsoft.2006.10.004), is an
assumption's strength; a spread as large says that what it does hangs on the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from SALib.analyze import morris as analysing
from SALib.sample import morris as sampling

from sim.sensitivity.trials import ENDS

Floats = NDArray[np.float64]
LEVELS = 4


@dataclass(frozen=True)
class Effect:
    """What moving one assumption through its range does to an outcome."""

    name: str
    strength: float
    """Mean size of the effect (mu*), in the outcome's unit."""
    error: float
    """Half-width of its 95 % interval."""
    direction: float
    """Mean effect (mu): near the strength where more of it always means more."""
    spread: float
    """Standard deviation of the effects (sigma)."""


def design(names: Sequence[str], trajectories: int, seed: int) -> Floats:
    """Quantiles to try: ``(trajectories x (assumptions + 1), assumptions)``."""
    made = sampling.sample(_problem(names), trajectories, num_levels=LEVELS, seed=_small(seed))
    return np.asarray(made, np.float64)


def effects(names: Sequence[str], tried: Floats, outcome: Floats, seed: int) -> tuple[Effect, ...]:
    """The effects on an outcome, the strongest first.

    Args:
        names: of the assumptions.
        tried: what ``design`` gave.
        outcome: what came of it, ``(choices,)``.
        seed: of the bootstrap behind the errors.
    """
    found = analysing.analyze(_problem(names), tried, outcome, num_levels=LEVELS, seed=_small(seed))
    rows = zip(names, *(np.asarray(found[key]) for key in ("mu_star", "mu_star_conf", "mu", "sigma")), strict=True)
    listed = [Effect(name, *(float(v) for v in values)) for name, *values in rows]
    return tuple(sorted(listed, key=lambda one: (-one.strength, one.name)))


def _problem(names: Sequence[str]) -> dict[str, object]:
    return {"num_vars": len(names), "names": list(names), "bounds": [list(ENDS)] * len(names)}


def _small(seed: int) -> int:
    """The library takes 32 bits."""
    return seed % 2**32
