"""What it is worth to know more before deciding (Fenwick et al. 2020, doi:10.1016/j.jval.2020.01.001; Rothery 2020).

Net benefits are ``(draws, alternatives)`` in the unit in which the value comes out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

KNOTS = 6
"""Inner knots of the regression splines: more follow the sampling noise, fewer miss bends."""


def perfect(net: Floats) -> float:
    """Expected value of perfect information: the mean of the best less the best of the means; never below zero."""
    return max(0.0, float(net.max(axis=1).mean() - net.mean(axis=0).max()))


def partial(net: Floats, known: Floats) -> float:
    """Expected value of knowing some of the inputs, by regression (Strong, Oakley & Brennan 2014).

    Net benefit is regressed on what would be known; the fitted values are what one would expect having learnt it.
    doi:10.1177/0272989X13505910.

    Args:
        net: ``(draws, alternatives)``.
        known: ``(draws,)`` or ``(draws, inputs)``.
    """
    basis = _basis(known.reshape(len(net), -1))
    against = net - net[:, :1]
    coefficients, *_ = np.linalg.lstsq(basis, against, rcond=None)
    return perfect(basis @ coefficients)


def by_chance(net: Floats, known: Floats, shuffles: NDArray[np.intp]) -> Floats:
    """What ``partial`` gives where the input tells nothing: the value for each shuffled input, ``(shuffles,)``.

    The regression follows noise and ``perfect`` takes the best of what it finds, so that even an idle input seems to
    be worth something. An input worth no more than this has not been shown to be worth anything.

    Args:
        net: ``(draws, alternatives)``.
        known: ``(draws,)``.
        shuffles: orders of the draws, ``(shuffles, draws)``.
    """
    return np.array([partial(net, known[order]) for order in shuffles])


def _basis(known: Floats) -> Floats:
    """Intercept and, for each input, a cubic spline; products of the inputs' linear terms where there are several."""
    columns = [np.ones(len(known))]
    ranked = [_standardised(one) for one in known.T]
    for one in ranked:
        columns += [one, one**2, one**3]
        knots = np.quantile(one, (np.arange(KNOTS) + 1) / (KNOTS + 1))
        columns += [np.maximum(one - knot, 0) ** 3 for knot in np.unique(knots)]
    columns += [ranked[i] * ranked[j] for i in range(len(ranked)) for j in range(i)]
    return np.stack(columns, axis=1)


def _standardised(one: Floats) -> Floats:
    spread = one.std()
    return np.asarray((one - one.mean()) / spread if spread > 0 else np.zeros_like(one))
