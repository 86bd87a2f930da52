"""How sure an effect is: 95 % intervals over replicates, as pure functions.

Replicates are independent worlds, and arms share them, so whatever is computed from several arms is computed from the
same replicates of each: that is what makes a comparison paired.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

CONFIDENCE = 0.95

Values = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Interval:
    """An effect and the ends of its 95 % interval."""

    effect: float
    low: float
    high: float


def mean(values: Values) -> Interval:
    """Mean over replicates with Student's interval; of a paired difference it is the paired t interval.

    Args:
        values: ``(replicates,)``, finite.

    >>> mean(np.array([1.0, 2.0, 3.0]))
    Interval(effect=2.0, low=-0.4841377118, high=4.484137712)
    """
    values = np.asarray(values, np.float64)
    return _interval(float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values))), len(values))


def jackknife(statistic: Callable[..., float], *samples: Values) -> Interval:
    """A smooth function of means over replicates, with the delete-one jackknife's interval.

    For the mean itself it is Student's interval. Efron & Stein 1981, doi:10.1214/aos/1176345462.

    Args:
        statistic: takes the samples, replicates first, and gives a number.
        samples: arrays with the same replicates first.
    """
    count = len(samples[0])
    left_out = np.empty(count)
    for i in range(count):
        keep = np.arange(count) != i
        left_out[i] = statistic(*(sample[keep] for sample in samples))
    error = np.sqrt((count - 1) / count * ((left_out - left_out.mean()) ** 2).sum())
    return _interval(float(statistic(*samples)), float(error), count)


def _interval(effect: float, error: float, count: int) -> Interval:
    half = float(stdtrit(count - 1, 0.5 + CONFIDENCE / 2)) * error
    return Interval(*(float(f"{x:.10g}") for x in (effect, effect - half, effect + half)))
