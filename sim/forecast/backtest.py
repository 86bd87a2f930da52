"""Forecasts of figures that are known: fitted to the first part of a series, judged on the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.calibration import posterior, statistics
from sim.calibration.table import Fit, Table
from sim.forecast import baselines, scores
from sim.observed import Observed
from sim.parameters import draw_of

Floats = NDArray[np.float64]

OURS, BASS, TREND = "model", "bass", "last_trend"


@dataclass(frozen=True)
class Score:
    """How good one forecast was, over the figures that it did not see."""

    covered_50: float
    """Share of the figures in the central 50 % band."""
    covered_90: float
    crps: float
    """Mean continuous ranked probability score, in shares; less is better."""


@dataclass(frozen=True, eq=False)
class Backtest:
    """What the first part of a series said of the rest."""

    until: int
    """Last month that was seen."""
    months: NDArray[np.int64]
    """Of the rest: ``(times,)``."""
    came: Floats
    """Its shares."""
    members: Floats
    """The model's: ``(members, times)``."""
    weights: Floats
    scores: Mapping[str, Score]
    """By forecast: ``model``, ``bass``, ``last_trend``."""

    @property
    def beats_both(self) -> bool:
        """The model's score is better than both others'."""
        return self.scores[OURS].crps < min(self.scores[BASS].crps, self.scores[TREND].crps)


def backtest(fit: Fit, table: Table, observed: Observed, until: int) -> Backtest:
    """The figures after a month, forecast from those up to it.

    Args:
        fit: what is fitted.
        table: its simulations, to the last figure.
        observed: the whole series, for all clinics together.
        until: last month that is seen.
    """
    seen, rest = observed.until(until), observed.months > until
    ready = posterior.reference(fit, table, seen, draw_of(fit.replicates))
    accepted = posterior.posterior(fit, table, seen, ready).accepted
    of = observed.of[rest]
    simulated = statistics.counted(table.followed, observed)[accepted.rows][:, rest]
    moved = accepted.adjusted(statistics.logits(simulated, of))
    members = np.clip(((of + 1) / (1 + np.exp(-np.clip(moved, -700, 700))) - 0.5) / of, 0, 1)
    months, came = observed.months[rest], observed.shares[rest]
    past = (seen.months.astype(np.float64), seen.shares, months.astype(np.float64))
    even = np.full(baselines.MEMBERS, 1 / baselines.MEMBERS)
    made = {
        OURS: _score(members, accepted.weights, came),
        BASS: _score(baselines.bass(*past), even, came),
        TREND: _score(baselines.last_trend(*past), even, came),
    }
    return Backtest(until, months, came, members, accepted.weights, made)


def _score(members: Floats, weights: Floats, came: Floats) -> Score:
    half, most = (float(scores.covered(members, weights, came, share).mean()) for share in (0.5, 0.9))
    return Score(half, most, float(scores.crps(members, weights, came).mean()))
