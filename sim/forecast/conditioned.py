"""The ensemble conditioned on what has been seen, followed to the end under each strategy from here on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim import ensemble, strategies
from sim.calibration import abc, statistics, table
from sim.calibration.abc import Accepted
from sim.calibration.posterior import Posterior
from sim.calibration.table import Fit
from sim.ensemble import Followed
from sim.experiment import Progress
from sim.forecast.from_here import strategies_from
from sim.scenario import Goal
from sim.store import shared
from sim.store.shared import Kept

Floats = NDArray[np.float64]

AMOUNTS = ("cost_sek", "benefit_sek", "net_benefit_sek", "clinic_hours")
"""What is told of each strategy beside its curves."""
FEW = 50
"""An effective sample size below this is too small for its bands."""
_ROUNDING = 1e-9
BEFORE = 200
"""Simulations that show what was to be expected before anything was seen."""


@dataclass(frozen=True, eq=False)
class Course:
    """How a strategy would go on, one row for each accepted simulation."""

    reach: Floats
    """Share of the clinics that use it: ``(accepted, months + 1)``."""
    begun: Floats
    """Share that has ever used it, of the same shape."""
    sustained: Floats
    """Share in ordinary operation, of the same shape."""
    amounts: Mapping[str, Floats]
    """Every one of ``AMOUNTS`` over the whole time: ``(accepted,)``."""

    def curve(self, kind: str) -> Floats:
        """The curve of what was observed."""
        return self.reach if kind == "in_use" else self.begun

    def value(self, metric: str) -> Floats:
        """A metric at the end: ``(accepted,)``."""
        return self.amounts[metric] if metric in self.amounts else np.asarray(getattr(self, metric)[:, -1])


@dataclass(frozen=True, eq=False)
class Forecast:
    """Where it is heading, and what each strategy from here on would change."""

    posterior: Posterior
    followed: str
    """The strategy until now, and still if nothing changes."""
    now: int
    """Last month with a figure; from it on the strategies differ."""
    courses: Mapping[str, Course]
    """By strategy, the one that is followed first."""
    before: Course
    """As was to be expected under that one before anything was seen, unweighted."""
    goal: Goal | None

    @property
    def weights(self) -> Floats:
        """Of the accepted simulations, summing to 1."""
        return self.posterior.accepted.weights

    @property
    def effective(self) -> float:
        """Effective sample size."""
        return self.posterior.accepted.effective

    @property
    def is_thin(self) -> bool:
        """Too few simulations resemble what was seen."""
        return self.effective < FEW

    def quantiles(self, values: Floats, *shares: float) -> list[Floats]:
        """Weighted quantiles of ``(accepted, …)``."""
        return [abc.weighted_quantile(values, self.weights, share) for share in shares]

    def chance(self, strategy: str) -> float | None:
        """Chance that the scenario's goal is met; None without a goal."""
        if self.goal is None:
            return None
        course, until = self.courses[strategy], self.goal.by_month + 1
        met = np.ones(len(self.weights), bool)
        for curve, least in ((course.reach, self.goal.reach), (course.sustained, self.goal.sustained)):
            if least is not None:
                met &= (curve[:, :until] >= least).any(axis=1)
        return float(self.weights[met].sum())

    def difference(self, strategy: str, metric: str) -> Floats:
        """What the strategy would have more than going on as now, world by world: ``(accepted,)``."""
        theirs, mine = self.courses[strategy].value(metric), self.courses[self.followed].value(metric)
        more = theirs - mine
        return np.where(np.abs(more) > _ROUNDING * np.maximum(np.abs(theirs), np.abs(mine)), more, 0.0)

    def chance_of_more(self, strategy: str, metric: str) -> float:
        """Chance that it has more than going on as now, a tie counting half."""
        more = self.difference(strategy, metric)
        return float(self.weights[more > 0].sum() + 0.5 * self.weights[more == 0].sum())


def forecast(fit: Fit, found: Posterior, progress: Progress | None = None) -> Forecast:
    """The accepted simulations of a posterior, followed to the end of the scenario.

    Args:
        fit: what was fitted.
        found: what was seen, and the simulations that resemble it.
        progress: told (months done, in all).
    """
    scenario, now = fit.source.scenario, found.observed.last
    clinics = len(fit.experiment.population)
    plans = strategies_from(scenario, fit.strategy, now)
    schedules = [strategies.schedule(name, one, clinics, scenario.parameters) for name, one in plans.items()]
    rows = found.accepted.rows
    usual = np.arange(min(BEFORE, fit.simulations))

    def made() -> Kept:
        many = ensemble.followed(fit.experiment, schedules, rows, fit.innovation, progress)
        before = ensemble.followed(fit.experiment, schedules[:1], usual, fit.innovation)
        parts = {**many, "": before[fit.strategy]}
        return Kept({f"{name}:{what}": a for name, one in parts.items() for what, a in one.arrays().items()})

    kept = shared.remembered(table.key_of(fit, "from here on", now=now, replicates=rows), made).arrays
    runs = {
        name: Followed.of_arrays({k.removeprefix(f"{name}:"): a for k, a in kept.items() if k.startswith(f"{name}:")})
        for name in (*plans, "")
    }
    courses = {name: _course(runs[name], found.accepted, clinics) for name in plans}
    everyone = Accepted(usual, np.full(len(usual), 1 / len(usual)), np.zeros((len(usual), 1)), 0.0)
    return Forecast(found, fit.strategy, now, courses, _course(runs[""], everyone, clinics), scenario.goal)


def _course(run: Followed, accepted: Accepted, clinics: int) -> Course:
    """What was simulated, moved to where it would be had it hit the figures exactly."""

    def moved(counts: Floats) -> Floats:
        shifted = accepted.adjusted(statistics.logits(counts, np.full(1, float(clinics))))
        shares = ((clinics + 1) / (1 + np.exp(-np.clip(shifted, -700, 700))) - 0.5) / clinics
        return np.clip(shares, 0, 1)

    amounts = np.stack([run.final[name] for name in AMOUNTS], axis=1)
    scale = np.maximum(np.abs(amounts).max(axis=0), 1)
    shifted = accepted.adjusted(amounts / scale) * scale
    reach = moved(run.in_use.sum(axis=2).astype(np.float64))
    return Course(
        reach,
        np.maximum(moved(run.begun.sum(axis=2).astype(np.float64)), reach),
        np.minimum(moved(np.rint(run.sustained.astype(np.float64) * clinics)), reach),
        {name: shifted[:, place] for place, name in enumerate(AMOUNTS)},
    )
