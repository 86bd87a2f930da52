"""What the simulations that resemble the observation have in common, and how weakly that is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.calibration import abc, statistics
from sim.calibration.abc import Accepted, Floats
from sim.calibration.statistics import Statistics
from sim.calibration.table import Fit, Table
from sim.observed import Observed

ACCEPTED = 0.2
"""Share of the simulations that are accepted; the regression takes care of their distance."""
STRANGE = 0.01
"""An observation stranger than all but this share of the simulations is one that the model cannot produce."""
WEAK, PARTLY = 0.25, 0.6
"""Share of a parameter's variance that must be gone for it to be more than weakly, and more than partly, known."""
TOGETHER = 0.6
"""Correlation beyond which two parameters are known only together."""
_NEIGHBOURS = 10
_ONE_SIDED = 1.645


@dataclass(frozen=True, eq=False)
class Reference:
    """A table made ready for observations of one kind in the same months."""

    figures: Floats
    """Logits of what each simulation would have shown: ``(simulations, figures)``."""
    unbounded: Floats
    """Its parameters as logits between their bounds: ``(simulations, parameters)``."""
    statistics: Statistics
    values: Floats
    """Statistics of every simulation."""
    low: Floats
    high: Floats
    names: tuple[str, ...]
    draw: NDArray[np.int64]
    """Which draw of the parameters each simulation tries."""


@dataclass(frozen=True, eq=False)
class Parameter:
    """One parameter before and after."""

    name: str
    prior: Floats
    """Its value in every simulation."""
    values: Floats
    """Its adjusted value in the accepted ones."""
    weights: Floats
    gone: float
    """Share of its variance that the observation took away, on the unbounded scale; below 0 counts as 0."""
    surely_gone: float
    """The same, less what so few simulations may get wrong: a one-sided 95 % bound."""
    known_with: tuple[str, ...]
    """Others with which only a combination is known."""

    @property
    def known(self) -> str:
        """``weakly``, ``partly`` or ``well``."""
        return "weakly" if self.surely_gone < WEAK else "partly" if self.surely_gone < PARTLY else "well"

    def quantile(self, share: float) -> float:
        """Of the posterior."""
        return float(abc.weighted_quantile(self.values, self.weights, share))


@dataclass(frozen=True, eq=False)
class Posterior:
    """What an observation says."""

    observed: Observed
    parameters: tuple[Parameter, ...]
    accepted: Accepted
    strange: float
    """Share of the simulations that are at least as far from all others as the observation is."""
    simulated: Floats
    """Clinics that each accepted simulation shows: ``(accepted, figures)``."""
    everywhere: Floats
    """Clinics that each simulation shows: ``(simulations, figures)``."""

    @property
    def outside(self) -> bool:
        """The observation lies outside what the model can produce."""
        return self.strange < STRANGE


def reference(fit: Fit, table: Table, observed: Observed, draw: NDArray[np.int64]) -> Reference:
    """The table as far as an observation of this kind needs it.

    Args:
        fit: what is fitted.
        table: its simulations.
        observed: which figures.
        draw: which draw of the parameters each simulation tries: ``(simulations,)``.
    """
    figures = statistics.logits(statistics.counted(table.followed, observed), observed.of)
    unbounded = abc.logit(table.parameters, fit.low, fit.high)
    taught = statistics.learnt(figures, unbounded, observed)
    return Reference(figures, unbounded, taught, taught.of(figures), fit.low, fit.high, fit.names, draw)


def posterior(fit: Fit, table: Table, observed: Observed, ready: Reference) -> Posterior:
    """What the observation says of the parameters."""
    seen = statistics.logits(observed.clinics, observed.of)
    accepted = abc.accept(ready.values, ready.statistics.of(seen), ACCEPTED)
    adjusted = accepted.adjusted(ready.unbounded[accepted.rows])
    shown = statistics.counted(table.followed, observed)
    return Posterior(
        observed,
        _parameters(fit, table, ready, accepted, adjusted),
        accepted,
        strangeness(ready, seen),
        shown[accepted.rows],
        shown,
    )


def _parameters(
    fit: Fit, table: Table, ready: Reference, accepted: Accepted, adjusted: Floats
) -> tuple[Parameter, ...]:
    after = np.atleast_2d(np.cov(adjusted.T, aweights=accepted.weights, ddof=0))
    before = ready.unbounded.var(axis=0)
    spread = np.sqrt(np.maximum(np.diag(after), 1e-12))
    correlation = after / np.outer(spread, spread)
    values = abc.unlogit(adjusted, fit.low, fit.high)
    found = []
    for place, name in enumerate(fit.names):
        others = [n for i, n in enumerate(fit.names) if i != place and abs(correlation[place, i]) > TOGETHER]
        left = float(after[place, place] / max(before[place], 1e-12))
        most = left * (1 + _ONE_SIDED * np.sqrt(2 / max(accepted.effective, 1.0)))
        gone, surely = max(1 - left, 0.0), max(1 - most, 0.0)
        own = (table.parameters[:, place], values[:, place], accepted.weights)
        found.append(Parameter(name, *own, gone, float(surely), tuple(others)))
    return tuple(found)


def strangeness(ready: Reference, seen: Floats) -> float:
    """Share of the simulations that resemble the others as little as the observation does, or less.

    Resemblance is the distance to the tenth nearest simulation, by components and by what these leave out.
    """
    taught = ready.statistics
    every = np.column_stack([taught.components(ready.figures), _scaled(taught.left_out(ready.figures), ready)])
    mine = np.append(taught.components(seen), _scaled(taught.left_out(seen[None]), ready))
    some = every[:: max(len(every) // 500, 1)]
    own = np.sort(np.sqrt(((every - mine) ** 2).sum(axis=1)))[_NEIGHBOURS - 1]
    theirs = [np.sort(np.sqrt(((every - one) ** 2).sum(axis=1)))[_NEIGHBOURS] for one in some]
    return float((np.array(theirs) >= own).mean())


def _scaled(left: Floats, ready: Reference) -> Floats:
    """What the components leave out, in units of what they leave out of the simulations."""
    return np.asarray(left / max(float(ready.statistics.left_out(ready.figures).std()), 1e-9))
