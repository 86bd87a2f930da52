"""What is known about spread, tried on the engine: the outcomes are those that are recorded, failures included."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest
from scipy import stats

from sim.facts import FACTS, Outcome, claims, outcomes, recorded
from sim.facts.fact import Check, above, below, within
from sim.facts.intervals import Interval, jackknife, mean
from sim.facts.recorded import UNKNOWN


@cache
def found() -> dict[str, Outcome]:
    """Every fact, run once for all tests here."""
    return {outcome.claim.id: outcome for outcome in outcomes(threads=2)}


@pytest.mark.parametrize("number", FACTS)
def test_a_fact_shows_what_is_recorded(number: str) -> None:
    """Passed or failed as `sim/facts_outcome.yaml` says, check by check, and the recorded effect is still the model's.

    A change either way fails: look at it, then `make facts` writes the file anew.
    """
    outcome, known = found()[number], recorded()[number]
    assert outcome.passed == known.passed
    assert [check.en for check in outcome.checks] == [check.en for check in known.checks]
    for check, before in zip(outcome.checks, known.checks, strict=True):
        assert check.passed == before.passed, check.en
        assert (check.least, check.most) == pytest.approx((before.least, before.most)), check.en
        half = (check.interval.high - check.interval.low) / 2
        assert before.effect == pytest.approx(check.interval.effect, abs=half, rel=1e-3), check.en


def test_every_recorded_failure_says_why() -> None:
    """A failure is diagnosed in a sentence, and nothing is recorded that is not run."""
    assert list(recorded()) == list(FACTS)
    for number, known in recorded().items():
        assert known.passed == all(check.passed for check in known.checks)
        assert known.passed or set(known.remark) == {"en", "sv"}, number
        assert UNKNOWN not in known.remark.values(), number


def test_no_claim_is_dropped_silently() -> None:
    """Every row of facts.csv is either run or says why it is not."""
    for number, claim in claims().items():
        assert claim.source
        assert claim.rule
        assert (number in FACTS) == (claim.kind in ("fact", "seed")), number
        assert bool(claim.rule_sv) == (claim.kind in ("later", "design")), number


def test_student_s_interval_is_scipy_s() -> None:
    """The mean's interval is scipy's one-sample t interval."""
    values = np.random.default_rng(3).normal(2, 5, 17)
    interval = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert mean(values) == Interval(*(pytest.approx(x) for x in (values.mean(), interval.low, interval.high)))


def test_the_jackknife_of_a_mean_is_student_s_interval() -> None:
    """For the mean the jackknife's error is the standard error exactly (Efron & Stein 1981)."""
    values = np.random.default_rng(4).exponential(3, 23)
    expected = mean(values)
    found = jackknife(lambda x: float(x.mean()), values)
    assert (found.effect, found.low, found.high) == pytest.approx((expected.effect, expected.low, expected.high))


def test_the_jackknife_of_a_ratio_is_the_delta_method_s() -> None:
    """For a ratio of means it comes close to the linear approximation: variance of (y - r x) / (n mean(x)^2)."""
    draws = np.random.default_rng(5)
    x = draws.normal(10, 1, 400)
    y = 0.5 * x + draws.normal(0, 1, 400)
    ratio = y.mean() / x.mean()
    error = (y - ratio * x).std(ddof=1) / np.sqrt(400) / x.mean()
    found = jackknife(lambda a, b: float(a.mean() / b.mean()), y, x)
    assert found.effect == pytest.approx(ratio)
    assert (found.high - found.low) / 2 == pytest.approx(stats.t.ppf(0.975, 399) * error, rel=0.01)


@pytest.mark.parametrize(
    ("check", "passed"),
    [
        (above(0, "", "", Interval(1, 0.1, 1.9)), True),
        (above(0, "", "", Interval(1, -0.1, 2.1)), False),
        (below(2, "", "", Interval(1, 0.1, 1.9)), True),
        (within(0.5, 2, "", "", Interval(1, 0.1, 1.9)), False),
        (within(0.5, 2, "", "", Interval(1, 0.6, 1.9)), True),
        (within(0.5, 2, "", "", Interval(1, 0.6, 2.1)), False),
    ],
)
def test_a_check_holds_where_the_whole_interval_does(check: Check, passed: bool) -> None:
    """An effect whose interval crosses a bound is not shown, however near the middle is."""
    assert check.passed is passed


def test_bad_outcomes_are_not_json() -> None:
    """What `innomotor facts --json` prints can be read by any program: no NaN, no infinity."""
    numbers = [
        x for o in found().values() for c in o.checks for x in (c.interval.effect, c.interval.low, c.interval.high)
    ]
    json.dumps(numbers, allow_nan=False)
