"""What a comparison concludes: how sure it is, over the draws of the parameters as well as over possible worlds.

Every draw of the parameters is tried in a few worlds. Worlds of the same draw differ by luck alone, and draws differ by
luck and by what is assumed; so luck can be taken out (one-way random effects), and what is left says under which share
of the assumptions a conclusion holds. Signs of single differences cannot say that: they mix luck with assumptions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

OPEN_BELOW = 0.8
"""A conclusion that holds over a smaller share of the draws, or of the worlds, is open."""
LEAST_DRAWS = 10
"""With fewer draws of the parameters nothing is said of the share over which a conclusion holds."""
_CHANCE = 0.01
"""How often luck alone may make a conclusion seem to hang on some parameter."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Assumptions:
    """The draws of the parameters that the replicates tried."""

    draw: NDArray[np.int64]
    """Number of the draw that each replicate tried, rising: ``(replicates,)``."""
    values: Mapping[str, Floats] = field(default_factory=dict)
    """Value of each drawn parameter in each draw: ``(draws,)``."""

    @cached_property
    def worlds(self) -> NDArray[np.int64]:
        """How many worlds tried each draw: ``(draws,)``."""
        return np.unique(self.draw, return_counts=True)[1]

    @property
    def enough(self) -> bool:
        """Whether there are draws enough to say over what share of them something holds."""
        return bool(self.values) and len(self.worlds) >= LEAST_DRAWS and bool((self.worlds > 1).any())

    def means(self, values: Floats) -> Floats:
        """Mean over the worlds of each draw: ``(replicates,)`` to ``(draws,)``."""
        first = np.concatenate(([0], np.cumsum(self.worlds)[:-1]))
        total: Floats = np.add.reduceat(values, first)
        return total / self.worlds

    @cached_property
    def ranks(self) -> Floats:
        """Standardised ranks of the parameters that vary, ``(parameters, draws)``, in the order of ``varying``."""
        return np.array([_standardised(_ranks(self.values[name])) for name in self.varying])

    @cached_property
    def varying(self) -> list[str]:
        """The parameters that are not the same in every draw."""
        return [name for name, values in self.values.items() if np.ptp(values) > 0]


@dataclass(frozen=True)
class Variance:
    """What a number varies by."""

    luck: float
    """Variance between worlds of the same draw."""
    assumptions: float
    """Variance of the expected value between draws."""


def variance_of(values: Floats, assumptions: Assumptions) -> Variance:
    """Luck and assumptions told apart by a one-way analysis of variance, never below 0.

    Source: Searle, Casella & McCulloch 1992, Variance Components, section 3.6 (unweighted means).

    Args:
        values: a number in every replicate, finite: ``(replicates,)``.
        assumptions: the draws.
    """
    means, worlds = assumptions.means(values), assumptions.worlds
    inside = values - np.repeat(means, worlds)
    luck = float((inside**2).sum() / max(int((worlds - 1).sum()), 1))
    between = float(np.var(means, ddof=1)) if len(means) > 1 else 0.0
    return Variance(luck, max(between - luck * float((1 / worlds).mean()), 0.0))


def share_positive(differences: Floats, assumptions: Assumptions) -> float | None:
    """Share of the draws under which the expected difference is above 0 (at 0 counts half), None without draws enough.

    The expected difference under a draw is known up to a normal error: its mean drawn towards the mean of all by what
    luck explains (empirical Bayes; Efron & Morris 1973, doi:10.1080/01621459.1973.10481350). The share is the mean of
    the probabilities that it is above 0, so that mere luck gives a half and not a verdict.

    Args:
        differences: one strategy minus another, replicate by replicate, finite: ``(replicates,)``.
        assumptions: the draws.
    """
    if not assumptions.enough:
        return None
    variance, means = variance_of(differences, assumptions), assumptions.means(differences)
    noise = variance.luck / assumptions.worlds
    total = variance.assumptions + noise
    kept = np.divide(variance.assumptions, total, out=np.ones_like(total), where=total > 0)
    middle = float(means.mean())
    expected = middle + kept * (means - middle)
    error = np.sqrt(variance.assumptions * (1 - kept) + (1 - kept) ** 2 * total.mean() / len(means))
    above = np.where(error > 0, ndtr(expected / np.where(error > 0, error, 1)), (1 + np.sign(expected)) / 2)
    return float(above.mean())


def without_luck(values: Floats, assumptions: Assumptions) -> Floats:
    """Expected values under each draw, their spread being that of the assumptions alone: ``(draws,)``.

    Means drawn towards their mean until their variance is what luck leaves (constrained empirical Bayes; Louis 1984,
    doi:10.1080/01621459.1984.10478062): the values together, not each of them, are estimated best.
    """
    means = assumptions.means(values)
    spread = float(np.var(means, ddof=1)) if len(means) > 1 else 0.0
    kept = np.sqrt(variance_of(values, assumptions).assumptions / spread) if spread > 0 else 0.0
    return means.mean() + kept * (means - means.mean())


@dataclass(frozen=True)
class Order:
    """Strategies from best to worst."""

    best_first: tuple[str, ...]
    holds: float | None
    """Share of the draws with this very order; None without draws enough."""
    first: Mapping[str, float]
    """Share of the draws in which each strategy comes first; empty without draws enough."""

    @property
    def is_open(self) -> bool:
        """Holds over too small a share of the draws."""
        return self.holds is not None and self.holds < OPEN_BELOW


def order_of(values: Mapping[str, Floats], assumptions: Assumptions | None) -> Order:
    """The order of the strategies by their mean, and over what share of the draws it holds; ties hold by half.

    Args:
        values: a number of every strategy, more being better, finite: ``(replicates,)`` each.
        assumptions: the draws, if there are any.
    """
    names = sorted(values, key=lambda name: -float(values[name].mean()))
    if assumptions is None or not assumptions.enough or len(names) < 2:
        return Order(tuple(names), None, {})
    shared = np.mean([values[name] for name in names], axis=0)
    expected = np.array([without_luck(values[name] - shared, assumptions) for name in names])
    steps = np.sign(expected[:-1] - expected[1:])
    holds = np.prod((1 + steps) / 2, axis=0)
    leads = expected == expected.max(axis=0)
    shares = (leads / leads.sum(axis=0)).mean(axis=1)
    return Order(tuple(names), float(holds.mean()), dict(zip(names, map(float, shares), strict=True)))


def hangs_on(differences: Floats, assumptions: Assumptions | None) -> dict[str, float]:
    """Parameters that a difference rises or falls with, by rank correlation over the draws, strongest first.

    Only those whose correlation is beyond what luck gives among so many parameters (Bonferroni, 1 %).

    Args:
        differences: one strategy minus another, finite: ``(replicates,)``.
        assumptions: the draws, if there are any.
    """
    if assumptions is None or not assumptions.enough or not assumptions.varying:
        return {}
    means = assumptions.means(differences)
    if np.ptp(means) == 0:
        return {}
    found = assumptions.ranks @ _standardised(_ranks(means)) / len(means)
    least = float(ndtri(1 - _CHANCE / (2 * len(found)))) / np.sqrt(len(means) - 1)
    strong = [place for place in np.argsort(-np.abs(found), kind="stable") if abs(found[place]) > least]
    return {assumptions.varying[place]: float(found[place]) for place in strong}


def is_open(worlds: float, draws: float | None) -> bool:
    """Whether it is open which of two is better: over too small a share of the worlds, or of the draws.

    Args:
        worlds: share of the worlds in which the first is better, a tie counting half.
        draws: share of the draws of the parameters in which it is expected to be; None where nothing is known of that.
    """
    shares: Sequence[float] = (worlds,) if draws is None else (worlds, draws)
    sure = all(share >= OPEN_BELOW for share in shares) or all(share <= 1 - OPEN_BELOW for share in shares)
    return not sure


def _standardised(values: Floats) -> Floats:
    """With mean 0 and variance 1."""
    centred = values - values.mean()
    result: Floats = centred / centred.std()
    return result


def _ranks(values: Floats) -> Floats:
    """Place of each from 1 in rising order; equals share the mean of theirs."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    return (last - (count - 1) / 2)[place]
