"""Weights, value functions and SMAA-2, against closed forms and a second library."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymcdm.methods import WSM
from scipy import stats

from portfolio import ranking, scoring, smaa, weights
from portfolio.amounts import Amount
from portfolio.board import Criterion, Doubt, Portfolio
from portfolio.gates import gate_card
from portfolio.initiative import Initiative


def board(scores: dict[str, dict], **more) -> Portfolio:
    """A portfolio of scored initiatives that pass every gate."""
    criteria = more.pop("criteria", {"a": {"weight": 100}, "b": {"weight": 60}, "c": {"weight": 30}})
    initiatives = {name: {"scores": one} for name, one in scores.items()}
    return Portfolio.model_validate({"years": [2026], "criteria": criteria, "initiatives": initiatives} | more)


THREE = {
    "x": {"a": {"low": 2, "likely": 4, "high": 5}, "b": 3, "c": 2},
    "y": {"a": 3, "b": {"low": 2, "likely": 4, "high": 5}, "c": 4},
    "z": {"a": 4, "b": 2, "c": {"low": 1, "likely": 3, "high": 5}},
}


def test_rank_order_centroids_are_the_published_ones():
    """Weights from a ranking alone are those of Barron & Barrett 1996, table 1."""
    np.testing.assert_allclose(
        weights.rank_order_centroid(np.arange(1.0, 5)), [0.5208, 0.2708, 0.1458, 0.0625], atol=5e-5
    )
    np.testing.assert_allclose(weights.rank_order_centroid(np.array([1.0, 2, 2])), [11 / 18, 7 / 36, 7 / 36])


def test_equal_ignorance_is_uniform_on_the_simplex():
    """Of three unknown weights each exceeds a half in a quarter of the draws; with normalised U(0,1) it is less."""
    drawn = weights.drawn("ignorance", np.full(3, 1 / 3), ["a", "b", "c"], 1, 40_000)
    np.testing.assert_allclose(drawn.sum(axis=1), 1)
    np.testing.assert_allclose((drawn > 0.5).mean(axis=0), 0.25, atol=0.011)  # 5 standard errors
    np.testing.assert_allclose(drawn.var(axis=0), 2 / 36, atol=0.0025)
    uniform = np.random.default_rng(0).random((40_000, 3))
    assert (uniform / uniform.sum(axis=1, keepdims=True) > 0.5).mean() < 0.20


def test_weights_in_order_average_to_the_rank_order_centroid():
    """Drawn with only their order sure, weights keep it and have the centroid as their mean."""
    own = np.array([0.2, 0.5, 0.3])
    drawn = weights.drawn("order", own, ["a", "b", "c"], 7, 20_000)
    assert (drawn[:, 1] >= drawn[:, 2]).all()
    assert (drawn[:, 2] >= drawn[:, 0]).all()
    np.testing.assert_allclose(drawn.mean(axis=0), weights.rank_order_centroid(np.array([3.0, 1, 2])), atol=0.006)


def test_weights_of_equal_rank_are_exchangeable():
    """Where two weights are equal, neither is the larger one more often."""
    drawn = weights.drawn("order", np.array([0.4, 0.4, 0.2]), ["a", "b", "c"], 3, 20_000)
    assert abs((drawn[:, 0] > drawn[:, 1]).mean() - 0.5) < 0.018


def test_weights_around_the_given_ones_have_them_as_their_mean():
    """Drawn near the given weights, their mean is the given ones and a weight of nothing stays nothing."""
    own = np.array([0.5, 0.3, 0.2, 0.0])
    drawn = weights.drawn("around", own, list("abcd"), 1, 20_000)
    np.testing.assert_allclose(drawn.mean(axis=0), own, atol=0.004)
    np.testing.assert_allclose(drawn.var(axis=0), own * (1 - own) / 31, atol=0.0006)  # Dirichlet


def test_less_is_better_is_negated_not_inverted():
    """On a scale where less is better the middle score has the middle value: 1 - v, not 1 / x."""
    value = scoring.value_function(Criterion(better="less"))
    np.testing.assert_allclose(value(np.array([1.0, 3, 5])), [1, 0.5, 0])


def test_value_points_bend_the_value_function():
    """Between the points that the board gives, value is straight; beyond them it is flat."""
    value = scoring.value_function(Criterion(value={"1": 0, "3": 0.8, "5": 1}))
    np.testing.assert_allclose(value(np.array([0.0, 1, 2, 4, 9])), [0, 0, 0.4, 0.9, 1])


@pytest.mark.parametrize("shape", ["triangular", "pert", "uniform", "normal"])
def test_draws_of_an_amount_have_its_mean(shape):
    """The inverse distribution function, averaged over probabilities, is the stated mean."""
    amount = Amount(low=1, likely=2, high=6 if shape != "normal" else 3, shape=shape)
    u = (np.arange(20_000) + 0.5) / 20_000
    assert amount.at(u).mean() == pytest.approx(amount.mean, rel=2e-4)


@pytest.mark.parametrize("shape", ["triangular", "pert", "uniform", "normal"])
def test_quantiles_of_an_amount_are_those_of_scipy(shape):
    """The inverse distribution functions agree with the library's."""
    low, likely, high = 1.0, 2.0, 6.0 if shape != "normal" else 3.0
    width = high - low
    peak = 4 * (likely - low) / width
    theirs = {
        "triangular": stats.triang((likely - low) / width, low, width),
        "pert": stats.beta(1 + peak, 5 - peak, low, width),
        "uniform": stats.uniform(low, width),
        "normal": stats.norm(2, width / (2 * stats.norm.ppf(0.95))),
    }
    u = np.linspace(0.001, 0.999, 97)
    ours = Amount(low=low, likely=likely, high=high, shape=shape).at(u)
    np.testing.assert_allclose(ours, theirs[shape].ppf(u), rtol=1e-9)


def test_drawn_values_have_the_distribution_of_the_scores():
    """Looked up between 1,025 points and in single precision, quantiles of the draws are those of value and score."""
    bent = {"a": Criterion(weight=1, value={"1": 0, "3": 0.8, "5": 1})}
    one = {"x": Initiative.model_validate({"scores": {"a": {"low": 1, "likely": 4, "high": 5}}})}
    for doubt in (Doubt(draws=200_000), Doubt(draws=200_000, same_initiative=0, same_criterion=0)):
        values = scoring.drawn_values(one, bent, doubt, 3)[0, 0]
        shares = np.linspace(0.02, 0.98, 49)
        exact = scoring.value_function(bent["a"])(one["x"].scores["a"].at(shares))
        assert values.dtype == np.float32
        below = (values[None, :] <= exact[:, None].astype(np.float32)).mean(axis=1)
        np.testing.assert_allclose(below, shares, atol=0.0056)  # 5 standard errors


def test_confidence_factors_count_every_draw_and_share_ties():
    """In blocks as one by one: first at its own central weights, shared where several are."""
    rng = np.random.default_rng(2)
    values = rng.integers(0, 3, (7, 3, 613)).astype(np.float32)
    centre = rng.dirichlet(np.ones(3), 7).astype(np.float32)
    centre[0], centre[4] = [0.5, 0.25, 0.25], np.nan
    found = smaa.confidence_factors(values, centre)
    for i in range(7):
        at = np.einsum("nkd,k->nd", values, centre[i])
        tops = np.isclose(at, at.max(axis=0), atol=1e-6)
        expected = np.nan if i == 4 else np.where(tops[i], 1 / tops.sum(axis=0), 0).mean()
        assert found[i] == pytest.approx(expected, abs=2e-3, nan_ok=True)


def test_scores_of_one_initiative_err_together():
    """The correlation between the normal scores of one initiative is what the board states; between others, nothing."""
    doubtful = {"low": 1, "high": 5, "shape": "normal", "likely": 3}
    given_ = board(
        {n: {"a": doubtful, "b": doubtful, "c": 3} for n in "xy"}, doubt={"same_initiative": 0.5, "same_criterion": 0.3}
    )
    wide = {name: Criterion(weight=1, scale="-100-100") for name in given_.criteria}  # so that no value is cut off
    values = scoring.drawn_values(given_.initiatives, wide, given_.doubt, 1)
    found = np.corrcoef(values[:, :2].reshape(4, -1))
    np.testing.assert_allclose(found[0, 1:], [0.5, 0.3, 0.0], atol=0.045)  # 5 standard errors with 10,000 draws


def test_smaa_of_two_opposites_is_known_in_closed_form():
    """(1, 0) against (0, 1): each is first half the time, at central weight 3/4, and always first there."""
    drawn = weights.drawn("ignorance", np.array([0.5, 0.5]), ["a", "b"], 5, 40_000)
    values = np.repeat(np.eye(2)[:, :, None], 40_000, axis=2)
    value = smaa.overall(values, drawn)
    np.testing.assert_allclose(smaa.rank_acceptability(value), 0.5, atol=0.0125)
    centre = smaa.central_weights(smaa.first_place(value), drawn)
    np.testing.assert_allclose(centre, [[0.75, 0.25], [0.25, 0.75]], atol=0.006)
    np.testing.assert_array_equal(smaa.confidence_factors(values, centre), [1, 1])
    np.testing.assert_allclose(smaa.pairwise_winning(value), 0.5, atol=0.0125)


def test_a_central_weight_that_no_draw_supports_is_not_a_number():
    """An initiative that is never first has no central weight: NaN, not 0, and no confidence either."""
    drawn = weights.drawn("ignorance", np.array([0.5, 0.5]), ["a", "b"], 5, 500)
    values = np.repeat(np.array([[0.9, 0.9], [0.1, 0.1]])[:, :, None], 500, axis=2)
    centre = smaa.central_weights(smaa.first_place(smaa.overall(values, drawn)), drawn)
    assert np.isnan(centre[1]).all()
    assert np.isnan(smaa.confidence_factors(values, centre)[1])


def test_ties_share_their_places():
    """Two that tie for first place get half of first and half of second each; rows and columns sum to 1."""
    found = smaa.rank_acceptability(np.array([[0.5, 0.5, 0.1], [0.9, 0.2, 0.2]]))
    np.testing.assert_allclose(found, [[0.75, 0.25, 0], [0.25, 0.5, 0.25], [0, 0.25, 0.75]])
    np.testing.assert_allclose(smaa.pairwise_winning(np.array([[0.5, 0.5]])), 0.5)


def test_acceptability_agrees_with_a_second_library():
    """Ranks of weighted sums by pymcdm, draw by draw, give the same acceptability as ours."""
    rng = np.random.default_rng(1)
    values, drawn = rng.random((6, 4)), weights.drawn("ignorance", np.full(4, 0.25), list("abcd"), 2, 300)
    ours = smaa.rank_acceptability(smaa.overall(np.repeat(values[:, :, None], 300, axis=2), drawn))
    method = WSM(normalization_function=lambda column, cost=False: column)
    counted = np.zeros((6, 6))
    for row in drawn:
        place = method.rank(method(values, row, np.ones(4, int), validation=False)).astype(int) - 1
        counted[np.arange(6), place] += 1
    np.testing.assert_allclose(ours, counted / 300)


def test_the_weight_that_changes_the_first_place_is_where_the_lines_cross():
    """At the stated weight the first and the next are equal; a little further the next is first."""
    given_ = board(THREE, doubt={"draws": 200})
    found = ranking.rank(given_)
    for k, flip in enumerate(found.flips):
        if flip.turns_at is None:
            continue
        moved = np.where(np.arange(3) == k, flip.turns_at, found.weights * (1 - flip.turns_at) / (1 - found.weights[k]))
        value = found.values @ moved
        assert value[0] == pytest.approx(value[found.names.index(flip.then_first)])
        assert value.max() == pytest.approx(value[0])


def test_bonus_breaks_ties_and_never_rescues():
    """Of two equals the one with more bonus is first; a failed gate is not made good."""
    given_ = board({"x": {"a": 3, "b": 3, "c": 3}, "y": {"a": 3, "b": 3, "c": 3}, "w": {"a": 5, "b": 5, "c": 5}})
    more = given_.initiatives["y"].model_copy(update={"bonus": Initiative(bonus={"external_funding": True}).bonus})
    failed = Initiative.model_validate(
        {
            "gates": {"clear_need": "no"},
            "scores": {"a": 5, "b": 5, "c": 5},
            "bonus": {"outside_interest": "international"},
        }
    )
    found = ranking.rank(given_.model_copy(update={"initiatives": {**given_.initiatives, "y": more, "w": failed}}))
    assert found.names == ("y", "x")
    assert found.cards["w"].verdict == "stopped"


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        ({"g": "yes"}, "passed"),
        ({"g": {"by": "2026-06"}}, "promised"),
        ({}, "open"),
        ({"g": "no", "h": "unknown"}, "stopped"),
    ],
)
def test_the_worst_answer_is_the_verdict(answers, verdict):
    """Yes, a date, an unknown or what is left out, and a no: each is worse than the one before."""
    assert gate_card(Initiative.model_validate({"gates": answers}), ("g",)).verdict == verdict


SCORES = st.lists(st.tuples(*[st.integers(1, 5)] * 3), min_size=2, max_size=6)


def same_order(before: ranking.Ranking, after: ranking.Ranking) -> bool:
    kept = tuple(name for name in after.names if name in before.names)
    return kept == before.names


@settings(max_examples=15)
@given(SCORES)
def test_a_dominated_initiative_changes_no_order_among_the_others(rows):
    """Nor the shares of first places: it is never first."""
    scores = {f"i{k}": dict(zip("abc", row, strict=True)) for k, row in enumerate(rows)}
    before = ranking.rank(board(scores, doubt={"draws": 200}))
    worst = {label: min(one[label] for one in scores.values()) for label in "abc"}
    after = ranking.rank(board({**scores, "zz": worst}, doubt={"draws": 200}))
    assert same_order(before, after)
    strictly = not any(all(one[label] == worst[label] for label in "abc") for one in scores.values())
    if strictly:
        first = dict(zip(after.names, after.acceptability[:, 0], strict=True))
        np.testing.assert_allclose([first[name] for name in before.names], before.acceptability[:, 0])


@settings(max_examples=15)
@given(SCORES)
def test_scaling_a_criterion_with_its_scale_changes_nothing(rows):
    """Scores in tenths on a scale in tenths are the same judgement."""
    scores = {f"i{k}": dict(zip("abc", row, strict=True)) for k, row in enumerate(rows)}
    tenfold = {name: {**one, "a": 10 * one["a"]} for name, one in scores.items()}
    scaled = {"a": {"weight": 100, "scale": "10-50"}, "b": {"weight": 60}, "c": {"weight": 30}}
    before = ranking.rank(board(scores, doubt={"draws": 200}))
    after = ranking.rank(board(tenfold, doubt={"draws": 200}, criteria=scaled))
    assert before.names == after.names
    np.testing.assert_allclose(before.acceptability, after.acceptability)


@settings(max_examples=15)
@given(SCORES, st.randoms(use_true_random=False))
def test_the_order_of_the_input_changes_nothing(rows, lots):
    """Initiatives and criteria may stand in any order in the file."""
    scores = {f"i{k}": dict(zip("abc", row, strict=True)) for k, row in enumerate(rows)}
    names = list(scores)
    lots.shuffle(names)
    criteria = {"c": {"weight": 30}, "a": {"weight": 100}, "b": {"weight": 60}}
    before = ranking.rank(board(scores, doubt={"draws": 200}))
    after = ranking.rank(board({name: scores[name] for name in names}, doubt={"draws": 200}, criteria=criteria))
    assert before.names == after.names
    np.testing.assert_allclose(before.acceptability, after.acceptability, atol=1e-12)
