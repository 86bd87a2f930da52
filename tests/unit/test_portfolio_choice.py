"""The choice under limits: brute force agrees, signs hold, what cannot be is told, and how sure it is."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.board import Portfolio
from portfolio.choice import choose as choosing
from portfolio.choice import robust, solver
from portfolio.choice.options import Option, quarters
from portfolio.choice.program import Program, Resource
from portfolio.forecast import Commitment, NoForecast
from portfolio.requirements import GATES
from sim.api import UserMistakes


def portfolio_of(initiatives: dict[str, dict], **more) -> Portfolio:
    """A small portfolio over two years."""
    base = {"years": [2026, 2027], "horizon_years": 4, "criteria": {"a": {"weight": 2}, "b": {"weight": 1}}}
    return Portfolio.model_validate(base | {"doubt": {"draws": 300}, "initiatives": initiatives} | more)


def chosen_of(board: Portfolio) -> choosing.Choice:
    """The best choice, proven."""
    return choosing.choose(choosing.prepared(board, NoForecast()), board, gap=1e-9)


PASSES = dict.fromkeys(GATES, "yes")


def scored(a: float, b: float, **more) -> dict:
    """An initiative with these scores that passes its gates."""
    return {"gates": PASSES, "scores": {"a": a, "b": b}} | more


def brute_force(ready: Program, value: np.ndarray) -> float:
    """The best value over every combination of at most one option of each initiative, checked rule by rule."""
    by_name = [[None, *np.flatnonzero([o.commitment.initiative == n for o in ready.options])] for n in ready.names]
    best = -np.inf
    for picked in itertools.product(*by_name):
        columns = [column for column in picked if column is not None]
        start = {ready.options[c].commitment.initiative: ready.options[c].commitment.quarter for c in columns}
        limits = np.array([resource.limit for resource in ready.resources])
        if not (
            ready.must <= start.keys()
            and (ready.usage[:, columns].sum(axis=1) <= limits + 1e-9).all()
            and not any(one in start and other in start for one, other in ready.excludes)
            and all(b in start and start[b] + lag <= start[n] for n, b, lag in ready.requires if n in start)
        ):
            continue
        synergy = sum(worth for one, other, worth in ready.synergies if one in start and other in start)
        best = max(best, value[columns].sum() + synergy)
    return best


@st.composite
def programs(draw):
    """A programme of up to seven initiatives in one to three options each, with every kind of rule."""
    count = draw(st.integers(2, 7))
    names, options = [f"i{k}" for k in range(count)], []
    for name in names:
        starts = draw(st.lists(st.integers(0, 3), min_size=1, max_size=3, unique=True))
        options += [
            Option(Commitment(name, "plan", start), np.ones(1), np.zeros(1), np.zeros(4), "by_hand") for start in starts
        ]
    whole = st.integers(0, 9)
    usage = np.array([[draw(whole) for _ in options] for _ in range(2)], float)
    resources = tuple(Resource("budget_sek", "", str(2026 + k), float(draw(st.integers(4, 25)))) for k in range(2))
    pairs = list(itertools.combinations(names, 2))
    some = st.lists(st.sampled_from(pairs), max_size=3, unique=True)
    ready = Program(
        tuple(options),
        resources,
        usage,
        frozenset(draw(st.lists(st.sampled_from(names), max_size=1))),
        tuple(draw(some)),
        tuple((late, early, draw(st.integers(0, 2))) for early, late in draw(some)),
        tuple((one, other, float(draw(st.integers(-6, 6)))) for one, other in draw(some)),
    )
    return ready, np.array([draw(st.integers(-2, 9)) for _ in options], float)


@settings(max_examples=60)
@given(programs())
def test_brute_force_agrees_with_the_solver(made):
    """Over random programmes with musts, exclusions, prerequisites in time and synergies of both signs."""
    ready, value = made
    expected = brute_force(ready, value)
    answer = solver.best(np.r_[value, ready.synergy_values], ready.limits())
    assert answer.found == np.isfinite(expected)
    if answer.found:
        assert answer.value == pytest.approx(expected, abs=1e-6)
        assert answer.gap <= 1e-6


@settings(max_examples=8)
@given(st.integers(0, 10_000))
def test_brute_force_agrees_on_fifteen_initiatives(seed):
    """All 32,768 portfolios of fifteen projects under three limits."""
    rng = np.random.default_rng(seed)
    value, usage = rng.integers(1, 100, 15).astype(float), rng.integers(0, 60, (3, 15)).astype(float)
    limit = usage.sum(axis=1) * 0.4
    every = np.array(list(itertools.product([0.0, 1.0], repeat=15)))
    feasible = (every @ usage.T <= limit + 1e-9).all(axis=1)
    options = tuple(
        Option(Commitment(f"i{k}", "plan", 0), np.ones(1), np.zeros(1), np.zeros(1), "by_hand") for k in range(15)
    )
    resources = tuple(Resource("support_hours", str(k), "2026", float(one)) for k, one in enumerate(limit))
    ready = Program(options, resources, usage, frozenset(), (), (), ())
    assert solver.best(value, ready.limits()).value == pytest.approx((every[feasible] @ value).max())


@pytest.mark.parametrize(("worth", "both"), [(-0.7, False), (-0.1, True), (0.3, True)])
def test_a_negative_synergy_is_paid_when_both_are_chosen(worth, both):
    """The product of both cannot be left out to dodge a loss, nor be claimed for a gain with one of them alone."""
    board = portfolio_of({"x": scored(3, 3, synergy={"y": {"value": worth}}), "y": scored(3, 3)})
    found = chosen_of(board)
    assert (len(found.commitments) == 2) == both
    assert found.value == pytest.approx(max(0.5 + 0.5 + worth, 0.5))


def test_what_is_required_has_started_in_time():
    """The later initiative waits the stated quarters for the one that it builds on."""
    board = portfolio_of({"x": scored(5, 5, requires={"y": 3}), "y": scored(1, 2)})
    start = {one.initiative: one.quarter for one in chosen_of(board).commitments}
    assert start["x"] == start["y"] + 3


def test_a_must_is_chosen_though_it_is_worth_nothing():
    """What is already started is in every choice, from the first quarter, and its money is gone for the others."""
    started = {"must": "started", "cost": {"fixed_sek": 60}}
    board = portfolio_of(
        {"m": started, "x": scored(5, 5, cost={"fixed_sek": 50})}, limits={"budget_sek": {2026: 100, 2027: 0}}
    )
    assert [one.initiative for one in chosen_of(board).commitments] == ["m"]


def test_an_impossible_must_names_the_limit_and_by_how_much():
    """Which limit, which year, what the musts take, and how much that is too much."""
    started = {"must": "started", "cost": {"fixed_sek": 160}}
    board = portfolio_of({"m": started}, limits={"budget_sek": {2026: 100, 2027: 100}})
    with pytest.raises(UserMistakes) as told:
        chosen_of(board)
    (only,) = told.value.mistakes
    assert only.place == "limits.budget_sek.2026"
    assert "takes 160, 60 more" in only.found
    assert "at least 160" in only.remedy


def test_musts_that_exclude_each_other_are_told_as_such():
    """No limit would have to give way: the rules contradict each other."""
    board = portfolio_of({"m": {"must": "started"}, "n": {"must": "decided", "excludes": ["m"]}})
    with pytest.raises(UserMistakes, match="contradicts requires and excludes"):
        chosen_of(board)


def test_a_stopped_initiative_is_never_chosen():
    """However high it scores."""
    board = portfolio_of({"x": scored(5, 5) | {"gates": PASSES | {"ability": "no"}}, "y": scored(2, 2)})
    assert [one.initiative for one in chosen_of(board).commitments] == ["y"]


def test_what_a_gate_is_promised_for_starts_after_the_promise():
    """A requirement that will be met in June lets the initiative start in the third quarter."""
    board = portfolio_of({"x": scored(5, 5) | {"gates": PASSES | {"ability": {"by": "2026-06"}}}})
    assert quarters(board, "x")[0] == 2


def test_an_option_that_starts_late_delivers_less_and_is_charged_a_whole_year():
    """A start in the last quarter does not look cheap because the plan ends."""
    board = portfolio_of({"x": scored(5, 5, cost={"per_year_sek": 120})}, limits={"budget_sek": 1000})
    options = choosing.prepared(board, NoForecast()).options
    delivered = [float(option.delivered.mean()) for option in options]
    assert delivered == sorted(delivered, reverse=True)
    assert delivered[0] == pytest.approx(1)
    assert options[-1].money.tolist() == [0, 120]
    assert options[2].money.tolist() == [60, 120]


def test_the_choice_names_its_gap_and_keeps_its_limits():
    """The gap is a number, and what is used is within what there is."""
    board = portfolio_of(
        {f"i{k}": scored(1 + k % 5, 3, cost={"fixed_sek": 10 + 7 * k}) for k in range(9)}, limits={"budget_sek": 60}
    )
    found = chosen_of(board)
    assert found.gap <= 1e-6
    assert all(used.used <= used.resource.limit * (1 + 1e-9) for used in found.used)


@pytest.fixture(scope="module")
def tight() -> choosing.Choice:
    doubtful = {"low": 1, "likely": 3, "high": 5}
    initiatives = {f"i{k}": scored(doubtful, 1 + k % 5, cost={"fixed_sek": 10 + 7 * k}) for k in range(7)}
    board = portfolio_of(initiatives, limits={"budget_sek": {2026: 45, 2027: 25}})
    found = choosing.with_prices(chosen_of(board), board)
    return choosing.with_robustness(found, board, solved=40)


def test_the_sum_of_core_indices_is_not_a_portfolio(tight):
    """Initiatives that can each be in a best portfolio do not fit together."""
    sure = tight.robustness
    able = sure.core_index > 0
    cost = {f"i{k}": 10 + 7 * k for k in range(7)}
    assert sum(cost[name] for name, one in zip(sure.names, able, strict=True) if one) > 70
    assert ((sure.core_index >= 0) & (sure.core_index <= 1)).all()


def test_every_portfolio_of_the_pool_keeps_the_limits_and_the_error_is_binomial(tight):
    """The pool is made of feasible portfolios; the sampling error is that of a counted share."""
    ready, sure = tight.program, tight.robustness
    used = sure.pool[:, : len(ready.options)] @ ready.usage.T
    assert (used <= np.array([r.limit for r in ready.resources]) + 1e-6).all()
    share = sure.acceptability
    np.testing.assert_allclose(sure.error, np.sqrt(share * (1 - share) / sure.draws))


def test_core_borderline_and_out_follow_the_acceptability(tight):
    """In nearly every world core, in hardly any out, between them borderline."""
    for standing, share in zip(tight.robustness.standing, tight.robustness.acceptability, strict=True):
        assert standing == ("core" if share >= 0.95 else "out" if share <= 0.05 else "borderline")


def test_more_money_never_hurts_and_less_never_helps(tight):
    """The frontier rises, and the prices have their signs."""
    values = [value for _, value in tight.frontier]
    assert all(later >= earlier - 1e-6 for earlier, later in itertools.pairwise(values))
    assert all(price.more >= 0 >= price.less for price in tight.prices)


def test_with_no_doubt_every_world_chooses_the_same():
    """Exact weights and scores: one portfolio, core index 1 for what is in it and 0 for the rest."""
    board = portfolio_of(
        {"x": scored(5, 5, cost={"fixed_sek": 10}), "y": scored(1, 2, cost={"fixed_sek": 10})},
        limits={"budget_sek": {2026: 15, 2027: 0}},
        doubt={"weights": "none", "draws": 200},
    )
    sure = choosing.with_robustness(chosen_of(board), board, solved=10).robustness
    assert dict(zip(sure.names, sure.core_index, strict=True)) == {"x": 1, "y": 0}
    assert dict(zip(sure.names, sure.acceptability, strict=True)) == {"x": 1, "y": 0}


def test_what_both_portfolios_hold_counts_for_neither():
    """An uncertain project in both cannot keep the better of two portfolios from dominating."""
    pool = np.array([[True, True, False], [True, False, True]])
    low, high = np.array([[0.0], [2.0], [1.0]]), np.array([[100.0], [2.0], [1.0]])
    assert robust.nondominated(pool, low, high, np.ones((1, 1))).tolist() == [True, False]


def test_the_corners_of_an_order_with_equals_hold_both_ways():
    """Where two weights are equal, either may be the larger."""
    corners = robust.extreme_weights("order", np.array([0.4, 0.4, 0.2]), np.empty((0, 3)))
    assert {tuple(row) for row in corners.round(3)} == {(1, 0, 0), (0, 1, 0), (0.5, 0.5, 0), (0.333, 0.333, 0.333)}


def test_nothing_of_the_solver_reaches_stdout(capfd):
    """What HiGHS writes does not spoil --json."""
    board = portfolio_of(
        {f"i{k}": scored(1 + k % 5, 3, cost={"fixed_sek": 10 + 7 * k}) for k in range(9)}, limits={"budget_sek": 60}
    )
    chosen_of(board)
    assert capfd.readouterr().out == ""


def test_the_order_of_the_initiatives_changes_no_value():
    """The file's order is no reason to choose."""
    initiatives = {f"i{k}": scored(1 + k % 5, 3, cost={"fixed_sek": 10 + 7 * k}) for k in range(7)}
    backwards = dict(reversed(initiatives.items()))
    limits = {"budget_sek": 50}
    assert (
        chosen_of(portfolio_of(initiatives, limits=limits)).commitments
        == chosen_of(portfolio_of(backwards, limits=limits)).commitments
    )


def test_a_scaled_limit_scales_only_its_kind(tight):
    """Five per cent more money leaves the other limits as they are."""
    ready = replace(tight.program, resources=(*tight.program.resources,))
    more = ready.limits({"budget_sek": 1.05}).high[: len(ready.resources)]
    np.testing.assert_allclose(more, [1.05 * r.limit for r in ready.resources])
    np.testing.assert_allclose(ready.limits({"other": 2.0}).high[: len(more)], [r.limit for r in ready.resources])
