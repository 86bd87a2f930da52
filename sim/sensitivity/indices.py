"""Variance shared among the strongest assumptions (Sobol 2001; Saltelli et al. 2010, doi:10.1016/j.cpc.2009.09.018).

The first index is the share of an outcome's variance that would go if the assumption were known, the total index what
would be left if all the others were. For the ranking the outcome is which strategy is best: one index over all of them,
weighted by variance (Gamboa et al. 2014, doi:10.1214/14-EJS895).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from SALib.analyze import sobol as analysing
from SALib.sample import sobol as sampling

from sim.sensitivity.trials import ENDS

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Index:
    """What share of an outcome's variance an assumption has."""

    name: str
    first: float
    first_error: float
    """Half-width of its 95 % interval."""
    total: float
    total_error: float


def design(names: Sequence[str], size: int, seed: int) -> Floats:
    """Quantiles to try: ``(size x (assumptions + 2), assumptions)``; the size is a power of two."""
    made = sampling.sample(_problem(names), size, calc_second_order=False, seed=seed % 2**32)
    return np.asarray(made, np.float64)


def indices(names: Sequence[str], outcome: Floats, seed: int) -> tuple[Index, ...]:
    """The indices of an outcome, the largest total first; empty where it does not vary.

    Args:
        names: of the assumptions.
        outcome: what came of the design, ``(choices,)``.
        seed: of the bootstrap behind the errors.
    """
    return of_any(names, outcome[None], seed)


def of_any(names: Sequence[str], outcomes: Floats, seed: int) -> tuple[Index, ...]:
    """One index over several outcomes, each counting by its variance: ``(outcomes, choices)``."""
    variance = outcomes.var(axis=1)
    if not variance.sum() > 0:
        return ()
    found = [
        (share, analysing.analyze(_problem(names), one, calc_second_order=False, seed=seed % 2**32))
        for one, share in zip(outcomes, variance / variance.sum(), strict=True)
        if share > 0
    ]
    kept = [np.sum([share * one[key] for share, one in found], axis=0) for key in ("S1", "S1_conf", "ST", "ST_conf")]
    listed = [Index(name, *(float(v) for v in values)) for name, *values in zip(names, *kept, strict=True)]
    return tuple(sorted(listed, key=lambda one: (-one.total, one.name)))


def _problem(names: Sequence[str]) -> dict[str, object]:
    return {"num_vars": len(names), "names": list(names), "bounds": [list(ENDS)] * len(names)}
