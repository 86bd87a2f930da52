"""With all but outer and peer influence off, the model is the Bass model (Bass 1969, doi:10.1287/mnsc.15.5.215)."""

from __future__ import annotations

import numpy as np
import pytest
from builders import BASS, NEUTRAL, compared, everything_but
from numpy.typing import NDArray
from scipy import stats

from sim.metrics import SpreadResult

CLINICS, REPLICATES, MONTHS = 1500, 40, 120
Curve = NDArray[np.float64]


def spread(p: float, q: float, m: float = 1.0) -> SpreadResult:
    """An ensemble with outer influence p, peer influence q [1/year] and a share m that may ever start."""
    values = {"external_influence": p, "peer_influence": q, "layer_ties": 0.0, "layer_region": 0.0, "layer_all": 1.0}
    return compared(
        threads=2,
        months=MONTHS,
        replicates=REPLICATES,
        clinics={"regions": {"Norrdal": CLINICS}},
        network={"generator": "none"},
        innovations={"shared_notes": {}},
        parameters=NEUTRAL | values | {"ceiling": m},
        mechanisms=everything_but(*BASS),
    ).strategies["let"]


def bass(t: Curve, p: float, q: float) -> Curve:
    """F(t) = (1 - e^{-(p+q)t}) / (1 + (q/p) e^{-(p+q)t}), t in years."""
    decay = np.exp(-(p + q) * t)
    return (1 - decay) / (1 + q / p * decay)


def month_by_month(p: float, q: float, m: float) -> tuple[Curve, Curve]:
    """Mean and standard deviation of one replicate's share, month by month, for a large population.

    Mean: F' = F + (m - F)(1 - e^{-(p + qF)/12}). Deviation: linear noise, each month binomial among those left.
    """
    mean, variance = [0.0], [0.0]
    for _ in range(MONTHS):
        share, left = mean[-1], m - mean[-1]
        stay = np.exp(-(p + q * share) / 12)
        slope = stay + left * stay * q / 12
        mean.append(share + left * (1 - stay))
        variance.append(slope**2 * variance[-1] + left * stay * (1 - stay) / CLINICS)
    return np.array(mean), np.sqrt(variance)


@pytest.mark.parametrize(("p", "q"), [(0.02, 0.45), (0.05, 0.7), (0.07, 0.0), (0.3, 0.3)])
def test_ensemble_mean_is_bass(p: float, q: float) -> None:
    """The mean over replicates follows the month-by-month recursion tightly, and Bass's closed form as closely."""
    reach = spread(p, q).curves["reach"].astype(np.float64)
    recursion, deviation = month_by_month(p, q, 1.0)
    z = stats.norm.isf(1e-4 / 2 / MONTHS)  # all months at once
    # a finite population lags behind the mean field by order variance x curvature <= q V per year of growth
    finite = 0.5 * q * MONTHS / 12 * deviation**2
    tolerance = z * deviation / np.sqrt(REPLICATES) + finite + 1e-9
    assert (np.abs(reach.mean(axis=0) - recursion) <= tolerance).all()
    years = np.arange(MONTHS + 1) / 12
    step = np.abs(recursion - bass(years, p, q))
    assert step.max() < (p + q) / 12 * 0.5  # Euler's error is of the order of the step
    assert (np.abs(reach.mean(axis=0) - bass(years, p, q)) <= tolerance + step).all()


def test_the_discrete_recursion_converges_to_bass() -> None:
    """The recursion's distance from the closed form comes from the month alone: it halves when the step is halved."""

    def distance(steps_per_year: int) -> float:
        share, errors = 0.0, []
        for k in range(10 * steps_per_year):
            errors.append(abs(share - bass(np.array(k / steps_per_year), 0.02, 0.45)))
            share += (1 - share) * -np.expm1(-(0.02 + 0.45 * share) / steps_per_year)
        return float(max(errors))

    assert distance(12) / distance(24) == pytest.approx(2, rel=0.05)


def test_outer_influence_alone_is_exponential() -> None:
    """Without peers the number that has not started is binomial with e^{-pt}: mean, variance and first month."""
    reach = spread(0.07, 0.0).curves["reach"].astype(np.float64)
    expected = -np.expm1(-0.07 * np.arange(MONTHS + 1) / 12)
    error = np.sqrt(expected * (1 - expected) / (CLINICS * REPLICATES))
    assert (np.abs(reach.mean(axis=0) - expected) <= stats.norm.isf(1e-4 / 2 / MONTHS) * error + 1e-7).all()
    variance = reach[:, 60].var(ddof=1) / (expected[60] * (1 - expected[60]) / CLINICS)
    low, high = stats.chi2.ppf([5e-5, 1 - 5e-5], REPLICATES - 1) / (REPLICATES - 1)
    assert low < variance < high


def test_the_ceiling_scales_it() -> None:
    """With a share m that may ever start, m (1 - e^{-pt}) start: eligible clinics are those of a binomial draw."""
    m, p = 0.6, 0.3
    reach = spread(p, 0.0, m).curves["reach"].astype(np.float64)
    expected = m * -np.expm1(-p * np.arange(MONTHS + 1) / 12)
    error = np.sqrt(expected * (1 - expected) / (CLINICS * REPLICATES))
    assert (np.abs(reach.mean(axis=0) - expected) <= stats.norm.isf(1e-4 / 2 / MONTHS) * error + 1e-7).all()


def test_a_ceiling_with_peers_is_bass_with_q_times_m() -> None:
    """Exposure is a share of all clinics, so with ceiling m the eligible follow Bass with q m."""
    m, p, q = 0.5, 0.05, 0.7
    reach = spread(p, q, m).curves["reach"].astype(np.float64).mean(axis=0)
    recursion, deviation = month_by_month(p, q, m)
    drawn = recursion * np.sqrt((1 - m) / m / CLINICS) * (1 + q * m * np.arange(MONTHS + 1) / 12)  # who is eligible
    error = np.sqrt(deviation**2 + drawn**2) / np.sqrt(REPLICATES) * stats.norm.isf(1e-4 / 2 / MONTHS)
    finite = 0.5 * q * MONTHS / 12 * (deviation**2 + drawn**2)
    assert (np.abs(reach - recursion) <= error + finite + 1e-9).all()
    np.testing.assert_allclose(recursion, m * bass(np.arange(MONTHS + 1) / 12, p, q * m), atol=(p + q * m) / 24)


def test_nothing_happens_before_anybody_can_know() -> None:
    """Without outer influence and without users nobody ever starts; with p = 0 Bass stays at 0."""
    assert not spread(0.0, 0.7).curves["reach"].any()
