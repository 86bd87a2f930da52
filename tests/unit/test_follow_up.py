"""Follow-up: scores that closed forms confirm, and updates that agree with Bayes where he can be worked out by hand."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from portfolio.board import Portfolio
from portfolio.choice.options import course
from portfolio.follow_up import followed, kept, promised, scoring, updating
from portfolio.follow_up.followed import Followed, period_end, period_start
from portfolio.forecast import Adoption, Commitment, NoForecast
from portfolio.initiative import Initiative
from portfolio.journal import Decision, Entry, FollowUp, Line, taken

QUANTILES = (np.arange(2000) + 0.5) / 2000


@pytest.mark.parametrize(("mean", "spread", "seen"), [(0, 1, 0), (0, 1, 1.7), (3, 0.5, 1), (-2, 4, 9)])
def test_crps_of_a_normal_forecast(mean, spread, seen):
    """Draws of a normal distribution score as the closed form says (Gneiting & Raftery 2007, p. 367)."""
    z = (seen - mean) / spread
    exact = spread * (z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - 1 / np.sqrt(np.pi))
    assert scoring.crps(norm.ppf(QUANTILES, mean, spread), seen) == pytest.approx(exact, abs=2e-3 * spread)


@given(st.lists(st.tuples(st.floats(-5, 5), st.integers(1, 4)), min_size=1, max_size=8), st.floats(-6, 6))
def test_crps_by_its_definition(cases, seen):
    """The sorted form gives what all pairs give, and a weight counts as so many draws."""
    draws, counts = np.array([case[0] for case in cases]), np.array([case[1] for case in cases])
    repeated = np.repeat(draws, counts)
    pairs = np.abs(repeated[:, None] - repeated[None, :]).mean() / 2
    assert scoring.crps(draws, seen, counts) == pytest.approx(np.abs(repeated - seen).mean() - pairs, abs=1e-9)
    assert scoring.crps(repeated, seen) == pytest.approx(scoring.crps(draws, seen, counts), abs=1e-9)


def test_weighted_quantiles_are_those_of_the_repeated_draws():
    """A weight of three is three draws."""
    shares = (0.0, 0.05, 0.3, 0.5, 0.95, 1.0)
    repeated = np.repeat([4.0, 1.0, 2.0], [1, 3, 2])
    assert (
        scoring.quantiles([4.0, 1.0, 2.0], shares, [1, 3, 2]).tolist() == scoring.quantiles(repeated, shares).tolist()
    )
    assert scoring.quantiles(repeated, [0.5]).tolist() == [1.0]


def test_wilson_interval_of_the_literature():
    """81 of 263 gives 0.2553 to 0.3662 (Newcombe 1998, table I, doi:10.1002/(SICI)1097-0258(19980430)17:8<857)."""
    assert scoring.share_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert scoring.share_interval(0, 0) == (0.0, 1.0)


def test_reweighting_is_bayes():
    """Worlds of a normal prior, weighed by one sighting, have the conjugate posterior's mean and spread."""
    prior, noise, seen = 0.1, 0.05, 0.45
    worlds = norm.ppf(QUANTILES, 0.3, prior)
    evidence = updating.Evidence(worlds[:, None], np.array([seen]), np.array([3.0]), noise)
    weight = updating.weights(updating.log_likelihood(evidence, 0.8))
    precision = 1 / prior**2 + 1 / noise**2
    mean = (0.3 / prior**2 + seen / noise**2) / precision
    assert weight @ worlds == pytest.approx(mean, abs=1e-3)
    assert np.sqrt(weight @ (worlds - mean) ** 2) == pytest.approx(precision**-0.5, abs=1e-3)


def test_sightings_close_in_time_are_not_separate_proofs():
    """Two sightings with correlation r weigh as the generalised least squares mean: precision 2 / (1 + r)."""
    worlds = norm.ppf(QUANTILES, 0.0, 10.0)
    said = np.stack([worlds, worlds], axis=1)
    for persistence, apart in ((0.8, 1), (0.8, 4), (0.5, 1)):
        evidence = updating.Evidence(said, np.array([1.0, 1.0]), np.array([0.0, float(apart)]), 1.0)
        weight = updating.weights(updating.log_likelihood(evidence, persistence))
        precision = 2 / (1 + persistence**apart) + 1 / 100
        assert weight @ worlds**2 - (weight @ worlds) ** 2 == pytest.approx(1 / precision, rel=1e-2)


@given(st.lists(st.floats(-700, 0), min_size=1, max_size=30))
def test_effective_worlds_lie_between_one_and_all(logs):
    """Never fewer than one world, never more than there are, all of them where all weigh the same."""
    weight = updating.weights(logs)
    assert weight.sum() == pytest.approx(1)
    assert 1 - 1e-9 <= updating.effective_worlds(weight) <= len(logs) + 1e-9
    assert updating.effective_worlds(np.ones(len(logs))) == pytest.approx(len(logs))


BOARD = Portfolio.model_validate(
    {
        "years": [2026, 2027],
        "initiatives": {
            "first": {
                "benefit": {"scenario": "x.yaml"},
                "strategies": ["help"],
                "cost": {
                    "fixed_sek": {"low": 1e6, "likely": 2e6, "high": 6e6},
                    "per_clinic_sek": 50_000,
                    "per_year_sek": {"low": 1e5, "high": 3e5},
                    "per_clinic_year_sek": 1200,
                },
            },
            "second": {
                "clinics": {"ward": 10},
                "benefit": {"ramp": {"bass": {"p": 0.1, "q": 0.4}}},
                "cost": {"per_clinic_sek": 10_000},
                "strategies": {"help": {"per_year_sek": 1e5, "fixed_sek": 5e5}},
            },
        },
    }
)


class Simulated(NoForecast):
    """Forty worlds in which a share of clinics that differs from world to world begins each month."""

    def adoption(self, name: str, initiative: Initiative, strategy: str) -> Adoption:
        """A straight line in each world."""
        share = np.linspace(0.01, 0.04, 40)[:, None] * np.arange(1, 25)
        booked = {"levers_sek": np.full((40, 24), 20_000.0), "innovation_sek": share * 1e4}
        return Adoption("simulation", share, share, 50, booked)


@pytest.mark.parametrize(("name", "quarter"), [("first", 0), ("first", 3), ("second", 2)])
def test_a_promise_costs_what_the_choice_reckons_with(name, quarter):
    """In the mean over worlds, money by year is what the choice was made on."""
    commitment = Commitment(name, "help", quarter)
    made = promised(BOARD, commitment, Simulated())
    expected = course(BOARD, name, "help", 24, Simulated()).money
    late = np.concatenate([np.zeros(3 * quarter), expected])[:24].reshape(2, 12).sum(axis=1)
    by_year = [made.at("cost_sek", year).mean() for year in ("2026", "2027")]
    assert by_year == pytest.approx(late, rel=0.05)
    assert made.at("adoption", "2027") == pytest.approx(made.at("adoption", "2027-Q4"))
    assert made.adoption[:, :quarter].max(initial=0) == 0


def test_a_promise_is_kept_with_six_figures():
    """What is stored and read back is the promise, and a period outside the plan is refused."""
    made = promised(BOARD, Commitment("first", "help", 1), Simulated())
    again = kept(taken(made.plain()).content())
    assert again.quarters == made.quarters == tuple(f"{y}-Q{q}" for y in (2026, 2027) for q in (1, 2, 3, 4))
    assert again.cost_sek == pytest.approx(made.cost_sek, rel=1e-5)
    assert kept(taken(again.plain()).content()).plain() == again.plain()
    with pytest.raises(KeyError):
        made.at("adoption", "2029")


@pytest.mark.parametrize("period", ["2026-Q1", "2026-Q4", "2026", "2027-Q3"])
def test_periods_follow_each_other(period):
    """A period ends where the next begins."""
    assert dt.date.fromisoformat(period_start(period)) < dt.date.fromisoformat(period_end(period))
    assert period_end("2026") == period_end("2026-Q4") == period_start("2027")


def entry(number: int, **said: object) -> Entry:
    base = {"portfolio": "p", "initiative": "first", "recorded_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}
    if "period" in said:
        record = FollowUp.model_validate(
            {**base, "date": dt.date(2028, 1, 1), "reported_by": "x", "source": "y", **said}
        )
    else:
        more = {"step": "start", "outcome": "approved", "level": "unit", "diary_number": "1", "decided_by": "a"}
        record = Decision.model_validate({**base, **more, "reason": "r", **said})
    return Entry(Line(number, "", "", ""), record)


MADE = promised(BOARD, Commitment("first", "help", 0), Simulated())
KEYS = [taken({"n": n}).key for n in range(2)]


def follow(*entries: Entry) -> Followed:
    return followed(entries, {key: {"first": MADE} for key in KEYS})


def test_sightings_verdicts_and_update():
    """Adoption that is seen in the middle is covered and unbiased; the update moves towards what was seen."""
    start = entry(1, date=dt.date(2025, 12, 1), snapshot=KEYS[0])
    middle = float(MADE.at("adoption", "2026-Q2").mean())
    seen = follow(start, entry(2, period="2026-Q2", adoption=middle), entry(3, period="2026-Q4", adoption=0.45))
    assert [(one.period, one.inside) for one in seen.sightings] == [("2026-Q2", True), ("2026-Q4", True)]
    (verdict,) = seen.verdicts
    assert verdict.bias == pytest.approx((MADE.at("adoption", "2026").mean() - 0.45) / 2, abs=1e-9)
    assert seen.coverage()[:2] == (2, 2)
    (update,) = seen.updates
    assert update.holds
    before, after = (float(getattr(update, name)["adoption"][1, -1]) for name in ("before", "after"))
    assert before < after < 0.04 * 24
    assert float(np.ptp(update.after["adoption"][:, -1])) < float(np.ptp(update.before["adoption"][:, -1]))


def test_a_forecast_that_was_wrong_is_said_to_be():
    """Far outside every world: not covered, biased, and too few worlds left to trust the update."""
    start = entry(1, date=dt.date(2025, 12, 1), snapshot=KEYS[0])
    seen = follow(start, entry(2, period="2027", adoption=0.0, cost_sek=50e6))
    assert [one.inside for one in seen.sightings] == [False, False]
    assert {one.what: one.bias > 0 for one in seen.verdicts} == {"adoption": True, "cost_sek": False}
    assert not seen.updates[0].holds


def test_corrected_lines_do_not_count():
    """A line that a later one corrects is out, as if it had never been."""
    start = entry(1, date=dt.date(2025, 12, 1), snapshot=KEYS[0])
    seen = follow(start, entry(2, period="2026", adoption=0.9), entry(3, period="2026", adoption=0.3, corrects=2))
    assert [one.seen for one in seen.sightings] == [0.3]


def test_a_sighting_is_held_against_the_decision_before_it():
    """The forecast of the latest approved decision before the period; a rejected one promises nothing."""
    first = entry(1, date=dt.date(2025, 12, 1), snapshot=KEYS[0])
    later = entry(2, date=dt.date(2026, 6, 1), step="adjust", snapshot=KEYS[1])
    other = promised(BOARD, Commitment("first", "help", 2), Simulated())
    promises = {KEYS[0]: {"first": MADE}, KEYS[1]: {"first": other}}

    def median(*entries: Entry) -> list[float]:
        return [one.median for one in followed(entries, promises).sightings]

    old, new = entry(3, period="2026-Q2", adoption=0.1), entry(4, period="2026-Q4", adoption=0.1)
    own = [float(scoring.quantiles(p.at("adoption", q), [0.5])[0]) for p, q in ((MADE, "2026-Q2"), (other, "2026-Q4"))]
    assert median(first, later, old, new) == own
    refused = entry(2, date=dt.date(2026, 6, 1), step="adjust", outcome="referred_back", snapshot=KEYS[1])
    assert median(first, refused, old, new)[1] != own[1]
    assert median(entry(9, date=dt.date(2025, 1, 1), outcome="rejected", snapshot=KEYS[0]), old) == []


def test_a_forecast_without_a_band_is_scored_by_its_error():
    """A curve by hand or by analogy states no doubt: no band to lie in, and nothing to weigh anew."""
    made = promised(BOARD, Commitment("second", "help", 0), NoForecast())
    start = entry(1, initiative="second", date=dt.date(2025, 12, 1), snapshot=KEYS[0])
    seen = followed([start, entry(2, initiative="second", period="2026", adoption=0.5)], {KEYS[0]: {"second": made}})
    (one,) = seen.sightings
    assert (one.inside, one.low == one.high, seen.updates) == (None, True, ())
    assert one.crps == pytest.approx(abs(one.median - 0.5))
