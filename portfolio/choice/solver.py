"""The port to the solver: the best 0/1 choice under linear limits, by HiGHS through scipy.

Everything that knows of HiGHS is in this file. HiGHS may write to the process's stdout, which must stay clean for
``--json``, so the file descriptor is led away while it works.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

Floats = NDArray[np.float64]

TOLERANCE = 1e-6
"""How far a limit may be passed by rounding, as a share of it."""


@dataclass(frozen=True, eq=False)
class Limits:
    """Linear limits on the columns of a choice: ``low <= matrix @ x <= high``."""

    matrix: csr_array
    """``(rows, columns)``."""
    low: Floats
    high: Floats


@dataclass(frozen=True, eq=False)
class Solution:
    """What the solver found."""

    status: Literal["optimal", "within_gap", "infeasible", "none_in_time"]
    chosen: NDArray[np.bool_]
    """Whether each column is chosen: ``(columns,)``; all False where there is no solution."""
    value: float
    """Sum of the values of what is chosen."""
    gap: float
    """How much better the best possible choice may be at most, as a share of the value; 0 when proven best."""

    @property
    def found(self) -> bool:
        """Whether there is a choice at all."""
        return self.status in {"optimal", "within_gap"}


def best(value: Floats, limits: Limits, *, seconds: float = 20.0, gap: float = 1e-6) -> Solution:
    """The choice of columns with the highest sum of values within the limits.

    Args:
        value: of each column, any sign.
        limits: that the choice must keep.
        seconds: how long to search at most.
        gap: how far below the best possible value is good enough, as a share.

    Raises:
        RuntimeError: the solver's choice breaks a limit; that would be an error of the program.
    """
    columns = len(value)
    if columns == 0:
        return Solution("optimal" if _kept(np.zeros(0), limits) else "infeasible", np.zeros(0, bool), 0.0, 0.0)
    constraints = [LinearConstraint(limits.matrix, limits.low, limits.high)] if len(limits.low) else []
    with _quiet():
        answer = milp(
            -value,
            integrality=np.ones(columns, int),
            bounds=Bounds(0, 1),
            constraints=constraints,
            options={"time_limit": seconds, "mip_rel_gap": gap},
        )
    if answer.x is None:
        return Solution("infeasible" if answer.status == 2 else "none_in_time", np.zeros(columns, bool), 0.0, np.inf)
    chosen = answer.x > 0.5
    if not _kept(chosen.astype(np.float64), limits):
        raise RuntimeError("the solver's choice breaks a limit")
    reached = float(value[chosen].sum())
    bound = -float(answer.mip_dual_bound) if answer.mip_dual_bound is not None else reached
    left = max(0.0, (bound - reached) / abs(reached)) if reached else (0.0 if bound <= 1e-9 else np.inf)
    return Solution("optimal" if left <= max(gap, 1e-6) else "within_gap", chosen, reached, left)


def shortage(limits: Limits, soft: NDArray[np.bool_], fixed: NDArray[np.bool_]) -> Floats:
    """By how much each soft limit must give way for a choice with what is fixed to exist: ``(rows,)``; NaN for none.

    The sum of the shares by which limits give way is made as small as possible.

    Args:
        limits: as for `best`.
        soft: which rows may give way upwards.
        fixed: columns that have to be chosen.
    """
    rows, columns = limits.matrix.shape
    soft_rows = np.flatnonzero(soft)
    give = csr_array((-np.ones(len(soft_rows)), (soft_rows, np.arange(len(soft_rows)))), shape=(rows, len(soft_rows)))
    from scipy.sparse import hstack  # noqa: PLC0415 needed here only

    price = 1 / np.maximum(np.abs(limits.high[soft_rows]), 1.0)
    cost = np.r_[np.zeros(columns), price]
    lower = np.r_[fixed.astype(np.float64), np.zeros(len(soft_rows))]
    upper = np.r_[np.ones(columns), np.full(len(soft_rows), np.inf)]
    with _quiet():
        answer = milp(
            cost,
            integrality=np.r_[np.ones(columns), np.zeros(len(soft_rows))],
            bounds=Bounds(lower, upper),
            constraints=LinearConstraint(hstack([limits.matrix, give]), limits.low, limits.high),
            options={"time_limit": 20.0},
        )
    lacking = np.zeros(rows)
    if answer.x is None:
        return np.full(rows, np.nan)
    lacking[soft_rows] = answer.x[columns:]
    return lacking


def _kept(x: Floats, limits: Limits) -> bool:
    """Whether a choice keeps every limit."""
    used = limits.matrix @ x if limits.matrix.shape[1] else np.zeros(len(limits.low))
    slack = TOLERANCE * np.maximum(1.0, np.maximum(_size(limits.low), _size(limits.high)))
    return bool((used <= limits.high + slack).all() and (used >= limits.low - slack).all())


def _size(bound: Floats) -> Floats:
    return np.where(np.isfinite(bound), np.abs(bound), 0.0)


@contextmanager
def _quiet() -> Iterator[None]:
    """Nothing that is written to file descriptor 1 meanwhile comes through."""
    sys.stdout.flush()
    try:
        kept = os.dup(1)
    except OSError:  # there is no stdout
        yield
        return
    away = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(away, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(away)
