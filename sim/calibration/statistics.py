"""What a series of adoption says, in a few numbers: the statistics by which simulations are told from each other.

Figures become logits of counts, these their principal components, and the components what they tell of each parameter:
its regression on them (semi-automatic ABC; Fearnhead & Prangle 2012, doi:10.1111/j.1467-9868.2011.01010.x). Beside
those stand where the series is now and how fast it has been growing, which is what a forecast hangs on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.ensemble import Followed
from sim.observed import Observed

Floats = NDArray[np.float64]

MOST_COMPONENTS = 12
LEAST_VARIANCE = 0.01
"""Share of the variance that a component needs to be heard: below that speaks the luck of single clinics."""
_FAR = 3.0
"""Components count no more than this: what is rarer says that it is rare, not how rare."""
_RIDGE = 1e-3


def counted(followed: Followed, observed: Observed) -> Floats:
    """What each simulation would have shown in place of the figures: clinics, ``(replicates, figures)``."""
    counts = followed.in_use if observed.kind == "in_use" else followed.begun
    total = counts.sum(axis=2)
    whole = observed.region < 0
    place = np.where(whole, 0, observed.region)
    return np.where(whole, total[:, observed.months], counts[:, observed.months, place]).astype(np.float64)


def logits(clinics: Floats, of: Floats) -> Floats:
    """Log odds of counts, finite also for none and all (Haldane 1956): same shape."""
    return np.log((clinics + 0.5) / (of - clinics + 0.5))


@dataclass(frozen=True, eq=False)
class Statistics:
    """How to make statistics of figures, as a reference table has taught it."""

    middle: Floats
    scale: Floats
    axes: Floats
    """Principal axes, ``(figures, components)``, each scaled to variance 1 over the table."""
    weights: Floats
    """Regression of the standardised parameters on the components and their squares."""
    level: Floats
    """Weights of the figures in the present level: ``(figures, 2)``, level and growth."""
    level_scale: Floats

    def of(self, figures: Floats) -> Floats:
        """Statistics of logits: ``(…, figures)`` to ``(…, parameters + 2)``."""
        level = (figures @ self.level) / self.level_scale
        return np.concatenate([_with_squares(self.components(figures)) @ self.weights, level], axis=-1)

    def components(self, figures: Floats) -> Floats:
        """Whitened principal components: ``(…, figures)`` to ``(…, components)``."""
        return ((figures - self.middle) / self.scale) @ self.axes

    def left_out(self, figures: Floats) -> Floats:
        """What no component explains of the figures, root mean square in units of their spread: ``(…,)``."""
        standard = (figures - self.middle) / self.scale
        lengths = (self.axes**2).sum(axis=0)
        shown = (standard @ self.axes / lengths) @ self.axes.T
        return np.sqrt(((standard - shown) ** 2).mean(axis=-1))


def learnt(figures: Floats, parameters: Floats, observed: Observed) -> Statistics:
    """The statistics that tell most of the parameters.

    Args:
        figures: logits of every simulation, ``(simulations, figures)``.
        parameters: unbounded, ``(simulations, parameters)``.
        observed: which figures they are.
    """
    middle = figures.mean(axis=0)
    scale = np.sqrt(figures.var(axis=0) + _counting_error(middle, observed.of) ** 2)
    _, singular, axes = np.linalg.svd((figures - middle) / scale, full_matrices=False)
    variance = singular**2 / max(float((singular**2).sum()), 1e-300)
    kept = min(max(int((variance >= LEAST_VARIANCE).sum()), 1), MOST_COMPONENTS)
    whitened = axes[:kept].T * (np.sqrt(len(figures)) / np.maximum(singular[:kept], 1e-9))
    basis = _with_squares(((figures - middle) / scale) @ whitened)
    standard = (parameters - parameters.mean(axis=0)) / np.maximum(parameters.std(axis=0), 1e-12)
    damped = basis.T @ basis + _RIDGE * len(basis) * np.eye(basis.shape[1])
    weights = np.linalg.solve(damped, basis.T @ standard)
    level = _level(observed)
    return Statistics(middle, scale, whitened, weights, level, np.maximum((figures @ level).std(axis=0), 1e-9))


def _counting_error(middle: Floats, of: Floats) -> Floats:
    """Standard error of logits of counts, so that a clinic more or less where nobody had begun is not much."""
    clinics = (of + 1) / (1 + np.exp(-middle)) - 0.5
    return np.sqrt(1 / (clinics + 0.5) + 1 / (of - clinics + 0.5))


def _with_squares(components: Floats) -> Floats:
    near = np.clip(components, -_FAR, _FAR)
    return np.concatenate([near, near**2 - 1], axis=-1)


def _level(observed: Observed) -> Floats:
    """Weights that give the latest level of all regions, and its growth over the last third of the time."""
    months = np.unique(observed.months)
    late = months[-1] - max(months[-1] - months[0], 1) / 3
    earlier = months[np.argmin(np.abs(months - late))]
    now = np.where(observed.months == months[-1], observed.of, 0.0)
    then = np.where(observed.months == earlier, observed.of, 0.0)
    now, then = now / now.sum(), then / then.sum()
    return np.stack([now, now - then], axis=1)
