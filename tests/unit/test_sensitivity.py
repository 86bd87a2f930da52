"""Indices beside closed forms; choices that meet the same worlds; what has been run is not run again."""

from __future__ import annotations

import numpy as np
import pytest

from sim import experiment
from sim.errors import UserMistakes
from sim.sensitivity import indices, screening, study, trials
from sim.store import shared
from tests.builders import source

DRAWN = {
    "estimates": "fixed",
    "strategies": {"let": "let_it_happen", "make": "make_it_happen"},
    "uncertain": {
        "external_influence": {"uniform": [0.01, 0.07]},
        "peer_influence": {"uniform": [0.1, 0.6]},
        "mandate_price": {"uniform": [100_000, 400_000]},
        "slack_mean": {"uniform": [0.02, 0.1]},
    },
}
SMALL = study.Size(trajectories=2, base=8, strongest=3, draws=64, worlds=1, side=3, bars=3, careful_worlds=2)


def test_the_indices_of_the_ishigami_function_are_known():
    """First indices .314, .442, 0 and totals .558, .442, .244 (Ishigami & Homma 1990, a = 7, b = 0.1)."""
    names = ["x1", "x2", "x3"]
    tried = indices.design(names, 4096, 1)
    low, high = trials.ENDS
    x = np.pi * (2 * (tried - low) / (high - low) - 1)
    outcome = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    found = {one.name: one for one in indices.indices(names, outcome, 1)}
    for name, first, total in (("x1", 0.3139, 0.5576), ("x2", 0.4424, 0.4424), ("x3", 0.0, 0.2437)):
        assert found[name].first == pytest.approx(first, abs=0.04)
        assert found[name].total == pytest.approx(total, abs=0.04)


def test_one_index_over_several_outcomes_counts_them_by_variance():
    """An outcome that hardly varies hardly counts, one that does not vary not at all."""
    names = ["a", "b"]
    tried = indices.design(names, 256, 3)
    both = np.stack([10 * tried[:, 0], 0.1 * tried[:, 1], np.ones(len(tried))])
    found = {one.name: one for one in indices.of_any(names, both, 3)}
    assert found["a"].total == pytest.approx(1, abs=0.05)
    assert found["b"].total == pytest.approx(0, abs=0.05)
    assert indices.of_any(names, np.ones((2, len(tried))), 3) == ()


def test_the_effects_of_a_straight_line_are_its_slopes():
    """Moving an assumption of a linear outcome through its range gives the slope, every time alike."""
    names = ["steep", "flat", "idle"]
    tried = screening.design(names, 6, 2)
    found = screening.effects(names, tried, 5 * tried[:, 0] - 2 * tried[:, 1], 2)
    unit = trials.ENDS[1] - trials.ENDS[0]
    assert [one.name for one in found] == names
    assert [one.strength for one in found] == pytest.approx([5 * unit, 2 * unit, 0], abs=1e-9)
    assert [one.direction for one in found] == pytest.approx([5 * unit, -2 * unit, 0], abs=1e-9)
    assert found[0].spread == pytest.approx(0, abs=1e-9)


def test_a_choice_is_the_scenario_with_those_values(monkeypatch):
    """A trial gives what the scenario gives with the parameters set, in the same worlds, to the last bit."""
    monkeypatch.setenv("INNOMOTOR_STORE", "")
    found = trials.assumptions_of(source(**DRAWN), threads=1)
    assert set(found.names) == {
        *DRAWN["uncertain"],
        "internalisation",
        "superficial_depth",
        "abandonment_after_lift",
    } & {*found.names}
    quantiles = found.centre(2)
    quantiles["external_influence"] = np.array([0.1, 0.9])
    tried = trials.Runner(found, 6).outcomes(quantiles, 3)
    for choice, share in enumerate((0.1, 0.9)):
        values = {name: float(found.values(name, np.array([0.5]))[0]) for name in found.names}
        values["external_influence"] = float(found.values("external_influence", np.array([share]))[0])
        fixed = source(**{**DRAWN, "uncertain": {}, "parameters": values, "replicates": 3})
        whole = experiment.compare(fixed, threads=1)
        for name in ("let", "make"):
            expected = whole.strategies[name].final["reach"].mean()
            assert tried[name]["reach"][choice] == pytest.approx(expected, abs=1e-12)


def test_what_has_been_run_is_not_run_again(tmp_path, monkeypatch):
    """The second time everything comes from the store, and it is the same to the last bit."""
    monkeypatch.setenv("INNOMOTOR_STORE", str(tmp_path))
    first = study.study(source(**DRAWN), size=SMALL, threads=2)
    kept = []
    monkeypatch.setattr(shared, "keep", lambda key, _: kept.append(key))
    again = study.study(source(**DRAWN), size=SMALL, threads=1)
    assert kept == []
    assert again.effects == first.effects
    assert again.indices == first.indices
    assert np.array_equal(again.map.best, first.map.best)
    assert again.tornado == first.tornado
    assert again.asked == first.asked


def test_the_study_says_what_decides(tmp_path, monkeypatch):
    """Ranked by net benefit, the price of the mandate is among what matters to the lead, and never to spread."""
    monkeypatch.setenv("INNOMOTOR_STORE", str(tmp_path))
    told = []
    found = study.study(source(**DRAWN), size=SMALL, threads=2, progress=lambda done, total: told.append((done, total)))
    assert found.metric == "net_benefit_sek"
    lead = {one.name: one.strength for one in found.effects[study.LEAD]}
    assert lead["mandate_price"] > 0
    spread = {one.name: one.strength for one in found.effects["make:reach"]}
    assert spread["mandate_price"] == 0
    assert sum(found.first.values()) == pytest.approx(1)
    assert told[-1][0] == told[-1][1]
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_one_strategy_has_no_ranking(tmp_path, monkeypatch):
    """With a single strategy there is no lead, no map and nothing to choose, but still what moves it."""
    monkeypatch.setenv("INNOMOTOR_STORE", str(tmp_path))
    found = study.study(source(**{**DRAWN, "strategies": {"let": "let_it_happen"}}), size=SMALL, threads=2)
    assert found.map is None
    assert found.asked == ()
    assert study.LEAD not in found.effects
    assert found.tornado


def test_nothing_uncertain_is_told():
    """Where nothing is drawn there is nothing to study, and the message says how to change that."""
    fixed = source(estimates="fixed", uncertain={})
    with pytest.raises(UserMistakes, match="nothing in the scenario is uncertain"):
        study.study(fixed, size=SMALL)


def test_what_the_ranking_goes_by_follows_the_goal():
    """The goal's share decides, sustained before reach, and without a goal net benefit."""
    goals = ({"reach": 0.5, "by_month": 12}, {"sustained": 0.2, "by_month": 12}, None)
    assert [study.usual_metric(source(goal=goal).scenario) for goal in goals] == [
        "reach",
        "sustained",
        "net_benefit_sek",
    ]
